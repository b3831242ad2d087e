//! Which jobs a run has, and what each needs.

use std::collections::{BTreeMap, BTreeSet};

use taskonomy_core::{SCRATCH_SEEDS, Sources, TaskId};
use taskonomy_run::{Job, JobKind};

use crate::beam;
use crate::error::PlanError;
use crate::inputs::Inputs;

/// A job among others.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The job with its fingerprint.
    pub job: Job,
    /// The jobs whose results it reads.
    pub needs: Vec<JobKind>,
    /// How long it takes beside others, in arbitrary units.
    pub cost: u64,
}

/// The jobs of a run. It grows: the transfers of higher order into a target are known once those
/// of first order are done and ranked (section 3.2 of the paper: beam search).
#[derive(Debug, Clone)]
pub struct Graph {
    inputs: Inputs,
    nodes: BTreeMap<JobKind, Node>,
    grown: BTreeSet<TaskId>,
}

impl Graph {
    /// The jobs that are known from the start: a network per trained source, the features of
    /// every source, every first-order transfer (t→t among them), scratch, and every target's own
    /// network on little data where the pipeline asks for it.
    ///
    /// A target-only task has labels too few to train an encoder on, hence no network.
    ///
    /// # Errors
    /// [`PlanError::Domain`] when the dataset lacks what a task reads.
    pub fn build(inputs: Inputs) -> Result<Self, PlanError> {
        let mut graph = Self { nodes: BTreeMap::new(), grown: BTreeSet::new(), inputs };
        let sources: Vec<_> =
            graph.inputs.sources().map(|t| (t.id.clone(), t.is_trained())).collect();
        let targets: Vec<_> = graph.inputs.targets().map(|t| t.id.clone()).collect();
        for (source, trained) in &sources {
            let network = trained.then(|| JobKind::Network { task: source.clone() });
            if let Some(network) = &network {
                graph.add(network.clone(), Vec::new())?;
            }
            let features = JobKind::Features { source: source.clone() };
            graph.add(features, network.into_iter().collect())?;
        }
        for target in &targets {
            for (source, _) in &sources {
                graph.add_transfer(target, Sources::one(source.clone()))?;
            }
            for replica in 1..=SCRATCH_SEEDS {
                graph.add(JobKind::Scratch { target: target.clone(), replica }, Vec::new())?;
            }
            if graph.inputs.pipeline.transfers.small_networks {
                graph.add(JobKind::Small { target: target.clone() }, Vec::new())?;
            }
        }
        Ok(graph)
    }

    /// What the run is made of.
    pub fn inputs(&self) -> &Inputs {
        &self.inputs
    }

    /// The jobs known so far, sorted.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.nodes.values()
    }

    /// One of them.
    pub fn get(&self, kind: &JobKind) -> Option<&Node> {
        self.nodes.get(kind)
    }

    /// The targets, in ascending order.
    pub fn targets(&self) -> impl Iterator<Item = &TaskId> {
        self.inputs.targets().map(|task| &task.id)
    }

    /// The first-order transfers into a target, t→t and `random` among them.
    pub(crate) fn first_order(&self, target: &TaskId) -> Vec<JobKind> {
        let transfer = |source: &TaskId| JobKind::Transfer {
            target: target.clone(),
            sources: Sources::one(source.clone()),
        };
        self.inputs.sources().map(|task| transfer(&task.id)).collect()
    }

    /// The sources that a higher order into the target may read.
    fn candidates<'a>(&'a self, target: &'a TaskId) -> impl Iterator<Item = &'a TaskId> {
        let candidates = self.inputs.sources().filter(|task| task.is_learned());
        candidates.map(|task| &task.id).filter(move |id| *id != target)
    }

    /// What the beam of a target will add, as far as it is not there yet: (order, how many).
    pub fn awaited(&self, target: &TaskId) -> Vec<(usize, usize)> {
        if self.grown.contains(target) {
            return Vec::new();
        }
        beam::sizes(&self.inputs.pipeline.transfers, self.candidates(target).count())
    }

    /// Adds the transfers of higher order into a target, given its sources from the best to the
    /// worst on the validation split. Returns the new jobs.
    pub fn grow(&mut self, target: &TaskId, ranking: &[TaskId]) -> Result<Vec<JobKind>, PlanError> {
        if !self.grown.insert(target.clone()) {
            return Ok(Vec::new());
        }
        let candidates: BTreeSet<_> = self.candidates(target).cloned().collect();
        let ranking: Vec<_> =
            ranking.iter().filter(|id| candidates.contains(*id)).cloned().collect();
        let sets = beam::sets(&self.inputs.pipeline.transfers, &ranking);
        sets.into_iter().map(|sources| self.add_transfer(target, sources)).collect()
    }

    /// Adds a picture of what the given transfer into each target predicts; transfers that the
    /// graph does not know are passed over.
    pub fn add_examples(
        &mut self,
        best: &BTreeMap<TaskId, Sources>,
    ) -> Result<Vec<JobKind>, PlanError> {
        let mut added = Vec::new();
        for (target, sources) in best {
            let (target, sources) = (target.clone(), sources.clone());
            let transfer = JobKind::Transfer { target: target.clone(), sources: sources.clone() };
            if self.nodes.contains_key(&transfer) {
                added.push(self.add(JobKind::Examples { target, sources }, vec![transfer])?);
            }
        }
        Ok(added)
    }

    fn add_transfer(&mut self, target: &TaskId, sources: Sources) -> Result<JobKind, PlanError> {
        let features = sources.iter().map(|s| JobKind::Features { source: s.clone() }).collect();
        self.add(JobKind::Transfer { target: target.clone(), sources }, features)
    }

    fn add(&mut self, kind: JobKind, needs: Vec<JobKind>) -> Result<JobKind, PlanError> {
        let inputs: Vec<_> =
            needs.iter().filter_map(|need| self.nodes.get(need).map(|n| &n.job)).collect();
        let fingerprint = self.inputs.fingerprint(&kind, &inputs)?;
        let cost = self.inputs.cost(&kind);
        let node = Node { job: Job { kind: kind.clone(), fingerprint }, needs, cost };
        self.nodes.insert(kind.clone(), node);
        Ok(kind)
    }

    /// A job's estimated cost before it is known whether it will be in the graph.
    pub(crate) fn cost_of_order(&self, target: &TaskId, order: usize) -> u64 {
        self.some_transfer(target, order).map_or(0, |kind| self.inputs.cost(&kind))
    }

    /// A transfer of an order into the target, whether or not it will be in the graph.
    pub(crate) fn some_transfer(&self, target: &TaskId, order: usize) -> Option<JobKind> {
        let sources = Sources::new(self.candidates(target).take(order).cloned())?;
        Some(JobKind::Transfer { target: target.clone(), sources })
    }
}
