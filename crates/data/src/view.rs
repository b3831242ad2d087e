//! What one task sees of a dataset.

mod compare;
mod foreign;

use rayon::prelude::*;
use taskonomy_core::{Encoding, Loss, Output, Split, Task};

use crate::dataset::Dataset;
use crate::error::DataError;
use crate::guess::{constant, moments, statistics_split};
use crate::input::InputMaker;
use crate::loss::sample_loss;
use crate::manifest::RGB;
use crate::picture::{RgbImage, paint};
use crate::supervision::Supervision;
use crate::values::ValuesRef;

/// As many deviations from the mean are the longest bar in the picture of a vector.
const BAR: f32 = 2.5;

/// What one task sees of a dataset: inputs, targets and weights.
///
/// Everything is a function of the sample (and the seed), whatever else is in the batch. A row that
/// the split does not have is treated as an absent sample.
#[derive(Debug)]
pub struct TaskView<'d> {
    dataset: &'d Dataset,
    rgb: usize,
    input: InputMaker,
    /// None for a task that is not trained.
    target: Option<(Supervision, Split)>,
    is_map: bool,
}

impl<'d> TaskView<'d> {
    /// Checks that the dataset holds what the task needs and computes the whitening: mean and
    /// deviation per channel of the encoded valid values of at most 512 samples, evenly spaced over
    /// the networks split (the transfers split where networks has no label at all).
    pub fn new(dataset: &'d Dataset, task: &Task) -> Result<Self, DataError> {
        let wrong = |why| DataError::Task { task: task.id.clone(), why };
        let rgb =
            dataset.position(RGB).map_err(|e| wrong(format!("its input is not there: {e}")))?;
        let input = InputMaker::new(task, dataset.manifest().size).map_err(wrong)?;
        let target = match &task.target {
            None => None,
            Some(target) => {
                let mut supervision = Supervision::new(dataset, task, target)?;
                let split = statistics_split(dataset, &supervision).ok_or_else(|| {
                    wrong(format!(
                        "no sample of the splits networks and transfers has a valid value of `{}`",
                        target.domain
                    ))
                })?;
                if target.encoding.is_whitened() {
                    supervision.whitening = moments(dataset, &supervision, split);
                }
                Some((supervision, split))
            }
        };
        let is_map = matches!(task.output, Output::Dense { .. } | Output::Embedding { .. });
        Ok(Self { dataset, rgb, input, target, is_map })
    }

    /// The dataset.
    pub fn dataset(&self) -> &'d Dataset {
        self.dataset
    }

    /// What a network must put out: channels of a map, length of a vector, or number of classes;
    /// 0 for a task that is not trained.
    pub fn width(&self) -> usize {
        self.target.as_ref().map_or(0, |(s, _)| s.width())
    }

    /// Channels, height and width of the targets handed out: C×H/stride×W/stride for maps,
    /// 1×H/stride×W/stride for labels, length×1×1 for vectors, 1×1×1 for a class; zeros for a task
    /// that is not trained.
    pub fn target_shape(&self) -> [usize; 3] {
        self.target.as_ref().map_or([0; 3], |(s, _)| s.shape())
    }

    /// Puts N×3×H×W values in [-1, 1] into `out` (cleared first): the image (0 where it is absent),
    /// and what the task does to it. Noise depends on sample id, task and seed, the hole on sample
    /// id and task.
    pub fn input(&self, split: Split, rows: &[usize], seed: u64, out: &mut Vec<f32>) {
        self.images(split, rows, out, |id, rgb, out| self.input.append(id, rgb, seed, out));
    }

    /// As [`TaskView::input`], for an encoder that other tasks read: a jigsaw's sees whole images.
    pub fn source_input(&self, split: Split, rows: &[usize], seed: u64, out: &mut Vec<f32>) {
        let append = |id: &str, rgb: &[u8], out: &mut Vec<f32>| {
            self.input.append_as_source(id, rgb, seed, out);
        };
        self.images(split, rows, out, append);
    }

    fn images(
        &self,
        split: Split,
        rows: &[usize],
        out: &mut Vec<f32>,
        append: impl Fn(&str, &[u8], &mut Vec<f32>),
    ) {
        let size = self.dataset.manifest().size;
        out.clear();
        out.reserve(rows.len() * 3 * size * size);
        for &row in rows {
            let sample = self.dataset.samples(split).get(row);
            match (sample, self.dataset.sample(split, self.rgb, row)) {
                (Some(sample), Some(ValuesRef::U8(rgb))) => {
                    append(&sample.id, rgb, out);
                }
                _ => out.resize(out.len() + 3 * size * size, 0.0),
            }
        }
    }

    /// Puts N×`target_shape` encoded, whitened targets into `out` and N×1×h×w weights (0 or 1) into
    /// `weight` (both cleared first).
    ///
    /// The weight is 0 where the sample, its image, its mask or its target is absent, where the mask
    /// or the target holds its domain's invalid value (in all channels), and at labels that are no
    /// class; there the target is 0. At stride 2 labels and their weights are those of the top left
    /// pixel, other maps are means of 2×2 pixels that are all valid.
    pub fn target(&self, split: Split, rows: &[usize], out: &mut Vec<f32>, weight: &mut Vec<f32>) {
        self.answers(split, rows, false, out, weight);
    }

    /// Whether the answer to a mirrored image follows from the image's.
    pub fn mirrors(&self) -> bool {
        self.target.as_ref().is_some_and(|(supervision, _)| supervision.negate.is_some())
    }

    /// As [`TaskView::input`], of mirrored images: left and right are swapped.
    pub fn mirrored_input(&self, split: Split, rows: &[usize], seed: u64, out: &mut Vec<f32>) {
        self.input(split, rows, seed, out);
        out.chunks_mut(self.dataset.manifest().size).for_each(<[f32]>::reverse);
    }

    /// As [`TaskView::target`], of mirrored images: what the task's [`taskonomy_core::Mirror`] says.
    pub fn mirrored_target(
        &self,
        split: Split,
        rows: &[usize],
        out: &mut Vec<f32>,
        weight: &mut Vec<f32>,
    ) {
        self.answers(split, rows, true, out, weight);
    }

    fn answers(
        &self,
        split: Split,
        rows: &[usize],
        mirrored: bool,
        out: &mut Vec<f32>,
        weight: &mut Vec<f32>,
    ) {
        let [c, h, w] = self.target_shape();
        out.clear();
        weight.clear();
        out.reserve(rows.len() * c * h * w);
        weight.reserve(rows.len() * h * w);
        if let Some((supervision, _)) = &self.target {
            for &row in rows {
                supervision.append(self.dataset, split, row, mirrored, out, weight);
            }
        }
    }

    /// The average guess, from the samples that the whitening is from: of `target_shape` for L1
    /// (the median of every value) and L2 (the mean of every value), the log frequency of each
    /// class for cross-entropy.
    pub fn constant(&self) -> Vec<f32> {
        self.target.as_ref().map_or_else(Vec::new, |(s, split)| constant(self.dataset, s, *split))
    }

    /// The loss of the average guess on every sample of a split; NaN where nothing is valid.
    pub fn constant_losses(&self, split: Split) -> Vec<f32> {
        let Some((supervision, _)) = &self.target else { return vec![] };
        let mut guess = self.constant();
        if supervision.loss == Loss::CrossEntropy {
            let [_, h, w] = supervision.shape();
            guess = guess.iter().flat_map(|&score| std::iter::repeat_n(score, h * w)).collect();
        }
        let loss = |row| {
            let (mut values, mut weight) = (Vec::new(), Vec::new());
            supervision.append(self.dataset, split, row, false, &mut values, &mut weight);
            sample_loss(supervision.loss, &guess, &values, &weight)
        };
        (0..self.dataset.len(split)).into_par_iter().map(loss).collect()
    }

    /// Takes the whitening back: any number of values of `target_shape`.
    pub fn decode(&self, values: &[f32]) -> Vec<f32> {
        self.target.as_ref().map_or_else(Vec::new, |(s, _)| s.decode(values))
    }

    /// A picture of one target (of `target_shape`, whitened) or of one prediction (for
    /// cross-entropy `width` scores per place, for an embedding its numbers): maps as `paint` shows
    /// them, vectors and classes as bars, the first three numbers of an embedding as colours.
    pub fn paint(&self, values: &[f32]) -> RgbImage {
        let Some((supervision, _)) = &self.target else { return RgbImage::new(1, 1) };
        let [c, h, w] = supervision.shape();
        let (classes, places) = (supervision.classes, h * w);
        if supervision.embedding >= 3 && values.len() >= 3 * places {
            let shown = values.chunks(places).take(3).flat_map(spread_out).collect::<Vec<_>>();
            return paint(Encoding::Image, 0, &shown, [3, h, w]);
        }
        if classes == 0 {
            // Numbers of anyone's own have a range of their own: they are shown as vectors are.
            let shown = if self.is_map && supervision.encoding != Encoding::Plain {
                supervision.decode(values)
            } else {
                values.iter().map(|v| v / BAR).collect()
            };
            return paint(supervision.encoding, 0, &shown, [c, h, w]);
        }
        if !self.is_map || values.len() < classes * places {
            return paint(supervision.encoding, classes, values, [values.len() / places, h, w]);
        }
        let score = |class: usize, place: usize| values[class * places + place];
        let likeliest = |place: usize| {
            let by_score = |&a: &usize, &b: &usize| score(a, place).total_cmp(&score(b, place));
            (0..classes).max_by(by_score).unwrap_or(0) as f32
        };
        let labels: Vec<f32> = (0..places).map(likeliest).collect();
        paint(supervision.encoding, classes, &labels, [1, h, w])
    }
}

/// Values brought to [-1, 1] by their own range.
fn spread_out(values: &[f32]) -> impl Iterator<Item = f32> + '_ {
    let low = values.iter().copied().fold(f32::INFINITY, f32::min);
    let high = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let range = if high > low { high - low } else { 1.0 };
    values.iter().map(move |v| 2.0 * (v - low) / range - 1.0)
}
