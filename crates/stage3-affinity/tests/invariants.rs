//! What must hold of every tournament.

use proptest::prelude::*;
use taskonomy_affinity::Tournament;
use taskonomy_core::{Contender, LossTable, TaskId};

const COLUMNS: [&str; 7] = ["self", "a", "b", "c", "a+b", "pixels#1", "pixels#2"];

/// Losses on a coarse grid, so that ties happen; a few cells are missing, row 0 is complete.
fn rows() -> impl Strategy<Value = Vec<Vec<f64>>> {
    let cell = prop_oneof![9 => (0_u8..6).prop_map(f64::from), 1 => Just(f64::NAN)];
    let first = prop::collection::vec((0_u8..6).prop_map(f64::from), COLUMNS.len());
    let rest = prop::collection::vec(prop::collection::vec(cell, COLUMNS.len()), 0..12);
    (first, rest).prop_map(|(first, mut rest)| {
        rest.insert(0, first);
        rest
    })
}

fn table(rows: &[Vec<f64>], columns: &[usize]) -> LossTable {
    let contenders =
        columns.iter().map(|&c| COLUMNS[c].parse::<Contender>().expect("a contender")).collect();
    LossTable {
        target: TaskId::new("t").expect("an id"),
        images: (0..rows.len()).map(|k| k.to_string()).collect(),
        contenders,
        losses: rows.iter().flat_map(|row| columns.iter().map(|&c| row[c])).collect(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn affinities_are_a_distribution_and_an_eigenvector(rows in rows()) {
        let all: Vec<usize> = (0..COLUMNS.len()).collect();
        let t = Tournament::hold(&table(&rows, &all)).unwrap();
        prop_assert!((t.affinities.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        prop_assert!(t.affinities.iter().all(|&p| p > 0.0));
        prop_assert!(t.residual < 1e-11);
        prop_assert!(t.lambda > t.contenders.len() as f64 - 1e-9);
        for ((i, j), rate) in t.win_rates.indexed_iter() {
            prop_assert_eq!(rate + t.win_rates[[j, i]], 1.0);
        }
    }

    #[test]
    fn the_order_of_columns_and_samples_changes_no_bit(
        rows in rows(),
        columns in Just((0..COLUMNS.len()).collect::<Vec<_>>()).prop_shuffle(),
        seed in any::<u64>(),
    ) {
        let all: Vec<usize> = (0..COLUMNS.len()).collect();
        let mut shuffled = rows.clone();
        let n = shuffled.len();
        shuffled.rotate_left(seed as usize % n);
        shuffled.reverse();
        let mut first = Tournament::hold(&table(&rows, &all)).unwrap();
        let mut second = Tournament::hold(&table(&shuffled, &columns)).unwrap();
        // A constant column names its loss, and NaN differs from itself only in the table.
        first.defects.clear();
        second.defects.clear();
        prop_assert_eq!(first, second);
    }

    // From p = W'p / lambda: a row that is nowhere smaller has no smaller component. (That lower
    // losses alone never lower the affinity is not so: the eigenvector is not monotone.)
    #[test]
    fn who_does_at_least_as_well_against_everyone_has_at_least_the_affinity(rows in rows()) {
        let all: Vec<usize> = (0..COLUMNS.len()).collect();
        let t = Tournament::hold(&table(&rows, &all)).unwrap();
        let n = t.contenders.len();
        for (i, j) in (0..n).flat_map(|i| (0..n).map(move |j| (i, j))) {
            if (0..n).all(|k| t.win_rates[[i, k]] >= t.win_rates[[j, k]]) {
                prop_assert!(t.affinities[i] >= t.affinities[j] * (1.0 - 1e-9));
            }
        }
    }
}
