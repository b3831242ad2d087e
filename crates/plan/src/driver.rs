//! The loop that drives a run: jobs to workers, events to the log, until nothing is left.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use taskonomy_core::TaskId;
use taskonomy_run::{DriverEvent, Entry, Event, EventLog, Failed, JobKind, JobState, Request};

use crate::error::PlanError;
use crate::execute::{Progress, Summary};
use crate::meter::Meter;
use crate::plan::Plan;
use crate::pool::{Message, Pool};
use crate::schedule::Schedule;

/// A job whose worker dies is tried once more.
const ATTEMPTS: u32 = 2;

/// The exit code of a worker that cannot work here: no dataset, no libtorch, no device.
const ENVIRONMENT: i32 = 4;

/// How often the driver looks whether it should stop.
const LOOK: Duration = Duration::from_millis(100);

pub(crate) struct Driver<'a> {
    pub(crate) plan: &'a mut Plan,
    pub(crate) schedule: Schedule,
    pub(crate) pool: Pool,
    pub(crate) log: EventLog,
    pub(crate) meter: Meter,
    pub(crate) summary: Summary,
    /// Which worker has which job.
    pub(crate) running: BTreeMap<usize, JobKind>,
    /// How often a job's worker died.
    pub(crate) deaths: BTreeMap<JobKind, u32>,
    pub(crate) observer: &'a mut dyn FnMut(&Progress),
}

impl Driver<'_> {
    pub(crate) fn drive(mut self, stop: &AtomicBool) -> Result<Summary, PlanError> {
        self.begin()?;
        while !stop.load(Ordering::Relaxed) {
            self.give()?;
            if self.running.is_empty() {
                break;
            }
            self.listen(LOOK)?;
        }
        if !self.running.is_empty() || self.schedule.ready().next().is_some() {
            self.interrupt()?;
        }
        self.end()
    }

    fn begin(&mut self) -> Result<(), PlanError> {
        if let Some(hello) = self.pool.hello().cloned() {
            self.warn_of_mixture(&hello.libtorch, &hello.cpu);
            let workers = self.pool.workers().len();
            let (version, libtorch, cpu) = (hello.version, hello.libtorch, hello.cpu);
            self.tell(Entry::Driver(DriverEvent::Begun { workers, version, libtorch, cpu }))?;
        }
        Ok(())
    }

    /// Other processors and other libtorch versions give other last bits.
    fn warn_of_mixture(&self, libtorch: &str, cpu: &[String]) {
        let done = self.plan.states.iter().filter(|(_, state)| **state == JobState::Done);
        let others = done
            .filter_map(|(kind, _)| self.plan.run.job(kind).done().ok().flatten())
            .filter(|done| done.libtorch != libtorch || done.cpu != cpu)
            .count();
        if others > 0 {
            tracing::warn!(
                "{others} results of this run were computed with another libtorch or on another \
                 kind of processor: what follows may differ from them in the last digits"
            );
        }
    }

    /// Gives every idle worker a job, as long as there are any.
    fn give(&mut self) -> Result<(), PlanError> {
        for worker in self.pool.workers() {
            if self.running.contains_key(&worker) {
                continue;
            }
            let Some(kind) = self.schedule.ready().next().cloned() else { break };
            let Some(node) = self.plan.graph.get(&kind) else { break };
            self.plan.run.job(&kind).prepare()?;
            let request = Request::Job(node.job.clone());
            let pid = self.pool.pid(worker).unwrap_or_default();
            self.schedule.started(&kind);
            self.running.insert(worker, kind.clone());
            self.meter.began(pid);
            self.pool.send(worker, &request);
            self.tell(Entry::Driver(DriverEvent::Started { job: kind, pid }))?;
        }
        Ok(())
    }

    /// Hears the next thing that a worker says, if one does in time.
    fn listen(&mut self, timeout: Duration) -> Result<(), PlanError> {
        let message = self.pool.next(timeout);
        let pids: Vec<_> =
            self.pool.workers().into_iter().filter_map(|w| self.pool.pid(w)).collect();
        self.meter.tick(self.running.values(), &pids);
        match message {
            None => Ok(()),
            Some((worker, Message::Event(event))) => self.heard(worker, event),
            Some((worker, Message::Gone { pid, how, code })) => {
                // Another one would end alike.
                if code == Some(ENVIRONMENT) {
                    let why = self.pool.complaint();
                    return Err(PlanError::Worker { pid, why: why.unwrap_or_default() });
                }
                self.died(worker, pid, how)
            }
        }
    }

    fn heard(&mut self, worker: usize, event: Event) -> Result<(), PlanError> {
        let spoken_of = match &event {
            Event::Epoch { job, .. }
            | Event::Resumed { job, .. }
            | Event::Done { job, .. }
            | Event::Failed { job, .. }
            | Event::Broken { job, .. } => Some(job),
            Event::Predicted { .. } | Event::NotPredicted { .. } | Event::Measured(_) => None,
        };
        let pid = self.pool.pid(worker).unwrap_or_default();
        let Some(kind) = self.running.get(&worker).filter(|kind| spoken_of == Some(kind)).cloned()
        else {
            self.pool.kill(worker);
            return self.died(worker, pid, format!("it spoke out of turn: {event:?}"));
        };
        match &event {
            Event::Done { seconds, .. } => {
                self.running.remove(&worker);
                self.meter.ended(pid, &kind);
                self.done(&kind, *seconds)?;
            }
            Event::Failed { error, .. } => {
                self.running.remove(&worker);
                self.meter.ended(pid, &kind);
                self.failed(&kind, error.clone())?;
            }
            Event::Broken { error, .. } => {
                let error = error.clone();
                self.tell(Entry::Worker(event))?;
                return Err(PlanError::Broken { job: kind, error });
            }
            _ => {}
        }
        self.tell(Entry::Worker(event))
    }

    fn done(&mut self, kind: &JobKind, seconds: f64) -> Result<(), PlanError> {
        let Some(node) = self.plan.graph.get(kind) else { return Ok(()) };
        if self.plan.run.state(&node.job)? != JobState::Done {
            let error = "its worker said that it is done, but there is no done.json of it";
            return self.failed(kind, error.to_owned());
        }
        self.plan.states.insert(kind.clone(), JobState::Done);
        self.schedule.done(kind, seconds);
        self.summary.done += 1;
        self.meter.stage(kind).done += 1;
        let legs: Vec<_> = node.needs.clone();
        self.forget_states(&legs)?;
        if let (JobKind::Transfer { .. }, Some(target)) = (kind.training(), kind.target()) {
            while self.grow(target)? {}
        }
        Ok(())
    }

    /// Removes the states of those legs that nothing goes on from any more.
    fn forget_states(&self, legs: &[JobKind]) -> Result<(), PlanError> {
        for kind in legs.iter().filter(|kind| matches!(kind, JobKind::Leg { .. })) {
            if !self.plan.is_continued(kind) {
                self.plan.run.job(kind).forget_checkpoint()?;
            }
        }
        Ok(())
    }

    /// Adds a target's next transfers, if this was the last of those that decide which; whether it was.
    fn grow(&mut self, target: &TaskId) -> Result<bool, PlanError> {
        let deciding = self.plan.graph.deciding(target);
        let schedule = &self.schedule;
        let new = self.plan.grow(target, |_, kind| schedule.is_done(kind))?;
        self.plan.check()?;
        let has_grown = !new.is_empty();
        for kind in new {
            let Some(node) = self.plan.graph.get(&kind) else { continue };
            if self.plan.states.get(&kind) == Some(&JobState::Done) {
                self.schedule.add_done(&kind);
                self.summary.skipped += 1;
                self.meter.stage(&kind).skipped += 1;
                continue;
            }
            if let Some(JobState::Differs(_)) = self.plan.states.get(&kind) {
                self.plan.run.clear(&kind)?;
            }
            self.schedule.add(&kind, &self.plan.needs(node), node.cost);
            self.plan.states.insert(kind, JobState::Missing);
        }
        if has_grown {
            self.forget_states(&deciding)?;
        }
        Ok(has_grown)
    }

    /// Counts a job as failed, and sees that `failed.json` says so.
    fn failed(&mut self, kind: &JobKind, error: String) -> Result<(), PlanError> {
        if let Some(node) = self.plan.graph.get(kind) {
            let failed = JobState::Failed { error: error.clone() };
            if self.plan.run.state(&node.job)? != failed {
                let folder = self.plan.run.job(kind);
                folder.prepare()?;
                folder.fail(&Failed { job: node.job.clone(), error: error.clone() })?;
            }
            self.plan.states.insert(kind.clone(), failed);
        }
        self.schedule.failed(kind);
        self.meter.stage(kind).failed += 1;
        self.summary.failed.push((kind.clone(), error));
        Ok(())
    }

    /// A worker is gone. Its job is tried once more, with one worker fewer: what kills workers is
    /// most often that together they want more memory than there is.
    fn died(&mut self, worker: usize, pid: u32, how: String) -> Result<(), PlanError> {
        let job = self.running.remove(&worker);
        self.tell(Entry::Driver(DriverEvent::Died { job: job.clone(), pid, how: how.clone() }))?;
        if let Some(kind) = job {
            let deaths = self.deaths.entry(kind.clone()).or_default();
            *deaths += 1;
            let deaths = *deaths;
            if deaths < ATTEMPTS {
                self.schedule.returned(&kind);
            } else {
                let error = format!("the worker died {deaths} times, the last time: {how}");
                self.failed(&kind, error)?;
            }
        }
        if self.pool.workers().is_empty() {
            self.pool.replace()?;
        }
        Ok(())
    }

    /// Asks the workers to leave; what they still finish counts.
    fn interrupt(&mut self) -> Result<(), PlanError> {
        self.summary.interrupted = true;
        for worker in self.pool.workers() {
            self.pool.close(worker);
        }
        let deadline = Instant::now() + self.pool.patience();
        while !self.pool.workers().is_empty() && Instant::now() < deadline {
            match self.pool.next(deadline.saturating_duration_since(Instant::now())) {
                Some((worker, Message::Event(event))) => self.heard(worker, event)?,
                Some((worker, Message::Gone { .. })) => {
                    if let Some(kind) = self.running.remove(&worker) {
                        self.schedule.returned(&kind);
                    }
                }
                None => {}
            }
        }
        for worker in self.pool.workers() {
            self.pool.kill(worker);
        }
        for kind in std::mem::take(&mut self.running).into_values() {
            self.schedule.returned(&kind);
        }
        Ok(())
    }

    fn end(mut self) -> Result<Summary, PlanError> {
        self.summary.blocked = self.schedule.blocked().cloned().collect();
        let left = self.schedule.left().count();
        let mut unranked = BTreeSet::new();
        let mut later = 0;
        for (target, transfers, _) in self.plan.awaited() {
            let deciding = self.plan.graph.deciding(target);
            if deciding.iter().any(|kind| self.schedule.is_lost(kind)) {
                unranked.insert(target.clone());
            } else {
                later += transfers;
            }
        }
        self.summary.unranked = unranked.into_iter().collect();
        self.summary.left = left + later;
        self.summary.failed.sort();
        let (done, failed) = (self.summary.done, self.summary.failed.len());
        let (left, interrupted) = (self.summary.left, self.summary.interrupted);
        self.tell(Entry::Driver(DriverEvent::Ended { done, failed, left, interrupted }))?;
        self.summary.stages = self.meter.stages;
        Ok(self.summary)
    }

    /// Into the log, and to whoever watches.
    fn tell(&mut self, entry: Entry) -> Result<(), PlanError> {
        self.log.append(&entry)?;
        let (mut later, mut cost) = (0, 0);
        for (_, transfers, costs) in self.plan.awaited() {
            later += transfers;
            cost += costs;
        }
        let progress = Progress {
            entry: &entry,
            done: self.summary.done,
            failed: self.summary.failed.len(),
            left: self.schedule.left().count() + later,
            running: self.running.values().collect(),
            seconds_left: self.schedule.seconds_left(self.pool.workers().len(), cost),
        };
        (self.observer)(&progress);
        Ok(())
    }
}
