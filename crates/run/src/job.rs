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
    /// Stage 2: trains the task-specific network on the transfers split alone, the tougher baseline.
    Small {
        /// What is predicted.
        target: TaskId,
    },
    /// After stage 3: a picture of what the best transfer of a target predicts.
    Examples {
        /// What is predicted.
        target: TaskId,
        /// What its best transfer reads.
        sources: Sources,
    },
    /// Stage 2: the first epochs of a transfer or scratch, in a race.
    Leg {
        /// The whole training.
        of: Box<Self>,
        /// The epochs that are done at its end, those of earlier legs among them.
        epochs: usize,
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

impl Job {
    /// The keys in which two jobs of one folder differ: of the fingerprint, and `sources` where
    /// the folder is named after the target alone.
    pub(crate) fn differences(&self, other: &Self) -> Vec<String> {
        let mut keys = self.fingerprint.differences(&other.fingerprint);
        if self.kind != other.kind {
            keys.push("sources".to_owned());
        }
        keys
    }
}

/// A number per kind of job, part of the fingerprint of each: raised by hand when the tool computes
/// something else than before, so that older results count as different.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Formats {
    /// Of [`JobKind::Network`].
    pub network: u32,
    /// Of [`JobKind::Features`].
    pub features: u32,
    /// Of [`JobKind::Transfer`].
    pub transfer: u32,
    /// Of [`JobKind::Scratch`].
    pub scratch: u32,
    /// Of [`JobKind::Small`].
    pub small: u32,
    /// Of [`JobKind::Examples`].
    pub examples: u32,
}

impl Default for Formats {
    /// What this version computes.
    fn default() -> Self {
        Self { network: 3, features: 1, transfer: 2, scratch: 2, small: 1, examples: 2 }
    }
}

impl Formats {
    /// The number of one kind; a leg's is that of the whole training.
    pub fn of(&self, kind: &JobKind) -> u32 {
        match kind {
            JobKind::Network { .. } => self.network,
            JobKind::Features { .. } => self.features,
            JobKind::Transfer { .. } => self.transfer,
            JobKind::Scratch { .. } => self.scratch,
            JobKind::Small { .. } => self.small,
            JobKind::Examples { .. } => self.examples,
            JobKind::Leg { of, .. } => self.of(of),
        }
    }
}

impl JobKind {
    /// What kind of job it is, in one word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Network { .. } => "network",
            Self::Features { .. } => "features",
            Self::Transfer { .. } => "transfer",
            Self::Scratch { .. } => "scratch",
            Self::Small { .. } => "small",
            Self::Examples { .. } => "examples",
            Self::Leg { .. } => "leg",
        }
    }

    /// The first so many epochs of this training.
    #[must_use]
    pub fn leg(&self, epochs: usize) -> Self {
        Self::Leg { of: Box::new(self.training().clone()), epochs }
    }

    /// The training that a leg is part of; any other job itself.
    pub fn training(&self) -> &Self {
        match self {
            Self::Leg { of, .. } => of.training(),
            whole => whole,
        }
    }

    /// The task that the job learns to predict, if any.
    pub fn target(&self) -> Option<&TaskId> {
        match self {
            Self::Network { task } => Some(task),
            Self::Features { .. } => None,
            Self::Transfer { target, .. }
            | Self::Scratch { target, .. }
            | Self::Small { target }
            | Self::Examples { target, .. } => Some(target),
            Self::Leg { of, .. } => of.target(),
        }
    }

    /// The job's folder, relative to the run.
    pub fn folder(&self) -> PathBuf {
        match self {
            Self::Network { task } => format!("stage1/{task}").into(),
            Self::Features { source } => format!("stage2/features/{source}").into(),
            Self::Transfer { target, sources } => {
                format!("stage2/transfers/{target}/{}", set_name(sources)).into()
            }
            // `-` is in no id, so no source can have these folders.
            Self::Scratch { target, replica } => {
                format!("stage2/transfers/{target}/pixels-{replica}").into()
            }
            Self::Small { target } => format!("stage2/transfers/{target}/self-small").into(),
            Self::Examples { target, .. } => format!("stage3/examples/{target}").into(),
            // Not in the folder of the training, which is cleared without its legs.
            Self::Leg { of, epochs } => {
                let folder = of.folder();
                let within = folder.strip_prefix("stage2").unwrap_or(&folder);
                round_folder(*epochs).join(within)
            }
        }
    }

    /// The stage to which it belongs: 1, 2 or 3.
    pub fn stage(&self) -> u8 {
        match self {
            Self::Network { .. } => 1,
            Self::Features { .. }
            | Self::Transfer { .. }
            | Self::Scratch { .. }
            | Self::Small { .. } => 2,
            Self::Examples { .. } => 3,
            Self::Leg { of, .. } => of.stage(),
        }
    }

    /// The job's seed: a function of the run's seed and the identity of the training alone.
    pub fn seed(&self, run_seed: u64) -> u64 {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&run_seed.to_le_bytes());
        hasher.update(self.training().to_string().as_bytes());
        let mut reader = hasher.finalize_xof();
        let mut bytes = [0; 8];
        reader.fill(&mut bytes);
        u64::from_le_bytes(bytes) >> 1 // libtorch takes a signed seed
    }
}

/// Where the jobs and the losses of a round of a race are, relative to the run: as in `stage2`, after
/// so many epochs.
pub fn round_folder(epochs: usize) -> PathBuf {
    format!("stage2/rounds/{epochs}").into()
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
            Self::Small { target } => format!("small {target}"),
            Self::Examples { target, sources } => format!("examples {sources}->{target}"),
            Self::Leg { of, epochs } => format!("{of} to epoch {epochs}"),
        };
        f.pad(&text)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn transfer(sources: &str) -> JobKind {
        let target = "normals".parse().unwrap();
        JobKind::Transfer { target, sources: sources.parse().unwrap() }
    }

    #[test]
    fn every_job_has_a_folder_of_its_own() {
        let folder = |kind: &JobKind| kind.folder().to_str().unwrap().to_owned();
        assert_eq!(folder(&transfer("b+a")), "stage2/transfers/normals/a+b");
        let long = folder(&transfer("a+b+c+d+e"));
        let name = long.strip_prefix("stage2/transfers/normals/5-").unwrap();
        assert_eq!(name.len(), 12);
        let target = TaskId::new("normals").unwrap();
        let jobs = [
            JobKind::Network { task: target.clone() },
            JobKind::Features { source: target.clone() },
            transfer("normals"),
            transfer("a+b+c+d+e"),
            transfer("a+b+c+d+f"),
            JobKind::Scratch { target: target.clone(), replica: 1 },
            JobKind::Scratch { target: target.clone(), replica: 2 },
            JobKind::Small { target },
            transfer("normals").leg(1),
            transfer("normals").leg(2),
            transfer("a+b+c+d+e").leg(1),
        ];
        assert_eq!(jobs.iter().map(folder).collect::<BTreeSet<_>>().len(), jobs.len());
    }

    #[test]
    fn a_leg_is_a_part_of_its_training() {
        let leg = transfer("b+a").leg(1).leg(2);
        assert_eq!(leg.to_string(), "transfer a+b->normals to epoch 2");
        assert_eq!(leg.folder().to_str(), Some("stage2/rounds/2/transfers/normals/a+b"));
        assert_eq!((leg.training(), leg.seed(7)), (&transfer("a+b"), transfer("a+b").seed(7)));
        let job = Job { kind: leg, fingerprint: Fingerprint::default() };
        let text = serde_json::to_string(&job).unwrap();
        assert_eq!(serde_json::from_str::<Job>(&text).unwrap(), job, "{text}");
    }

    #[test]
    fn seeds_follow_from_the_run_and_the_job() {
        let [a, b] = ["a", "b"].map(transfer);
        assert_eq!(a.seed(1), transfer("a").seed(1));
        assert_ne!(a.seed(1), b.seed(1));
        assert_ne!(a.seed(1), a.seed(2));
        assert!(i64::try_from(a.seed(u64::MAX)).is_ok());
    }
}
