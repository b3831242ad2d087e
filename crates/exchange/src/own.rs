//! Labels and representations of the user's own, brought to the images of a dataset.
//!
//! [`OwnLabels`] are what a `[[task]]` of a pipeline names, [`OwnFeatures`] what a `[[source]]` does.
//! Both are opened (files are listed and hashed, tables read) and then converted into a dataset of one
//! domain with the samples of the images, so that the stages need not know where labels come from.
//!
//! Files and rows are named after images: `<image>` is the id of a sample. Crops of photos have ids
//! like `garden/7.jpg#02`; what holds for a whole photo (a class, a vector) may be named after the
//! photo instead, with or without its ending: `garden/7.jpg`, `garden/7`.

mod assigned;
mod features;
mod files;
mod grid;
mod labels;
mod map;
mod table;
mod tensors;

use std::collections::BTreeMap;

use taskonomy_core::{Split, TaskId};
use taskonomy_data::Dataset;

use crate::error::ExchangeError;
use crate::fault::Faults;

pub use features::OwnFeatures;
pub use labels::OwnLabels;

/// Images that are in memory at once, for each thread.
const AT_ONCE: usize = 8;

/// So many names stand in a message.
const NAMED: usize = 3;

/// What became of the files or rows of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Converted {
    /// For each split the images that have a label or representation, and all images.
    pub present: BTreeMap<Split, [usize; 2]>,
    /// Files or rows that belong to no image.
    pub unused: Vec<String>,
}

/// An entry of the pipeline, for messages.
#[derive(Debug, Clone)]
struct Entry {
    kind: &'static str,
    id: TaskId,
}

impl Entry {
    fn task(id: &TaskId) -> Self {
        Self { kind: "[[task]]", id: id.clone() }
    }

    fn source(id: &TaskId) -> Self {
        Self { kind: "[[source]]", id: id.clone() }
    }

    fn absent(&self, path: &str, wanted: &'static str) -> ExchangeError {
        ExchangeError::OwnAbsent {
            entry: self.kind,
            id: self.id.clone(),
            path: path.into(),
            wanted,
        }
    }

    /// Nothing, or all faults as one error.
    fn faultless(&self, faults: Faults) -> Result<(), ExchangeError> {
        if faults.total() == 0 {
            return Ok(());
        }
        Err(ExchangeError::OwnFaults { entry: self.kind, id: self.id.clone(), faults })
    }

    fn lacking(&self, why: String, images: Vec<String>, instead: Vec<String>) -> ExchangeError {
        let images = Box::new([images, instead]);
        ExchangeError::OwnLacking { entry: self.kind, id: self.id.clone(), why, images }
    }
}

/// What decides how values are understood, which images there are, and in what order.
fn begin_digest(what: &impl serde::Serialize, images: &Dataset) -> blake3::Hasher {
    let mut hasher = blake3::Hasher::new();
    let mut add = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    add(&serde_json::to_vec(what).expect("plain values"));
    add(&(images.manifest().size as u64).to_le_bytes());
    for split in Split::ALL {
        add(split.as_str().as_bytes());
        images.samples(split).iter().for_each(|sample| add(sample.id.as_bytes()));
    }
    hasher
}
