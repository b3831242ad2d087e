//! Races: who goes on, whatever the number of workers and the interruptions.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

use taskonomy_affinity::standings;
use taskonomy_core::{Contender, LossTable, Sources, TaskId};
use taskonomy_plan::{Graph, Plan, Selection};
use taskonomy_run::{JobKind, RunDir};

use crate::fixture::{Fixture, undisturbed};
use crate::toy;

/// Rounds after epochs 1 and 2.
const RACE: [&str; 2] = ["transfers.allocation='racing'", "transfers.epochs=5"];

/// The same with three sources in a beam, and sets of three.
const WIDE: [&str; 4] = [RACE[0], RACE[1], "transfers.order=3", "transfers.beam=3"];

/// Networks and features; per target scratch in three parts, of five transfers three and three, of three
/// pairs and a triple two and two.
const JOBS: usize = 4 + 5 + 4 * (9 + 5 + 3 + 3 + 4 + 2 + 2);

fn wide() -> &'static BTreeMap<PathBuf, Vec<u8>> {
    static FILES: LazyLock<BTreeMap<PathBuf, Vec<u8>>> = LazyLock::new(|| {
        let fixture = Fixture::new();
        let summary = fixture.execute(&WIDE).unwrap();
        assert!(summary.is_complete(), "{summary:?}");
        assert_eq!((summary.done, summary.skipped, summary.left), (JOBS, 0, 0));
        fixture.files()
    });
    &FILES
}

fn id(text: &str) -> TaskId {
    text.parse().unwrap()
}

/// The transfers into `normals` of which the graph has this part: a leg, or the end.
fn runners(plan: &Plan, epochs: Option<usize>) -> BTreeSet<String> {
    let is_part = |kind: &JobKind| match kind {
        JobKind::Leg { epochs: found, .. } => Some(*found) == epochs,
        _ => epochs.is_none(),
    };
    let sources = |kind: &JobKind| match kind.training() {
        JobKind::Transfer { target, sources } if *target == id("normals") => {
            is_part(kind).then(|| sources.to_string())
        }
        _ => None,
    };
    plan.graph().nodes().filter_map(|node| sources(&node.job.kind)).collect()
}

/// The transfers into `normals` of a round, from the best down on the validation split.
fn ranked(run: &RunDir, of: &BTreeSet<String>, epochs: usize) -> Vec<String> {
    let contenders: Vec<Sources> = of.iter().map(|sources| sources.parse().unwrap()).collect();
    let losses = |sources: &Sources| {
        let (target, sources) = (id("normals"), sources.clone());
        run.job(&JobKind::Transfer { target, sources }.leg(epochs)).losses().unwrap().validation
    };
    let columns: Vec<_> = contenders.iter().map(losses).collect();
    let row = |row: usize| columns.iter().map(move |column| f64::from(column[row]));
    let table = LossTable {
        target: id("normals"),
        images: (0..5).map(|row| row.to_string()).collect(),
        contenders: contenders.into_iter().map(Contender::Transfer).collect(),
        losses: (0..5).flat_map(row).collect(),
    };
    standings(&table).unwrap().into_iter().map(|(sources, _)| sources.to_string()).collect()
}

#[test]
fn the_best_of_every_round_go_on() {
    let fixture = Fixture::new();
    fixture.execute(&RACE).unwrap();
    let plan = fixture.plan(&RACE, Selection::default(), false);
    let [first, second, end] = [Some(1), Some(2), None].map(|epochs| runners(&plan, epochs));
    let of_first_order = |of: &BTreeSet<String>| -> BTreeSet<String> {
        of.iter().filter(|sources| !sources.contains('+')).cloned().collect()
    };
    let [all, two, same] = [&first, &second, &end].map(of_first_order);
    assert_eq!((all.len(), two.len()), (5, 2));
    let mut candidates = ranked(&fixture.run, &all, 1);
    candidates.retain(|sources| !["normals", "random"].contains(&sources.as_str()));
    assert_eq!(two, candidates[..2].iter().cloned().collect());
    assert_eq!(same, two, "both are wanted for the beam");
    let pair = two.iter().cloned().collect::<Vec<_>>().join("+");
    assert!([&first, &second, &end].iter().all(|round| round.contains(&pair)), "{first:?}");

    // Sets of two and three race together, and none of the orders dies out.
    let fixture = Fixture::new();
    fixture.execute(&WIDE).unwrap();
    let plan = fixture.plan(&WIDE, Selection::default(), false);
    let higher = |epochs| -> BTreeSet<String> {
        runners(&plan, epochs).into_iter().filter(|sources| sources.contains('+')).collect()
    };
    let order = |sources: &str| sources.split('+').count();
    let ranking = ranked(&fixture.run, &higher(Some(1)), 1);
    assert_eq!(ranking.len(), 4);
    let best = [2, 3].map(|k| ranking.iter().find(|set| order(set) == k).unwrap().clone());
    assert_eq!(higher(Some(2)), best.clone().into());
    assert_eq!(higher(None), best.into());
}

#[test]
fn any_number_of_workers_runs_the_same_race() {
    let states = wide().keys().filter(|file| file.ends_with("checkpoint.safetensors"));
    assert_eq!(states.count(), 0, "nothing goes on from them any more");
    for count in [1, 3] {
        let fixture = Fixture::new();
        let mut plan = fixture.plan(&WIDE, Selection::default(), false);
        let listed: usize =
            plan.listing().iter().map(|line| line.reason.awaited().unwrap_or(1)).sum();
        let mut lefts = Vec::new();
        let never = AtomicBool::new(false);
        plan.execute(&fixture.spec(count), &never, &mut |p| lefts.push(p.left)).unwrap();
        assert!(fixture.files() == *wide(), "{count} workers");
        assert_eq!((lefts[0], *lefts.last().unwrap(), listed), (JOBS, 0, JOBS));
        assert!(lefts.is_sorted_by(|a, b| a >= b), "nothing is left that was not before");
    }
}

#[test]
fn wherever_it_is_stopped_it_goes_on_with_the_same_contenders() {
    for stops in [[1, 40, 3], [30, 1, 25], [55, 30, 1]] {
        let fixture = Fixture::new();
        for jobs in stops {
            let stop = AtomicBool::new(false);
            let mut plan = fixture.plan(&WIDE, Selection::default(), false);
            let summary = fixture
                .try_execute(&mut plan, &stop, &mut |p| {
                    stop.store(p.done >= jobs, Ordering::Relaxed);
                })
                .unwrap();
            assert!(summary.interrupted);
            assert_eq!(summary.done + summary.skipped + summary.left, JOBS);
        }
        assert!(fixture.execute(&WIDE).unwrap().is_complete());
        assert!(fixture.files() == *wide(), "stopped after {stops:?}");
    }
}

#[test]
fn who_comes_to_the_end_is_as_without_a_race() {
    let of_transfers = |files: &BTreeMap<PathBuf, Vec<u8>>| -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = files.clone();
        files.retain(|file, _| file.starts_with("stage2/transfers"));
        files
    };
    let full = Fixture::new();
    // Without higher orders: made-up losses know nothing of what was learned before.
    full.execute(&["transfers.order=1", RACE[1]]).unwrap();
    let all = of_transfers(&full.files());
    let race = Fixture::new();
    let racing = ["transfers.order=1", RACE[0], RACE[1]];
    race.execute(&racing).unwrap();
    let whole = of_transfers(&race.files());
    assert!(whole.len() < all.len() && whole.iter().all(|(file, bytes)| all[file] == *bytes));

    // A race in a run that is done lacks nothing but its rounds, and leaves what is there.
    let summary = full.execute(&racing).unwrap();
    assert!(summary.is_complete() && summary.failed.is_empty());
    assert_eq!(of_transfers(&full.files()), all);
    // And back: nothing that a race left is a difference.
    let summary = race.execute(&["transfers.order=1", RACE[1]]).unwrap();
    assert!(summary.is_complete());
    assert!(of_transfers(&race.files()) == all);
    assert!(undisturbed().keys().all(|file| !file.starts_with("stage2/rounds")));
}

#[test]
fn a_lost_leg_stops_the_race_of_its_target_alone() {
    let fixture = Fixture::new();
    let lost = "transfer random->normals to epoch 1";
    fixture.behave(&format!(r#"{{"fail": ["{lost}"]}}"#));
    let summary = fixture.execute(&WIDE).unwrap();
    assert_eq!(summary.unranked, [id("normals")]);
    assert_eq!((summary.failed[0].0.to_string(), summary.failed.len()), (lost.to_owned(), 1));
    assert_eq!(summary.done, JOBS - 1 - (3 + 3 + 4 + 2 + 2));
    let plan = fixture.plan(&WIDE, Selection::default(), false);
    let ids: Vec<_> = (1..=5).map(|i| format!("s{i}")).collect();
    assert!(plan.gather_losses(&id("normals"), &ids, false).is_err());
    assert_eq!(plan.gather_rounds(&id("normals"), &ids, true).unwrap()[0].contenders.len(), 4 + 3);
    fixture.behave("{}");
    assert!(fixture.execute(&WIDE).unwrap().is_complete());
    let mut files = fixture.files();
    files.retain(|file, _| file.extension().is_none_or(|ending| ending != "csv"));
    assert!(files == *wide());
}

#[test]
fn the_losses_of_every_round_are_gathered() {
    let fixture = Fixture::new();
    fixture.execute(&WIDE).unwrap();
    let plan = fixture.plan(&WIDE, Selection::default(), false);
    let ids: Vec<_> = (1..=5).map(|i| format!("s{i}")).collect();
    let rounds = plan.gather_rounds(&id("normals"), &ids, false).unwrap();
    let sizes: Vec<_> = rounds.iter().map(|table| table.contenders.len()).collect();
    assert_eq!(sizes, [5 + 4 + 3, 3 + 2 + 3], "transfers and the seeds of scratch");
    let bytes = fixture.run.read("stage2/rounds/1/losses/normals.csv").unwrap();
    assert_eq!(LossTable::read(id("normals"), &bytes[..]).unwrap(), rounds[0]);
    let end = plan.gather_losses(&id("normals"), &ids, false).unwrap();
    assert_eq!(end.contenders.len(), 1 + 3 + 2 + 3);
}

#[test]
fn a_repetition_runs_the_race_of_its_leader() {
    let leader = Fixture::new();
    leader.execute(&RACE).unwrap();
    let other = [&RACE[..], &["seed=2"]].concat();
    let mut contenders = Vec::new();
    for follows in [true, false] {
        let fixture = Fixture::new();
        let graph = Graph::build(toy::inputs(&other)).unwrap();
        let leader = if follows { &leader.run } else { &fixture.run };
        let selection = Selection::default();
        let mut plan = Plan::following(graph, &fixture.run, leader, selection, false).unwrap();
        let summary = fixture.try_execute(&mut plan, &AtomicBool::new(false), &mut |_| {});
        assert!(summary.unwrap().is_complete());
        contenders.push([Some(1), Some(2), None].map(|epochs| runners(&plan, epochs)));
    }
    let plan = leader.plan(&RACE, Selection::default(), false);
    let of_leader = [Some(1), Some(2), None].map(|epochs| runners(&plan, epochs));
    assert_eq!(contenders[0], of_leader);
    assert_ne!(contenders[1], of_leader, "alone it would have chosen others");
}
