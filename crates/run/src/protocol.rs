//! What the driver and its workers say to one another: JSON, one value a line.
//!
//! The driver writes [`Request`]s to the worker's stdin. The worker answers on what was its
//! stdout when it started (it moves its own stdout to stderr, so that nothing libtorch prints can
//! damage the protocol): first one [`Hello`], then [`Event`]s. The end of stdin means: leave.

use std::path::PathBuf;

use serde::{Deserialize, Deserializer, Serialize};

use crate::job::{Job, JobKind};
use crate::measure::{Measure, Measured};
use crate::spent::Spent;

/// Raised by hand when requests or events change.
pub const PROTOCOL: u32 = 3;

/// The first line of a worker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// [`PROTOCOL`] as the worker was built.
    pub protocol: u32,
    /// The tool's version.
    pub version: String,
    /// The version of libtorch.
    pub libtorch: String,
    /// CPU features that change the numbers: `amx_bf16`, `avx512f`, `avx2`, as far as present.
    pub cpu: Vec<String>,
    /// Process id.
    pub pid: u32,
}

/// A line from the driver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Execute a job of the run that the worker was started on.
    Job(Job),
    /// Paint what a stage-1 network makes of images.
    Predict {
        /// A folder `RUN/stage1/TASK`.
        model: PathBuf,
        /// The images.
        images: Vec<PathBuf>,
        /// Where the pictures go, one PNG per image.
        out: PathBuf,
    },
    /// Take a few steps on made-up samples; also of a worker without a run.
    Measure(Measure),
}

/// A line from a worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum Event {
    /// An epoch ended.
    Epoch {
        /// Of which job.
        job: JobKind,
        /// From 1.
        epoch: usize,
        /// How many there will be.
        epochs: usize,
        /// Mean training loss.
        #[serde(deserialize_with = "number")]
        train: f64,
        /// Mean validation loss; NaN when no sample of the split has a label.
        #[serde(deserialize_with = "number")]
        validation: f64,
    },
    /// A training goes on from a checkpoint of an earlier attempt.
    Resumed {
        /// Which.
        job: JobKind,
        /// The epoch that it is in, from 1; beyond the last when all are done.
        epoch: usize,
        /// Steps of the epoch that are done.
        step: usize,
    },
    /// The job's `done.json` is written.
    Done {
        /// Which.
        job: JobKind,
        /// Wall time of this attempt.
        seconds: f64,
        /// On what; versions before protocol 2 did not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        spent: Option<Spent>,
    },
    /// The job's `failed.json` is written: the training diverged or its input is broken.
    Failed {
        /// Which.
        job: JobKind,
        /// The chain of causes.
        error: String,
    },
    /// Not the job but the environment is at fault (I/O, libtorch, device): others would fare no
    /// better, so the driver stops.
    Broken {
        /// Which job met it.
        job: JobKind,
        /// The chain of causes.
        error: String,
    },
    /// One picture of a prediction is written.
    Predicted {
        /// The image.
        image: PathBuf,
        /// The picture.
        out: PathBuf,
    },
    /// A prediction failed.
    NotPredicted {
        /// The image.
        image: PathBuf,
        /// The chain of causes.
        error: String,
    },
    /// What the steps took.
    Measured(Measured),
}

/// JSON has no NaN and no infinities: they are written `null`.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or(f64::NAN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_lines_of_json() {
        let job = JobKind::Network { task: "normals".parse().unwrap() };
        let broken = Event::Broken { job: job.clone(), error: "no space".into() };
        let line = serde_json::to_string(&broken).unwrap();
        let expected =
            r#"{"event":"broken","job":{"kind":"network","task":"normals"},"error":"no space"}"#;
        assert_eq!(line, expected);
        assert_eq!(serde_json::from_str::<Event>(&line).unwrap(), broken);
        let request = Request::Job(Job { kind: job, fingerprint: crate::Fingerprint::default() });
        let line = serde_json::to_string(&request).unwrap();
        assert_eq!(line, r#"{"job":{"kind":"network","task":"normals","fingerprint":{}}}"#);
        assert_eq!(serde_json::from_str::<Request>(&line).unwrap(), request);
    }

    #[test]
    fn the_end_of_a_job_reads_with_and_without_what_its_time_went_into() {
        let old = r#"{"event":"done","job":{"kind":"features","source":"random"},"seconds":2.5}"#;
        let event: Event = serde_json::from_str(old).unwrap();
        assert_eq!(serde_json::to_string(&event).unwrap(), old);
        let Event::Done { job, seconds, spent: None } = event else { panic!("{event:?}") };
        let spent = Some(Spent { forward: 1.5, samples: 640, ..Spent::default() });
        let event = Event::Done { job, seconds, spent };
        let line = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&line).unwrap(), event);
    }

    #[test]
    fn a_loss_that_is_no_number_survives() {
        let job = JobKind::Features { source: "random".parse().unwrap() };
        let epoch = Event::Epoch { job, epoch: 1, epochs: 1, train: 0.5, validation: f64::NAN };
        let line = serde_json::to_string(&epoch).unwrap();
        let Event::Epoch { validation, .. } = serde_json::from_str(&line).unwrap() else {
            panic!("{line}")
        };
        assert!(validation.is_nan());
    }
}
