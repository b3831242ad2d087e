//! Writing a dataset.

use std::collections::BTreeMap;
use std::path::Path;

use taskonomy_core::{Domain, Split, Values};

use crate::error::DataError;
use crate::manifest::{Manifest, Provenance, Sample};

/// A sample that is about to be written.
pub type SampleId = Sample;

/// Writes a dataset into a temporary folder beside its path, renamed at the end.
#[derive(Debug)]
pub struct DatasetWriter;

impl DatasetWriter {
    /// Begins a dataset of images of `size`×`size` pixels; the path must not exist.
    pub fn create(
        path: &Path,
        provenance: Provenance,
        domains: Vec<Domain>,
        size: usize,
    ) -> Result<Self, DataError> {
        unimplemented!("{path:?} {provenance:?} {domains:?} {size}")
    }

    /// Adds a sample; a domain that is missing from the map is absent.
    pub fn append(
        &mut self,
        split: Split,
        sample: SampleId,
        values: &BTreeMap<String, Values>,
    ) -> Result<(), DataError> {
        unimplemented!("{split} {sample:?} {values:?}")
    }

    /// Completes the shards and the manifest and puts the folder where it belongs.
    pub fn finish(self) -> Result<Manifest, DataError> {
        unimplemented!()
    }
}
