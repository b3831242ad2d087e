#![no_main]

#[path = "../../../crates/scenes/tests/inputs/gltf.rs"]
mod gltf;
#[path = "../../../crates/scenes/tests/inputs/memory.rs"]
mod memory;
#[path = "../../../crates/scenes/tests/inputs/model.rs"]
mod model;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gltf::check(bytes));
