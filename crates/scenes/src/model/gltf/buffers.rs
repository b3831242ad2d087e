//! The buffers of a glTF file: in it, beside it, or written out in its text.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gltf::buffer::{Source, View};

use super::super::{Faults, Files, beside};

/// The bytes of all buffers; of those that cannot be read there are none.
pub(super) struct Buffers(Vec<Vec<u8>>);

impl Buffers {
    pub fn read(
        files: &dyn Files,
        file: &str,
        document: &gltf::Document,
        mut blob: Option<&[u8]>,
        faults: &mut Faults,
    ) -> Self {
        let buffer = |buffer: gltf::Buffer| {
            let bytes = match buffer.source() {
                Source::Bin => blob
                    .take()
                    .map(<[u8]>::to_vec)
                    .ok_or_else(|| "the file has no binary part".to_owned()),
                Source::Uri(uri) => fetch(files, file, uri),
            };
            bytes.unwrap_or_else(|why| {
                faults.add("buffers that cannot be read", || {
                    format!("buffer {} of {file}: {why}", buffer.index())
                });
                Vec::new()
            })
        };
        Self(document.buffers().map(buffer).collect())
    }

    /// The bytes of a part of a buffer, if all of them are there.
    pub fn view(&self, view: &View) -> Option<&[u8]> {
        let end = view.offset().checked_add(view.length())?;
        self.0.get(view.buffer().index())?.get(view.offset()..end)
    }
}

/// The bytes that a URI stands for: data, or a file beside this one; why not, for people.
pub(super) fn fetch(files: &dyn Files, file: &str, uri: &str) -> Result<Vec<u8>, String> {
    let Some(data) = uri.strip_prefix("data:") else {
        let path = beside(file, &decoded(uri));
        return files.read(&path).map_err(|why| format!("{path}: {why}"));
    };
    let (_, text) = data.split_once(";base64,").ok_or("its data are not in base64")?;
    STANDARD.decode(text).map_err(|error| format!("its data are no base64: {error}"))
}

/// A path with its percent signs resolved.
fn decoded(uri: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), uri.as_bytes());
    while let [first, after @ ..] = rest {
        let hex = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match hex.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn percent_signs_are_resolved() {
        for (uri, path) in
            [("a%20b.bin", "a b.bin"), ("%", "%"), ("50%zz", "50%zz"), ("%c3%a9", "é")]
        {
            assert_eq!(super::decoded(uri), path);
        }
    }
}
