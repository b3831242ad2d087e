//! `90s`, `25m`, `3h`, `1h30m`, or a plain number of seconds.

use std::str::FromStr;
use std::time::Duration;

/// Longest, in seconds: a year.
const MOST: u64 = 366 * 24 * 3600;

/// How long something takes or may take, in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period(pub Duration);

impl FromStr for Period {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "write a time as in 90s, 25m, 3h or 1h30m".to_owned();
        let (mut sum, mut rest, mut unit) = (0_u64, text, u64::MAX);
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            let number: u64 = rest[..digits].parse().map_err(|_| wrong())?;
            let mut after = rest[digits..].chars();
            let seconds = match after.next() {
                Some('h') => 3600,
                Some('m') => 60,
                Some('s') | None => 1,
                Some(_) => return Err(wrong()),
            };
            // Hours before minutes before seconds, each once; a bare number stands alone.
            if seconds >= unit || (digits == rest.len() && rest != text) {
                return Err(wrong());
            }
            unit = seconds;
            sum = number.checked_mul(seconds).and_then(|n| sum.checked_add(n)).unwrap_or(u64::MAX);
            rest = after.as_str();
        }
        if text.is_empty() {
            return Err(wrong());
        }
        if sum > MOST {
            return Err("that is more than a year".to_owned());
        }
        Ok(Self(Duration::from_secs(sum)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_by_hand() {
        let seconds = |text: &str| text.parse::<Period>().map(|period| period.0.as_secs());
        for (text, expected) in
            [("90", 90), ("90s", 90), ("25m", 1500), ("3h", 10_800), ("1h30m", 5400), ("0", 0)]
        {
            assert_eq!(seconds(text), Ok(expected), "{text}");
        }
        assert_eq!(seconds("1h2m3s"), Ok(3723));
        for wrong in
            ["", "s", "-1", "1.5h", "3d", "1m1h", "1m1m", "1h30", "1 h", "9999999h", "1e99"]
        {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
        assert!(seconds("99999999999999999999").is_err() && seconds("9999999999999999h").is_err());
    }
}
