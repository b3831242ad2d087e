//! Where stage-2 jobs are executed: what they share, and what is kept from one to the next.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use taskonomy_core::{Dictionary, Pipeline, Split, Task, TaskId};
use taskonomy_data::{Dataset, TaskView};
use taskonomy_nn::{Compute, Labels, Prediction, images};
use taskonomy_run::RunDir;
use tch::Tensor;

use crate::cache::{Cache, Key};
use crate::error::TransferError;
use crate::stack::{Stack, parts};

/// Decoded labels, inputs and representations may take this many bytes of a worker.
const KEPT: usize = 768 << 20;

/// Rows that are decoded at a time.
const ROWS: usize = 64;

/// Executes the stage-2 jobs of one run, one after another.
#[derive(Debug)]
pub struct Workshop<'d> {
    pub(crate) run: RunDir,
    pub(crate) pipeline: &'d Pipeline,
    pub(crate) dataset: &'d Dataset,
    pub(crate) compute: Compute,
    roster: BTreeMap<TaskId, Task>,
    views: RefCell<BTreeMap<TaskId, Rc<TaskView<'d>>>>,
    cache: RefCell<Cache>,
}

impl<'d> Workshop<'d> {
    /// For a run with this resolved pipeline over this dataset.
    pub fn new(
        run: RunDir,
        pipeline: &'d Pipeline,
        dictionary: &Dictionary,
        dataset: &'d Dataset,
        compute: Compute,
    ) -> Self {
        let tasks = pipeline.roster(dictionary);
        let roster = tasks.into_iter().map(|task| (task.id.clone(), task)).collect();
        let (views, cache) = (RefCell::default(), RefCell::new(Cache::new(KEPT)));
        Self { run, pipeline, dataset, compute, roster, views, cache }
    }

    pub(crate) fn task(&self, id: &TaskId) -> Result<&Task, TransferError> {
        self.roster.get(id).ok_or_else(|| TransferError::NotInRun(id.clone()))
    }

    /// The task's view; its statistics are computed once per worker.
    pub(crate) fn view(&self, id: &TaskId) -> Result<Rc<TaskView<'d>>, TransferError> {
        if let Some(view) = self.views.borrow().get(id) {
            return Ok(Rc::clone(view));
        }
        let view = Rc::new(TaskView::new(self.dataset, self.task(id)?)?);
        self.views.borrow_mut().insert(id.clone(), Rc::clone(&view));
        Ok(view)
    }

    pub(crate) fn prediction(&self, target: &TaskId) -> Result<Prediction, TransferError> {
        Prediction::new(self.task(target)?.output, self.view(target)?.width())
            .ok_or_else(|| TransferError::Untrained(target.clone()))
    }

    /// All images of a split as the task's encoder sees them, N×3×H×W in the number type of the
    /// computation.
    pub(crate) fn inputs(&self, task: &TaskId, split: Split) -> Result<Tensor, TransferError> {
        let view = self.view(task)?;
        let tensors = self.cache.borrow_mut().get(Key::Input(task.clone(), split), || {
            let images = self.dataset.len(split);
            let mut stack = Stack::new(images);
            for rows in parts(images, ROWS) {
                stack.push(&self.images(&view, split, &rows).to_kind(self.compute.kind));
            }
            Ok::<_, TransferError>(vec![stack.finish()])
        })?;
        Ok(tensors[0].shallow_clone())
    }

    /// Some images as the task's encoder sees them, N×3×H×W, f32.
    pub(crate) fn images(&self, view: &TaskView, split: Split, rows: &[usize]) -> Tensor {
        let size = self.dataset.manifest().size;
        let mut values = Vec::new();
        view.image_input(split, rows, self.pipeline.seed, &mut values);
        images(&values, [3, size, size])
    }

    /// Some images as an encoder that others read sees them, N×3×H×W, f32.
    pub(crate) fn source_input(&self, view: &TaskView, split: Split, rows: &[usize]) -> Tensor {
        let size = self.dataset.manifest().size;
        let mut values = Vec::new();
        view.source_input(split, rows, self.pipeline.seed, &mut values);
        images(&values, [3, size, size])
    }

    /// All labels of a split, folded as readouts predict them.
    pub(crate) fn labels(&self, target: &TaskId, split: Split) -> Result<Labels, TransferError> {
        let (view, fold) = (self.view(target)?, self.prediction(target)?.fold());
        let tensors = self.cache.borrow_mut().get(Key::Labels(target.clone(), split), || {
            let items = view.items(split).len();
            let (mut values, mut weight) = (Vec::new(), Vec::new());
            let mut stacks = [Stack::new(items), Stack::new(items)];
            for rows in parts(items, ROWS) {
                view.target(split, &rows, &mut values, &mut weight);
                let labels = Labels::new(&values, &weight, view.target_shape()).folded(fold);
                stacks[0].push(&labels.values);
                stacks[1].push(&labels.weight);
            }
            Ok::<_, TransferError>(stacks.map(Stack::finish).into())
        })?;
        let [values, weight] = &tensors[..] else { unreachable!("two tensors were put in") };
        Ok(Labels { values: values.shallow_clone(), weight: weight.shallow_clone() })
    }

    /// Channels and side of the representations of the run's encoders.
    pub(crate) fn representation(&self) -> [usize; 2] {
        let kind = self.pipeline.networks.encoder;
        [kind.channels(), self.dataset.manifest().size / kind.stride()]
    }

    /// Channels of a source's representations: its encoder's, or as many as the user gave.
    pub(crate) fn channels(&self, source: &TaskId) -> Result<usize, TransferError> {
        match self.task(source)?.features {
            Some(_) => Ok(self.features(source, Split::Transfers)?.size()[1] as usize),
            None => Ok(self.representation()[0]),
        }
    }

    /// Representations of a split by a source's frozen encoder, N×C×H/s×W/s; of those that the user
    /// gave as many channels as they have.
    pub(crate) fn features(&self, source: &TaskId, split: Split) -> Result<Tensor, TransferError> {
        let key = Key::Features(source.clone(), split);
        let tensors = self.cache.borrow_mut().get(key, || {
            let features = self.read_features(source, split)?.to_kind(self.compute.kind);
            Ok::<_, TransferError>(vec![features])
        })?;
        Ok(tensors[0].shallow_clone())
    }
}
