//! What a job's result depends on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Everything a job's result depends on, as named texts: its task definitions, the settings it
/// reads, checksums of its data, fingerprints of its input jobs, the format of its artefacts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(pub BTreeMap<String, String>);

impl Fingerprint {
    /// A short hash that stands for the whole in the fingerprints of dependent jobs.
    pub fn hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for (key, value) in &self.0 {
            for text in [key, value] {
                hasher.update(&(text.len() as u64).to_le_bytes());
                hasher.update(text.as_bytes());
            }
        }
        hasher.finalize().to_hex()[..16].to_owned()
    }

    /// The keys whose values differ or that only one of the two has.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let keys: std::collections::BTreeSet<_> = self.0.keys().chain(other.0.keys()).collect();
        keys.into_iter().filter(|k| self.0.get(*k) != other.0.get(*k)).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fingerprint(keys: &[(&str, &str)]) -> Fingerprint {
        Fingerprint(keys.iter().map(|&(k, v)| (k.to_owned(), v.to_owned())).collect())
    }

    #[test]
    fn differences_name_changed_added_and_removed_keys() {
        let one = fingerprint(&[("a", "1"), ("b", "2"), ("c", "3")]);
        let two = fingerprint(&[("a", "1"), ("b", "9"), ("d", "3")]);
        assert_eq!(one.differences(&two), ["b", "c", "d"]);
        assert_eq!(one.differences(&one.clone()), Vec::<String>::new());
    }

    #[test]
    fn the_hash_tells_where_keys_end() {
        let hashes = [
            fingerprint(&[("a", "bc")]).hash(),
            fingerprint(&[("ab", "c")]).hash(),
            fingerprint(&[("a", "b"), ("c", "")]).hash(),
        ];
        assert!(hashes.iter().all(|h| h.len() == 16));
        assert!(hashes[0] != hashes[1] && hashes[1] != hashes[2] && hashes[0] != hashes[2]);
    }
}
