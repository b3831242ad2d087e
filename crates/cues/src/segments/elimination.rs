//! Gaussian elimination of sparse symmetric matrices.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::lanczos::Rows;

/// A pivot under this share of its row's scale is not divided by.
const LEAST: f64 = 1e-9;

/// `LDLᵀ` of a symmetric matrix. Always the row with the fewest neighbours is next, which keeps those of
/// flat graphs sparse.
pub(super) struct Elimination {
    steps: Vec<Step>,
}

/// A row that is eliminated.
struct Step {
    row: usize,
    pivot: f64,
    /// The multiples of it that are taken off the rows that are left.
    factors: Vec<(usize, f64)>,
}

impl Elimination {
    /// Of the matrix with this diagonal and, beside it, these entries, each of them twice; none if a
    /// pivot is nearly 0.
    pub fn new(mut diagonal: Vec<f64>, mut beside: Rows) -> Option<Self> {
        let size = diagonal.len();
        let scales: Vec<f64> = diagonal.iter().map(|value| LEAST * value.abs()).collect();
        let mut left = vec![true; size];
        let mut places = vec![usize::MAX; size];
        // The fewest neighbours that each row may have, as the heap knows.
        let mut known: Vec<usize> = beside.iter().map(Vec::len).collect();
        let mut next: BinaryHeap<_> =
            known.iter().enumerate().map(|(row, &count)| Reverse((count, row))).collect();
        let mut steps = Vec::with_capacity(size);
        while let Some(Reverse((neighbours, row))) = next.pop() {
            if !left[row] || known[row] != neighbours {
                continue;
            }
            // It has more now: its turn comes later.
            if beside[row].len() > neighbours {
                known[row] = beside[row].len();
                next.push(Reverse((known[row], row)));
                continue;
            }
            left[row] = false;
            let (pivot, mut factors) = (diagonal[row], std::mem::take(&mut beside[row]));
            if pivot.abs() <= scales[row] || pivot.is_nan() {
                return None;
            }
            for (_, value) in &mut factors {
                *value /= pivot;
            }
            for &(other, factor) in &factors {
                diagonal[other] -= factor * factor * pivot;
                let entries = &mut beside[other];
                entries.retain(|&(column, _)| column != row);
                for (place, &(column, _)) in entries.iter().enumerate() {
                    places[column] = place;
                }
                for &(column, share) in factors.iter().filter(|&&(column, _)| column != other) {
                    let change = factor * share * pivot;
                    match entries.get_mut(places[column]) {
                        Some(entry) => entry.1 -= change,
                        None => entries.push((column, -change)),
                    }
                }
                for &(column, _) in &*entries {
                    places[column] = usize::MAX;
                }
                if entries.len() < known[other] {
                    known[other] = entries.len();
                    next.push(Reverse((known[other], other)));
                }
            }
            steps.push(Step { row, pivot, factors });
        }
        Some(Self { steps })
    }

    /// The number of negative eigenvalues: as many as negative pivots (Sylvester's law of inertia).
    pub fn negative(&self) -> usize {
        self.steps.iter().filter(|step| step.pivot < 0.0).count()
    }

    /// Solves Mx = b in place.
    pub fn solve(&self, b: &mut [f64]) {
        for Step { row, factors, .. } in &self.steps {
            let value = b[*row];
            for &(other, factor) in factors {
                b[other] -= factor * value;
            }
        }
        for Step { row, pivot, factors } in self.steps.iter().rev() {
            let others: f64 = factors.iter().map(|&(other, factor)| factor * b[other]).sum();
            b[*row] = b[*row] / pivot - others;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{DMatrix, DVector};
    use proptest::prelude::*;

    #[test]
    fn nothing_is_divided_by_nothing() {
        assert!(Elimination::new(vec![0.0, 1.0], vec![vec![(1, 1.0)], vec![(0, 1.0)]]).is_none());
        assert_eq!(Elimination::new(vec![], vec![]).unwrap().negative(), 0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// nalgebra's dense solvers are the oracle.
        #[test]
        fn solutions_and_signs_are_those_of_dense_solvers(
            size in 1_usize..30, values in prop::collection::vec(-1.0_f64..1.0, 30 * 30), links in 1_usize..9,
        ) {
            let dense = DMatrix::from_fn(size, size, |i, j| {
                let (i, j) = (i.min(j), i.max(j));
                if i == j {
                    4.0 * values[31 * i].signum() + values[31 * i]
                } else if (i + 2 * j) % 9 < links {
                    values[30 * i + j] / 2.0
                } else {
                    0.0
                }
            });
            let row = |i: usize| {
                let others = (0..size).filter(|&j| j != i && dense[(i, j)] != 0.0);
                others.map(|j| (j, dense[(i, j)])).collect()
            };
            let diagonal = (0..size).map(|i| dense[(i, i)]).collect();
            let elimination = Elimination::new(diagonal, (0..size).map(row).collect());
            prop_assume!(elimination.is_some());
            let elimination = elimination.unwrap();
            let eigen = dense.clone().symmetric_eigenvalues();
            prop_assert_eq!(elimination.negative(), eigen.iter().filter(|&&e| e < 0.0).count());
            let mut x: Vec<f64> = values[..size].to_vec();
            elimination.solve(&mut x);
            let back = dense * DVector::from_vec(x);
            for (found, expected) in back.iter().zip(&values) {
                prop_assert!((found - expected).abs() < 1e-6, "{} {}", found, expected);
            }
        }
    }
}
