//! Reading a dataset.

use std::path::Path;

use rayon::prelude::*;
use taskonomy_core::{Domain, Split, nearest};

use crate::error::DataError;
use crate::manifest::{Manifest, Sample};
use crate::shards::Shards;
use crate::tuples::Tuples;
use crate::values::ValuesRef;

/// An open dataset: the manifest, and every shard mapped into memory.
#[derive(Debug)]
pub struct Dataset {
    manifest: Manifest,
    /// Per split, per domain in the manifest's order; none for a split without samples.
    shards: Vec<Vec<Shards>>,
}

impl Dataset {
    /// Opens a folder and checks the manifest and the length, type and shape of every shard (not
    /// the values: see [`Dataset::verify_checksums`]).
    pub fn open(path: &Path) -> Result<Self, DataError> {
        let manifest = Manifest::read(path)?;
        let open = |split: Split| {
            let has_samples = !manifest.samples(split).is_empty();
            let domains = manifest.domains.iter().filter(|_| has_samples);
            domains
                .map(|domain| Shards::open(path, &manifest, split, domain))
                .collect::<Result<Vec<_>, _>>()
        };
        let shards = Split::ALL.into_iter().map(open).collect::<Result<_, _>>()?;
        Ok(Self { manifest, shards })
    }

    /// The same images with the domains of another dataset beside those of this one.
    ///
    /// Fails when the other is not of the same samples, rows and image size, or when both have a
    /// domain of one name.
    pub fn join(mut self, other: Self) -> Result<Self, DataError> {
        let (ours, theirs) = (&self.manifest, other.manifest);
        if (ours.size, &ours.splits) != (theirs.size, &theirs.splits) {
            return Err(DataError::Join { why: "it is of other images".to_owned() });
        }
        let twice = theirs.domains.iter().find(|d| ours.domains.iter().any(|o| o.name == d.name));
        if let Some(domain) = twice {
            let why = format!("both have a domain `{}`", domain.name);
            return Err(DataError::Join { why });
        }
        for (shards, more) in self.shards.iter_mut().zip(other.shards) {
            shards.extend(more);
        }
        self.manifest.schema = self.manifest.schema.max(theirs.schema);
        self.manifest.domains.extend(theirs.domains);
        self.manifest.files.extend(theirs.files);
        for (split, counts) in theirs.tuples {
            self.manifest.tuples.entry(split).or_default().extend(counts);
        }
        Ok(self)
    }

    /// Reads every byte and compares the checksums; of several damaged shards the first in the
    /// order of splits and domains is named.
    pub fn verify_checksums(&self) -> Result<(), DataError> {
        let mut jobs = Vec::new();
        for split in Split::ALL {
            for (domain, shards) in self.manifest.domains.iter().zip(&self.shards[split as usize]) {
                let records = self.manifest.shards(split, domain).map(|(_, record, _)| record);
                jobs.extend(shards.iter().zip(records));
            }
        }
        let checked: Vec<_> =
            jobs.into_par_iter().map(|(shard, record)| shard.verify(record)).collect();
        checked.into_iter().collect()
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
        self.manifest.samples(split)
    }

    /// What is stored under this name.
    pub fn domain(&self, name: &str) -> Result<&Domain, DataError> {
        self.position(name).map(|index| &self.manifest.domains[index])
    }

    /// A hash over what a job that reads the domain depends on, for its fingerprint: checksums of
    /// the domain's shards in all splits, how its values are understood, the ids of all samples.
    pub fn checksum(&self, domain: &str) -> Result<String, DataError> {
        let domain = self.domain(domain)?;
        let Domain { dtype, shape, invalid, classes, .. } = domain;
        let mut hasher = blake3::Hasher::new();
        let mut add = |text: &str| _ = hasher.update(text.as_bytes()).update(&[0]);
        add(&format!("{dtype:?} {shape:?} {invalid:?} {}", classes.len()));
        for split in Split::ALL {
            add(split.as_str());
            self.manifest.shards(split, domain).for_each(|(_, record, _)| add(&record.blake3));
            self.samples(split).iter().for_each(|sample| add(&sample.id));
        }
        Ok(hasher.finalize().to_hex().to_string())
    }

    /// A hash over the whole manifest, and so over the checksums of all shards.
    pub fn fingerprint(&self) -> String {
        let json = serde_json::to_vec(&self.manifest).expect("keys are texts, values are plain");
        blake3::hash(&json).to_hex().to_string()
    }

    /// What the values of a domain belong to in a split: tuples of rows, or each row by itself.
    ///
    /// Fails when there is no such domain.
    pub fn tuples(&self, split: Split, domain: &str) -> Result<Tuples<'_>, DataError> {
        self.position(domain).map(|at| self.tuples_at(split, at))
    }

    /// As [`Dataset::tuples`], with the domain's position in the manifest's list.
    pub(crate) fn tuples_at(&self, split: Split, at: usize) -> Tuples<'_> {
        let domain = &self.manifest.domains[at];
        let shards = self.shards[split as usize].get(at);
        let len = self.manifest.count(split, domain);
        Tuples { shards, samples: self.samples(split), views: domain.views, len }
    }

    /// The stored values of one sample, or of one tuple of a domain of tuples; `None` where it is
    /// absent, or there is no such row, tuple or domain.
    pub fn raw(&self, split: Split, domain: &str, row: usize) -> Option<ValuesRef<'_>> {
        self.sample(split, self.position(domain).ok()?, row)
    }

    /// Where a domain stands in the manifest's list.
    pub(crate) fn position(&self, name: &str) -> Result<usize, DataError> {
        let names = || self.manifest.domains.iter().map(|d| d.name.as_str());
        names().position(|n| n == name).ok_or_else(|| DataError::NoDomain {
            name: name.to_owned(),
            nearest: nearest(name, names()).map(str::to_owned),
            known: names().collect::<Vec<_>>().join(", "),
        })
    }

    /// As [`Dataset::raw`], with the domain's position in the manifest's list.
    pub(crate) fn sample(&self, split: Split, domain: usize, row: usize) -> Option<ValuesRef<'_>> {
        self.shards[split as usize].get(domain)?.sample(row)
    }
}
