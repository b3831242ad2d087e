//! Executing one job, and deciding what its end means.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use taskonomy_core::{Dictionary, Pipeline};
use taskonomy_data::{DataError, Dataset};
use taskonomy_networks::{NetworkError, Predictor, Setup, train_network, train_small_network};
use taskonomy_nn::{Activity, Compute, Epoch, NnError, Times, Watch};
use taskonomy_run::{Done, Event, Failed, Job, JobDir, JobKind, RunDir, RunError, Spent};
use taskonomy_transfers::{TransferError, Workshop};

use crate::checkpoint::Keeper;
use crate::machine;
use crate::pipe::Events;

/// Executes the jobs of one run.
pub(crate) struct Executor<'a> {
    run: RunDir,
    pipeline: &'a Pipeline,
    dictionary: &'a Dictionary,
    dataset: &'a Dataset,
    compute: Compute,
    /// Between two checkpoints of a training.
    checkpoint_every: Duration,
    workshop: Workshop<'a>,
}

/// How an execution ended.
pub(crate) enum Outcome {
    /// It was asked to leave; nothing but a checkpoint was written.
    Stopped,
    /// What the driver is to be told.
    Ended(Event),
}

/// Why a job did not come to its end.
enum Trouble {
    /// It was asked to leave.
    Stopped,
    /// The job's own: others may fare better.
    Job(String),
    /// The environment's: others would fare no better.
    Environment(String),
}

impl<'a> Executor<'a> {
    pub(crate) fn new(
        run: RunDir,
        pipeline: &'a Pipeline,
        dictionary: &'a Dictionary,
        dataset: &'a Dataset,
        compute: Compute,
        checkpoint_every: Duration,
    ) -> Self {
        let workshop = Workshop::new(run.clone(), pipeline, dictionary, dataset, compute);
        Self { run, pipeline, dictionary, dataset, compute, checkpoint_every, workshop }
    }

    /// Executes a job up to `done.json` or `failed.json`.
    pub(crate) fn job(
        &self,
        job: &Job,
        stop: &AtomicBool,
        events: &Events,
    ) -> anyhow::Result<Outcome> {
        let start = Instant::now();
        let deaf = RefCell::new(None);
        let tell = |event: Event| {
            if let Err(error) = events.send(&event) {
                deaf.borrow_mut().get_or_insert(error);
            }
        };
        let epochs = match job.kind {
            JobKind::Network { .. } => self.pipeline.networks.epochs,
            JobKind::Small { .. } => self.pipeline.networks.small_epochs(),
            _ => self.pipeline.transfers.epochs,
        };
        let mut on_epoch = |e: &Epoch| {
            let (job, epoch) = (job.kind.clone(), e.epoch);
            let (train, validation) = (e.train, e.validation);
            tell(Event::Epoch { job, epoch, epochs, train, validation });
        };
        let (folder, legs) = (self.run.job(&job.kind), self.legs_before(&job.kind));
        let mut keeper = Keeper::new(folder, legs, job, self.compute, self.checkpoint_every, &tell);
        let mut watch = Watch::new(stop, &mut on_epoch);
        watch.checkpoints = Some(&mut keeper);
        let result = self.attempt(&job.kind, &mut watch);
        let mut times = watch.times;
        if let Some(error) = deaf.take() {
            return Err(error);
        }
        let result = result.and_then(|()| {
            times.spend(Activity::Files, || self.record_done(job)).map_err(Trouble::from)
        });
        let kind = job.kind.clone();
        Ok(match result {
            Ok(()) => {
                let seconds = start.elapsed().as_secs_f64();
                Outcome::Ended(Event::Done { job: kind, seconds, spent: Some(spent(&times)) })
            }
            Err(Trouble::Stopped) => Outcome::Stopped,
            Err(Trouble::Environment(error)) => Outcome::Ended(Event::Broken { job: kind, error }),
            Err(Trouble::Job(error)) => {
                let failed = Failed { job: job.clone(), error: error.clone() };
                Outcome::Ended(match self.run.job(&job.kind).fail(&failed) {
                    Ok(()) => Event::Failed { job: kind, error },
                    Err(other) => Event::Broken { job: kind, error: other.to_string() },
                })
            }
        })
    }

    /// The folders of the legs of a training before this part of it, the latest first.
    fn legs_before(&self, kind: &JobKind) -> Vec<JobDir> {
        let end = match kind {
            JobKind::Transfer { .. } | JobKind::Scratch { .. } => self.pipeline.transfers.epochs,
            JobKind::Leg { epochs, .. } => *epochs,
            _ => 0,
        };
        let rounds = self.pipeline.transfers.rounds().into_iter().rev();
        let before = rounds.filter(|&epochs| epochs < end);
        before.map(|epochs| self.run.job(&kind.leg(epochs))).collect()
    }

    fn record_done(&self, job: &Job) -> Result<(), RunError> {
        let (libtorch, cpu) = (machine::libtorch().to_owned(), machine::cpu());
        self.run.job(&job.kind).finish(&Done { job: job.clone(), libtorch, cpu })
    }

    /// Does the work; a panic (libtorch's way to report shapes that do not fit) is the job's trouble.
    fn attempt(&self, kind: &JobKind, watch: &mut Watch) -> Result<(), Trouble> {
        let work = || -> Result<(), Trouble> {
            self.run.job(kind).prepare()?;
            match kind {
                JobKind::Network { task } => {
                    let task = self.dictionary.find(task.as_str()).map_err(|e| job(&e))?;
                    Ok(train_network(&self.setup(), task, watch)?)
                }
                JobKind::Features { source } => Ok(self.workshop.encode(source, watch)?),
                JobKind::Transfer { target, sources } => {
                    Ok(self.workshop.transfer(target, sources, watch)?)
                }
                JobKind::Scratch { target, replica } => {
                    Ok(self.workshop.scratch(target, *replica, watch)?)
                }
                JobKind::Small { target } => {
                    let task = self.dictionary.find(target.as_str()).map_err(|e| job(&e))?;
                    Ok(train_small_network(&self.setup(), task, watch)?)
                }
                JobKind::Examples { target, sources } => {
                    Ok(self.workshop.examples(target, sources, watch)?)
                }
                JobKind::Leg { of, epochs } => Ok(self.workshop.leg(of, *epochs, watch)?),
            }
        };
        // What a panic could leave half-done is a cache entry that is not there yet.
        catch_unwind(AssertUnwindSafe(work))
            .unwrap_or_else(|panic| Err(Trouble::Job(message(panic.as_ref()))))
    }

    /// Paints what the network of `RUN/stage1/TASK` makes of images, one event each.
    pub(crate) fn predict(
        &self,
        model: &Path,
        images: Vec<PathBuf>,
        out: &Path,
        events: &Events,
    ) -> anyhow::Result<()> {
        let setup = self.setup();
        let load = || {
            let name = model.file_name().unwrap_or_default().to_string_lossy();
            let task = self.dictionary.find(&name).map_err(|e| chain(&e))?;
            let weights = model.join("weights.safetensors");
            Predictor::load(&setup, task, &weights).map_err(|e| chain(&e))
        };
        let predictor = caught(load);
        for image in images {
            let painted = predictor.as_ref().map_err(Clone::clone).and_then(|predictor| {
                caught(|| predictor.paint(&image, out).map_err(|e| chain(&e)))
            });
            events.send(&match painted {
                Ok(out) => Event::Predicted { image, out },
                Err(error) => Event::NotPredicted { image, error },
            })?;
        }
        Ok(())
    }

    fn setup(&self) -> Setup<'_> {
        let Self { run, pipeline, dataset, compute, .. } = self;
        Setup { run, pipeline, dataset, compute: *compute }
    }
}

/// In seconds.
fn spent(times: &Times) -> Spent {
    Spent {
        data: times.data.as_secs_f64(),
        forward: times.forward.as_secs_f64(),
        backward: times.backward.as_secs_f64(),
        optimizer: times.optimizer.as_secs_f64(),
        evaluation: times.evaluation.as_secs_f64(),
        files: times.files.as_secs_f64(),
        samples: times.samples as u64,
    }
}

/// A panic becomes an error like others.
fn caught<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(message(panic.as_ref())))
}

/// The text of a panic.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("panicked: {}", text.unwrap_or_else(|| "without a message".to_owned()))
}

/// An error and its causes in one line.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        // Some messages already hold their cause's.
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}

fn job(error: &(dyn std::error::Error + 'static)) -> Trouble {
    Trouble::Job(chain(error))
}

fn environment(error: &(dyn std::error::Error + 'static)) -> Trouble {
    Trouble::Environment(chain(error))
}

impl From<RunError> for Trouble {
    fn from(error: RunError) -> Self {
        environment(&error)
    }
}

impl From<NetworkError> for Trouble {
    fn from(error: NetworkError) -> Self {
        match &error {
            NetworkError::Nn(NnError::Stopped) => Self::Stopped,
            NetworkError::Run(_)
            | NetworkError::Nn(NnError::Keep(_))
            | NetworkError::Io { .. }
            | NetworkError::Data(DataError::Io { .. }) => environment(&error),
            _ => job(&error),
        }
    }
}

impl From<TransferError> for Trouble {
    fn from(error: TransferError) -> Self {
        match &error {
            TransferError::Nn(NnError::Stopped) => Self::Stopped,
            TransferError::Run(_)
            | TransferError::Nn(NnError::Keep(_))
            | TransferError::Data(DataError::Io { .. }) => environment(&error),
            _ => job(&error),
        }
    }
}
