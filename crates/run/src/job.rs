//! Jobs: the units of work that workers execute.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use taskonomy_core::{Sources, TaskId};

use crate::fingerprint::Fingerprint;

/// What a job computes; it owns one folder of the run.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum JobKind {
    /// Stage 1: trains the task-specific network.
    Network {
        /// The task.
        task: TaskId,
    },
    /// Stage 2: the frozen encoder's representations of the splits transfers, validation, test.
    Features {
        /// The task whose encoder it is, or `random`.
        source: TaskId,
    },
    /// Stage 2: trains a readout of one or more sources.
    Transfer {
        /// What is predicted.
        target: TaskId,
        /// What is read.
        sources: Sources,
    },
    /// Stage 2: trains the readout architecture from the image alone.
    Scratch {
        /// What is predicted.
        target: TaskId,
        /// Which of the seeds, from 1.
        replica: u32,
    },
    /// After stage 3: a picture of what the best transfer of a target predicts.
    Examples {
        /// What is predicted.
        target: TaskId,
        /// What its best transfer reads.
        sources: Sources,
    },
}

/// A job and everything that its result depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// What is computed.
    #[serde(flatten)]
    pub kind: JobKind,
    /// What the result depends on.
    pub fingerprint: Fingerprint,
}

impl JobKind {
    /// The job's folder, relative to the run.
    pub fn folder(&self) -> PathBuf {
        match self {
            Self::Network { task } => format!("stage1/{task}").into(),
            Self::Features { source } => format!("stage2/features/{source}").into(),
            Self::Transfer { target, sources } => {
                format!("stage2/transfers/{target}/{}", set_name(sources)).into()
            }
            // `-` is in no id, so no source can have this folder.
            Self::Scratch { target, replica } => {
                format!("stage2/transfers/{target}/pixels-{replica}").into()
            }
            Self::Examples { target, .. } => format!("stage3/examples/{target}").into(),
        }
    }

    /// The stage to which it belongs: 1, 2 or 3.
    pub fn stage(&self) -> u8 {
        match self {
            Self::Network { .. } => 1,
            Self::Features { .. } | Self::Transfer { .. } | Self::Scratch { .. } => 2,
            Self::Examples { .. } => 3,
        }
    }

    /// The job's seed: a function of the run's seed and the job's identity alone.
    pub fn seed(&self, run_seed: u64) -> u64 {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&run_seed.to_le_bytes());
        hasher.update(self.to_string().as_bytes());
        let mut reader = hasher.finalize_xof();
        let mut bytes = [0; 8];
        reader.fill(&mut bytes);
        u64::from_le_bytes(bytes) >> 1 // libtorch takes a signed seed
    }
}

/// `a+b+c` up to four sources, else `<order>-<hash>` (a folder name has a limit).
fn set_name(sources: &Sources) -> String {
    let name = sources.to_string();
    if sources.order() <= 4 {
        return name;
    }
    let hash = blake3::hash(name.as_bytes()).to_hex();
    format!("{}-{}", sources.order(), &hash[..12])
}

impl fmt::Display for JobKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Network { task } => format!("network {task}"),
            Self::Features { source } => format!("features {source}"),
            Self::Transfer { target, sources } => format!("transfer {sources}->{target}"),
            Self::Scratch { target, replica } => format!("scratch {target}#{replica}"),
            Self::Examples { target, sources } => format!("examples {sources}->{target}"),
        };
        f.pad(&text)
    }
}
