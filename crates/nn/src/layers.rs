//! Convolution, linear map, batch normalisation.
//!
//! Weights are f32. Where a model computes in bf16, its input and the weights of its convolutions are
//! rounded by hand before every pass (libtorch has no autocast for the CPU that tch could reach);
//! batch normalisation keeps its numbers in f32.

use std::cell::RefCell;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use tch::Tensor;

use crate::parameters::{Builder, Parameters, Statistic, Weight};

/// How one forward pass is computed.
#[derive(Debug)]
pub struct Pass<'a> {
    /// The numbers of the network.
    pub(crate) parameters: &'a Parameters,
    /// Absent: frozen (running statistics, no dropout).
    pub(crate) training: Option<Training<'a>>,
}

/// What only a training pass does.
#[derive(Debug)]
pub(crate) struct Training<'a> {
    /// Draws dropout.
    pub(crate) rng: &'a RefCell<ChaCha8Rng>,
    /// Share of this batch in the running statistics.
    pub(crate) momentum: f64,
}

/// Share of each batch in the running statistics while training.
pub(crate) const MOMENTUM: f64 = 0.1;
const EPSILON: f64 = 1e-5;

/// A square convolution, padded so that stride 1 keeps the size.
#[derive(Debug)]
pub(crate) struct Conv {
    weight: Weight,
    bias: Option<Weight>,
    stride: i64,
    padding: i64,
}

/// Kernel side and stride of a convolution.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) kernel: i64,
    pub(crate) stride: i64,
}

/// 3×3, stride 1.
pub(crate) const THREE: Shape = Shape { kernel: 3, stride: 1 };

impl Conv {
    pub(crate) fn new(b: &mut Builder, name: &str, from: i64, to: i64, shape: Shape) -> Self {
        let Shape { kernel, stride } = shape;
        let weight = b.rounded(
            format!("{name}.weight"),
            &[to, from, kernel, kernel],
            from * kernel * kernel,
        );
        // An even kernel (4 at stride 4, 2 at stride 2) tiles the image and needs no padding.
        let padding = if kernel % 2 == 1 { kernel / 2 } else { 0 };
        Self { weight, bias: None, stride, padding }
    }

    pub(crate) fn with_bias(b: &mut Builder, name: &str, from: i64, to: i64, shape: Shape) -> Self {
        let conv = Self::new(b, name, from, to, shape);
        let fan_in = from * shape.kernel * shape.kernel;
        Self { bias: Some(b.rounded(format!("{name}.bias"), &[to], fan_in)), ..conv }
    }

    pub(crate) fn forward(&self, x: &Tensor, pass: &Pass) -> Tensor {
        let p = pass.parameters;
        let (stride, padding) = ([self.stride; 2], [self.padding; 2]);
        let bias = self.bias.map(|w| p.rounded(w));
        x.conv2d(p.rounded(self.weight), bias, stride, padding, [1, 1], 1)
    }
}

/// Batch normalisation over all but the second dimension.
#[derive(Debug)]
pub(crate) struct BatchNorm {
    affine: Option<(Weight, Weight)>,
    mean: Statistic,
    variance: Statistic,
}

impl BatchNorm {
    pub(crate) fn new(b: &mut Builder, name: &str, channels: i64) -> Self {
        let scale = b.constant(format!("{name}.weight"), channels, 1.0);
        let shift = b.constant(format!("{name}.bias"), channels, 0.0);
        Self { affine: Some((scale, shift)), ..Self::plain(b, name, channels) }
    }

    /// Without trained scale and shift.
    pub(crate) fn plain(b: &mut Builder, name: &str, channels: i64) -> Self {
        let mean = b.statistic(format!("{name}.running_mean"), channels, 0.0);
        let variance = b.statistic(format!("{name}.running_var"), channels, 1.0);
        Self { affine: None, mean, variance }
    }

    pub(crate) fn forward(&self, x: &Tensor, pass: &Pass) -> Tensor {
        let p = pass.parameters;
        let (scale, shift) = self.affine.unzip();
        x.batch_norm(
            scale.map(|w| p.weight(w)),
            shift.map(|w| p.weight(w)),
            Some(p.statistic(self.mean)),
            Some(p.statistic(self.variance)),
            pass.training.is_some(),
            pass.training.as_ref().map_or(0.0, |t| t.momentum),
            EPSILON,
            false,
        )
    }
}

/// Convolution, batch normalisation, `ReLU`.
#[derive(Debug)]
pub(crate) struct Unit {
    conv: Conv,
    norm: BatchNorm,
}

impl Unit {
    pub(crate) fn new(b: &mut Builder, name: &str, from: i64, to: i64, shape: Shape) -> Self {
        let conv = Conv::new(b, &format!("{name}.conv"), from, to, shape);
        Self { conv, norm: BatchNorm::new(b, &format!("{name}.norm"), to) }
    }

    pub(crate) fn forward(&self, x: &Tensor, pass: &Pass) -> Tensor {
        self.linear(x, pass).relu_()
    }

    /// Without the `ReLU`.
    pub(crate) fn linear(&self, x: &Tensor, pass: &Pass) -> Tensor {
        self.norm.forward(&self.conv.forward(x, pass), pass)
    }
}

/// y = Wx + b, in f32.
#[derive(Debug)]
pub(crate) struct Linear {
    weight: Weight,
    bias: Weight,
}

impl Linear {
    pub(crate) fn new(b: &mut Builder, name: &str, from: i64, to: i64) -> Self {
        let weight = b.uniform(format!("{name}.weight"), &[to, from], from);
        let bias = b.uniform(format!("{name}.bias"), &[to], from);
        Self { weight, bias }
    }

    pub(crate) fn forward(&self, x: &Tensor, pass: &Pass) -> Tensor {
        let p = pass.parameters;
        x.linear(p.weight(self.weight), Some(p.weight(self.bias)))
    }
}

/// Sets a share of the values to 0 while training and scales the others up.
///
/// The mask comes from the job's own generator, since libtorch's is global to the process.
pub(crate) fn dropout(x: &Tensor, share: f64, pass: &Pass) -> Tensor {
    let Some(training) = &pass.training else { return x.shallow_clone() };
    let mut rng = training.rng.borrow_mut();
    let kept = (1.0 / (1.0 - share)) as f32;
    let mask: Vec<f32> =
        (0..x.numel()).map(|_| if rng.random::<f64>() < share { 0.0 } else { kept }).collect();
    x * Tensor::from_slice(&mask).view_as(x).to_device(x.device())
}

/// The maps of the views of each item as channels of one: (N·views)×C×H×W to N×(views·C)×H×W, with the
/// channels innermost in memory.
pub fn side_by_side(x: &Tensor, views: usize) -> Tensor {
    if views == 1 {
        return x.shallow_clone();
    }
    let apart = x.permute([0, 2, 3, 1]).unflatten(0, [-1, views as i64]);
    apart.permute([0, 2, 3, 1, 4]).flatten(3, 4).permute([0, 3, 1, 2])
}

/// The same values with the channels innermost in memory, which convolutions on a CPU like.
///
/// tch has no `memory_format` argument: a contiguous copy with permuted axes is the same thing.
pub fn channels_last(x: &Tensor) -> Tensor {
    x.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2])
}
