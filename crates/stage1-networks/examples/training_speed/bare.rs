//! What `fit` does to the small network, by libtorch's calls alone: forward, loss, backward and the
//! same steps of Muon and Adam, on batches that are there already.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use taskonomy_core::Split;
use taskonomy_nn::{Batches, channels_last};
use tch::{Kind, Tensor, no_grad};

/// Pixels per pixel of the decoder's last convolution, along each axis.
const FOLD: i64 = 4;
const DECAY: f64 = 1e-4;

/// A batch, channels innermost, in the numbers of the computation; `scale` weighs every value so that
/// the sum over all is the mean over samples of the mean over valid values.
pub struct Ready {
    input: Tensor,
    labels: Tensor,
    scale: Tensor,
}

impl Ready {
    pub fn new(batches: &dyn Batches, split: Split, rows: &[usize], kind: Kind) -> Self {
        let labels = batches.labels(split, rows);
        let weight = labels.weight.expand_as(&labels.values);
        let valid = weight.sum_dim_intlist([1_i64, 2, 3].as_slice(), true, None);
        let scale = weight / valid.clamp_min(1.0) / rows.len() as f64;
        let folded = |t: &Tensor| channels_last(&t.pixel_unshuffle(FOLD));
        Self {
            input: channels_last(&batches.input(split, rows).to_kind(kind)),
            labels: folded(&labels.values),
            scale: folded(&scale),
        }
    }
}

/// The network's numbers, the weights as windows of one flat tensor, and the optimiser's.
pub struct Bare {
    weights: Tensor,
    /// The weights in the numbers of the computation, where those are not f32.
    rounded: Option<Tensor>,
    /// What the computation reads, and what has the gradient.
    leaves: BTreeMap<String, Tensor>,
    statistics: BTreeMap<String, Tensor>,
    /// Offset, rows and columns of kernels by their smaller side.
    kernels: BTreeMap<i64, Vec<[i64; 3]>>,
    mean: Tensor,
    square: Tensor,
    momentum: Tensor,
    steps: i32,
}

impl Bare {
    pub fn read(file: &Path, kind: Kind) -> Result<Self, Box<dyn Error>> {
        let all: BTreeMap<String, Tensor> = Tensor::read_safetensors(file)?.into_iter().collect();
        let (statistics, trained): (BTreeMap<_, _>, BTreeMap<_, _>) =
            all.into_iter().partition(|(name, _)| name.contains("running"));
        let flat: Vec<Tensor> = trained.values().map(|t| t.reshape(-1)).collect();
        let weights = Tensor::cat(&flat, 0);
        let rounded = (kind != Kind::Float).then(|| weights.to_kind(kind));
        let (mut leaves, mut kernels) = (BTreeMap::new(), BTreeMap::<_, Vec<_>>::new());
        let mut offset = 0;
        for (name, tensor) in trained {
            let (size, len) = (tensor.size(), tensor.numel() as i64);
            let convolves = size.len() == 4 || name == "decoder.last.bias";
            let flat = rounded.as_ref().filter(|_| convolves).unwrap_or(&weights);
            let leaf = flat.narrow(0, offset, len).view(size.as_slice()).detach();
            leaves.insert(name, leaf.set_requires_grad(true));
            if size.len() == 4 {
                let (rows, columns) = (size[0], len / size[0]);
                kernels.entry(rows.min(columns)).or_default().push([offset, rows, columns]);
            }
            offset += len;
        }
        let [mean, square, momentum] = [0; 3].map(|_| weights.zeros_like());
        Ok(Self { weights, rounded, leaves, statistics, kernels, mean, square, momentum, steps: 0 })
    }

    pub fn count(&self) -> usize {
        self.weights.numel()
    }

    /// The mean loss of the frozen network.
    pub fn judge(&self, batch: &Ready) -> f64 {
        no_grad(|| self.loss(batch, false).double_value(&[]))
    }

    /// One step; the loss before it.
    pub fn step(&mut self, batch: &Ready, lr: f64) -> f64 {
        if let Some(rounded) = &mut self.rounded {
            rounded.copy_(&self.weights);
        }
        let loss = self.loss(batch, true);
        let leaves: Vec<&Tensor> = self.leaves.values().collect();
        let gradients = Tensor::run_backward(&[&loss], &leaves, false, false);
        let flat: Vec<Tensor> =
            gradients.iter().map(|g| g.reshape(-1).to_kind(Kind::Float)).collect();
        no_grad(|| self.update(&Tensor::cat(&flat, 0), lr));
        loss.double_value(&[])
    }

    fn loss(&self, Ready { input, labels, scale }: &Ready, training: bool) -> Tensor {
        ((self.forward(input, training).to_kind(Kind::Float) - labels).abs() * scale).sum(None)
    }

    fn forward(&self, image: &Tensor, training: bool) -> Tensor {
        let unit = |x: &Tensor, name: &str, stride: i64| self.unit(x, name, stride, training);
        let residual = |x: &Tensor, name: &str| {
            let inner = unit(x, &format!("{name}.first"), 1).relu_();
            (unit(&inner, &format!("{name}.second"), 1) + x).relu_()
        };
        let x = unit(image, "encoder.conv1", 2).relu_();
        let x = residual(&unit(&x, "encoder.conv2", 2).relu_(), "encoder.block2");
        let x = residual(&unit(&x, "encoder.conv3", 2).relu_(), "encoder.block3");
        let x = unit(&x, "encoder.top", 1).relu_();
        let x = unit(&unit(&x, "decoder.conv1", 1).relu_(), "decoder.conv2", 1).relu_();
        let x = unit(&x.pixel_shuffle(2), "decoder.conv3", 1).relu_();
        let bias = Some(&self.leaves["decoder.last.bias"]);
        x.conv2d(&self.leaves["decoder.last.weight"], bias, [1, 1], [1, 1], [1, 1], 1)
    }

    /// Convolution and batch normalisation.
    fn unit(&self, x: &Tensor, name: &str, stride: i64, training: bool) -> Tensor {
        let of = |part: &str| &self.leaves[&format!("{name}.{part}")];
        let kernel = of("conv.weight");
        let padding = kernel.size()[2] / 2;
        let none: Option<&Tensor> = None;
        x.conv2d(kernel, none, [stride; 2], [padding; 2], [1, 1], 1).batch_norm(
            Some(of("norm.weight")),
            Some(of("norm.bias")),
            Some(&self.statistics[&format!("{name}.norm.running_mean")]),
            Some(&self.statistics[&format!("{name}.norm.running_var")]),
            training,
            0.1,
            1e-5,
            false,
        )
    }

    /// Adam, in its place Muon for kernels, weight decay apart from both.
    fn update(&mut self, gradient: &Tensor, lr: f64) {
        self.steps += 1;
        let unbiased = |beta: f64| 1.0 - beta.powi(self.steps);
        let _ = self.mean.lerp_(gradient, 0.1);
        let _ = self.square.lerp_(&gradient.square(), 0.001);
        let scale = (&self.square / unbiased(0.999)).sqrt_() + 1e-8;
        let direction = &self.mean / scale * (1.0 / unbiased(0.9));
        let _ = self.momentum.g_mul_scalar_(0.95).g_add_(gradient);
        let ahead = gradient + &self.momentum * 0.95;
        for kernels in self.kernels.values() {
            let window = |flat: &Tensor, &[offset, rows, columns]: &[i64; 3]| {
                let matrix = flat.narrow(0, offset, rows * columns).view([rows, columns]);
                if rows > columns { matrix.tr() } else { matrix }
            };
            let matrices: Vec<Tensor> = kernels.iter().map(|k| window(&ahead, k)).collect();
            for (kernel, step) in kernels.iter().zip(orthogonal(&matrices)) {
                let size = 0.5 * (kernel[1].max(kernel[2]) as f64).sqrt();
                window(&direction, kernel).copy_(&(step * size));
            }
        }
        let _ = self.weights.g_mul_scalar_(1.0 - lr * DECAY).g_sub_(&(direction * lr));
    }
}

/// Newton–Schulz on the squares of the matrices, as Muon does it.
fn orthogonal(matrices: &[Tensor]) -> Vec<Tensor> {
    let squares: Vec<Tensor> = matrices.iter().map(|x| x.matmul(&x.tr())).collect();
    let mut square = Tensor::stack(&squares, 0);
    let trace = square.diagonal(0, 1, 2).sum_dim_intlist([1_i64].as_slice(), true, None);
    let norm = (trace.sqrt() + 1e-12).unsqueeze(2);
    square /= norm.square();
    let mut factor =
        norm.reciprocal() * Tensor::eye(square.size()[2], (Kind::Float, square.device()));
    for step in 0..5 {
        let polynomial = square.baddbmm(&square, &square, -4.7750, 2.0315);
        let _ = polynomial.diagonal(0, 1, 2).g_add_scalar_(3.4445);
        factor = polynomial.bmm(&factor);
        if step < 4 {
            square = polynomial.bmm(&square).bmm(&polynomial);
        }
    }
    factor.unbind(0).iter().zip(matrices).map(|(factor, x)| factor.matmul(x)).collect()
}
