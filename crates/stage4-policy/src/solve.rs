//! From the problem to its policy.

use taskonomy_core::{Edge, Policy, Status};

use crate::error::PolicyError;
use crate::model::{Cut, Query};
use crate::problem::Problem;
use crate::programme::{COST_UNIT, Programme, Purchase, WEIGHT_UNIT};
use crate::refine::refine;

impl Problem {
    /// Solves the programme.
    ///
    /// A first pass finds an optimum up to the solver's arithmetic; a second compares everything
    /// near it in whole numbers and applies the tie rules (`any_optimum` skips it): the cheapest
    /// purchase without useless tasks, then the smallest sorted list of bought ids, then per
    /// target the fewest sources, then the smallest ids. A free task is bought only when it is
    /// needed.
    ///
    /// # Errors
    /// What is out of range, contradictory or cannot be reached: see [`PolicyError`].
    pub fn solve(&self) -> Result<Policy, PolicyError> {
        let programme = Programme::new(self)?;
        let (start, bound, mut proved, mut nodes) = first_pass(self, &programme)?;
        let mut open = None;
        let bought = if self.any_optimum {
            programme.reduce(start, &[])
        } else {
            let refined = refine(&programme, start)?;
            nodes += refined.nodes;
            open = refined.open;
            proved &= open.is_none();
            refined.bought
        };
        let arcs = programme.choose(&bought).expect("both passes return purchases that reach all");
        let value = arcs.iter().map(|arc| arc.weight).sum::<i128>();
        // After a complete second pass nothing within the window is better, in whole numbers.
        let bound = match open {
            Some(window) => (value + window) as f64,
            None if self.any_optimum => bound.max(value as f64),
            None => value as f64,
        } / WEIGHT_UNIT;
        let edges: Vec<Edge> = arcs.iter().map(|arc| self.table.edges[arc.row].clone()).collect();
        let cost = programme.cost_of(&bought) as f64 / COST_UNIT;
        let value = value as f64 / WEIGHT_UNIT;
        let held = programme.sources.into_iter().zip(&bought).filter(|(_, bought)| **bought);
        Ok(Policy {
            bought: held.map(|(id, _)| id).collect(),
            edges,
            objective: self.objective,
            value,
            bound,
            status: if proved {
                Status::Optimal
            } else {
                Status::Bounded { gap: (bound - value) / value.abs().max(f64::MIN_POSITIVE) }
            },
            budget: self.budget,
            cost,
            order: self.order,
            nodes: Some(nodes),
        })
    }
}

fn first_pass(
    problem: &Problem,
    programme: &Programme,
) -> Result<(Purchase, f64, bool, u64), PolicyError> {
    let (mut cuts, mut nodes) = (Vec::new(), 0);
    loop {
        let query = Query { programme, limit: Some(programme.budget), fixed: &[], cuts: &cuts };
        let Some(found) = query.optimise()? else {
            return Err(infeasible(problem, programme)?);
        };
        nodes += found.nodes;
        if programme.value(&found.bought).is_none() {
            return Err(PolicyError::Solver("it left a target without an edge".into()));
        }
        if programme.cost_of(&found.bought) <= programme.budget {
            return Ok((found.bought, found.bound, found.proved, nodes));
        }
        // Only the solver's tolerance let it through the budget row.
        cuts.push(Cut::NotAll(found.bought));
    }
}

/// What the budget would have to be.
fn infeasible(problem: &Problem, programme: &Programme) -> Result<PolicyError, PolicyError> {
    let query = Query { programme, limit: None, fixed: &[], cuts: &[] };
    let Some(cheapest) = query.optimise()? else {
        return Err(PolicyError::Solver("it finds no purchase at any budget".into()));
    };
    let required = programme.cost_of(&programme.required);
    let out_of_reach = |arcs: &Vec<crate::programme::Arc>| {
        let extra = |arc: &crate::programme::Arc| -> i128 {
            let more = arc.sources.iter().filter(|&&s| !programme.required[s]);
            more.map(|&s| programme.cost[s]).sum()
        };
        arcs.iter().all(|arc| required + extra(arc) > programme.budget)
    };
    let pairs = programme.targets.iter().zip(&programme.edges);
    Ok(PolicyError::Infeasible {
        budget: problem.budget,
        minimum: programme.cost_of(&cheapest.bought) as f64 / COST_UNIT,
        unaffordable: pairs
            .filter(|(_, arcs)| out_of_reach(arcs))
            .map(|(target, _)| target.clone())
            .collect(),
    })
}
