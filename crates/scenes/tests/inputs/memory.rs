use std::collections::BTreeMap;

use taskonomy_scenes::{Files, Image};

/// Files in memory.
#[derive(Default)]
pub struct Memory(pub BTreeMap<String, Vec<u8>>);

impl Files for Memory {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        self.0.get(path).cloned().ok_or_else(|| "there is no such file".to_owned())
    }

    fn ending(&self, end: &str) -> Result<Vec<String>, String> {
        Ok(self.0.keys().filter(|path| path.ends_with(end)).cloned().collect())
    }
}

/// A picture in the stead of real ones: two bytes for its size, then its pixels.
pub fn decode(bytes: &[u8]) -> Result<Image, String> {
    let [width, height, pixels @ ..] = bytes else { return Err("too short".to_owned()) };
    let (width, height) = (usize::from(*width), usize::from(*height));
    Image::new(width, height, 3, pixels).ok_or_else(|| "no picture".to_owned())
}
