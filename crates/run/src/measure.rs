//! What a worker is asked to time before anything is run, and what it answers.

use serde::{Deserialize, Serialize};
use taskonomy_core::{EncoderKind, Optimizer, Precision};

/// Take a few steps of a pipeline's trainings on made-up samples. It needs no run and no images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// Architecture of the encoders.
    pub encoder: EncoderKind,
    /// Height and width of the images.
    pub size: usize,
    /// Number type of the computation.
    pub precision: Precision,
    /// Of networks.
    pub networks: Steps,
    /// Of readouts.
    pub transfers: Steps,
}

/// The steps of a training.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steps {
    /// Samples in each.
    pub batch: usize,
    /// How weights are moved.
    pub optimizer: Optimizer,
}

/// How fast a worker is, on one core or one GPU.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Training networks of one view.
    pub network: Paces,
    /// Encoding images: seconds for each.
    pub encoding: f64,
    /// Training readouts of one source.
    pub readout: Paces,
    /// Training readouts of the image alone.
    pub scratch: Paces,
}

/// Of models that predict maps, and of those that predict vectors or classes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Paces {
    /// Three channels at full resolution.
    pub map: Pace,
    /// A handful of numbers.
    pub flat: Pace,
}

/// Of one model.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pace {
    /// Seconds of a training step for each of its samples.
    pub seconds: f64,
    /// Bytes of its weights.
    pub bytes: u64,
}
