//! What a job spent its time on.

use serde::{Deserialize, Serialize};

/// Seconds of one attempt at a job by what they were spent on; the rest of its wall time went
/// elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Spent {
    /// Putting inputs and labels together.
    pub data: f64,
    /// Predictions and losses of training steps, and representations.
    pub forward: f64,
    /// Gradients.
    pub backward: f64,
    /// Steps of the weights.
    pub optimizer: f64,
    /// Judging on the validation and test splits.
    pub evaluation: f64,
    /// Reading and writing files of the run.
    pub files: f64,
    /// Samples that training steps saw, each as often as it was seen.
    pub samples: u64,
}

impl Spent {
    /// All that is accounted for.
    pub fn total(&self) -> f64 {
        let Self { data, forward, backward, optimizer, evaluation, files, .. } = self;
        data + forward + backward + optimizer + evaluation + files
    }

    /// Seconds of training steps.
    pub fn training(&self) -> f64 {
        self.data + self.forward + self.backward + self.optimizer
    }

    /// Adds another job's.
    pub fn add(&mut self, other: &Self) {
        self.data += other.data;
        self.forward += other.forward;
        self.backward += other.backward;
        self.optimizer += other.optimizer;
        self.evaluation += other.evaluation;
        self.files += other.files;
        self.samples += other.samples;
    }
}
