//! A dataset of ours as a folder that loaders of the Taskonomy dataset read.

mod files;
mod names;

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rayon::prelude::*;
use taskonomy_core::{BuildingSplits, Domain, Purpose, Split};
use taskonomy_data::{DataError, Dataset};

use crate::error::ExchangeError;
use crate::folder::Layout;
use crate::import::{Step, going_on};
use crate::known::{Coding, KNOWN, POSE, by_name};
use crate::plan::CLASSES;
use crate::point_info::MADE;
use files::encode;
use names::{Place, places};

/// The table of splits at the top of a written folder.
pub const SPLITS: &str = "splits.csv";

/// A folder that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// Number of buildings: the scenes of the dataset.
    pub buildings: usize,
    /// Number of views.
    pub views: usize,
    /// Number of files of each domain, as the folders are called.
    pub files: BTreeMap<String, usize>,
    /// Domains of the dataset that the layout has no place for.
    pub left_out: Vec<String>,
    /// Whether there is a table of splits: not where views of one building are in several.
    pub has_splits: bool,
}

/// Writes every sample of a dataset into a new folder: `point_P_view_V_domain_D` as PNG of 8 or 16
/// bits, `.npy` (`class_object` and `class_scene`, a score for each class) or JSON (what follows from
/// the domains `camera`, `vanishing_points` and `room_layout`).
///
/// Beside them stand `classes.json`, the names of classes, and `splits.csv` in the form of the
/// published tables of splits, with a column `transfers` more. What is written can be imported again
/// without a loss. Samples keep their point and view if their id is `BUILDING/point_P_view_V`; others
/// are numbered within their scene, neighbours with the same fixation point as views of one point.
/// Nothing half-written ever stands at the path. `watch` as for [`crate::import`].
pub fn export(
    dataset: &Dataset,
    root: &Path,
    layout: Layout,
    watch: &(dyn Fn(Step) -> bool + Sync),
) -> Result<Exported, ExchangeError> {
    if root.symlink_metadata().is_ok() {
        return Err(ExchangeError::Exists { folder: root.to_owned() });
    }
    let places = places(dataset)?;
    let (written, left_out) = domains(dataset)?;
    let parent = root.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent).map_err(ExchangeError::io(parent))?;
    let name = root.file_name().unwrap_or_default().to_string_lossy();
    let temporary = tempfile::Builder::new()
        .prefix(&format!(".{name}."))
        .suffix(".partial")
        .permissions(PermissionsExt::from_mode(0o777)) // less the umask, as any folder
        .tempdir_in(parent)
        .map_err(ExchangeError::io(parent))?;
    let top = temporary.path();
    let folder = |known: usize, building: &str| {
        let domain = KNOWN[known].folders[0];
        match layout {
            Layout::Taskonomy => format!("{domain}/{building}"),
            Layout::Omnidata => format!("{domain}/taskonomy/{building}"),
            Layout::Buildings => format!("{building}/{domain}"),
            Layout::Single => domain.to_owned(),
        }
    };
    let buildings: BTreeSet<&str> = places.iter().map(|place| place.building.as_str()).collect();
    if layout == Layout::Single && buildings.len() > 1 {
        let allowed = "for a single building: this dataset has more";
        let found = "single".to_owned();
        return Err(DataError::Setting { key: "layout", found, allowed }.into());
    }
    let known: BTreeSet<usize> = written.iter().map(|&(known, _)| known).collect();
    for (&known, building) in known.iter().flat_map(|k| buildings.iter().map(move |b| (k, b))) {
        let path = top.join(folder(known, building));
        std::fs::create_dir_all(&path).map_err(ExchangeError::io(path))?;
    }

    going_on(watch, Step::Found(places.len()))?;
    let write = |place: &Place| {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for (known, bytes) in encode(dataset, place, &written) {
            let file = place.id.file(KNOWN[known].suffixes[0], KNOWN[known].coding.ending());
            let path = top.join(folder(known, &place.building)).join(file);
            std::fs::write(&path, bytes).map_err(ExchangeError::io(path))?;
            *counts.entry(known).or_default() += 1;
        }
        going_on(watch, Step::Read).map(|()| counts)
    };
    let mut files = BTreeMap::new();
    for counts in places.par_iter().map(write).collect::<Result<Vec<_>, _>>()? {
        for (known, count) in counts {
            *files.entry(KNOWN[known].folders[0].to_owned()).or_default() += count;
        }
    }
    let names: BTreeMap<&str, &[String]> = written
        .iter()
        .filter(|(_, domain)| !domain.classes.is_empty())
        .map(|(_, domain)| (domain.name.as_str(), &domain.classes[..]))
        .collect();
    if !names.is_empty() {
        let mut json = serde_json::to_vec(&names).expect("keys and values are texts");
        json.push(b'\n');
        let path = top.join(CLASSES);
        std::fs::write(&path, json).map_err(ExchangeError::io(path))?;
    }
    let has_splits = write_splits(top, &places)?;
    std::fs::rename(top, root).map_err(ExchangeError::io(root))?;
    _ = temporary.keep(); // it is no longer there to be removed
    let (buildings, views) = (buildings.len(), places.len());
    Ok(Exported { buildings, views, files, left_out, has_splits })
}

/// Domains that can be written, each with its place in [`KNOWN`], and the names of the others.
type Written<'d> = (Vec<(usize, &'d Domain)>, Vec<String>);

/// Which domains of a dataset can be written.
fn domains(dataset: &Dataset) -> Result<Written<'_>, ExchangeError> {
    let (mut written, mut left_out) = (Vec::new(), Vec::new());
    for domain in &dataset.manifest().domains {
        let name = domain.name.as_str();
        let known = if MADE.contains(&name) { Some(POSE) } else { by_name(name) };
        let fits = known.is_some_and(|known| files::fits(KNOWN[known].coding, domain));
        match known.filter(|_| fits) {
            Some(known) => written.push((known, domain)),
            None => left_out.push(domain.name.clone()),
        }
    }
    if written.iter().all(|(known, _)| KNOWN[*known].coding == Coding::Pose) {
        let names = dataset.manifest().domains.iter().map(|d| d.name.as_str());
        let known: Vec<_> = names.collect();
        return Err(DataError::NoDomain {
            name: "rgb".into(),
            nearest: None,
            known: known.join(", "),
        }
        .into());
    }
    Ok((written, left_out))
}

/// Writes the table of splits if no building is in two of them.
fn write_splits(top: &Path, places: &[Place]) -> Result<bool, ExchangeError> {
    let purpose = |split| match split {
        Split::Networks => Purpose::Train,
        Split::Transfers => Purpose::Transfers,
        Split::Validation => Purpose::Validation,
        Split::Test => Purpose::Test,
    };
    let pairs: BTreeSet<(&str, Split)> =
        places.iter().map(|place| (place.building.as_str(), place.split)).collect();
    let buildings: BTreeSet<_> =
        pairs.iter().map(|(building, _)| building.to_lowercase()).collect();
    if buildings.len() < pairs.len() {
        return Ok(false);
    }
    let table: BuildingSplits =
        pairs.into_iter().map(|(building, split)| (building.to_owned(), purpose(split))).collect();
    let path = top.join(SPLITS);
    let mut text = Vec::new();
    let wrong = |error| ExchangeError::Splits { file: path.clone(), error };
    table.write(&mut text).map_err(wrong)?;
    std::fs::write(&path, text).map_err(ExchangeError::io(&path))?;
    Ok(true)
}
