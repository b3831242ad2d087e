//! What can go wrong with a run's files.

use std::io;
use std::path::PathBuf;

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
    /// The bytes of a losses file are broken.
    #[error("losses.safetensors: {0}")]
    Losses(String),
    /// A file of a finished job is broken.
    #[error("{path}: {why}")]
    Artefact {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The run was written by a newer tool.
    #[error("{path}: `schema` is {found}, this version reads up to {known}")]
    Schema {
        /// The file that says so.
        path: PathBuf,
        /// Its number.
        found: u64,
        /// The largest number that is understood.
        known: u32,
    },
    /// Another process drives the run.
    #[error("{path}: the run is being driven by {holder}")]
    Locked {
        /// The lock.
        path: PathBuf,
        /// Who, as far as the lock says.
        holder: String,
    },
}

impl RunError {
    /// What the user can do about it, where there is something.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Json { path, .. } | Self::Artefact { path, .. } => {
                let folder = path.parent().filter(|_| !path.ends_with("run.json"))?;
                Some(format!("delete the folder {}: its job is then done again", folder.display()))
            }
            Self::Locked { .. } => {
                Some("wait for it, or stop it: the run goes on where it was left".to_owned())
            }
            Self::Schema { .. } => Some("use the newer version, or another run folder".to_owned()),
            Self::Io { .. } | Self::Losses(_) => None,
        }
    }
}
