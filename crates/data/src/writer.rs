//! Writing a dataset: nothing half-written ever stands at its path.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use taskonomy_core::{Domain, Split, Values};
use tempfile::TempDir;

use crate::error::DataError;
use crate::manifest::{
    MANIFEST, Manifest, Provenance, Roll, SCHEMA, Sample, check_domains, shard_path,
};
use crate::spool::Spool;

/// A sample that is about to be written: its id and the scene that it shows.
pub type SampleId = Sample;

/// Writes a dataset into a temporary folder beside its path, renamed at the end.
///
/// Values go to disk as they come, so memory does not grow with the dataset, and become shards of
/// 512 MiB at the most (a sample that is larger has one of its own). An error or a dropped writer removes the temporary folder; a killed process leaves
/// a hidden `.<name>.…partial` folder and nothing at the path.
#[derive(Debug)]
pub struct DatasetWriter {
    path: PathBuf,
    folder: TempDir,
    manifest: Manifest,
    roll: Roll,
    spools: BTreeMap<Split, Vec<Spool>>,
    /// Bytes of a shard at the most.
    most: u64,
}

/// Bytes of a shard at the most.
const MOST: u64 = 512 << 20;

impl DatasetWriter {
    /// Begins a dataset of images of `size`×`size` pixels.
    ///
    /// Fails when there is something at the path, or the domains contradict one another.
    pub fn create(
        path: &Path,
        provenance: Provenance,
        domains: Vec<Domain>,
        size: usize,
    ) -> Result<Self, DataError> {
        refuse_existing(path)?;
        check_domains(&domains, size)
            .map_err(|why| DataError::Manifest { file: path.join(MANIFEST), why })?;
        let parent = parent(path);
        std::fs::create_dir_all(parent)
            .map_err(|error| match error.kind() {
                // "File exists" would not tell that it is a file where a folder is needed.
                std::io::ErrorKind::AlreadyExists => std::io::ErrorKind::NotADirectory.into(),
                _ => error,
            })
            .map_err(DataError::io(parent))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let folder = tempfile::Builder::new()
            .prefix(&format!(".{name}."))
            .suffix(".partial")
            .permissions(PermissionsExt::from_mode(0o777)) // less the umask, as any folder
            .tempdir_in(parent)
            .map_err(DataError::io(parent))?;
        let manifest = Manifest {
            schema: if domains.iter().any(Domain::is_of_tuples) { 2 } else { 1 },
            generator: provenance.generator,
            seed: provenance.seed,
            size,
            domains,
            splits: Split::ALL.into_iter().map(|split| (split, vec![])).collect(),
            tuples: BTreeMap::new(),
            files: BTreeMap::new(),
        };
        let (roll, spools) = (Roll::default(), BTreeMap::new());
        Ok(Self { path: path.to_owned(), folder, manifest, roll, spools, most: MOST })
    }

    /// Adds a sample to the end of a split; a domain that is missing from the map is absent.
    ///
    /// A sample that does not fit its domains, repeats an id or puts a scene into a second split
    /// is refused and leaves the dataset as it was.
    pub fn append(
        &mut self,
        split: Split,
        sample: SampleId,
        values: &BTreeMap<String, Values>,
    ) -> Result<(), DataError> {
        check_values(&self.manifest.domains, values)
            .and_then(|()| self.roll.enter(split, &sample))
            .map_err(|why| DataError::Sample { id: sample.id.clone(), split, why })?;
        if !self.spools.contains_key(&split) {
            self.spools.insert(split, self.begin(split)?);
        }
        let spools = self.spools.get_mut(&split).expect("just begun");
        let domains = self.manifest.domains.iter();
        for (spool, domain) in spools.iter_mut().zip(domains).filter(|(_, d)| !d.is_of_tuples()) {
            spool.push(values.get(&domain.name))?;
        }
        self.manifest.splits.entry(split).or_default().push(sample);
        Ok(())
    }

    /// Adds a label of samples that were added to the split before, `rows`, as many different ones
    /// as the domain has views.
    ///
    /// Since all are of one split, tuples are split by scene as samples are. A tuple that does not
    /// fit its domain or is there already is refused and leaves the dataset as it was.
    pub fn append_tuple(
        &mut self,
        split: Split,
        domain: &str,
        rows: &[usize],
        values: &Values,
    ) -> Result<(), DataError> {
        let wrong = |why: String| {
            let (domain, rows) = (domain.to_owned(), rows.to_vec());
            DataError::Tuple { domain, split, rows, why }
        };
        let domains = &self.manifest.domains;
        let at = domains.iter().position(|d| d.name == domain && d.is_of_tuples());
        let at = at.ok_or_else(|| wrong("there is no such domain of tuples".into()))?;
        check_value(&domains[at], values).map_err(wrong)?;
        let samples = self.manifest.samples(split).len();
        if rows.len() != domains[at].views {
            return Err(wrong(format!("it must have {} rows", domains[at].views)));
        }
        if rows.iter().any(|&row| row >= samples) {
            return Err(wrong(format!("the split has {samples} samples so far")));
        }
        let key: Vec<u32> = rows.iter().map(|&row| row as u32).collect();
        let spool = self.spools.get_mut(&split).map(|spools| &mut spools[at]);
        let spool = spool.expect("a split with samples has been begun");
        if key.iter().collect::<BTreeSet<_>>().len() < key.len() {
            return Err(wrong("its rows must be different ones".into()));
        }
        if !spool.push_tuple(key, values)? {
            return Err(wrong("there is a tuple of these rows already".into()));
        }
        let counts = self.manifest.tuples.entry(split).or_default();
        *counts.entry(domain.to_owned()).or_default() += 1;
        Ok(())
    }

    fn begin(&self, split: Split) -> Result<Vec<Spool>, DataError> {
        let folder = self.folder.path().join(split.as_str());
        std::fs::create_dir(&folder).map_err(DataError::io(&folder))?;
        let spool = |domain: &Domain| Spool::begin(&folder, domain, self.most);
        self.manifest.domains.iter().map(spool).collect()
    }

    /// Completes the shards and the manifest, brings everything to the disk and puts the folder
    /// where it belongs.
    pub fn finish(mut self) -> Result<Manifest, DataError> {
        let root = self.folder.path();
        for (split, spools) in std::mem::take(&mut self.spools) {
            for (spool, domain) in spools.into_iter().zip(&self.manifest.domains) {
                if spool.len() != self.manifest.count(split, domain) {
                    let why = "a sample was written to some domains only, after an earlier error";
                    return Err(DataError::io(root)(io::Error::other(why)));
                }
                let records = spool.finish()?;
                if records.len() > 1 {
                    self.manifest.schema = SCHEMA;
                }
                for (number, record) in records.into_iter().enumerate() {
                    self.manifest.files.insert(shard_path(split, &domain.name, number), record);
                }
            }
            sync_folder(&root.join(split.as_str()))?;
        }
        let file = root.join(MANIFEST);
        let mut json = serde_json::to_vec_pretty(&self.manifest)
            .map_err(|error| DataError::Json { file: file.clone(), error })?;
        json.push(b'\n');
        File::create(&file)
            .and_then(|mut out| out.write_all(&json).and_then(|()| out.sync_all()))
            .map_err(DataError::io(&file))?;
        sync_folder(root)?;
        refuse_existing(&self.path)?;
        std::fs::rename(root, &self.path).map_err(DataError::io(&self.path))?;
        _ = self.folder.keep(); // it is no longer there to be removed
        sync_folder(parent(&self.path))?;
        Ok(self.manifest)
    }
}

fn refuse_existing(path: &Path) -> Result<(), DataError> {
    if path.symlink_metadata().is_ok() {
        return Err(DataError::Exists { folder: path.to_owned() });
    }
    Ok(())
}

/// The folder that holds the path: `.` for a bare name.
fn parent(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn sync_folder(folder: &Path) -> Result<(), DataError> {
    File::open(folder).and_then(|f| f.sync_all()).map_err(DataError::io(folder))
}

/// Every value belongs to a domain of single views and is of its type, length and range.
fn check_values(domains: &[Domain], values: &BTreeMap<String, Values>) -> Result<(), String> {
    for (name, values) in values {
        let domain = domains
            .iter()
            .find(|d| d.name == *name)
            .ok_or_else(|| format!("there is no domain `{name}`"))?;
        if domain.is_of_tuples() {
            return Err(format!("`{name}` is of tuples of {} samples, not of one", domain.views));
        }
        check_value(domain, values)?;
    }
    Ok(())
}

/// A value is of the type, length and range of its domain.
fn check_value(domain: &Domain, values: &Values) -> Result<(), String> {
    let name = &domain.name;
    if (values.dtype(), values.len()) != (domain.dtype, domain.len()) {
        return Err(format!(
            "`{name}` has {} values of {:?}: it must have {} of {:?}",
            values.len(),
            values.dtype(),
            domain.len(),
            domain.dtype
        ));
    }
    let classes = domain.classes.len() as u32;
    let is_class = |v: u32| classes == 0 || v < classes || domain.invalid.is_some_and(|i| i == v);
    let wrong = match values {
        Values::U8(v) => v.iter().map(|&v| u32::from(v)).find(|&v| !is_class(v)),
        Values::U16(v) => v.iter().map(|&v| u32::from(v)).find(|&v| !is_class(v)),
        Values::F32(v) => match v.iter().find(|v| !v.is_finite()) {
            Some(found) => return Err(format!("`{name}` holds {found}: it must be finite")),
            None => None,
        },
    };
    match wrong {
        Some(found) => Err(format!(
            "`{name}` holds the class {found}: the classes are 0 to {}",
            classes.saturating_sub(1)
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
