//! `run.json`: what a run is and how long it took.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::dir::{RunDir, json_bytes, read_json};
use crate::error::RunError;

/// The number of the run directory's layout, raised by hand when it changes.
pub const SCHEMA: u32 = 1;

/// `run.json`. Written by the driver only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The version of the tool that wrote it last.
    pub version: String,
    /// The run's seed.
    pub seed: u64,
    /// Fingerprint of the dataset.
    pub dataset: String,
    /// How far it is.
    pub state: RunState,
    /// Time and memory of each stage that was worked on.
    pub stages: BTreeMap<u8, StageRecord>,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunState {
    /// A driver works on it (or was killed while it did: then nobody holds the lock).
    Running,
    /// Nothing is left to do.
    Done,
    /// The driver was asked to stop.
    Interrupted,
    /// Jobs failed or were not asked for yet.
    Incomplete,
}

/// Time and memory of one stage, over all invocations.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct StageRecord {
    /// Wall time during which at least one of its jobs ran, in seconds.
    pub seconds: f64,
    /// Processor time of its jobs in seconds, where the system tells.
    pub cpu_seconds: Option<f64>,
    /// Jobs that were executed to their end.
    pub done: usize,
    /// Jobs that the last invocation found done.
    pub skipped: usize,
    /// Jobs that failed in the last invocation.
    pub failed: usize,
    /// Largest sum of the memory of driver and workers in bytes, where the system tells.
    pub peak_memory: Option<u64>,
}

impl StageRecord {
    /// Adds a later invocation: times and executed jobs add up, the peak is the larger, and what
    /// was skipped or failed is the later's.
    pub fn add(&mut self, later: &Self) {
        self.seconds += later.seconds;
        self.cpu_seconds = match (self.cpu_seconds, later.cpu_seconds) {
            (Some(a), Some(b)) => Some(a + b),
            (a, b) => a.or(b),
        };
        self.done += later.done;
        self.skipped = later.skipped;
        self.failed = later.failed;
        self.peak_memory = self.peak_memory.max(later.peak_memory);
    }
}

impl RunRecord {
    /// The record of a run that begins.
    pub fn new(version: &str, seed: u64, dataset: &str) -> Self {
        Self {
            schema: SCHEMA,
            version: version.to_owned(),
            seed,
            dataset: dataset.to_owned(),
            state: RunState::Running,
            stages: BTreeMap::new(),
        }
    }

    /// Adds what an invocation did.
    pub fn add(&mut self, stages: &BTreeMap<u8, StageRecord>) {
        for (&stage, record) in stages {
            self.stages.entry(stage).or_default().add(record);
        }
    }

    /// Adds what the same invocation did besides: what it skipped and what failed was told before.
    pub fn add_besides(&mut self, stages: &BTreeMap<u8, StageRecord>) {
        for (&stage, record) in stages {
            let known = self.stages.entry(stage).or_default();
            let StageRecord { skipped, failed, .. } = *known;
            known.add(&StageRecord { skipped, failed, ..*record });
        }
    }
}

impl RunDir {
    /// Reads `run.json`; `None` when the run does not exist yet.
    pub fn record(&self) -> Result<Option<RunRecord>, RunError> {
        #[derive(Deserialize)]
        struct Version {
            schema: u64,
        }
        let path = self.path("run.json");
        match read_json::<Version>(&path)? {
            None => Ok(None),
            Some(Version { schema }) if schema > u64::from(SCHEMA) => {
                Err(RunError::Schema { path, found: schema, known: SCHEMA })
            }
            Some(_) => read_json(&path),
        }
    }

    /// Writes `run.json`.
    pub fn write_record(&self, record: &RunRecord) -> Result<(), RunError> {
        self.write("run.json", &json_bytes(record))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invocations_add_up() {
        let stage = |seconds, done, failed, peak_memory| StageRecord {
            seconds,
            cpu_seconds: Some(2.0 * seconds),
            done,
            skipped: done + 1,
            failed,
            peak_memory,
        };
        let mut record = RunRecord::new("0.1.0", 7, "abc");
        record.add(&BTreeMap::from([(1, stage(3.0, 4, 1, Some(100)))]));
        record.add(&BTreeMap::from([(1, stage(1.0, 1, 0, Some(50))), (2, stage(5.0, 9, 0, None))]));
        let expected = StageRecord {
            seconds: 4.0,
            cpu_seconds: Some(8.0),
            done: 5,
            skipped: 2,
            failed: 0,
            peak_memory: Some(100),
        };
        assert_eq!(record.stages[&1], expected);
        assert_eq!(record.stages[&2], stage(5.0, 9, 0, None));
        // What comes on top adds time and jobs, and says nothing of what was skipped or failed.
        record.add_besides(&BTreeMap::from([(2, stage(1.0, 3, 2, Some(70)))]));
        let expected = StageRecord { skipped: 10, ..stage(6.0, 12, 0, Some(70)) };
        assert_eq!(record.stages[&2], expected);
    }

    #[test]
    fn the_record_reads_as_it_is_written_and_newer_ones_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunDir::new(folder.path());
        assert_eq!(run.record().unwrap(), None);
        let mut record = RunRecord::new("0.1.0", 7, "abc");
        record.add(&BTreeMap::from([(2, StageRecord { seconds: 0.1, ..StageRecord::default() })]));
        run.write_record(&record).unwrap();
        assert_eq!(run.record().unwrap(), Some(record));
        run.write("run.json", b"{\"schema\": 9}").unwrap();
        let error = run.record().unwrap_err().to_string();
        assert!(error.ends_with("run.json: `schema` is 9, this version reads up to 1"), "{error}");
    }
}
