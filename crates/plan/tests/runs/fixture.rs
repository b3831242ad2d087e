//! A run in a folder of its own, and how its workers behave.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::AtomicBool;

use taskonomy_plan::{Graph, Plan, PlanError, Progress, Selection, Summary, WorkerSpec};
use taskonomy_run::{DriverEvent, Entry, RunDir};
use tempfile::TempDir;

use crate::toy;

pub(crate) const FAKE: &str = env!("CARGO_BIN_EXE_taskonomy-plan-fake");

/// 4 networks, 5 features, 4 × 5 first-order transfers, 4 × 1 pairs (beam 2), 4 × 3 scratch.
pub(crate) const JOBS: usize = 4 + 5 + 20 + 4 + 12;

pub(crate) struct Fixture {
    folder: TempDir,
    pub(crate) run: RunDir,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("control")).unwrap();
        let run = RunDir::new(folder.path().join("run"));
        Self { folder, run }
    }

    pub(crate) fn control(&self) -> PathBuf {
        self.folder.path().join("control")
    }

    pub(crate) fn behave(&self, json: &str) {
        std::fs::write(self.control().join("behaviour.json"), json).unwrap();
    }

    pub(crate) fn spec(&self, count: usize) -> WorkerSpec {
        let args = [Path::new("worker"), self.run.root(), &self.control()];
        let log = Some(self.control().join("worker.log"));
        WorkerSpec { log, ..WorkerSpec::new(FAKE, args.map(Into::into).to_vec(), count) }
    }

    pub(crate) fn plan(&self, settings: &[&str], selection: Selection, force: bool) -> Plan {
        let graph = Graph::build(toy::inputs(settings)).unwrap();
        Plan::new(graph, &self.run, selection, force).unwrap()
    }

    pub(crate) fn try_execute(
        &self,
        plan: &mut Plan,
        stop: &AtomicBool,
        observer: &mut dyn FnMut(&Progress),
    ) -> Result<Summary, PlanError> {
        let _lock = self.run.lock().unwrap();
        plan.execute(&self.spec(2), stop, observer)
    }

    pub(crate) fn execute(&self, settings: &[&str]) -> Result<Summary, PlanError> {
        let mut plan = self.plan(settings, Selection::default(), false);
        self.try_execute(&mut plan, &AtomicBool::new(false), &mut |_| {})
    }

    /// Every file of the jobs.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
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

    pub(crate) fn died(&self) -> usize {
        let died = |entry: &Entry| matches!(entry, Entry::Driver(DriverEvent::Died { .. }));
        self.run.events().unwrap().iter().filter(|logged| died(&logged.entry)).count()
    }
}

/// What a run without incident leaves.
pub(crate) fn undisturbed() -> &'static BTreeMap<PathBuf, Vec<u8>> {
    static FILES: LazyLock<BTreeMap<PathBuf, Vec<u8>>> = LazyLock::new(|| {
        let fixture = Fixture::new();
        let summary = fixture.execute(&[]).unwrap();
        assert!(summary.is_complete(), "{summary:?}");
        assert_eq!((summary.done, summary.skipped, summary.left), (JOBS, 0, 0));
        fixture.files()
    });
    &FILES
}
