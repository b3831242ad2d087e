//! How numbers from many draws spread.

/// The 5th, 50th and 95th percentile of some numbers: what curves show for random policies, and
/// the interval of a bootstrap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// 5 % lie below.
    pub low: f64,
    /// Half lie below.
    pub median: f64,
    /// 5 % lie above.
    pub high: f64,
}

impl Spread {
    /// Of numbers in any order; nothing of no numbers.
    ///
    /// The p-th percentile of n sorted numbers is at place p (n − 1) / 100, counted from 0, on the
    /// line between its two neighbours (what statistics programs call linear, or type 7).
    pub fn of(numbers: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = numbers.into_iter().collect();
        sorted.sort_unstable_by(f64::total_cmp);
        Some(Self { low: at(&sorted, 0.05)?, median: at(&sorted, 0.5)?, high: at(&sorted, 0.95)? })
    }
}

fn at(sorted: &[f64], share: f64) -> Option<f64> {
    let place = share * sorted.len().checked_sub(1)? as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    // Equal neighbours give themselves, whatever the rounding.
    Some(if below == above { below } else { below + place.fract() * (above - below) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_by_hand() {
        // 21 numbers: the percentiles are the 2nd, the 11th and the 20th.
        let spread = Spread::of((0..21).rev().map(f64::from)).unwrap();
        assert_eq!((spread.low, spread.median, spread.high), (1.0, 10.0, 19.0));
        // Places 0.05 × 3 = 0.15, 1.5 and 2.85 of 10, 20, 40, 80.
        let spread = Spread::of([80.0, 10.0, 40.0, 20.0]).unwrap();
        assert_eq!((spread.low, spread.median), (11.5, 30.0));
        assert!((spread.high - 74.0).abs() < 1e-12);
        let one = Spread::of([7.0]).unwrap();
        assert_eq!((one.low, one.median, one.high), (7.0, 7.0, 7.0));
        assert_eq!(Spread::of([]), None);
    }
}
