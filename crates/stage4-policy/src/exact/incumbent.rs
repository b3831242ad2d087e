//! Good purchases: greedy construction and 1-swaps.

use std::collections::BinaryHeap;

use crate::exact::core::Core;

/// Purchases of a core, and what changes when a source comes or goes.
struct Local<'a> {
    core: &'a Core,
    target_of: Vec<u32>,
    /// Edges by source, ascending: into each target the best first.
    edges_of_start: Vec<u32>,
    edges_of: Vec<u32>,
    taken: Vec<bool>,
    /// Present weight per target.
    have: Vec<i64>,
    left: i128,
    /// Stands for the weight of no edge.
    nothing: i64,
}

impl<'a> Local<'a> {
    fn new(core: &'a Core, taken: Vec<bool>) -> Self {
        let mut target_of = vec![0; core.weight.len()];
        let mut start = vec![0_u32; core.sources.len() + 1];
        for target in 0..core.targets() {
            for edge in core.edges(target) {
                target_of[edge] = target as u32;
                core.sources_of(edge).for_each(|s| start[s + 1] += 1);
            }
        }
        for s in 0..core.sources.len() {
            start[s + 1] += start[s];
        }
        let mut at = start.clone();
        let mut edges_of = vec![0; core.links.len()];
        for edge in 0..core.weight.len() {
            for s in core.sources_of(edge) {
                edges_of[at[s] as usize] = edge as u32;
                at[s] += 1;
            }
        }
        let dearest: i64 = core.price.iter().sum();
        let nothing = -2 * core.weight.iter().max().copied().unwrap_or(0) - dearest - 1;
        let spent = |(s, _): (usize, &bool)| core.cost[s];
        let left =
            core.budget - taken.iter().enumerate().filter(|(_, t)| **t).map(spent).sum::<i128>();
        let have = vec![nothing; core.targets()];
        let mut this =
            Self { core, target_of, edges_of_start: start, edges_of, taken, have, left, nothing };
        for target in 0..core.targets() {
            this.have[target] = this.best(target);
        }
        this
    }

    fn open(&self, edge: usize) -> bool {
        self.core.sources_of(edge).all(|s| self.taken[s])
    }

    fn best(&self, target: usize) -> i64 {
        let open = self.core.edges(target).find(|&edge| self.open(edge));
        open.map_or(self.nothing, |edge| self.core.weight[edge])
    }

    /// Calls `better` with every target that the source improves and its new weight.
    fn improvements(&self, s: usize, mut better: impl FnMut(usize, i64)) {
        let (from, to) = (self.edges_of_start[s], self.edges_of_start[s + 1]);
        let mut last = u32::MAX;
        for &edge in &self.edges_of[from as usize..to as usize] {
            let target = self.target_of[edge as usize];
            let weight = self.core.weight[edge as usize];
            if target == last || weight <= self.have[target as usize] {
                continue;
            }
            if self.core.sources_of(edge as usize).all(|other| other == s || self.taken[other]) {
                last = target;
                better(target as usize, weight);
            }
        }
    }

    fn gain(&self, s: usize) -> i64 {
        let mut gain = -self.core.price[s];
        self.improvements(s, |target, weight| gain += weight - self.have[target]);
        gain
    }

    fn add(&mut self, s: usize) {
        let mut changes = Vec::new();
        self.improvements(s, |target, weight| changes.push((target, weight)));
        for (target, weight) in changes {
            self.have[target] = weight;
        }
        self.taken[s] = true;
        self.left -= self.core.cost[s];
    }

    /// Gives a source back; returns what that loses and the weights before.
    fn remove(&mut self, s: usize) -> (i64, Vec<(usize, i64)>) {
        self.taken[s] = false;
        self.left += self.core.cost[s];
        let (mut loss, mut before) = (-self.core.price[s], Vec::new());
        for &link in self.core.links_of(s) {
            let target = self.target_of_link(link);
            let weight = self.best(target);
            if weight != self.have[target] {
                loss += self.have[target] - weight;
                before.push((target, self.have[target]));
                self.have[target] = weight;
            }
        }
        (loss, before)
    }

    fn undo(&mut self, s: usize, before: Vec<(usize, i64)>) {
        self.taken[s] = true;
        self.left -= self.core.cost[s];
        for (target, weight) in before {
            self.have[target] = weight;
        }
    }

    fn target_of_link(&self, link: u32) -> usize {
        self.core.target_of_link[link as usize] as usize
    }

    /// Adds the source with the largest gain per cost while there is one; gains are computed again
    /// only for the source that looks best (Minoux, 1978).
    fn grow(&mut self) {
        let mut heap = BinaryHeap::new();
        let score = |this: &Self, s: usize| {
            Score(this.gain(s) as f64 / (this.core.cost[s] as f64).max(1e-3), s)
        };
        for s in (0..self.taken.len()).filter(|&s| !self.taken[s]) {
            heap.push(score(self, s));
        }
        while let Some(Score(_, s)) = heap.pop() {
            if self.core.cost[s] > self.left {
                continue;
            }
            let fresh = score(self, s);
            if heap.peek().is_some_and(|next| next > &fresh) {
                heap.push(fresh);
            } else if fresh.0 > 0.0 {
                self.add(s);
            }
        }
    }

    /// Exchanges one source for another while that gains.
    fn swap(&mut self) {
        let mut improved = true;
        while improved {
            improved = false;
            for out in (0..self.taken.len()).collect::<Vec<_>>() {
                if !self.taken[out] {
                    continue;
                }
                let (loss, before) = self.remove(out);
                let best = (0..self.taken.len())
                    .filter(|&s| !self.taken[s] && s != out && self.core.cost[s] <= self.left)
                    .map(|s| (self.gain(s), std::cmp::Reverse(s)))
                    .max();
                match best {
                    Some((gain, std::cmp::Reverse(s))) if gain > loss => {
                        self.add(s);
                        improved = true;
                    }
                    _ => self.undo(out, before),
                }
            }
        }
    }
}

#[derive(PartialEq)]
struct Score(f64, usize);

impl Eq for Score {}

impl PartialOrd for Score {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Score {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0).then(other.1.cmp(&self.1))
    }
}

/// The best source after the best source, as far as the budget goes.
pub(crate) fn greedy(core: &Core) -> Vec<bool> {
    let mut local = Local::new(core, vec![false; core.sources.len()]);
    local.grow();
    local.taken
}

/// A purchase that no single addition or exchange improves.
pub(crate) fn improve(core: &Core, taken: Vec<bool>) -> Vec<bool> {
    let mut local = Local::new(core, taken);
    local.grow();
    local.swap();
    local.taken
}
