use taskonomy_scenes::Up;

use crate::memory::Memory;
use crate::model;

/// A byte of which the lowest bit says which way is up, then the text of an OBJ file and, behind a
/// NUL, that of its materials and, behind another, that of its texture.
pub fn check(bytes: &[u8]) {
    let Some((&first, rest)) = bytes.split_first() else { return };
    let up = if first & 1 == 0 { Up::Y } else { Up::Z };
    let mut files = Memory::default();
    for (name, part) in ["a.obj", "a.mtl", "a.png"].into_iter().zip(rest.splitn(3, |&b| b == 0)) {
        files.0.insert(name.to_owned(), part.to_vec());
    }
    model::check(&files, "a.obj", up, 1.0);
}
