#![no_main]

#[path = "../../../crates/core/tests/inputs/losses.rs"]
mod losses;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| losses::check(bytes));
