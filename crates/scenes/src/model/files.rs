//! Where the files of models are.

use std::path::PathBuf;

/// Files by path, with slashes.
pub trait Files: Sync {
    /// All bytes of a file; why not, for people.
    fn read(&self, path: &str) -> Result<Vec<u8>, String>;

    /// The paths of all files whose names end so, sorted.
    fn ending(&self, end: &str) -> Result<Vec<String>, String>;
}

/// Files on disk, below a folder; paths that begin with a slash are whole ones.
#[derive(Debug, Clone)]
pub struct Folder(pub PathBuf);

/// Folders are looked into so deep.
const DEEPEST: usize = 8;

impl Files for Folder {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        std::fs::read(self.0.join(path)).map_err(|error| error.to_string())
    }

    fn ending(&self, end: &str) -> Result<Vec<String>, String> {
        let mut found = Vec::new();
        let mut folders = vec![(String::new(), 0)];
        while let Some((folder, deep)) = folders.pop() {
            let entries = std::fs::read_dir(self.0.join(&folder)).map_err(|e| e.to_string())?;
            for entry in entries {
                let entry = entry.map_err(|error| error.to_string())?;
                let Ok(name) = entry.file_name().into_string() else { continue };
                let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
                if entry.path().is_dir() {
                    if deep < DEEPEST {
                        folders.push((path, deep + 1));
                    }
                } else if path.ends_with(end) {
                    found.push(path);
                }
            }
        }
        found.sort();
        Ok(found)
    }
}
