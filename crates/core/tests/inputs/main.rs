//! Inputs that the fuzzer kept, and fixtures with a damaged byte, through the checks that the
//! targets of `tests/fuzz` make.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod affinities;
mod labels;
mod losses;
mod official;

use std::path::{Path, PathBuf};

use proptest::prelude::*;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn inputs(folder: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(ROOT).join(folder);
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

#[test]
fn what_the_fuzzer_kept_is_read_or_refused() {
    let kept = |target: &str| {
        let inputs = inputs(&format!("../../tests/fuzz/corpus/{target}"));
        assert!(inputs.len() > 10, "{} inputs of {target}", inputs.len());
        inputs
    };
    for bytes in kept("affinities") {
        affinities::check(&bytes);
    }
    for bytes in kept("losses") {
        losses::check(&bytes);
        labels::check(&bytes);
    }
    for bytes in kept("official") {
        official::check(&bytes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_pickle_is_read_or_refused(place in any::<prop::sample::Index>(), byte: u8) {
        for mut bytes in inputs("tests/fixtures/official/results/affinities") {
            let place = place.index(bytes.len());
            official::check(&bytes[..place]);
            bytes[place] = byte;
            official::check(&bytes);
        }
    }

    #[test]
    fn lines_of_anything_are_tables_or_refused(text in "(target|sources|affinity|a|self|0.5|[\\PC\r\n\",]{0,3}|[,\n]){0,30}") {
        affinities::check(text.as_bytes());
        affinities::check(format!("target,sources,affinity\n{text}").as_bytes());
        losses::check(text.as_bytes());
        losses::check(format!("image,a,self\n{text}").as_bytes());
        labels::check(text.as_bytes());
        labels::check(format!("image,a,self\n{text}").as_bytes());
    }
}
