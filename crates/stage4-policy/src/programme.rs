//! The programme in whole numbers: sources and edges by index, weights and costs as integers.

use std::collections::{HashMap, HashSet};

use taskonomy_core::{Contender, Edge, Objective, TaskId};

use crate::error::PolicyError;
use crate::problem::Problem;

/// Weights are multiples of 2⁻⁴⁰: sums are exact and do not depend on their order.
pub(crate) const WEIGHT_UNIT: f64 = (1_u64 << 40) as f64;

/// Costs are multiples of a billionth: decimals as people write them add up to what they expect.
pub(crate) const COST_UNIT: f64 = 1e9;

/// Which sources are bought.
pub(crate) type Purchase = Vec<bool>;

/// An edge of one target.
#[derive(Debug, Clone)]
pub(crate) struct Arc {
    /// What must be bought, ascending indices.
    pub sources: Vec<usize>,
    /// Importance × affinity or its log.
    pub weight: i128,
    /// Its row in the table.
    pub row: usize,
}

/// Bounds on the number of bought sources among some.
#[derive(Debug, Clone)]
pub(crate) struct Count {
    pub sources: Vec<usize>,
    pub at_least: usize,
    pub at_most: usize,
}

impl Count {
    pub fn holds(&self, bought: &Purchase) -> bool {
        let count = self.sources.iter().filter(|&&s| bought[s]).count();
        (self.at_least..=self.at_most).contains(&count)
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Programme {
    /// All that can be bought, in ascending order of ids.
    pub sources: Vec<TaskId>,
    pub cost: Vec<i128>,
    /// Divides every cost.
    pub divisor: i128,
    pub budget: i128,
    pub required: Vec<bool>,
    /// How many of some sources are bought.
    pub counts: Vec<Count>,
    pub targets: Vec<TaskId>,
    /// Per target, the best first: by weight, then fewest sources, then smallest ids. Edges that
    /// another one into the same target makes useless are left out.
    pub edges: Vec<Vec<Arc>>,
}

impl Programme {
    pub fn new(problem: &Problem) -> Result<Self, PolicyError> {
        let mut programme = Self::with_every_edge(problem)?;
        for edges in &mut programme.edges {
            *edges = undominated(std::mem::take(edges));
        }
        Ok(programme)
    }

    /// The programme with useless edges, too; those of a target as the table has them.
    pub fn with_every_edge(problem: &Problem) -> Result<Self, PolicyError> {
        problem.check()?;
        let targets = problem.targets();
        let target_at = index(&targets);
        let arc = |(row, edge): (usize, &Edge)| {
            let target = *target_at.get(&edge.target)?;
            let weight = weight(problem, edge).filter(|_| problem.allows(edge))?;
            Some((row, target, weight))
        };
        let edge_of = |row: usize| &problem.table.edges[row];
        let allowed: Vec<(usize, usize, i128)> =
            problem.table.edges.iter().enumerate().filter_map(arc).collect();
        let mut sources: HashSet<&TaskId> =
            allowed.iter().flat_map(|&(row, ..)| needs(edge_of(row))).collect();
        sources.extend(&problem.require);
        let named = problem.constraints.iter().flat_map(|constraint| &constraint.tasks);
        sources.extend(named.filter(|id| problem.can_buy(id)));
        let mut sources: Vec<TaskId> = sources.into_iter().cloned().collect();
        sources.sort_unstable();
        let source_at = index(&sources);

        let mut edges = vec![Vec::new(); targets.len()];
        for (row, target, weight) in allowed {
            let sources = needs(edge_of(row)).iter().map(|id| source_at[id]).collect();
            edges[target].push(Arc { sources, weight, row });
        }
        every_target_has_an_edge(problem, &targets, &edges)?;
        let cost: Vec<i128> =
            sources.iter().map(|id| units(problem.cost_of(id), COST_UNIT)).collect();
        let count = |constraint: &taskonomy_core::Constraint| Count {
            sources: constraint
                .tasks
                .iter()
                .filter_map(|id| sources.binary_search(id).ok())
                .collect(),
            at_least: constraint.at_least.unwrap_or(0),
            at_most: constraint.at_most.unwrap_or(usize::MAX),
        };
        let counts = problem.constraints.iter().map(count).collect();
        Ok(Self {
            divisor: cost.iter().fold(0, |a, &b| gcd(a, b)).max(1),
            cost,
            counts,
            budget: budget_units(problem.budget),
            required: sources.iter().map(|id| problem.require.contains(id)).collect(),
            sources,
            targets,
            edges,
        })
    }

    pub fn cost_of(&self, bought: &Purchase) -> i128 {
        bought.iter().zip(&self.cost).filter(|(b, _)| **b).map(|(_, cost)| cost).sum()
    }

    /// The best edge of every target that the purchase allows; nothing when one has none.
    pub fn choose(&self, bought: &Purchase) -> Option<Vec<&Arc>> {
        let best = |edges: &'_ Vec<Arc>| -> Option<usize> {
            edges.iter().position(|arc| arc.sources.iter().all(|&s| bought[s]))
        };
        self.edges.iter().map(|edges| best(edges).map(|k| &edges[k])).collect()
    }

    /// The sum of the best edges' weights.
    pub fn value(&self, bought: &Purchase) -> Option<i128> {
        self.choose(bought).map(|arcs| arcs.iter().map(|arc| arc.weight).sum())
    }

    /// Returns what can be given back without losing value. Dearest first, so that little is
    /// kept; what stands in `keep` only when nothing else can go.
    pub fn reduce(&self, bought: Purchase, keep: &[usize]) -> Purchase {
        let Some(value) = self.value(&bought) else { return bought };
        self.give_back(bought, keep, |less| self.value(less) == Some(value))
    }

    /// Returns what can be given back while every target keeps an edge, dearest first.
    pub fn reach(&self, bought: Purchase) -> Purchase {
        self.give_back(bought, &[], |less| self.value(less).is_some())
    }

    fn give_back(
        &self,
        mut bought: Purchase,
        keep: &[usize],
        is_fine: impl Fn(&Purchase) -> bool,
    ) -> Purchase {
        let mut order: Vec<usize> =
            (0..bought.len()).filter(|&s| bought[s] && !self.required[s]).collect();
        order.sort_by_key(|s| (keep.contains(s), -self.cost[*s], std::cmp::Reverse(*s)));
        for s in order {
            bought[s] = false;
            if !is_fine(&bought) || !self.counts.iter().all(|count| count.holds(&bought)) {
                bought[s] = true;
            }
        }
        bought
    }

    /// Changes the budget.
    pub fn set_budget(&mut self, budget: f64) {
        self.budget = budget_units(budget);
    }

    /// The programme of the same problem at another order, which is not higher.
    pub fn of_order(&self, problem: &Problem) -> Result<Self, PolicyError> {
        let within = |arcs: &Vec<Arc>| -> Vec<Arc> {
            arcs.iter().filter(|arc| arc.sources.len() <= problem.order).cloned().collect()
        };
        let edges: Vec<Vec<Arc>> = self.edges.iter().map(within).collect();
        every_target_has_an_edge(problem, &self.targets, &edges)?;
        Ok(Self { edges, ..self.clone() })
    }
}

/// Where each id stands.
fn index(ids: &[TaskId]) -> HashMap<&TaskId, usize> {
    ids.iter().enumerate().map(|(k, id)| (id, k)).collect()
}

/// What must be bought for an edge, in ascending order.
fn needs(edge: &Edge) -> &[TaskId] {
    match &edge.contender {
        Contender::Full => std::slice::from_ref(&edge.target),
        Contender::Transfer(sources) => sources.iter().as_slice(),
        Contender::Scratch(_) | Contender::Small => &[],
    }
}

/// What an edge is worth. The log of a zero affinity is no number: such an edge cannot be chosen.
pub(crate) fn weight(problem: &Problem, edge: &Edge) -> Option<i128> {
    let share = match problem.objective {
        Objective::Log if edge.affinity > 0.0 => edge.affinity.ln(),
        Objective::Log => return None,
        Objective::NoSelf if edge.contender == Contender::Full => 0.0,
        Objective::Raw | Objective::NoSelf => edge.affinity,
    };
    Some(units(problem.importance_of(&edge.target) * share, WEIGHT_UNIT))
}

fn budget_units(budget: f64) -> i128 {
    units(budget.min(1e15), COST_UNIT)
}

fn units(number: f64, unit: f64) -> i128 {
    (number * unit).round() as i128
}

fn every_target_has_an_edge(
    problem: &Problem,
    targets: &[TaskId],
    edges: &[Vec<Arc>],
) -> Result<(), PolicyError> {
    let empty = targets.iter().zip(edges).filter(|(_, edges)| edges.is_empty());
    let targets: Vec<TaskId> = empty.map(|(target, _)| target.clone()).collect();
    if targets.is_empty() {
        return Ok(());
    }
    // What is allowed into them can only lack a weight.
    let is_zero = |target: &&TaskId| {
        let mut into = problem.table.edges.iter().filter(|edge| edge.target == **target);
        into.any(|edge| problem.allows(edge))
    };
    let zeros = targets.iter().filter(is_zero).cloned().collect();
    Err(PolicyError::NoEdge { targets, order: problem.order, zeros })
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Sorts the edges of one target and drops those that need all that an earlier one needs.
fn undominated(mut edges: Vec<Arc>) -> Vec<Arc> {
    edges.sort_unstable_by(|a, b| {
        let key = |arc: &Arc| (-arc.weight, arc.sources.len());
        key(a).cmp(&key(b)).then_with(|| a.sources.cmp(&b.sources))
    });
    let mut kept: Vec<Arc> = Vec::with_capacity(edges.len());
    // Of each kept edge the needs as bits, modulo 64: most pairs are told apart by these.
    let mut sketches: Vec<u64> = Vec::with_capacity(edges.len());
    for edge in edges {
        let sketch = edge.sources.iter().fold(0, |bits, s| bits | 1_u64 << (s % 64));
        let within = |arc: &Arc| arc.sources.iter().all(|s| edge.sources.binary_search(s).is_ok());
        let mut better = sketches.iter().zip(&kept);
        if !better.any(|(&its, arc)| its & !sketch == 0 && within(arc)) {
            kept.push(edge);
            sketches.push(sketch);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use taskonomy_core::{AffinityTable, Role};

    use super::*;

    fn programme(csv: &str, change: impl FnOnce(&mut Problem)) -> Result<Programme, PolicyError> {
        let csv = format!("target,sources,affinity\n{csv}");
        let mut problem = Problem::new(AffinityTable::read(csv.as_bytes()).unwrap());
        change(&mut problem);
        Programme::new(&problem)
    }

    fn edges(programme: &Programme) -> Vec<String> {
        let name = |arc: &Arc| {
            let ids: Vec<_> = arc.sources.iter().map(|&s| programme.sources[s].as_str()).collect();
            ids.join("+")
        };
        programme.edges.iter().flatten().map(name).collect()
    }

    #[test]
    fn edges_that_read_their_target_and_dominated_edges_are_left_out() {
        let p = programme(
            "t,t,0.9\nt,a+t,0.9\nt,self,0.1\nt,a,0.3\nt,a+b,0.3\nt,b,0.2\nt,b+c,0.25",
            |_| (),
        );
        assert_eq!(edges(&p.unwrap()), ["a", "b+c", "b", "t"]);
    }

    #[test]
    fn roles_order_and_forbidden_tasks_limit_edges() {
        let csv = "t,self,0.5\nt,a,0.3\nt,a+b,0.4\nt,c,0.2";
        let role = |id: &str, role| (id.parse().unwrap(), role);
        let p = programme(csv, |p| p.roles.extend([role("t", Role::TargetOnly)])).unwrap();
        assert_eq!(edges(&p), ["a+b", "a", "c"]);
        let p = programme(csv, |p| {
            p.order = 1;
            p.forbid.insert("t".parse().unwrap());
            p.roles.extend([role("c", Role::TargetOnly)]);
        });
        // `c` is named a target and has no edge.
        let targets = vec!["c".parse().unwrap()];
        assert_eq!(p.unwrap_err(), PolicyError::NoEdge { targets, order: 1, zeros: vec![] });
        let p = programme("t,a,0\nt,b,0.5", |p| p.objective = Objective::Log).unwrap();
        assert_eq!(edges(&p), ["b"]);
        let p = programme("t,self,0.9\nt,b,0.5", |p| p.objective = Objective::NoSelf).unwrap();
        assert_eq!(edges(&p), ["b", "t"]);
    }

    #[test]
    fn targets_whose_affinities_have_no_logarithm_are_told_from_others() {
        let found = |csv: &str, order: usize| {
            let p = programme(csv, |p| (p.objective, p.order) = (Objective::Log, order));
            p.unwrap_err()
        };
        let [t, u] = ["t", "u"].map(|name| TaskId::new(name).unwrap());
        let csv = "t,a,0\nt,a+b,0.5\nt,a+t,0.5\nu,a+b,0\nv,a,0.5";
        let error = found(csv, 1);
        let (targets, zeros) = (vec![t.clone(), u.clone()], vec![t]);
        assert_eq!(error, PolicyError::NoEdge { targets, order: 1, zeros });
        assert!(error.to_string().contains("edges of affinity 0, which has no logarithm"));
        let error = found(csv, 2);
        let (targets, zeros) = (vec![u.clone()], vec![u]);
        assert_eq!(error, PolicyError::NoEdge { targets, order: 2, zeros });
        assert_eq!(
            error.to_string(),
            "no edge of at most 2 sources leads to `u`, once edges of affinity 0, which has no \
             logarithm, are left out"
        );
    }

    #[test]
    fn decimal_costs_add_up() {
        let p = programme("t,a+b+c,0.5", |p| {
            p.budget = 0.3;
            p.cost.extend(["a", "b", "c"].map(|id| (id.parse().unwrap(), 0.1)));
        });
        let p = p.unwrap();
        assert_eq!(p.cost_of(&vec![true; 3]), p.budget);
    }
}
