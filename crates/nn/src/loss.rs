//! Losses per sample, over the valid values alone.

use taskonomy_core::Loss;
use tch::{Kind, Tensor};

use crate::layers::channels_last;
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

    /// With f×f neighbouring pixels as channels of one, N×C·f²×h/f×w/f and N×f²×h/f×w/f, and the
    /// channels innermost in memory: how predictions come out of their last convolution, so that no
    /// step has to unfold them. Labels that are folded already stay as they are.
    #[must_use]
    pub fn folded(self, fold: i64) -> Self {
        if self.weight.size()[1] == fold * fold {
            return self;
        }
        let folded = |t: &Tensor| channels_last(&t.pixel_unshuffle(fold));
        Self { values: folded(&self.values), weight: folded(&self.weight) }
    }

    /// The labels of some samples, channels innermost in memory.
    #[must_use]
    pub fn rows(&self, rows: &[usize]) -> Self {
        Self { values: pick(&self.values, rows), weight: pick(&self.weight, rows) }
    }
}

/// Some samples of N×C×H×W, channels innermost in memory (nothing but copies when they already are).
pub fn pick(all: &Tensor, rows: &[usize]) -> Tensor {
    let rows: Vec<i64> = rows.iter().map(|&row| row as i64).collect();
    let inner = all.permute([0, 2, 3, 1]).index_select(0, &Tensor::from_slice(&rows));
    inner.permute([0, 3, 1, 2])
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
    // N×C×f²×h×w: folded pixels apart from channels.
    let folded = labels.weight.size()[1];
    let apart = |t: &Tensor| t.unflatten(1, [-1, folded]);
    let prediction = apart(&prediction);
    let (values, weight) = (apart(&labels.values), apart(&labels.weight));
    let elementwise = match loss {
        Loss::L1 => (prediction - values).abs(),
        Loss::L2 => (prediction - values).square(),
        Loss::CrossEntropy => {
            let classes = values.to_kind(Kind::Int64);
            -prediction.log_softmax(1, None).gather(1, &classes, false)
        }
        Loss::Nothing => unreachable!("a task without a loss is never trained"),
    };
    let channels = elementwise.size()[1] as f64;
    let over = [1_i64, 2, 3, 4].as_slice();
    Sums {
        losses: (elementwise * &weight).sum_dim_intlist(over, false, None),
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
