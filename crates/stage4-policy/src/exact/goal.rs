//! What a search looks for, and how the core's small whole numbers stand to the programme's.

use crate::exact::core::Core;
use crate::programme::{Arc, Programme, Purchase};

/// Largest multiplier times targets, and besides times sources: all sums fit into 64 bits, and a
/// sum of multipliers times a cost of the programme into 128.
const MOST_PER_SOURCE: i64 = 1 << 54;
const MOST_IN_ALL: i64 = 1 << 61;

/// What a search looks for.
#[derive(Debug, Clone)]
pub(crate) enum Goal<'a> {
    /// A large value within a cost.
    Value {
        limit: i128,
        /// Purchases that contain one of these do not count.
        not: &'a [Purchase],
    },
    /// A small cost, whatever the value.
    Cost,
}

/// A programme with its goal, in units that fit the core.
///
/// Core weights are `(weight − least weight of its target) / 2^shift`, rounded up: a bound on the
/// core bounds the programme. The shift is 0 unless importances are very large.
#[derive(Debug, Clone)]
pub(crate) struct Scaled<'a> {
    pub programme: &'a Programme,
    pub goal: Goal<'a>,
    /// Sum of the least weights.
    offset: i128,
    /// Core units are 2^shift of the programme's.
    shift: i32,
    /// Largest multiplier.
    pub most: i64,
}

impl<'a> Scaled<'a> {
    pub fn new(programme: &'a Programme, goal: Goal<'a>) -> Self {
        let (targets, sources) = (programme.targets.len() as i64, programme.sources.len() as i64);
        let most = (MOST_PER_SOURCE / targets).min(MOST_IN_ALL / (targets * sources.max(1)));
        let least = |arcs: &Vec<Arc>| arcs.last().map_or(0, |arc| arc.weight);
        let spread = |arcs: &Vec<Arc>| arcs[0].weight - least(arcs);
        let offset = programme.edges.iter().map(least).sum();
        let widest = programme.edges.iter().map(spread).max().unwrap_or(0);
        let shift = match goal {
            Goal::Value { .. } => (0..127).find(|&k| widest >> k < i128::from(most) / 2),
            // Prices are refined, so that multipliers can be parts of them.
            Goal::Cost => {
                let dearest = programme.cost.iter().max().copied().unwrap_or(0) / programme.divisor;
                (-32..127).find(|&k| shifted(dearest, k) < i128::from(most) / 2)
            }
        };
        Self { programme, goal, offset, shift: shift.unwrap_or(127), most }
    }

    /// The whole programme as a core.
    pub fn core(&self) -> Core {
        let programme = self.programme;
        let mut core = Core {
            sources: (0..programme.sources.len() as u32).collect(),
            edge_start: vec![0],
            link_start: vec![0],
            ..Core::default()
        };
        for cost in &programme.cost {
            let cost = cost / programme.divisor;
            let free = matches!(self.goal, Goal::Cost);
            core.price.push(if free { shifted(cost, self.shift) as i64 } else { 0 });
            core.cost.push(if free { 0 } else { cost });
        }
        if let Goal::Value { limit, .. } = self.goal {
            core.budget = limit.div_euclid(programme.divisor);
        }
        let mut link_at = vec![u32::MAX; programme.sources.len()];
        for (target, arcs) in programme.edges.iter().enumerate() {
            let first_link = core.source_of.len() as u32;
            let least = arcs.last().map_or(0, |arc| arc.weight);
            for arc in arcs {
                for &s in &arc.sources {
                    if link_at[s] == u32::MAX || link_at[s] < first_link {
                        link_at[s] = core.source_of.len() as u32;
                        core.source_of.push(s as u32);
                        core.target_of_link.push(target as u32);
                    }
                    core.links.push(link_at[s]);
                }
                let weight = -((least - arc.weight) >> self.shift.max(0));
                let counts = matches!(self.goal, Goal::Value { .. });
                core.weight.push(if counts { weight as i64 } else { 0 });
                core.link_start.push(core.links.len() as u32);
            }
            core.edge_start.push(core.weight.len() as u32);
        }
        core.origin = (0..core.source_of.len() as u32).collect();
        core.index_links();
        core
    }

    /// What the purchase is worth, exactly; nothing when it is none of those that are looked for.
    pub fn worth(&self, bought: &Purchase) -> Option<i128> {
        match &self.goal {
            Goal::Value { limit, not } => {
                let holds = |set: &&Purchase| set.iter().zip(bought).all(|(a, b)| *b || !*a);
                if self.programme.cost_of(bought) > *limit || not.iter().any(|set| holds(&set)) {
                    return None;
                }
                self.programme.value(bought)
            }
            Goal::Cost => self.programme.value(bought).map(|_| -self.programme.cost_of(bought)),
        }
    }

    /// Solutions that are worth more than this are worth more than the threshold in a core.
    pub fn threshold(&self, worth: Option<i128>) -> i64 {
        let threshold = match (&self.goal, worth) {
            (_, None) => -i128::from(MOST_IN_ALL),
            (Goal::Value { .. }, Some(worth)) => (worth - self.offset) >> self.shift,
            (Goal::Cost, Some(worth)) => {
                -shifted(-worth / self.programme.divisor - 1, self.shift) - 1
            }
        };
        threshold.clamp(-i128::from(MOST_IN_ALL), i128::from(MOST_IN_ALL)) as i64
    }

    /// What a bound on the core says of the programme.
    pub fn bound(&self, bound: i64) -> i128 {
        match self.goal {
            Goal::Value { .. } => (i128::from(bound) << self.shift) + self.offset,
            Goal::Cost => i128::from(bound),
        }
    }
}

/// `number / 2^shift`, rounded down.
fn shifted(number: i128, shift: i32) -> i128 {
    if shift < 0 { number << -shift } else { number >> shift }
}
