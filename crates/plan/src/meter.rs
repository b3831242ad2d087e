//! How long each stage takes and how much memory: what `run.json` tells. Nothing here reaches an
//! artefact that must be reproducible.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use taskonomy_run::{JobKind, StageRecord};

/// Between two looks at the memory.
const EVERY: Duration = Duration::from_millis(500);

pub(crate) struct Meter {
    last: Instant,
    sampled: Option<Instant>,
    pub(crate) stages: BTreeMap<u8, StageRecord>,
    /// Processor time of a process when its job began.
    began: BTreeMap<u32, f64>,
}

impl Meter {
    pub(crate) fn new() -> Self {
        let (stages, began) = (BTreeMap::new(), BTreeMap::new());
        Self { last: Instant::now(), sampled: None, stages, began }
    }

    pub(crate) fn stage(&mut self, kind: &JobKind) -> &mut StageRecord {
        self.stages.entry(kind.stage()).or_default()
    }

    /// A process began a job.
    pub(crate) fn began(&mut self, pid: u32) {
        if let Some(seconds) = cpu_seconds(pid) {
            self.began.insert(pid, seconds);
        }
    }

    /// A process ended a job.
    pub(crate) fn ended(&mut self, pid: u32, kind: &JobKind) {
        if let (Some(from), Some(to)) = (self.began.remove(&pid), cpu_seconds(pid)) {
            *self.stage(kind).cpu_seconds.get_or_insert(0.0) += to - from;
        }
    }

    /// Time passed while these jobs ran, in these processes.
    pub(crate) fn tick<'a>(&mut self, running: impl Iterator<Item = &'a JobKind>, pids: &[u32]) {
        let seconds = self.last.elapsed().as_secs_f64();
        self.last = Instant::now();
        let mut stages: Vec<_> = running.map(JobKind::stage).collect();
        stages.sort_unstable();
        stages.dedup();
        let memory = match self.sampled {
            Some(sampled) if sampled.elapsed() < EVERY => None,
            _ => {
                self.sampled = Some(Instant::now());
                // A worker that is just ending has none left to count.
                let workers: u64 = pids.iter().copied().filter_map(memory).sum();
                memory(std::process::id()).map(|driver| driver + workers)
            }
        };
        for stage in stages {
            let record = self.stages.entry(stage).or_default();
            record.seconds += seconds;
            record.peak_memory = record.peak_memory.max(memory);
        }
    }
}

/// Memory in bytes that is a process's alone (what it shares with others, the pages of libtorch's
/// files, would be counted once per worker). Linux tells, others do not.
fn memory(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

/// Processor time of a process in seconds, user and system. Linux tells, others do not.
fn cpu_seconds(pid: u32) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in brackets, may hold spaces; the state follows it. See proc_pid_stat(5).
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    // What Linux tells user programs is in hundredths of a second on every architecture of ours.
    Some((user + system) as f64 / 100.0)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_stage_is_charged_only_while_its_jobs_run() {
        let mut meter = Meter::new();
        let job = JobKind::Features { source: "normals".parse().unwrap() };
        meter.tick(std::iter::empty(), &[]);
        assert!(meter.stages.is_empty());
        meter.sampled = None;
        meter.tick([&job, &job].into_iter(), &[std::process::id()]);
        let record = meter.stages[&2];
        // This process twice: as driver and as worker.
        let alone = memory(std::process::id()).unwrap();
        assert!(record.peak_memory.unwrap() > alone, "{record:?}");
        assert!(record.seconds >= 0.0);
    }

    #[test]
    fn processor_time_is_charged_to_the_job() {
        let pid = std::process::id();
        let mut meter = Meter::new();
        let job = JobKind::Network { task: "normals".parse().unwrap() };
        meter.began(pid);
        let begun = cpu_seconds(pid).unwrap();
        let mut x = 0_u64;
        while cpu_seconds(pid).unwrap() < begun + 0.02 {
            x = std::hint::black_box(x + 1);
        }
        meter.ended(pid, &job);
        assert!(meter.stages[&1].cpu_seconds.unwrap() >= 0.02 - 1e-9);
    }

    #[test]
    fn a_process_that_is_not_there_is_charged_nothing() {
        assert_eq!((memory(0), cpu_seconds(0)), (None, None));
    }
}
