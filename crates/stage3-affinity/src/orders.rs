//! Whether more sources help: the best transfer of every order, and every set beside its subsets.

use std::collections::BTreeMap;

use taskonomy_core::{AffinityTable, Contender, Edge, LossTable, Sources, TaskId};

use crate::duels::win_rate;

/// The best transfers into a target, order by order.
#[derive(Debug, Clone, PartialEq)]
pub struct BestByOrder {
    /// The predicted task.
    pub target: TaskId,
    /// From order 1 to the highest order of the table: of the transfers of exactly that order the
    /// one with the highest affinity (the first of equals), nothing where there is none.
    pub best: Vec<Option<Edge>>,
}

/// The best transfers of each order into each target, in ascending order of the targets; t→t and
/// sets with the target are none.
pub fn best_by_order(table: &AffinityTable) -> Vec<BestByOrder> {
    let transfers = || table.edges.iter().filter_map(|edge| Some((edge, foreign(edge)?)));
    let highest = transfers().map(|(_, sources)| sources.order()).max().unwrap_or(0);
    let mut found: BTreeMap<&TaskId, Vec<Option<Edge>>> = BTreeMap::new();
    for (edge, sources) in transfers() {
        let best = found.entry(&edge.target).or_insert_with(|| vec![None; highest]);
        let best = &mut best[sources.order() - 1];
        if best.as_ref().is_none_or(|best| edge.affinity > best.affinity) {
            *best = Some(edge.clone());
        }
    }
    let by_order = |(target, best): (&TaskId, _)| BestByOrder { target: target.clone(), best };
    found.into_iter().map(by_order).collect()
}

/// The sources of a transfer that does not read its own target.
fn foreign(edge: &Edge) -> Option<&Sources> {
    match &edge.contender {
        Contender::Transfer(sources) if !sources.contains(&edge.target) => Some(sources),
        _ => None,
    }
}

/// A transfer of higher order beside the best of its subsets with one source less.
#[derive(Debug, Clone, PartialEq)]
pub struct Extension {
    /// The predicted task.
    pub target: TaskId,
    /// What it reads; two sources or more.
    pub sources: Sources,
    /// The subset with the highest affinity, of those that were trained.
    pub subset: Option<Sources>,
    /// Subsets that were not trained: the beam of their order is narrower.
    pub untrained: usize,
    /// Share of test samples on which the transfer beats the subset's.
    pub win_rate: Option<f64>,
}

/// Every transfer of higher order into a target, in the order of its columns, beside the best of its
/// subsets: best by the affinities of the target's tournament.
pub fn extensions(losses: &LossTable, affinities: &AffinityTable) -> Vec<Extension> {
    let target = &losses.target;
    let of_target = affinities.edges.iter().filter(|edge| edge.target == *target);
    let affinity: BTreeMap<&Contender, f64> =
        of_target.map(|edge| (&edge.contender, edge.affinity)).collect();
    let extension = |(column, contender): (usize, &Contender)| {
        let Contender::Transfer(sources) = contender else { return None };
        if sources.order() < 2 {
            return None;
        }
        let without = |left_out: &TaskId| {
            Sources::new(sources.iter().filter(|id| *id != left_out).cloned())
                .map(Contender::Transfer)
        };
        let subsets: Vec<(usize, Contender, f64)> = sources
            .iter()
            .filter_map(without)
            .filter_map(|set| Some((losses.position(&set)?, *affinity.get(&set)?, set)))
            .map(|(column, affinity, set)| (column, set, affinity))
            .collect();
        let untrained = sources.order() - subsets.len();
        let best = subsets.into_iter().reduce(|a, b| if b.2 > a.2 { b } else { a });
        let win_rate = best
            .as_ref()
            .and_then(|(subset, ..)| win_rate(losses.column(column), losses.column(*subset)));
        let subset = best.and_then(|(_, contender, _)| match contender {
            Contender::Transfer(sources) => Some(sources),
            _ => None,
        });
        let (target, sources) = (target.clone(), sources.clone());
        Some(Extension { target, sources, subset, untrained, win_rate })
    };
    losses.contenders.iter().enumerate().filter_map(extension).collect()
}

/// The transfers of one order beside their subsets.
#[derive(Debug, Clone, PartialEq)]
pub struct Extended {
    /// Sources of each.
    pub order: usize,
    /// All transfers of that order.
    pub transfers: usize,
    /// Those with a subset to compare with.
    pub compared: usize,
    /// Of those, the ones that win on more than half of the samples.
    pub better: usize,
    /// Mean win rate of those that were compared.
    pub mean: Option<f64>,
    /// Subsets that were not trained, over all transfers of that order.
    pub untrained: usize,
}

/// What comes of one source more, order by order from 2 up.
pub fn extended_by_order(extensions: &[Extension]) -> Vec<Extended> {
    let mut orders: BTreeMap<usize, Vec<&Extension>> = BTreeMap::new();
    for extension in extensions {
        orders.entry(extension.sources.order()).or_default().push(extension);
    }
    let extended = |(order, of): (usize, Vec<&Extension>)| {
        let rates: Vec<f64> = of.iter().filter_map(|extension| extension.win_rate).collect();
        let compared = rates.len();
        Extended {
            order,
            transfers: of.len(),
            compared,
            better: rates.iter().filter(|&&rate| rate > 0.5).count(),
            mean: (compared > 0).then(|| rates.iter().sum::<f64>() / compared as f64),
            untrained: of.iter().map(|extension| extension.untrained).sum(),
        }
    };
    orders.into_iter().map(extended).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn affinities(csv: &str) -> AffinityTable {
        AffinityTable::read(format!("target,sources,affinity\n{csv}").as_bytes()).unwrap()
    }

    #[test]
    fn the_best_of_exactly_each_order() {
        let table = affinities(
            "t,self,0.9\nt,t,0.8\nt,a,0.1\nt,b,0.3\nt,c,0.3\nt,a+b,0.2\nt,a+t,0.7\nt,a+b+c,0.4\nu,a,0.5\n",
        );
        let found = best_by_order(&table);
        let text = |of: &BestByOrder| {
            let best = of.best.iter().map(|edge| match edge {
                Some(edge) => edge.contender.to_string(),
                None => "–".to_owned(),
            });
            format!("{}: {}", of.target, best.collect::<Vec<_>>().join(" "))
        };
        let texts: Vec<_> = found.iter().map(text).collect();
        assert_eq!(texts, ["t: b a+b a+b+c", "u: a – –"], "b before c: they are equal");
        assert!(best_by_order(&affinities("t,self,1\n")).is_empty());
    }

    #[test]
    fn sets_are_compared_with_the_best_subset_that_was_trained() {
        let losses = "image,a,b,c,a+b,a+b+c,c+d,d+e\n1,2,3,9,1,2,8,0\n2,2,1,9,3,2,9,0\n\
                      3,2,3,9,1,1,9,0\n4,2,3,9,2,1,10,0\n";
        let losses = LossTable::read("t".parse().unwrap(), losses.as_bytes()).unwrap();
        let table = affinities(
            "t,a,0.3\nt,b,0.2\nt,c,0.1\nt,a+b,0.3\nt,a+b+c,0.4\nt,c+d,0.1\nt,d+e,0.1\nu,b,0.9\n",
        );
        let found = extensions(&losses, &table);
        let texts: Vec<_> = found
            .iter()
            .map(|e| {
                let subset = e.subset.as_ref().map_or_else(|| "–".to_owned(), ToString::to_string);
                format!("{} over {subset}: {:?}, {} untrained", e.sources, e.win_rate, e.untrained)
            })
            .collect();
        assert_eq!(
            texts,
            [
                "a+b over a: Some(0.625), 0 untrained", // wins, loses, wins, ties
                "a+b+c over a+b: Some(0.625), 2 untrained", // loses, wins, ties, wins
                "c+d over c: Some(0.5), 1 untrained",   // wins, ties, ties, loses
                "d+e over –: None, 2 untrained",
            ]
        );
        let second = Extended {
            order: 2,
            transfers: 3,
            compared: 2,
            better: 1,
            mean: Some(0.5625),
            untrained: 3,
        };
        let third = Extended {
            order: 3,
            transfers: 1,
            compared: 1,
            better: 1,
            mean: Some(0.625),
            untrained: 2,
        };
        assert_eq!(extended_by_order(&found), [second, third]);
    }
}
