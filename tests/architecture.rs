//! The arrows of ARCHITECTURE.md: who may use whom, and who links libtorch.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// What each library may use of the others, as in ARCHITECTURE.md.
const MAY_USE: [(&str, &[&str]); 13] = [
    ("core", &[]),
    ("cues", &["core"]),
    ("scenes", &["core", "cues"]),
    ("data", &["core", "cues"]),
    ("exchange", &["core", "cues", "data"]),
    ("nn", &["core"]),
    ("run", &["core"]),
    ("plan", &["core", "run", "affinity"]),
    ("networks", &["nn", "data", "run", "core"]),
    ("transfers", &["nn", "data", "run", "core"]),
    ("affinity", &["core"]),
    ("policy", &["core"]),
    ("report", &["core", "run", "affinity", "policy"]),
];

const NAMES_TCH: [&str; 3] = ["nn", "networks", "transfers"];

/// Dependencies (not dev-dependencies) of each library, by the short names of the table above.
fn dependencies() -> BTreeMap<String, Vec<String>> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates");
    let mut found = BTreeMap::new();
    for folder in std::fs::read_dir(crates).unwrap() {
        let Ok(text) = std::fs::read_to_string(folder.unwrap().path().join("Cargo.toml")) else {
            continue; // cli and worker are sources of the root package
        };
        let manifest: toml::Table = text.parse().unwrap();
        let name = manifest["package"]["name"].as_str().unwrap();
        let uses = manifest["dependencies"].as_table().unwrap().keys().cloned().collect();
        found.insert(name.strip_prefix("taskonomy-").unwrap().to_owned(), uses);
    }
    found
}

#[test]
fn libraries_use_only_what_their_row_allows() {
    let found = dependencies();
    let known: Vec<_> = MAY_USE.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert!(found.keys().all(|name| known.contains(name)), "no row for one of {found:?}");
    for (name, allowed) in MAY_USE {
        for used in &found[name] {
            if let Some(ours) = used.strip_prefix("taskonomy-") {
                assert!(allowed.contains(&ours), "{name} must not use {ours}");
            }
        }
    }
}

#[test]
fn only_the_training_crates_name_tch() {
    for (name, uses) in dependencies() {
        let names_tch = uses.iter().any(|u| u == "tch");
        assert_eq!(names_tch, NAMES_TCH.contains(&name.as_str()), "{name}: {uses:?}");
    }
    let cli = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/cli");
    let mut folders = vec![cli];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if let Ok(text) = std::fs::read_to_string(&entry) {
                assert!(!text.contains("tch::"), "{} names tch", entry.display());
            }
        }
    }
}

#[test]
fn the_driver_does_not_link_libtorch() {
    let Ok(output) = Command::new("ldd").arg(env!("CARGO_BIN_EXE_taskonomy")).output() else {
        println!("skipped: there is no ldd on this system");
        return;
    };
    let libraries = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(libraries.contains("libc"), "ldd said: {libraries}");
    assert!(!libraries.contains("torch"), "{libraries}");
}
