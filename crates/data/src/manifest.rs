//! The manifest of a dataset.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use taskonomy_core::{Domain, Split};

/// The version of the format that is written and read.
pub const SCHEMA: u32 = 1;

/// Where a dataset comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// What made it, with its version and settings: the same text and seed give the same bytes.
    pub generator: String,
    /// The seed that it was made with.
    pub seed: u64,
}

/// `manifest.json`: everything about a dataset but the values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Version of the format, [`SCHEMA`].
    pub schema: u32,
    /// What made the dataset.
    pub generator: String,
    /// The seed that it was made with.
    pub seed: u64,
    /// Height and width of the images in pixels.
    pub size: usize,
    /// What is stored per sample, in the order in which it was declared.
    pub domains: Vec<Domain>,
    /// The samples of each split, in the order of the rows; splits share no scene.
    pub splits: BTreeMap<Split, Vec<Sample>>,
    /// Every shard by its path in the folder, `<split>/<domain>-00000.safetensors`.
    pub files: BTreeMap<String, FileRecord>,
}

/// A row of a split.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// Unique in the dataset.
    pub id: String,
    /// The scene that the image shows.
    pub scene: String,
}

/// What a shard's bytes must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileRecord {
    /// Length in bytes.
    pub bytes: u64,
    /// BLAKE3 of all bytes, 64 hexadecimal digits.
    pub blake3: String,
}
