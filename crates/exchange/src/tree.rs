//! Where folders and files come from: the disk, or whatever a test puts in its place.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

/// Larger files are no labels of an image.
const MOST_BYTES: u64 = 1 << 28;

/// A folder that is read; paths are relative to it, their parts separated by `/`.
pub trait Tree: Sync {
    /// What is in a folder (`""` is the whole), in any order.
    fn entries(&self, folder: &str) -> io::Result<Vec<Entry>>;
    /// All bytes of a file.
    fn read(&self, file: &str) -> io::Result<Vec<u8>>;
}

/// Something in a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Whether it is a folder itself.
    pub is_folder: bool,
}

/// A folder of the file system.
#[derive(Debug, Clone)]
pub struct LocalTree(PathBuf);

impl LocalTree {
    /// The folder at this path.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self(root.into())
    }
}

impl Tree for LocalTree {
    fn entries(&self, folder: &str) -> io::Result<Vec<Entry>> {
        let entry = |entry: io::Result<std::fs::DirEntry>| {
            let entry = entry?;
            let kind = entry.file_type()?;
            // Links count as what they lead to; one that leads nowhere is a file that cannot be read.
            let is_folder = kind.is_dir() || kind.is_symlink() && entry.path().is_dir();
            Ok(Entry { name: entry.file_name().to_string_lossy().into_owned(), is_folder })
        };
        std::fs::read_dir(self.0.join(folder))?.map(entry).collect()
    }

    fn read(&self, file: &str) -> io::Result<Vec<u8>> {
        let file = File::open(self.0.join(file))?;
        let data = file.metadata()?;
        if !data.is_file() {
            return Err(io::Error::other("it is no regular file"));
        }
        if data.len() > MOST_BYTES {
            let why = format!("{} bytes: at most {MOST_BYTES} are read", data.len());
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, why));
        }
        let mut bytes = Vec::with_capacity(data.len() as usize + 1);
        file.take(MOST_BYTES).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// The entries of a folder in ascending order, without those whose names begin with a dot.
pub(crate) fn sorted(tree: &dyn Tree, folder: &str) -> io::Result<Vec<Entry>> {
    let mut entries = tree.entries(folder)?;
    entries.retain(|entry| !entry.name.starts_with('.'));
    entries.sort_unstable();
    Ok(entries)
}

/// A path below a folder.
pub(crate) fn below(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}
