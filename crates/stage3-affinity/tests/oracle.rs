//! The same numbers as independent computations in Python (scripts/affinity-oracle.py,
//! scripts/spearman-oracle.py).

use std::collections::BTreeMap;

use taskonomy_affinity::{Tournament, spearman};
use taskonomy_core::{LossTable, TaskId};

#[test]
fn numpy_finds_the_same_affinities() {
    let losses = include_str!("fixtures/losses.csv");
    let table = LossTable::read(TaskId::new("normals").unwrap(), losses.as_bytes()).unwrap();
    let tournament = Tournament::hold(&table).unwrap();
    let expected: BTreeMap<String, f64> = include_str!("fixtures/expected.csv")
        .lines()
        .skip(1)
        .map(|line| {
            let (key, value) = line.rsplit_once(',').unwrap();
            (key.to_owned(), value.parse().unwrap())
        })
        .collect();
    let mut found = BTreeMap::from([("lambda".to_owned(), tournament.lambda)]);
    for (i, a) in tournament.contenders.iter().enumerate() {
        found.insert(format!("affinity {a}"), tournament.affinities[i]);
        found.insert(format!("gain {a}"), tournament.edge(i).gain.unwrap());
        for (j, b) in tournament.contenders.iter().enumerate() {
            found.insert(format!("win {a} {b}"), tournament.win_rates[[i, j]]);
        }
    }
    assert!(expected.keys().eq(found.keys()));
    for (key, value) in &expected {
        assert!((found[key] - value).abs() <= 1e-12 * value, "{key}: {} {value}", found[key]);
    }
}

#[test]
fn scipy_finds_the_same_rank_correlations() {
    let lines = include_str!("fixtures/spearman.csv").lines().skip(1);
    let mut cases = 0;
    for line in lines {
        let numbers = |cell: &str| -> Vec<f64> {
            cell.split_whitespace().map(|number| number.parse().unwrap()).collect()
        };
        let [left, right, rho] =
            line.split(',').map(numbers).collect::<Vec<_>>().try_into().unwrap();
        let found = spearman(&left, &right).unwrap();
        assert!((found - rho[0]).abs() < 1e-14, "{line}: {found}");
        cases += 1;
    }
    assert_eq!(cases, 7);
}
