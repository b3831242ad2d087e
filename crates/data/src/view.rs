//! What one task sees of a dataset.

mod compare;
mod foreign;
mod paint;

use rayon::prelude::*;
use taskonomy_core::{Loss, Output, Split, Task};

use crate::dataset::Dataset;
use crate::error::DataError;
use crate::guess::{constant, moments, statistics_split};
use crate::input::InputMaker;
use crate::loss::sample_loss;
use crate::manifest::RGB;
use crate::supervision::Supervision;
use crate::tuples::Tuples;
use crate::values::ValuesRef;

/// What one task sees of a dataset: inputs, targets and weights.
///
/// Its *items* are what it predicts of: the samples of a split, or tuples of them where its domain is
/// one of tuples. Everything is a function of the item (and the seed), whatever else is in the batch.
/// An item or a row that the split does not have is treated as an absent one.
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
    /// the labelled ones of the networks split (of the transfers split where networks has no label
    /// at all).
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

    /// What the task predicts of in a split, with the rows of its images.
    pub fn items(&self, split: Split) -> Tuples<'d> {
        let of_images = || self.dataset.tuples_at(split, self.rgb);
        self.target.as_ref().map_or_else(of_images, |(s, _)| s.items(self.dataset, split))
    }

    /// Images of an item: 1 for most tasks.
    pub fn views(&self) -> usize {
        self.items(Split::Networks).views()
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

    /// Puts (N·views)×3×H×W values in [-1, 1] into `out` (cleared first): the images of each item (0
    /// where they are absent), and what the task does to them. Noise depends on sample id, task and
    /// seed, the hole on sample id and task.
    pub fn input(&self, split: Split, items: &[usize], seed: u64, out: &mut Vec<f32>) {
        let (tuples, views) = (self.items(split), self.views());
        let rows = |&item| tuples.rows(item).unwrap_or_else(|| vec![usize::MAX; views]);
        let rows: Vec<usize> = items.iter().flat_map(rows).collect();
        self.image_input(split, &rows, seed, out);
    }

    /// N×3×H×W values of images by themselves, each as in [`TaskView::input`].
    pub fn image_input(&self, split: Split, rows: &[usize], seed: u64, out: &mut Vec<f32>) {
        self.images(split, rows, out, |id, rgb, out| self.input.append(id, rgb, seed, out));
    }

    /// As [`TaskView::image_input`], for an encoder that other tasks read: a jigsaw's sees whole
    /// images.
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
    pub fn target(&self, split: Split, items: &[usize], out: &mut Vec<f32>, weight: &mut Vec<f32>) {
        self.answers(split, items, false, out, weight);
    }

    /// Whether the answer to a mirrored image follows from the image's.
    pub fn mirrors(&self) -> bool {
        self.target.as_ref().is_some_and(|(supervision, _)| supervision.negate.is_some())
    }

    /// As [`TaskView::input`], of mirrored images: left and right are swapped.
    pub fn mirrored_input(&self, split: Split, items: &[usize], seed: u64, out: &mut Vec<f32>) {
        self.input(split, items, seed, out);
        out.chunks_mut(self.dataset.manifest().size).for_each(<[f32]>::reverse);
    }

    /// As [`TaskView::target`], of mirrored images: what the task's [`taskonomy_core::Mirror`] says.
    pub fn mirrored_target(
        &self,
        split: Split,
        items: &[usize],
        out: &mut Vec<f32>,
        weight: &mut Vec<f32>,
    ) {
        self.answers(split, items, true, out, weight);
    }

    fn answers(
        &self,
        split: Split,
        items: &[usize],
        mirrored: bool,
        out: &mut Vec<f32>,
        weight: &mut Vec<f32>,
    ) {
        let [c, h, w] = self.target_shape();
        out.clear();
        weight.clear();
        out.reserve(items.len() * c * h * w);
        weight.reserve(items.len() * h * w);
        if let Some((supervision, _)) = &self.target {
            for &item in items {
                supervision.append(self.dataset, split, item, mirrored, out, weight);
            }
        }
    }

    /// The average guess, from the samples that the whitening is from: of `target_shape` for L1
    /// (the median of every value) and L2 (the mean of every value), the log frequency of each
    /// class for cross-entropy (where a sample has a single class, over all labelled ones).
    pub fn constant(&self) -> Vec<f32> {
        self.target.as_ref().map_or_else(Vec::new, |(s, split)| constant(self.dataset, s, *split))
    }

    /// The loss of the average guess on every item of a split; NaN where nothing is valid.
    pub fn constant_losses(&self, split: Split) -> Vec<f32> {
        let Some((supervision, _)) = &self.target else { return vec![] };
        let mut guess = self.constant();
        if supervision.loss == Loss::CrossEntropy {
            let [_, h, w] = supervision.shape();
            guess = guess.iter().flat_map(|&score| std::iter::repeat_n(score, h * w)).collect();
        }
        let loss = |item| {
            let (mut values, mut weight) = (Vec::new(), Vec::new());
            supervision.append(self.dataset, split, item, false, &mut values, &mut weight);
            sample_loss(supervision.loss, &guess, &values, &weight)
        };
        (0..self.items(split).len()).into_par_iter().map(loss).collect()
    }

    /// Takes the whitening back: any number of values of `target_shape`.
    pub fn decode(&self, values: &[f32]) -> Vec<f32> {
        self.target.as_ref().map_or_else(Vec::new, |(s, _)| s.decode(values))
    }
}
