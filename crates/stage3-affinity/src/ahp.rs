//! The Analytic Hierarchy Process: from win rates to affinities.

use nalgebra::{DMatrix, DVector};
use ndarray::Array2;

/// Win rates are kept within [CLIP, 1 − CLIP], so that their ratios stay within [1/999, 999].
pub const CLIP: f64 = 0.001;

/// Nearly reducible matrices can converge arbitrarily slowly; usual ones need 15 to 50 steps.
const MAX_ITERATIONS: usize = 10_000;

/// The principal eigenvector of a positive matrix and how well it is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Principal {
    /// Positive, sum 1.
    pub vector: Vec<f64>,
    /// The largest eigenvalue; of a reciprocal n × n matrix at least n.
    pub lambda: f64,
    /// ‖Mp − λp‖₁ / λ, with ‖p‖₁ = 1.
    pub residual: f64,
    /// Steps of the power iteration.
    pub iterations: usize,
    /// Whether the last step changed no component by more than 1e-13 of itself.
    pub converged: bool,
}

/// Affinities from the win rates of n contenders (n × n, row beats column; NaN where two never met).
///
/// W is clipped, W′ = W / Wᵀ, and p is the principal right eigenvector of W′. For a pair that never met
/// w′ᵢⱼ would be pᵢ / pⱼ if it were consistent with the rest; put into W′p = λp, that is an entry of 0
/// and one more pᵢ on the diagonal for every such pair (P. T. Harker, Alternative modes of questioning
/// in the analytic hierarchy process, Mathematical Modelling 9, 1987). Everyone must be connected with
/// everyone by a chain of pairs that met: see [`unconnected`].
pub fn ahp(win_rates: &Array2<f64>) -> Principal {
    let n = win_rates.nrows();
    let w = |i: usize, j: usize| win_rates[[i, j]].clamp(CLIP, 1.0 - CLIP);
    let unknown = |i: usize, j: usize| win_rates[[i, j]].is_nan();
    principal_eigenvector(&DMatrix::from_fn(n, n, |i, j| match i == j {
        true => 1.0 + (0..n).filter(|&k| unknown(i, k)).count() as f64,
        false if unknown(i, j) => 0.0,
        false => w(i, j) / w(j, i),
    }))
}

/// The first of n contenders that no chain of known win rates connects with the first of all; none
/// where all are connected.
pub fn unconnected(win_rates: &Array2<f64>) -> Option<usize> {
    let n = win_rates.nrows();
    let (mut reached, mut queue) = (vec![false; n], vec![0]);
    while let Some(i) = queue.pop() {
        if i < n && !std::mem::replace(&mut reached[i], true) {
            queue.extend((0..n).filter(|&j| !win_rates[[i, j]].is_nan()));
        }
    }
    reached.iter().position(|reached| !reached)
}

/// Power iteration from the uniform vector on a square matrix of positive numbers, which has a
/// single positive eigenvector (Perron).
pub fn principal_eigenvector(matrix: &DMatrix<f64>) -> Principal {
    let n = matrix.nrows();
    let tolerance = 1e-13_f64.max(n as f64 * f64::EPSILON);
    let mut p = DVector::from_element(n, 1.0 / n.max(1) as f64);
    let (mut iterations, mut converged) = (0, n == 0);
    while !converged && iterations < MAX_ITERATIONS {
        let image = matrix * &p;
        let next = &image / image.sum();
        converged = next.iter().zip(&p).all(|(new, old)| (new - old).abs() <= tolerance * new);
        p = next;
        iterations += 1;
    }
    let image = matrix * &p;
    let lambda = image.sum();
    let residual = if n == 0 { 0.0 } else { (image - &p * lambda).lp_norm(1) / lambda };
    Principal { vector: p.as_slice().to_vec(), lambda, residual, iterations, converged }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_consistent_matrix_gives_back_the_vector_it_was_made_of() {
        let p = [0.5, 0.3, 0.2];
        let w = Array2::from_shape_fn((3, 3), |(i, j)| p[i] / (p[i] + p[j]));
        let principal = ahp(&w);
        for (found, expected) in principal.vector.iter().zip(p) {
            assert!((found - expected).abs() < 1e-14, "{found} {expected}");
        }
        assert!((principal.lambda - 3.0).abs() < 1e-13, "{}", principal.lambda);
        assert!(principal.converged && principal.residual < 1e-14);
    }

    #[test]
    fn an_inconsistent_matrix_by_hand() {
        // Each beats the next with 3 : 1 in a circle: by symmetry all are equal and the rows sum
        // to 1 + 3 + 1/3.
        let w = ndarray::arr2(&[[0.5, 0.75, 0.25], [0.25, 0.5, 0.75], [0.75, 0.25, 0.5]]);
        let principal = ahp(&w);
        assert!(principal.vector.iter().all(|p| (p - 1.0 / 3.0).abs() < 1e-15));
        assert!((principal.lambda - 13.0 / 3.0).abs() < 1e-14);
    }

    #[test]
    fn pairs_that_never_met_follow_from_the_others() {
        let p: [f64; 4] = [0.4, 0.3, 0.2, 0.1];
        let whole = Array2::from_shape_fn((4, 4), |(i, j)| p[i] / (p[i] + p[j]));
        // Consistent: any spanning tree of the pairs is enough.
        for unknown in [vec![(0, 1)], vec![(0, 2), (0, 3), (1, 3)], vec![(0, 1), (0, 2), (1, 2)]] {
            let mut w = whole.clone();
            for (i, j) in unknown {
                (w[[i, j]], w[[j, i]]) = (f64::NAN, f64::NAN);
            }
            let principal = ahp(&w);
            for (found, expected) in principal.vector.iter().zip(p) {
                assert!((found - expected).abs() < 1e-11, "{found} {expected}");
            }
            assert!((principal.lambda - 4.0).abs() < 1e-11 && unconnected(&w).is_none());
        }
    }

    #[test]
    fn an_unknown_pair_by_hand() {
        // a beats b 3 : 1 and b beats c 3 : 1; a and c never met. With (9, 3, 1):
        // 2·9 + 3·3 = 27, 9/3 + 3 + 3·1 = 9, 3/3 + 2·1 = 3, thrice the vector each.
        let nan = f64::NAN;
        let w = ndarray::arr2(&[[0.5, 0.75, nan], [0.25, 0.5, 0.75], [nan, 0.25, 0.5]]);
        let principal = ahp(&w);
        for (found, ninths) in principal.vector.iter().zip([9.0, 3.0, 1.0]) {
            assert!((found - ninths / 13.0).abs() < 1e-12, "{:?}", principal.vector);
        }
        assert!((principal.lambda - 3.0).abs() < 1e-12);
        let apart = ndarray::arr2(&[[0.5, 0.75, nan], [0.25, 0.5, nan], [nan, nan, 0.5]]);
        assert_eq!((unconnected(&apart), unconnected(&w)), (Some(2), None));
    }

    /// With m tied contenders that always win, of affinity a each, and the rest R together, the
    /// eigen-equation of a winner's row reads λa = ma + ρR with ρ = 999.
    #[test]
    fn contenders_that_always_win_satisfy_the_eigen_equation_of_the_clip() {
        let (n, m) = (37, 10);
        let strength: Vec<f64> = (0..n).map(|k| 1.0 + k as f64).collect();
        let w = Array2::from_shape_fn((n, n), |(i, j)| match (i < m, j < m) {
            (true, true) => 0.5,
            (true, false) => 1.0,
            (false, true) => 0.0,
            (false, false) => strength[i] / (strength[i] + strength[j]),
        });
        let principal = ahp(&w);
        let a = principal.vector[0];
        let rest: f64 = principal.vector[m..].iter().sum();
        let lambda = m as f64 + 999.0 * rest / a;
        assert!((lambda / principal.lambda - 1.0).abs() < 1e-10, "{lambda}");
        assert!(principal.lambda >= n as f64);
    }

    #[test]
    fn the_cap_of_iterations_is_said() {
        // Two blocks that hardly know each other: λ₂/λ₁ = 1 − 2e-9.
        let m = DMatrix::from_fn(2, 2, |i, j| match (i, j) {
            (0, 0) => 1.0 + 1e-9,
            (1, 1) => 1.0,
            _ => 1e-9,
        });
        let principal = principal_eigenvector(&m);
        assert!(!principal.converged);
        assert_eq!(principal.iterations, MAX_ITERATIONS);
        assert!(principal.residual > 0.0);
    }
}
