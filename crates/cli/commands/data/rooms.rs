//! `data rooms`: procedural rooms as a dataset.

use std::path::Path;

use rayon::prelude::*;
use serde_json::json;
use taskonomy_core::{Split, SplitCounts};
use taskonomy_data::{DatasetWriter, Manifest, Provenance, SampleId};
use taskonomy_scenes::SceneError;

use super::{data_failure, summary};
use crate::args::Rooms;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::{interrupt, progress};

/// Carries out `data rooms`.
pub fn rooms(args: &Rooms, output: Output) -> Result<(), Failure> {
    let (seed, size, scenes, views) = (args.seed, args.size, args.scenes, usize::from(args.views));
    let spec = RoomsSpec { seed, size, scenes, views };
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
}

/// Renders rooms into a new dataset, views in parallel. Interrupted, it leaves nothing behind.
pub fn make_rooms(dir: &Path, spec: &RoomsSpec, output: Output) -> Result<Manifest, Failure> {
    if !spec.size.is_multiple_of(8) || !(32..=1024).contains(&spec.size) {
        let message = format!("--size {}: it must be a multiple of 8 from 32 to 1024", spec.size);
        return Err(Failure::new(Exit::Usage, message));
    }
    let stop = interrupt::stop_flag()?;
    let provenance = Provenance { generator: "rooms 2".into(), seed: spec.seed };
    let domains = taskonomy_scenes::domains(spec.size);
    let mut writer =
        DatasetWriter::create(dir, provenance, domains, spec.size).map_err(data_failure)?;
    let total: usize = Split::ALL.iter().map(|&split| spec.scenes.of(split)).sum();
    let bar = progress::bar(output, total * spec.views, "rendering rooms");
    let mut first = 0;
    for split in Split::ALL {
        let scenes: Vec<u64> = (first..first + spec.scenes.of(split) as u64).collect();
        first += scenes.len() as u64;
        // A few scenes at a time, so that memory does not grow with the dataset.
        for chunk in scenes.chunks(4 * rayon::current_num_threads()) {
            if stop.load(std::sync::atomic::Ordering::Relaxed) {
                return Err(Failure::new(Exit::Interrupted, "interrupted: no dataset was written"));
            }
            let views: Vec<_> = chunk
                .par_iter()
                .map(|&index| {
                    let scene = taskonomy_scenes::Scene::room(spec.seed, index);
                    let cameras = scene.cameras(spec.views);
                    let views = cameras.iter().map(|camera| {
                        let view = taskonomy_scenes::render(&scene, camera, spec.size)?;
                        bar.inc(1);
                        Ok(taskonomy_scenes::annotate(&view))
                    });
                    views.collect::<Result<Vec<_>, SceneError>>()
                })
                .collect::<Result<_, _>>()
                .map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
            for (index, views) in chunk.iter().zip(views) {
                let scene = format!("room{index:05}");
                for (number, values) in views.iter().enumerate() {
                    let id = format!("{scene}_view{number:02}");
                    let sample = SampleId { id, scene: scene.clone() };
                    writer.append(split, sample, values).map_err(data_failure)?;
                }
            }
        }
    }
    bar.finish_and_clear();
    writer.finish().map_err(data_failure)
}
