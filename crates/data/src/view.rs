//! What one task sees of a dataset.

use taskonomy_core::{Split, Task};

use crate::dataset::Dataset;
use crate::error::DataError;
use crate::picture::RgbImage;

/// What one task sees of a dataset: inputs, targets and weights.
#[derive(Debug)]
pub struct TaskView<'d> {
    dataset: &'d Dataset,
}

impl<'d> TaskView<'d> {
    /// Checks that the dataset holds what the task needs and computes the whitening statistics.
    pub fn new(dataset: &'d Dataset, task: &Task) -> Result<Self, DataError> {
        unimplemented!("{dataset:?} {task:?}")
    }

    /// The dataset.
    pub fn dataset(&self) -> &'d Dataset {
        self.dataset
    }

    /// What a network must put out: channels of a map, length of a vector, or number of classes;
    /// 0 for a task that is not trained.
    pub fn width(&self) -> usize {
        unimplemented!()
    }

    /// Channels, height and width of the targets handed out: C×H/stride×W/stride for maps,
    /// 1×H/stride×W/stride for labels, length×1×1 for vectors, 1×1×1 for a class.
    pub fn target_shape(&self) -> [usize; 3] {
        unimplemented!()
    }

    /// Puts N×3×H×W values in [-1, 1] into `out` (cleared first).
    pub fn input(&self, split: Split, rows: &[usize], seed: u64, out: &mut Vec<f32>) {
        unimplemented!("{split} {rows:?} {seed} {out:?}")
    }

    /// Puts N×`target_shape` encoded targets into `out` and N×1×h×w weights (0 or 1) into
    /// `weight` (both cleared first). Where the weight is 0 the target is 0.
    pub fn target(&self, split: Split, rows: &[usize], out: &mut Vec<f32>, weight: &mut Vec<f32>) {
        unimplemented!("{split} {rows:?} {out:?} {weight:?}")
    }

    /// The average guess: of `target_shape` for L1 (medians) and L2 (means), the log frequency of
    /// each class for cross-entropy.
    pub fn constant(&self) -> Vec<f32> {
        unimplemented!()
    }

    /// The loss of the average guess on every sample of a split; NaN where nothing is valid.
    pub fn constant_losses(&self, split: Split) -> Vec<f32> {
        unimplemented!("{split}")
    }

    /// Takes the whitening back: N×`target_shape` values.
    pub fn decode(&self, values: &[f32]) -> Vec<f32> {
        unimplemented!("{values:?}")
    }

    /// A picture of one target (of `target_shape`) or of one prediction (for cross-entropy
    /// `width` scores per place).
    pub fn paint(&self, values: &[f32]) -> RgbImage {
        unimplemented!("{values:?}")
    }
}
