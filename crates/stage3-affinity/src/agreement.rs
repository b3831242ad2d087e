//! Whether two tables of affinities rank the sources of a target alike.

use std::collections::BTreeMap;

use taskonomy_core::{AffinityTable, Contender, TaskId};

/// How alike two tables rank the single sources of one target.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// The predicted task.
    pub target: TaskId,
    /// Sources that both tables have for it.
    pub sources: usize,
    /// Spearman's rank correlation of their affinities; nothing for fewer than three sources, or
    /// where all affinities of a table are equal.
    pub rho: Option<f64>,
}

/// Compares the first-order affinities of two tables, target by target, for the targets of both in
/// ascending order.
///
/// Only foreign sources count: `self` and t→t would win anywhere, `random` would lose anywhere, and
/// agreeing on them says nothing about the structure.
pub fn agreement(left: &AffinityTable, right: &AffinityTable) -> Vec<Agreement> {
    let (left, right) = (foreign(left), foreign(right));
    let compare = |(target, sources): (&&TaskId, &BTreeMap<&TaskId, f64>)| {
        let others = right.get(*target)?;
        let common = sources.iter().filter_map(|(id, &a)| Some((a, *others.get(id)?)));
        let (a, b): (Vec<f64>, Vec<f64>) = common.unzip();
        let rho = if a.len() < 3 { None } else { spearman(&a, &b) };
        Some(Agreement { target: (*target).clone(), sources: a.len(), rho })
    };
    left.iter().filter_map(compare).collect()
}

/// Per target the affinities of its single foreign sources.
fn foreign(table: &AffinityTable) -> BTreeMap<&TaskId, BTreeMap<&TaskId, f64>> {
    let mut found: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
    for edge in &table.edges {
        let Contender::Transfer(sources) = &edge.contender else { continue };
        let Ok([source]) = <&[TaskId; 1]>::try_from(sources.iter().as_slice()) else { continue };
        if !source.is_random() && *source != edge.target {
            found.entry(&edge.target).or_default().insert(source, edge.affinity);
        }
    }
    found
}

/// Spearman's rank correlation: Pearson's of the ranks, equal numbers sharing the mean of theirs.
/// Nothing where one of the lists has no two different numbers.
///
/// # Panics
/// The lists are of different lengths.
pub fn spearman(left: &[f64], right: &[f64]) -> Option<f64> {
    assert_eq!(left.len(), right.len(), "numbers come in pairs");
    let (left, right) = (ranks(left), ranks(right));
    // The mean of the ranks 1 to n, also where some are shared.
    let mean = f64::midpoint(1.0, left.len() as f64);
    let covariance = |a: &[f64], b: &[f64]| -> f64 {
        a.iter().zip(b).map(|(x, y)| (x - mean) * (y - mean)).sum()
    };
    let scale = (covariance(&left, &left) * covariance(&right, &right)).sqrt();
    (scale > 0.0).then(|| covariance(&left, &right) / scale)
}

/// The rank of every number, from 1; equal ones have the mean of the ranks that they take up.
fn ranks(numbers: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    order.sort_by(|&a, &b| numbers[a].total_cmp(&numbers[b]));
    let mut ranks = vec![0.0; numbers.len()];
    let mut before = 0;
    for equal in order.chunk_by(|&a, &b| numbers[a] == numbers[b]) {
        // The mean of before + 1, …, before + n.
        let rank = before as f64 + f64::midpoint(1.0, equal.len() as f64);
        for &place in equal {
            ranks[place] = rank;
        }
        before += equal.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_by_hand() {
        assert_eq!(ranks(&[0.3, 0.1, 0.3, 0.2, 0.3]), [4.0, 1.0, 4.0, 2.0, 4.0]);
        // Ranks 1 2 3 4 and 2 1 4 3: 1 − 6 Σd² / (n (n² − 1)) = 1 − 24 / 60.
        assert_eq!(spearman(&[0.1, 0.2, 0.3, 0.4], &[2.0, 1.0, 4.0, 3.0]), Some(0.6));
        assert_eq!(spearman(&[1.0, 2.0, 3.0], &[9.0, 5.0, 0.0]), Some(-1.0));
        assert_eq!(spearman(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]), None);
        assert_eq!(spearman(&[], &[]), None);
        // -0 and 0 are equal numbers.
        assert_eq!(ranks(&[0.0, -0.0]), [1.5, 1.5]);
    }

    #[test]
    fn only_common_foreign_single_sources_of_common_targets_count() {
        let read = |csv: &str| AffinityTable::read(csv.as_bytes()).unwrap();
        let ours = read(
            "target,sources,affinity\nt,self,0.9\nt,t,0.8\nt,random,0.1\nt,a,0.1\nt,b,0.2\nt,c,0.3\n\
             t,d,0.4\nt,own,0.9\nt,a+b,0.7\nu,a,0.5\nu,b,0.5\nv,a,1\n",
        );
        let published = read(
            "target,sources,affinity\nt,self,0.1\nt,t,0.9\nt,random,0.8\nt,a,0.02\nt,b,0.01\n\
             t,c,0.04\nt,d,0.03\nt,e,0.5\nu,a,0.2\nu,b,0.1\nw,a,1\n",
        );
        let found = agreement(&ours, &published);
        let of = |target: &str, sources, rho| Agreement {
            target: TaskId::new(target).unwrap(),
            sources,
            rho,
        };
        assert_eq!(found, [of("t", 4, Some(0.6)), of("u", 2, None)]);
    }
}
