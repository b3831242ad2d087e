//! The images of a pipeline: there, or made first.

mod differences;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Instant;

use taskonomy_core::{Dictionary, Maker, Pipeline, Split, SplitCounts, Task};
use taskonomy_data::Dataset;
use taskonomy_data::photos::PhotosSpec;
use taskonomy_run::RunRecord;

use super::add_stage;
use crate::commands::data::{self, RoomsSpec, data_failure};
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::{own, worker};
use differences::differences;

/// Opens the dataset and checks every byte of it; makes it first where it is absent, and warns where
/// one that is there was made otherwise than the pipeline says.
pub(super) fn open_or_make(
    pipeline: &Pipeline,
    dry_run: bool,
    record: &mut RunRecord,
    output: Output,
) -> Result<Option<Dataset>, Failure> {
    let config = &pipeline.data;
    let path = PathBuf::from(&config.path);
    if !path.exists() {
        // Images are not made for a run that will lack its labels.
        own::look(pipeline)?;
        match config.make {
            None if dry_run && config.images.is_some() => {
                output.note(format_args!(
                    "{} is not there: as many images are counted as `data.images` says",
                    path.display()
                ));
                return Ok(None);
            }
            None => {
                let message = format!("`data.path`: there is no dataset at {}", path.display());
                return Err(Failure::new(Exit::Input, message).hint(
                    "say make = \"rooms\", or make = \"photos\" and photos = \"DIR\", below [data]; \
                     or make one with `taskonomy data`",
                ));
            }
            Some(_) if dry_run => {
                output.note(format_args!(
                    "{} is not there: it would be made first, and what is done compared with it",
                    path.display()
                ));
                return Ok(None);
            }
            Some(maker) => {
                // Whoever makes them goes on to train: better to hear now that it cannot.
                worker::find()?;
                let begun = Instant::now();
                output.note(format_args!("making {}", path.display()));
                make(maker, pipeline, &path, output)?;
                add_stage(record, 0, begun);
            }
        }
    }
    let dataset = data::open(&path)?;
    dataset.verify_checksums().map_err(data_failure)?;
    let found = dataset.manifest().size;
    if found != config.size {
        let message = format!(
            "`data.size` is {}, but {} has images of {found} px",
            config.size,
            path.display()
        );
        return Err(Failure::new(Exit::Input, message).hint("change the one or the other"));
    }
    if let Some(split) = Split::ALL.into_iter().find(|&s| dataset.samples(s).is_empty()) {
        let message = format!("{}: the split {split} has no samples", path.display());
        return Err(Failure::new(Exit::Input, message)
            .hint("a run needs all four splits: networks, transfers, validation and test"));
    }
    for difference in differences(pipeline, dataset.manifest()) {
        output.warn(format_args!(
            "{} {difference}: the images stay as they are; delete the folder or name another \
             data.path to make them anew",
            path.display()
        ));
    }
    Ok(Some(dataset))
}

/// Makes the dataset that the pipeline describes.
fn make(maker: Maker, pipeline: &Pipeline, path: &Path, output: Output) -> Result<(), Failure> {
    let (config, seed) = (&pipeline.data, pipeline.seed);
    let tasks = pipeline.dictionary(&Dictionary::builtin());
    let domains = Some(needed_domains(&pipeline.roster(&tasks)));
    match maker {
        Maker::Rooms => {
            let scenes = config.scenes.unwrap_or(SplitCounts::SCENES);
            let views = config.views.expect("a checked pipeline of rooms has them");
            let spec = RoomsSpec { seed, size: config.size, scenes, views, domains };
            data::make_rooms(path, &spec, output).map(drop)
        }
        Maker::Photos => {
            let spec = PhotosSpec {
                folder: config.photos.as_deref().unwrap_or_default().into(),
                crops: config.crops.expect("a checked pipeline of photos has them"),
                size: config.size,
                shares: config.shares.unwrap_or(SplitCounts::SHARES),
                seed,
                domains,
            };
            data::make_photos(path, &spec, output).map(drop)
        }
    }
}

/// The images and all that these tasks predict: labels that nobody asked for take most of the time.
pub(super) fn needed_domains(roster: &[Task]) -> BTreeSet<String> {
    let targets = roster.iter().filter_map(|task| task.target.as_ref());
    let domains = targets.flat_map(|t| std::iter::once(&t.domain).chain(&t.mask)).cloned();
    domains.chain(["rgb".to_owned()]).collect()
}
