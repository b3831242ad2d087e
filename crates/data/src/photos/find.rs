//! Finding the photos below a folder.

use std::collections::BTreeSet;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::error::DataError;

/// Larger files are no photos.
const MOST_BYTES: u64 = 1 << 29;

/// How photos are read; tests put disks that fail in its place.
pub trait Disk: Sync {
    /// What is in a folder, in any order.
    fn entries(&self, folder: &Path) -> io::Result<Vec<PathBuf>>;
    /// All bytes of a file.
    fn read(&self, file: &Path) -> io::Result<Vec<u8>>;
}

/// The file system.
#[derive(Debug, Clone, Copy)]
pub struct LocalDisk;

impl Disk for LocalDisk {
    fn entries(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        std::fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect()
    }

    fn read(&self, file: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(file)
    }
}

/// A file that was left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Skipped {
    /// Its path below the folder of photos.
    pub file: String,
    /// Why.
    pub why: String,
}

impl Skipped {
    pub(super) fn new(file: impl Into<String>, why: impl ToString) -> Self {
        Self { file: file.into(), why: why.to_string() }
    }
}

/// The files below a folder that may be photos.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Found {
    /// Paths below the folder, ascending, parts separated by `/`.
    pub(super) photos: Vec<String>,
    /// What cannot be read, or is an image of another kind.
    pub(super) skipped: Vec<Skipped>,
    /// Number of files that are no images.
    pub(super) others: usize,
}

/// Walks a folder and all folders in it, following links, each folder and file once (so that
/// loops of links end). Names that begin with a dot are passed over.
pub(super) fn find(root: &Path, disk: &dyn Disk) -> Result<Found, DataError> {
    if !root.is_dir() {
        return Err(DataError::NoFolder { folder: root.to_owned() });
    }
    let mut found = Found::default();
    let mut seen = BTreeSet::new();
    // The last one is next: a folder's entries come in descending order.
    let mut pending = vec![root.to_owned()];
    while let Some(path) = pending.pop() {
        let is_root = path == root;
        let Some(name) = relative(&path, root) else {
            let file = path.strip_prefix(root).unwrap_or(&path).to_string_lossy();
            found.skipped.push(Skipped::new(file.escape_debug().to_string(), UNUSABLE_NAME));
            continue;
        };
        let data = match std::fs::metadata(&path) {
            Ok(data) => data,
            Err(_) if kind(&path) == Kind::Other => continue,
            Err(error) => {
                found.skipped.push(Skipped::new(name, error));
                continue;
            }
        };
        if !seen.insert((data.dev(), data.ino())) {
            continue;
        }
        if data.is_dir() {
            match disk.entries(&path) {
                Ok(mut entries) => {
                    entries.retain(|e| !e.file_name().is_none_or(is_hidden));
                    entries.sort_unstable_by(|a, b| b.cmp(a));
                    pending.append(&mut entries);
                }
                Err(error) if is_root => return Err(DataError::io(path)(error)),
                Err(error) => found.skipped.push(Skipped::new(name, error)),
            }
            continue;
        }
        match kind(&path) {
            Kind::Other => found.others += 1,
            Kind::Foreign => {
                let why = "only JPEG, PNG and WebP are read: convert it first";
                found.skipped.push(Skipped::new(name, why));
            }
            Kind::Photo if !data.is_file() => {
                found.skipped.push(Skipped::new(name, "it is no regular file"));
            }
            Kind::Photo if data.len() > MOST_BYTES => {
                let why = format!("{} bytes: at most {MOST_BYTES} are read", data.len());
                found.skipped.push(Skipped::new(name, why));
            }
            Kind::Photo => found.photos.push(name),
        }
    }
    found.photos.sort_unstable();
    found.skipped.sort_unstable();
    Ok(found)
}

const UNUSABLE_NAME: &str = "its name is no UTF-8 text without control characters: rename it";

/// The path below the root as a text, unless its name cannot be an id.
fn relative(path: &Path, root: &Path) -> Option<String> {
    let parts: Option<Vec<_>> =
        path.strip_prefix(root).ok()?.iter().map(std::ffi::OsStr::to_str).collect();
    parts.map(|parts| parts.join("/")).filter(|name| !name.chars().any(char::is_control))
}

fn is_hidden(name: &std::ffi::OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

#[derive(PartialEq)]
enum Kind {
    Photo,
    /// An image that is not read: the user may wonder where it is.
    Foreign,
    Other,
}

fn kind(path: &Path) -> Kind {
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    match ending.as_str() {
        "jpg" | "jpeg" | "jpe" | "jfif" | "png" | "webp" => Kind::Photo,
        "avif" | "bmp" | "cr2" | "cr3" | "arw" | "dng" | "gif" | "heic" | "heif" | "jp2"
        | "jxl" | "nef" | "orf" | "raf" | "rw2" | "tif" | "tiff" => Kind::Foreign,
        _ => Kind::Other,
    }
}
