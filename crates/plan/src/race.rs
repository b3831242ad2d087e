//! The transfers into one target: who is trained now, and what is decided when they are done.
//!
//! Where all are trained to the end, that is the beam alone. In a race ([`Allocation::Racing`]) those of
//! first order are judged after every round, the beam is cut from those that came to the end, and the
//! sets that it adds race among themselves.
//!
//! [`Allocation::Racing`]: taskonomy_core::Allocation::Racing

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use taskonomy_core::{Sources, TransfersConfig};

/// What is decided once the runners are done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Who goes on after this round, counted from 0.
    Round(usize),
    /// Which sets of higher order there are.
    Beam,
}

/// How far the transfers into a target are decided.
#[derive(Debug, Clone)]
pub(crate) struct Race {
    /// Those that are trained now, or are done where nothing is left to decide.
    pub(crate) runners: Vec<Sources>,
    /// How many of each order the group began with.
    entered: BTreeMap<usize, usize>,
    /// How many go on at least.
    seats: usize,
    steps: VecDeque<Step>,
}

impl Race {
    /// Of the transfers of first order; `beam` is how many candidates the widest beam is cut from, 0
    /// where there are no higher orders.
    pub(crate) fn new(runners: Vec<Sources>, config: &TransfersConfig, beam: usize) -> Self {
        let mut steps: VecDeque<_> = (0..config.rounds().len()).map(Step::Round).collect();
        if beam > 0 {
            steps.push_back(Step::Beam);
            steps.extend((0..config.rounds().len()).map(Step::Round));
        }
        let entered = by_order(&runners);
        Self { runners, entered, seats: beam.max(1), steps }
    }

    /// What is decided next.
    pub(crate) fn next(&self) -> Option<Step> {
        self.steps.front().copied()
    }

    /// Takes the beam's sets in place of those that are done.
    pub(crate) fn enter(&mut self, sets: Vec<Sources>) {
        self.steps.pop_front();
        self.entered = by_order(&sets);
        self.seats = self.entered.len();
        self.runners = sets;
    }

    /// Takes the result of a round, all runners from the best to the worst. A third of those that began
    /// goes on each time, among them as many candidates as the beam is cut from, or the best of every
    /// higher order, so that none is without a transfer that came to its end.
    pub(crate) fn go_on(
        &mut self,
        round: usize,
        ranking: &[Sources],
        is_candidate: impl Fn(&Sources) -> bool,
    ) {
        self.steps.pop_front();
        let seats =
            TransfersConfig::go_on(self.entered.values().sum(), round as u32 + 1, self.seats);
        let mut chosen: BTreeSet<&Sources> = if self.entered.keys().eq(&[1]) {
            ranking.iter().filter(|sources| is_candidate(sources)).take(self.seats).collect()
        } else {
            let best = |order: &usize| ranking.iter().find(|sources| sources.order() == *order);
            self.entered.keys().filter_map(best).collect()
        };
        for sources in ranking {
            if chosen.len() < seats {
                chosen.insert(sources);
            }
        }
        self.runners.retain(|sources| chosen.contains(sources));
    }

    /// The transfers that are not known yet: after how many rounds they begin, of which order, how many.
    /// `sizes` is how many sets of each order the beam will add. How those that go on are divided among
    /// orders is a guess, how many they are is not.
    pub(crate) fn awaited(&self, sizes: &[(usize, usize)]) -> Vec<(usize, usize, usize)> {
        let (mut entered, mut seats) = (self.entered.clone(), self.seats);
        let mut awaited = Vec::new();
        for &step in &self.steps {
            match step {
                Step::Beam => {
                    entered = sizes.iter().copied().collect();
                    seats = entered.len();
                    awaited.extend(sizes.iter().map(|&(order, jobs)| (0, order, jobs)));
                }
                Step::Round(round) => {
                    let all = entered.values().sum::<usize>();
                    let go_on = TransfersConfig::go_on(all, round as u32 + 1, seats);
                    let (mut before, mut given) = (0, 0);
                    for (&order, &jobs) in &entered {
                        before += jobs;
                        let until = before * go_on / all.max(1);
                        awaited.push((round + 1, order, until - given));
                        given = until;
                    }
                }
            }
        }
        awaited.retain(|&(_, _, jobs)| jobs > 0);
        awaited
    }
}

fn by_order(sets: &[Sources]) -> BTreeMap<usize, usize> {
    let mut orders = BTreeMap::new();
    for sources in sets {
        *orders.entry(sources.order()).or_default() += 1;
    }
    orders
}

#[cfg(test)]
mod tests {
    use taskonomy_core::Allocation;

    use super::*;

    fn sets(names: &str) -> Vec<Sources> {
        names.split(' ').map(|name| name.parse().unwrap()).collect()
    }

    fn config(epochs: usize) -> TransfersConfig {
        let allocation = Allocation::Racing;
        TransfersConfig { epochs, allocation, ..TransfersConfig::default() }
    }

    #[test]
    fn the_best_go_on_and_enough_candidates_among_them() {
        let mut race = Race::new(sets("a b c d e f g h random t"), &config(5), 2);
        let sizes = [(2, 4), (3, 4)];
        let awaited = [
            (1, 1, 4),
            (2, 1, 2),
            (0, 2, 4),
            (0, 3, 4),
            (1, 2, 1),
            (1, 3, 2),
            (2, 2, 1),
            (2, 3, 1),
        ];
        assert_eq!(race.awaited(&sizes), awaited);
        let is_candidate = |s: &Sources| !["random", "t"].contains(&s.to_string().as_str());
        assert_eq!(race.next(), Some(Step::Round(0)));
        race.go_on(0, &sets("t random h g f e d c b a"), is_candidate);
        assert_eq!(race.runners, sets("g h random t"));
        race.go_on(1, &sets("t random g h"), is_candidate);
        assert_eq!(race.runners, sets("g h"), "seats of the beam");
        assert_eq!((race.next(), race.awaited(&sizes)), (Some(Step::Beam), awaited[2..].to_vec()));
        race.enter(sets("a+b a+g a+h b+g a+b+g a+b+h a+g+h b+g+h"));
        race.go_on(0, &sets("a+h a+b a+g b+g a+g+h a+b+g a+b+h b+g+h"), is_candidate);
        assert_eq!(race.runners, sets("a+b a+h a+g+h"), "one of every order");
        race.go_on(1, &sets("a+g+h a+b a+h"), is_candidate);
        assert_eq!((race.runners.clone(), race.next()), (sets("a+b a+g+h"), None));
        assert_eq!(race.awaited(&sizes), []);
    }

    #[test]
    fn without_rounds_there_is_nothing_but_the_beam() {
        let race = Race::new(sets("a b c"), &config(1), 2);
        assert_eq!((race.next(), race.awaited(&[(2, 1)])), (Some(Step::Beam), vec![(0, 2, 1)]));
        assert_eq!(Race::new(sets("a b c"), &config(1), 0).next(), None);
        let all = Race::new(sets("a"), &config(5), 0);
        assert_eq!(all.awaited(&[]), [(1, 1, 1), (2, 1, 1)]);
    }
}
