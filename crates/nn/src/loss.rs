//! Losses per sample, over the valid values alone.

use taskonomy_core::Loss;
use tch::{Kind, Tensor};

use crate::model::images;

/// The truth about some samples.
///
/// Values that carry no weight must be 0 (they are subtracted before the weight is applied, so a
/// NaN there would spoil the sum).
#[derive(Debug)]
pub struct Labels {
    /// N×C×h×w, f32; for cross-entropy N×1×h×w indices of classes.
    pub values: Tensor,
    /// N×1×h×w: 0 where nothing is known, else 1.
    pub weight: Tensor,
}

impl Labels {
    /// From N×C×h×w values and N×1×h×w weights; N follows from the lengths.
    pub fn new(values: &[f32], weight: &[f32], shape: [usize; 3]) -> Self {
        let [_, h, w] = shape;
        Self { values: images(values, shape), weight: images(weight, [1, h, w]) }
    }
}

/// Sums of losses per sample, and how many values were summed.
struct Sums {
    losses: Tensor,
    counts: Tensor,
}

fn sums(loss: Loss, prediction: &Tensor, labels: &Labels) -> Sums {
    let prediction = match prediction.kind() {
        Kind::BFloat16 | Kind::Half => prediction.to_kind(Kind::Float),
        _ => prediction.shallow_clone(),
    };
    let Labels { values, weight } = labels;
    let elementwise = match loss {
        Loss::L1 => (&prediction - values).abs(),
        Loss::L2 => (&prediction - values).square(),
        Loss::CrossEntropy => {
            let classes = values.to_kind(Kind::Int64);
            -prediction.log_softmax(1, None).gather(1, &classes, false)
        }
        Loss::Nothing => unreachable!("a task without a loss is never trained"),
    };
    let channels = elementwise.size()[1] as f64;
    let over = [1_i64, 2, 3].as_slice();
    Sums {
        losses: (elementwise * weight).sum_dim_intlist(over, false, None),
        counts: weight.sum_dim_intlist(over, false, None) * channels,
    }
}

/// The mean loss over the valid values of each sample (N); NaN where a sample has none.
pub fn per_sample(loss: Loss, prediction: &Tensor, labels: &Labels) -> Tensor {
    let Sums { losses, counts } = sums(loss, prediction, labels);
    losses / counts // 0 / 0 is the NaN that is promised
}

/// The mean of [`per_sample`] over the samples that have a valid value, and their number; `None`
/// where there is none.
pub fn mean(loss: Loss, prediction: &Tensor, labels: &Labels) -> Option<(Tensor, usize)> {
    let Sums { losses, counts } = sums(loss, prediction, labels);
    let valid = counts.count_nonzero(None::<i64>).int64_value(&[]);
    let mean = (losses / counts.clamp_min(1.0)).sum(None) / valid as f64;
    (valid > 0).then_some((mean, valid as usize))
}
