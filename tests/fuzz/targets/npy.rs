#![no_main]

#[path = "../../../crates/exchange/tests/inputs/npy.rs"]
mod npy;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| npy::check(bytes));
