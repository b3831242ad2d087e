//! What can go wrong with a network and its training.

/// What can go wrong with a network and its training.
#[derive(Debug, thiserror::Error)]
pub enum NnError {
    /// A loss is no finite number any more.
    #[error(
        "training diverged in epoch {epoch}, step {step}: the loss is {loss} (a lower learning rate may help)"
    )]
    Diverged {
        /// From 1.
        epoch: usize,
        /// Within the epoch, from 1; 0 is the validation after it.
        step: usize,
        /// NaN or infinite.
        loss: f64,
    },
    /// A trained model has no finite loss on a sample that has a label.
    #[error(
        "the loss of sample {row} of split {split} is {loss}: the training diverged (a lower learning rate may help)"
    )]
    Spoilt {
        /// Which.
        split: taskonomy_core::Split,
        /// From 0.
        row: usize,
        /// NaN or infinite.
        loss: f32,
    },
    /// The stop flag was set. Nothing is wrong.
    #[error("stopped")]
    Stopped,
    /// A split is too small to train or judge on.
    #[error("split {split} has {found} samples; at least {needed} are needed")]
    TooFew {
        /// Which.
        split: taskonomy_core::Split,
        /// Its samples.
        found: usize,
        /// 2 for training (batch normalisation needs a variance), else 1.
        needed: usize,
    },
    /// Not one sample of a split has a valid label.
    #[error("no sample of split {0} has a valid label")]
    NoLabels(taskonomy_core::Split),
    /// A checkpoint is damaged or of another training.
    #[error("checkpoint: {0}")]
    Checkpoint(String),
    /// A checkpoint cannot be kept.
    #[error(transparent)]
    Keep(Box<dyn std::error::Error + Send + Sync>),
    /// A weights file is no safetensors file.
    #[error("weights: {0}")]
    Safetensors(#[from] safetensors::SafeTensorError),
    /// A weights file does not fit the architecture.
    #[error("weights: tensor `{name}` is {found}, this architecture has {expected}")]
    Weights {
        /// The tensor.
        name: String,
        /// Type and shape in the file.
        found: String,
        /// Type and shape of the architecture.
        expected: String,
    },
}
