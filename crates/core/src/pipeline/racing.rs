//! How the epochs of stage 2 are shared among transfers: all alike, or by a race.

use serde::{Deserialize, Serialize};

use crate::pipeline::TransfersConfig;

/// How the epochs of stage 2 are shared among the transfers into a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Allocation {
    /// All are trained to the end.
    #[default]
    Full,
    /// After some epochs only those go on that do best on the validation split: successive halving
    /// (Jamieson and Talwalkar, AISTATS 2016), here to a third.
    Racing,
}

impl TransfersConfig {
    /// After how many epochs it is decided who goes on, in ascending order: about a fifth of all and
    /// twice that. Those that go on every time are trained to the end. Empty where there is no race.
    pub fn rounds(&self) -> Vec<usize> {
        if self.allocation == Allocation::Full {
            return Vec::new();
        }
        let first = ((self.epochs + 2) / 5).max(1);
        [first, 2 * first].into_iter().filter(|&epochs| epochs < self.epochs).collect()
    }

    /// How many of so many contenders go on after so many rounds (from 1), each of which leaves a
    /// third, if at least so many must.
    pub fn go_on(contenders: usize, round: u32, at_least: usize) -> usize {
        contenders.div_ceil(3_usize.saturating_pow(round)).max(at_least).min(contenders)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_are_a_fifth_of_the_epochs_and_twice_that() {
        let rounds = |epochs| {
            let allocation = Allocation::Racing;
            TransfersConfig { epochs, allocation, ..TransfersConfig::default() }.rounds()
        };
        assert_eq!([1, 2, 3].map(rounds), [vec![], vec![1], vec![1, 2]]);
        assert_eq!([5, 7, 8, 20].map(rounds), [[1, 2], [1, 2], [2, 4], [4, 8]]);
        assert_eq!(TransfersConfig::default().rounds(), [0_usize; 0]);
    }

    #[test]
    fn a_third_goes_on_each_time() {
        let go_on = TransfersConfig::go_on;
        assert_eq!([1, 2].map(|round| go_on(26, round, 5)), [9, 5]);
        assert_eq!([1, 2].map(|round| go_on(25, round, 3)), [9, 3]);
        assert_eq!([go_on(4, 1, 5), go_on(1, 2, 1), go_on(0, 1, 1)], [4, 1, 0]);
    }
}
