//! Where folders and files come from: the disk, or whatever a test puts in its place.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

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
        let entries = std::fs::read_dir(self.0.join(folder)).map_err(|e| named(e, folder))?;
        entries.map(entry).collect()
    }

    fn read(&self, file: &str) -> io::Result<Vec<u8>> {
        let file = open(&self.0.join(file)).map_err(|e| named(e, file))?;
        let data = file.metadata()?;
        if data.len() > MOST_BYTES {
            let why = format!("{} bytes: at most {MOST_BYTES} are read", data.len());
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, why));
        }
        let mut bytes = Vec::with_capacity(data.len() as usize + 1);
        file.take(MOST_BYTES).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// Opens a regular file. Others are not even opened: a pipe would keep us waiting for its writer.
pub(crate) fn open(file: &Path) -> io::Result<File> {
    if std::fs::metadata(file)?.is_file() {
        return File::open(file);
    }
    Err(io::Error::other("it is no regular file"))
}

/// The error of a path; what stands for a name that is no text leads nowhere.
fn named(error: io::Error, path: &str) -> io::Error {
    let is_text = !path.contains(char::REPLACEMENT_CHARACTER);
    if is_text || error.kind() != io::ErrorKind::NotFound {
        return error;
    }
    io::Error::new(io::ErrorKind::InvalidFilename, "its name is no UTF-8 text: rename it")
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

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    #[test]
    fn pipes_are_not_waited_for_and_names_that_are_no_text_say_so() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe.png");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        std::fs::create_dir(folder.path().join(OsStr::from_bytes(b"caf\xe9"))).unwrap();
        let tree = LocalTree::new(folder.path());
        let (say, said) = mpsc::channel();
        let reader = tree.clone();
        std::thread::spawn(move || say.send(reader.read("pipe.png").map_err(|e| e.to_string())));
        let read = said.recv_timeout(Duration::from_secs(20)).expect("nothing is waited for");
        assert_eq!(read, Err("it is no regular file".to_owned()));
        let entries = sorted(&tree, "").unwrap();
        let error = tree.entries(&entries[0].name).unwrap_err().to_string();
        assert_eq!(error, "its name is no UTF-8 text: rename it");
        let error = tree.entries("cafe").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
