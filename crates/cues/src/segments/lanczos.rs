//! The second eigenvector of a graph, by the Lanczos method.

/// Rows of a matrix: columns and values of what is not 0.
pub(super) type Rows = Vec<Vec<(usize, f64)>>;

/// Most steps: far more than region graphs were seen to need.
const STEPS: usize = 300;

/// Steps before the first look at whether the vector is good enough; each next look comes after half as
/// many more.
const LOOK: usize = 6;

/// A vector x with ‖Nx − θx‖ below this share of θ is an eigenvector.
const RESIDUAL: f64 = 1e-8;

/// The unit eigenvector of the greatest eigenvalue of N, which is a symmetric matrix given by what it
/// makes of vectors, among those at right angles to its first one, which is given and has unit length;
/// none for fewer than two rows.
///
/// Every basis vector is made orthogonal to all others, so that nothing is found twice.
pub(super) fn second_eigenvector(
    image_of: impl Fn(&[f64]) -> Vec<f64>,
    first: &[f64],
) -> Option<Vec<f64>> {
    let size = first.len();
    // Any vector would do that is at right angles to no eigenvector: multiples of the golden ratio.
    let start = (0..size).map(|i| (i as f64 * 0.618_033_988_749_894_9 + 0.3).fract() - 0.5);
    let mut vector: Vec<f64> = start.collect();
    let mut basis: Vec<Vec<f64>> = Vec::new();
    let (mut diagonal, mut beside): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
    orthogonalise(&mut vector, first, &basis);
    let (mut length, mut look) = (norm(&vector), LOOK);
    while length > 1e-12 && basis.len() + 1 < size && basis.len() < STEPS {
        if !basis.is_empty() {
            beside.push(length);
        }
        scale(&mut vector, 1.0 / length);
        let mut next = image_of(&vector);
        let along = dot(&next, &vector);
        // The two terms of the recurrence first, then what rounding leaves of all others.
        subtract(&mut next, along, &vector);
        if let (Some(&beside), Some(before)) = (beside.last(), basis.last()) {
            subtract(&mut next, beside, before);
        }
        diagonal.push(along);
        basis.push(vector);
        orthogonalise(&mut next, first, &basis);
        vector = next;
        length = norm(&vector);
        if basis.len() == look {
            look += look / 2;
            let (value, shares) = greatest(&diagonal, &beside);
            if length * shares[shares.len() - 1].abs() < RESIDUAL * value.abs() {
                break;
            }
        }
    }
    if basis.is_empty() {
        return None;
    }
    let (_, shares) = greatest(&diagonal, &beside);
    let mut found = vec![0.0; size];
    for (share, vector) in shares.iter().zip(&basis) {
        found.iter_mut().zip(vector).for_each(|(sum, value)| *sum += share * value);
    }
    Some(found)
}

/// Takes out of a vector what lies along the others.
fn orthogonalise(vector: &mut [f64], first: &[f64], basis: &[Vec<f64>]) {
    for other in basis.iter().map(Vec::as_slice).chain([first]) {
        let along = dot(vector, other);
        subtract(vector, along, other);
    }
}

fn subtract(vector: &mut [f64], factor: f64, other: &[f64]) {
    vector.iter_mut().zip(other).for_each(|(value, other)| *value -= factor * other);
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    // Eight sums, so that they run in vector registers.
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let mut sums = [0.0; 8];
    for (a, b) in a.iter().zip(b) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += a * b;
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + rest
}

fn scale(vector: &mut [f64], factor: f64) {
    for value in vector {
        *value *= factor;
    }
}

fn norm(vector: &[f64]) -> f64 {
    dot(vector, vector).sqrt()
}

/// The greatest eigenvalue of a tridiagonal matrix and its unit eigenvector: bisection by the number
/// of negative pivots, then inverse iteration.
fn greatest(diagonal: &[f64], beside: &[f64]) -> (f64, Vec<f64>) {
    let reach = |i: usize| {
        let left = if i > 0 { beside[i - 1] } else { 0.0 };
        left + beside.get(i).copied().unwrap_or(0.0)
    };
    let bound = |sign: f64| {
        let ends = diagonal.iter().enumerate().map(|(i, d)| sign * d + reach(i));
        sign * ends.fold(f64::NEG_INFINITY, f64::max)
    };
    let (mut low, mut high) = (bound(-1.0), bound(1.0));
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        if all_below(diagonal, beside, middle) { high = middle } else { low = middle }
    }
    // A little above the eigenvalue, where no pivot is 0.
    let shift = high + 1e-14 * (1.0 + high.abs());
    let mut vector = vec![1.0; diagonal.len()];
    for _ in 0..4 {
        solve(diagonal, beside, shift, &mut vector);
        let length = norm(&vector);
        scale(&mut vector, 1.0 / length);
    }
    (high, vector)
}

/// Whether all eigenvalues are below a value.
fn all_below(diagonal: &[f64], beside: &[f64], value: f64) -> bool {
    let mut pivot = diagonal[0] - value;
    for (next, b) in diagonal[1..].iter().zip(beside) {
        if pivot >= 0.0 {
            return false;
        }
        pivot = next - value - b * b / pivot;
    }
    pivot < 0.0
}

/// Solves (T − shift)x = vector in place, for a shift above all eigenvalues: pivots stay negative.
fn solve(diagonal: &[f64], beside: &[f64], shift: f64, vector: &mut [f64]) {
    let mut pivots = vec![diagonal[0] - shift];
    for i in 1..diagonal.len() {
        let factor = beside[i - 1] / pivots[i - 1];
        // Rounding must not lift a pivot over 0.
        pivots.push((diagonal[i] - shift - factor * beside[i - 1]).min(-1e-300));
        vector[i] -= factor * vector[i - 1];
    }
    for i in (0..diagonal.len()).rev() {
        let after = if i + 1 < diagonal.len() { beside[i] * vector[i + 1] } else { 0.0 };
        vector[i] = (vector[i] - after) / pivots[i];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::DMatrix;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// nalgebra's dense solver is the oracle.
        #[test]
        fn vectors_are_those_of_a_dense_solver(
            size in 2_usize..40, values in prop::collection::vec(0.0_f64..1.0, 40 * 40), links in 1_usize..9,
        ) {
            let dense = DMatrix::from_fn(size, size, |i, j| {
                let (i, j) = (i.min(j), i.max(j));
                if i == j { 1.0 } else if (i + 2 * j) % 9 < links { values[40 * i + j] } else { 0.0 }
            });
            let eigen = dense.clone().symmetric_eigen();
            let mut order: Vec<_> = (0..size).collect();
            order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
            let first: Vec<_> = eigen.eigenvectors.column(order[0]).iter().copied().collect();
            let row = |i| (0..size).map(|j| (j, dense[(i, j)])).filter(|v| v.1 != 0.0).collect();
            let rows: Rows = (0..size).map(row).collect();
            let image_of = |vector: &[f64]| {
                rows.iter().map(|row| row.iter().map(|(j, v)| v * vector[*j]).sum()).collect::<Vec<f64>>()
            };
            let found = second_eigenvector(image_of, &first).unwrap();
            // Rayleigh's quotient is the eigenvalue; vectors of equal eigenvalues may be mixed.
            let image = image_of(&found);
            prop_assert!((norm(&found) - 1.0).abs() < 1e-9);
            prop_assert!((dot(&image, &found) - eigen.eigenvalues[order[1]]).abs() < 1e-7);
            prop_assert!(dot(&found, &first).abs() < 1e-8);
        }
    }

    #[test]
    fn one_row_has_no_second_vector() {
        assert_eq!(second_eigenvector(<[f64]>::to_vec, &[1.0]), None);
    }
}
