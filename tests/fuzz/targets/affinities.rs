#![no_main]

#[path = "../../../crates/core/tests/inputs/affinities.rs"]
mod affinities;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| affinities::check(bytes));
