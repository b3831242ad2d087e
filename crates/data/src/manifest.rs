//! The manifest of a dataset.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};
use taskonomy_core::{Domain, Dtype, Split};

use crate::error::DataError;

/// The newest version of the format, of datasets with domains of more than one shard. Others are of
/// version 2 if they have tuples of views, else of version 1. All are read.
pub const SCHEMA: u32 = 3;

/// The manifest's name in the folder of a dataset.
pub(crate) const MANIFEST: &str = "manifest.json";

/// The domain that every task's input is made of.
pub(crate) const RGB: &str = "rgb";

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
    /// Version of the format, up to [`SCHEMA`].
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
    /// Number of tuples per split of the domains whose samples are tuples of views; 0 where nothing
    /// is said.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tuples: BTreeMap<Split, BTreeMap<String, usize>>,
    /// Every shard by its path in the folder, `<split>/<domain>-00000.safetensors`: one or more per
    /// domain for each split that has samples.
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
    /// Samples, or tuples, in it; where nothing is said, all that the split has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub samples: Option<usize>,
}

/// The name of a domain's shard of this number.
pub(crate) fn shard_name(domain: &str, number: usize) -> String {
    format!("{domain}-{number:05}.safetensors")
}

/// Where a shard stands in the folder of the dataset.
pub(crate) fn shard_path(split: Split, domain: &str, number: usize) -> String {
    format!("{split}/{}", shard_name(domain, number))
}

impl Manifest {
    /// Reads and checks the manifest of a folder.
    pub fn read(folder: &Path) -> Result<Self, DataError> {
        #[derive(Deserialize)]
        struct Version {
            schema: Option<u64>,
        }
        if !folder.is_dir() {
            return Err(DataError::NoFolder { folder: folder.to_owned() });
        }
        let file = folder.join(MANIFEST);
        if !file.exists() {
            return Err(DataError::NoManifest { folder: folder.to_owned() });
        }
        let bytes = std::fs::read(&file).map_err(DataError::io(&file))?;
        let json = |error| DataError::Json { file: file.clone(), error };
        // The version first: another one may have other keys.
        let version: Version = serde_json::from_slice(&bytes).map_err(json)?;
        if let Some(found) = version.schema
            && !(1..=u64::from(SCHEMA)).contains(&found)
        {
            return Err(DataError::Schema { file, found, allowed: SCHEMA });
        }
        let manifest: Self = serde_json::from_slice(&bytes).map_err(json)?;
        manifest.check().map_err(|why| DataError::Manifest { file, why })?;
        Ok(manifest)
    }

    /// The samples of a split, in the order of the rows.
    pub fn samples(&self, split: Split) -> &[Sample] {
        self.splits.get(&split).map_or(&[], Vec::as_slice)
    }

    /// Number of samples of a domain in a split: rows, or tuples of them.
    pub fn count(&self, split: Split, domain: &Domain) -> usize {
        if domain.is_of_tuples() {
            let counts = self.tuples.get(&split);
            counts.and_then(|counts| counts.get(&domain.name)).copied().unwrap_or(0)
        } else {
            self.samples(split).len()
        }
    }

    /// The shards of a domain in a split, in the order of its samples: path, record and number of
    /// samples.
    pub(crate) fn shards(
        &self,
        split: Split,
        domain: &Domain,
    ) -> impl Iterator<Item = (String, &FileRecord, usize)> {
        let count = self.count(split, domain);
        (0..).map_while(move |number| {
            let path = shard_path(split, &domain.name, number);
            let record = self.files.get(&path)?;
            Some((path, record, record.samples.unwrap_or(count)))
        })
    }

    fn check(&self) -> Result<(), String> {
        check_domains(&self.domains, self.size)?;
        for (split, counts) in &self.tuples {
            for (name, count) in counts {
                let domain = self.domains.iter().find(|domain| domain.name == *name);
                if !domain.is_some_and(Domain::is_of_tuples) {
                    return Err(format!("`tuples` counts `{name}`, which is no domain of tuples"));
                }
                if *count > 0 && self.samples(*split).is_empty() {
                    return Err(format!("split {split} has tuples of `{name}` but no samples"));
                }
            }
        }
        let mut roll = Roll::default();
        for (&split, samples) in &self.splits {
            for sample in samples {
                roll.enter(split, sample)
                    .map_err(|why| format!("split {split}, sample `{}`: {why}", sample.id))?;
            }
        }
        let mut files: BTreeSet<_> = self.files.keys().cloned().collect();
        for split in Split::ALL.into_iter().filter(|&s| !self.samples(s).is_empty()) {
            for domain in &self.domains {
                if self.shards(split, domain).next().is_none() {
                    let path = shard_path(split, &domain.name, 0);
                    return Err(format!("`files` does not list `{path}`"));
                }
                let (mut found, count) = (0_usize, self.count(split, domain));
                for (path, _, samples) in self.shards(split, domain) {
                    found = found.saturating_add(samples);
                    files.remove(&path);
                }
                if found != count {
                    let path = shard_path(split, &domain.name, 0);
                    return Err(format!(
                        "`{path}` and those after it hold {found} samples: they must hold {count}"
                    ));
                }
            }
        }
        match files.first() {
            Some(path) => {
                Err(format!("`files` lists `{path}`, which belongs to no split and domain"))
            }
            None => Ok(()),
        }
    }
}

/// Checks that names are usable as file names and occur once, and that shapes make sense.
pub(crate) fn check_domains(domains: &[Domain], size: usize) -> Result<(), String> {
    const MOST: usize = 1 << 28;
    const MOST_VIEWS: usize = 16;
    if domains.is_empty() {
        return Err("there are no domains: at least one is needed".into());
    }
    if !(1..=1 << 14).contains(&size) {
        return Err(format!("`size` is {size}: it must be from 1 to {}", 1 << 14));
    }
    let mut names = BTreeSet::new();
    for domain in domains {
        let Domain { name, shape, dtype, views, .. } = domain;
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if name.is_empty() || !name.bytes().all(plain) {
            return Err(format!("domain `{name}`: a name is made of a-z, 0-9 and _"));
        }
        if !names.insert(name) {
            return Err(format!("domain `{name}` stands twice"));
        }
        let values = shape.iter().try_fold(1_usize, |n, &side| n.checked_mul(side));
        if !values.is_some_and(|n| (1..=MOST).contains(&n)) {
            return Err(format!(
                "domain `{name}`: a sample of shape {shape:?} must hold from 1 to {MOST} values"
            ));
        }
        if !(1..=MOST_VIEWS).contains(views) {
            return Err(format!(
                "domain `{name}` is of tuples of {views} views: it must be from 1 to {MOST_VIEWS}"
            ));
        }
        if name == RGB && *views != 1 {
            return Err(format!("domain `{RGB}` is of tuples of {views} views: it must be of 1"));
        }
        if name == RGB && (*dtype, *shape) != (Dtype::U8, [3, size, size]) {
            return Err(format!(
                "domain `{RGB}` is {dtype:?} of shape {shape:?}: it must be U8 of shape [3, {size}, {size}]"
            ));
        }
        if !domain.classes.is_empty() && (*dtype == Dtype::F32 || shape[0] != 1) {
            return Err(format!(
                "domain `{name}` is {dtype:?} of shape {shape:?}: classes must be U8 or U16 with 1 channel"
            ));
        }
    }
    Ok(())
}

/// Which ids and scenes have been seen: an id only once, a scene only in one split.
#[derive(Debug, Default)]
pub(crate) struct Roll {
    ids: BTreeSet<String>,
    scenes: BTreeMap<String, Split>,
}

impl Roll {
    /// Says what is wrong with a sample beside those entered before; enters it otherwise.
    pub(crate) fn enter(&mut self, split: Split, sample: &Sample) -> Result<(), String> {
        for (what, text) in [("id", &sample.id), ("scene", &sample.scene)] {
            if text.is_empty() || text.chars().any(char::is_control) {
                return Err(format!(
                    "the {what} {text:?} must be a text without control characters"
                ));
            }
        }
        if let Some(other) = self.scenes.get(&sample.scene)
            && *other != split
        {
            return Err(format!(
                "its scene `{}` is in split {other} already: splits must not share scenes",
                sample.scene
            ));
        }
        if !self.ids.insert(sample.id.clone()) {
            return Err("there is a sample of this id already: ids must be unique".into());
        }
        self.scenes.insert(sample.scene.clone(), split);
        Ok(())
    }
}
