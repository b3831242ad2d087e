//! Task ids.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::quote::quote;

/// The id of a task: `[a-z][a-z0-9_]*`, so that it can be a file name, a CSV column and a TOML key.
///
/// `self` and `pixels` are no tasks and refused; `random` is the id of the untrained encoder.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TaskId(Arc<str>);

/// Why a text is no task id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The text has other characters than an id may have.
    #[error(
        "`{0}` is no task id: an id begins with a-z and goes on with a-z, 0-9 or _ (like `depth_zbuffer`)"
    )]
    Malformed(String),
    /// The text is `self` or `pixels`.
    #[error("`{0}` is reserved and cannot be the id of a task")]
    Reserved(String),
}

impl TaskId {
    /// Checks the text and makes an id of it.
    pub fn new(text: &str) -> Result<Self, IdError> {
        let mut bytes = text.bytes();
        let well_formed = bytes.next().is_some_and(|b| b.is_ascii_lowercase())
            && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !well_formed {
            return Err(IdError::Malformed(quote(text)));
        }
        if text == "self" || text == "pixels" {
            return Err(IdError::Reserved(text.to_owned()));
        }
        Ok(Self(text.into()))
    }

    /// The untrained encoder, a source-only task that costs nothing.
    pub fn random() -> Self {
        Self("random".into())
    }

    /// Whether this is the untrained encoder.
    pub fn is_random(&self) -> bool {
        &*self.0 == "random"
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for TaskId {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        Self::new(text)
    }
}

impl TryFrom<String> for TaskId {
    type Error = IdError;
    fn try_from(text: String) -> Result<Self, IdError> {
        Self::new(&text)
    }
}

impl From<TaskId> for String {
    fn from(id: TaskId) -> Self {
        id.0.as_ref().to_owned()
    }
}

impl AsRef<str> for TaskId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for TaskId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_ids_and_names_what_is_wrong_with_others() {
        assert_eq!(TaskId::new("keypoints_2d").unwrap().as_str(), "keypoints_2d");
        for bad in ["", "2d", "Depth", "a b", "a+b", "_a", "ä"] {
            assert_eq!(TaskId::new(bad), Err(IdError::Malformed(bad.into())));
        }
        assert_eq!(TaskId::new("self"), Err(IdError::Reserved("self".into())));
        assert!(TaskId::random().is_random());
    }
}
