//! The second, independent way: a general solver of mixed-integer programmes, microlp or `HiGHS`. It
//! takes side constraints that the Lagrangian solver does not know, and checks it in the tests.

mod backend;
mod model;
mod refine;

use crate::error::PolicyError;
pub(crate) use crate::milp::backend::Backend;
use crate::milp::model::{Cut, Query};
use crate::programme::{Programme, Purchase, WEIGHT_UNIT};

/// A solution.
pub(crate) struct Solved {
    pub bought: Purchase,
    /// In units of the objective.
    pub bound: f64,
    pub proved: bool,
    pub nodes: u64,
}

/// A first pass finds an optimum up to the solver's arithmetic; a second compares everything near
/// it in whole numbers and applies the tie rules. Nothing where the budget reaches no policy.
pub(crate) fn solve(
    programme: &Programme,
    backend: Backend,
    any_optimum: bool,
) -> Result<Option<Solved>, PolicyError> {
    let Some((start, bound, proved, mut nodes)) = first_pass(programme, backend)? else {
        return Ok(None);
    };
    if any_optimum {
        let bought = programme.reduce(start, &[]);
        return Ok(Some(Solved { bought, bound: bound / WEIGHT_UNIT, proved, nodes }));
    }
    let refined = refine::refine(programme, backend, start)?;
    nodes += refined.nodes;
    let value = programme.value(&refined.bought).unwrap_or(i128::MIN);
    // After a complete second pass nothing within the window is better, in whole numbers.
    let bound = (value + refined.open.unwrap_or(0)) as f64 / WEIGHT_UNIT;
    let proved = proved && refined.open.is_none();
    Ok(Some(Solved { bought: refined.bought, bound, proved, nodes }))
}

fn first_pass(
    programme: &Programme,
    backend: Backend,
) -> Result<Option<(Purchase, f64, bool, u64)>, PolicyError> {
    let (mut cuts, mut nodes) = (Vec::new(), 0);
    loop {
        let query =
            Query { programme, backend, limit: Some(programme.budget), fixed: &[], cuts: &cuts };
        let Some(found) = query.optimise()? else { return Ok(None) };
        nodes += found.nodes;
        if programme.value(&found.bought).is_none() {
            return Err(PolicyError::Solver("it left a target without an edge".into()));
        }
        if programme.cost_of(&found.bought) <= programme.budget {
            return Ok(Some((found.bought, found.bound, found.proved, nodes)));
        }
        // Only the solver's tolerance let it through the budget row.
        cuts.push(Cut::NotAll(found.bought));
    }
}

/// The cost of the cheapest purchase that reaches every target; nothing where constraints let
/// none be.
pub(crate) fn cheapest(
    programme: &Programme,
    backend: Backend,
) -> Result<Option<i128>, PolicyError> {
    let query = Query { programme, backend, limit: None, fixed: &[], cuts: &[] };
    Ok(query.optimise()?.map(|found| programme.cost_of(&found.bought)))
}
