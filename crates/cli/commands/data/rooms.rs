//! `data rooms`: procedural rooms as a dataset, furnished or not with models.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::json;
use taskonomy_core::{Domain, Split, SplitCounts};
use taskonomy_data::Manifest;
use taskonomy_scenes::{Catalogue, Scene};

use super::models::{self, model_failure, texture};
use super::scenes::{Place, Scenes, make_scenes};
use super::summary;
use crate::args::Rooms;
use crate::failure::Failure;
use crate::output::Output;

/// Carries out `data rooms`.
pub fn rooms(args: &Rooms, output: Output) -> Result<(), Failure> {
    if !args.model.is_empty() {
        return models::models(args, output);
    }
    let (seed, size, scenes, views) = (args.seed, args.size, args.scenes, usize::from(args.views));
    let spec = RoomsSpec { seed, size, scenes, views, domains: None };
    let manifest = match &args.furniture {
        None => make_rooms(&args.dir, &spec, output)?,
        Some(folder) => {
            let catalogue = Catalogue::open(folder, Box::new(texture)).map_err(model_failure)?;
            let (entries, usable) = catalogue.counts();
            output.note(format_args!(
                "{}: {entries} models, {usable} of them of what rooms are furnished with",
                folder.display()
            ));
            let furnished = |index| catalogue.furnish(Scene::room(seed, index));
            let made = make(&args.dir, &spec, "rooms 4 with furniture 1", &furnished, output)?;
            let (used, faults) = catalogue.used();
            output.note(format_args!("models that took a place: {used}"));
            models::tell_faults(&folder.display().to_string(), &faults, output);
            made
        }
    };
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

/// What is stored of rooms: of every view, and of tuples of views.
pub fn room_domains(size: usize) -> Vec<Domain> {
    taskonomy_scenes::domains(size).into_iter().chain(taskonomy_scenes::tuple_domains()).collect()
}

/// Renders rooms into a new dataset, scenes in parallel. Interrupted, it leaves nothing behind.
pub fn make_rooms(dir: &Path, spec: &RoomsSpec, output: Output) -> Result<Manifest, Failure> {
    make(dir, spec, "rooms 4", &|index| Scene::room(spec.seed, index), output)
}

fn make(
    dir: &Path,
    spec: &RoomsSpec,
    generator: &str,
    scene: &(dyn Fn(u64) -> Scene + Sync),
    output: Output,
) -> Result<Manifest, Failure> {
    let wanted = |domain: &Domain| {
        spec.domains.as_ref().is_none_or(|domains| domains.contains(&domain.name))
    };
    let splits =
        Split::ALL.iter().flat_map(|&split| (0..spec.scenes.of(split)).map(move |_| split));
    let place = |(index, split)| Place { split, index, name: format!("room{index:05}") };
    let scenes = Scenes {
        generator,
        seed: spec.seed,
        size: spec.size,
        views: spec.views,
        domains: room_domains(spec.size).into_iter().filter(wanted).collect(),
        places: (0..).zip(splits).map(place).collect(),
        scene,
    };
    make_scenes(dir, &scenes, output)
}
