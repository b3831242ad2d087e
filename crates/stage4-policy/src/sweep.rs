//! Many budgets and orders of one problem.
//!
//! The programme is built once, the multipliers of one budget start the next (they bound every
//! budget: only the knapsack part of the relaxation changes), and so do purchases: what a smaller
//! budget or order allows, a larger one does too.

use taskonomy_core::Policy;

use crate::error::PolicyError;
use crate::exact::Warm;
use crate::limits::Limits;
use crate::problem::Problem;
use crate::programme::Programme;

/// One budget and order of a sweep.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepEntry {
    /// Largest total cost.
    pub budget: f64,
    /// Most sources of an edge.
    pub order: usize,
    /// What [`Problem::solve`] returns for them, apart from the number of nodes, which is smaller
    /// the more the entries before have taught. With `any_optimum` it may be another optimum.
    pub result: Result<Policy, PolicyError>,
}

impl Problem {
    /// Solves the problem for every budget and order, in the order of the arguments: all budgets
    /// of the first order, then all of the next. Ascending ones reuse most.
    pub fn sweep(&self, budgets: &[f64], orders: &[usize]) -> Vec<SweepEntry> {
        self.sweep_within(budgets, orders, &Limits::default())
    }

    /// Like [`Problem::sweep`], with limits for each entry.
    pub fn sweep_within(
        &self,
        budgets: &[f64],
        orders: &[usize],
        limits: &Limits<'_>,
    ) -> Vec<SweepEntry> {
        let mut problem = self.clone();
        problem.order = orders.iter().copied().max().unwrap_or(self.order).max(1);
        problem.budget = 0.0;
        let widest = Programme::new(&problem);
        let mut entries = Vec::with_capacity(budgets.len() * orders.len());
        let mut purchases = Vec::new();
        for &order in orders {
            problem.order = order;
            let mut programme = widest.clone().and_then(|widest| widest.of_order(&problem));
            let mut warm = Warm { purchases, multipliers: Vec::new() };
            for &budget in budgets {
                problem.budget = budget;
                let result = problem.check_limits().and_then(|()| {
                    let programme = programme.as_mut().map_err(|error| error.clone())?;
                    programme.set_budget(budget);
                    problem.solve_programme(programme, limits, &mut warm)
                });
                entries.push(SweepEntry { budget, order, result });
            }
            purchases = warm.purchases;
        }
        entries
    }
}
