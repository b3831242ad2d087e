//! The run directory and the folders of its jobs.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::atomic::write_atomic;
use crate::job::{Job, JobKind};

/// What can go wrong with a run's files.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A JSON file of the run is broken.
    #[error("{path}: {source}")]
    Json {
        /// Which.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// A losses file is broken.
    #[error("losses.safetensors: {0}")]
    Losses(String),
}

/// A run, `results/<name>/`.
#[derive(Debug, Clone)]
pub struct RunDir {
    root: PathBuf,
}

impl RunDir {
    /// A handle; the folder need not exist yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of a job.
    pub fn job(&self, kind: &JobKind) -> JobDir {
        JobDir { folder: self.root.join(kind.folder()) }
    }

    /// Writes a file of the run atomically; `name` is relative to the run.
    pub fn write(&self, name: impl AsRef<Path>, bytes: &[u8]) -> Result<(), RunError> {
        let path = self.root.join(name);
        write_atomic(&path, bytes).map_err(|source| RunError::Io { path, source })
    }

    /// Reads a file of the run.
    pub fn read(&self, name: impl AsRef<Path>) -> Result<Vec<u8>, RunError> {
        let path = self.root.join(name);
        std::fs::read(&path).map_err(|source| RunError::Io { path, source })
    }
}

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

/// The folder of one job; only that job writes there.
#[derive(Debug, Clone)]
pub struct JobDir {
    folder: PathBuf,
}

impl JobDir {
    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The path of a file in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Writes a file atomically.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), RunError> {
        let path = self.path(name);
        write_atomic(&path, bytes).map_err(|source| RunError::Io { path, source })
    }

    /// Reads a file.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, RunError> {
        let path = self.path(name);
        std::fs::read(&path).map_err(|source| RunError::Io { path, source })
    }

    /// Writes `done.json` (last!).
    pub fn finish(&self, done: &Done) -> Result<(), RunError> {
        self.write_json("done.json", done)
    }

    /// Writes `failed.json`.
    pub fn fail(&self, failed: &Failed) -> Result<(), RunError> {
        self.write_json("failed.json", failed)
    }

    fn write_json(&self, name: &str, value: &impl Serialize) -> Result<(), RunError> {
        let mut bytes = serde_json::to_vec_pretty(value).expect("keys are texts");
        bytes.push(b'\n');
        self.write(name, &bytes)
    }
}
