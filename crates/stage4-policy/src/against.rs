//! What policies are worth by the affinities of a better measurement.

use std::collections::BTreeSet;

use taskonomy_core::{Contender, Edge, Policy, TaskId};

use crate::error::PolicyError;
use crate::problem::Problem;
use crate::programme::{WEIGHT_UNIT, weight};

/// A policy of one measurement by the affinities of another, at one budget and order.
#[derive(Debug, Clone, PartialEq)]
pub struct Against {
    /// Largest total cost.
    pub budget: f64,
    /// Most sources of an edge.
    pub order: usize,
    /// What the policy is worth by the other affinities; none where those know no way to read some
    /// target from what it buys, or no logarithm of an affinity.
    pub worth: Option<f64>,
    /// What the best policy is worth by them.
    pub best: f64,
    /// The share of the best that is kept: [`Problem::kept`].
    pub kept: Option<f64>,
    /// Edges of the policy that the other measurement does not have. In their place count the best
    /// that it has of what the policy buys.
    pub replaced: usize,
}

impl Problem {
    /// Solves every budget and order by this problem's affinities, and judges the policies by those of
    /// another, beside its own best. Budgets that reach no policy in one of them are left out.
    ///
    /// # Errors
    /// As [`Problem::solve`] for other reasons than the budget.
    pub fn against(
        &self,
        other: &Self,
        budgets: &[f64],
        orders: &[usize],
    ) -> Result<Vec<Against>, PolicyError> {
        let (own, best) = (self.sweep(budgets, orders), other.sweep(budgets, orders));
        let mut found = Vec::with_capacity(own.len());
        for (own, best) in own.into_iter().zip(best) {
            let (policy, best) = match (own.result, best.result) {
                (Ok(policy), Ok(best)) => (policy, best),
                (Err(error), _) | (_, Err(error)) => match error {
                    PolicyError::Infeasible { .. } | PolicyError::NoEdge { .. } => continue,
                    error => return Err(error),
                },
            };
            let (worth, replaced) = other.clone().order(own.order).judge(&policy);
            let (budget, order, best) = (own.budget, own.order, best.value);
            let kept = worth.and_then(|worth| other.kept(worth, best));
            found.push(Against { budget, order, worth, best, kept, replaced });
        }
        Ok(found)
    }

    /// What a policy is worth here, and how many of its edges had to be replaced.
    fn judge(&self, policy: &Policy) -> (Option<f64>, usize) {
        let known = |edge: &Edge| {
            let mut edges = self.table.edges.iter();
            edges.find(|e| (&e.target, &e.contender) == (&edge.target, &edge.contender))
        };
        let bought: BTreeSet<&TaskId> = policy.bought.iter().collect();
        let reads_bought = |edge: &Edge| match &edge.contender {
            Contender::Transfer(sources) => sources.iter().all(|id| bought.contains(id)),
            _ => bought.contains(&edge.target),
        };
        let stand_in = |edge: &Edge| {
            let edges = self.table.edges.iter().filter(|e| e.target == edge.target);
            let possible = edges.filter(|e| self.allows(e) && reads_bought(e));
            possible.filter_map(|e| weight(self, e)).max()
        };
        let replaced = policy.edges.iter().filter(|edge| known(edge).is_none()).count();
        let worth = |edge| known(edge).map_or_else(|| stand_in(edge), |e| weight(self, e));
        let units = policy.edges.iter().map(worth).sum::<Option<i128>>();
        (units.map(|units| units as f64 / WEIGHT_UNIT), replaced)
    }
}

#[cfg(test)]
mod tests {
    use taskonomy_core::{AffinityTable, Objective};

    use super::*;

    fn problem(rows: &str) -> Problem {
        let csv = format!("target,sources,affinity\n{rows}");
        Problem::new(AffinityTable::read(csv.as_bytes()).unwrap())
    }

    #[test]
    fn policies_of_estimates_by_hand() {
        // The estimate prefers b for t, and a+b for u; the measurement a for both, and lacks a+b->u.
        let estimate = problem("t,a,0.3\nt,b,0.5\nu,a,0.4\nu,b,0.35\nu,a+b,0.6\n");
        let measured = problem("t,a,0.5\nt,b,0.3\nu,a,0.4\nu,b,0.2\n");
        let found = estimate.against(&measured, &[0.0, 1.0, 2.0], &[1, 2]).unwrap();
        let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-9, "{found}");
        let keys: Vec<_> = found.iter().map(|a| (a.order, a.budget, a.replaced)).collect();
        assert_eq!(keys, [(1, 1.0, 0), (1, 2.0, 0), (2, 1.0, 0), (2, 2.0, 1)]);
        for one in found.iter().filter(|against| against.budget == 1.0) {
            near(one.worth.unwrap(), 0.3 + 0.2); // b alone is bought
            near(one.best, 0.9);
            near(one.kept.unwrap(), 0.5 / 0.9);
        }
        // t from b; u from a, or from a+b, in whose place a counts.
        near(found[1].worth.unwrap(), 0.7);
        near(found[3].worth.unwrap(), 0.7);
        let same = measured.against(&measured, &[1.0], &[1]).unwrap();
        assert_eq!(same[0].worth, Some(same[0].best));
    }

    #[test]
    fn of_logarithms_the_geometric_mean_is_kept() {
        let log = |rows: &str| problem(rows).objective(Objective::Log).budget(1.0);
        // The estimate reads both from b, 0.5 × 0.35; the measurement both from a, 0.5 × 0.4.
        let estimate = log("t,a,0.3\nt,b,0.5\nu,a,0.4\nu,b,0.35\n");
        let mut measured = log("t,a,0.5\nt,b,0.3\nu,a,0.4\nu,b,0.2\n");
        let kept = |judge: &Problem| estimate.against(judge, &[1.0], &[1]).unwrap()[0].kept;
        let near = |found: Option<f64>, expected: f64| {
            assert!((found.unwrap() - expected).abs() < 1e-9, "{found:?}");
        };
        near(kept(&measured), (0.3_f64 * 0.2 / (0.5 * 0.4)).sqrt());
        // t counts three times.
        measured.importance.insert("t".parse().unwrap(), 3.0);
        near(kept(&measured), (0.6_f64.powi(3) * 0.5).powf(0.25));
        let zero = log("t,a,0.5\nt,b,0\nu,a,0.4\nu,b,0.2\n");
        assert_eq!(kept(&zero), None, "t<b has no logarithm");
    }
}
