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
    /// Per kind of training: seconds and cost of what was measured.
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
            self.measured(kind, cost, seconds);
        }
        self.release(kind);
    }

    /// A job of such a cost took so many seconds, now or in an earlier invocation.
    pub fn measured(&mut self, kind: &JobKind, cost: u64, seconds: f64) {
        let sums = self.measured.entry(kind.training().name()).or_default();
        *sums = (sums.0 + seconds, sums.1 + cost as f64);
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
        let known: f64 =
            self.open().map(|(kind, cost)| cost as f64 * of(kind.training().name())).sum();
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

#[cfg(test)]
mod tests {
    use super::*;

    fn job(name: &str) -> JobKind {
        JobKind::Network { task: name.parse().unwrap() }
    }

    fn ready(schedule: &Schedule) -> Vec<String> {
        schedule.ready().map(|kind| kind.target().unwrap().to_string()).collect()
    }

    #[test]
    fn the_longest_first_and_nothing_before_what_it_needs() {
        let mut schedule = Schedule::default();
        let [a, b, c, d] = ["a", "b", "c", "d"].map(job);
        schedule.add(&d, &[a.clone(), c.clone()], 100); // before what it needs is there
        schedule.add(&a, &[], 1);
        schedule.add(&b, &[], 3);
        schedule.add_done(&c);
        assert_eq!(ready(&schedule), ["b", "a"]);
        schedule.started(&a);
        assert_eq!(ready(&schedule), ["b"]);
        schedule.done(&a, 1.0);
        assert_eq!(ready(&schedule), ["d", "b"]);
        schedule.started(&d);
        schedule.returned(&d);
        assert_eq!(ready(&schedule), ["d", "b"]);
        assert_eq!(schedule.left().count(), 2);
    }

    #[test]
    fn a_failure_blocks_whatever_hangs_on_it() {
        let mut schedule = Schedule::default();
        let [a, b, c, d, e] = ["a", "b", "c", "d", "e"].map(job);
        schedule.add(&a, &[], 1);
        schedule.add(&b, std::slice::from_ref(&a), 1);
        schedule.add(&c, std::slice::from_ref(&b), 1);
        schedule.add(&e, &[], 1);
        schedule.failed(&a);
        schedule.add(&d, &[c.clone(), e.clone()], 1); // added when it is lost already
        assert_eq!(schedule.blocked().collect::<Vec<_>>(), [&b, &c, &d]);
        assert_eq!(ready(&schedule), ["e"]);
        schedule.done(&e, 1.0);
        assert_eq!(schedule.left().count(), 0, "d is blocked for good");
        assert!(schedule.is_lost(&d) && !schedule.is_lost(&e));
    }

    #[test]
    fn the_time_left_follows_from_what_was_measured() {
        let mut schedule = Schedule::default();
        let features = |name: &str| JobKind::Features { source: name.parse().unwrap() };
        for name in ["a", "b"] {
            schedule.add(&job(name), &[], 10);
            schedule.add(&features(name), &[], 4);
        }
        assert_eq!(schedule.seconds_left(1, 0), None);
        schedule.done(&job("a"), 20.0);
        // A network of 10 and, at the same 2 seconds per unit, features of 4 + 4.
        assert_eq!(schedule.seconds_left(1, 0), Some(36.0));
        schedule.done(&features("a"), 4.0);
        // The other network takes 20 s, the other features 4 s.
        assert_eq!(schedule.seconds_left(2, 0), Some(12.0));
        // Transfers are not measured: (20 + 4) s for (10 + 4) units.
        let left = schedule.seconds_left(1, 7).unwrap();
        assert!((left - 36.0).abs() < 1e-9, "{left}");
    }
}
