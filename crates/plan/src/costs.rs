//! What is left of a run in numbers: jobs, bytes, and time by what steps were measured to take.

use std::collections::BTreeMap;

use serde::Serialize;
use taskonomy_core::{KeepWeights, Output, Split, TaskId};
use taskonomy_run::{JobKind, JobState, Measured, Pace, Paces};

use crate::plan::Plan;

/// How much there is to work on.
pub struct Extent<'a> {
    /// Images of a split.
    pub images: &'a dyn Fn(Split) -> usize,
    /// What a target is predicted of in a split: images, or tuples of them.
    pub items: &'a dyn Fn(&TaskId, Split) -> usize,
    /// Images of each of those.
    pub views: &'a dyn Fn(&TaskId) -> usize,
}

/// What is left of a run. Jobs that are done count nowhere but in [`Costs::done`]; pictures, which
/// follow stage 3, nowhere at all.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Costs {
    /// Jobs that are done.
    pub done: usize,
    /// Those that are left, by kind: `network`, `features`, `transfer order K`, `scratch`, `small`; in a
    /// race `leg order K` and `scratch leg` too.
    pub left: BTreeMap<String, usize>,
    /// Bytes of the representations of one source, f16: of the images for transfers, validation and
    /// test.
    pub features_each: u64,
    /// Bytes of those that are left to encode; representations that the user gave are not counted.
    pub features: u64,
    /// Time and weights, where a worker measured them.
    #[serde(flatten)]
    pub measured: Option<Estimate>,
}

/// What follows from measured steps.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// Seconds of one worker. Reading images and labels is not in it.
    pub seconds: f64,
    /// Bytes of the weights of networks.
    pub network_weights: u64,
    /// Bytes of the weights of readouts: at most, before stage 3 removes what is not kept.
    pub readout_weights: u64,
}

/// Judging a sample takes a forward pass, a third of a step.
const JUDGING: f64 = 1.0 / 3.0;

impl Costs {
    /// Adds those of another run with the same pipeline.
    pub fn add(&mut self, other: &Self) {
        self.done += other.done;
        for (kind, jobs) in &other.left {
            *self.left.entry(kind.clone()).or_default() += jobs;
        }
        self.features += other.features;
        if let (Some(estimate), Some(other)) = (&mut self.measured, other.measured) {
            estimate.seconds += other.seconds;
            estimate.network_weights += other.network_weights;
            estimate.readout_weights += other.readout_weights;
        }
    }
}

impl Plan {
    /// Counts what is left, and how long it would take one worker, if one measured its steps.
    pub fn costs(&self, extent: &Extent, measured: Option<&Measured>) -> Costs {
        let inputs = self.graph.inputs();
        let kind = inputs.pipeline.networks.encoder;
        let side = (inputs.pipeline.data.size / kind.stride()) as u64;
        let encoded = [Split::Transfers, Split::Validation, Split::Test].map(extent.images);
        let images = encoded.iter().sum::<usize>() as u64;
        let features_each = 2 * kind.channels() as u64 * side * side * images;
        let estimate =
            measured.map(|_| Estimate { seconds: 0.0, network_weights: 0, readout_weights: 0 });
        let (done, left) = (0, BTreeMap::new());
        let mut costs = Costs { done, left, features_each, features: 0, measured: estimate };
        for (kind, state) in &self.states {
            if *state == JobState::Done {
                costs.done += 1;
            } else {
                self.add(&mut costs, kind, 1, extent, measured);
            }
        }
        for target in self.graph.targets().filter(|t| self.selection.has_transfers_of(t)) {
            for awaited in self.graph.awaited(target) {
                self.add(&mut costs, &awaited.like, awaited.jobs, extent, measured);
            }
        }
        costs
    }

    /// Adds so many jobs like this one.
    fn add(
        &self,
        costs: &mut Costs,
        kind: &JobKind,
        jobs: usize,
        extent: &Extent,
        measured: Option<&Measured>,
    ) {
        let name = match kind.training() {
            JobKind::Transfer { sources, .. } => {
                format!("{} order {}", kind.name(), sources.order())
            }
            JobKind::Scratch { .. } if kind != kind.training() => "scratch leg".to_owned(),
            other => other.name().to_owned(),
        };
        *costs.left.entry(name).or_default() += jobs;
        if let JobKind::Features { source } = kind
            && !self.is_given(source)
        {
            costs.features += jobs as u64 * costs.features_each;
        }
        let (Some(estimate), Some(measured)) = (&mut costs.measured, measured) else { return };
        estimate.seconds += jobs as f64 * self.seconds(kind, extent, measured);
        let keeps = self.graph.inputs().pipeline.transfers.keep_weights != KeepWeights::None;
        match kind {
            JobKind::Network { task } => {
                estimate.network_weights += jobs as u64 * self.pace(task, measured.network).bytes;
            }
            JobKind::Transfer { target, .. } if keeps => {
                estimate.readout_weights += jobs as u64 * self.pace(target, measured.readout).bytes;
            }
            JobKind::Scratch { target, .. } if keeps => {
                estimate.readout_weights += jobs as u64 * self.pace(target, measured.scratch).bytes;
            }
            _ => {}
        }
    }

    fn seconds(&self, kind: &JobKind, extent: &Extent, measured: &Measured) -> f64 {
        let inputs = self.graph.inputs();
        let pipeline = &inputs.pipeline;
        // Every epoch is judged on the validation split; how often that and the test split are judged
        // after the last one, the others say.
        let passes = |task: &TaskId, split, epochs: usize, [validation, test]: [f64; 2]| {
            let items = |split| (extent.items)(task, split) as f64;
            let epochs = epochs as f64;
            let judged =
                items(Split::Validation) * (epochs + validation) + items(Split::Test) * test;
            items(split) * epochs + judged * JUDGING
        };
        let is_leg = kind != kind.training();
        let readout = |target| {
            let after = [0.0, if is_leg { 0.0 } else { 1.0 }];
            passes(target, Split::Transfers, inputs.epochs_of(kind), after)
        };
        let network = |task, split, epochs| {
            let (views, passes) =
                ((extent.views)(task) as f64, passes(task, split, epochs, [1.0; 2]));
            passes * self.pace(task, measured.network).seconds * views
        };
        match kind.training() {
            JobKind::Network { task } => network(task, Split::Networks, pipeline.networks.epochs),
            JobKind::Small { target } => {
                network(target, Split::Transfers, pipeline.networks.small_epochs())
            }
            JobKind::Features { source } if self.is_given(source) => 0.0,
            JobKind::Features { .. } => {
                let encoded = [Split::Transfers, Split::Validation, Split::Test];
                encoded.map(extent.images).iter().sum::<usize>() as f64 * measured.encoding
            }
            JobKind::Transfer { target, .. } => {
                readout(target) * self.pace(target, measured.readout).seconds
            }
            JobKind::Scratch { target, .. } => {
                let views = (extent.views)(target) as f64;
                readout(target) * self.pace(target, measured.scratch).seconds * views
            }
            JobKind::Examples { .. } => 0.0,
            JobKind::Leg { .. } => unreachable!("a whole training is no leg"),
        }
    }

    fn pace(&self, task: &TaskId, paces: Paces) -> Pace {
        let output = self.graph.inputs().task(task).map(|task| task.output);
        match output {
            Some(Output::Vector { .. } | Output::Class {}) => paces.flat,
            _ => paces.map,
        }
    }

    fn is_given(&self, source: &TaskId) -> bool {
        self.graph.inputs().task(source).is_some_and(|task| task.features.is_some())
    }
}
