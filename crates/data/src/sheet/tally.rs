//! Counting the values of one channel.

use std::ops::Range;

use taskonomy_core::Dtype;

use crate::values::ValuesRef;

/// The values of one channel so far. Whole numbers are counted one by one, so that their sums are
/// exact in any order; of 32-bit numbers there are running sums.
#[derive(Debug)]
pub(super) struct Tally {
    /// Occurrences of each value; empty for 32-bit numbers.
    counts: Vec<u64>,
    invalid: Option<u32>,
    /// Valid 32-bit numbers.
    number: u64,
    /// Other 32-bit numbers: unknown or not finite.
    left_out: u64,
    sum: f64,
    squares: f64,
    min: f64,
    max: f64,
}

/// What a [`Tally`] comes to.
pub(super) struct Summary {
    pub(super) invalid: f64,
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
    pub(super) mean: Option<f64>,
    pub(super) deviation: Option<f64>,
}

impl Tally {
    pub(super) fn new(dtype: Dtype, invalid: Option<u32>) -> Self {
        let values = match dtype {
            Dtype::U8 => 1 << 8,
            Dtype::U16 => 1 << 16,
            Dtype::F32 => 0,
        };
        let (min, max) = (f64::INFINITY, f64::NEG_INFINITY);
        let (number, left_out, sum, squares) = (0, 0, 0.0, 0.0);
        Self { counts: vec![0; values], invalid, number, left_out, sum, squares, min, max }
    }

    /// Adds the values at these places of a sample. Whether all the valid ones are one.
    pub(super) fn add(&mut self, values: ValuesRef<'_>, places: Range<usize>) -> bool {
        match values {
            ValuesRef::U8(v) => self.count(v[places].iter().map(|&x| u32::from(x))),
            ValuesRef::U16(v) => {
                self.count(v[places].iter().map(|&x| u32::from(u16::from_le_bytes(x))))
            }
            ValuesRef::F32(v) => {
                let invalid = self.invalid.map(|value| value as f32);
                let mut range = (f64::INFINITY, f64::NEG_INFINITY);
                for x in v[places].iter().map(|&x| f32::from_le_bytes(x)) {
                    if !x.is_finite() || Some(x) == invalid {
                        self.left_out += 1;
                        continue;
                    }
                    let x = f64::from(x);
                    range = (range.0.min(x), range.1.max(x));
                    self.number += 1;
                    self.sum += x;
                    self.squares += x * x;
                }
                (self.min, self.max) = (self.min.min(range.0), self.max.max(range.1));
                range.0 >= range.1
            }
        }
    }

    fn count(&mut self, values: impl Iterator<Item = u32>) -> bool {
        let mut first = None;
        let mut is_flat = true;
        for value in values {
            self.counts[value as usize] += 1;
            if Some(value) != self.invalid {
                is_flat &= *first.get_or_insert(value) == value;
            }
        }
        is_flat
    }

    /// Both together.
    pub(super) fn with(mut self, other: Self) -> Self {
        for (count, more) in self.counts.iter_mut().zip(other.counts) {
            *count += more;
        }
        self.number += other.number;
        self.left_out += other.left_out;
        self.sum += other.sum;
        self.squares += other.squares;
        (self.min, self.max) = (self.min.min(other.min), self.max.max(other.max));
        self
    }

    /// Occurrences of the valid values, in ascending order of the values.
    fn valid(&self) -> impl DoubleEndedIterator<Item = (usize, u64)> {
        let invalid = self.invalid.map(|value| value as usize);
        let counts = self.counts.iter().copied().enumerate();
        counts.filter(move |&(value, count)| count > 0 && Some(value) != invalid)
    }

    pub(super) fn summary(&self) -> Summary {
        let (mut number, mut sum, mut squares) = (self.number, self.sum, self.squares);
        let (mut min, mut max) = (self.min, self.max);
        for (value, count) in self.valid() {
            let value = value as f64;
            number += count;
            sum += value * count as f64;
            squares += value * value * count as f64;
            (min, max) = (min.min(value), max.max(value));
        }
        let all = self.number + self.left_out + self.counts.iter().sum::<u64>();
        let mean = sum / number as f64;
        let deviation = (squares / number as f64 - mean * mean).max(0.0).sqrt();
        let known = |value: f64| (number > 0).then_some(value);
        Summary {
            invalid: (all - number) as f64 / all.max(1) as f64,
            min: known(min),
            max: known(max),
            mean: known(mean),
            deviation: known(deviation),
        }
    }

    /// The only valid value, if there is just one.
    pub(super) fn only(&self) -> Option<f64> {
        let Summary { min, max, .. } = self.summary();
        min.filter(|_| min == max)
    }

    /// The commonest valid value and its share of the valid ones; of several the smallest.
    pub(super) fn commonest(&self) -> (f64, f64) {
        let total: u64 = self.valid().map(|(_, count)| count).sum();
        let commonest = self.valid().rev().max_by_key(|&(_, count)| count);
        commonest.map_or((0.0, 0.0), |(value, count)| (value as f64, count as f64 / total as f64))
    }

    /// Share of one value among the valid ones.
    pub(super) fn share(&self, value: usize) -> f64 {
        let total: u64 = self.valid().map(|(_, count)| count).sum();
        let count = self.counts.get(value).copied().unwrap_or(0);
        count as f64 / total.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_by_hand() {
        let mut tally = Tally::new(Dtype::U8, Some(255));
        assert!(!tally.add(ValuesRef::U8(&[9, 9, 1, 3, 255, 3, 3]), 2..7));
        assert!(tally.add(ValuesRef::U8(&[255, 9, 255]), 0..3));
        let Summary { invalid, min, max, mean, deviation } = tally.summary();
        assert_eq!((invalid, min, max), (3.0 / 8.0, Some(1.0), Some(9.0)));
        assert_eq!(mean, Some(19.0 / 5.0)); // 1, 3, 3, 3, 9
        let variance = (109.0 / 5.0) - (19.0 / 5.0) * (19.0 / 5.0);
        assert!((deviation.unwrap() - f64::sqrt(variance)).abs() < 1e-12);
        assert_eq!(tally.commonest(), (3.0, 0.6));
        assert_eq!((tally.share(9), tally.share(0)), (0.2, 0.0));
    }

    #[test]
    fn numbers_add_up_and_nothing_has_no_mean() {
        let bytes: Vec<[u8; 4]> =
            [0.5_f32, f32::NAN, -1.5].iter().map(|x| x.to_le_bytes()).collect();
        let mut tally = Tally::new(Dtype::F32, None);
        assert!(!tally.add(ValuesRef::F32(&bytes), 0..3));
        let summary = tally.with(Tally::new(Dtype::F32, None)).summary();
        assert_eq!((summary.min, summary.max, summary.mean), (Some(-1.5), Some(0.5), Some(-0.5)));
        assert_eq!(summary.invalid, 1.0 / 3.0);
        // Maps of one's own hold 2^32 where nothing is known.
        let bytes: Vec<[u8; 4]> =
            [2.0, u32::MAX as f32, 4.0].iter().map(|x: &f32| x.to_le_bytes()).collect();
        let mut own = Tally::new(Dtype::F32, Some(u32::MAX));
        assert!(!own.add(ValuesRef::F32(&bytes), 0..3));
        assert!(own.add(ValuesRef::F32(&bytes), 0..2));
        let summary = own.summary();
        assert_eq!((summary.min, summary.max, summary.invalid), (Some(2.0), Some(4.0), 0.4));
        let nothing = Tally::new(Dtype::U16, None).summary();
        assert_eq!((nothing.invalid, nothing.min, nothing.mean), (0.0, None, None));
        let mut same = Tally::new(Dtype::U16, Some(7));
        assert!(same.add(ValuesRef::U16(&[[7, 0], [2, 0], [2, 0]]), 0..3));
        assert_eq!(same.only(), Some(2.0));
    }
}
