//! `data`: make, check and look at datasets.

use std::path::Path;

use rayon::prelude::*;
use serde_json::json;
use taskonomy_core::{Split, SplitCounts};
use taskonomy_data::{DataError, Dataset, DatasetWriter, Manifest, Provenance, SampleId, picture};
use taskonomy_run::write_atomic;
use taskonomy_scenes::SceneError;

use crate::args::{Data, Rooms};
use crate::failure::{Exit, Explain, Fail, Failure, full_disk};
use crate::output::Output;
use crate::{interrupt, progress};

/// Carries out a `data` command.
pub fn data(command: &Data, output: Output) -> Result<(), Failure> {
    match command {
        Data::Rooms(args) => rooms(args, output),
        Data::Show { dir, output: file, split, samples } => {
            let file = file.clone().unwrap_or_else(|| dir.join("contact-sheet.png"));
            let dataset = open(dir)?;
            let sheet = picture::contact_sheet(&dataset, *split, usize::from(*samples), 2);
            write_atomic(&file, &sheet.to_png()).environment().at(file.display())?;
            output.result(|| file.display().to_string(), || json!({ "picture": file }))
        }
        Data::Check { dir } => {
            let dataset = open(dir)?;
            dataset.verify_checksums().map_err(data_failure)?;
            output.result(|| summary(dataset.manifest(), dir), || json!(dataset.manifest()))
        }
    }
}

/// Opens a dataset.
pub fn open(dir: &Path) -> Result<Dataset, Failure> {
    Dataset::open(dir).map_err(data_failure)
}

/// A failure of a dataset, with what to do about it.
pub fn data_failure(error: DataError) -> Failure {
    let hint = match &error {
        DataError::Io { source, .. } => full_disk(source),
        DataError::NoFolder { .. } | DataError::NoManifest { .. } => {
            Some("make a dataset with `taskonomy data rooms DIR`, or name another folder")
        }
        DataError::Exists { .. } => Some("name another folder"),
        DataError::Schema { .. } => {
            Some("use the version of taskonomy that made it, or make it again in another folder")
        }
        DataError::Json { .. }
        | DataError::Manifest { .. }
        | DataError::MissingShard { .. }
        | DataError::Length { .. }
        | DataError::Shard { .. }
        | DataError::Checksum { .. } => {
            Some("the dataset is damaged: delete its folder and make or import it again")
        }
        _ => None,
    };
    let exit = match &error {
        DataError::Io { .. } => Exit::Environment,
        _ => Exit::Input,
    };
    Failure { error: error.into(), hint: hint.map(str::to_owned), exit }
}

fn rooms(args: &Rooms, output: Output) -> Result<(), Failure> {
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

fn summary(manifest: &Manifest, dir: &Path) -> String {
    let mut text = format!("{}: {} of {} px\n", dir.display(), manifest.generator, manifest.size);
    for split in Split::ALL {
        let samples = manifest.splits.get(&split).map_or(&[][..], Vec::as_slice);
        let mut scenes: Vec<_> = samples.iter().map(|s| &s.scene).collect();
        scenes.dedup();
        text += &format!("  {split:<11}{:>6} views of {:>4} scenes\n", samples.len(), scenes.len());
    }
    let names: Vec<_> = manifest.domains.iter().map(|d| d.name.as_str()).collect();
    text + &format!("  domains    {}\n", names.join(", "))
}
