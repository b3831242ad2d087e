//! Files in a zip archive, as libraries of furniture are.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::read::DeflateDecoder;
use rawzip::{CompressionMethod, ZipArchive, ZipArchiveEntryWayfinder, ZipSliceArchive};

use super::Files;

/// The files of a zip archive that is held in memory.
pub struct Archive {
    archive: ZipSliceArchive<Vec<u8>>,
    entries: BTreeMap<String, (ZipArchiveEntryWayfinder, CompressionMethod)>,
}

/// No file of an archive may be larger, bytes.
const LARGEST: u64 = 1 << 29;

impl Archive {
    /// Reads the table of contents; why not, for people. Files whose paths are no UTF-8 or lead out
    /// of the archive are passed over.
    pub fn new(bytes: Vec<u8>) -> Result<Self, String> {
        let wrong = |error: rawzip::Error| format!("no readable zip archive: {error}");
        let archive = ZipArchive::from_slice(bytes).map_err(wrong)?;
        let mut entries = BTreeMap::new();
        let mut all = archive.entries();
        while let Some(entry) = all.next_entry().map_err(wrong)? {
            if let Ok(path) = entry.file_path().try_normalize() {
                let place = (entry.wayfinder(), entry.compression_method());
                entries.insert(path.as_ref().to_owned(), place);
            }
        }
        Ok(Self { archive, entries })
    }
}

impl Files for Archive {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let wrong = |error: &dyn std::fmt::Display| format!("damaged in its archive: {error}");
        let path = path.trim_start_matches('/');
        let (entry, method) = *self.entries.get(path).ok_or("not in its archive")?;
        let entry = self.archive.get_entry(entry).map_err(|e| wrong(&e))?;
        let mut bytes = Vec::new();
        match method {
            CompressionMethod::STORE => {
                entry.verifying_reader(entry.data()).take(LARGEST).read_to_end(&mut bytes)
            }
            CompressionMethod::DEFLATE => {
                let inflated = DeflateDecoder::new(entry.data());
                entry.verifying_reader(inflated).take(LARGEST).read_to_end(&mut bytes)
            }
            _ => return Err("packed in its archive in a way that is not read".into()),
        }
        .map_err(|e| wrong(&e))?;
        Ok(bytes)
    }

    fn ending(&self, end: &str) -> Result<Vec<String>, String> {
        Ok(self.entries.keys().filter(|path| path.ends_with(end)).cloned().collect())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::io::Write;

    /// An archive of these files, packed or not in turn.
    pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut archive = rawzip::ZipArchiveWriter::new(&mut bytes);
        for (number, (name, data)) in files.iter().enumerate() {
            let packed = number % 2 == 0;
            let method = if packed { CompressionMethod::DEFLATE } else { CompressionMethod::STORE };
            let (mut entry, config) =
                archive.new_file(name).compression_method(method).start().unwrap();
            let descriptor = if packed {
                let encoder =
                    flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::default());
                let mut writer = config.wrap(encoder);
                writer.write_all(data).unwrap();
                let (encoder, descriptor) = writer.finish().unwrap();
                encoder.finish().unwrap();
                descriptor
            } else {
                let mut writer = config.wrap(&mut entry);
                writer.write_all(data).unwrap();
                writer.finish().unwrap().1
            };
            entry.finish(descriptor).unwrap();
        }
        archive.finish().unwrap();
        bytes
    }

    #[test]
    fn files_come_out_as_they_went_in() {
        let long = vec![7; 10_000];
        let archive = Archive::new(zip(&[("a/b.obj", &long), ("c.txt", b"text")])).unwrap();
        assert_eq!(archive.read("/a/b.obj").unwrap(), long);
        assert_eq!(archive.read("c.txt").unwrap(), b"text");
        assert_eq!(archive.ending(".obj").unwrap(), ["a/b.obj"]);
        assert_eq!(archive.read("d.txt").unwrap_err(), "not in its archive");
    }

    #[test]
    fn damaged_archives_are_refused() {
        let whole = zip(&[("a.obj", &[7; 500]), ("b.obj", b"some text")]);
        assert!(Archive::new(whole[..whole.len() - 30].to_vec()).is_err());
        assert!(Archive::new(Vec::new()).is_err());
        let mut refused = 0;
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x10;
            let Ok(archive) = Archive::new(bytes) else {
                refused += 1;
                continue;
            };
            for path in ["a.obj", "b.obj"] {
                match archive.read(path) {
                    Ok(bytes) => assert!(bytes == [7; 500] || bytes == b"some text", "byte {at}"),
                    Err(why) => assert!(!why.is_empty()),
                }
            }
        }
        assert!(refused > 0);
    }
}
