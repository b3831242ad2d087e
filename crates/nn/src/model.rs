//! A model: an architecture with its numbers.

use std::cell::RefCell;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use taskonomy_core::Precision;
use tch::{Device, Kind, Tensor, no_grad};

use crate::layers::{Pass, Training, channels_last};
use crate::parameters::{Builder, Parameters};

/// A function with parameters.
pub trait Architecture {
    /// N×C×H×W in; a prediction (its pixels folded) or a representation, in the pass's number type
    /// or f32, out.
    fn forward(&self, input: &Tensor, pass: &Pass) -> Tensor;

    /// Pixels per pixel of what [`Architecture::forward`] gives, along each axis: channel c·f² + f·i
    /// + j of a pixel holds channel c of row i, column j of the f×f pixels that it stands for.
    fn fold(&self) -> i64 {
        1
    }
}

/// Where and how models compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compute {
    /// CPU or a GPU.
    pub device: Device,
    /// Of activations and gradients: `Float` or `BFloat16`.
    pub kind: Kind,
}

impl Compute {
    /// On the CPU; `Auto` counts as f32 (it is decided when a run is created).
    pub fn cpu(precision: Precision) -> Self {
        Self::on(Device::Cpu, precision)
    }

    /// On a device; `Auto` counts as f32 (it is decided when a run is created).
    pub fn on(device: Device, precision: Precision) -> Self {
        let kind = if precision == Precision::Bf16 { Kind::BFloat16 } else { Kind::Float };
        Self { device, kind }
    }
}

/// An architecture with its numbers.
#[derive(Debug)]
pub struct Model<A> {
    architecture: A,
    pub(crate) parameters: Parameters,
    compute: Compute,
}

impl<A: Architecture> Model<A> {
    /// A fresh model: a function of the seed and the architecture.
    pub fn new(seed: u64, compute: Compute, build: impl FnOnce(&mut Builder) -> A) -> Self {
        let mut builder = Builder::new(seed);
        let architecture = build(&mut builder);
        Self { architecture, parameters: builder.finish(compute.device, compute.kind), compute }
    }

    /// Its numbers.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// The frozen model's output, f32 on the CPU; `input` is N×C×H×W.
    pub fn predict(&self, input: &Tensor) -> Tensor {
        let folded = self.predict_folded(input);
        if self.fold() == 1 { folded } else { folded.contiguous().pixel_shuffle(self.fold()) }
    }

    /// As [`Model::predict`], with the pixels left folded.
    pub(crate) fn predict_folded(&self, input: &Tensor) -> Tensor {
        no_grad(|| self.forward(input, None).to_kind(Kind::Float).to_device(Device::Cpu))
    }

    /// See [`Architecture::fold`].
    pub(crate) fn fold(&self) -> i64 {
        self.architecture.fold()
    }

    pub(crate) fn forward(&self, input: &Tensor, training: Option<Training>) -> Tensor {
        let pass = Pass { parameters: &self.parameters, training };
        self.parameters.round();
        let input = input.to_device(self.compute.device).to_kind(self.compute.kind);
        self.architecture.forward(&channels_last(&input), &pass)
    }

    /// Sets the running statistics of an untrained model to the means over these inputs: without
    /// them a frozen random encoder would not be normalised at all.
    pub fn calibrate(&mut self, inputs: impl IntoIterator<Item = Tensor>) {
        let rng = RefCell::new(ChaCha8Rng::seed_from_u64(0)); // encoders have no dropout to draw
        no_grad(|| {
            for (i, input) in inputs.into_iter().enumerate() {
                // A share of 1/(i+1) makes the running value the mean over all batches so far.
                let momentum = 1.0 / (i + 1) as f64;
                let _ = self.forward(&input, Some(Training { rng: &rng, momentum }));
            }
        });
    }
}

/// N×C×H×W numbers as a tensor on the CPU; N follows from the length.
pub fn images(values: &[f32], [c, h, w]: [usize; 3]) -> Tensor {
    Tensor::from_slice(values).view([-1, c as i64, h as i64, w as i64])
}
