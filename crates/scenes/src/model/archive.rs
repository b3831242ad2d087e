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
