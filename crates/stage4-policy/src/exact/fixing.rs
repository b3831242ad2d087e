//! Reduced-cost fixing: what no better solution can hold is taken out of the core.
//!
//! If forcing a source (or an edge) lowers the bound to the threshold or below, no solution above
//! the threshold has it so.

use crate::exact::core::{Core, Fate};
use crate::exact::relaxation::Relaxation;

/// What the bound at some multipliers settles.
pub(crate) struct Settled {
    pub fates: Vec<Fate>,
    /// Whether each edge stays.
    pub kept: Vec<bool>,
    /// How many sources and edges are settled.
    pub sources: usize,
    pub edges: usize,
}

/// Everything that cannot be, or must be, in a solution worth more than the threshold.
pub(crate) fn settle(core: &Core, at: &Relaxation, threshold: i64) -> Settled {
    // A solution above the threshold may lose less than this.
    let slack = at.bound - threshold;
    let regrets: Vec<i64> = (0..core.sources.len()).map(|s| at.regret(core, s)).collect();
    let taken = &at.selection.taken;
    let fate = |s: usize| match (regrets[s] >= slack, taken[s]) {
        (true, true) => Fate::In,
        (true, false) => Fate::Out,
        (false, _) => Fate::Free,
    };
    let fates: Vec<Fate> = (0..core.sources.len()).map(fate).collect();
    let mut kept = vec![true; core.weight.len()];
    let mut edges = 0;
    for target in 0..core.targets() {
        for edge in core.edges(target) {
            let mut loss = at.reduced[target] - at.reduced_weight(core, edge);
            for s in core.sources_of(edge).filter(|&s| !taken[s]) {
                loss = loss.saturating_add(regrets[s]);
            }
            if loss >= slack {
                kept[edge] = false;
                edges += 1;
            }
        }
    }
    let sources = fates.iter().filter(|fate| **fate != Fate::Free).count();
    Settled { fates, kept, sources, edges }
}
