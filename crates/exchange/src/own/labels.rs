//! The labels of a `[[task]]`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rayon::prelude::*;
use taskonomy_core::{Domain, Kind, LabelTable, OwnTask, Role, Split, Values};
use taskonomy_data::{Dataset, DatasetWriter, Provenance};

use super::assigned::{Assigned, Name, is_of_photos, most_like};
use super::files::{Files, has_ending};
use super::{AT_ONCE, Converted, Entry, NAMED, begin_digest, map, table};
use crate::error::{ExchangeError, NAMED_FAULTS};
use crate::fault::{Defect, Fault, Faults};
use crate::import::{Step, going_on};

/// What a `[[task]]` names, opened: the files of its folder, or its table.
#[derive(Debug)]
pub struct OwnLabels<'o> {
    task: &'o OwnTask,
    role: Role,
    images: &'o Dataset,
    entry: Entry,
    domain: Domain,
    place: Place,
    digest: String,
}

#[derive(Debug)]
enum Place {
    Folder(Files),
    /// Rows by the names of images.
    Table(BTreeMap<String, taskonomy_core::LabelRow>),
}

impl<'o> OwnLabels<'o> {
    /// Lists and hashes the files of the task's folder, or reads its table. `role` is what the task
    /// is in the pipeline: a target-only one needs no labels to train a network on.
    pub fn open(task: &'o OwnTask, role: Role, images: &'o Dataset) -> Result<Self, ExchangeError> {
        let entry = Entry::task(&task.id);
        let domain = map::domain(task, images.manifest().size);
        let what = (
            (task.kind, task.width(), &task.classes, &domain),
            (role, task.label_columns(), task.scale, task.invalid.map(f64::to_bits)),
        );
        let mut hasher = begin_digest(&what, images);
        let place = if task.is_in_table() {
            let bytes = match std::fs::read(&task.labels) {
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                    return Err(entry.absent(&task.labels, "file"));
                }
                read => read.map_err(ExchangeError::io(&task.labels))?,
            };
            hasher.update(&bytes);
            let table = LabelTable::read(bytes.as_slice(), &task.label_columns());
            let table = table.map_err(|error| {
                let (id, file) = (task.id.clone(), task.labels.clone().into());
                ExchangeError::OwnTable { id, file, error }
            })?;
            Place::Table(table.rows.into_iter().map(|row| (row.image.clone(), row)).collect())
        } else {
            let endings: &[&str] =
                if task.kind == Kind::Dense { &["png", "npy"] } else { &["npy"] };
            let files = Files::list(&task.labels, endings, &entry)?;
            let keys: BTreeSet<&str> = files.keys().collect();
            let used = Assigned::new(images, &Split::ALL, &keys).used();
            let used: Vec<&str> = used.into_iter().collect();
            match files.hashes(&used) {
                Ok(hashes) => used.iter().zip(hashes).for_each(|(key, hash)| {
                    hasher.update(files.path(key).as_bytes()).update(&[0]).update(&hash);
                }),
                Err(fault) => {
                    let mut faults = Faults::default();
                    faults.add(fault);
                    entry.faultless(faults)?;
                }
            }
            Place::Folder(files)
        };
        let digest = hasher.finalize().to_hex().to_string();
        Ok(Self { task, role, images, entry, domain, place, digest })
    }

    /// What made the dataset of these labels: a text that is another when the labels, how they are
    /// understood, or the images are others.
    pub fn generator(&self) -> String {
        format!("own labels 2, {}", self.digest)
    }

    /// Writes the labels as a dataset of one domain with all samples of the images.
    ///
    /// An image without a file or row is absent there. Every file and row is read before anything is
    /// said of those that cannot be used. A row of a table that belongs to no image is an error,
    /// unless the images are crops of photos: some photos have none.
    ///
    /// # Errors
    /// Files or rows that cannot be used; no labels at all in a split that needs some (`networks` is
    /// only needed by tasks of the roles both and source-only).
    pub fn convert(
        &self,
        to: &Path,
        watch: &(dyn Fn(Step) -> bool + Sync),
    ) -> Result<Converted, ExchangeError> {
        let keys: BTreeSet<&str> = match &self.place {
            Place::Folder(files) => files.keys().collect(),
            Place::Table(rows) => rows.keys().map(String::as_str).collect(),
        };
        let assigned = Assigned::new(self.images, &Split::ALL, &keys);
        let mut faults = self.unused_rows(&assigned.unused);
        self.check_splits(&assigned)?;
        let provenance = Provenance { generator: self.generator(), seed: 0 };
        let size = self.images.manifest().size;
        let domains = vec![self.domain.clone()];
        let mut writer = DatasetWriter::create(to, provenance, domains, size)?;
        let total = assigned.splits.iter().map(|(_, rows)| rows.len()).sum();
        going_on(watch, Step::Found(total))?;
        let mut present = BTreeMap::new();
        for (split, names) in &assigned.splits {
            let samples = self.images.samples(*split);
            let mut labelled = 0;
            let at_once = AT_ONCE * rayon::current_num_threads();
            for (names, samples) in names.chunks(at_once).zip(samples.chunks(at_once)) {
                let labels: Vec<Result<Option<Values>, Fault>> = names
                    .par_iter()
                    .map(|name| {
                        let label = name.map_or(Ok(None), |name| self.read(name));
                        going_on(watch, Step::Read).map(|()| label)
                    })
                    .collect::<Result<_, _>>()?;
                for (sample, label) in samples.iter().zip(labels) {
                    let label = label.unwrap_or_else(|fault| {
                        faults.add(fault);
                        None
                    });
                    labelled += usize::from(label.is_some());
                    let values = label.map(|values| (self.domain.name.clone(), values));
                    writer.append(*split, sample.clone(), &values.into_iter().collect())?;
                }
            }
            present.insert(*split, [labelled, samples.len()]);
        }
        self.entry.faultless(faults)?;
        self.check_present(&present)?;
        writer.finish()?;
        Ok(Converted { present, unused: assigned.unused })
    }

    /// Rows that belong to no image, where that cannot be meant.
    fn unused_rows(&self, unused: &[String]) -> Faults {
        let mut faults = Faults::default();
        if let (Place::Table(rows), false) = (&self.place, is_of_photos(self.images)) {
            for (number, name) in unused.iter().enumerate() {
                let mut why = format!("there is no image `{name}`");
                // To look for the most alike takes long, and a table may be of many other images.
                if number < NAMED_FAULTS
                    && let Some(like) = most_like(name, self.images)
                {
                    why += &format!(": did you mean `{like}`?");
                }
                faults.add(Fault::new(Defect::Name, why).at(self.line(rows[name].line)));
            }
        }
        faults
    }

    fn line(&self, line: u64) -> String {
        format!("{}, line {line}", self.task.labels)
    }

    fn read(&self, name: Name<'_>) -> Result<Option<Values>, Fault> {
        match &self.place {
            Place::Table(rows) => {
                let row = &rows[name.text];
                table::read(row, self.task, self.domain.dtype)
                    .map_err(|fault| fault.at(self.line(row.line)))
            }
            Place::Folder(files) => {
                let path = files.path(name.text);
                if name.is_photo && self.task.kind == Kind::Dense {
                    let why = "a map of a whole photo: crops need maps of their own";
                    return Err(Fault::new(Defect::Name, why).at(files.shown(path)));
                }
                let bytes = files.read(name.text)?;
                map::read(&bytes, has_ending(path, "png"), self.task, &self.domain)
                    .map_err(|fault| fault.at(files.shown(path)))
            }
        }
    }

    /// Before anything is read: some image of every split has a file or row.
    fn check_splits(&self, assigned: &Assigned<'_>) -> Result<(), ExchangeError> {
        let present = assigned
            .splits
            .iter()
            .map(|(split, rows)| (*split, [rows.iter().flatten().count(), rows.len()]));
        let instead = || match &self.place {
            Place::Folder(files) if assigned.unused.is_empty() && files.others > 0 => {
                vec![format!("{} files with other endings than these", files.others)]
            }
            _ => assigned.unused.iter().take(NAMED).map(|name| format!("`{name}`")).collect(),
        };
        self.first_without(&present.collect())
            .map_or(Ok(()), |split| Err(self.without(split, instead())))
    }

    /// After all were read: some image of every split has a label that is known.
    fn check_present(&self, present: &BTreeMap<Split, [usize; 2]>) -> Result<(), ExchangeError> {
        let split = self.first_without(present);
        split.map_or(Ok(()), |split| Err(self.without(split, Vec::new())))
    }

    fn first_without(&self, present: &BTreeMap<Split, [usize; 2]>) -> Option<Split> {
        let is_needed = |split: Split| match split {
            Split::Networks => self.role != Role::TargetOnly,
            _ => self.role != Role::SourceOnly || split == Split::Validation,
        };
        let lacking =
            |split: &Split| present.get(split).is_some_and(|[labelled, _]| *labelled == 0);
        Split::ALL.into_iter().filter(|&split| is_needed(split)).find(lacking)
    }

    fn without(&self, split: Split, instead: Vec<String>) -> ExchangeError {
        let samples = self.images.samples(split);
        let images = samples.iter().take(NAMED).map(|sample| format!("`{}`", sample.id)).collect();
        let (count, labels) = (samples.len(), &self.task.labels);
        let why =
            format!("none of the {count} images of the split {split} has a label in {labels}");
        self.entry.lacking(why, images, instead)
    }
}
