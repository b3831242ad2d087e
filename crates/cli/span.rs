//! `8` or `1..26`: one number, or all whole steps between two.

use std::str::FromStr;

/// Most numbers between the two ends.
const MOST: f64 = 10_000.0;

/// Some numbers in ascending order, both ends included; never empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Span(Vec<f64>);

impl Span {
    /// The numbers.
    pub fn values(&self) -> &[f64] {
        &self.0
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| !number.is_nan());
        let wrong = || "write a number or two with dots between, as in 8 or 1..26".to_owned();
        let Some((from, to)) = text.split_once("..") else {
            return Ok(Self(vec![number(text).ok_or_else(wrong)?]));
        };
        let (from, to) = (number(from).ok_or_else(wrong)?, number(to).ok_or_else(wrong)?);
        if !(from <= to && to - from <= MOST) {
            return Err(format!("from {from} to {to}: it must go up, by {MOST} at most"));
        }
        Ok(Self((0..=(to - from) as u32).map(|step| from + f64::from(step)).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_by_hand() {
        let values = |text: &str| text.parse::<Span>().map(|span| span.0);
        assert_eq!(values("2.5"), Ok(vec![2.5]));
        assert_eq!(values("1..3"), Ok(vec![1.0, 2.0, 3.0]));
        assert_eq!(values("0.5..2"), Ok(vec![0.5, 1.5]));
        assert_eq!(values("-1"), Ok(vec![-1.0]));
        for wrong in ["", "x", "1..", "3..1", "1..inf", "NaN", "1..2..3", "0..1e9"] {
            assert!(values(wrong).is_err(), "{wrong}");
        }
    }
}
