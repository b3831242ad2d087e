//! How far a job is, read from `done.json` and `failed.json`.

use serde::{Deserialize, Serialize};

use crate::dir::RunDir;
use crate::error::RunError;
use crate::job::{Job, JobKind};

/// `done.json`: written last, so its presence says that the job's other files are whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The job with its fingerprint.
    #[serde(flatten)]
    pub job: Job,
    /// The libtorch version that computed it.
    pub libtorch: String,
    /// The CPU features that it was computed with.
    pub cpu: Vec<String>,
}

/// `failed.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// The job with its fingerprint.
    #[serde(flatten)]
    pub job: Job,
    /// The chain of causes.
    pub error: String,
}

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobState {
    /// There is no result.
    Missing,
    /// There is a result of this very fingerprint.
    Done,
    /// There is a result, but of another fingerprint.
    Differs(Vec<String>),
    /// The last attempt with this fingerprint failed; the next invocation tries again.
    Failed {
        /// The chain of causes.
        error: String,
    },
}

impl RunDir {
    /// How far a job is.
    ///
    /// # Errors
    /// When `done.json` or `failed.json` is there and cannot be read.
    pub fn state(&self, job: &Job) -> Result<JobState, RunError> {
        let folder = self.job(&job.kind);
        if let Some(done) = folder.done()? {
            let keys = done.job.differences(job);
            return Ok(if keys.is_empty() { JobState::Done } else { JobState::Differs(keys) });
        }
        Ok(match folder.failed()? {
            Some(failed) if failed.job == *job => JobState::Failed { error: failed.error },
            _ => JobState::Missing,
        })
    }

    /// Removes what a job left, `done.json` first.
    pub fn clear(&self, kind: &JobKind) -> Result<(), RunError> {
        self.job(kind).clear()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::fingerprint::Fingerprint;

    fn job(epochs: &str) -> Job {
        let keys = [("networks.epochs", epochs), ("seed", "1")];
        let keys: BTreeMap<_, _> =
            keys.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        let kind = JobKind::Network { task: "normals".parse().unwrap() };
        Job { kind, fingerprint: Fingerprint(keys) }
    }

    fn done(job: Job) -> Done {
        Done { job, libtorch: "2.13.0".into(), cpu: vec!["avx2".into()] }
    }

    #[test]
    fn a_job_is_missing_failed_done_or_differs() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunDir::new(folder.path());
        let (six, nine) = (job("6"), job("9"));
        assert_eq!(run.state(&six).unwrap(), JobState::Missing);
        let error = "the loss is NaN".to_owned();
        run.job(&six.kind).fail(&Failed { job: six.clone(), error: error.clone() }).unwrap();
        assert_eq!(run.state(&six).unwrap(), JobState::Failed { error });
        assert_eq!(run.state(&nine).unwrap(), JobState::Missing, "another job failed, not this");
        run.job(&six.kind).prepare().unwrap();
        assert_eq!(run.state(&six).unwrap(), JobState::Missing);
        run.job(&six.kind).finish(&done(six.clone())).unwrap();
        assert_eq!(run.state(&six).unwrap(), JobState::Done);
        assert_eq!(run.state(&nine).unwrap(), JobState::Differs(vec!["networks.epochs".into()]));
        run.clear(&six.kind).unwrap();
        assert_eq!(run.state(&six).unwrap(), JobState::Missing);
        run.clear(&six.kind).unwrap();
    }

    #[test]
    fn a_checkpoint_outlives_an_attempt_and_ends_with_its_job() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunDir::new(folder.path());
        let job = job("6");
        let folder = run.job(&job.kind);
        assert_eq!(folder.checkpoint().unwrap(), None);
        folder.keep_checkpoint(b"one").unwrap();
        folder.keep_checkpoint(b"two").unwrap();
        folder.fail(&Failed { job: job.clone(), error: "killed".into() }).unwrap();
        folder.prepare().unwrap();
        assert_eq!(folder.checkpoint().unwrap().unwrap(), b"two");
        assert_eq!(run.state(&job).unwrap(), JobState::Missing);
        folder.finish(&done(job.clone())).unwrap();
        assert_eq!(folder.checkpoint().unwrap(), None);
        folder.keep_checkpoint(b"by a worker that comes late").unwrap();
        assert_eq!(folder.checkpoint().unwrap(), None);
    }

    #[test]
    fn a_broken_done_json_is_named_with_a_way_out() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunDir::new(folder.path());
        let job = job("6");
        run.job(&job.kind).write("done.json", b"{\"kind\": \"network\"").unwrap();
        let error = run.state(&job).unwrap_err();
        assert!(error.to_string().contains("stage1/normals/done.json: "), "{error}");
        let hint = error.hint().unwrap();
        assert!(
            hint.starts_with("delete the folder") && hint.contains("stage1/normals:"),
            "{hint}"
        );
    }

    #[test]
    fn done_json_reads_as_it_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunDir::new(folder.path());
        let sources = "b+a".parse().unwrap();
        let kind = JobKind::Transfer { target: "normals".parse().unwrap(), sources };
        let done = done(Job { kind, ..job("6") });
        run.job(&done.job.kind).finish(&done).unwrap();
        assert_eq!(run.job(&done.job.kind).done().unwrap(), Some(done));
    }
}
