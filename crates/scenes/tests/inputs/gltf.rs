use taskonomy_scenes::Up;

use crate::memory::Memory;
use crate::model;

/// The bytes of a .gltf or .glb file. Beside it is a buffer of numbers and a picture.
pub fn check(bytes: &[u8]) {
    let mut files = Memory::default();
    let numbers = (0..96_u8).flat_map(|i| f32::from(i % 7).to_le_bytes());
    files.0.insert("a.gltf".to_owned(), bytes.to_vec());
    files.0.insert("b.bin".to_owned(), numbers.collect());
    files.0.insert("c.png".to_owned(), vec![1, 1, 200, 100, 50]);
    model::check(&files, "a.gltf", Up::Y, 1.0);
}
