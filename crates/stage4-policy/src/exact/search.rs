//! Branch and bound: best bound first.
//!
//! A node is a core. It is relaxed, reduced by what the bound settles, relaxed again, and either
//! closed or split at the source whose fate is least clear.

use crate::exact::core::{Core, Fate};
use crate::exact::enumeration::{MOST_SOURCES, enumerate};
use crate::exact::fixing::settle;
use crate::exact::frontier::{Frontier, MOST_BYTES, Open, Parent, Split};
use crate::exact::goal::{Goal, Scaled};
use crate::exact::incumbent::{greedy, improve};
use crate::exact::relaxation::Relaxation;
use crate::exact::subgradient::Descent;
use crate::limits::Limits;
use crate::programme::Purchase;

/// Steps between two reductions: the fewest, and sources for one more. A large core moves slowly,
/// and to reduce it is dear.
const STEPS: usize = 12;
const SOURCES_A_STEP: usize = 10;
/// Most rounds of steps at the root and at other nodes.
const ROUNDS: [usize; 2] = [60, 2];
/// Rounds at the root that close less than a tenth of the gap before it is split.
const IDLE_ROUNDS: usize = 3;

/// What a search found.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// Nothing is better than the incumbent.
    Complete,
    /// Limits ended the search; nothing is worth more than this.
    CutOff { bound: i128 },
}

/// A search with its incumbent.
pub(crate) struct Search<'a> {
    pub scaled: Scaled<'a>,
    pub limits: &'a Limits<'a>,
    pub incumbent: Option<Purchase>,
    /// Only what is worth more than this counts; the incumbent's worth if there is one.
    pub worth: Option<i128>,
    /// Ends the search as soon as something is worth this much.
    pub enough: Option<i128>,
    pub nodes: u64,
    /// Most free sources of a core that is enumerated.
    pub enumerate: usize,
    /// Most bytes of nodes that wait best first.
    pub memory: usize,
    /// The best multipliers of the root, by the link numbers of the whole programme.
    pub multipliers: Vec<i64>,
    threshold: i64,
    /// The best relaxed choice that a local search began with: worse ones seldom lead further.
    best_start: i64,
}

impl<'a> Search<'a> {
    pub fn new(scaled: Scaled<'a>, worth: Option<i128>, limits: &'a Limits<'a>) -> Self {
        Self {
            threshold: scaled.threshold(worth),
            scaled,
            limits,
            incumbent: None,
            worth,
            enough: None,
            nodes: 0,
            enumerate: MOST_SOURCES,
            memory: MOST_BYTES,
            multipliers: Vec::new(),
            best_start: i64::MIN,
        }
    }

    /// Hears of a purchase.
    pub fn offer(&mut self, purchase: Purchase) {
        let purchase = match self.scaled.goal {
            Goal::Cost => self.scaled.programme.reach(purchase),
            Goal::Value { .. } => purchase,
        };
        let worth = self.scaled.worth(&purchase);
        if worth > self.worth {
            self.worth = worth;
            self.threshold = self.scaled.threshold(worth);
            self.incumbent = Some(purchase);
        }
    }

    fn offer_taken(&mut self, core: &Core, taken: &[bool]) {
        let mut purchase = vec![false; self.scaled.programme.sources.len()];
        for s in core.purchase(taken) {
            purchase[s as usize] = true;
        }
        self.offer(purchase);
    }

    fn done(&self) -> bool {
        self.enough.is_some_and(|enough| self.worth >= Some(enough))
    }

    /// Finds the best solution of the core, from the multipliers.
    pub fn run(&mut self, core: Core) -> Outcome {
        let lambda = core.origin.iter().map(|&link| self.multipliers[link as usize]).collect();
        let mean = vec![0.5; core.sources.len()];
        let mut waiting = Frontier::new(Parent { core, lambda, mean, mu: 1.0 }, self.memory);
        while let Some(node) = waiting.next() {
            if self.done() {
                break;
            }
            if node.bound <= self.threshold {
                continue;
            }
            if self.limits.reached(self.nodes) {
                let bound = waiting.bound().map_or(node.bound, |bound| bound.max(node.bound));
                return Outcome::CutOff { bound: self.scaled.bound(bound) };
            }
            self.nodes += 1;
            let Some(core) = enter(&node) else { continue };
            if let Some(mut split) = self.explore(core, node.number == 0) {
                for (_, bound) in &mut split.fates {
                    *bound = node.bound.min(*bound);
                }
                waiting.push(split);
            }
        }
        Outcome::Complete
    }

    /// Relaxes and reduces a node; what is left of it, and the source to split it at.
    fn explore(&mut self, node: Parent, is_root: bool) -> Option<Split> {
        let Parent { mut core, lambda, mean, mu } = node;
        let mut descent = Descent::new(&core, lambda, mean, mu);
        let mut offered: Vec<bool> = Vec::new();
        let (mut idle, mut round) = (0, 0);
        loop {
            if self.excluded(&core) {
                return None;
            }
            if core.sources.len() <= self.enumerate || core.targets() == 0 {
                self.enumerate(&core);
                return None;
            }
            let before = descent.bound;
            let mut candidate: Option<(i64, Vec<bool>)> = None;
            // At good multipliers much is settled without any step.
            let steps = match round {
                0 if is_root => 0,
                _ => STEPS + core.sources.len() / SOURCES_A_STEP,
            };
            let mut lowest = i64::MAX;
            for _ in 0..steps {
                if descent.bound <= self.threshold {
                    break;
                }
                // The choices of a better bound are likelier to be good.
                if descent.bound < lowest && offered != descent.now.selection.taken {
                    lowest = descent.bound;
                    offered.clone_from(&descent.now.selection.taken);
                    if let Some(value) = core.value(&offered) {
                        if value > self.threshold {
                            self.offer_taken(&core, &offered);
                        }
                        if candidate.as_ref().is_none_or(|(best, _)| value > *best) {
                            candidate = Some((value, offered.clone()));
                        }
                    }
                }
                if !descent.step(&core, self.threshold, self.scaled.most) {
                    break;
                }
            }
            if is_root {
                for (&origin, &lambda) in core.origin.iter().zip(&descent.best) {
                    self.multipliers[origin as usize] = lambda;
                }
            }
            if descent.bound > self.threshold
                && let Some((value, taken)) =
                    candidate.filter(|(value, _)| *value > self.best_start)
            {
                self.best_start = value;
                let better = improve(&core, taken);
                self.offer_taken(&core, &better);
            }
            if descent.bound <= self.threshold || self.done() {
                return None;
            }
            let at = Relaxation::new(&core, descent.best.clone());
            let settled = settle(&core, &at, self.threshold);
            round += 1;
            let progress = (before - descent.bound) as f64;
            idle = if round > 1 && progress < 0.1 * (before - self.threshold) as f64 {
                idle + 1
            } else {
                0
            };
            let last = round >= ROUNDS[usize::from(!is_root)]
                || (is_root && idle >= IDLE_ROUNDS && settled.sources == 0)
                || self.limits.interrupted();
            // Copying a core costs about as much as a few steps on it.
            let worthwhile = settled.sources * 10 > core.sources.len()
                || settled.edges * 10 > core.weight.len()
                || (settled.sources > 0 && (last || !is_root));
            if worthwhile {
                let (next, lambda) =
                    core.reduce(&settled.fates, |e| settled.kept[e], &at.lambda)?;
                let mean = carry(&core, &next, &descent.mean);
                core = next;
                descent = Descent::new(&core, lambda, mean, descent.mu);
                offered.clear();
                continue_if_settled(&mut idle, settled.sources);
            } else if last {
                let unclear = |s: &usize| descent.mean[*s].min(1.0 - descent.mean[*s]);
                let source = (0..core.sources.len())
                    .max_by(|a, b| unclear(a).total_cmp(&unclear(b)).then(b.cmp(a)))?;
                let [likelier, other] = if at.selection.taken[source] {
                    [Fate::In, Fate::Out]
                } else {
                    [Fate::Out, Fate::In]
                };
                let fates = [(likelier, at.bound), (other, at.bound - at.regret(&core, source))];
                let parent = Parent { core, lambda: at.lambda, mean: descent.mean, mu: 0.5 };
                return Some(Split { parent, source, fates });
            }
        }
    }

    /// Whether everything in the core is ruled out by a purchase that it contains.
    fn excluded(&self, core: &Core) -> bool {
        let Goal::Value { not, .. } = self.scaled.goal else { return false };
        let holds = |set: &Purchase| {
            (0..set.len()).filter(|&s| set[s]).all(|s| core.bought.contains(&(s as u32)))
        };
        not.iter().any(holds)
    }

    fn enumerate(&mut self, core: &Core) {
        enumerate(core, self.threshold, |taken| {
            self.offer_taken(core, taken);
            if self.done() { i64::MAX } else { self.threshold }
        });
    }
}

/// Settled sources are progress of their own.
fn continue_if_settled(idle: &mut usize, sources: usize) {
    if sources > 0 {
        *idle = 0;
    }
}

/// The core of a node; nothing where it has no solution.
fn enter(node: &Open) -> Option<Parent> {
    let Parent { core, lambda, mean, mu } = &*node.parent;
    let mut fates = vec![Fate::Free; core.sources.len()];
    if let Some((source, fate)) = node.branch {
        fates[source] = fate;
    }
    let (next, lambda) = core.reduce(&fates, |_| true, lambda)?;
    let mean = carry(core, &next, mean);
    Some(Parent { core: next, lambda, mean, mu: *mu })
}

/// Numbers of sources for those of the next core, which are some of them in the same order.
fn carry(core: &Core, next: &Core, numbers: &[f64]) -> Vec<f64> {
    let mut old = core.sources.iter().zip(numbers);
    let of = |s: &u32| old.find(|(id, _)| *id == s).map_or(0.5, |(_, number)| *number);
    next.sources.iter().map(of).collect()
}

/// A first purchase: greedy on the whole core.
pub(crate) fn start(search: &mut Search<'_>, core: &Core) {
    let taken = greedy(core);
    search.offer_taken(core, &taken);
}
