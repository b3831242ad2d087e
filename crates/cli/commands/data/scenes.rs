//! Scenes as a dataset: views, labels and tuples of each.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::ProgressBar;
use rayon::prelude::*;
use taskonomy_core::{Domain, Split, Values};
use taskonomy_data::{DatasetWriter, Manifest, Provenance, SampleId};
use taskonomy_scenes::{Camera, POINT_MATCHING, Scene, SceneViews, Tuple, tuple_domains};

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

/// Bytes of labels that wait to be written, at the most but for a scene that has more.
const MOST_WAITING: usize = 512 << 20;

/// Bytes of all labels of a pixel: 26 of all domains, rounded up.
const PIXEL: usize = 32;

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

    /// Whether a label is wanted that [`Scene::tuples`] computes.
    fn wants_tuples(&self) -> bool {
        let mut names = tuple_domains().into_iter().map(|domain| domain.name);
        names.any(|name| name != POINT_MATCHING && self.wants(&name))
    }

    /// How many scenes are made before they are written, so that memory does not grow with the
    /// dataset.
    fn at_once(&self) -> usize {
        let views = MOST_WAITING / (PIXEL * self.size * self.size);
        (views / self.views).clamp(1, 4 * rayon::current_num_threads())
    }

    /// Renders one scene, its views in parallel, unless it is stopped.
    fn views(&self, index: u64, stop: &AtomicBool, bar: &ProgressBar) -> Result<Views, Failure> {
        let scene = (self.scene)(index);
        let cameras = scene.cameras(self.views);
        let label = |camera: &Camera| {
            if stop.load(Ordering::Relaxed) {
                return Err(Failure::new(Exit::Interrupted, "interrupted: no dataset was written"));
            }
            let view = taskonomy_scenes::render(&scene, camera, self.size);
            let view = view.map_err(|error| Failure::new(Exit::Usage, error))?;
            bar.inc(1);
            Ok(taskonomy_scenes::annotate(&view, &|domain| self.wants(domain)))
        };
        let labels = cameras.par_iter().map(label).collect::<Result<Vec<_>, Failure>>()?;
        let tuples = if self.wants_tuples() { scene.tuples(&cameras) } else { BTreeMap::default() };
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

/// Renders scenes into a new dataset, views in parallel. Interrupted, it leaves nothing behind.
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
        for chunk in of_split.chunks(scenes.at_once()) {
            let made: Vec<Views> = chunk
                .par_iter()
                .map(|place| scenes.views(place.index, &stop, &bar))
                .collect::<Result<_, _>>()?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::data::room_domains;

    fn room(index: u64) -> Scene {
        Scene::room(1, index)
    }

    /// Rooms of which these domains are wanted.
    fn rooms(names: &[&str], size: usize, views: usize) -> Scenes<'static> {
        let mut domains = room_domains(size);
        domains.retain(|domain| names.contains(&domain.name.as_str()));
        let generator = "rooms of a test";
        Scenes { generator, seed: 1, size, views, domains, places: Vec::new(), scene: &room }
    }

    #[test]
    fn tuples_are_computed_where_one_is_wanted_and_change_nothing_else() {
        let made = |names: &[&str]| {
            let (on, bar) = (AtomicBool::new(false), ProgressBar::hidden());
            rooms(names, 16, 4).views(4, &on, &bar).unwrap()
        };
        let (without, with) = (made(&["rgb", "point_matching"]), made(&["rgb", "egomotion"]));
        assert!(without.tuples.is_empty());
        assert_eq!(with.tuples.len(), 3);
        assert_eq!(without.labels, with.labels);
        assert_eq!((without.of, without.labels.len()), (with.of, 4));
    }

    #[test]
    fn every_view_hears_that_it_is_stopped() {
        let bar = ProgressBar::hidden();
        let made = rooms(&["rgb"], 1024, 8).views(4, &AtomicBool::new(true), &bar);
        let failure = made.err().expect("it was stopped");
        assert_eq!((failure.exit, bar.position()), (Exit::Interrupted, 0));
    }

    #[test]
    fn as_many_scenes_wait_as_there_is_room_for() {
        let most = 4 * rayon::current_num_threads();
        let cases = [(1024, 100, 1), (1024, 4, 4), (256, 128, 2), (32, 1, most)];
        for (size, views, expected) in cases {
            assert_eq!(rooms(&[], size, views).at_once(), expected, "{views} views of {size} px");
        }
    }
}
