//! Losses per sample, over the valid values alone.

use taskonomy_core::Loss;
use tch::{Kind, Tensor, no_grad};

use crate::layers::channels_last;
use crate::metric::metric;
use crate::model::images;

/// The truth about some samples.
///
/// Values that carry no weight must be 0 (they are subtracted before the weight is applied, so a
/// NaN there would spoil the sum).
#[derive(Debug)]
pub struct Labels {
    /// N×C×h×w, f32; for cross-entropy N×1×h×w indices of classes, or N×2k×h×w: the indices of k
    /// classes of every place, then their shares.
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

/// How many values are valid: of each sample, and whether that is all of them.
struct Valid {
    counts: Tensor,
    samples: usize,
    all: bool,
}

impl Valid {
    fn new(labels: &Labels, channels: i64) -> Self {
        let Labels { weight, .. } = labels;
        let sums = weight.sum_dim_intlist([1_i64, 2, 3].as_slice(), false, None);
        let largest = weight.numel() as f64 / sums.numel() as f64;
        let each = Vec::<f64>::try_from(sums.to_kind(Kind::Double)).expect("one sum per sample");
        Self {
            counts: sums * channels as f64,
            samples: each.iter().filter(|&&sum| sum > 0.0).count(),
            all: each.iter().all(|&sum| sum == largest),
        }
    }
}

/// N×C·f²×h×w to N×C×f²×h×w: folded pixels apart from channels.
pub(crate) fn apart(t: &Tensor, labels: &Labels) -> Tensor {
    t.unflatten(1, [-1, labels.weight.size()[1]])
}

/// The sum of the losses over the valid values of each sample, and what is valid.
fn sums(loss: Loss, prediction: &Tensor, labels: &Labels) -> (Tensor, Valid) {
    let prediction = at_least_f32(prediction);
    let elementwise = match loss {
        Loss::L1 => (prediction - &labels.values).abs(),
        Loss::L2 => (prediction - &labels.values).square(),
        Loss::Length => {
            let squares = apart(&(prediction - &labels.values).square(), labels);
            // At a length of 0 the root alone would have no gradient.
            (squares.sum_dim_intlist([1_i64].as_slice(), false, None) + 1e-12).sqrt()
        }
        Loss::CrossEntropy => {
            let classes = apart(&labels.values, labels);
            let scores = apart(&prediction, labels).log_softmax(1, None);
            let likelihood =
                |classes: &Tensor| scores.gather(1, &classes.to_kind(Kind::Int64), false);
            let channels = classes.size()[1];
            if channels == 1 {
                -likelihood(&classes).flatten(1, 2)
            } else {
                let [classes, shares] =
                    [0, 1].map(|half| classes.narrow(1, half * channels / 2, channels / 2));
                -(likelihood(&classes) * shares).sum_dim_intlist([1_i64].as_slice(), false, None)
            }
        }
        Loss::Metric | Loss::Nothing => {
            unreachable!("it has a way of its own, or is never trained")
        }
    };
    let valid = Valid::new(labels, elementwise.size()[1] / labels.weight.size()[1]);
    let weighted =
        if valid.all { elementwise } else { weigh(&elementwise, &labels.weight, labels) };
    (weighted.sum_dim_intlist([1_i64, 2, 3].as_slice(), false, None), valid)
}

fn at_least_f32(t: &Tensor) -> Tensor {
    let small = matches!(t.kind(), Kind::BFloat16 | Kind::Half);
    if small { t.to_kind(Kind::Float) } else { t.shallow_clone() }
}

/// Multiplies all channels of a pixel by its weight.
fn weigh(values: &Tensor, weight: &Tensor, labels: &Labels) -> Tensor {
    (apart(values, labels) * apart(weight, labels)).flatten(1, 2)
}

/// The mean loss over the valid values of each sample (N); NaN where a sample has none.
pub fn per_sample(loss: Loss, prediction: &Tensor, labels: &Labels) -> Tensor {
    // 0 / 0 is the NaN that is promised.
    if loss == Loss::Metric {
        let (losses, pairs) = metric(&at_least_f32(prediction), labels);
        return losses / pairs;
    }
    let (losses, valid) = sums(loss, prediction, labels);
    losses / valid.counts
}

/// What each sample has to judge a prediction by (N): its valid places, for the metric loss those
/// beyond the first, of which there are pairs. At 0 [`per_sample`] is NaN.
pub(crate) fn compared(loss: Loss, labels: &Labels) -> Tensor {
    let places = labels.weight.sum_dim_intlist([1_i64, 2, 3].as_slice(), false, None);
    if loss == Loss::Metric { places - 1.0 } else { places }
}

/// The mean of [`per_sample`] over the samples that have a valid value, and their number; `None`
/// where there is none.
pub fn mean(loss: Loss, prediction: &Tensor, labels: &Labels) -> Option<(Tensor, usize)> {
    let (mean, samples) = match loss {
        Loss::L1 | Loss::L2 => difference(loss, prediction, labels),
        Loss::Metric => {
            let (losses, pairs) = metric(&at_least_f32(prediction), labels);
            let samples = pairs.gt(0.0).sum(Kind::Int64).int64_value(&[]) as usize;
            ((losses / pairs.clamp_min(1.0)).sum(None) / samples.max(1) as f64, samples)
        }
        Loss::Length | Loss::CrossEntropy | Loss::Nothing => {
            let (losses, valid) = sums(loss, prediction, labels);
            let mean = (losses / valid.counts.clamp_min(1.0)).sum(None) / valid.samples as f64;
            (mean, valid.samples)
        }
    };
    (samples > 0).then_some((mean, samples))
}

/// The mean of |d| or d², d = prediction - values, with its gradient put down by hand.
///
/// With s = weight / (valid values of the sample · valid samples), the gradient is g = s·sign(d) or
/// 2s·d, and the mean is Σ g·d or half of it. Half as many passes over the pixels as recording each
/// operation takes.
fn difference(loss: Loss, prediction: &Tensor, labels: &Labels) -> (Tensor, usize) {
    let prediction = at_least_f32(prediction);
    let (mean, gradient, samples) = no_grad(|| {
        let valid = Valid::new(labels, prediction.size()[1] / labels.weight.size()[1]);
        let scale = (valid.counts.clamp_min(1.0) * valid.samples as f64).reciprocal();
        let d = &prediction - &labels.values;
        let (slope, share) = if loss == Loss::L1 { (d.sign(), 1.0) } else { (&d * 2.0, 0.5) };
        let gradient = if valid.all {
            slope * scale.get(0)
        } else {
            weigh(&slope, &(&labels.weight * scale.view([-1, 1, 1, 1])), labels)
        };
        (flat(&d).dot(&flat(&gradient)) * share, gradient, valid.samples)
    });
    // p·g has the gradient g; what it is worth is taken away again.
    let linear = flat(&prediction).dot(&flat(&gradient));
    (mean + (&linear - linear.detach()), samples)
}

/// All values in the order in which they stand in memory when channels are innermost.
fn flat(t: &Tensor) -> Tensor {
    t.permute([0, 2, 3, 1]).reshape(-1)
}
