//! A folder as a dataset of ours.

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;
use serde::Serialize;
use taskonomy_core::{BuildingSplits, Split, SplitCounts};
use taskonomy_data::{DataError, DatasetWriter, Manifest, Provenance, SampleId};

use crate::division::{Division, Unit};
use crate::error::ExchangeError;
use crate::fault::Faults;
use crate::folder::{Folder, Layout, View};
use crate::gaps::{Gap, gaps};
use crate::plan::Plan;
use crate::read::{Read, read};
use crate::tree::Tree;

/// What is made of a folder.
#[derive(Debug, Clone)]
pub struct ImportSpec {
    /// The folder's name: the building's, where the folder is one.
    pub name: String,
    /// Height and width of the images of the dataset: a multiple of 8 from 8 to 1024.
    pub size: usize,
    /// Which buildings are for what; none divides them in the proportions of `shares`.
    pub splits: Option<BuildingSplits>,
    /// Proportions of the splits, by number of views.
    pub shares: SplitCounts,
    /// Decides the splits.
    pub seed: u64,
}

/// A dataset that was made of a folder.
#[derive(Debug)]
pub struct Imported {
    /// Of the dataset.
    pub manifest: Manifest,
    /// The folder's layout.
    pub layout: Layout,
    /// What the splits keep together.
    pub unit: Unit,
    /// Buildings that the table of splits gives no purpose.
    pub left_out: Vec<String>,
    /// Number of samples that have each domain.
    pub present: BTreeMap<String, usize>,
    /// Files that one would expect and that are not there.
    pub gaps: Vec<Gap>,
    /// Files that were left out.
    pub faults: Faults,
}

/// How far the reading of a folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Step {
    /// There are this many views to read.
    Found(usize),
    /// Another view was read.
    Read,
}

/// Views that are in memory at once, for each thread.
const AT_ONCE: usize = 8;

/// Makes a dataset of a folder, whose files follow one of the four [`Layout`]s.
///
/// The largest square in the middle of every image is brought to the dataset's size: colours, edges
/// and keypoints by the mean over each new pixel's area, everything else by picking the pixel in its
/// middle, so that nothing is averaged across an edge. A file that is missing or that cannot be used
/// is an absent sample of its domain; a view without an image is left out. The same files and
/// settings give the same bytes. `watch` hears of every step, from any thread, and stops the work by
/// answering false; nothing is then left behind. Memory holds the names of the views and the pixels
/// of a few.
pub fn import(
    dataset: &Path,
    tree: &dyn Tree,
    spec: &ImportSpec,
    watch: &(dyn Fn(Step) -> bool + Sync),
) -> Result<Imported, ExchangeError> {
    check(spec)?;
    let folder = Folder::scan(tree, &spec.name)?;
    let division = Division::new(&folder, spec.splits.as_ref(), spec.shares, spec.seed)?;
    let plan = Plan::new(tree, &folder, spec.size)?;
    let provenance = Provenance { generator: "taskonomy folder 1".into(), seed: spec.seed };
    let mut writer = DatasetWriter::create(dataset, provenance, plan.domains.clone(), plan.size)?;

    let views: usize = division.parts.values().flatten().map(|p| p.views(&folder).count()).sum();
    let mut present: BTreeMap<String, usize> =
        plan.domains.iter().map(|domain| (domain.name.clone(), 0)).collect();
    let mut faults = folder.faults.clone();
    going_on(watch, Step::Found(views))?;
    for split in Split::ALL {
        let mut samples = 0;
        for part in &division.parts[&split] {
            let building = &folder.buildings[part.building];
            let views: Vec<View> = part.views(&folder).collect();
            read_all(tree, &folder, part.building, &views, &plan, watch, |view, read| {
                faults.extend(read.faults);
                if read.values.is_empty() {
                    return Ok(());
                }
                for name in read.values.keys() {
                    *present.entry(name.clone()).or_default() += 1;
                }
                samples += 1;
                let id = format!("{}/{}", building.name, view.id);
                let sample = SampleId { id, scene: part.scene(building, view) };
                Ok(writer.append(split, sample, &read.values)?)
            })?;
        }
        if samples == 0 {
            return Err(ExchangeError::NoImages { split, faults });
        }
    }
    Ok(Imported {
        manifest: writer.finish()?,
        layout: folder.layout,
        unit: division.unit,
        left_out: division.left_out,
        present,
        gaps: gaps(&folder),
        faults,
    })
}

/// Reads views of a building in parallel, a few at a time, and hands them on in order.
pub(crate) fn read_all(
    tree: &dyn Tree,
    folder: &Folder,
    building: usize,
    views: &[View],
    plan: &Plan,
    watch: &(dyn Fn(Step) -> bool + Sync),
    mut take: impl FnMut(View, Read) -> Result<(), ExchangeError>,
) -> Result<(), ExchangeError> {
    for chunk in views.chunks(AT_ONCE * rayon::current_num_threads()) {
        let read: Vec<Read> = chunk
            .par_iter()
            .map(|&view| {
                let read = read(tree, &folder.buildings[building], view, plan);
                going_on(watch, Step::Read).map(|()| read)
            })
            .collect::<Result<_, _>>()?;
        for (&view, read) in chunk.iter().zip(read) {
            take(view, read)?;
        }
    }
    Ok(())
}

pub(crate) fn going_on(
    watch: &(dyn Fn(Step) -> bool + Sync),
    step: Step,
) -> Result<(), ExchangeError> {
    if watch(step) { Ok(()) } else { Err(DataError::Stopped.into()) }
}

fn check(spec: &ImportSpec) -> Result<(), ExchangeError> {
    let setting = |key, found, allowed| Err(DataError::Setting { key, found, allowed }.into());
    if !spec.size.is_multiple_of(8) || !(8..=1024).contains(&spec.size) {
        return setting("size", spec.size.to_string(), "a multiple of 8 from 8 to 1024");
    }
    if let Some(split) = Split::ALL.into_iter().find(|&split| spec.shares.of(split) == 0) {
        return setting("shares", format!("0 for {split}"), "1 or more for every split");
    }
    Ok(())
}
