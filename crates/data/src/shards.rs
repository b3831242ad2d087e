//! All shards of one domain of one split, as if they were one.

use std::path::Path;

use taskonomy_core::{Domain, Split};

use crate::error::DataError;
use crate::manifest::Manifest;
use crate::shard::Shard;
use crate::values::ValuesRef;

/// Shards mapped into memory, in the order of their samples.
#[derive(Debug)]
pub(crate) struct Shards {
    shards: Vec<Shard>,
    /// The number of samples up to the end of each shard.
    ends: Vec<usize>,
}

impl Shards {
    /// Maps and checks all shards of a domain in a split of the folder's manifest.
    pub(crate) fn open(
        folder: &Path,
        manifest: &Manifest,
        split: Split,
        domain: &Domain,
    ) -> Result<Self, DataError> {
        let rows = manifest.samples(split).len();
        let (mut shards, mut ends) = (Vec::new(), Vec::new());
        for (path, record, samples) in manifest.shards(split, domain) {
            let shard = Shard::open(&folder.join(path), record, domain, samples)?;
            shard.check_rows(rows)?;
            ends.push(ends.last().copied().unwrap_or(0) + samples);
            shards.push(shard);
        }
        Ok(Self { shards, ends })
    }

    /// The shard that has a row, and the row's number in it.
    fn at(&self, row: usize) -> Option<(&Shard, usize)> {
        let number = self.ends.partition_point(|&end| end <= row);
        let before = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some((self.shards.get(number)?, row - before))
    }

    /// The values of one row, or of one tuple; `None` where it is absent or there is none.
    pub(crate) fn sample(&self, row: usize) -> Option<ValuesRef<'_>> {
        let (shard, row) = self.at(row)?;
        shard.sample(row)
    }

    /// The rows of a tuple; `None` where there is no such tuple or the domain is not of tuples.
    pub(crate) fn rows(&self, tuple: usize) -> Option<Vec<usize>> {
        let (shard, tuple) = self.at(tuple)?;
        shard.rows(tuple)
    }

    /// The shards themselves.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Shard> {
        self.shards.iter()
    }
}
