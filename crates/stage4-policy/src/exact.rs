//! Our own exact method: Lagrangian relaxation of the link rows, reduced-cost fixing, branch and
//! bound. Every bound and every comparison is in whole numbers.

mod budget;
mod core;
mod enumeration;
mod fixing;
mod frontier;
mod goal;
mod incumbent;
mod relaxation;
mod search;
mod subgradient;
#[cfg(test)]
mod tests;
mod ties;

use crate::exact::core::{Core, Fate};
use crate::exact::goal::{Goal, Scaled};
use crate::exact::search::{Outcome, Search, start};
use crate::limits::Limits;
use crate::programme::{Programme, Purchase};

/// What is carried from one programme of a sweep to the next.
#[derive(Debug, Clone, Default)]
pub(crate) struct Warm {
    /// Good purchases, each once.
    pub purchases: Vec<Purchase>,
    /// Per link of the programme.
    pub multipliers: Vec<i64>,
}

/// A solution.
#[derive(Debug, Clone)]
pub(crate) struct Solved {
    pub bought: Purchase,
    /// Nothing within the budget is worth more; the value where it is proved to be the optimum.
    pub bound: i128,
    pub nodes: u64,
}

/// There is no policy.
#[derive(Debug, Clone)]
pub(crate) enum Unsolved {
    /// The cheapest purchase that reaches all targets costs this much.
    TooDear { minimum: i128 },
    /// Limits ended the search for any purchase.
    CutOff,
}

const FOUND: &str = "a purchase is found before the search";

/// Solves the programme; `warm` serves as a start and takes what the solution teaches.
pub(crate) fn solve(
    programme: &Programme,
    any_optimum: bool,
    limits: &Limits<'_>,
    warm: &mut Warm,
) -> Result<Solved, Unsolved> {
    let goal = Goal::Value { limit: programme.budget, not: &[] };
    let scaled = Scaled::new(programme, goal);
    let whole = scaled.core();
    if warm.multipliers.len() != whole.source_of.len() {
        warm.multipliers = vec![0; whole.source_of.len()];
    }
    let mut nodes = 0;
    let Some(core) = root(programme, &whole) else {
        return Err(too_dear(programme, limits, &mut nodes));
    };
    let mut search = Search::new(scaled, None, limits);
    search.multipliers = std::mem::take(&mut warm.multipliers);
    warm.purchases.iter().for_each(|purchase| search.offer(purchase.clone()));
    // A search that is cut off is left with its start: what smaller budgets buy would be a poor one.
    if search.incumbent.is_none() || limits.can_cut() {
        start(&mut search, &core);
    }
    if search.incumbent.is_none() {
        let (cheapest, complete) = cheapest(programme, limits, &mut nodes);
        match cheapest {
            Some(purchase) if programme.cost_of(&purchase) <= programme.budget => {
                search.offer(purchase);
            }
            Some(purchase) if complete => {
                warm.multipliers = search.multipliers;
                return Err(Unsolved::TooDear { minimum: programme.cost_of(&purchase) });
            }
            _ => {
                warm.multipliers = search.multipliers;
                return Err(Unsolved::CutOff);
            }
        }
    }
    search.nodes = nodes;
    let outcome = search.run(core);
    let (value, mut nodes) = (search.worth.expect(FOUND), search.nodes);
    warm.multipliers = std::mem::take(&mut search.multipliers);
    let incumbent = search.incumbent.take().expect(FOUND);
    let mut bought = programme.reduce(incumbent, &[]);
    let mut bound = value;
    match outcome {
        Outcome::CutOff { bound: open } => bound = open.max(value),
        Outcome::Complete if any_optimum => {}
        Outcome::Complete => {
            let mut pass = ties::Pass::new(programme, &whole, value, limits, &warm.multipliers);
            pass.first(&mut bought);
            nodes += pass.nodes;
        }
    }
    if !warm.purchases.contains(&bought) {
        warm.purchases.push(bought.clone());
    }
    Ok(Solved { bought, bound, nodes })
}

/// The core with what is required bought.
fn root(programme: &Programme, whole: &Core) -> Option<Core> {
    let fate = |required: &bool| if *required { Fate::In } else { Fate::Free };
    let fates: Vec<Fate> = programme.required.iter().map(fate).collect();
    let zeros = vec![0; whole.source_of.len()];
    whole.reduce(&fates, |_| true, &zeros).map(|(core, _)| core)
}

/// What the budget would have to be.
fn too_dear(programme: &Programme, limits: &Limits<'_>, nodes: &mut u64) -> Unsolved {
    match cheapest(programme, limits, nodes) {
        (Some(purchase), true) => Unsolved::TooDear { minimum: programme.cost_of(&purchase) },
        _ => Unsolved::CutOff,
    }
}

/// The cheapest purchase that reaches every target, and whether that is proved.
fn cheapest(
    programme: &Programme,
    limits: &Limits<'_>,
    nodes: &mut u64,
) -> (Option<Purchase>, bool) {
    let scaled = Scaled::new(programme, Goal::Cost);
    let whole = scaled.core();
    let Some(core) = root(programme, &whole) else { return (None, true) };
    // All that can be bought reaches all targets: every one has an edge.
    let mut search = Search::new(scaled, None, limits);
    search.multipliers = vec![0; whole.source_of.len()];
    search.offer(programme.reach(vec![true; programme.sources.len()]));
    search.nodes = *nodes;
    let outcome = search.run(core);
    *nodes = search.nodes;
    (search.incumbent, matches!(outcome, Outcome::Complete))
}
