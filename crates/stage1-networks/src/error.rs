//! What can go wrong with a stage-1 job.

use std::path::PathBuf;

use taskonomy_core::TaskId;
use taskonomy_data::DataError;
use taskonomy_nn::NnError;
use taskonomy_run::RunError;

/// What can go wrong with a stage-1 job.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// The dataset does not hold what the task needs, or cannot be read.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The training did not come to its end.
    #[error(transparent)]
    Nn(#[from] NnError),
    /// A file of the run cannot be read or written.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The task predicts nothing, so there is no network to train.
    #[error("task `{0}` predicts nothing: it has no network")]
    Untrained(TaskId),
    /// The task predicts of tuples of images: a picture of one image cannot show it.
    #[error(
        "task `{task}` predicts of {views} images at a time: there is nothing to paint for one"
    )]
    Tuples {
        /// The task.
        task: TaskId,
        /// Images of a tuple.
        views: usize,
    },
    /// A file of weights does not say what it predicts, so it is none of ours.
    #[error("{}: {why}", file.display())]
    Description {
        /// The weights.
        file: PathBuf,
        /// What is missing.
        why: String,
    },
    /// No encoder can start from a file.
    #[error("`networks.weights`: {}: {source}", file.display())]
    Start {
        /// The file.
        file: PathBuf,
        /// What does not fit.
        source: NnError,
    },
    /// An image cannot be read.
    #[error("{}: {source}", file.display())]
    Image {
        /// The image.
        file: PathBuf,
        /// Why.
        source: DataError,
    },
    /// An image cannot be read from disk, or a picture cannot be written.
    #[error("{}: {source}", file.display())]
    Io {
        /// Which.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}
