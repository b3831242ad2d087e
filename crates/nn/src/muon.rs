//! Muon: the kernels of convolutions move along orthogonalised momentum.

use std::collections::BTreeMap;

use tch::{Tensor, no_grad};

use crate::parameters::{Kernel, Parameters};

/// How much of the momentum is kept.
const MOMENTUM: f64 = 0.95;
/// Root mean square of a kernel's direction.
const SIZE: f64 = 0.5;
/// Newton–Schulz steps, and the polynomial of each: aX + (bA + cA²)X with A = X·Xᵀ brings singular
/// values between 0.01 and 1 to between about 0.7 and 1.2 in five steps.
const STEPS: usize = 5;
const POLYNOMIAL: [f64; 3] = [3.4445, -4.7750, 2.0315];

/// Muon (Jordan et al., 2024) with Nesterov's momentum.
///
/// A kernel counts as the matrix of its output channels by everything that they read. Where Adam
/// weighs every number by its own history, the step of a matrix has all its singular values alike:
/// rare directions move as far as common ones.
#[derive(Debug)]
pub(crate) struct Muon {
    /// Kernels whose smaller side is the same are treated as one batch.
    batches: Vec<Vec<Kernel>>,
    momentum: Tensor,
}

impl Muon {
    pub(crate) fn new(parameters: &Parameters) -> Self {
        let mut batches = BTreeMap::<i64, Vec<Kernel>>::new();
        for kernel in parameters.kernels() {
            batches.entry(kernel.rows.min(kernel.columns)).or_default().push(kernel);
        }
        let momentum = parameters.flat_weights().zeros_like();
        Self { batches: batches.into_values().collect(), momentum }
    }

    /// The running sum of gradients, flat like the weights.
    pub(crate) fn momentum(&self) -> &Tensor {
        &self.momentum
    }

    /// Puts the kernels' part of a flat direction in place, given the flat gradient.
    pub(crate) fn redirect(&mut self, direction: &Tensor, gradient: &Tensor) {
        no_grad(|| {
            let _ = self.momentum.g_mul_scalar_(MOMENTUM).g_add_(gradient);
            let ahead = gradient + &self.momentum * MOMENTUM;
            for kernels in &self.batches {
                let window = |flat: &Tensor, &Kernel { offset, rows, columns }: &Kernel| {
                    let matrix = flat.narrow(0, offset, rows * columns).view([rows, columns]);
                    if rows > columns { matrix.tr() } else { matrix }
                };
                let matrices: Vec<Tensor> = kernels.iter().map(|k| window(&ahead, k)).collect();
                for (kernel, step) in kernels.iter().zip(orthogonal(&matrices)) {
                    // Orthonormal rows of n numbers have the root mean square 1/√n.
                    let size = SIZE * (kernel.rows.max(kernel.columns) as f64).sqrt();
                    window(direction, kernel).copy_(&(step * size));
                }
            }
        });
    }
}

/// Nearly the orthogonal factors of the polar decompositions of matrices of equally many rows, each
/// at least as wide as high: the same singular vectors, all singular values about 1.
///
/// Every Newton–Schulz step is a square matrix times X that is made of X·Xᵀ alone. So the square
/// matrices are stepped, all together, and X itself is multiplied once, by their product.
fn orthogonal(matrices: &[Tensor]) -> Vec<Tensor> {
    let [a, b, c] = POLYNOMIAL;
    let squares: Vec<Tensor> = matrices.iter().map(|x| x.matmul(&x.tr())).collect();
    let mut square = Tensor::stack(&squares, 0);
    let trace = square.diagonal(0, 1, 2).sum_dim_intlist([1_i64].as_slice(), true, None);
    let norm = (trace.sqrt() + 1e-12).unsqueeze(2); // of Frobenius
    square /= norm.square();
    let mut factor = norm.reciprocal() * eye_like(&square);
    for step in 0..STEPS {
        let polynomial = square.baddbmm(&square, &square, b, c);
        let _ = polynomial.diagonal(0, 1, 2).g_add_scalar_(a);
        factor = polynomial.bmm(&factor);
        if step + 1 < STEPS {
            square = polynomial.bmm(&square).bmm(&polynomial);
        }
    }
    let factors = factor.unbind(0);
    factors.iter().zip(matrices).map(|(factor, x)| factor.matmul(x)).collect()
}

/// The unit matrix of the size of the last two dimensions.
fn eye_like(square: &Tensor) -> Tensor {
    let rows = square.size()[2];
    Tensor::eye(rows, (square.kind(), square.device()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::{Conv, Shape};
    use crate::parameters::Builder;
    use tch::{Device, Kind};

    const FLOAT: (Kind, Device) = (Kind::Float, Device::Cpu);

    fn numbers(t: &Tensor) -> Vec<f64> {
        Vec::try_from(t.to_kind(Kind::Double).reshape(-1)).unwrap()
    }

    #[test]
    fn a_diagonal_matrix_goes_through_the_polynomial_number_by_number() {
        let diagonal = Tensor::from_slice(&[3.0_f32, -4.0, 0.0]).diag(0);
        let [a, b, c] = POLYNOMIAL;
        // 3 and −4 have the norm 5. Beside it, another matrix of the batch and one of zeros.
        let expected = [0.6, -0.8, 0.0]
            .map(|x| (0..STEPS).fold(x, |x: f64, _| a * x + b * x.powi(3) + c * x.powi(5)));
        let batch = [Tensor::ones([3, 7], FLOAT), diagonal, Tensor::zeros([3, 5], FLOAT)];
        let steps = orthogonal(&batch);
        assert!(numbers(&steps[2]).iter().all(|&x| x == 0.0));
        let found = &steps[1];
        for (found, expected) in numbers(&found.diagonal(0, 0, 1)).iter().zip(expected) {
            assert!((found - expected).abs() < 1e-5, "{found} for {expected}");
        }
        let beside: f64 = numbers(found).iter().map(|x| x.abs()).sum::<f64>()
            - expected.iter().map(|x| x.abs()).sum::<f64>();
        assert!(beside.abs() < 1e-5, "{beside} off the diagonal");
    }

    #[test]
    fn singular_values_become_alike_whatever_the_shape() {
        tch::manual_seed(4);
        let matrices = [[12, 90], [12, 30], [12, 200]].map(|shape| Tensor::randn(shape, FLOAT));
        for (found, matrix) in orthogonal(&matrices).iter().zip(&matrices) {
            assert_eq!(found.size(), matrix.size());
            let (_, values, _) = found.svd(true, true);
            let values = numbers(&values);
            assert!(values.iter().all(|v| (0.6..1.3).contains(v)), "{values:?}");
            // The polar factor P is the one for which PᵀX is symmetric and positive.
            let product = found.tr().matmul(matrix);
            let skew = (&product - product.tr()).abs().max().double_value(&[]);
            assert!(skew < 1e-3 * product.abs().max().double_value(&[]), "{skew}");
        }
    }

    #[test]
    fn kernels_of_all_shapes_get_steps_of_one_size_and_other_weights_keep_theirs() {
        let mut builder = Builder::new(3);
        let shape = |kernel| Shape { kernel, stride: 1 };
        Conv::with_bias(&mut builder, "wide", 3, 5, shape(3));
        Conv::with_bias(&mut builder, "high", 2, 9, shape(1));
        let parameters = builder.finish(Device::Cpu, Kind::Float);
        let gradient = Tensor::randn([parameters.count() as i64], FLOAT);
        let direction = Tensor::full([parameters.count() as i64], 7.0, FLOAT);
        Muon::new(&parameters).redirect(&direction, &gradient);
        let direction = numbers(&direction);
        let (wide, rest) = direction.split_at(5 * 27);
        let (high, rest) = rest[5..].split_at(18);
        for part in [wide, high] {
            let size = (part.iter().map(|x| x * x).sum::<f64>() / part.len() as f64).sqrt();
            assert!((size / SIZE - 1.0).abs() < 0.3, "{size}");
        }
        assert!(direction[135..140].iter().chain(rest).all(|&x| x == 7.0));
    }
}
