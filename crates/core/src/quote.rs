//! Texts of others as an error may show them: on one line, not longer than a line.

/// As many characters are shown of what was found.
const SHOWN: usize = 60;

/// The end of what was cut.
pub(crate) const CUT: char = '…';

/// The text with control characters escaped, cut to the beginning where it is long.
pub(crate) fn quote(text: &str) -> String {
    let mut shown = String::new();
    for (count, character) in text.chars().enumerate() {
        if count == SHOWN {
            shown.push(CUT);
            return shown;
        }
        match character {
            c if c.is_control() => shown.extend(c.escape_default()),
            c => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn short_texts_stay_and_long_or_wild_ones_fit_a_line() {
        assert_eq!(quote("depth"), "depth");
        assert_eq!(quote("a\n\u{1b}[31mé"), "a\\n\\u{1b}[31mé");
        assert_eq!(quote(&"ä".repeat(1000)).chars().count(), 61);
        assert_eq!(quote(&"ä".repeat(60)), "ä".repeat(60));
    }
}
