//! The Lagrangian relaxation of the link rows.
//!
//! With a multiplier `λ_ts` ≥ 0 on every row `Σ_{e into t, s ∈ S(e)} x_e ≤ y_s` the programme falls
//! apart into one choice per target and one choice of sources:
//!
//! ```text
//! L(λ) = Σ_t max_e (w_e − Σ_{s ∈ S(e)} λ_ts) + max_y Σ_s (ρ_s − price_s) y_s,   ρ_s = Σ_t λ_ts
//! ```
//!
//! Multipliers are whole numbers, and so are all sums: L is an upper bound without any rounding.

use crate::exact::budget::Selection;
use crate::exact::core::Core;

/// A relaxation at some multipliers.
#[derive(Debug, Clone)]
pub(crate) struct Relaxation {
    /// Per link.
    pub lambda: Vec<i64>,
    /// Per source: ρ − price.
    pub profit: Vec<i64>,
    /// No solution of the core is worth more.
    pub bound: i64,
    /// The chosen edge of every target.
    pub chosen: Vec<u32>,
    /// What the chosen edge is worth at these multipliers.
    pub reduced: Vec<i64>,
    pub selection: Selection,
}

impl Relaxation {
    pub fn new(core: &Core, lambda: Vec<i64>) -> Self {
        let mut profit: Vec<i64> = core.price.iter().map(|price| -price).collect();
        for (link, &s) in core.source_of.iter().enumerate() {
            profit[s as usize] += lambda[link];
        }
        let targets = core.targets();
        let mut this = Self {
            lambda,
            profit,
            bound: i64::MAX,
            chosen: vec![0; targets],
            reduced: vec![0; targets],
            selection: Selection::new(),
        };
        this.evaluate(core);
        this
    }

    /// Computes the bound at the present multipliers.
    pub fn evaluate(&mut self, core: &Core) {
        let mut bound = core.settled;
        for target in 0..core.targets() {
            let (mut best, mut chosen) = (i64::MIN, 0);
            for edge in core.edges(target) {
                let weight = core.weight[edge];
                // Multipliers only take away, and weights descend.
                if weight <= best {
                    break;
                }
                let prices = core.needs(edge).iter().map(|&link| self.lambda[link as usize]);
                let reduced = weight - prices.sum::<i64>();
                if reduced > best {
                    (best, chosen) = (reduced, edge as u32);
                }
            }
            bound += best;
            self.chosen[target] = chosen;
            self.reduced[target] = best;
        }
        self.selection.solve(&self.profit, &core.cost, core.budget);
        self.bound = bound + self.selection.bound;
    }

    /// What an edge is worth at these multipliers.
    pub fn reduced_weight(&self, core: &Core, edge: usize) -> i64 {
        let prices = core.needs(edge).iter().map(|&link| self.lambda[link as usize]);
        core.weight[edge] - prices.sum::<i64>()
    }

    /// How far the bound falls at least when the fate of a source is the other one.
    pub fn regret(&self, core: &Core, source: usize) -> i64 {
        let (profit, cost) = (self.profit[source], core.cost[source]);
        if self.selection.taken[source] {
            self.selection.loss_out(profit, cost)
        } else {
            self.selection.loss_in(profit, cost)
        }
    }
}
