//! Reading a dataset.

use std::path::Path;

use taskonomy_core::{Domain, Split};

use crate::error::DataError;
use crate::manifest::{Manifest, Sample};
use crate::values::ValuesRef;

/// An open dataset: the manifest, and every shard mapped into memory.
#[derive(Debug)]
pub struct Dataset {
    manifest: Manifest,
}

impl Dataset {
    /// Opens a folder and checks the manifest and the length, type and shape of every shard.
    pub fn open(path: &Path) -> Result<Self, DataError> {
        unimplemented!("{path:?}")
    }

    /// Reads every byte and compares the checksums.
    pub fn verify_checksums(&self) -> Result<(), DataError> {
        unimplemented!()
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Number of samples of a split.
    pub fn len(&self, split: Split) -> usize {
        self.samples(split).len()
    }

    /// Whether a split has no samples.
    pub fn is_empty(&self, split: Split) -> bool {
        self.len(split) == 0
    }

    /// The samples of a split, in the order of the rows.
    pub fn samples(&self, split: Split) -> &[Sample] {
        self.manifest.splits.get(&split).map_or(&[], Vec::as_slice)
    }

    /// What is stored under this name.
    pub fn domain(&self, name: &str) -> Result<&Domain, DataError> {
        unimplemented!("{name}")
    }

    /// A hash over the checksums of the domain's shards and the ids of all samples: what a job's
    /// fingerprint holds of its data.
    pub fn checksum(&self, domain: &str) -> Result<String, DataError> {
        unimplemented!("{domain}")
    }

    /// The stored values of one sample; `None` where it is absent, or there is no such row or
    /// domain.
    pub fn raw(&self, split: Split, domain: &str, row: usize) -> Option<ValuesRef<'_>> {
        unimplemented!("{split} {domain} {row}")
    }
}
