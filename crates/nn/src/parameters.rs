//! The named parameters of a network: one flat f32 tensor, of which every weight is a window.
//!
//! One optimiser step is then ten operations on one tensor instead of ten on each of forty, and
//! keeping the weights of the best epoch is one copy.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tch::{Device, Kind, Tensor};

/// A weight that is trained: its number in [`Parameters`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Weight(usize);

/// A running statistic, which is not trained: its number in [`Parameters`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Statistic(usize);

/// The kernel of a convolution as a matrix in [`Parameters::flat_weights`]: a row per output channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kernel {
    pub(crate) offset: i64,
    pub(crate) rows: i64,
    pub(crate) columns: i64,
}

/// One window of a flat tensor.
#[derive(Debug)]
pub(crate) struct Window {
    pub(crate) name: String,
    pub(crate) tensor: Tensor,
    /// The same window of the rounded weights, where the network computes with those.
    rounded: Option<Tensor>,
}

impl Window {
    /// What the computation reads, and what has the gradient.
    fn leaf(&self) -> &Tensor {
        self.rounded.as_ref().unwrap_or(&self.tensor)
    }
}

/// All numbers of a network: weights (trained) and running statistics (followed), f32.
#[derive(Debug)]
pub struct Parameters {
    flat_weights: Tensor,
    flat_statistics: Tensor,
    /// The weights in the number type of the computation, where that is not f32; a copy that is
    /// brought up to date as a whole, since a cast of each weight in each step takes longer.
    flat_rounded: Option<Tensor>,
    weights: Vec<Window>,
    statistics: Vec<Window>,
}

/// Collects the parameters of an architecture while it is put together.
///
/// Every number is drawn from one generator in the order of construction, so that a network is a
/// function of its seed alone (libtorch's own generator is global to the process).
#[derive(Debug)]
pub struct Builder {
    rng: ChaCha8Rng,
    weights: Vec<Initial>,
    statistics: Vec<Initial>,
}

/// A parameter before the flat tensor exists.
#[derive(Debug)]
struct Initial {
    name: String,
    shape: Vec<i64>,
    values: Vec<f32>,
    rounded: bool,
}

impl Builder {
    /// Starts with the seed of the job.
    pub fn new(seed: u64) -> Self {
        let rng = ChaCha8Rng::seed_from_u64(seed);
        Self { rng, weights: Vec::new(), statistics: Vec::new() }
    }

    /// A weight drawn uniformly from ±1/√`fan_in`.
    pub(crate) fn uniform(&mut self, name: String, shape: &[i64], fan_in: i64) -> Weight {
        let bound = 1.0 / (fan_in as f32).sqrt();
        let len = shape.iter().product::<i64>() as usize;
        let values = (0..len).map(|_| bound * (2.0 * self.rng.random::<f32>() - 1.0)).collect();
        self.weights.push(Initial { name, shape: shape.to_vec(), values, rounded: false });
        Weight(self.weights.len() - 1)
    }

    /// The same, read through [`Parameters::rounded`].
    pub(crate) fn rounded(&mut self, name: String, shape: &[i64], fan_in: i64) -> Weight {
        let weight = self.uniform(name, shape, fan_in);
        self.weights[weight.0].rounded = true;
        weight
    }

    /// A vector of equal weights.
    pub(crate) fn constant(&mut self, name: String, len: i64, value: f32) -> Weight {
        let values = vec![value; len as usize];
        self.weights.push(Initial { name, shape: vec![len], values, rounded: false });
        Weight(self.weights.len() - 1)
    }

    /// A vector of equal statistics.
    pub(crate) fn statistic(&mut self, name: String, len: i64, value: f32) -> Statistic {
        let values = vec![value; len as usize];
        self.statistics.push(Initial { name, shape: vec![len], values, rounded: false });
        Statistic(self.statistics.len() - 1)
    }

    /// The finished parameters; convolutions compute in `kind`.
    pub(crate) fn finish(self, device: Device, kind: Kind) -> Parameters {
        let flat_weights = flat(&self.weights, device);
        let flat_statistics = flat(&self.statistics, device);
        let flat_rounded = (kind != Kind::Float).then(|| flat_weights.to_kind(kind));
        let mut weights = windows(&self.weights, &flat_weights, true);
        if let Some(flat) = &flat_rounded {
            let rounded = windows(&self.weights, flat, true);
            for ((window, initial), rounded) in weights.iter_mut().zip(&self.weights).zip(rounded) {
                window.rounded = initial.rounded.then_some(rounded.tensor);
            }
        }
        let statistics = windows(&self.statistics, &flat_statistics, false);
        Parameters { flat_weights, flat_statistics, flat_rounded, weights, statistics }
    }
}

fn flat(initials: &[Initial], device: Device) -> Tensor {
    let values: Vec<f32> = initials.iter().flat_map(|i| i.values.iter().copied()).collect();
    Tensor::from_slice(&values).to_device(device)
}

fn windows(initials: &[Initial], flat: &Tensor, trained: bool) -> Vec<Window> {
    let mut offset = 0;
    let window = |initial: &Initial| {
        let len = initial.values.len() as i64;
        let window = flat.narrow(0, offset, len).view(initial.shape.as_slice()).detach();
        offset += len;
        let tensor = window.set_requires_grad(trained);
        Window { name: initial.name.clone(), tensor, rounded: None }
    };
    initials.iter().map(window).collect()
}

impl Parameters {
    /// How many weights are trained.
    pub fn count(&self) -> usize {
        self.flat_weights.numel()
    }

    /// Where they are.
    pub fn device(&self) -> Device {
        self.flat_weights.device()
    }

    pub(crate) fn weight(&self, weight: Weight) -> &Tensor {
        &self.weights[weight.0].tensor
    }

    /// A weight in the number type of the computation, as of the last [`Parameters::round`].
    pub(crate) fn rounded(&self, weight: Weight) -> &Tensor {
        self.weights[weight.0].leaf()
    }

    /// Brings the rounded weights up to date.
    pub(crate) fn round(&self) {
        if let Some(rounded) = &self.flat_rounded {
            rounded.shallow_clone().copy_(&self.flat_weights);
        }
    }

    pub(crate) fn statistic(&self, statistic: Statistic) -> &Tensor {
        &self.statistics[statistic.0].tensor
    }

    /// All windows with their names.
    pub(crate) fn windows(&self) -> impl Iterator<Item = &Window> {
        self.weights.iter().chain(&self.statistics)
    }

    /// The weights as the one tensor that they are.
    pub(crate) fn flat_weights(&self) -> Tensor {
        self.flat_weights.shallow_clone()
    }

    /// The kernels among the flat weights.
    pub(crate) fn kernels(&self) -> Vec<Kernel> {
        let mut end = 0;
        let kernels = self.weights.iter().filter_map(|window| {
            let (size, len) = (window.tensor.size(), window.tensor.numel() as i64);
            end += len;
            let [rows, _, _, _] = size[..] else { return None };
            Some(Kernel { offset: end - len, rows, columns: len / rows })
        });
        kernels.collect()
    }

    /// ∂loss/∂weights, flat; a weight that the loss does not depend on has gradient 0.
    pub(crate) fn gradient(&self, loss: &Tensor) -> Tensor {
        let weights: Vec<&Tensor> = self.weights.iter().map(Window::leaf).collect();
        let gradients = Tensor::run_backward(&[loss], &weights, false, false);
        let flat: Vec<Tensor> =
            gradients.iter().map(|g| g.reshape(-1).to_kind(Kind::Float)).collect();
        Tensor::cat(&flat, 0)
    }

    /// All numbers as they stand, not a copy: writing into these tensors changes the parameters.
    pub(crate) fn numbers(&self) -> Snapshot {
        let Self { flat_weights, flat_statistics, .. } = self;
        Snapshot {
            weights: flat_weights.shallow_clone(),
            statistics: flat_statistics.shallow_clone(),
        }
    }

    /// A copy of every number, for [`Parameters::restore`].
    pub(crate) fn snapshot(&self) -> Snapshot {
        let copy = |t: &Tensor| t.to_kind(Kind::Float).copy();
        Snapshot { weights: copy(&self.flat_weights), statistics: copy(&self.flat_statistics) }
    }

    /// Takes the numbers of a snapshot.
    pub(crate) fn restore(&mut self, snapshot: &Snapshot) {
        self.flat_weights.copy_(&snapshot.weights);
        self.flat_statistics.copy_(&snapshot.statistics);
    }
}

/// The numbers of a network at some time.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) weights: Tensor,
    pub(crate) statistics: Tensor,
}
