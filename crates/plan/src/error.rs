//! What can keep a run from going on.

use std::io;
use std::path::PathBuf;

use taskonomy_core::TaskId;
use taskonomy_run::{JobKind, RunError};

/// What can keep a run from going on.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// A file of the run.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The dataset lacks a domain.
    #[error("task `{task}` needs the domain `{domain}`, which the dataset does not have{}", list(" (it has ", .known, ")"))]
    Domain {
        /// Whose.
        task: TaskId,
        /// Which.
        domain: String,
        /// Those that it has.
        known: Vec<String>,
    },
    /// Results are there, but of other settings, tasks or data.
    #[error("{} of another fingerprint: {}", results(.0.len()), differing(.0))]
    Differs(Vec<(JobKind, Vec<String>)>),
    /// An earlier stage is not finished and was not asked for.
    #[error("stage 1 is not finished, it lacks {}", names(.0))]
    Earlier(Vec<JobKind>),
    /// A target was asked for that is none.
    #[error("`{found}` is no target of the pipeline{}", list(": its targets are ", .known, ""))]
    Target {
        /// What was asked for.
        found: TaskId,
        /// The targets.
        known: Vec<String>,
    },
    /// A target's first-order transfers cannot be ranked.
    #[error("the beam of `{target}` on the validation split: {why}")]
    Beam {
        /// Whose.
        target: TaskId,
        /// What is wrong.
        why: String,
    },
    /// The transfers into a target cannot be ranked after a round of their race.
    #[error("the race of `{target}` on the validation split: {why}")]
    Race {
        /// Whose.
        target: TaskId,
        /// What is wrong.
        why: String,
    },
    /// Two results of a target speak of different numbers of samples.
    #[error(
        "{job}: its losses.safetensors has {found} losses on `{split}`, it must have {expected}"
    )]
    Samples {
        /// Whose.
        job: JobKind,
        /// On which split.
        split: &'static str,
        /// How many there are.
        found: usize,
        /// How many there must be.
        expected: usize,
    },
    /// A loss is infinite.
    #[error("{job}: its loss on sample `{image}` is {found}: it must be finite, or NaN for none")]
    Loss {
        /// Whose.
        job: JobKind,
        /// The sample.
        image: String,
        /// What it is.
        found: f32,
    },
    /// A table cannot be gathered whole.
    #[error("the losses of `{target}` are not complete, they lack {}", lacking(.missing))]
    Partial {
        /// Whose table.
        target: TaskId,
        /// What it lacks.
        missing: Vec<JobKind>,
    },
    /// The worker program cannot be started.
    #[error("cannot start the worker {program}: {source}")]
    Start {
        /// Which.
        program: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The worker did not introduce itself.
    #[error("the worker {program} did not say hello: {why}")]
    Hello {
        /// Which.
        program: PathBuf,
        /// What happened instead.
        why: String,
    },
    /// The worker speaks another protocol.
    #[error("the worker {program} speaks protocol {found}, this program speaks {expected}")]
    Protocol {
        /// Which.
        program: PathBuf,
        /// Its number.
        found: u64,
        /// Ours.
        expected: u32,
    },
    /// The worker is of another version.
    #[error("the worker {program} is version {found}, this program is {expected}")]
    Version {
        /// Which.
        program: PathBuf,
        /// Its version.
        found: String,
        /// Ours.
        expected: String,
    },
    /// A worker ended because it cannot work here.
    #[error("worker {pid} cannot work here and ended with exit code 4{}{why}", colon(.why))]
    Worker {
        /// Its process id.
        pid: u32,
        /// What its log says, if there is one.
        why: String,
    },
    /// A worker met a broken environment.
    #[error("{job}: {error}")]
    Broken {
        /// The job that met it.
        job: JobKind,
        /// The chain of causes.
        error: String,
    },
}

impl PlanError {
    /// What the user can do about it, where there is something.
    pub fn hint(&self) -> Option<String> {
        let text = match self {
            Self::Run(error) => return error.hint(),
            Self::Differs(_) => {
                "--force computes them and what depends on them again; another `name` in the \
                 pipeline, or --run DIR, keeps them"
            }
            Self::Earlier(_) => "run stage 1 first",
            Self::Partial { .. } => {
                "stage 1 and stage 2 again do what is left; --partial goes on without it"
            }
            Self::Protocol { .. } | Self::Version { .. } => {
                "install both programs from the same build: they stand side by side"
            }
            Self::Samples { job, .. } | Self::Loss { job, .. } => {
                let folder = job.folder();
                let folder = folder.display();
                return Some(format!("delete {folder} in the run: the job is then done again"));
            }
            Self::Broken { .. } => "once that is repaired, the same command goes on where it was",
            Self::Worker { why, .. } if why.is_empty() => "it said why on stderr",
            Self::Start { .. } | Self::Hello { .. } => {
                "`taskonomy doctor` looks for what the worker needs"
            }
            Self::Domain { .. } => {
                "`taskonomy data check` lists what a dataset has. Images that a pipeline made have \
                 the labels of its tasks at the time: move them away and they are made again, or \
                 make them with all labels by `taskonomy data rooms` or `taskonomy data photos`"
            }
            Self::Target { .. } | Self::Beam { .. } | Self::Race { .. } | Self::Worker { .. } => {
                return None;
            }
        };
        Some(text.to_owned())
    }

    /// Whether the machine, not the input, is at fault.
    pub fn is_environment(&self) -> bool {
        matches!(
            self,
            Self::Run(RunError::Io { .. })
                | Self::Start { .. }
                | Self::Hello { .. }
                | Self::Protocol { .. }
                | Self::Version { .. }
                | Self::Worker { .. }
                | Self::Broken { .. }
        )
    }

    /// Whether jobs must be done first.
    pub fn is_incomplete(&self) -> bool {
        matches!(self, Self::Earlier(_) | Self::Partial { .. })
    }
}

/// Long lists are cut: the whole is in the dry run.
const SHOWN: usize = 5;

fn cut(texts: impl ExactSizeIterator<Item = String>, separator: &str) -> String {
    let more = texts.len().saturating_sub(SHOWN);
    let more = (more > 0).then(|| format!("and {more} more"));
    texts.take(SHOWN).chain(more).collect::<Vec<_>>().join(separator)
}

fn colon(text: &str) -> &'static str {
    if text.is_empty() { "" } else { ": " }
}

fn names(jobs: &[JobKind]) -> String {
    cut(jobs.iter().map(ToString::to_string), ", ")
}

fn differing(jobs: &[(JobKind, Vec<String>)]) -> String {
    cut(jobs.iter().map(|(job, keys)| format!("{job} (changed: {})", keys.join(", "))), "; ")
}

fn list(before: &str, texts: &[String], after: &str) -> String {
    if texts.is_empty() { String::new() } else { format!("{before}{}{after}", texts.join(", ")) }
}

fn results(n: usize) -> String {
    if n == 1 { "a result is".to_owned() } else { format!("{n} results are") }
}

/// Where every known job is done, the beam is not known yet.
fn lacking(jobs: &[JobKind]) -> String {
    if jobs.is_empty() { "the higher orders".to_owned() } else { names(jobs) }
}
