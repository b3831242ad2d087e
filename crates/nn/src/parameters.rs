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

/// One window of a flat tensor.
#[derive(Debug)]
pub(crate) struct Window {
    pub(crate) name: String,
    pub(crate) tensor: Tensor,
}

/// All numbers of a network: weights (trained) and running statistics (followed), f32.
#[derive(Debug)]
pub struct Parameters {
    flat_weights: Tensor,
    flat_statistics: Tensor,
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
        self.weights.push(Initial { name, shape: shape.to_vec(), values });
        Weight(self.weights.len() - 1)
    }

    /// A vector of equal weights.
    pub(crate) fn constant(&mut self, name: String, len: i64, value: f32) -> Weight {
        self.weights.push(Initial { name, shape: vec![len], values: vec![value; len as usize] });
        Weight(self.weights.len() - 1)
    }

    /// A vector of equal statistics.
    pub(crate) fn statistic(&mut self, name: String, len: i64, value: f32) -> Statistic {
        self.statistics.push(Initial { name, shape: vec![len], values: vec![value; len as usize] });
        Statistic(self.statistics.len() - 1)
    }

    /// The finished parameters.
    pub(crate) fn finish(self, device: Device) -> Parameters {
        let (flat_weights, weights) = flatten(self.weights, device, true);
        let (flat_statistics, statistics) = flatten(self.statistics, device, false);
        Parameters { flat_weights, flat_statistics, weights, statistics }
    }
}

fn flatten(initials: Vec<Initial>, device: Device, trained: bool) -> (Tensor, Vec<Window>) {
    let values: Vec<f32> = initials.iter().flat_map(|i| i.values.iter().copied()).collect();
    let flat = Tensor::from_slice(&values).to_device(device);
    let mut offset = 0;
    let windows = initials
        .into_iter()
        .map(|Initial { name, shape, values }| {
            let len = values.len() as i64;
            let window = flat.narrow(0, offset, len).view(shape.as_slice()).detach();
            offset += len;
            Window { name, tensor: window.set_requires_grad(trained) }
        })
        .collect();
    (flat, windows)
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

    /// ∂loss/∂weights, flat; a weight that the loss does not depend on has gradient 0.
    pub(crate) fn gradient(&self, loss: &Tensor) -> Tensor {
        let weights: Vec<&Tensor> = self.weights.iter().map(|w| &w.tensor).collect();
        let gradients = Tensor::run_backward(&[loss], &weights, false, false);
        let flat: Vec<Tensor> = gradients.iter().map(|g| g.reshape(-1)).collect();
        Tensor::cat(&flat, 0)
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
    weights: Tensor,
    statistics: Tensor,
}
