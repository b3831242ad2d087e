//! `data rooms`: procedural rooms as a dataset.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use indicatif::ProgressBar;
use rayon::prelude::*;
use serde_json::json;
use taskonomy_core::{Domain, Split, SplitCounts, Values};
use taskonomy_data::{DatasetWriter, Manifest, Provenance, SampleId};
use taskonomy_scenes::{POINT_MATCHING, SceneError, SceneViews, Tuple};

use super::{data_failure, summary};
use crate::args::Rooms;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::{interrupt, progress};

/// Carries out `data rooms`.
pub fn rooms(args: &Rooms, output: Output) -> Result<(), Failure> {
    let (seed, size, scenes, views) = (args.seed, args.size, args.scenes, usize::from(args.views));
    let spec = RoomsSpec { seed, size, scenes, views, domains: None };
    let manifest = make_rooms(&args.dir, &spec, output)?;
    output.result(|| summary(&manifest, &args.dir), || json!(manifest))
}

/// How many rooms, how large and how often seen.
pub struct RoomsSpec {
    /// Of the rooms.
    pub seed: u64,
    /// Height and width in pixels.
    pub size: usize,
    /// Rooms per split.
    pub scenes: SplitCounts,
    /// Views of each room.
    pub views: usize,
    /// The domains to make, or all.
    pub domains: Option<BTreeSet<String>>,
}

impl RoomsSpec {
    fn wants(&self, domain: &str) -> bool {
        self.domains.as_ref().is_none_or(|domains| domains.contains(domain))
    }
}

/// What is stored of rooms: of every view, and of tuples of views.
pub fn room_domains(size: usize) -> Vec<Domain> {
    taskonomy_scenes::domains(size).into_iter().chain(taskonomy_scenes::tuple_domains()).collect()
}

/// One scene: the labels of its views, and of tuples of them.
struct Views {
    of: SceneViews,
    labels: Vec<BTreeMap<String, Values>>,
    tuples: BTreeMap<String, Vec<Tuple>>,
}

/// Renders rooms into a new dataset, scenes in parallel. Interrupted, it leaves nothing behind.
pub fn make_rooms(dir: &Path, spec: &RoomsSpec, output: Output) -> Result<Manifest, Failure> {
    if !spec.size.is_multiple_of(8) || !(32..=1024).contains(&spec.size) {
        let message = format!("--size {}: it must be a multiple of 8 from 32 to 1024", spec.size);
        return Err(Failure::new(Exit::Usage, message));
    }
    let stop = interrupt::stop_flag()?;
    let provenance = Provenance { generator: "rooms 4".into(), seed: spec.seed };
    let domains = room_domains(spec.size).into_iter().filter(|d| spec.wants(&d.name)).collect();
    let mut writer =
        DatasetWriter::create(dir, provenance, domains, spec.size).map_err(data_failure)?;
    let total: usize = Split::ALL.iter().map(|&split| spec.scenes.of(split)).sum();
    let bar = progress::bar(output, total * spec.views, "rendering rooms");
    let mut first = 0;
    for split in Split::ALL {
        let scenes: Vec<u64> = (first..first + spec.scenes.of(split) as u64).collect();
        first += scenes.len() as u64;
        let mut seen = Vec::with_capacity(scenes.len());
        // A few scenes at a time, so that memory does not grow with the dataset.
        for chunk in scenes.chunks(4 * rayon::current_num_threads()) {
            if stop.load(std::sync::atomic::Ordering::Relaxed) {
                return Err(Failure::new(Exit::Interrupted, "interrupted: no dataset was written"));
            }
            let made: Vec<Views> = chunk
                .par_iter()
                .map(|&index| views(spec, index, &bar))
                .collect::<Result<_, _>>()
                .map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
            for Views { of, labels, tuples } in made {
                let scene = format!("room{:05}", of.index);
                for (number, values) in labels.iter().enumerate() {
                    let id = format!("{scene}_view{number:02}");
                    let sample = SampleId { id, scene: scene.clone() };
                    writer.append(split, sample, values).map_err(data_failure)?;
                }
                let rows = spec.views * seen.len();
                for (domain, tuples) in tuples.iter().filter(|(domain, _)| spec.wants(domain)) {
                    append_tuples(&mut writer, split, domain, rows, tuples)?;
                }
                seen.push(of);
            }
        }
        if spec.wants(POINT_MATCHING) {
            let matches = taskonomy_scenes::point_matching(spec.seed, &seen);
            append_tuples(&mut writer, split, POINT_MATCHING, 0, &matches)?;
        }
    }
    bar.finish_and_clear();
    writer.finish().map_err(data_failure)
}

/// Renders one scene.
fn views(spec: &RoomsSpec, index: u64, bar: &ProgressBar) -> Result<Views, SceneError> {
    let scene = taskonomy_scenes::Scene::room(spec.seed, index);
    let cameras = scene.cameras(spec.views);
    let labels = cameras.iter().map(|camera| {
        let view = taskonomy_scenes::render(&scene, camera, spec.size)?;
        bar.inc(1);
        Ok(taskonomy_scenes::annotate(&view, &|domain| spec.wants(domain)))
    });
    let labels = labels.collect::<Result<Vec<_>, SceneError>>()?;
    let tuples = scene.tuples(&cameras);
    Ok(Views { of: SceneViews { index, cameras }, labels, tuples })
}

/// Adds tuples whose views are counted from a row of the split.
fn append_tuples(
    writer: &mut DatasetWriter,
    split: Split,
    domain: &str,
    first: usize,
    tuples: &[Tuple],
) -> Result<(), Failure> {
    for Tuple { views, values } in tuples {
        let rows: Vec<usize> = views.iter().map(|view| first + view).collect();
        writer.append_tuple(split, domain, &rows, values).map_err(data_failure)?;
    }
    Ok(())
}
