//! The one training loop, used by every kind of job.

use std::sync::atomic::{AtomicBool, Ordering};

use rand::seq::SliceRandom;
use serde::Serialize;
use taskonomy_core::{Descent, Loss, Split};
use tch::Tensor;

use crate::checkpoint::{Best, Progress};
use crate::error::NnError;
use crate::layers::{MOMENTUM, Training};
use crate::loss::{Labels, compared, mean, per_sample};
use crate::model::{Architecture, Model};
use crate::optimizer::learning_rate;
use crate::times::{Activity, Times};
use crate::watch::Watch;

/// Samples as a model meets them.
pub trait Batches {
    /// Number of samples of a split.
    fn len(&self, split: Split) -> usize;

    /// Whether a split has no samples.
    fn is_empty(&self, split: Split) -> bool {
        self.len(split) == 0
    }

    /// What the model reads of these rows: N×C×H×W.
    fn input(&self, split: Split, rows: &[usize]) -> Tensor;

    /// What it should predict of them.
    fn labels(&self, split: Split, rows: &[usize]) -> Labels;

    /// Input and labels of these rows with left and right swapped; none where the models are to
    /// see samples only as they are.
    fn mirrored(&self, _split: Split, _rows: &[usize]) -> Option<(Tensor, Labels)> {
        None
    }
}

/// How long and how fast a model is trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Schedule {
    /// What is trained on.
    pub split: Split,
    /// Passes over it.
    pub epochs: usize,
    /// Samples per step, at most.
    pub batch: usize,
    /// Highest learning rate, see [`learning_rate`].
    pub lr: f64,
    /// How weights are moved.
    pub descent: Descent,
}

/// One pass over the training split: a line of `metrics.jsonl`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Epoch {
    /// From 1.
    pub epoch: usize,
    /// Learning rate of its last step.
    pub lr: f64,
    /// Mean loss over the samples, each at the time it was trained on.
    pub train: f64,
    /// Mean loss over the validation split, after it.
    pub validation: f64,
}

/// `metrics.jsonl`: one line an epoch.
pub fn metrics_lines(history: &[Epoch]) -> Vec<u8> {
    let line = |epoch| serde_json::to_string(epoch).expect("keys are texts") + "\n";
    history.iter().map(line).collect::<String>().into_bytes()
}

/// Trains the model; it ends with the weights of the epoch with the lowest validation loss (the
/// earliest of equals).
///
/// Deterministic: the same model, samples, schedule and seed give the same bits on the same CPU,
/// number of libtorch threads and libtorch, however often the training was stopped and taken up
/// again from a checkpoint.
///
/// # Errors
/// Divergence, the stop flag, a split that is too small or has no valid label, a checkpoint that
/// cannot be kept.
pub fn fit<A: Architecture>(
    model: &mut Model<A>,
    batches: &dyn Batches,
    loss: Loss,
    schedule: &Schedule,
    seed: u64,
    watch: &mut Watch,
) -> Result<Vec<Epoch>, NnError> {
    let fitted = fit_until(schedule.epochs, model, batches, loss, schedule, seed, watch)?;
    Ok(fitted.history)
}

/// What a training came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// Every epoch.
    pub history: Vec<Epoch>,
    /// The loss of every sample of the validation split under the weights that the model ends with, as
    /// [`losses`] finds it again.
    pub validation: Vec<f32>,
}

/// The first so many epochs of [`fit`], which a later call goes on from: at their end the state is kept
/// in the checkpoints of the watch. The model ends with the weights of the best epoch so far.
///
/// # Errors
/// As [`fit`].
pub fn fit_until<A: Architecture>(
    epochs: usize,
    model: &mut Model<A>,
    batches: &dyn Batches,
    loss: Loss,
    schedule: &Schedule,
    seed: u64,
    watch: &mut Watch,
) -> Result<Fitted, NnError> {
    let found = batches.len(schedule.split);
    if found < 2 {
        return Err(NnError::TooFew { split: schedule.split, found, needed: 2 });
    }
    watch.check()?;
    let steps = steps_per_epoch(found, schedule.batch);
    let at = Progress::new(&model.parameters, found, schedule.descent, seed);
    let mut fit = Fit { model, batches, loss, schedule: *schedule, seed, steps, at };
    fit.resume(watch);
    while fit.at.epoch <= epochs {
        fit.epoch(watch)?;
    }
    if epochs < schedule.epochs {
        fit.keep(watch)?;
    }
    Ok(fit.end())
}

/// A training in between.
struct Fit<'a, A> {
    model: &'a mut Model<A>,
    batches: &'a dyn Batches,
    loss: Loss,
    schedule: Schedule,
    seed: u64,
    /// Of every epoch.
    steps: usize,
    at: Progress,
}

impl<A: Architecture> Fit<'_, A> {
    /// What is left of the epoch.
    fn epoch(&mut self, watch: &mut Watch) -> Result<(), NnError> {
        if self.at.step == 0 {
            self.at.order.shuffle(&mut self.at.shuffling);
        }
        while self.at.step < self.steps {
            self.step(&mut watch.times)?;
            self.at.step += 1;
            self.pause(watch)?;
        }
        if self.at.samples == 0 {
            return Err(NnError::NoLabels(self.schedule.split));
        }
        let (validation, losses) = self.validate(watch)?;
        let at = &mut self.at;
        let (epoch, lr, train) = (at.epoch, at.lr, at.sum / at.samples as f64);
        let metrics = Epoch { epoch, lr, train, validation };
        (watch.on_epoch)(&metrics);
        at.history.push(metrics);
        if at.best.as_ref().is_none_or(|best| validation < best.loss) {
            let snapshot = self.model.parameters.snapshot();
            at.best = Some(Best { loss: validation, losses, snapshot });
        }
        (at.epoch, at.step) = (epoch + 1, 0);
        (at.sum, at.samples) = (0.0, 0);
        self.pause(watch)
    }

    /// One step of the weights.
    fn step(&mut self, times: &mut Times) -> Result<(), NnError> {
        let Self { model, batches, loss, schedule, steps, at, .. } = self;
        let (found, steps) = (at.order.len(), *steps);
        let rows = &at.order[at.step * found / steps..(at.step + 1) * found / steps];
        let (input, labels) = times.spend(Activity::Data, || {
            let (input, labels) = turned(*batches, schedule.split, rows, at.epoch + at.step);
            (input, labels.folded(model.fold()))
        });
        times.samples += rows.len();
        let lost = times.spend(Activity::Forward, || {
            let training = Training { rng: &at.dropping, momentum: MOMENTUM };
            let prediction = model.forward(&input, Some(training));
            let labels = on(labels, &prediction);
            mean(*loss, &prediction, &labels)
        });
        let (step, all) = ((at.epoch - 1) * steps + at.step, schedule.epochs * steps);
        at.lr = schedule.lr * learning_rate(step, all, schedule.descent.drop_at);
        // A batch without any valid label teaches nothing.
        let Some((value, valid)) = lost else { return Ok(()) };
        let gradient = times.spend(Activity::Backward, || model.parameters.gradient(&value));
        times.spend(Activity::Optimizer, || at.optimizer.step(&gradient, at.lr));
        let value = value.double_value(&[]);
        if !value.is_finite() {
            return Err(NnError::Diverged { epoch: at.epoch, step: at.step + 1, loss: value });
        }
        at.sum += value * valid as f64;
        at.samples += valid;
        Ok(())
    }

    /// The mean loss over the validation split, and the loss of each of its samples.
    fn validate(&self, watch: &mut Watch) -> Result<(f64, Vec<f32>), NnError> {
        let (split, stop) = (Split::Validation, watch.stop);
        let judge = || losses(self.model, self.batches, self.loss, split, stop);
        let losses = watch.times.spend(Activity::Evaluation, judge);
        if let Err(NnError::Stopped) = losses {
            self.keep(watch)?;
        }
        let losses = losses.map_err(|error| match error {
            NnError::Spoilt { loss, .. } => {
                NnError::Diverged { epoch: self.at.epoch, step: 0, loss: loss.into() }
            }
            other => other,
        })?;
        let loss = mean_loss(&losses).ok_or(NnError::NoLabels(split))?;
        Ok((loss, losses))
    }

    /// Between two steps: keeps the state when it is time, and when this is the end.
    fn pause(&self, watch: &mut Watch) -> Result<(), NnError> {
        let stopped = watch.check();
        if stopped.is_err() || watch.checkpoints.as_mut().is_some_and(|c| c.is_due()) {
            self.keep(watch)?;
        }
        stopped
    }

    fn keep(&self, watch: &mut Watch) -> Result<(), NnError> {
        let Some(checkpoints) = &mut watch.checkpoints else { return Ok(()) };
        watch.times.spend(Activity::Files, || {
            let identity = self.identity(checkpoints.identity());
            let state = self.at.to_bytes(&self.model.parameters, &identity);
            checkpoints.keep(&state).map_err(NnError::Keep)
        })
    }

    /// Takes the last checkpoint up, if there is one that can be.
    fn resume(&mut self, watch: &mut Watch) {
        let Some(checkpoints) = &mut watch.checkpoints else { return };
        watch.times.spend(Activity::Files, || {
            let Some(state) = checkpoints.last() else { return };
            let identity = self.identity(checkpoints.identity());
            match self.at.restore(&self.model.parameters, &state, &identity) {
                Ok(()) => checkpoints.resumed(self.at.epoch, self.at.step),
                Err(error) => checkpoints.ignored(&error),
            }
        });
    }

    /// A job may train twice: not one training of it takes up the other's checkpoint.
    fn identity(&self, job: &str) -> String {
        let Self { loss, schedule, seed, .. } = self;
        format!("{job}, {loss:?}, {schedule:?}, seed {seed}")
    }

    fn end(self) -> Fitted {
        let validation = self.at.best.map_or_else(Vec::new, |best| {
            self.model.parameters.restore(&best.snapshot);
            best.losses
        });
        Fitted { history: self.at.history, validation }
    }
}

/// Input and labels of a training step: mirrored in every other one, where the samples allow it, so
/// that each is met both ways about equally often.
fn turned(batches: &dyn Batches, split: Split, rows: &[usize], turn: usize) -> (Tensor, Labels) {
    let mirrored = if turn.is_multiple_of(2) { batches.mirrored(split, rows) } else { None };
    mirrored.unwrap_or_else(|| (batches.input(split, rows), batches.labels(split, rows)))
}

/// The loss of every sample of a split under the frozen model, in order; NaN where a sample has no
/// valid label.
///
/// # Errors
/// The stop flag, or an empty split.
pub fn losses<A: Architecture>(
    model: &Model<A>,
    batches: &dyn Batches,
    loss: Loss,
    split: Split,
    stop: &AtomicBool,
) -> Result<Vec<f32>, NnError> {
    /// Large enough to be fast, small enough for the caches.
    const ROWS: usize = 64;
    let found = batches.len(split);
    if found == 0 {
        return Err(NnError::TooFew { split, found, needed: 1 });
    }
    let rows: Vec<usize> = (0..found).collect();
    let mut losses = Vec::with_capacity(found);
    for rows in rows.chunks(ROWS) {
        if stop.load(Ordering::Relaxed) {
            return Err(NnError::Stopped);
        }
        let prediction = model.predict_folded(&batches.input(split, rows));
        let labels = batches.labels(split, rows).folded(model.fold());
        let values = numbers(&per_sample(loss, &prediction, &labels));
        // A NaN says that a sample has no valid label. Of one that has, the weights are spoilt.
        let known = numbers(&compared(loss, &labels));
        let spoilt = |(value, known): (&f32, &f32)| *known > 0.0 && !value.is_finite();
        if let Some(at) = values.iter().zip(&known).position(spoilt) {
            return Err(NnError::Spoilt { split, row: rows[at], loss: values[at] });
        }
        losses.extend(values);
    }
    Ok(losses)
}

fn numbers(of_samples: &Tensor) -> Vec<f32> {
    Vec::try_from(of_samples).expect("one f32 per sample")
}

/// The mean over the samples that have a loss; `None` where none has.
fn mean_loss(losses: &[f32]) -> Option<f64> {
    let known: Vec<f64> = losses.iter().filter(|x| !x.is_nan()).map(|&x| f64::from(x)).collect();
    (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
}

/// The labels on the device of the prediction.
fn on(labels: Labels, prediction: &Tensor) -> Labels {
    let device = prediction.device();
    Labels { values: labels.values.to_device(device), weight: labels.weight.to_device(device) }
}

/// Steps of nearly equal size instead of full ones and a small rest: no sample is dropped, and no
/// step has fewer than two samples, of which batch normalisation would know no variance.
fn steps_per_epoch(samples: usize, batch: usize) -> usize {
    samples.div_ceil(batch.max(1)).min(samples / 2).max(1)
}
