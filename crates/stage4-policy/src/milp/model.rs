//! The programme as a mixed-integer model in link form, for a general solver.

use good_lp::{Expression, Variable, constraint, variable, variables};

use crate::error::PolicyError;
use crate::milp::backend::{Backend, Model};
use crate::programme::{Programme, Purchase};

/// What a purchase must not be.
#[derive(Debug, Clone)]
pub(crate) enum Cut {
    /// It must not hold all of these.
    NotAll(Purchase),
    /// It must hold something else than these.
    Beyond(Purchase),
}

pub(crate) struct Query<'a> {
    pub programme: &'a Programme,
    pub backend: Backend,
    /// Largest cost; none: the cheapest purchase that reaches all targets is wanted.
    pub limit: Option<i128>,
    /// Sources whose fate is settled.
    pub fixed: &'a [(usize, bool)],
    pub cuts: &'a [Cut],
}

pub(crate) struct Found {
    pub bought: Purchase,
    /// What the solver proved of the objective, in units of weight.
    pub bound: f64,
    /// Whether the tree was searched to its end.
    pub proved: bool,
    pub nodes: u64,
}

impl Query<'_> {
    /// The optimum up to the solver's arithmetic (about 1e-9 of the largest weight); nothing
    /// where the constraints cannot be met. Callers evaluate the purchase in whole numbers.
    pub fn optimise(&self) -> Result<Option<Found>, PolicyError> {
        let Programme { sources, cost, divisor, required, counts, edges, .. } = self.programme;
        let divisor = *divisor;
        if self.limit.is_some_and(|limit| limit < 0) {
            return Ok(None);
        }
        let mut vars = variables!();
        let mut bounds = vec![(0, 1); sources.len()];
        for (s, bound) in bounds.iter_mut().enumerate() {
            if required[s] {
                *bound = (1, 1);
            } else if self.limit.is_some_and(|limit| cost[s] > limit) {
                *bound = (0, 0);
            }
        }
        for &(s, value) in self.fixed {
            let value = i32::from(value);
            if value < bounds[s].0 || value > bounds[s].1 {
                return Ok(None);
            }
            bounds[s] = (value, value);
        }
        let y: Vec<Variable> = bounds
            .iter()
            .map(|&(min, max)| vars.add(variable().integer().min(min).max(max)))
            .collect();
        // One edge per target is chosen, so that only differences to the best one matter: that
        // keeps the numbers small.
        let best: i128 = edges.iter().map(|edges| edges[0].weight).sum();
        let spread = edges
            .iter()
            .flat_map(|edges| edges.iter().map(|arc| edges[0].weight - arc.weight))
            .max()
            .unwrap_or(0)
            .max(1) as f64;
        let mut loss = Expression::default();
        let mut rows = Vec::new();
        for edges in edges {
            let mut one = Expression::default();
            let mut links: Vec<Expression> = vec![Expression::default(); sources.len()];
            let mut used = vec![false; sources.len()];
            for arc in edges {
                let x = vars.add(variable().min(0).max(1));
                one.add_mul(1.0, x);
                loss.add_mul((edges[0].weight - arc.weight) as f64 / spread, x);
                for &s in &arc.sources {
                    links[s].add_mul(1.0, x);
                    used[s] = true;
                }
            }
            rows.push(constraint!(one == 1.0));
            for (s, link) in links.into_iter().enumerate().filter(|&(s, _)| used[s]) {
                rows.push(constraint!(link <= y[s]));
            }
        }
        for count in counts {
            let held = || count.sources.iter().map(|&s| y[s]).sum::<Expression>();
            if count.at_least > 0 {
                rows.push(constraint!(held() >= count.at_least as f64));
            }
            if count.at_most < count.sources.len() {
                rows.push(constraint!(held() <= count.at_most as f64));
            }
        }
        // Costs by their common divisor, so that half a unit more lets no other purchase in.
        let dearest = cost.iter().max().copied().unwrap_or(0).max(divisor) / divisor;
        let share = |cost: i128| (cost / divisor) as f64 / dearest as f64;
        let mut total = Expression::default();
        for (&cost, &y) in cost.iter().zip(&y) {
            total.add_mul(share(cost), y);
        }
        if let Some(limit) = self.limit {
            rows.push(constraint!(total.clone() <= share(limit) + 0.5 / dearest as f64));
        }
        for cut in self.cuts {
            match cut {
                Cut::NotAll(set) => {
                    let size = set.iter().filter(|b| **b).count() as f64;
                    let held: Expression = members(&y, set, true).sum();
                    rows.push(constraint!(held <= size - 1.0));
                }
                Cut::Beyond(set) => {
                    let other: Expression = members(&y, set, false).sum();
                    rows.push(constraint!(other >= 1.0));
                }
            }
        }
        let objective = if self.limit.is_some() { loss } else { total };
        let model = Model { problem: vars.minimise(objective), rows, wanted: y };
        let answer = self.backend.minimise(model)?;
        Ok(answer.map(|answer| Found {
            bought: answer.values.iter().map(|&y| y > 0.5).collect(),
            bound: best as f64 - answer.least * spread,
            proved: answer.proved,
            nodes: answer.nodes,
        }))
    }
}

fn members<'a>(
    y: &'a [Variable],
    set: &'a Purchase,
    held: bool,
) -> impl Iterator<Item = Variable> + 'a {
    y.iter().zip(set).filter(move |(_, b)| **b == held).map(|(&y, _)| y)
}
