//! Small cores by trying all their purchases.

use crate::exact::core::Core;

/// Most free sources of a core that is enumerated.
pub(crate) const MOST_SOURCES: usize = 8;

struct Enumeration<'a, F> {
    core: &'a Core,
    /// The free sources that each edge needs, as bits.
    needs: Vec<u32>,
    /// Hears of every purchase above the threshold; returns the new threshold.
    offer: F,
    threshold: i64,
}

/// Offers every purchase of the core that is worth more than the threshold.
pub(crate) fn enumerate(core: &Core, threshold: i64, offer: impl FnMut(&[bool]) -> i64) {
    let mask = |edge| core.sources_of(edge).fold(0_u32, |mask, s| mask | 1 << s);
    let needs = (0..core.weight.len()).map(mask).collect();
    let all = (1_u32 << core.sources.len()) - 1;
    Enumeration { core, needs, offer, threshold }.descend(0, all, core.budget, core.settled);
}

impl<F: FnMut(&[bool]) -> i64> Enumeration<'_, F> {
    /// Decides on the sources from `next` on; the others of `open` are bought.
    fn descend(&mut self, next: usize, open: u32, left: i128, settled: i64) {
        if left < 0 {
            return;
        }
        let mut bound = settled;
        for target in 0..self.core.targets() {
            let within = |&edge: &usize| self.needs[edge] & !open == 0;
            let Some(edge) = self.core.edges(target).find(within) else { return };
            bound += self.core.weight[edge];
        }
        if bound <= self.threshold {
            return;
        }
        if next == self.core.sources.len() {
            let taken: Vec<bool> = (0..next).map(|s| open >> s & 1 == 1).collect();
            self.threshold = self.threshold.max((self.offer)(&taken));
            return;
        }
        let (cost, price) = (self.core.cost[next], self.core.price[next]);
        self.descend(next + 1, open, left - cost, settled - price);
        self.descend(next + 1, open & !(1 << next), left, settled);
    }
}
