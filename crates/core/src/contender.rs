//! Transfers and the contenders of a target's tournament.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::{IdError, TaskId};
use crate::quote::quote;

/// A sorted, non-empty set of source tasks that one transfer reads together.
///
/// Written `a+b+c`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sources(Vec<TaskId>);

impl Sources {
    /// Sorts the ids and drops repetitions; `None` when there are none.
    pub fn new(ids: impl IntoIterator<Item = TaskId>) -> Option<Self> {
        let mut ids: Vec<_> = ids.into_iter().collect();
        ids.sort();
        ids.dedup();
        (!ids.is_empty()).then_some(Self(ids))
    }

    /// A set of one.
    pub fn one(id: TaskId) -> Self {
        Self(vec![id])
    }

    /// The number of sources.
    pub fn order(&self) -> usize {
        self.0.len()
    }

    /// The sources in ascending order of their ids.
    pub fn iter(&self) -> std::slice::Iter<'_, TaskId> {
        self.0.iter()
    }

    /// Whether the task is one of them.
    pub fn contains(&self, id: &TaskId) -> bool {
        self.0.binary_search(id).is_ok()
    }
}

impl<'a> IntoIterator for &'a Sources {
    type Item = &'a TaskId;
    type IntoIter = std::slice::Iter<'a, TaskId>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl fmt::Display for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.iter().map(TaskId::as_str).collect::<Vec<_>>().join("+");
        f.pad(&text)
    }
}

impl FromStr for Sources {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let ids = text.split('+').map(TaskId::new).collect::<Result<Vec<_>, _>>()?;
        Self::new(ids).ok_or_else(|| IdError::Malformed(quote(text)))
    }
}

impl TryFrom<String> for Sources {
    type Error = IdError;
    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<Sources> for String {
    fn from(sources: Sources) -> Self {
        sources.to_string()
    }
}

/// A directed hyperedge: a readout of a set of sources that predicts one target.
///
/// Written `a+b->t`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Transfer {
    /// What is read.
    pub sources: Sources,
    /// What is predicted.
    pub target: TaskId,
}

impl Transfer {
    /// The number of sources.
    pub fn order(&self) -> usize {
        self.sources.order()
    }
}

impl fmt::Display for Transfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}->{}", self.sources, self.target))
    }
}

impl FromStr for Transfer {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let (sources, target) =
            text.split_once("->").ok_or_else(|| IdError::Malformed(quote(text)))?;
        Ok(Self { sources: sources.parse()?, target: target.parse()? })
    }
}

/// A column of a target's loss table.
///
/// Written `self`, `pixels` (its replicas `pixels#1`, `pixels#2`, …), `self#small`, or the sources
/// `a+b+c`. Ordered `self`, transfers by order and then by ids, `pixels`, `self#small`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Contender {
    /// Full supervision: the target's own task-specific network.
    Full,
    /// A readout of these sources.
    Transfer(Sources),
    /// From scratch on the transfers split, one of several seeds (from 1; 0 is written `pixels`).
    /// The baseline of gain, never in the tournament.
    Scratch(u32),
    /// The target's own network trained on the transfers split alone: the tougher baseline beside
    /// scratch, never in the tournament either.
    Small,
}

impl Contender {
    /// Whether it takes part in the tournament (all but the baselines, scratch and `self#small`).
    pub fn competes(&self) -> bool {
        !matches!(self, Self::Scratch(_) | Self::Small)
    }

    /// Whether it is scratch, of any seed.
    pub fn is_scratch(&self) -> bool {
        matches!(self, Self::Scratch(_))
    }

    fn rank(&self) -> (u8, usize, Option<&Sources>, u32) {
        match self {
            Self::Full => (0, 0, None, 0),
            Self::Transfer(sources) => (1, sources.order(), Some(sources), 0),
            Self::Scratch(seed) => (2, 0, None, *seed),
            Self::Small => (3, 0, None, 0),
        }
    }
}

impl PartialOrd for Contender {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Contender {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl fmt::Display for Contender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.pad("self"),
            Self::Scratch(0) => f.pad("pixels"),
            Self::Scratch(seed) => f.pad(&format!("pixels#{seed}")),
            Self::Small => f.pad("self#small"),
            Self::Transfer(sources) => sources.fmt(f),
        }
    }
}

impl FromStr for Contender {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        match text {
            "self" => Ok(Self::Full),
            "pixels" => Ok(Self::Scratch(0)),
            "self#small" => Ok(Self::Small),
            _ => match text.strip_prefix("pixels#") {
                Some(seed) => {
                    seed.parse().map(Self::Scratch).map_err(|_| IdError::Malformed(quote(text)))
                }
                None => text.parse().map(Self::Transfer),
            },
        }
    }
}

impl TryFrom<String> for Contender {
    type Error = IdError;
    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<Contender> for String {
    fn from(contender: Contender) -> Self {
        contender.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_sorted_sets() {
        let s: Sources = "c+a+b+a".parse().unwrap();
        assert_eq!(s.to_string(), "a+b+c");
        assert_eq!(s.order(), 3);
        assert!(s.contains(&TaskId::new("b").unwrap()));
        assert!("a++b".parse::<Sources>().is_err());
        assert!("".parse::<Sources>().is_err());
    }

    #[test]
    fn contenders_read_as_they_are_written_and_sort_by_order() {
        let mut all: Vec<Contender> =
            ["self#small", "pixels#2", "b", "a+c", "self", "pixels#1", "a", "pixels"]
                .map(|t| t.parse().unwrap())
                .to_vec();
        all.sort();
        let texts: Vec<_> = all.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            ["self", "a", "b", "a+c", "pixels", "pixels#1", "pixels#2", "self#small"]
        );
        for wrong in ["pixels#x", "self#", "self#smal", "self#1"] {
            assert!(wrong.parse::<Contender>().is_err(), "{wrong}");
        }
        let competing: Vec<_> = all.iter().map(Contender::competes).collect();
        assert_eq!(competing, [true, true, true, true, false, false, false, false]);
        assert!(all[4].is_scratch() && !all[7].is_scratch());
    }
}
