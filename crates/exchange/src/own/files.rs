//! The files of a folder by the names of images.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::Entry;
use crate::error::ExchangeError;
use crate::fault::{Defect, Fault, Faults};
use crate::tree::{LocalTree, Tree, below, open, sorted};

/// The files of a folder and of those in it.
#[derive(Debug)]
pub(super) struct Files {
    pub(super) root: PathBuf,
    tree: LocalTree,
    /// The path of each below the folder, by the path without its ending.
    by_key: BTreeMap<String, String>,
    /// Files with another ending.
    pub(super) others: usize,
}

impl Files {
    /// Lists the files with one of these endings; hidden ones are passed over. Links are followed,
    /// but for those that lead back up: two names of one folder are names of different images.
    pub(super) fn list(
        folder: &str,
        endings: &[&str],
        entry: &Entry,
    ) -> Result<Self, ExchangeError> {
        let root = PathBuf::from(folder);
        if !root.is_dir() {
            return Err(entry.absent(folder, "folder"));
        }
        let tree = LocalTree::new(&root);
        let (mut by_key, mut others, mut faults) = (BTreeMap::new(), 0, Faults::default());
        // Each with those that it is in, by device and number.
        let mut folders = vec![(String::new(), Vec::new())];
        while let Some((folder, mut above)) = folders.pop() {
            let place = root.join(&folder);
            let listed = sorted(&tree, &folder)
                .and_then(|listed| Ok((listed, std::fs::metadata(&place)?)))
                .map_err(|e| Fault::new(Defect::Unreadable, e.to_string()));
            let (listed, data) = match listed {
                Ok(listed) => listed,
                Err(fault) => {
                    faults.add(fault.at(place.display().to_string()));
                    continue;
                }
            };
            let number = (data.dev(), data.ino());
            if above.contains(&number) {
                continue;
            }
            above.push(number);
            for found in listed {
                let path = below(&folder, &found.name);
                let ending = endings.iter().find(|ending| has_ending(&path, ending));
                let key = ending.map(|ending| &path[..path.len() - ending.len() - 1]);
                match key {
                    _ if found.is_folder => folders.push((path, above.clone())),
                    None => others += 1,
                    Some(key) => {
                        if let Some(first) = by_key.insert(key.to_owned(), path.clone()) {
                            let why = format!("`{first}` is of the same image");
                            let path = root.join(path).display().to_string();
                            faults.add(Fault::new(Defect::Twice, why).at(path));
                        }
                    }
                }
            }
        }
        entry.faultless(faults)?;
        Ok(Self { root, tree, by_key, others })
    }

    /// The names that the files have but for their endings.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.by_key.keys().map(String::as_str)
    }

    /// The path of a file below the folder.
    pub(super) fn path<'p>(&'p self, key: &'p str) -> &'p str {
        self.by_key.get(key).map_or(key, String::as_str)
    }

    /// A file of the folder as people see it.
    pub(super) fn shown(&self, path: &str) -> String {
        self.root.join(path).display().to_string()
    }

    /// The bytes of the file of a name.
    pub(super) fn read(&self, key: &str) -> Result<Vec<u8>, Fault> {
        let path = self.path(key);
        let bytes = self.tree.read(path);
        bytes.map_err(|e| Fault::new(Defect::Unreadable, e.to_string()).at(self.shown(path)))
    }

    /// Hashes of the bytes of some files, which are read for it.
    pub(super) fn hashes(&self, keys: &[&str]) -> Result<Vec<[u8; 32]>, Fault> {
        keys.par_iter()
            .map(|key| self.read(key).map(|bytes| *blake3::hash(&bytes).as_bytes()))
            .collect()
    }
}

/// Whether a path ends in `.png` or the like, in small letters or capitals.
pub(super) fn has_ending(path: &str, ending: &str) -> bool {
    Path::new(path).extension().is_some_and(|found| found.eq_ignore_ascii_case(ending))
}

/// The hash of a file of any length.
pub(super) fn hash_file(path: &Path) -> Result<[u8; 32], ExchangeError> {
    let mut hasher = blake3::Hasher::new();
    let file = open(path).map_err(ExchangeError::io(path))?;
    hasher.update_reader(file).map_err(ExchangeError::io(path))?;
    Ok(*hasher.finalize().as_bytes())
}
