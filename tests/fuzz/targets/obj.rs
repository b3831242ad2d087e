#![no_main]

#[path = "../../../crates/scenes/tests/inputs/obj.rs"]
mod obj;
#[path = "../../../crates/scenes/tests/inputs/memory.rs"]
mod memory;
#[path = "../../../crates/scenes/tests/inputs/model.rs"]
mod model;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| obj::check(bytes));
