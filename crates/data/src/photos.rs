//! A dataset of one's own photos: crops with the labels that need nothing but the image.

mod crops;
mod decode;
mod divide;
mod find;
mod likeness;
mod photo;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use taskonomy_core::{Domain, Split, SplitCounts, Values};
use taskonomy_cues::{image_domains, label_image};

pub use decode::decode;
pub use find::{Disk, LocalDisk, Skipped};

use crate::error::DataError;
use crate::manifest::{Manifest, Provenance, Sample};
use crate::noise::Stream;
use crate::writer::DatasetWriter;
use divide::{Part, divide};
use likeness::{Look, groups};
use photo::Photo;

/// Which crops are made of a folder of photos.
#[derive(Debug, Clone, PartialEq)]
pub struct PhotosSpec {
    /// The folder; those in it count, too.
    pub folder: PathBuf,
    /// Number of crops in all.
    pub crops: usize,
    /// Height and width of a crop in pixels: a multiple of 8 from 32 to 1024.
    pub size: usize,
    /// Proportions of the splits.
    pub shares: SplitCounts,
    /// Decides the splits and the crops.
    pub seed: u64,
    /// Those of [`photo_domains`] to make, the image among them, or all.
    pub domains: Option<BTreeSet<String>>,
}

/// A dataset that was made of photos.
#[derive(Debug)]
pub struct MadeOfPhotos {
    /// Of the dataset.
    pub manifest: Manifest,
    /// Photos that were cut into crops, per split.
    pub photos: BTreeMap<Split, usize>,
    /// Photos that resemble an earlier one; they are in the same split as it.
    pub duplicates: usize,
    /// What could not be read, by file.
    pub skipped: Vec<Skipped>,
}

/// How far the making of a dataset is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// There are this many files to look at.
    Found(usize),
    /// Another file was looked at.
    Seen,
    /// Another this many crops were cut.
    Cut(usize),
}

/// The domains of crops of this size: the image, 2-D edges, 2-D keypoints and 2-D segments.
pub fn photo_domains(size: usize) -> Vec<Domain> {
    let [rgb, edges, keypoints, segments] = image_domains(size);
    let side = 2 * size;
    let note = format!("a square of a photo, resampled to {side}x{side}; mean of 2x2");
    vec![Domain { note, ..rgb }, edges, keypoints, segments]
}

/// Makes a dataset of the photos (JPEG, PNG, WebP) of a folder and of those in it.
///
/// Photos that resemble one another stay in one split (and are one scene). A photo is cut where it
/// shows most, at several widths; cues are computed at twice the size and reduced, as for rooms.
/// The same photos, names and settings give the same bytes. `watch` hears of every step, from any
/// thread, and stops the work by answering false; nothing is then left behind.
///
/// Two passes: the first looks at every photo, the second cuts. Between them reduced photos wait in
/// up to half a GiB; those that find no room there are decoded once more, so that memory does not
/// grow with the number of photos.
pub fn make_photos(
    dataset: &Path,
    spec: &PhotosSpec,
    disk: &dyn Disk,
    watch: &(dyn Fn(Step) -> bool + Sync),
) -> Result<MadeOfPhotos, DataError> {
    make_keeping(MOST_KEPT, dataset, spec, disk, watch)
}

/// More crops are a slip of the finger: they would fill terabytes.
const MOST_CROPS: usize = 1_000_000;

/// Bytes of the photos that are kept from the first pass to the second.
const MOST_KEPT: usize = 1 << 29;

/// [`make_photos`] with room for so many bytes of photos.
fn make_keeping(
    room: usize,
    dataset: &Path,
    spec: &PhotosSpec,
    disk: &dyn Disk,
    watch: &(dyn Fn(Step) -> bool + Sync),
) -> Result<MadeOfPhotos, DataError> {
    check(spec)?;
    let found = find::find(&spec.folder, disk)?;
    let (mut photos, mut skipped) = (found.photos, found.skipped);
    if photos.is_empty() {
        return Err(DataError::NoPhotos {
            folder: spec.folder.clone(),
            others: found.others,
            skipped,
        });
    }
    // A dataset that cannot be written is not worth looking at photos for.
    let provenance = Provenance { generator: "photos 1".into(), seed: spec.seed };
    let wanted = |name: &str| spec.domains.as_ref().is_none_or(|domains| domains.contains(name));
    let mut domains = photo_domains(spec.size);
    domains.retain(|domain| wanted(&domain.name));
    let mut writer = DatasetWriter::create(dataset, provenance, domains, spec.size)?;
    let going_on = |step| if watch(step) { Ok(()) } else { Err(DataError::Stopped) };
    going_on(Step::Found(photos.len()))?;

    let open = |name: &String| {
        let bytes = disk.read(&spec.folder.join(name)).map_err(|error| error.to_string())?;
        Photo::decode(&bytes, spec.size)
    };
    let room = AtomicUsize::new(room);
    let keep = |photo: Photo| {
        let less = |left: usize| left.checked_sub(photo.bytes());
        room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok().then_some(photo)
    };
    let looked: Vec<Result<(Look, Option<Photo>), String>> = photos
        .par_iter()
        .map(|name| {
            let look = open(name).map(|photo| (Look::of(&photo), keep(photo)));
            going_on(Step::Seen).map(|()| look)
        })
        .collect::<Result<_, _>>()?;
    let (mut looks, mut kept) = (Vec::new(), Vec::new());
    let mut looked = looked.into_iter();
    photos.retain(|name| match looked.next().expect("one for each photo") {
        Ok((look, photo)) => {
            looks.push(look);
            kept.push(photo);
            true
        }
        Err(why) => {
            skipped.push(Skipped::new(name, why));
            false
        }
    });
    skipped.sort_unstable();

    let groups = groups(&looks);
    if groups.len() < Split::ALL.len() {
        return Err(DataError::FewPhotos {
            folder: spec.folder.clone(),
            photos: photos.len(),
            distinct: groups.len(),
            skipped,
        });
    }
    let parts = divide(&groups, &photos, spec.shares, spec.crops, spec.seed);
    let cut = |part: &Part| {
        let name = &photos[part.photo];
        let again;
        let photo = if let Some(photo) = &kept[part.photo] {
            photo
        } else {
            let file = || spec.folder.join(name);
            again = open(name).map_err(|why| DataError::Photo { file: file(), why })?;
            &again
        };
        let mut stream = Stream::new(&[b"crops", &spec.seed.to_le_bytes(), name.as_bytes()]);
        let squares = crops::choose(photo, part.crops, 2 * spec.size, &mut stream);
        let label = |&square: &_| label_image(photo.crop(square, 2 * spec.size).view(), &wanted);
        let samples: Vec<BTreeMap<String, Values>> = squares.iter().map(label).collect();
        going_on(Step::Cut(samples.len())).map(|()| samples)
    };
    let mut used = BTreeMap::new();
    for split in Split::ALL {
        let parts: Vec<_> = parts.iter().filter(|p| p.split == split && p.crops > 0).collect();
        used.insert(split, parts.len());
        // A few photos at a time, so that memory does not grow with the dataset.
        for chunk in parts.chunks(2 * rayon::current_num_threads()) {
            let cuts: Vec<_> = chunk.par_iter().map(|&part| cut(part)).collect::<Result<_, _>>()?;
            for (part, samples) in chunk.iter().zip(cuts) {
                for (number, values) in samples.iter().enumerate() {
                    let id = format!("{}#{number:02}", photos[part.photo]);
                    let sample = Sample { id, scene: photos[part.scene].clone() };
                    writer.append(split, sample, values)?;
                }
            }
        }
    }
    let duplicates = photos.len() - groups.len();
    Ok(MadeOfPhotos { manifest: writer.finish()?, photos: used, duplicates, skipped })
}

fn check(spec: &PhotosSpec) -> Result<(), DataError> {
    let setting = |key, found: String, allowed| Err(DataError::Setting { key, found, allowed });
    if !(Split::ALL.len()..=MOST_CROPS).contains(&spec.crops) {
        return setting("crops", spec.crops.to_string(), "4 (one for each split) to 1000000");
    }
    if !spec.size.is_multiple_of(8) || !(32..=1024).contains(&spec.size) {
        return setting("size", spec.size.to_string(), "a multiple of 8 from 32 to 1024");
    }
    if let Some(split) = Split::ALL.into_iter().find(|&split| spec.shares.of(split) == 0) {
        return setting("shares", format!("0 for {split}"), "1 or more for every split");
    }
    Ok(())
}

#[cfg(test)]
mod tests;
