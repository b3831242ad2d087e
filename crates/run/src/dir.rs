//! The run directory and the folders of its jobs.

use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::atomic::{remove_temporaries, sync_folder, write_atomic};
use crate::error::RunError;
use crate::job::JobKind;
use crate::losses::Losses;
use crate::state::{Done, Failed};

/// The state of a training in between. Of jobs that are done only legs have one, which the next leg
/// goes on from.
const CHECKPOINT: &str = "checkpoint.safetensors";

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

    /// The path of a file in it; `name` is relative to the run.
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.root.join(name)
    }

    /// The run that trains everything once more, with another seed; the first repetition is the run
    /// itself, so numbers count from 2.
    #[must_use]
    pub fn repeat(&self, number: usize) -> Self {
        Self::new(self.path(format!("repeats/{number}")))
    }

    /// The folder of a job.
    pub fn job(&self, kind: &JobKind) -> JobDir {
        JobDir { folder: self.root.join(kind.folder()) }
    }

    /// Writes a file of the run atomically; `name` is relative to the run.
    pub fn write(&self, name: impl AsRef<Path>, bytes: &[u8]) -> Result<(), RunError> {
        let path = self.path(name);
        write_atomic(&path, bytes).map_err(|source| RunError::Io { path, source })
    }

    /// Reads a file of the run.
    pub fn read(&self, name: impl AsRef<Path>) -> Result<Vec<u8>, RunError> {
        let path = self.path(name);
        std::fs::read(&path).map_err(|source| RunError::Io { path, source })
    }

    /// Removes a file of the run, or a folder with all that is in it; no error when there is none.
    pub fn remove(&self, name: impl AsRef<Path>) -> Result<(), RunError> {
        let path = self.path(name);
        let removed = if path.is_dir() {
            std::fs::remove_dir_all(&path)
        } else {
            std::fs::remove_file(&path)
        };
        match removed {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            result => result.map_err(|source| RunError::Io { path, source }),
        }
    }

    /// Writes `config.toml`: the resolved pipeline.
    pub fn write_config(&self, toml: &str) -> Result<(), RunError> {
        self.write("config.toml", toml.as_bytes())
    }

    /// Reads `config.toml`; `None` when the run does not exist yet.
    pub fn config(&self) -> Result<Option<String>, RunError> {
        let path = self.path("config.toml");
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(RunError::Io { path, source }),
        }
    }
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

    /// Reads `losses.safetensors`.
    pub fn losses(&self) -> Result<Losses, RunError> {
        let bytes = self.read("losses.safetensors")?;
        Losses::from_bytes(&bytes).map_err(|error| match error {
            RunError::Losses(why) => {
                RunError::Artefact { path: self.path("losses.safetensors"), why }
            }
            other => other,
        })
    }

    /// Writes `done.json` (last!). Then nothing is left to take up, but of a leg.
    pub fn finish(&self, done: &Done) -> Result<(), RunError> {
        self.write("done.json", &json_bytes(done))?;
        match done.job.kind {
            JobKind::Leg { .. } => Ok(()),
            _ => self.forget_checkpoint(),
        }
    }

    /// Writes `failed.json`. A checkpoint stays: what killed the workers may not do so again.
    pub fn fail(&self, failed: &Failed) -> Result<(), RunError> {
        self.write("failed.json", &json_bytes(failed))
    }

    /// Writes `checkpoint.safetensors` in place of the one before; not where the job is done: a worker
    /// that outlived its driver by a step may come after the one that took its place.
    pub fn keep_checkpoint(&self, state: &[u8]) -> Result<(), RunError> {
        if self.path("done.json").exists() { Ok(()) } else { self.write(CHECKPOINT, state) }
    }

    /// Reads `checkpoint.safetensors`; `None` when there is none.
    pub fn checkpoint(&self) -> Result<Option<Vec<u8>>, RunError> {
        let path = self.path(CHECKPOINT);
        match std::fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(RunError::Io { path, source }),
        }
    }

    /// Removes `checkpoint.safetensors`, if there is one.
    pub fn forget_checkpoint(&self) -> Result<(), RunError> {
        self.remove(CHECKPOINT)
    }

    /// Reads `done.json`; `None` when the job is not done.
    pub fn done(&self) -> Result<Option<Done>, RunError> {
        read_json(&self.path("done.json"))
    }

    /// Reads `failed.json`; `None` when there is none.
    pub fn failed(&self) -> Result<Option<Failed>, RunError> {
        read_json(&self.path("failed.json"))
    }

    /// Readies the folder for an attempt: forgets the last failure and removes the temporary
    /// files of killed workers. Checkpoints stay.
    pub fn prepare(&self) -> Result<(), RunError> {
        let io = |source| RunError::Io { path: self.folder.clone(), source };
        remove_if_there(&self.path("failed.json")).map_err(io)?;
        remove_temporaries(&self.folder).map_err(io)
    }

    /// Removes one of its files; no error when there is none.
    pub fn remove(&self, name: &str) -> Result<(), RunError> {
        let path = self.path(name);
        remove_if_there(&path).map(|_| ()).map_err(|source| RunError::Io { path, source })
    }

    /// Removes everything, `done.json` first, so that a crash in between leaves no job that looks
    /// done and is not whole.
    pub fn clear(&self) -> Result<(), RunError> {
        let io = |source| RunError::Io { path: self.folder.clone(), source };
        if remove_if_there(&self.path("done.json")).map_err(io)? {
            sync_folder(&self.folder).map_err(io)?;
        }
        match std::fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            result => result.map_err(io),
        }
    }
}

/// Whether there was such a file.
fn remove_if_there(path: &Path) -> io::Result<bool> {
    match std::fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Indented JSON with a line end.
pub(crate) fn json_bytes(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).expect("keys are texts or integers");
    bytes.push(b'\n');
    bytes
}

/// Reads a JSON file; `None` when there is none.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, RunError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(RunError::Io { path: path.to_owned(), source }),
    };
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|source| RunError::Json { path: path.to_owned(), source })
}
