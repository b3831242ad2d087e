#![no_main]

#[path = "../../../crates/exchange/tests/inputs/folder.rs"]
mod folder;
#[path = "../../../crates/exchange/tests/inputs/memory.rs"]
mod memory;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| folder::check(bytes));
