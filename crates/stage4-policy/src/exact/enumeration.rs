//! Small cores by trying all their purchases.

use crate::exact::core::Core;

/// Most free sources of a core that is enumerated.
pub(crate) const MOST_SOURCES: usize = 13;

struct Enumeration<'a, F> {
    core: &'a Core,
    /// The free sources that each edge needs, as bits.
    needs: Vec<u32>,
    /// The best open edge of every target, one row for each source that is decided on: giving up
    /// a source changes it only where it is needed.
    best: Vec<u32>,
    /// Hears of every purchase above the threshold; returns the new threshold.
    offer: F,
    threshold: i64,
}

/// Offers every purchase of the core that is worth more than the threshold.
pub(crate) fn enumerate(core: &Core, threshold: i64, offer: impl FnMut(&[bool]) -> i64) {
    let mask = |edge| core.sources_of(edge).fold(0_u32, |mask, s| mask | 1 << s);
    let needs = (0..core.weight.len()).map(mask).collect();
    let all = (1_u32 << core.sources.len()) - 1;
    let targets = core.targets();
    let mut best = vec![0; targets * (core.sources.len() + 1)];
    best[..targets].copy_from_slice(&core.edge_start[..targets]);
    let first = &core.edge_start[..targets];
    let bound = core.settled + first.iter().map(|&edge| core.weight[edge as usize]).sum::<i64>();
    let mut enumeration = Enumeration { core, needs, best, offer, threshold };
    enumeration.descend(0, 0, all, core.budget, bound);
}

impl<F: FnMut(&[bool]) -> i64> Enumeration<'_, F> {
    /// Decides on the sources from `next` on; the others of `open` are bought. The best open edges
    /// stand in `row`, and with all of them, minus prices, the purchase is worth `bound`.
    fn descend(&mut self, next: usize, row: usize, open: u32, left: i128, bound: i64) {
        if left < 0 || bound <= self.threshold {
            return;
        }
        if next == self.core.sources.len() {
            let taken: Vec<bool> = (0..next).map(|s| open >> s & 1 == 1).collect();
            self.threshold = self.threshold.max((self.offer)(&taken));
            return;
        }
        let (cost, price) = (self.core.cost[next], self.core.price[next]);
        self.descend(next + 1, row, open, left - cost, bound - price);
        let without = open & !(1 << next);
        if let Some(bound) = self.give_up(next, row, without, bound) {
            self.descend(next + 1, row + 1, without, left, bound);
        }
    }

    /// Fills the row after `row` for the open sources without `source`; the new bound, or nothing
    /// when a target has no edge left.
    fn give_up(&mut self, source: usize, row: usize, open: u32, mut bound: i64) -> Option<i64> {
        let targets = self.core.targets();
        let (from, to) = self.best.split_at_mut((row + 1) * targets);
        let (from, to) = (&from[row * targets..], &mut to[..targets]);
        for target in 0..targets {
            let was = from[target] as usize;
            to[target] = from[target];
            if self.needs[was] >> source & 1 == 1 {
                let mut later = was + 1..self.core.edges(target).end;
                let edge = later.find(|&edge| self.needs[edge] & !open == 0)?;
                bound += self.core.weight[edge] - self.core.weight[was];
                to[target] = edge as u32;
            }
        }
        Some(bound)
    }
}
