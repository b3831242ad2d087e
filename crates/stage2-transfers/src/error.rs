//! What can go wrong with a stage-2 job.

use std::path::PathBuf;

use taskonomy_core::TaskId;
use taskonomy_data::DataError;
use taskonomy_nn::NnError;
use taskonomy_run::RunError;

/// What can go wrong with a stage-2 job.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The dataset does not hold what the task needs, or cannot be read.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The training did not come to its end, or an encoder's weights do not fit.
    #[error(transparent)]
    Nn(#[from] NnError),
    /// A file of the run cannot be read or written.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The run does not know the task.
    #[error("task `{0}` takes no part in this run")]
    NotInRun(TaskId),
    /// The task predicts nothing.
    #[error("task `{0}` predicts nothing: it is no target")]
    Untrained(TaskId),
    /// A file of representations is broken, or of another dataset.
    #[error("{}: {why}", file.display())]
    Features {
        /// The file.
        file: PathBuf,
        /// What was found and what was expected.
        why: String,
    },
}
