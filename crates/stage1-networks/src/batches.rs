//! A task's samples as batches, made from the mapped dataset whenever they are asked for.

use taskonomy_core::Split;
use taskonomy_data::TaskView;
use taskonomy_nn::{Batches, Labels, images};
use tch::Tensor;

/// A task's samples as batches.
///
/// Nothing is kept: the networks split is large and every sample is seen a handful of times.
#[derive(Debug)]
pub struct TaskBatches<'v> {
    view: &'v TaskView<'v>,
    seed: u64,
    mirror: bool,
}

impl<'v> TaskBatches<'v> {
    /// `seed` is the run's: noise is a function of it, the sample and the task. With `mirror`, a
    /// training also sees mirrored images if the task has an answer to them.
    pub fn new(view: &'v TaskView<'v>, seed: u64, mirror: bool) -> Self {
        Self { view, seed, mirror: mirror && view.mirrors() }
    }

    /// What the task sees of the dataset.
    pub fn view(&self) -> &'v TaskView<'v> {
        self.view
    }
}

impl Batches for TaskBatches<'_> {
    fn len(&self, split: Split) -> usize {
        self.view.items(split).len()
    }

    fn input(&self, split: Split, rows: &[usize]) -> Tensor {
        let size = self.view.dataset().manifest().size;
        let mut values = Vec::new();
        self.view.input(split, rows, self.seed, &mut values);
        images(&values, [3, size, size])
    }

    fn labels(&self, split: Split, rows: &[usize]) -> Labels {
        let (mut values, mut weight) = (Vec::new(), Vec::new());
        self.view.target(split, rows, &mut values, &mut weight);
        Labels::new(&values, &weight, self.view.target_shape())
    }

    fn mirrored(&self, split: Split, rows: &[usize]) -> Option<(Tensor, Labels)> {
        if !self.mirror {
            return None;
        }
        let size = self.view.dataset().manifest().size;
        let (mut values, mut weight) = (Vec::new(), Vec::new());
        self.view.mirrored_input(split, rows, self.seed, &mut values);
        let input = images(&values, [3, size, size]);
        self.view.mirrored_target(split, rows, &mut values, &mut weight);
        Some((input, Labels::new(&values, &weight, self.view.target_shape())))
    }
}
