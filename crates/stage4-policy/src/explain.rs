//! Why a policy is what it is. Every number is the difference of two solved programmes, so that a
//! user gets the same by solving again: what is lost without a source is what `forbid` loses.

use std::collections::BTreeSet;

use taskonomy_core::{Edge, Policy, TaskId};

use crate::error::PolicyError;
use crate::problem::Problem;
use crate::programme::{Programme, WEIGHT_UNIT};

/// Most equal optima that are listed.
pub const MOST_OPTIMA: usize = 20;

/// Programmes that are solved at most in the search for equal optima.
const MOST_SOLVES: usize = 400;

/// The reasons of a policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The policy.
    pub policy: Policy,
    /// One per target, in the order of the policy's edges.
    pub targets: Vec<TargetReason>,
    /// One per bought task, in ascending order.
    pub sources: Vec<SourceReason>,
    /// The policy for a budget that is larger by one.
    pub one_more: Policy,
    /// All purchases of the same value from which nothing can be given back, this policy's first;
    /// at most [`MOST_OPTIMA`].
    pub optima: Vec<Policy>,
    /// Whether `optima` is complete.
    pub all_optima: bool,
}

/// Why a target uses its edge.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetReason {
    /// The edge it uses.
    pub edge: Edge,
    /// The best edge it could have had, unless that is the one it has.
    pub given_up: Option<GivenUp>,
}

/// An edge that a better supplied target would use.
#[derive(Debug, Clone, PartialEq)]
pub struct GivenUp {
    /// The edge.
    pub edge: Edge,
    /// What would have to be bought for it, in ascending order.
    pub missing: Vec<TaskId>,
    /// How much more it is worth than the edge that is used, in units of the objective.
    pub worth: f64,
}

/// Why a task is bought.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceReason {
    /// The task.
    pub source: TaskId,
    /// The targets whose edge needs it, in ascending order.
    pub serves: Vec<TaskId>,
    /// The best policy without it; nothing where there is none within the budget.
    pub without: Option<Policy>,
}

impl Explanation {
    /// What is lost without a source, in units of the objective; nothing where no policy does
    /// without it.
    pub fn loss(&self, reason: &SourceReason) -> Option<f64> {
        reason.without.as_ref().map(|without| self.policy.value - without.value)
    }

    /// What one more unit of budget is worth.
    pub fn gain(&self) -> f64 {
        self.one_more.value - self.policy.value
    }
}

impl Problem {
    /// Solves the programme, and those that say why the policy is what it is.
    ///
    /// # Errors
    /// As [`Problem::solve`].
    pub fn explain(&self) -> Result<Explanation, PolicyError> {
        let policy = self.solve()?;
        let programme = Programme::new(self)?;
        let targets = policy.edges.iter().zip(&programme.edges).map(|(edge, arcs)| {
            let own = self.weight_of(edge);
            let best = arcs.first().filter(|best| best.weight > own);
            let given_up = best.map(|best| {
                let edge = self.table.edges[best.row].clone();
                let missing = edge.needs().into_iter().filter(|id| !policy.is_bought(id));
                let worth = (best.weight - own) as f64 / WEIGHT_UNIT;
                GivenUp { missing: missing.collect(), worth, edge }
            });
            TargetReason { edge: edge.clone(), given_up }
        });
        let targets = targets.collect();
        let sources = policy.bought.iter().map(|source| {
            let serves = policy.edges.iter().filter(|edge| edge.needs().contains(source));
            let serves = serves.map(|edge| edge.target.clone()).collect();
            let mut problem = self.clone();
            problem.require.remove(source);
            problem.forbid.insert(source.clone());
            let without = feasible(problem.solve())?;
            Ok(SourceReason { source: source.clone(), serves, without })
        });
        let sources = sources.collect::<Result<_, PolicyError>>()?;
        let one_more = self.clone().budget(self.budget + 1.0).solve()?;
        let (optima, all_optima) = self.optima(&policy, &programme)?;
        Ok(Explanation { policy, targets, sources, one_more, optima, all_optima })
    }

    /// The purchases of the policy's value from which nothing can be given back.
    ///
    /// Lawler's partition: any other such purchase lacks something of this one, and the first
    /// thing that it lacks, in ascending order, says in which part it is. A part requires what
    /// comes before and forbids that thing.
    fn optima(
        &self,
        policy: &Policy,
        programme: &Programme,
    ) -> Result<(Vec<Policy>, bool), PolicyError> {
        let mut optima = vec![policy.clone()];
        let mut seen = BTreeSet::from([policy.bought.clone()]);
        let mut parts = vec![(self.clone(), policy.clone())];
        let mut solves = 0;
        while let Some((part, found)) = parts.pop() {
            let mut rest = part.clone();
            for source in &found.bought {
                if part.require.contains(source) {
                    continue;
                }
                if optima.len() == MOST_OPTIMA || solves == MOST_SOLVES {
                    return Ok((optima, false));
                }
                let mut lacking = rest.clone();
                lacking.forbid.insert(source.clone());
                rest.require.insert(source.clone());
                solves += 1;
                let Some(next) = feasible(lacking.solve())? else { continue };
                if next.value < policy.value {
                    continue;
                }
                let least = self.without_useless(&next, programme);
                if seen.insert(least.bought.clone()) {
                    optima.push(least);
                }
                parts.push((lacking, next));
            }
        }
        optima[1..].sort_by(|a, b| a.cost.total_cmp(&b.cost).then_with(|| a.bought.cmp(&b.bought)));
        Ok((optima, true))
    }

    /// The policy without what only the search required.
    fn without_useless(&self, policy: &Policy, programme: &Programme) -> Policy {
        let bought = programme.sources.iter().map(|id| policy.is_bought(id)).collect();
        let bought = programme.reduce(bought, &[]);
        self.policy(programme, bought, policy.bound, true, policy.nodes)
    }

    fn weight_of(&self, edge: &Edge) -> i128 {
        crate::programme::weight(self, edge).expect("policies choose edges that have a weight")
    }
}

fn feasible(result: Result<Policy, PolicyError>) -> Result<Option<Policy>, PolicyError> {
    match result {
        Ok(policy) => Ok(Some(policy)),
        Err(
            PolicyError::Infeasible { .. } | PolicyError::NoEdge { .. } | PolicyError::Constraints,
        ) => Ok(None),
        Err(error) => Err(error),
    }
}
