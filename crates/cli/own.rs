//! Labels and representations of the user's own: a dataset in the run for each, made anew when they
//! are others than before.

use std::collections::BTreeMap;
use std::path::Path;

use taskonomy_core::{Pipeline, Role, Split, Task, TaskId};
use taskonomy_data::{DataError, Dataset, Manifest};
use taskonomy_exchange::{Converted, ExchangeError, OwnFeatures, OwnLabels, Step};
use taskonomy_run::RunDir;

use crate::commands::data::{data_failure, open, watched};
use crate::failure::{Exit, Explain, Fail, Failure, full_disk};
use crate::output::Output;
use crate::session::run_failure;

/// What is done about labels that are others than before.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Update {
    /// They are converted.
    Convert,
    /// They are known to be others.
    Compare,
    /// Nobody looks.
    Trust,
}

/// Stands for the checksum of what would be converted first.
const NOT_YET: &str = "not converted yet";

type Watch<'w> = &'w (dyn Fn(Step) -> bool + Sync);

/// The images with the labels of all own tasks of a pipeline, and checksums of the domains of all own
/// tasks and sources. Their datasets are made anew where that is asked for; without images there is
/// nothing to convert them to.
pub fn update(
    pipeline: &Pipeline,
    roster: &[Task],
    images: Option<Dataset>,
    run: &RunDir,
    update: Update,
    output: Output,
) -> Result<(Option<Dataset>, BTreeMap<String, String>), Failure> {
    let own = Own { run, update, output, place: &pipeline.data.path };
    let (mut checksums, mut labels) = (BTreeMap::new(), Vec::new());
    for task in &pipeline.own_tasks {
        let role = roster.iter().find(|t| t.id == task.id).map_or(Role::Both, |t| t.role);
        let dataset = match &images {
            Some(images) if update != Update::Trust => {
                let labels = OwnLabels::open(task, role, images).map_err(|e| own.failure(e))?;
                let convert = |to: &Path, watch: Watch| labels.convert(to, watch);
                own.bring(&task.id, &labels.generator(), "labels", convert)?
            }
            _ => own.as_it_is(&task.id)?,
        };
        checksums.insert(task.domain(), checksum(dataset.as_ref(), &task.domain())?);
        labels.extend(dataset);
    }
    for source in &pipeline.own_sources {
        let dataset = match &images {
            Some(images) if update != Update::Trust => {
                let stride = pipeline.networks.encoder.stride();
                let features = OwnFeatures::open(source, images, stride);
                let features = features.map_err(|error| own.failure(error))?;
                let convert = |to: &Path, watch: Watch| features.convert(to, watch);
                let generator = features.generator();
                own.bring(&source.id, &generator, "representations", convert)?
            }
            _ => own.as_it_is(&source.id)?,
        };
        checksums.insert(source.domain(), checksum(dataset.as_ref(), &source.domain())?);
    }
    let join = |images: Dataset, labels| images.join(labels).map_err(data_failure);
    let images = images.map(|images| labels.into_iter().try_fold(images, join)).transpose()?;
    Ok((images, checksums))
}

fn checksum(dataset: Option<&Dataset>, domain: &str) -> Result<String, Failure> {
    let sum = dataset.map(|dataset| dataset.checksum(domain).map_err(data_failure));
    Ok(sum.transpose()?.unwrap_or_else(|| NOT_YET.to_owned()))
}

/// A hash of the file that encoders start from; none where they start from nothing.
pub fn weights(pipeline: &Pipeline) -> Result<Option<String>, Failure> {
    let Some(file) = &pipeline.networks.weights else { return Ok(None) };
    let hash = |bytes: Vec<u8>| blake3::hash(&bytes).to_hex().to_string();
    let bytes = std::fs::read(file).input().at(format_args!("`networks.weights`: {file}"))?;
    Ok(Some(hash(bytes)))
}

/// Whether everything that the pipeline names is there; nothing else is read.
pub fn look(pipeline: &Pipeline) -> Result<(), Failure> {
    weights(pipeline)?;
    let tasks = pipeline.own_tasks.iter().map(|t| ("[[task]]", &t.id, &t.labels, t.is_in_table()));
    let sources = pipeline.own_sources.iter().map(|s| {
        let is_file = s.features.ends_with(".safetensors");
        ("[[source]]", &s.id, &s.features, is_file)
    });
    for (entry, id, path, is_file) in tasks.chain(sources) {
        if !Path::new(path).exists() {
            let (id, path) = (id.clone(), path.into());
            let wanted = if is_file { "file" } else { "folder" };
            return Err(failure(ExchangeError::OwnAbsent { entry, id, path, wanted }, ""));
        }
    }
    Ok(())
}

struct Own<'o> {
    run: &'o RunDir,
    update: Update,
    output: Output,
    /// Where the images are.
    place: &'o str,
}

impl Own<'_> {
    /// Converts what is another than it was; none where it should only be compared.
    fn bring(
        &self,
        id: &TaskId,
        generator: &str,
        what: &str,
        convert: impl FnOnce(&Path, Watch) -> Result<Converted, ExchangeError>,
    ) -> Result<Option<Dataset>, Failure> {
        let before = Manifest::read(&self.run.own(id)).ok();
        if before.is_none_or(|before| before.generator != generator) {
            if self.update == Update::Compare {
                return Ok(None);
            }
            let draft = self.run.own_draft(id).map_err(run_failure)?;
            let converted = watched(self.output, "reading labels", |watch| convert(&draft, watch));
            let converted = converted?.map_err(|error| self.failure(error))?;
            self.run.publish_own(id).map_err(run_failure)?;
            self.tell(id, what, &converted);
        }
        self.as_it_is(id)
    }

    fn tell(&self, id: &TaskId, what: &str, converted: &Converted) {
        let (mut present, mut images) = (0, 0);
        for [some, all] in converted.present.values() {
            present += some;
            images += all;
        }
        self.output.note(format_args!("{id}: {what} of {present} of {images} images"));
        let few = |split: &Split| format!("{split} {}", converted.present[split][0]);
        if present < images {
            let splits: Vec<_> = converted.present.keys().map(few).collect();
            self.output.note(format_args!("{id}: {}", splits.join(", ")));
        }
        if let Some(first) = converted.unused.first() {
            let count = converted.unused.len();
            let of = format!("{count} of the names belong to no image, the first is `{first}`");
            self.output.note(format_args!("{id}: {of}"));
        }
    }

    /// What stands in the run, if something does.
    fn as_it_is(&self, id: &TaskId) -> Result<Option<Dataset>, Failure> {
        let path = self.run.own(id);
        if !path.exists() {
            return Ok(None);
        }
        let dataset = open(&path)?;
        if self.update != Update::Trust {
            dataset.verify_checksums().map_err(data_failure)?;
        }
        Ok(Some(dataset))
    }

    fn failure(&self, error: ExchangeError) -> Failure {
        failure(error, self.place)
    }
}

/// A failure with what to do about it.
fn failure(error: ExchangeError, images: &str) -> Failure {
    let (exit, hint) = match &error {
        ExchangeError::Data(DataError::Stopped) => {
            (Exit::Interrupted, Some("the same command goes on where it was".to_owned()))
        }
        ExchangeError::Data(DataError::Io { source, .. }) | ExchangeError::Io { source, .. } => {
            (Exit::Environment, full_disk(source).map(str::to_owned))
        }
        ExchangeError::OwnAbsent { .. } => {
            (Exit::Input, Some("a path is understood from where the command is given".to_owned()))
        }
        ExchangeError::OwnLacking { .. } => (
            Exit::Input,
            Some(format!(
                "files and rows are named after the ids in {images}/manifest.json; what holds for a \
                 whole photo may be named after the photo"
            )),
        ),
        _ => (Exit::Input, None),
    };
    Failure { error: error.into(), hint, exit }
}
