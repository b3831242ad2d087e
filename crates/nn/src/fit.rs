//! The one training loop, used by every kind of job.

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, Ordering};

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use taskonomy_core::{Descent, Loss, Split};
use tch::Tensor;

use crate::error::NnError;
use crate::layers::{MOMENTUM, Training};
use crate::loss::{Labels, mean, per_sample};
use crate::model::{Architecture, Model};
use crate::optimizer::{Optimizer, learning_rate};

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

/// How the outside follows and ends a training.
pub struct Watch<'a> {
    /// Checked before every step.
    pub stop: &'a AtomicBool,
    /// Told of every epoch.
    pub on_epoch: &'a mut dyn FnMut(&Epoch),
}

impl Watch<'_> {
    fn check(&self) -> Result<(), NnError> {
        if self.stop.load(Ordering::Relaxed) { Err(NnError::Stopped) } else { Ok(()) }
    }
}

/// Trains the model; it ends with the weights of the epoch with the lowest validation loss (the
/// earliest of equals).
///
/// Deterministic: the same model, samples, schedule and seed give the same bits on the same CPU,
/// number of libtorch threads and libtorch.
///
/// # Errors
/// Divergence, the stop flag, a split that is too small or has no valid label.
pub fn fit<A: Architecture>(
    model: &mut Model<A>,
    batches: &dyn Batches,
    loss: Loss,
    schedule: &Schedule,
    seed: u64,
    watch: &mut Watch,
) -> Result<Vec<Epoch>, NnError> {
    let found = batches.len(schedule.split);
    if found < 2 {
        return Err(NnError::TooFew { split: schedule.split, found, needed: 2 });
    }
    let mut order: Vec<usize> = (0..found).collect();
    let per_epoch = steps_per_epoch(found, schedule.batch);
    let (mut shuffling, dropping) = generators(seed);
    let mut optimizer = Optimizer::new(&model.parameters, schedule.descent);
    let mut history: Vec<Epoch> = Vec::with_capacity(schedule.epochs);
    let mut best: Option<(f64, crate::parameters::Snapshot)> = None;

    for epoch in 1..=schedule.epochs {
        order.shuffle(&mut shuffling);
        let (mut sum, mut samples, mut lr) = (0.0, 0, 0.0);
        for step in 0..per_epoch {
            watch.check()?;
            let rows = &order[step * found / per_epoch..(step + 1) * found / per_epoch];
            let training = Training { rng: &dropping, momentum: MOMENTUM };
            let (input, labels) = turned(batches, schedule.split, rows, epoch + step);
            let prediction = model.forward(&input, Some(training));
            let labels = on(labels.folded(model.fold()), &prediction);
            let (now, steps) = ((epoch - 1) * per_epoch + step, schedule.epochs * per_epoch);
            lr = schedule.lr * learning_rate(now, steps, schedule.descent.drop_at);
            // A batch without any valid label teaches nothing.
            let Some((value, valid)) = mean(loss, &prediction, &labels) else { continue };
            optimizer.step(&model.parameters.gradient(&value), lr);
            let value = value.double_value(&[]);
            if !value.is_finite() {
                return Err(NnError::Diverged { epoch, step: step + 1, loss: value });
            }
            sum += value * valid as f64;
            samples += valid;
        }
        if samples == 0 {
            return Err(NnError::NoLabels(schedule.split));
        }
        let validation = mean_loss(&losses(model, batches, loss, Split::Validation, watch.stop)?)
            .ok_or(NnError::NoLabels(Split::Validation))?;
        if !validation.is_finite() {
            return Err(NnError::Diverged { epoch, step: 0, loss: validation });
        }
        let metrics = Epoch { epoch, lr, train: sum / samples as f64, validation };
        (watch.on_epoch)(&metrics);
        history.push(metrics);
        if best.as_ref().is_none_or(|(lowest, _)| validation < *lowest) {
            best = Some((validation, model.parameters.snapshot()));
        }
    }
    if let Some((_, snapshot)) = best {
        model.parameters.restore(&snapshot);
    }
    Ok(history)
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
        let values = per_sample(loss, &prediction, &labels);
        losses.extend(Vec::<f32>::try_from(&values).expect("one f32 per sample"));
    }
    Ok(losses)
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

/// Independent generators for the order of samples and for dropout; initialisation draws from the
/// first stream of the same seed.
fn generators(seed: u64) -> (ChaCha8Rng, RefCell<ChaCha8Rng>) {
    let stream = |n| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(n);
        rng
    };
    (stream(1), RefCell::new(stream(2)))
}
