#![no_main]

#[path = "../../../crates/exchange/tests/inputs/camera.rs"]
mod camera;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| camera::check(bytes));
