//! Doing what is left of a run, and what came of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use taskonomy_core::TaskId;
use taskonomy_run::{DriverEvent, Entry, Event, JobKind, JobState, RunDir, StageRecord};

use crate::driver::Driver;
use crate::error::PlanError;
use crate::graph::{Awaited, Node};
use crate::meter::Meter;
use crate::plan::Plan;
use crate::pool::{Pool, WorkerSpec};
use crate::schedule::Schedule;

/// What an invocation did.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Summary {
    /// Jobs executed.
    pub done: usize,
    /// Jobs that were done before.
    pub skipped: usize,
    /// Jobs that failed, and why.
    pub failed: Vec<(JobKind, String)>,
    /// Jobs that were not tried because one that they need failed.
    pub blocked: Vec<JobKind>,
    /// Targets whose further transfers are unknown because some of those that decide it are lost.
    pub unranked: Vec<TaskId>,
    /// Jobs left when it was asked to stop.
    pub left: usize,
    /// Whether it was asked to stop.
    pub interrupted: bool,
    /// Time and memory of each stage, for `run.json`.
    pub stages: BTreeMap<u8, StageRecord>,
}

impl Summary {
    /// Whether everything that was asked for is done.
    pub fn is_complete(&self) -> bool {
        self.failed.is_empty()
            && self.blocked.is_empty()
            && self.unranked.is_empty()
            && !self.interrupted
    }
}

/// Something happened: for progress bars.
#[derive(Debug)]
pub struct Progress<'a> {
    /// What, as it stands in `events.jsonl`.
    pub entry: &'a Entry,
    /// Jobs executed so far.
    pub done: usize,
    /// Jobs failed so far.
    pub failed: usize,
    /// Jobs left, those that run and those of beams not known yet among them.
    pub left: usize,
    /// The jobs that run.
    pub running: Vec<&'a JobKind>,
    /// Seconds until everything is done, once something was measured, now or before.
    pub seconds_left: Option<f64>,
}

impl Plan {
    /// Does what is left. The caller holds the run's lock.
    ///
    /// The same jobs give the same files, whatever the number of workers and however often this
    /// was interrupted. When nothing is left, no worker is started.
    ///
    /// # Errors
    /// As [`Plan::check`]; when workers cannot be started; when a worker reports a broken
    /// environment or the run cannot be written. Jobs that fail are no error: see [`Summary`].
    pub fn execute(
        &mut self,
        spec: &WorkerSpec,
        stop: &AtomicBool,
        observer: &mut dyn FnMut(&Progress),
    ) -> Result<Summary, PlanError> {
        self.check()?;
        let (mut schedule, mut meter) = (Schedule::default(), Meter::new());
        let mut summary = Summary::default();
        // Those that are done first, so that whoever needs them finds them so.
        for (kind, _) in self.states.iter().filter(|(_, state)| **state == JobState::Done) {
            schedule.add_done(kind);
            meter.stage(kind).skipped += 1;
            summary.skipped += 1;
            // What a worker left that was killed right after the job's last file, and legs that nothing
            // goes on from any more.
            if !self.is_continued(kind) {
                self.run.job(kind).forget_checkpoint()?;
            }
        }
        for (kind, state) in self.states.iter().filter(|(_, state)| **state != JobState::Done) {
            if let JobState::Differs(_) = state {
                self.run.clear(kind)?;
            }
            if let Some(node) = self.graph.get(kind) {
                schedule.add(kind, &self.needs(node), node.cost);
            }
        }
        let left = schedule.left().count();
        let awaited = self.awaited().map(|(_, transfers, _)| transfers).sum::<usize>();
        if left == 0 || stop.load(Ordering::Relaxed) {
            summary.interrupted = left > 0;
            summary.left = left + awaited;
            summary.stages = meter.stages;
            return Ok(summary);
        }
        self.remember(&mut schedule)?;
        let log = self.run.event_log()?;
        let count = spec.count.clamp(1, left + awaited);
        let pool = Pool::start(WorkerSpec { count, ..spec.clone() })?;
        let driver = Driver {
            plan: self,
            schedule,
            pool,
            log,
            meter,
            summary,
            running: BTreeMap::new(),
            deaths: BTreeMap::new(),
            observer,
        };
        driver.drive(stop)
    }

    /// How many seconds the rest will take on so many workers, from what earlier invocations took;
    /// none before anything was done.
    pub fn seconds_left(&self, workers: usize) -> Result<Option<f64>, PlanError> {
        let mut schedule = Schedule::default();
        self.remember(&mut schedule)?;
        for (kind, _) in self.states.iter().filter(|(_, state)| **state != JobState::Done) {
            if let Some(node) = self.graph.get(kind) {
                schedule.add(kind, &[], node.cost);
            }
        }
        let later = self.awaited().map(|(_, _, cost)| cost).sum();
        Ok(schedule.seconds_left(workers, later))
    }

    /// Tells the schedule what jobs took in earlier invocations, and in the run that this one repeats.
    fn remember(&self, schedule: &mut Schedule) -> Result<(), PlanError> {
        for (kind, seconds) in in_one_go(&self.run)? {
            let Some(node) = self.graph.get(&kind) else { continue };
            let known = self.states.get(&kind).cloned();
            // With other settings it took another time.
            if known.map_or_else(|| self.state(&kind), Ok)? == JobState::Done {
                schedule.measured(&kind, node.cost, seconds);
            }
        }
        if self.leader.root() != self.run.root() {
            for (kind, seconds) in in_one_go(&self.leader)? {
                if let Some(node) = self.graph.get(&kind) {
                    schedule.measured(&kind, node.cost, seconds);
                }
            }
        }
        Ok(())
    }

    /// What a job waits for in this invocation: what was not asked for is done ([`Plan::check`]).
    pub(crate) fn needs(&self, node: &Node) -> Vec<JobKind> {
        let asked = node.needs.iter().filter(|need| self.states.contains_key(*need));
        asked.cloned().collect()
    }

    /// The jobs that are asked for and not known yet: target, how many, cost of them all.
    pub(crate) fn awaited(&self) -> impl Iterator<Item = (&TaskId, usize, u64)> {
        let asked = self.graph.targets().filter(|t| self.selection.has_transfers_of(t));
        asked.flat_map(move |target| {
            self.graph.awaited(target).into_iter().map(move |Awaited { like, jobs }| {
                (target, jobs, self.graph.inputs().cost(&like) * jobs as u64)
            })
        })
    }
}

/// What the jobs of a run took that were done in one attempt, each as it was done last. Of what was
/// resumed, the last attempt is only a part.
fn in_one_go(run: &RunDir) -> Result<BTreeMap<JobKind, f64>, PlanError> {
    let (mut took, mut resumed) = (BTreeMap::new(), BTreeSet::new());
    for logged in run.events()? {
        match logged.entry {
            Entry::Driver(DriverEvent::Started { job, .. }) => {
                resumed.remove(&job);
            }
            Entry::Worker(Event::Resumed { job, .. }) => {
                resumed.insert(job);
            }
            Entry::Worker(Event::Done { job, seconds, .. }) => {
                if resumed.remove(&job) {
                    took.remove(&job);
                } else {
                    took.insert(job, seconds);
                }
            }
            _ => {}
        }
    }
    Ok(took)
}
