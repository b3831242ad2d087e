//! What was left out of a file, counted and named.

use std::collections::BTreeMap;
use std::fmt;

/// What was left out, by kind: how often, and where first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    kinds: BTreeMap<&'static str, (usize, String)>,
}

impl Faults {
    /// Counts one; `place` says where it is, and is asked for the first of a kind only.
    pub fn add(&mut self, kind: &'static str, place: impl FnOnce() -> String) {
        self.kinds.entry(kind).or_insert_with(|| (0, place())).0 += 1;
    }

    /// Adds those of another file.
    pub fn join(&mut self, other: Self) {
        for (kind, (count, place)) in other.kinds {
            self.kinds.entry(kind).or_insert_with(|| (0, place)).0 += count;
        }
    }

    /// Kind, number and first place of all.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, usize, &str)> {
        self.kinds.iter().map(|(&kind, (count, place))| (kind, *count, place.as_str()))
    }

    /// How many of a kind there are.
    pub fn count(&self, kind: &str) -> usize {
        self.kinds.get(kind).map_or(0, |fault| fault.0)
    }

    /// Whether nothing was left out.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }
}

impl fmt::Display for Faults {
    /// A line for each kind.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (kind, count, place) in self.iter() {
            write!(f, "\n  {kind}: {count}, the first: {place}")?;
        }
        Ok(())
    }
}
