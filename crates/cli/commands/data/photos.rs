//! `data photos`: crops of a folder of photos as a dataset.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use serde_json::json;
use taskonomy_core::Split;
use taskonomy_data::DataError;
use taskonomy_data::photos::{self, LocalDisk, MadeOfPhotos, PhotosSpec, Skipped, Step};

use super::{data_failure, summary};
use crate::args::Photos;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::{interrupt, progress};

/// Skipped files that are named; all of them are in the JSON.
const NAMED: usize = 20;

/// What to do about a folder of photos that is not there.
pub const FOLDER_HINT: &str = "name the folder that your photos are in";

/// Carries out `data photos`.
pub fn photos(args: &Photos, output: Output) -> Result<(), Failure> {
    let Photos { dir, out, crops, size, seed, shares } = args;
    let spec = PhotosSpec {
        folder: dir.clone(),
        crops: *crops,
        size: *size,
        shares: *shares,
        seed: *seed,
        domains: None,
    };
    let path = match out {
        Some(path) => path.clone(),
        None => Path::new("data").join(photo_folder_name(dir)?),
    };
    let made = make_photos(&path, &spec, output)?;
    output.result(
        || {
            let used: Vec<_> =
                Split::ALL.map(|split| format!("{split} {}", made.photos[&split])).into();
            format!(
                "{}  photos     {} ({} resembled others and share their split)\n",
                summary(&made.manifest, &path),
                used.join(", "),
                made.duplicates
            )
        },
        || {
            let mut value = json!(made.manifest);
            value["photos"] = json!(made.photos);
            value["duplicates"] = json!(made.duplicates);
            value["skipped"] = json!(made.skipped);
            value
        },
    )
}

/// The name of a folder, also of `.` and of paths that end in `..`.
pub fn photo_folder_name(folder: &Path) -> Result<PathBuf, Failure> {
    let full = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    folder.file_name().or(full.file_name()).map(PathBuf::from).ok_or_else(|| {
        let message =
            format!("{}: this folder has no name to call the dataset by", folder.display());
        Failure::new(Exit::Usage, message).hint("say where it goes with --out DIR")
    })
}

/// Cuts photos into a new dataset and names on stderr what was left out. Interrupted, it leaves
/// nothing behind.
pub fn make_photos(dir: &Path, spec: &PhotosSpec, output: Output) -> Result<MadeOfPhotos, Failure> {
    let stop = interrupt::stop_flag()?;
    let bar = progress::bar(output, spec.crops, "reading photos");
    let watch = |step| {
        match step {
            Step::Found(photos) => bar.set_length((photos + spec.crops) as u64),
            Step::Seen => bar.inc(1),
            Step::Cut(crops) => bar.inc(crops as u64),
        }
        !stop.load(Ordering::Relaxed)
    };
    let made = photos::make_photos(dir, spec, &LocalDisk, &watch);
    bar.finish_and_clear();
    let made = made.map_err(|error| match error {
        DataError::NoFolder { .. } => data_failure(error).hint(FOLDER_HINT),
        error => data_failure(error),
    })?;
    tell_skipped(&made.skipped, output);
    Ok(made)
}

fn tell_skipped(skipped: &[Skipped], output: Output) {
    if skipped.is_empty() {
        return;
    }
    let files = if skipped.len() == 1 { "file was" } else { "files were" };
    output.warn(format_args!("{} {files} left out:", skipped.len()));
    for Skipped { file, why } in skipped.iter().take(NAMED) {
        output.note(format_args!("  {file}: {why}"));
    }
    if skipped.len() > NAMED {
        output.note(format_args!("  and {} more: --json names all", skipped.len() - NAMED));
    }
}
