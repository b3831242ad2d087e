//! Classes: how many there are, or how they are called.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// `classes = 5` or `classes = ["cat", "dog"]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Classes {
    /// So many, called 0, 1 and so on.
    Number(usize),
    /// Called so; their place in the list is their number.
    Names(Vec<String>),
}

impl Classes {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Number(number) => *number,
            Self::Names(names) => names.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How they are called.
    pub fn names(&self) -> Vec<String> {
        match self {
            Self::Number(number) => (0..*number).map(|class| class.to_string()).collect(),
            Self::Names(names) => names.clone(),
        }
    }

    /// What may be written for a class, for messages; of many names the first ones.
    pub fn allowed(&self) -> String {
        const SHOWN: usize = 8;
        match self {
            Self::Number(number) => format!("0 to {}", number.saturating_sub(1)),
            Self::Names(names) if names.len() > SHOWN => {
                format!("{} and {} more", names[..SHOWN].join(", "), names.len() - SHOWN)
            }
            Self::Names(names) => names.join(", "),
        }
    }

    /// The number of a class that is called so; a number stands for itself where none is.
    pub fn find(&self, text: &str) -> Option<usize> {
        let named = match self {
            Self::Names(names) => names.iter().position(|name| name == text),
            Self::Number(_) => None,
        };
        named.or_else(|| text.parse().ok().filter(|&class| class < self.len()))
    }

    /// Says what is wrong with them.
    pub(super) fn check(&self, most: usize) -> Result<(), String> {
        if !(2..=most).contains(&self.len()) {
            return Err(format!("`classes`: {} of them: it must be 2 to {most}", self.len()));
        }
        let Self::Names(names) = self else { return Ok(()) };
        let mut seen = BTreeSet::new();
        for name in names {
            if name.trim() != name || name.is_empty() {
                return Err(format!("`classes`: {name:?} must be a text without spaces around it"));
            }
            if !seen.insert(name) {
                return Err(format!("`classes`: `{name}` stands twice"));
            }
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Classes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberOrNames;
        impl<'de> Visitor<'de> for NumberOrNames {
            type Value = Classes;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("the number of classes or a list of their names")
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Classes, E> {
                let wrong = || E::custom(format!("`classes` is {number}: it must be 2 or more"));
                usize::try_from(number).map(Classes::Number).map_err(|_| wrong())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut names: A) -> Result<Classes, A::Error> {
                let mut all = Vec::new();
                while let Some(name) = names.next_element()? {
                    all.push(name);
                }
                Ok(Classes::Names(all))
            }
        }
        deserializer.deserialize_any(NumberOrNames)
    }
}
