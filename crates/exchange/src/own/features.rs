//! The representations of a `[[source]]`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rayon::prelude::*;
use taskonomy_core::{Domain, Dtype, OwnSource, Split, Values};
use taskonomy_data::{Dataset, DatasetWriter, Provenance};

use super::assigned::{Assigned, Name, names};
use super::grid::resample;
use super::tensors::Tensors;
use super::{AT_ONCE, Converted, Entry, NAMED, begin_digest};
use crate::error::ExchangeError;
use crate::fault::{Defect, Fault, Faults};
use crate::import::{Step, going_on};
use crate::npy::Array;

/// The splits on which readouts are trained and judged.
const SPLITS: [Split; 3] = [Split::Transfers, Split::Validation, Split::Test];

/// The most channels of a representation.
const MOST_CHANNELS: usize = 8192;

/// What a `[[source]]` names, opened: the arrays of its folder or file.
#[derive(Debug)]
pub struct OwnFeatures<'o> {
    source: &'o OwnSource,
    images: &'o Dataset,
    stride: usize,
    entry: Entry,
    tensors: Tensors,
    digest: String,
}

/// The form of a representation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Form {
    channels: usize,
    is_map: bool,
}

impl<'o> OwnFeatures<'o> {
    /// Lists the arrays and hashes the files that hold those of the images. `stride` is that of the
    /// run's encoders: image pixels per place of a representation, along each axis.
    pub fn open(
        source: &'o OwnSource,
        images: &'o Dataset,
        stride: usize,
    ) -> Result<Self, ExchangeError> {
        let entry = Entry::source(&source.id);
        let samples = Split::ALL.into_iter().flat_map(|split| images.samples(split));
        let known: BTreeSet<&str> =
            samples.flat_map(|sample| names(&sample.id).map(|name| name.text)).collect();
        let tensors = Tensors::list(&source.features, |key| known.contains(key), &entry)?;
        let keys: BTreeSet<&str> = tensors.keys().collect();
        let used = Assigned::new(images, &SPLITS, &keys).used();
        let mut hasher = begin_digest(&source.domain(), images);
        hasher.update(&(stride as u64).to_le_bytes());
        for key in &used {
            hasher.update(key.as_bytes()).update(&[0]);
        }
        for hash in tensors.hashes(&used)? {
            hasher.update(&hash);
        }
        let digest = hasher.finalize().to_hex().to_string();
        Ok(Self { source, images, stride, entry, tensors, digest })
    }

    /// What made the dataset of these representations: a text that is another when they or the images
    /// are others.
    pub fn generator(&self) -> String {
        format!("own features 1, {}", self.digest)
    }

    /// Writes the representations of the splits transfers, validation and test as a dataset of one
    /// domain: C×1×1 for vectors, C×S/stride×S/stride for maps, which are brought to that grid.
    ///
    /// # Errors
    /// Images without a representation; arrays that cannot be used, or are of another form than the
    /// first.
    pub fn convert(
        &self,
        to: &Path,
        watch: &(dyn Fn(Step) -> bool + Sync),
    ) -> Result<Converted, ExchangeError> {
        let keys: BTreeSet<&str> = self.tensors.keys().collect();
        let assigned = Assigned::new(self.images, &SPLITS, &keys);
        self.check_complete(&assigned)?;
        let rows = || assigned.splits.iter().flat_map(|(_, rows)| rows).flatten();
        let mut faults = Faults::default();
        let first = rows().next().map(|&name| self.array(name).map(|(form, ..)| form));
        let form = match first {
            Some(Ok(form)) => form,
            Some(Err(fault)) => {
                faults.add(fault);
                Form { channels: 1, is_map: false }
            }
            None => Form { channels: 1, is_map: false },
        };
        self.entry.faultless(faults)?;
        let size = self.images.manifest().size;
        let side = if form.is_map { size / self.stride } else { 1 };
        let domain = Domain {
            name: self.source.domain(),
            dtype: Dtype::F32,
            shape: [form.channels, side, side],
            unit: "as given".to_owned(),
            invalid: None,
            classes: Vec::new(),
            views: 1,
            note: String::new(),
        };
        let provenance = Provenance { generator: self.generator(), seed: 0 };
        let mut writer = DatasetWriter::create(to, provenance, vec![domain], size)?;
        going_on(watch, Step::Found(rows().count()))?;
        let (mut present, mut faults) = (BTreeMap::new(), Faults::default());
        for (split, names) in &assigned.splits {
            let samples = self.images.samples(*split);
            let at_once = AT_ONCE * rayon::current_num_threads();
            for (names, samples) in names.chunks(at_once).zip(samples.chunks(at_once)) {
                let read: Vec<Result<Vec<f32>, Fault>> = names
                    .par_iter()
                    .flatten()
                    .map(|&name| {
                        let values = self.values(name, form, side);
                        going_on(watch, Step::Read).map(|()| values)
                    })
                    .collect::<Result<_, _>>()?;
                for (sample, values) in samples.iter().zip(read) {
                    match values {
                        Ok(values) => {
                            let values = (self.source.domain(), Values::F32(values));
                            writer.append(*split, sample.clone(), &[values].into())?;
                        }
                        Err(fault) => faults.add(fault),
                    }
                }
            }
            present.insert(*split, [samples.len(); 2]);
        }
        self.entry.faultless(faults)?;
        writer.finish()?;
        Ok(Converted { present, unused: assigned.unused })
    }

    fn check_complete(&self, assigned: &Assigned<'_>) -> Result<(), ExchangeError> {
        let mut missing = Vec::new();
        let mut count = 0;
        for (split, rows) in &assigned.splits {
            let samples = self.images.samples(*split);
            count += samples.len();
            let without = samples.iter().zip(rows).filter(|(_, name)| name.is_none());
            missing.extend(without.map(|(sample, _)| format!("`{}`", sample.id)));
        }
        if missing.is_empty() {
            return Ok(());
        }
        let why = format!(
            "{} of the {count} images of the splits transfers, validation and test have no \
             representation in {}",
            missing.len(),
            self.source.features
        );
        missing.truncate(NAMED);
        let instead = assigned.unused.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
        Err(self.entry.lacking(why, missing, instead))
    }

    /// The array of an image with its form, height and width.
    fn array(&self, name: Name<'_>) -> Result<(Form, [usize; 2], Array), Fault> {
        let array = self.tensors.read(name.text)?;
        let wrong = |why| Err(Fault::new(Defect::Format, why).at(name.text));
        // A batch of one image.
        let extra = array.shape.len().saturating_sub(3);
        let ones = array.shape.iter().take(extra).take_while(|&&side| side == 1).count();
        let (form, sides) = match array.shape[ones..] {
            [channels] | [1, channels] | [channels, 1, 1] => {
                (Form { channels, is_map: false }, [1, 1])
            }
            [channels, height, width] => (Form { channels, is_map: true }, [height, width]),
            _ => {
                return wrong(format!(
                    "an array of shape {:?}: a vector, or channels, height and width are needed",
                    array.shape
                ));
            }
        };
        if form.channels > MOST_CHANNELS {
            let found = form.channels;
            return wrong(format!("{found} channels: it must be {MOST_CHANNELS} at most"));
        }
        if form.is_map && name.is_photo {
            return wrong("a map of a whole photo: crops need maps of their own".to_owned());
        }
        Ok((form, sides, array))
    }

    fn values(&self, name: Name<'_>, form: Form, side: usize) -> Result<Vec<f32>, Fault> {
        let (found, [height, width], array) = self.array(name)?;
        if found != form {
            let text = |form: Form| {
                let kind = if form.is_map { "a map" } else { "a vector" };
                format!("{kind} of {} channels", form.channels)
            };
            let why = format!("{}: the first image has {}", text(found), text(form));
            return Err(Fault::new(Defect::Format, why).at(name.text));
        }
        let values =
            if form.is_map { resample(&array.values, height, width, side) } else { array.values };
        Ok(values.into_iter().map(|v| v as f32).collect())
    }
}
