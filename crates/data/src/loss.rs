//! The loss of one sample.

use taskonomy_core::Loss;

/// The mean loss over the valid values of one sample; NaN where nothing is valid.
///
/// `target` is C×h×w and `prediction` likewise; for cross-entropy `target` is 1×h×w labels and
/// `prediction` K×h×w scores before the softmax. `weight` is 1×h×w, 0 or 1.
pub fn sample_loss(loss: Loss, prediction: &[f32], target: &[f32], weight: &[f32]) -> f32 {
    unimplemented!("{loss:?} {prediction:?} {target:?} {weight:?}")
}
