#![no_main]

#[path = "../../../crates/core/tests/inputs/labels.rs"]
mod labels;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| labels::check(bytes));
