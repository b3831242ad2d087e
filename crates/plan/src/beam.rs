//! The beam: which sets of sources are worth a transfer of higher order.
//!
//! For order k all k-combinations of the max(beam, k) best first-order sources are trained
//! (Zamir et al., CVPR 2018, section 3.2: beam 5, so that from order 5 on it is the k best).

use taskonomy_core::{Contender, LossTable, Sources, TaskId, TransfersConfig};

use crate::error::PlanError;

/// The sets of orders 2 and more that are trained, given the candidates from the best down.
pub(crate) fn sets(config: &TransfersConfig, ranking: &[TaskId]) -> Vec<Sources> {
    (2..=config.order.min(ranking.len()))
        .flat_map(|order| {
            let best = &ranking[..config.beam_of(order).min(ranking.len())];
            combinations(best, order).into_iter().filter_map(Sources::new)
        })
        .collect()
}

/// How many sets of each order there will be: (order, number).
pub(crate) fn sizes(config: &TransfersConfig, candidates: usize) -> Vec<(usize, usize)> {
    (2..=config.order.min(candidates))
        .map(|order| (order, binomial(config.beam_of(order).min(candidates), order)))
        .collect()
}

/// Of how many of so many candidates the widest beam is made; 0 where there are no higher orders.
pub(crate) fn width(config: &TransfersConfig, candidates: usize) -> usize {
    let orders = 2..=config.order.min(candidates);
    orders.map(|order| config.beam_of(order).min(candidates)).max().unwrap_or(0)
}

/// The sources of first-order losses on the validation split, from the best down; ties by id.
pub(crate) fn rank(table: &LossTable) -> Result<Vec<TaskId>, PlanError> {
    match taskonomy_affinity::rank(table) {
        Ok(ranked) => Ok(ranked.into_iter().map(|(id, _)| id).collect()),
        Err(error) => Err(PlanError::Beam { target: table.target.clone(), why: error.to_string() }),
    }
}

/// The transfers that ran a round of a race, from the best down on the validation split; ties by
/// order and ids.
pub(crate) fn standings(table: &LossTable) -> Result<Vec<Sources>, PlanError> {
    if let [Contender::Transfer(alone)] = &table.contenders[..] {
        return Ok(vec![alone.clone()]);
    }
    match taskonomy_affinity::standings(table) {
        Ok(ranked) => Ok(ranked.into_iter().map(|(sources, _)| sources).collect()),
        Err(error) => Err(PlanError::Race { target: table.target.clone(), why: error.to_string() }),
    }
}

/// All ways to choose `k` of the items, in lexicographic order of their positions.
fn combinations(items: &[TaskId], k: usize) -> Vec<Vec<TaskId>> {
    if k == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (at, first) in items.iter().enumerate() {
        for mut rest in combinations(&items[at + 1..], k - 1) {
            rest.insert(0, first.clone());
            all.push(rest);
        }
    }
    all
}

/// n choose k, saturating.
fn binomial(n: usize, k: usize) -> usize {
    (0..k.min(n.saturating_sub(k))).fold(1_usize, |product, i| {
        // Exact: the product of i+1 consecutive numbers is divisible by (i+1)!.
        product.saturating_mul(n - i) / (i + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(names: &str) -> Vec<TaskId> {
        names.split(' ').map(|name| name.parse().unwrap()).collect()
    }

    fn texts(config: &TransfersConfig, ranking: &str) -> Vec<String> {
        sets(config, &ids(ranking)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_papers_rule() {
        let mut config = TransfersConfig { order: 6, ..TransfersConfig::default() };
        assert_eq!(sizes(&config, 25), [(2, 10), (3, 10), (4, 5), (5, 1), (6, 1)]);
        config.beam_by_order.insert(4, 6); // what its authors ran
        assert_eq!(sizes(&config, 25), [(2, 10), (3, 10), (4, 15), (5, 1), (6, 1)]);
        assert_eq!(sizes(&config, 3), [(2, 3), (3, 1)]);
        assert_eq!(sizes(&config, 1), []);
    }

    #[test]
    fn sets_are_combinations_of_the_best() {
        let config = TransfersConfig { order: 3, beam: 3, ..TransfersConfig::default() };
        assert_eq!(texts(&config, "d b a c"), ["b+d", "a+d", "a+b", "a+b+d"]);
        let narrow = TransfersConfig { order: 3, beam: 1, ..TransfersConfig::default() };
        assert_eq!(texts(&narrow, "d b a c"), ["b+d", "a+b+d"]);
    }

    #[test]
    fn there_are_as_many_sets_as_announced() {
        for order in 1..7 {
            for beam in 1..7 {
                let config = TransfersConfig { order, beam, ..TransfersConfig::default() };
                let sets = sets(&config, &ids("a b c d e f"));
                for (k, n) in sizes(&config, 6) {
                    assert_eq!(sets.iter().filter(|s| s.order() == k).count(), n);
                }
                let distinct: std::collections::BTreeSet<_> = sets.iter().collect();
                assert_eq!(distinct.len(), sets.len());
                assert_eq!(sets.len(), sizes(&config, 6).iter().map(|(_, n)| n).sum::<usize>());
            }
        }
    }
}
