//! Training readouts: of representations, and of the image alone.

use std::collections::BTreeMap;

use taskonomy_core::{KeepWeights, Sources, Split, TaskId};
use taskonomy_nn::{
    Activity, Architecture, Batches, Fitted, Labels, Model, Read, Readout, Schedule, Scratch,
    Times, Watch, channels_last, fit_until, losses, metrics_lines, pick, side_by_side,
};
use taskonomy_run::{JobKind, Losses};
use tch::Tensor;

use crate::error::TransferError;
use crate::workshop::Workshop;

/// The splits that a readout meets.
const SPLITS: [Split; 3] = [Split::Transfers, Split::Validation, Split::Test];

/// All items of the three splits, decoded.
pub(crate) struct Decoded {
    splits: BTreeMap<Split, Part>,
    /// Whether the views of an item go into the model side by side, as representations do, or one
    /// after the other, as images do.
    side_by_side: bool,
}

/// One split.
struct Part {
    /// Of all images: what the model reads.
    inputs: Tensor,
    /// Of all items.
    labels: Labels,
    /// The images of each item.
    rows: Vec<Vec<usize>>,
    views: usize,
}

impl Decoded {
    fn split(&self, split: Split) -> &Part {
        self.splits.get(&split).expect("readouts only meet transfers, validation and test")
    }
}

impl Batches for Decoded {
    fn len(&self, split: Split) -> usize {
        self.split(split).rows.len()
    }

    fn input(&self, split: Split, items: &[usize]) -> Tensor {
        let Part { inputs, rows, views, .. } = self.split(split);
        let rows: Vec<usize> = items.iter().flat_map(|&item| rows[item].iter().copied()).collect();
        let picked = pick(inputs, &rows);
        if self.side_by_side { side_by_side(&picked, *views) } else { picked }
    }

    fn labels(&self, split: Split, items: &[usize]) -> Labels {
        self.split(split).labels.rows(items)
    }
}

impl Workshop<'_> {
    /// Trains the readout of some sources' representations on the transfers split and writes
    /// `weights.safetensors` (unless the pipeline keeps none), `metrics.jsonl` and
    /// `losses.safetensors`. Not `done.json`.
    ///
    /// # Errors
    /// Missing representations, divergence, the stop flag, a dataset that lacks labels, I/O.
    pub fn transfer(
        &self,
        target: &TaskId,
        sources: &Sources,
        watch: &mut Watch,
    ) -> Result<(), TransferError> {
        let kind = JobKind::Transfer { target: target.clone(), sources: sources.clone() };
        self.transfer_until(None, &kind, target, sources, watch)
    }

    /// The first so many epochs of a transfer or of scratch, as the legs of a race are trained: writes
    /// `metrics.jsonl` and `losses.safetensors`, of the best epoch so far and on the validation split
    /// alone, and keeps the state of the training in the checkpoints of the watch. Of any other job
    /// nothing is done.
    ///
    /// # Errors
    /// As [`Workshop::transfer`].
    pub fn leg(&self, of: &JobKind, epochs: usize, watch: &mut Watch) -> Result<(), TransferError> {
        let kind = of.leg(epochs);
        match of {
            JobKind::Transfer { target, sources } => {
                self.transfer_until(Some(epochs), &kind, target, sources, watch)
            }
            JobKind::Scratch { target, .. } => {
                self.scratch_until(Some(epochs), &kind, target, watch)
            }
            _ => Ok(()),
        }
    }

    fn transfer_until(
        &self,
        epochs: Option<usize>,
        kind: &JobKind,
        target: &TaskId,
        sources: &Sources,
        watch: &mut Watch,
    ) -> Result<(), TransferError> {
        let batches = self.representations(target, sources, &mut watch.times)?;
        let (model, fitted) = self.train_readout(epochs, target, sources, &batches, watch)?;
        self.finish(kind, target, &model, fitted, &batches, watch)
    }

    /// Trains the readout architecture from the image alone, as the target's own encoder would see
    /// it, and writes the same files.
    ///
    /// # Errors
    /// As [`Workshop::transfer`].
    pub fn scratch(
        &self,
        target: &TaskId,
        replica: u32,
        watch: &mut Watch,
    ) -> Result<(), TransferError> {
        let kind = JobKind::Scratch { target: target.clone(), replica };
        self.scratch_until(None, &kind, target, watch)
    }

    fn scratch_until(
        &self,
        epochs: Option<usize>,
        kind: &JobKind,
        target: &TaskId,
        watch: &mut Watch,
    ) -> Result<(), TransferError> {
        let seed = kind.seed(self.pipeline.seed);
        let prediction = self.prediction(target)?;
        let batches = self.decoded(target, false, &mut watch.times, |split, times| {
            times.spend(Activity::Data, || self.inputs(target, split))
        })?;
        let views = self.view(target)?.views();
        let stride = self.pipeline.networks.encoder.stride();
        let mut model =
            Model::new(seed, self.compute, |b| Scratch::new(b, stride, views, prediction));
        let loss = self.task(target)?.loss;
        let schedule = self.schedule(1);
        let epochs = epochs.unwrap_or(schedule.epochs);
        let fitted = fit_until(epochs, &mut model, &batches, loss, &schedule, seed, watch)?;
        self.finish(kind, target, &model, fitted, &batches, watch)
    }

    pub(crate) fn representations(
        &self,
        target: &TaskId,
        sources: &Sources,
        times: &mut Times,
    ) -> Result<Decoded, TransferError> {
        self.decoded(target, true, times, |split, times| {
            let read = || sources.iter().map(|s| self.features(s, split)).collect();
            let each: Result<Vec<_>, _> = times.spend(Activity::Files, read);
            let each = each?;
            Ok(times.spend(Activity::Data, || channels_last(&Tensor::cat(&each, 1))))
        })
    }

    fn decoded(
        &self,
        target: &TaskId,
        side_by_side: bool,
        times: &mut Times,
        inputs: impl Fn(Split, &mut Times) -> Result<Tensor, TransferError>,
    ) -> Result<Decoded, TransferError> {
        self.prediction(target)?; // says so when it is no target at all
        let view = self.view(target)?;
        let part = |split| {
            let items = view.items(split);
            let labels = times.spend(Activity::Data, || self.labels(target, split))?;
            let rows = (0..items.len()).filter_map(|item| items.rows(item)).collect();
            let inputs = inputs(split, times)?;
            Ok((split, Part { inputs, labels, rows, views: items.views() }))
        };
        let splits: Result<_, TransferError> = SPLITS.into_iter().map(part).collect();
        Ok(Decoded { splits: splits?, side_by_side })
    }

    /// A function of the run's seed, the target and the sources; of the first so many epochs, or of all.
    pub(crate) fn train_readout(
        &self,
        epochs: Option<usize>,
        target: &TaskId,
        sources: &Sources,
        batches: &Decoded,
        watch: &mut Watch,
    ) -> Result<(Model<Readout>, Fitted), TransferError> {
        let kind = JobKind::Transfer { target: target.clone(), sources: sources.clone() };
        let seed = kind.seed(self.pipeline.seed);
        let mut model = self.fresh_readout(target, sources, seed)?;
        let loss = self.task(target)?.loss;
        let schedule = self.schedule(sources.order());
        let epochs = epochs.unwrap_or(schedule.epochs);
        let fitted = fit_until(epochs, &mut model, batches, loss, &schedule, seed, watch)?;
        Ok((model, fitted))
    }

    pub(crate) fn fresh_readout(
        &self,
        target: &TaskId,
        sources: &Sources,
        seed: u64,
    ) -> Result<Model<Readout>, TransferError> {
        let prediction = self.prediction(target)?;
        let each: Result<Vec<_>, _> = sources.iter().map(|s| self.channels(s)).collect();
        let channels = each?.into_iter().sum::<usize>() * self.view(target)?.views();
        let read = Read { channels, stride: self.pipeline.networks.encoder.stride() };
        Ok(Model::new(seed, self.compute, |b| Readout::new(b, read, prediction)))
    }

    fn schedule(&self, order: usize) -> Schedule {
        let settings = &self.pipeline.transfers;
        Schedule {
            split: Split::Transfers,
            epochs: settings.epochs,
            batch: settings.batch,
            lr: settings.lr,
            descent: settings.descent(order),
        }
    }

    fn finish<A: Architecture>(
        &self,
        kind: &JobKind,
        target: &TaskId,
        model: &Model<A>,
        fitted: Fitted,
        batches: &Decoded,
        watch: &mut Watch,
    ) -> Result<(), TransferError> {
        let Fitted { history, validation } = fitted;
        let is_whole = kind.training() == kind;
        let test = if is_whole {
            let (loss, stop) = (self.task(target)?.loss, watch.stop);
            let judge = || losses(model, batches, loss, Split::Test, stop);
            watch.times.spend(Activity::Evaluation, judge)?
        } else {
            Vec::new()
        };
        let losses = Losses { validation, test, constant: None };
        let folder = self.run.job(kind);
        watch.times.spend(Activity::Files, || {
            if is_whole && self.pipeline.transfers.keep_weights != KeepWeights::None {
                let description = serde_json::json!({ "transfer": kind.to_string() });
                folder.write("weights.safetensors", &model.to_bytes(&description.to_string()))?;
            }
            folder.write("metrics.jsonl", &metrics_lines(&history))?;
            Ok(folder.write("losses.safetensors", &losses.to_bytes())?)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn representations_of_views_are_joined_and_images_follow_one_another() {
        let inputs = Tensor::from_slice(&[1.0_f32, 2.0, 3.0, 4.0, 5.0, 6.0]).view([3, 2, 1, 1]);
        let numbers = |side_by_side, items: &[usize]| {
            let labels = Labels::new(&[0.0; 2], &[1.0; 2], [1, 1, 1]);
            let rows = vec![vec![0, 2], vec![1, 0]];
            let part = Part { inputs: inputs.shallow_clone(), labels, rows, views: 2 };
            let splits = BTreeMap::from([(Split::Test, part)]);
            let input = Decoded { splits, side_by_side }.input(Split::Test, items);
            (input.size(), Vec::<f32>::try_from(input.reshape(-1)).unwrap())
        };
        assert_eq!(numbers(true, &[1]), (vec![1, 4, 1, 1], vec![3.0, 4.0, 1.0, 2.0]));
        assert_eq!(numbers(false, &[0]), (vec![2, 2, 1, 1], vec![1.0, 2.0, 5.0, 6.0]));
    }
}
