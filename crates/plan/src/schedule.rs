//! What can be done now: a state machine without processes, files or clock.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use taskonomy_run::JobKind;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    /// For so many jobs.
    Waiting(usize),
    Ready,
    Running,
    Done,
    Failed,
    /// A job that it needs failed, or needs one that did.
    Blocked,
}

#[derive(Debug)]
struct Entry {
    status: Status,
    cost: u64,
}

/// The jobs of one invocation and how far they are.
#[derive(Debug, Default)]
pub struct Schedule {
    jobs: BTreeMap<JobKind, Entry>,
    /// Who waits for a job.
    dependents: BTreeMap<JobKind, Vec<JobKind>>,
    /// The longest first: what is long and starts late is what everyone waits for at the end.
    ready: BTreeSet<(Reverse<u64>, JobKind)>,
    /// Per kind: seconds and cost of what was measured.
    measured: BTreeMap<&'static str, (f64, f64)>,
}

impl Schedule {
    /// Adds a job that is to be done. What it needs and is not added yet, it waits for.
    pub fn add(&mut self, kind: &JobKind, needs: &[JobKind], cost: u64) {
        let (mut waits, mut blocked) = (0, false);
        for need in needs {
            match self.jobs.get(need).map(|entry| entry.status) {
                Some(Status::Done) => {}
                Some(Status::Failed | Status::Blocked) => blocked = true,
                _ => {
                    waits += 1;
                    self.dependents.entry(need.clone()).or_default().push(kind.clone());
                }
            }
        }
        let status = match (blocked, waits) {
            (true, _) => Status::Blocked,
            (false, 0) => Status::Ready,
            (false, waits) => Status::Waiting(waits),
        };
        if status == Status::Ready {
            self.ready.insert((Reverse(cost), kind.clone()));
        }
        self.jobs.insert(kind.clone(), Entry { status, cost });
    }

    /// Adds a job that was done before.
    pub fn add_done(&mut self, kind: &JobKind) {
        self.jobs.insert(kind.clone(), Entry { status: Status::Done, cost: 0 });
        self.release(kind);
    }

    /// What can be started now, the longest first.
    pub fn ready(&self) -> impl Iterator<Item = &JobKind> {
        self.ready.iter().map(|(_, kind)| kind)
    }

    /// A job was given to a worker.
    pub fn started(&mut self, kind: &JobKind) {
        self.set(kind, Status::Running);
    }

    /// The attempt came to nothing through no fault of the job: it is ready again.
    pub fn returned(&mut self, kind: &JobKind) {
        self.set(kind, Status::Ready);
    }

    /// A job is done, after so many seconds.
    pub fn done(&mut self, kind: &JobKind, seconds: f64) {
        if let Some(cost) = self.set(kind, Status::Done) {
            let sums = self.measured.entry(kind.name()).or_default();
            *sums = (sums.0 + seconds, sums.1 + cost as f64);
        }
        self.release(kind);
    }

    /// A job failed: whatever needs it cannot be done in this invocation.
    pub fn failed(&mut self, kind: &JobKind) {
        self.set(kind, Status::Failed);
        let mut queue = self.dependents.remove(kind).unwrap_or_default();
        while let Some(dependent) = queue.pop() {
            self.set(&dependent, Status::Blocked);
            queue.extend(self.dependents.remove(&dependent).unwrap_or_default());
        }
    }

    /// Whether a job is done.
    pub fn is_done(&self, kind: &JobKind) -> bool {
        self.jobs.get(kind).is_some_and(|entry| entry.status == Status::Done)
    }

    /// Whether a job failed or waits for one that did.
    pub fn is_lost(&self, kind: &JobKind) -> bool {
        let status = self.jobs.get(kind).map(|entry| entry.status);
        matches!(status, Some(Status::Failed | Status::Blocked))
    }

    /// The jobs that cannot be done because another failed.
    pub fn blocked(&self) -> impl Iterator<Item = &JobKind> {
        let blocked = self.jobs.iter().filter(|(_, entry)| entry.status == Status::Blocked);
        blocked.map(|(kind, _)| kind)
    }

    /// The jobs that are still to be done: waiting, ready or running.
    pub fn left(&self) -> impl Iterator<Item = &JobKind> {
        self.open().map(|(kind, _)| kind)
    }

    fn open(&self) -> impl Iterator<Item = (&JobKind, u64)> {
        let open = self.jobs.iter().filter(|(_, entry)| {
            matches!(entry.status, Status::Waiting(_) | Status::Ready | Status::Running)
        });
        open.map(|(kind, entry)| (kind, entry.cost))
    }

    /// Seconds until everything is done, from what jobs of the same kind took; kinds that were
    /// not measured yet are taken to be as fast per unit of cost as all others together. `later`
    /// is the cost of transfers that are not known yet. None before anything was measured.
    pub fn seconds_left(&self, workers: usize, later: u64) -> Option<f64> {
        let rate = |(seconds, cost): (f64, f64)| (cost > 0.0).then(|| seconds / cost);
        let all = self.measured.values().fold((0.0, 0.0), |sum, m| (sum.0 + m.0, sum.1 + m.1));
        let overall = rate(all)?;
        let of = |name| self.measured.get(name).copied().and_then(rate).unwrap_or(overall);
        let known: f64 = self.open().map(|(kind, cost)| cost as f64 * of(kind.name())).sum();
        Some((known + later as f64 * of("transfer")) / workers.max(1) as f64)
    }

    /// Changes a job's status; its cost, if it is known.
    fn set(&mut self, kind: &JobKind, status: Status) -> Option<u64> {
        let entry = self.jobs.get_mut(kind)?;
        let key = (Reverse(entry.cost), kind.clone());
        entry.status = status;
        if status == Status::Ready {
            self.ready.insert(key);
        } else {
            self.ready.remove(&key);
        }
        Some(entry.cost)
    }

    fn release(&mut self, kind: &JobKind) {
        for dependent in self.dependents.remove(kind).unwrap_or_default() {
            match self.jobs.get(&dependent).map(|entry| entry.status) {
                Some(Status::Waiting(1)) => _ = self.set(&dependent, Status::Ready),
                Some(Status::Waiting(n)) => _ = self.set(&dependent, Status::Waiting(n - 1)),
                _ => {}
            }
        }
    }
}
