//! The second pass: exact comparison of everything near the optimum, and the tie rules.
//!
//! A solver in floating point cannot tell sums apart that differ by less than about 1e-9. Every
//! purchase it finds within a wider window of the best is therefore evaluated in whole numbers
//! and then cut off, until the best of the rest lies below the window.
//!
//! Among equal optima that need everything they buy: the cheapest, then the smallest sorted list
//! of ids. (Such purchases never contain one another, so that cutting one off with its supersets
//! loses none.)

use crate::error::PolicyError;
use crate::milp::backend::Backend;
use crate::milp::model::{Cut, Query};
use crate::programme::{Programme, Purchase};

/// The window, relative to the largest difference of weights into one target.
const WINDOW: f64 = 1e-7;

/// Solves of one second pass. Only tables with thousands of optima, or weights that differ by many
/// orders of magnitude, come here.
const MAX_SOLVES: usize = 2_000;

/// The outcome of a second pass.
pub(crate) struct Refined {
    pub bought: Purchase,
    pub nodes: u64,
    /// Whether the pass came to its end; if not, nothing is better than the value plus this.
    pub open: Option<i128>,
}

enum Step {
    /// Nothing else reaches the value.
    Nothing,
    /// Another purchase of the same value.
    Tie(Purchase),
    /// The first pass missed this one.
    Better(Purchase),
    /// Too many solves.
    CutOff,
}

struct Search<'a> {
    programme: &'a Programme,
    backend: Backend,
    value: i128,
    window: i128,
    /// No purchase within one of these is optimal.
    beyond: Vec<Cut>,
    /// Optima that are known.
    known: Vec<Cut>,
    solves: usize,
    nodes: u64,
}

pub(crate) fn refine(
    programme: &Programme,
    backend: Backend,
    start: Purchase,
) -> Result<Refined, PolicyError> {
    let spread = |arcs: &Vec<crate::programme::Arc>| {
        arcs.iter().map(|arc| arcs[0].weight - arc.weight).max().unwrap_or(0)
    };
    let widest = programme.edges.iter().map(spread).max().unwrap_or(0);
    let window = (widest as f64 * WINDOW).ceil() as i128;
    let (beyond, known) = (Vec::new(), Vec::new());
    let mut search =
        Search { programme, backend, value: 0, window, beyond, known, solves: 0, nodes: 0 };
    let mut best = start;
    loop {
        best = programme.reduce(best, &[]);
        search.value = programme.value(&best).unwrap_or(i128::MIN);
        search.known = vec![Cut::NotAll(best.clone())];
        match search.first(&mut best)? {
            Step::Better(better) => best = better,
            Step::CutOff => {
                return Ok(Refined { bought: best, nodes: search.nodes, open: Some(window) });
            }
            Step::Nothing | Step::Tie(_) => {
                return Ok(Refined { bought: best, nodes: search.nodes, open: None });
            }
        }
    }
}

impl Search<'_> {
    /// Makes `best` the first optimum by the tie rules.
    fn first(&mut self, best: &mut Purchase) -> Result<Step, PolicyError> {
        match self.another(&[], self.programme.cost_of(best))? {
            Step::Tie(tie) => self.take(best, tie),
            other => return Ok(other),
        }
        loop {
            match self.another(&[], self.programme.cost_of(best) - 1)? {
                Step::Tie(tie) => self.take(best, tie),
                Step::Nothing => break,
                other => return Ok(other),
            }
        }
        // The smallest list holds the first id that any of them holds, then the next, …
        let mut fixed: Vec<(usize, bool)> = Vec::new();
        for s in 0..best.len() {
            fixed.push((s, true));
            while !best[s] {
                match self.another(&fixed, self.programme.cost_of(best))? {
                    Step::Tie(tie) => self.take(best, tie),
                    Step::Nothing => break,
                    other => return Ok(other),
                }
            }
            fixed[s].1 = best[s];
        }
        Ok(Step::Nothing)
    }

    /// Another optimum with these sources fixed, within a cost.
    fn another(&mut self, fixed: &[(usize, bool)], limit: i128) -> Result<Step, PolicyError> {
        let programme = self.programme;
        let keep: Vec<usize> = fixed.iter().filter(|f| f.1).map(|f| f.0).collect();
        // Purchases that only the solver's tolerance lets through the budget row.
        let mut too_dear: Vec<Cut> = Vec::new();
        loop {
            if self.solves >= MAX_SOLVES {
                return Ok(Step::CutOff);
            }
            self.solves += 1;
            let cuts = [&self.beyond[..], &self.known[..], &too_dear[..]].concat();
            let query =
                Query { programme, backend: self.backend, limit: Some(limit), fixed, cuts: &cuts };
            let Some(found) = query.optimise()? else { return Ok(Step::Nothing) };
            self.nodes += found.nodes;
            let Some(value) = programme.value(&found.bought) else {
                return Err(PolicyError::Solver("it left a target without an edge".into()));
            };
            if programme.cost_of(&found.bought) > limit {
                too_dear.push(Cut::NotAll(found.bought));
            } else if value > self.value {
                return Ok(Step::Better(found.bought));
            } else if value == self.value {
                return Ok(Step::Tie(programme.reduce(found.bought, &keep)));
            } else if value < self.value - self.window {
                return Ok(Step::Nothing);
            } else {
                self.beyond.push(Cut::Beyond(found.bought));
            }
        }
    }

    fn take(&mut self, best: &mut Purchase, tie: Purchase) {
        self.known.push(Cut::NotAll(tie.clone()));
        let key = |bought: &Purchase| {
            let list: Vec<usize> = (0..bought.len()).filter(|&s| bought[s]).collect();
            (self.programme.cost_of(bought), list)
        };
        if key(&tie) < key(best) {
            *best = tie;
        }
    }
}
