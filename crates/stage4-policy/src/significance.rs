//! Is the policy better than chance? The optimum against random feasible taxonomies that use the
//! same budget (Zamir et al., CVPR 2018, section 4).

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use taskonomy_core::{Edge, Mean, Policy, Spread};

use crate::error::PolicyError;
use crate::problem::Problem;
use crate::programme::{Arc, Programme, Purchase, WEIGHT_UNIT};

mod maximal;

use maximal::{MOST_ITEMS, MOST_SUMS, MaximalPurchases};

/// How often a purchase that leaves a target without an edge is drawn again, before the draw is
/// given up.
pub const MOST_TRIES: usize = 1000;

/// The optimum of one budget among random taxonomies.
#[derive(Debug, Clone, PartialEq)]
pub struct Significance {
    /// The optimal policy.
    pub best: Policy,
    /// Random taxonomies that were asked for.
    pub asked: usize,
    /// Those that reach every target; the others were given up after [`MOST_TRIES`] purchases.
    pub drawn: usize,
    /// Purchases that were drawn in all.
    pub tries: usize,
    /// What is maximised.
    pub objective: Comparison,
    /// Mean win rate against scratch over all targets, and over those that the taxonomy at hand
    /// does not buy.
    pub gain: [Comparison; 2],
    /// Mean win rate against full supervision over the same targets.
    pub quality: [Comparison; 2],
}

/// One number of the optimum and of random taxonomies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// The optimum's, where it is known.
    pub optimal: Option<f64>,
    /// How that of the random ones spreads, where it is known.
    pub random: Option<Spread>,
    /// The share of random taxonomies with a smaller number than the optimum's.
    pub beaten: Option<f64>,
}

impl Comparison {
    fn new(optimal: Option<f64>, random: impl Iterator<Item = Option<f64>>) -> Self {
        let random: Vec<f64> = random.flatten().collect();
        let smaller = |best: f64| random.iter().filter(|number| **number < best).count();
        let beaten = optimal.filter(|_| !random.is_empty());
        let beaten = beaten.map(|best| smaller(best) as f64 / random.len() as f64);
        Self { optimal, random: Spread::of(random), beaten }
    }
}

/// What is compared: the objective, gain over all and over unbought targets, quality likewise.
type Numbers = [Option<f64>; 5];

impl Problem {
    /// What it costs to buy all that some edge needs or that is required: larger budgets buy
    /// nothing more.
    ///
    /// # Errors
    /// As [`Problem::solve`], but for the budget.
    pub fn most_budget(&self) -> Result<f64, PolicyError> {
        let programme = Programme::new(self)?;
        Ok(programme.sources.iter().map(|id| self.cost_of(id)).sum())
    }

    /// Compares the optimum of each budget with that many random taxonomies.
    ///
    /// A random taxonomy first buys: every purchase that is affordable and leaves nothing
    /// affordable is equally likely (with equal costs: every purchase of as many as the budget
    /// allows). What costs nothing is always held, and so is what is required; purchases that
    /// break a constraint are drawn again. Then every target takes one of the edges whose sources
    /// are all held, each equally likely; a purchase that leaves a target without any is drawn
    /// again, up to [`MOST_TRIES`] times.
    ///
    /// Draw k depends on the seed, the problem and k alone: neither threads nor other budgets
    /// change it.
    ///
    /// # Errors
    /// The outer one concerns all budgets, the inner one a single budget, as [`Problem::solve`];
    /// [`PolicyError::Uncountable`] where even drawing is out of reach.
    pub fn significance(
        &self,
        budgets: &[f64],
        random: usize,
        seed: u64,
    ) -> Result<Vec<Result<Significance, PolicyError>>, PolicyError> {
        let mut programme = Programme::with_every_edge(&Self { budget: 0.0, ..self.clone() })?;
        let entries = self.sweep(budgets, &[self.order]);
        let compare = |entry: crate::SweepEntry| {
            let best = entry.result?;
            programme.set_budget(entry.budget);
            self.compare(&programme, best, random, seed)
        };
        Ok(entries.into_iter().map(compare).collect())
    }

    fn compare(
        &self,
        programme: &Programme,
        best: Policy,
        random: usize,
        seed: u64,
    ) -> Result<Significance, PolicyError> {
        let urn = Urn::new(self, programme)?;
        let draws: Vec<(usize, Option<Numbers>)> = (0..random as u64)
            .into_par_iter()
            .map(|draw| {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                rng.set_stream(draw);
                urn.draw(&mut rng)
            })
            .collect();
        let value = |mean: Option<Mean>| mean.map(|mean| mean.value);
        let ([gain, gain_unbought], [quality, quality_unbought]) =
            (best.mean_gain().map(value), best.mean_quality().map(value));
        let of_best = [Some(best.value), gain, gain_unbought, quality, quality_unbought];
        let compared = |k: usize| {
            let random = draws.iter().filter_map(|(_, numbers)| numbers.as_ref());
            Comparison::new(of_best[k], random.map(|numbers| numbers[k]))
        };
        Ok(Significance {
            asked: random,
            drawn: draws.iter().filter(|(_, numbers)| numbers.is_some()).count(),
            tries: draws.iter().map(|(tries, _)| tries).sum(),
            objective: compared(0),
            gain: [compared(1), compared(2)],
            quality: [compared(3), compared(4)],
            best,
        })
    }
}

/// What random taxonomies are drawn from.
struct Urn<'a> {
    problem: &'a Problem,
    programme: &'a Programme,
    /// What every taxonomy holds.
    held: Purchase,
    purchases: MaximalPurchases,
    /// Per target its own index among the sources, if it can be bought.
    own: Vec<Option<usize>>,
}

impl<'a> Urn<'a> {
    fn new(problem: &'a Problem, programme: &'a Programme) -> Result<Self, PolicyError> {
        let costs = programme.cost.iter().zip(&programme.required);
        let held: Purchase = costs.map(|(&cost, &required)| required || cost == 0).collect();
        let left: Vec<(usize, i128)> =
            (0..held.len()).filter(|&s| !held[s]).map(|s| (s, programme.cost[s])).collect();
        let sources = left.len();
        let uncountable =
            || PolicyError::Uncountable { sources, most_sources: MOST_ITEMS, most_sums: MOST_SUMS };
        // The optimum of this budget exists: what is required is affordable.
        let budget = programme.budget - programme.cost_of(&held);
        let purchases = MaximalPurchases::new(left, budget).ok_or_else(uncountable)?;
        let own = programme.targets.iter().map(|id| programme.sources.binary_search(id).ok());
        Ok(Self { problem, own: own.collect(), programme, held, purchases })
    }

    /// How many purchases it took, and the numbers of a taxonomy if one was found.
    fn draw(&self, rng: &mut ChaCha8Rng) -> (usize, Option<Numbers>) {
        for tries in 1..=MOST_TRIES {
            let mut bought = self.held.clone();
            self.purchases.draw(&mut bought, rng);
            if self.programme.counts.iter().all(|count| count.holds(&bought))
                && let Some(arcs) = self.arcs(&bought, rng)
            {
                return (tries, Some(self.numbers(&bought, &arcs)));
            }
        }
        (MOST_TRIES, None)
    }

    /// One of the possible edges of each target.
    fn arcs(&self, bought: &Purchase, rng: &mut ChaCha8Rng) -> Option<Vec<&'a Arc>> {
        let mut arcs = Vec::with_capacity(self.programme.targets.len());
        for edges in &self.programme.edges {
            let is_open = |arc: &&Arc| arc.sources.iter().all(|&s| bought[s]);
            let open: Vec<&Arc> = edges.iter().filter(is_open).collect();
            if open.is_empty() {
                return None;
            }
            arcs.push(open[rng.random_range(0..open.len())]);
        }
        Some(arcs)
    }

    fn numbers(&self, bought: &Purchase, arcs: &[&Arc]) -> Numbers {
        let edge = |arc: &Arc| &self.problem.table.edges[arc.row];
        let is_bought = |target: usize| self.own[target].is_some_and(|own| bought[own]);
        let mean = |unbought: bool, number: fn(&Edge) -> Option<f64>| {
            let over = arcs.iter().enumerate().filter(|(t, _)| !(unbought && is_bought(*t)));
            let known = over.filter_map(|(_, arc)| number(edge(arc)));
            let (sum, count) = known.fold((0.0, 0_u32), |(sum, n), number| (sum + number, n + 1));
            (count > 0).then(|| sum / f64::from(count))
        };
        let value = arcs.iter().map(|arc| arc.weight).sum::<i128>() as f64 / WEIGHT_UNIT;
        let (gain, quality) = (|edge: &Edge| edge.gain, |edge: &Edge| edge.quality);
        [
            Some(value),
            mean(false, gain),
            mean(true, gain),
            mean(false, quality),
            mean(true, quality),
        ]
    }
}

#[cfg(test)]
mod tests;
