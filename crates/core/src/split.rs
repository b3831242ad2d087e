//! The four splits of a dataset.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A part of a dataset; parts share no scene.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// The large one: stage 1 trains on it.
    Networks,
    /// The small one: stage 2 trains on it.
    Transfers,
    /// Chooses the best epoch and ranks the beam.
    Validation,
    /// The tournament, and nothing else.
    Test,
}

impl Split {
    /// All four, in the order in which they are used.
    pub const ALL: [Self; 4] = [Self::Networks, Self::Transfers, Self::Validation, Self::Test];

    /// The name, which is also the folder's.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Networks => "networks",
            Self::Transfers => "transfers",
            Self::Validation => "validation",
            Self::Test => "test",
        }
    }
}

impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Split {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|s| s.as_str() == text).ok_or_else(|| {
            format!("`{text}` is no split: there are networks, transfers, validation and test")
        })
    }
}
