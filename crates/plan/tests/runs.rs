//! Whole runs with a worker that makes up its losses.
#![allow(clippy::unwrap_used, reason = "a test that meets an error there fails")]

#[path = "../fake/toy.rs"]
mod toy;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

use taskonomy_plan::{Graph, Plan, PlanError, Progress, Selection, Stages, Summary, WorkerSpec};
use taskonomy_run::{DriverEvent, Entry, RunDir, RunError};
use tempfile::TempDir;

const FAKE: &str = env!("CARGO_BIN_EXE_taskonomy-plan-fake");

/// 4 networks, 5 features, 4 × 5 first-order transfers, 4 × 1 pairs (beam 2), 4 × 3 scratch.
const JOBS: usize = 4 + 5 + 20 + 4 + 12;

struct Fixture {
    folder: TempDir,
    run: RunDir,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("control")).unwrap();
        let run = RunDir::new(folder.path().join("run"));
        Self { folder, run }
    }

    fn control(&self) -> PathBuf {
        self.folder.path().join("control")
    }

    fn behave(&self, json: &str) {
        std::fs::write(self.control().join("behaviour.json"), json).unwrap();
    }

    fn spec(&self, count: usize) -> WorkerSpec {
        let args = [Path::new("worker"), self.run.root(), &self.control()];
        let log = Some(self.control().join("worker.log"));
        WorkerSpec { log, ..WorkerSpec::new(FAKE, args.map(Into::into).to_vec(), count) }
    }

    fn plan(&self, settings: &[&str], selection: Selection, force: bool) -> Plan {
        let graph = Graph::build(toy::inputs(settings)).unwrap();
        Plan::new(graph, &self.run, selection, force).unwrap()
    }

    fn try_execute(
        &self,
        plan: &mut Plan,
        stop: &AtomicBool,
        observer: &mut dyn FnMut(&Progress),
    ) -> Result<Summary, PlanError> {
        let _lock = self.run.lock().unwrap();
        plan.execute(&self.spec(2), stop, observer)
    }

    fn execute(&self, settings: &[&str]) -> Result<Summary, PlanError> {
        let mut plan = self.plan(settings, Selection::default(), false);
        self.try_execute(&mut plan, &AtomicBool::new(false), &mut |_| {})
    }

    /// Every file of the jobs.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut queue = vec![self.run.path("stage1"), self.run.path("stage2")];
        while let Some(folder) = queue.pop() {
            let Ok(entries) = std::fs::read_dir(&folder) else { continue };
            for entry in entries {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    queue.push(path);
                } else {
                    let name = path.strip_prefix(self.run.root()).unwrap().to_owned();
                    files.insert(name, std::fs::read(path).unwrap());
                }
            }
        }
        files
    }

    fn died(&self) -> usize {
        let died = |entry: &Entry| matches!(entry, Entry::Driver(DriverEvent::Died { .. }));
        self.run.events().unwrap().iter().filter(|logged| died(&logged.entry)).count()
    }
}

/// What a run without incident leaves.
fn undisturbed() -> &'static BTreeMap<PathBuf, Vec<u8>> {
    static FILES: LazyLock<BTreeMap<PathBuf, Vec<u8>>> = LazyLock::new(|| {
        let fixture = Fixture::new();
        let summary = fixture.execute(&[]).unwrap();
        assert!(summary.is_complete(), "{summary:?}");
        assert_eq!((summary.done, summary.skipped, summary.left), (JOBS, 0, 0));
        fixture.files()
    });
    &FILES
}

#[test]
fn any_number_of_workers_leaves_the_same_bytes() {
    let files = undisturbed();
    assert_eq!(files.len(), 4 * JOBS);
    for count in [1, 3] {
        let fixture = Fixture::new();
        let mut plan = fixture.plan(&[], Selection::default(), false);
        assert_eq!(plan.seconds_left(count).unwrap(), None, "nothing was measured");
        let stop = AtomicBool::new(false);
        let mut lefts = Vec::new();
        plan.execute(&fixture.spec(count), &stop, &mut |p| lefts.push(p.left)).unwrap();
        assert!(fixture.files() == *files, "{count} workers");
        assert_eq!(
            (lefts[0], *lefts.last().unwrap()),
            (JOBS, 0),
            "the beam is counted from the start"
        );
    }
}

#[test]
fn a_finished_run_starts_no_worker() {
    let fixture = Fixture::new();
    fixture.execute(&[]).unwrap();
    let mut plan = fixture.plan(&[], Selection::default(), false);
    let spec = WorkerSpec::new("/no/such/program", Vec::new(), 2);
    assert_eq!(plan.seconds_left(2).unwrap(), Some(0.0));
    let summary = plan.execute(&spec, &AtomicBool::new(false), &mut |_| {}).unwrap();
    assert_eq!((summary.done, summary.skipped), (0, JOBS));
    assert!(summary.is_complete());
}

#[test]
fn a_worker_that_dies_once_costs_nothing() {
    let fixture = Fixture::new();
    fixture.behave(r#"{"crash": {"network normals": 1, "transfer normals->reshading": 1}}"#);
    let summary = fixture.execute(&[]).unwrap();
    assert!(summary.is_complete(), "{summary:?}");
    assert_eq!(fixture.died(), 2);
    assert!(fixture.files() == *undisturbed());
}

#[test]
fn what_fails_is_listed_the_rest_goes_on_and_the_next_invocation_tries_again() {
    let fixture = Fixture::new();
    fixture.behave(
        r#"{"crash": {"network normals": 3}, "fail": ["scratch reshading#2"],
            "babble": ["scratch normals#1"], "lie": ["scratch normals#2"]}"#,
    );
    let summary = fixture.execute(&[]).unwrap();
    let failed =
        ["network normals", "scratch normals#1", "scratch normals#2", "scratch reshading#2"];
    let names: Vec<_> = summary.failed.iter().map(|(kind, _)| kind.to_string()).collect();
    assert_eq!(names, failed);
    let error = |name: &str| {
        summary.failed.iter().find(|(kind, _)| kind.to_string() == name).unwrap().1.clone()
    };
    let died = error("network normals");
    assert!(died.starts_with("the worker died 2 times, the last time: signal: 6"), "{died}");
    assert!(error("scratch normals#1").contains("`warning: this is no event`"));
    assert!(error("scratch normals#2").contains("no done.json"));
    // Features of normals, the four transfers that read them.
    assert_eq!(summary.blocked.len(), 5, "{:?}", summary.blocked);
    assert_eq!(summary.unranked.len(), 4);
    assert_eq!(summary.done, JOBS - 4 - 5 - 4);
    let leftovers =
        fixture.files().into_keys().filter(|path| path.to_string_lossy().contains(".tmp"));
    assert_eq!(leftovers.count(), 0);

    let listing = fixture.plan(&[], Selection::default(), false).listing();
    let line = listing.iter().find(|line| line.job == "scratch reshading#2").unwrap();
    assert_eq!(line.reason.to_string(), "failed (the loss is NaN in epoch 2), tried again");
    let line = listing.iter().find(|line| line.job == "features normals").unwrap();
    assert_eq!(line.reason.to_string(), "new, needs network normals");

    fixture.behave("{}");
    let summary = fixture.execute(&[]).unwrap();
    assert!(summary.is_complete());
    assert_eq!(summary.done, 4 + 5 + 4);
    assert!(fixture.files() == *undisturbed());
}

#[test]
fn a_driver_killed_in_the_middle_leaves_a_run_that_goes_on() {
    let fixture = Fixture::new();
    fixture.behave(r#"{"hang": ["transfer colorization->normals"]}"#);
    let mut driver = Command::new(FAKE)
        .arg("drive")
        .args([fixture.run.root(), &fixture.control()])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(driver.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut after = lines.skip_while(|line| line != "transfer colorization->normals");
    assert!(after.next().is_some() && after.next().is_some());
    let locked = fixture.run.lock().unwrap_err();
    let holder = format!("process {}", driver.id());
    assert!(matches!(locked, RunError::Locked { holder: found, .. } if found == holder));
    driver.kill().unwrap(); // SIGKILL
    driver.wait().unwrap();

    fixture.behave("{}");
    let summary = fixture.execute(&[]).unwrap();
    assert!(summary.is_complete() && summary.skipped > 0 && summary.done > 0, "{summary:?}");
    assert!(fixture.files() == *undisturbed());
}

#[test]
fn asked_to_stop_it_stops_and_goes_on_later() {
    let fixture = Fixture::new();
    fixture.behave(r#"{"hang": ["network normals"]}"#);
    let stop = AtomicBool::new(false);
    let mut plan = fixture.plan(&[], Selection::default(), false);
    let summary = fixture
        .try_execute(&mut plan, &stop, &mut |progress| {
            stop.store(progress.done >= 6, Ordering::Relaxed);
        })
        .unwrap();
    assert!(summary.interrupted && !summary.is_complete());
    assert_eq!((summary.failed.len(), summary.done + summary.left), (0, JOBS));
    assert!(summary.stages[&1].seconds > 0.0 && summary.stages[&2].done > 0);
    fixture.behave("{}");
    assert_eq!(fixture.execute(&[]).unwrap().skipped, summary.done);
    assert!(fixture.files() == *undisturbed());
}

#[test]
fn a_broken_environment_ends_the_run() {
    let fixture = Fixture::new();
    fixture.behave(r#"{"broken": ["features random"]}"#);
    let error = fixture.execute(&[]).unwrap_err();
    assert_eq!(error.to_string(), "features random: no space left");
    assert!(error.is_environment());
    fixture.behave(r#"{"unable": ["features random"]}"#);
    let error = fixture.execute(&[]).unwrap_err();
    assert!(matches!(error, PlanError::Worker { .. }), "{error}");
    assert!(error.is_environment());
    let log = std::fs::read_to_string(fixture.control().join("worker.log")).unwrap();
    assert!(log.contains("there is no dataset"), "{log}");
    fixture.behave("{}");
    assert!(fixture.execute(&[]).unwrap().is_complete());
    assert!(fixture.files() == *undisturbed());
}

#[test]
fn a_program_that_is_no_worker_of_ours_is_refused() {
    let fixture = Fixture::new();
    let mut texts = Vec::new();
    for behaviour in [r#"{"protocol": 99}"#, r#"{"version": "0.0.9"}"#, "no json"] {
        fixture.behave(behaviour);
        let error = fixture.execute(&[]).unwrap_err();
        assert!(error.is_environment());
        texts.push(error.to_string());
    }
    assert!(texts[0].ends_with("speaks protocol 99, this program speaks 1"), "{}", texts[0]);
    assert!(texts[1].contains("is version 0.0.9, this program is "), "{}", texts[1]);
    assert!(texts[2].ends_with("did not say hello: exit status: 4"), "{}", texts[2]);
    let mut plan = fixture.plan(&[], Selection::default(), false);
    let spec = WorkerSpec::new("/no/such/program", Vec::new(), 2);
    let error = plan.execute(&spec, &AtomicBool::new(false), &mut |_| {}).unwrap_err();
    assert!(matches!(error, PlanError::Start { .. }), "{error}");
}

#[test]
fn other_settings_are_an_error_that_names_them_and_force_recomputes_what_depends_on_them() {
    let fixture = Fixture::new();
    fixture.execute(&[]).unwrap();
    let before = fixture.files();

    let error = fixture.execute(&["transfers.epochs=9"]).unwrap_err().to_string();
    assert!(error.starts_with("32 results are of another fingerprint: "), "{error}");
    assert!(error.contains("(changed: transfers.epochs)"), "{error}");
    let error = fixture.execute(&["networks.epochs=9"]).unwrap_err().to_string();
    assert!(error.contains("network colorization (changed: networks.epochs)"), "{error}");
    assert!(fixture.files() == before, "nothing was touched");

    let settings = ["transfers.epochs=9"];
    let mut plan = fixture.plan(&settings, Selection::default(), true);
    let line = plan.listing().into_iter().find(|line| line.job == "scratch normals#1").unwrap();
    assert_eq!(line.reason.to_string(), "differs: transfers.epochs, recomputed");
    let summary = fixture.try_execute(&mut plan, &AtomicBool::new(false), &mut |_| {}).unwrap();
    assert!(summary.is_complete());
    assert_eq!((summary.done, summary.skipped), (36, 9));
    let fresh = Fixture::new();
    fresh.execute(&settings).unwrap();
    assert!(fixture.files() == fresh.files());
}

#[test]
fn new_orders_and_tasks_are_no_difference() {
    let fixture = Fixture::new();
    fixture.execute(&[]).unwrap();
    let summary = fixture.execute(&["transfers.order=3", "tasks.cost.normals=7"]).unwrap();
    assert_eq!((summary.done, summary.skipped), (4, JOBS), "one set of three per target");
    let settings = ["tasks.source_only=['colorization', 'random', 'autoencoding']"];
    let summary = fixture.execute(&settings).unwrap();
    assert!(summary.is_complete() && summary.skipped >= JOBS - 4, "{summary:?}");
}

#[test]
fn stages_and_targets_can_be_done_by_themselves() {
    let fixture = Fixture::new();
    let never = AtomicBool::new(false);
    let only = |stages, targets: Option<&str>| {
        let targets = targets.map(|t| BTreeSet::from([t.parse().unwrap()]));
        fixture.plan(&[], Selection { stages, targets }, false)
    };
    let error = only(Stages::Second, None).check().unwrap_err();
    assert!(error.is_incomplete(), "{error}");
    assert!(error.to_string().starts_with("4 jobs of stage 1 not done yet: network "), "{error}");
    let mut first = only(Stages::First, None);
    assert_eq!(fixture.try_execute(&mut first, &never, &mut |_| {}).unwrap().done, 4);
    let mut one = only(Stages::Second, Some("reshading"));
    let summary = fixture.try_execute(&mut one, &never, &mut |_| {}).unwrap();
    assert_eq!(summary.done, 5 + 5 + 1 + 3);
    let mut rest = only(Stages::Second, None);
    assert!(fixture.try_execute(&mut rest, &never, &mut |_| {}).unwrap().is_complete());
    assert!(fixture.files() == *undisturbed());
    let graph = Graph::build(toy::inputs(&[])).unwrap();
    let targets = Some(BTreeSet::from(["colorization".parse().unwrap()]));
    let selection = Selection { stages: Stages::All, targets };
    let error = Plan::new(graph, &fixture.run, selection, false).unwrap_err().to_string();
    assert!(error.starts_with("`colorization` is no target of the pipeline"), "{error}");
}

#[test]
fn losses_are_gathered_in_the_order_of_contenders() {
    let fixture = Fixture::new();
    let ids: Vec<_> = (1..=5).map(|i| format!("s{i}")).collect();
    let target = "normals".parse().unwrap();
    let gather = |ids: &[String], partial| {
        fixture.plan(&[], Selection::default(), false).gather_losses(&target, ids, partial)
    };
    fixture.behave(r#"{"fail": ["scratch normals#2"]}"#);
    fixture.execute(&[]).unwrap();
    let error = gather(&ids, false).unwrap_err();
    assert_eq!(error.to_string(), "a job of `normals` not done: scratch normals#2");
    assert_eq!(gather(&ids, true).unwrap().contenders.len(), 10 - 1);
    fixture.behave("{}");
    fixture.execute(&[]).unwrap();
    let table = gather(&ids, false).unwrap();
    let columns: Vec<_> = table.contenders.iter().map(ToString::to_string).collect();
    let first = ["self", "colorization", "depth_zbuffer", "edges_texture", "normals", "random"];
    assert_eq!(columns[..6], first);
    assert!(columns[6].contains('+') && !columns[6].contains("normals"), "{columns:?}");
    assert_eq!(columns[7..], ["pixels#1", "pixels#2", "pixels#3"]);
    let bytes = fixture.run.read("stage2/losses/normals.csv").unwrap();
    assert_eq!(taskonomy_core::LossTable::read(target.clone(), &bytes[..]).unwrap(), table);
    let error = gather(&ids[1..], false).unwrap_err().to_string();
    let expected = "its losses.safetensors has 5 losses on `test`, it must have 4";
    assert!(error.ends_with(expected), "{error}");

    let table = fixture
        .plan(&[], Selection::default(), false)
        .gather_losses(&"reshading".parse().unwrap(), &ids, false)
        .unwrap();
    assert_eq!(table.contenders[0].to_string(), "colorization", "target-only: no network, no self");
}

#[test]
fn pictures_of_the_best_transfer_are_made_anew_when_it_is_another() {
    let fixture = Fixture::new();
    fixture.execute(&[]).unwrap();
    for best in ["colorization", "random"] {
        let mut plan = fixture.plan(&[], Selection::default(), false);
        let best = [("normals".parse().unwrap(), best.parse().unwrap())].into();
        plan.add_examples(&best).unwrap();
        for done in [1, 0] {
            let summary =
                fixture.try_execute(&mut plan, &AtomicBool::new(false), &mut |_| {}).unwrap();
            assert_eq!((summary.done, summary.skipped), (done, JOBS + 1 - done));
        }
    }
}
