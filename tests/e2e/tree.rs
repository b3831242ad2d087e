//! What must repeat of a run, byte for byte.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::place::Reference;

/// Times, memory, process ids.
const DIFFERS: [&str; 4] = [".lock", "events.jsonl", "run.json", "workers.log"];

/// Every file of a run that must repeat: its path in the run and its bytes. Of the report, all
/// but the times at its end. Leftovers of unfinished files would stand out as files too many.
pub fn tree(run: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    gather(run, run, &mut files);
    let differs = |name: &str| DIFFERS.contains(&name.rsplit('/').next().unwrap_or(name));
    files.retain(|name, _| !differs(name));
    if let Some(page) = files.get_mut("report/index.html") {
        let text = String::from_utf8(page.clone()).unwrap();
        let (before, _) = text.split_once("Time and memory").expect("the heading of the times");
        *page = before.as_bytes().to_vec();
    }
    files
}

fn gather(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            files.insert(name, fs::read(&path).unwrap());
        }
    }
}

/// Compares a finished run with the reference.
pub fn assert_like_reference(run: &Path) {
    let (expected, found) = (tree(&Reference::get().run()), tree(run));
    assert_eq!(differing(&expected, &found), [""; 0]);
}

/// In what two trees differ, in names: the bytes are many.
pub fn differing(
    expected: &BTreeMap<String, Vec<u8>>,
    found: &BTreeMap<String, Vec<u8>>,
) -> Vec<String> {
    let lacks = expected.keys().filter(|name| !found.contains_key(*name));
    let extra = found.keys().filter(|name| !expected.contains_key(*name));
    let other =
        expected.iter().filter(|(name, bytes)| found.get(*name).is_some_and(|b| b != *bytes));
    lacks
        .map(|name| format!("{name} is missing"))
        .chain(extra.map(|name| format!("{name} is new")))
        .chain(other.map(|(name, _)| format!("{name} has other bytes")))
        .collect()
}

/// Every job that calls itself done must have all files of the reference's, with the same bytes,
/// and nothing unfinished may lie around.
pub fn assert_nothing_half_done(run: &Path) {
    let (reference, found) = (tree(&Reference::get().run()), tree(run));
    for name in found.keys() {
        assert!(!name.contains(".tmp-"), "{name} was left");
    }
    for folder in found.keys().filter_map(|name| name.strip_suffix("done.json")) {
        for (name, bytes) in reference.iter().filter(|(name, _)| name.starts_with(folder)) {
            assert!(found.get(name) == Some(bytes), "{name} is not what its done.json says");
        }
    }
}
