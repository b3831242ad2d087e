//! Inputs that the fuzzer kept, and damaged ones, through the checks that the targets of `tests/fuzz`
//! make.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod gltf;
mod memory;
mod model;
mod obj;

use std::path::{Path, PathBuf};

use proptest::prelude::*;

fn kept(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/corpus").join(target);
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() > 10, "{} inputs of {target}", paths.len());
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

type Check = fn(&[u8]);

const CHECKS: [(&str, Check); 2] = [("obj", obj::check), ("gltf", gltf::check)];

#[test]
fn what_the_fuzzer_kept_is_read_or_refused() {
    for (target, check) in CHECKS {
        kept(target).iter().map(Vec::as_slice).for_each(check);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_input_is_read_or_refused(which in any::<prop::sample::Index>(), place in any::<prop::sample::Index>(), byte: u8) {
        for (target, check) in CHECKS {
            let inputs = kept(target);
            let mut bytes = inputs[which.index(inputs.len())].clone();
            if !bytes.is_empty() {
                let place = place.index(bytes.len());
                check(&bytes[..place]);
                bytes[place] = byte;
                check(&bytes);
            }
        }
    }
}
