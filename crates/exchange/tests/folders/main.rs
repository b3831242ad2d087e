//! Folders of others, made up by the tests: read, checked, written.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod broken;
mod export;
mod import;
mod made;
#[path = "../inputs/memory.rs"]
mod memory;
mod splits;

use taskonomy_core::{Split, SplitCounts, Values};
use taskonomy_data::Dataset;
use taskonomy_exchange::{ExchangeError, ImportSpec, Imported, Tree, import};

const BUILDINGS: [&str; 4] = ["allensville", "beechwood", "coffeen", "darden"];

fn spec(size: usize) -> ImportSpec {
    ImportSpec { name: "folder".into(), size, splits: None, shares: SplitCounts::SHARES, seed: 1 }
}

/// Imports into a folder that is gone when the result is.
fn imported(
    tree: &dyn Tree,
    spec: &ImportSpec,
) -> Result<(tempfile::TempDir, Dataset, Imported), ExchangeError> {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("set");
    let made = match import(&path, tree, spec, &|_| true) {
        Ok(made) => made,
        Err(error) => {
            let left = std::fs::read_dir(place.path()).unwrap().count();
            assert_eq!(left, 0, "an import that fails leaves nothing");
            return Err(error);
        }
    };
    let dataset = Dataset::open(&path).unwrap();
    dataset.verify_checksums().unwrap();
    Ok((place, dataset, made))
}

/// The split and row of a sample.
fn find(dataset: &Dataset, id: &str) -> (Split, usize) {
    let place = |split: Split| {
        let row = dataset.samples(split).iter().position(|sample| sample.id == id)?;
        Some((split, row))
    };
    Split::ALL.into_iter().find_map(place).unwrap_or_else(|| panic!("there is no sample {id}"))
}

/// The values of a sample's domain.
fn values(dataset: &Dataset, id: &str, domain: &str) -> Option<Values> {
    let (split, row) = find(dataset, id);
    Some(dataset.raw(split, domain, row)?.to_values())
}
