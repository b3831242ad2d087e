//! Do affinities that were measured again lead to the same policies, and what do policies lose that
//! were made from them?

use std::collections::BTreeSet;

use rayon::prelude::*;
use taskonomy_core::{Objective, Policy, TaskId};

use crate::error::PolicyError;
use crate::problem::Problem;
use crate::programme::{WEIGHT_UNIT, weight};
use crate::sweep::SweepEntry;

/// How alike the policies of several measurements are, at one budget.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Repeatability {
    /// Largest total cost.
    pub budget: f64,
    /// Tasks that both of two policies buy, as a share of those that either buys; the mean over all
    /// pairs of measurements.
    pub bought: f64,
    /// Targets that both of two policies read from the same, as a share of all; the mean over all
    /// pairs of measurements.
    pub edges: f64,
    /// What the policies of the measurements are worth by the affinities of the problem, as a share
    /// of what the problem's own policy is worth ([`Problem::kept`]): the mean, and the least. NaN
    /// where there are no shares.
    pub kept: [f64; 2],
}

impl Problem {
    /// What is maximised, for any policy over edges of the table; none where one is not in it, or its
    /// affinity has no logarithm.
    pub fn worth(&self, policy: &Policy) -> Option<f64> {
        let units = policy.edges.iter().map(|edge| {
            let mut found = self.table.edges.iter();
            let key = (&edge.target, &edge.contender);
            weight(self, found.find(|e| (&e.target, &e.contender) == key)?)
        });
        Some(units.sum::<Option<i128>>()? as f64 / WEIGHT_UNIT)
    }

    /// The share that is kept of the best objective by a policy of another worth. Sums of logarithms
    /// have no shares: what counts there is the mean affinity, geometric and weighted by importance.
    /// None where the best is worth nothing.
    pub fn kept(&self, worth: f64, best: f64) -> Option<f64> {
        match self.objective {
            Objective::Log => {
                let importance: f64 = self.targets().iter().map(|id| self.importance_of(id)).sum();
                (importance > 0.0).then(|| ((worth - best) / importance).exp())
            }
            Objective::Raw | Objective::NoSelf => (best > 0.0).then_some(worth / best),
        }
    }

    /// Solves every budget by the table and by each of the measurements (affinities of all edges of
    /// the table, in its order), at the problem's order. Budgets that reach no policy are left out.
    ///
    /// # Errors
    /// As [`Problem::solve`] for other reasons than the budget.
    ///
    /// # Panics
    /// Where a measurement has another number of affinities than the table has edges.
    pub fn repeatability(
        &self,
        measured: &[Vec<f64>],
        budgets: &[f64],
    ) -> Result<Vec<Repeatability>, PolicyError> {
        let own = self.sweep(budgets, &[self.order]);
        let again: Vec<Vec<SweepEntry>> = measured
            .par_iter()
            .map(|affinities| self.measured(affinities).sweep(budgets, &[self.order]))
            .collect();
        let mut found = Vec::new();
        for (at, entry) in own.into_iter().enumerate() {
            let best = match entry.result {
                Ok(best) => best,
                Err(PolicyError::Infeasible { .. } | PolicyError::NoEdge { .. }) => continue,
                Err(error) => return Err(error),
            };
            let policies = again.iter().map(|sweep| sweep[at].result.clone());
            let policies = policies.collect::<Result<Vec<_>, _>>()?;
            found.push(self.agree(entry.budget, &best, &policies));
        }
        Ok(found)
    }

    /// The same problem with affinities that were measured again.
    fn measured(&self, affinities: &[f64]) -> Self {
        assert_eq!(affinities.len(), self.table.edges.len(), "an affinity per edge");
        let mut problem = self.clone();
        for (edge, affinity) in problem.table.edges.iter_mut().zip(affinities) {
            edge.affinity = *affinity;
        }
        problem
    }

    fn agree(&self, budget: f64, best: &Policy, policies: &[Policy]) -> Repeatability {
        let pairs = || {
            let second = |i: usize| policies[i + 1..].iter();
            policies.iter().enumerate().flat_map(move |(i, a)| second(i).map(move |b| (a, b)))
        };
        let kept = |policy| self.kept(self.worth(policy)?, best.value);
        let kept: Option<Vec<f64>> = policies.iter().map(kept).collect();
        let kept = kept.map_or([f64::NAN; 2], |kept| {
            let least = kept.iter().copied().fold(f64::INFINITY, f64::min);
            [mean(kept.into_iter()), least]
        });
        Repeatability {
            budget,
            bought: mean(pairs().map(|(a, b)| alike(&a.bought, &b.bought))),
            edges: mean(pairs().map(|(a, b)| {
                let same = a.edges.iter().zip(&b.edges).filter(|(a, b)| a.contender == b.contender);
                same.count() as f64 / a.edges.len().max(1) as f64
            })),
            kept,
        }
    }
}

/// |A ∩ B| / |A ∪ B|; 1 for two empty sets.
fn alike(a: &[TaskId], b: &[TaskId]) -> f64 {
    let [a, b] = [a, b].map(|ids| ids.iter().collect::<BTreeSet<_>>());
    let all = a.union(&b).count();
    if all == 0 { 1.0 } else { a.intersection(&b).count() as f64 / all as f64 }
}

/// 1, full, of nothing.
fn mean(numbers: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = numbers.fold((0.0, 0_u32), |(sum, n), x| (sum + x, n + 1));
    if count == 0 { 1.0 } else { sum / f64::from(count) }
}

#[cfg(test)]
mod tests {
    use taskonomy_core::AffinityTable;

    use super::*;

    const TABLE: &str = "target,sources,affinity\nt,a,0.5\nt,b,0.3\nu,a,0.4\nu,b,0.2\n";

    fn problem() -> Problem {
        Problem::new(AffinityTable::read(TABLE.as_bytes()).unwrap())
    }

    #[test]
    fn repeatability_by_hand() {
        // By the table all is read from a, worth 0.9. The first measurement agrees; the second reads
        // all from b when one may be bought (worth 0.5), and t from b, u from a when both may (0.7).
        let measured = [vec![0.5, 0.3, 0.4, 0.2], vec![0.1, 0.9, 0.5, 0.4]];
        let found = problem().repeatability(&measured, &[0.0, 1.0, 2.0]).unwrap();
        assert_eq!(found.iter().map(|a| a.budget).collect::<Vec<_>>(), [1.0, 2.0]);
        let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-9, "{found}");
        let [one, two] = [found[0], found[1]];
        near(one.bought, 0.0);
        near(one.edges, 0.0);
        near(one.kept[0], f64::midpoint(1.0, 0.5 / 0.9));
        near(one.kept[1], 0.5 / 0.9);
        near(two.bought, 0.5); // a, and a with b
        near(two.edges, 0.5);
        near(two.kept[1], 0.7 / 0.9);
    }

    #[test]
    fn worse_policies_keep_less_by_any_objective() {
        // As above at a budget of 1: t and u from b, where a is best.
        let again = [vec![0.1, 0.9, 0.5, 0.4]];
        let kept = |problem: Problem| problem.repeatability(&again, &[1.0]).unwrap()[0].kept;
        let log = kept(problem().objective(Objective::Log));
        let geometric = (0.3_f64 * 0.2 / (0.5 * 0.4)).sqrt();
        assert!(log.iter().all(|share| (share - geometric).abs() < 1e-9), "{log:?}");
        let mut nothing = problem();
        nothing.importance = ["t", "u"].map(|id| (id.parse::<TaskId>().unwrap(), 0.0)).into();
        for objective in [Objective::Raw, Objective::Log] {
            let kept = kept(nothing.clone().objective(objective));
            assert!(kept.iter().all(|share| share.is_nan()), "{kept:?}");
        }
    }

    #[test]
    fn worth_is_the_objective_of_any_policy() {
        let mut problem = problem().budget(1.0);
        let policy = problem.solve().unwrap();
        assert_eq!(problem.worth(&policy), Some(policy.value));
        problem.importance.insert("t".parse().unwrap(), 2.0);
        assert!((problem.worth(&policy).unwrap() - 1.4).abs() < 1e-11);
        problem.table.edges.retain(|edge| edge.affinity != 0.5);
        assert_eq!(problem.worth(&policy), None, "t<a is not there any more");
    }
}
