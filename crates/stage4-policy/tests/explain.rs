//! Explanations against what is solved by hand, and equal optima against all purchases.

use std::collections::BTreeSet;

use proptest::prelude::*;
use taskonomy_core::{AffinityTable, Edge, TaskId};
use taskonomy_policy::{MOST_OPTIMA, Problem};

fn table(rows: &str) -> AffinityTable {
    AffinityTable::read(format!("target,sources,affinity\n{rows}").as_bytes()).expect("a table")
}

fn id(name: &str) -> TaskId {
    TaskId::new(name).expect("an id")
}

fn names(ids: &[TaskId]) -> String {
    ids.iter().map(TaskId::as_str).collect::<Vec<_>>().join(" ")
}

#[test]
fn reasons_by_hand() {
    let rows = "a,self,0.5\na,b,0.25\nb,self,0.75\nb,a,0.125\nc,a+b,0.5\nc,b,0.25\nc,a,0.125\n";
    let why = Problem::new(table(rows)).budget(1.0).explain().expect("feasible");
    // b is labelled: 0.25 + 0.75 + 0.25.
    assert_eq!((names(&why.policy.bought), why.policy.value), ("b".to_owned(), 1.25));
    let given_up: Vec<_> = why
        .targets
        .iter()
        .map(|t| t.given_up.as_ref().map(|g| (names(&g.missing), g.worth)))
        .collect();
    let lacks_a = Some(("a".to_owned(), 0.25));
    assert_eq!(given_up, [lacks_a.clone(), None, lacks_a]);
    // Without b: a is labelled, 0.5 + 0.125 + 0.125.
    assert_eq!(why.loss(&why.sources[0]), Some(0.5));
    assert_eq!(names(&why.sources[0].serves), "a b c");
    // With both: 0.5 + 0.75 + 0.5.
    assert_eq!(why.gain(), 0.5);
    assert_eq!(why.optima.len(), 1);
    assert!(why.all_optima);
}

#[test]
fn a_source_that_cannot_be_spared_has_no_loss() {
    let why = Problem::new(table("t,a,0.5\nu,a,0.5\nu,b,0.5\n")).explain().expect("feasible");
    assert_eq!(names(&why.policy.bought), "a");
    assert_eq!(why.loss(&why.sources[0]), None);
}

#[test]
fn the_search_for_equal_optima_ends() {
    // 30 sources of the same worth.
    let rows = (0..30).map(|s| format!("t,s{s},0.5\n")).collect::<Vec<_>>().concat();
    let why = Problem::new(table(&rows)).budget(1.0).explain().expect("feasible");
    assert_eq!((why.optima.len(), why.all_optima), (MOST_OPTIMA, false));
    let distinct: BTreeSet<_> = why.optima.iter().map(|p| &p.bought).collect();
    assert_eq!(distinct.len(), MOST_OPTIMA);
}

/// All purchases within the budget of the largest value from which nothing can be given back.
fn all_optima(p: &Problem) -> BTreeSet<Vec<TaskId>> {
    let tasks = p.table.tasks();
    let value = |held: u32| -> Option<i64> {
        let has = |id: &TaskId| held >> tasks.binary_search(id).expect("a task") & 1 == 1;
        let best = |target: &TaskId| {
            let into = p.table.edges.iter().filter(|e| e.target == *target);
            let open = into.filter(|e: &&Edge| e.needs().iter().all(has));
            open.map(|e| (e.affinity * 1024.0) as i64).max()
        };
        p.targets().iter().map(best).sum()
    };
    let within = |held: u32| f64::from(held.count_ones()) <= p.budget;
    let top = (0..1_u32 << tasks.len()).filter(|&held| within(held)).filter_map(value).max();
    let least = |held: u32| {
        value(held) == top
            && (0..tasks.len()).all(|s| held >> s & 1 == 0 || value(held ^ (1 << s)) != top)
    };
    (0..1 << tasks.len())
        .filter(|&held| top.is_some() && within(held) && least(held))
        .map(|held| {
            (0..tasks.len()).filter(|s| held >> s & 1 == 1).map(|s| tasks[s].clone()).collect()
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Few distinct affinities, so that there are many ties.
    #[test]
    fn every_number_is_what_solving_again_gives(
        edges in prop::collection::btree_map(
            (0..4_usize, prop::collection::btree_set(0..5_usize, 1..3)), 1..5_u8, 4..24,
        ),
        budget in 1..4_u8,
    ) {
        let name = |k: usize| ["a", "b", "c", "d", "e"][k];
        let row = |(target, sources): &(usize, BTreeSet<usize>), affinity: u8| {
            let own = sources.iter().eq([target]);
            let names: Vec<_> = sources.iter().map(|&s| name(s)).collect();
            let sources = if own { "self".to_owned() } else { names.join("+") };
            format!("{},{sources},{}\n", name(*target), f64::from(affinity) / 8.0)
        };
        let reads_target = |(target, sources): &(usize, BTreeSet<usize>)| {
            sources.contains(target) && sources.len() > 1
        };
        let rows: String = edges
            .iter()
            .filter(|(edge, _)| !reads_target(edge))
            .map(|(edge, affinity)| row(edge, *affinity))
            .collect();
        prop_assume!(!rows.is_empty());
        let problem = Problem::new(table(&rows)).budget(f64::from(budget));
        let Ok(why) = problem.explain() else { return Ok(()) };
        for reason in &why.sources {
            let mut without = problem.clone();
            without.forbid.insert(reason.source.clone());
            let loss = without.solve().ok().map(|policy| why.policy.value - policy.value);
            prop_assert_eq!(why.loss(reason), loss);
        }
        let one_more = problem.clone().budget(f64::from(budget) + 1.0).solve().unwrap();
        prop_assert_eq!(why.gain(), one_more.value - why.policy.value);
        let found: BTreeSet<_> = why.optima.iter().map(|p| p.bought.clone()).collect();
        let all = all_optima(&problem);
        prop_assert_eq!(found.len(), why.optima.len());
        if why.all_optima {
            prop_assert_eq!(found, all);
        } else {
            prop_assert!(found.is_subset(&all));
        }
        prop_assert!(why.optima.iter().all(|policy| policy.value == why.policy.value));
    }
}

#[test]
fn a_required_source_is_explained_too() {
    let mut problem = Problem::new(table("t,a,0.5\nt,b,0.25\n")).budget(1.0);
    problem.require.insert(id("b"));
    let why = problem.explain().expect("feasible");
    assert_eq!(why.loss(&why.sources[0]), Some(-0.25));
}
