//! The published tables, where they stand beside this checkout.

use std::path::Path;

use taskonomy_core::AffinityTable;

/// One of them by its name; a test without it has nothing to look at, and says so.
#[allow(clippy::print_stdout, reason = "a test that has nothing to look at says so")]
pub fn published(name: &str) -> Option<AffinityTable> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|folder| folder.join("shared/data/official"))
        .find(|folder| folder.is_dir());
    let Some(folder) = folder else {
        println!("skipped: the published tables (shared/data/official) are not here");
        return None;
    };
    let file = std::fs::File::open(folder.join(name)).expect("readable");
    Some(AffinityTable::read(file).expect("a table"))
}
