//! One published file: a number per edge.

use std::collections::BTreeMap;

use super::error::OfficialError;
use super::ids;
use super::pickle;
use crate::contender::Contender;
use crate::dictionary::Dictionary;
use crate::id::{IdError, TaskId};
use crate::quote::quote;

/// An edge as it was published. The order of the sources is that of their channels, so `a+b` and
/// `b+a` are trained apart, though the same set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub target: TaskId,
    pub contender: Contender,
    /// The sources in the order of the file, with our ids, joined by `+`.
    pub written: String,
}

/// What one of the published files says: all affinities, or all win rates against scratch or
/// against full supervision, of one set.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scores {
    pub(super) of: BTreeMap<Key, f64>,
    /// Ids that nobody knows, and how many keys name them.
    pub(super) unknown: BTreeMap<TaskId, usize>,
}

impl Scores {
    /// Reads the pickle of a dict from `source__…__target` to a number in [0, 1]. Nothing in it is
    /// executed. Ids are ours afterwards where the dictionary has the task.
    ///
    /// # Errors
    /// Bytes that are no such pickle (at which byte, and what stands there), keys that are no
    /// edge or stand twice, numbers that are no share.
    pub fn read(bytes: &[u8], tasks: &Dictionary) -> Result<Self, OfficialError> {
        let mut scores = Self::default();
        for entry in pickle::entries(bytes)? {
            let shown = || quote(entry.key);
            let value = entry.value;
            if !(0.0..=1.0).contains(&value) {
                return Err(OfficialError::Value { key: shown(), found: value });
            }
            let key = scores
                .key(entry.key, tasks)
                .map_err(|why| OfficialError::Key { key: shown(), why })?;
            // Adding 0 turns -0 into 0.
            if scores.of.insert(key, value + 0.0).is_some() {
                return Err(OfficialError::Twice { key: shown() });
            }
        }
        if scores.of.is_empty() {
            return Err(OfficialError::Empty);
        }
        Ok(scores)
    }

    /// The number of edges.
    pub fn len(&self) -> usize {
        self.of.len()
    }

    /// Whether there are none, which [`Scores::read`] refuses.
    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    pub(super) fn key(&mut self, text: &str, tasks: &Dictionary) -> Result<Key, IdError> {
        let (sources, target) =
            text.rsplit_once("__").ok_or_else(|| IdError::Malformed(quote(text)))?;
        let mut id = |text: &str| {
            let id: TaskId = text.parse()?;
            if !ids::is_known(&id, tasks) {
                *self.unknown.entry(id.clone()).or_default() += 1;
            }
            Ok::<_, IdError>(ids::ours(id, tasks))
        };
        let target = id(target)?;
        let written = match sources {
            "self" | "pixels" => sources.to_owned(),
            _ => {
                let sources = sources.split("__").map(|s| id(s).map(String::from));
                sources.collect::<Result<Vec<_>, _>>()?.join("+")
            }
        };
        Ok(Key { target, contender: written.parse()?, written })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_sources_and_a_target_with_our_ids() {
        let tasks = Dictionary::builtin();
        let mut scores = Scores::default();
        let mut read =
            |text| scores.key(text, &tasks).map(|key| format!("{} -> {}", key.written, key.target));
        assert_eq!(
            read("rgb2sfnorm__edge3d__reshade").unwrap(),
            "normals+edges_occlusion -> reshading"
        );
        assert_eq!(read("self__segmentsemantic_rb").unwrap(), "self -> semantic_segmentation");
        assert_eq!(read("pixels__fix_pose").unwrap(), "pixels -> pose_fixated");
        assert_eq!(read("edge2d__edge2d").unwrap(), "edges_texture -> edges_texture");
        assert_eq!(read("fix_pose__curvatures").unwrap(), "pose_fixated -> curvatures");
        for wrong in ["", "edge2d", "__", "a__", "__a", "a____b", "self__a__b", "a__self", "A__b"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        let unknown: Vec<_> = scores.unknown.keys().map(TaskId::as_str).collect();
        assert_eq!(unknown[0], "a", "also of keys that were refused");
        assert!(unknown.contains(&"curvatures"));
    }
}
