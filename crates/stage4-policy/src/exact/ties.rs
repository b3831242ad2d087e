//! The second pass: the first of all optima by the tie rules.
//!
//! Under the proved value almost everything is settled by reduced costs. What is left is asked
//! for directly: is there an optimum that is cheaper, or that holds a smaller id?
//!
//! Optima that need everything they buy never contain one another, so that a search may leave out
//! all that contains a known one.

use crate::exact::core::{Core, Fate};
use crate::exact::goal::{Goal, Scaled};

use crate::exact::search::{Outcome, Search};
use crate::limits::Limits;
use crate::programme::{Programme, Purchase};

/// A pass over the optima of a programme.
pub(crate) struct Pass<'a> {
    programme: &'a Programme,
    whole: &'a Core,
    value: i128,
    limits: &'a Limits<'a>,
    multipliers: &'a [i64],
    pub nodes: u64,
}

/// An answer to: is there such an optimum?
enum Answer {
    No,
    Yes(Purchase),
    /// Limits ended the search.
    Unknown,
}

impl<'a> Pass<'a> {
    /// A pass over all purchases worth `value`, which is the optimum; with good multipliers.
    pub fn new(
        programme: &'a Programme,
        whole: &'a Core,
        value: i128,
        limits: &'a Limits<'a>,
        multipliers: &'a [i64],
    ) -> Self {
        Self { programme, whole, value, limits, multipliers, nodes: 0 }
    }

    /// Makes `best`, an optimum that needs everything it buys, the first one: the cheapest, then
    /// the smallest list of ids; the best by these rules so far where limits end the pass.
    pub fn first(&mut self, best: &mut Purchase) {
        let all_free = vec![Fate::Free; best.len()];
        match self.ask(&all_free, self.programme.cost_of(best), std::slice::from_ref(best)) {
            Answer::No | Answer::Unknown => return,
            Answer::Yes(other) => self.take(best, other, &[]),
        }
        loop {
            match self.ask(&all_free, self.programme.cost_of(best) - 1, &[]) {
                Answer::No => break,
                Answer::Unknown => return,
                Answer::Yes(cheaper) => self.take(best, cheaper, &[]),
            }
        }
        // The smallest list holds the first id that any of them holds, then the next, …
        let mut fates = all_free;
        for s in 0..best.len() {
            fates[s] = Fate::In;
            let mut known: Vec<Purchase> = Vec::new();
            while !best[s] {
                match self.ask(&fates, self.programme.cost_of(best), &known) {
                    Answer::No => break,
                    Answer::Unknown => return,
                    Answer::Yes(other) => {
                        // A free task may turn out to be useless: what is left is an optimum
                        // without it, and nothing that contains it is looked for.
                        let keep: Vec<usize> = (0..=s).filter(|&k| fates[k] == Fate::In).collect();
                        known.push(self.programme.reduce(other.clone(), &keep));
                        self.take(best, other, &keep);
                    }
                }
            }
            fates[s] = if best[s] { Fate::In } else { Fate::Out };
        }
    }

    fn take(&self, best: &mut Purchase, other: Purchase, keep: &[usize]) {
        let other = self.programme.reduce(other, keep);
        let key = |bought: &Purchase| {
            let list: Vec<usize> = (0..bought.len()).filter(|&s| bought[s]).collect();
            (self.programme.cost_of(bought), list)
        };
        if key(&other) < key(best) {
            *best = other;
        }
    }

    /// An optimum with these fates and at most this cost that contains none of `not`.
    fn ask(&mut self, fates: &[Fate], limit: i128, not: &[Purchase]) -> Answer {
        if limit < 0 {
            return Answer::No;
        }
        let scaled = Scaled::new(self.programme, Goal::Value { limit, not });
        let mut whole = self.whole.clone();
        whole.budget = limit.div_euclid(self.programme.divisor);
        let mut decided = self.programme.required.clone();
        for (decided, fate) in decided.iter_mut().zip(fates) {
            *decided |= *fate == Fate::In;
        }
        let fates: Vec<Fate> = (fates.iter().zip(&decided))
            .map(|(fate, decided)| if *decided { Fate::In } else { *fate })
            .collect();
        let zeros = vec![0; whole.source_of.len()];
        let Some((core, _)) = whole.reduce(&fates, |_| true, &zeros) else { return Answer::No };
        let mut search = Search::new(scaled, Some(self.value - 1), self.limits);
        search.enough = Some(self.value);
        search.multipliers = self.multipliers.to_vec();
        search.nodes = self.nodes;
        let outcome = search.run(core);
        self.nodes = search.nodes;
        match (search.incumbent, outcome) {
            (Some(found), _) => Answer::Yes(found),
            (None, Outcome::Complete) => Answer::No,
            (None, Outcome::CutOff { .. }) => Answer::Unknown,
        }
    }
}
