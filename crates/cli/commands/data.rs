//! `data`: make, check and look at datasets.

mod check;
mod folder;
mod models;
mod photos;
mod rooms;
mod scenes;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::json;
use taskonomy_core::Split;
use taskonomy_data::{DataError, Dataset, Manifest, picture};
use taskonomy_run::write_atomic;

pub use folder::watched;
pub use photos::{FOLDER_HINT, make_photos, photo_folder_name};
pub use rooms::{RoomsSpec, make_rooms, room_domains};

use crate::args::Data;
use crate::failure::{Exit, Explain, Fail, Failure, full_disk};
use crate::output::Output;

/// Carries out a `data` command.
pub fn data(command: &Data, output: Output) -> Result<(), Failure> {
    match command {
        Data::Rooms(args) => rooms::rooms(args, output),
        Data::Photos(args) => photos::photos(args, output),
        Data::Import(args) => folder::import(args, output),
        Data::Export(args) => folder::export(args, output),
        Data::Show { dir, output: file, split, samples } => {
            let file = file.clone().unwrap_or_else(|| dir.join("contact-sheet.png"));
            let dataset = open(dir)?;
            let scale = enlargement(dataset.manifest().size);
            let sheet = picture::contact_sheet(&dataset, *split, usize::from(*samples), scale);
            write_atomic(&file, &sheet.to_png()).environment().at(file.display())?;
            output.result(|| file.display().to_string(), || json!({ "picture": file }))
        }
        Data::Check { dir } => check::check(dir, output),
    }
}

/// How many times the pixels of images of this side are enlarged: small ones are hard to see, and
/// large ones would make pictures that hardly any program opens.
fn enlargement(size: usize) -> usize {
    const SIDE: usize = 128;
    SIDE.div_ceil(size).clamp(1, 2)
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
        DataError::NoPhotos { .. } => Some("JPEG, PNG and WebP are read; name another folder"),
        DataError::FewPhotos { .. } => {
            Some("add photos: those of one split must not show what those of another do")
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
        DataError::Stopped => Exit::Interrupted,
        _ => Exit::Input,
    };
    Failure { error: error.into(), hint: hint.map(str::to_owned), exit }
}

/// Samples, scenes and domains, for people.
fn summary(manifest: &Manifest, dir: &Path) -> String {
    let mut text = format!("{}: {} of {} px\n", dir.display(), manifest.generator, manifest.size);
    let images = if manifest.generator.starts_with("photos") { "crops" } else { "views" };
    for split in Split::ALL {
        let samples = manifest.splits.get(&split).map_or(&[][..], Vec::as_slice);
        let scenes: BTreeSet<_> = samples.iter().map(|s| &s.scene).collect();
        text +=
            &format!("  {split:<11}{:>6} {images} of {:>4} scenes\n", samples.len(), scenes.len());
    }
    let names: Vec<_> = manifest.domains.iter().map(|d| d.name.as_str()).collect();
    text += &format!("  domains    {}\n", names.join(", "));
    for domain in manifest.domains.iter().filter(|domain| domain.is_of_tuples()) {
        let counts = Split::ALL.map(|split| format!("{split} {}", manifest.count(split, domain)));
        let (name, views) = (&domain.name, domain.views);
        text += &format!("  tuples     {name}, of {views} views: {}\n", counts.join(", "));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use taskonomy_data::Sample;

    use super::*;

    #[test]
    fn scenes_are_counted_once_wherever_their_samples_stand() {
        let sample = |(i, scene): (usize, &str)| Sample { id: i.to_string(), scene: scene.into() };
        let samples = ["a", "b", "a", "b", "c"].into_iter().enumerate().map(sample).collect();
        let manifest = Manifest {
            schema: 1,
            generator: "photos 1".into(),
            seed: 1,
            size: 64,
            domains: Vec::new(),
            splits: BTreeMap::from([(Split::Test, samples)]),
            tuples: BTreeMap::new(),
            files: BTreeMap::new(),
        };
        let text = summary(&manifest, Path::new("d"));
        assert!(text.contains("test            5 crops of    3 scenes\n"), "{text}");
    }

    #[test]
    fn small_images_are_shown_twice_as_large() {
        assert_eq!([32, 64, 96, 128, 512].map(enlargement), [2, 2, 2, 1, 1]);
    }
}
