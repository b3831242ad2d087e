#![no_main]

#[path = "../../../crates/core/tests/inputs/official.rs"]
mod official;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| official::check(bytes));
