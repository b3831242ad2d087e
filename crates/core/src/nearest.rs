//! The nearest known word to a mistyped one, for hints.

/// The candidate that is most like the word, if any is like enough to be meant.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_what_was_meant_and_nothing_for_nonsense() {
        assert_eq!(nearest("epoch", ["batch", "epochs", "lr"]), Some("epochs"));
        assert_eq!(nearest("zzz", ["batch", "epochs", "lr"]), None);
    }
}
