//! Muon: the kernels of convolutions move along orthogonalised momentum.

use tch::{Tensor, no_grad};

use crate::parameters::{Kernel, Parameters};

/// How much of the momentum is kept.
const MOMENTUM: f64 = 0.95;
/// Root mean square of a kernel's direction.
const SIZE: f64 = 0.5;
/// Newton–Schulz steps, and the polynomial of each: aX + (bA + cA²)X with A = XXᵀ brings singular
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
    kernels: Vec<Kernel>,
    momentum: Tensor,
}

impl Muon {
    pub(crate) fn new(parameters: &Parameters) -> Self {
        Self { kernels: parameters.kernels(), momentum: parameters.flat_weights().zeros_like() }
    }

    /// Puts the kernels' part of a flat direction in place, given the flat gradient.
    pub(crate) fn redirect(&mut self, direction: &Tensor, gradient: &Tensor) {
        no_grad(|| {
            let _ = self.momentum.g_mul_scalar_(MOMENTUM).g_add_(gradient);
            let ahead = gradient + &self.momentum * MOMENTUM;
            for &Kernel { offset, rows, columns } in &self.kernels {
                let matrix = ahead.narrow(0, offset, rows * columns).view([rows, columns]);
                // Orthonormal rows of n numbers have the root mean square 1/√n.
                let size = SIZE * (rows.max(columns) as f64).sqrt();
                let step = orthogonal(&matrix) * size;
                direction.narrow(0, offset, rows * columns).copy_(&step.reshape(-1));
            }
        });
    }
}

/// Nearly the orthogonal factor of the polar decomposition: the same singular vectors, all
/// singular values about 1.
fn orthogonal(matrix: &Tensor) -> Tensor {
    let size = matrix.size();
    if size[0] > size[1] {
        return orthogonal(&matrix.tr()).tr(); // XXᵀ is then the smaller product
    }
    let [a, b, c] = POLYNOMIAL;
    let mut x = matrix / (matrix.norm() + 1e-12);
    for _ in 0..STEPS {
        let square = x.matmul(&x.tr());
        let rest = &square * b + square.matmul(&square) * c;
        x = &x * a + rest.matmul(&x);
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use tch::{Device, Kind};

    fn numbers(t: &Tensor) -> Vec<f64> {
        Vec::try_from(t.to_kind(Kind::Double).reshape(-1)).unwrap()
    }

    #[test]
    fn a_diagonal_matrix_goes_through_the_polynomial_number_by_number() {
        let diagonal = Tensor::from_slice(&[3.0_f32, -4.0, 0.0]).diag(0);
        let [a, b, c] = POLYNOMIAL;
        // 3 and −4 have the norm 5.
        let expected = [0.6, -0.8, 0.0]
            .map(|x| (0..STEPS).fold(x, |x: f64, _| a * x + b * x.powi(3) + c * x.powi(5)));
        let found = orthogonal(&diagonal);
        for (found, expected) in numbers(&found.diagonal(0, 0, 1)).iter().zip(expected) {
            assert!((found - expected).abs() < 1e-5, "{found} for {expected}");
        }
        let beside: f64 = numbers(&found).iter().map(|x| x.abs()).sum::<f64>()
            - expected.iter().map(|x| x.abs()).sum::<f64>();
        assert!(beside.abs() < 1e-5, "{beside} off the diagonal");
    }

    #[test]
    fn singular_values_become_alike_whatever_the_shape() {
        tch::manual_seed(4);
        for shape in [[12, 90], [90, 12], [16, 16], [1, 30]] {
            let matrix = Tensor::randn(shape, (Kind::Float, Device::Cpu));
            let found = orthogonal(&matrix);
            assert_eq!(found.size(), shape);
            let (_, values, _) = found.svd(true, true);
            // A square matrix of noise has a singular value near 0, which takes more steps.
            let most = numbers(&values);
            let alike = most.iter().filter(|v| (0.6..1.3).contains(*v)).count();
            assert!(alike + usize::from(shape == [16, 16]) >= most.len(), "{shape:?}: {most:?}");
        }
    }
}
