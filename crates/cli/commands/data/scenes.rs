//! Scenes as a dataset: views, labels and tuples of each.

use std::collections::BTreeMap;
use std::path::Path;

use indicatif::ProgressBar;
use rayon::prelude::*;
use taskonomy_core::{Domain, Split, Values};
use taskonomy_data::{DatasetWriter, Manifest, Provenance, SampleId};
use taskonomy_scenes::{POINT_MATCHING, Scene, SceneError, SceneViews, Tuple};

use super::data_failure;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::{interrupt, progress};

/// Which scenes, and what is stored of them.
pub(super) struct Scenes<'a> {
    /// What makes them, for the manifest.
    pub generator: &'a str,
    /// Of scenes and cameras.
    pub seed: u64,
    /// Height and width in pixels.
    pub size: usize,
    /// Views of each.
    pub views: usize,
    pub domains: Vec<Domain>,
    /// All of them, in the order of their splits.
    pub places: Vec<Place>,
    /// The scene of a number.
    pub scene: &'a (dyn Fn(u64) -> Scene + Sync),
}

/// A scene's place in the dataset.
pub(super) struct Place {
    pub split: Split,
    /// Its number, different for all scenes.
    pub index: u64,
    /// Its name, different for all scenes.
    pub name: String,
}

/// One scene: the labels of its views, and of tuples of them.
struct Views {
    of: SceneViews,
    labels: Vec<BTreeMap<String, Values>>,
    tuples: BTreeMap<String, Vec<Tuple>>,
}

impl Scenes<'_> {
    fn wants(&self, name: &str) -> bool {
        self.domains.iter().any(|domain| domain.name == name)
    }

    /// Renders one scene.
    fn views(&self, index: u64, bar: &ProgressBar) -> Result<Views, SceneError> {
        let scene = (self.scene)(index);
        let cameras = scene.cameras(self.views);
        let labels = cameras.iter().map(|camera| {
            let view = taskonomy_scenes::render(&scene, camera, self.size)?;
            bar.inc(1);
            Ok(taskonomy_scenes::annotate(&view, &|domain| self.wants(domain)))
        });
        let labels = labels.collect::<Result<Vec<_>, SceneError>>()?;
        let tuples = scene.tuples(&cameras);
        Ok(Views { of: SceneViews { index, cameras }, labels, tuples })
    }
}

/// Whether images of this side can be made.
pub(super) fn check_size(size: usize) -> Result<(), Failure> {
    if size.is_multiple_of(8) && (32..=1024).contains(&size) {
        return Ok(());
    }
    let message = format!("--size {size}: it must be a multiple of 8 from 32 to 1024");
    Err(Failure::new(Exit::Usage, message))
}

/// Renders scenes into a new dataset, several in parallel. Interrupted, it leaves nothing behind.
pub(super) fn make_scenes(
    dir: &Path,
    scenes: &Scenes,
    output: Output,
) -> Result<Manifest, Failure> {
    check_size(scenes.size)?;
    let stop = interrupt::stop_flag()?;
    let provenance = Provenance { generator: scenes.generator.into(), seed: scenes.seed };
    let mut writer = DatasetWriter::create(dir, provenance, scenes.domains.clone(), scenes.size)
        .map_err(data_failure)?;
    let bar = progress::bar(output, scenes.places.len() * scenes.views, "rendering");
    for of_split in scenes.places.chunk_by(|a, b| a.split == b.split) {
        let split = of_split[0].split;
        let mut seen = Vec::with_capacity(of_split.len());
        // A few scenes at a time, so that memory does not grow with the dataset.
        for chunk in of_split.chunks(4 * rayon::current_num_threads()) {
            if stop.load(std::sync::atomic::Ordering::Relaxed) {
                return Err(Failure::new(Exit::Interrupted, "interrupted: no dataset was written"));
            }
            let made: Vec<Views> = chunk
                .par_iter()
                .map(|place| scenes.views(place.index, &bar))
                .collect::<Result<_, _>>()
                .map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
            for (place, Views { of, labels, tuples }) in chunk.iter().zip(made) {
                for (number, values) in labels.iter().enumerate() {
                    let (scene, id) =
                        (place.name.clone(), format!("{}_view{number:02}", place.name));
                    writer.append(split, SampleId { id, scene }, values).map_err(data_failure)?;
                }
                let rows = scenes.views * seen.len();
                for (domain, tuples) in tuples.iter().filter(|(domain, _)| scenes.wants(domain)) {
                    append_tuples(&mut writer, split, domain, rows, tuples)?;
                }
                seen.push(of);
            }
        }
        if scenes.wants(POINT_MATCHING) {
            let matches = taskonomy_scenes::point_matching(scenes.seed, &seen);
            append_tuples(&mut writer, split, POINT_MATCHING, 0, &matches)?;
        }
    }
    bar.finish_and_clear();
    writer.finish().map_err(data_failure)
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
