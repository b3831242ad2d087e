//! Which jobs a run has, and what each needs.

use std::collections::{BTreeMap, BTreeSet};

use taskonomy_core::{SCRATCH_SEEDS, Sources, TaskId};
use taskonomy_run::{Job, JobKind};

use crate::beam;
use crate::error::PlanError;
use crate::inputs::Inputs;
use crate::race::{Race, Step};

/// A job among others.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The job with its fingerprint.
    pub job: Job,
    /// The jobs whose results it reads, and the leg of the same training that it goes on from.
    pub needs: Vec<JobKind>,
    /// How long it takes beside others, in arbitrary units.
    pub cost: u64,
}

/// Jobs of a target that are not known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaited {
    /// One like them: other sources may be chosen.
    pub like: JobKind,
    /// How many.
    pub jobs: usize,
}

/// The jobs of a run. It grows: the transfers of higher order into a target are known once those
/// of first order are done and ranked (section 3.2 of the paper: beam search), and in a race, which
/// transfers go on is known after each of its rounds.
#[derive(Debug, Clone)]
pub struct Graph {
    inputs: Inputs,
    nodes: BTreeMap<JobKind, Node>,
    races: BTreeMap<TaskId, Race>,
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
        let mut graph = Self { nodes: BTreeMap::new(), races: BTreeMap::new(), inputs };
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
            let first: Vec<_> = sources.iter().map(|(id, _)| Sources::one(id.clone())).collect();
            let config = &graph.inputs.pipeline.transfers;
            let beam = beam::width(config, graph.candidates(target).count());
            let race = Race::new(first, config, beam);
            for sources in race.runners.clone() {
                graph.add_transfer(target, sources, 0)?;
            }
            graph.races.insert(target.clone(), race);
            for replica in 1..=SCRATCH_SEEDS {
                graph.add_scratch(target, replica)?;
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

    /// The jobs whose results decide what a target's next ones are; none where all are known.
    pub(crate) fn deciding(&self, target: &TaskId) -> Vec<JobKind> {
        let Some((race, step)) = self.races.get(target).and_then(|r| Some((r, r.next()?))) else {
            return Vec::new();
        };
        let parts = self.rounds().len();
        let part = if let Step::Round(round) = step { round } else { parts };
        race.runners.iter().map(|sources| self.part(transfer(target, sources), part)).collect()
    }

    /// Whether they decide who goes on, and not of what the beam is made.
    pub(crate) fn is_in_round(&self, target: &TaskId) -> bool {
        matches!(self.races.get(target).and_then(Race::next), Some(Step::Round(_)))
    }

    /// The sources that a higher order into the target may read.
    fn candidates<'a>(&'a self, target: &'a TaskId) -> impl Iterator<Item = &'a TaskId> {
        let candidates = self.inputs.sources().filter(|task| task.is_learned());
        candidates.map(|task| &task.id).filter(move |id| *id != target)
    }

    /// The jobs of a target that are not known yet.
    pub fn awaited(&self, target: &TaskId) -> Vec<Awaited> {
        let Some(race) = self.races.get(target) else { return Vec::new() };
        let config = &self.inputs.pipeline.transfers;
        let sizes = beam::sizes(config, self.candidates(target).count());
        let awaited = race.awaited(&sizes).into_iter().filter_map(|(part, order, jobs)| {
            let candidates = self.candidates(target).take(order).cloned();
            let some = Sources::new(candidates).or_else(|| race.runners.first().cloned())?;
            Some(Awaited { like: self.part(transfer(target, &some), part), jobs })
        });
        awaited.collect()
    }

    /// Adds the transfers of higher order into a target, given its sources from the best to the
    /// worst on the validation split. Returns the new jobs.
    pub fn grow(&mut self, target: &TaskId, ranking: &[TaskId]) -> Result<Vec<JobKind>, PlanError> {
        if self.races.get(target).and_then(Race::next) != Some(Step::Beam) {
            return Ok(Vec::new());
        }
        let candidates: BTreeSet<_> = self.candidates(target).cloned().collect();
        let ranking: Vec<_> =
            ranking.iter().filter(|id| candidates.contains(*id)).cloned().collect();
        let sets = beam::sets(&self.inputs.pipeline.transfers, &ranking);
        if let Some(race) = self.races.get_mut(target) {
            race.enter(sets.clone());
        }
        sets.into_iter().map(|sources| self.add_transfer(target, sources, 0)).collect()
    }

    /// Adds the next legs of the transfers into a target that go on, given all that ran the last round
    /// from the best to the worst on the validation split. Returns the new jobs.
    pub fn go_on(
        &mut self,
        target: &TaskId,
        ranking: &[Sources],
    ) -> Result<Vec<JobKind>, PlanError> {
        let candidates: BTreeSet<_> = self.candidates(target).cloned().map(Sources::one).collect();
        let Some(race) = self.races.get_mut(target) else { return Ok(Vec::new()) };
        let Some(Step::Round(round)) = race.next() else { return Ok(Vec::new()) };
        race.go_on(round, ranking, |sources| candidates.contains(sources));
        let runners = race.runners.clone();
        runners.into_iter().map(|sources| self.add_transfer(target, sources, round + 1)).collect()
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

    /// After how many epochs of a transfer it is decided whether it goes on.
    fn rounds(&self) -> Vec<usize> {
        self.inputs.pipeline.transfers.rounds()
    }

    /// A part of a training, counted from 0: the leg of a round, and after the last one its end.
    fn part(&self, training: JobKind, part: usize) -> JobKind {
        match self.rounds().get(part) {
            Some(&epochs) => training.leg(epochs),
            None => training,
        }
    }

    /// The job that goes on where a leg ends; none for jobs that are no legs.
    pub(crate) fn after(&self, kind: &JobKind) -> Option<JobKind> {
        let JobKind::Leg { of, epochs } = kind else { return None };
        let next = self.rounds().into_iter().filter(|later| later > epochs).min();
        Some(next.map_or_else(|| (**of).clone(), |epochs| of.leg(epochs)))
    }

    fn add_transfer(
        &mut self,
        target: &TaskId,
        sources: Sources,
        part: usize,
    ) -> Result<JobKind, PlanError> {
        let features = sources.iter().map(|s| JobKind::Features { source: s.clone() }).collect();
        self.add_part(transfer(target, &sources), part, features)
    }

    /// Always to its end: it is what others are compared with after every round.
    fn add_scratch(&mut self, target: &TaskId, replica: u32) -> Result<(), PlanError> {
        for part in 0..=self.rounds().len() {
            self.add_part(JobKind::Scratch { target: target.clone(), replica }, part, Vec::new())?;
        }
        Ok(())
    }

    /// A part of a training that needs some jobs, and the part before.
    fn add_part(
        &mut self,
        training: JobKind,
        part: usize,
        mut needs: Vec<JobKind>,
    ) -> Result<JobKind, PlanError> {
        if let Some(before) = part.checked_sub(1) {
            needs.push(self.part(training.clone(), before));
        }
        self.add(self.part(training, part), needs)
    }

    fn add(&mut self, kind: JobKind, needs: Vec<JobKind>) -> Result<JobKind, PlanError> {
        // A leg changes no bit of what comes after it.
        let read = needs.iter().filter(|need| !matches!(need, JobKind::Leg { .. }));
        let inputs: Vec<_> = read.filter_map(|need| self.nodes.get(need).map(|n| &n.job)).collect();
        let fingerprint = self.inputs.fingerprint(&kind, &inputs)?;
        let cost = self.inputs.cost(&kind);
        let node = Node { job: Job { kind: kind.clone(), fingerprint }, needs, cost };
        self.nodes.insert(kind.clone(), node);
        Ok(kind)
    }
}

fn transfer(target: &TaskId, sources: &Sources) -> JobKind {
    JobKind::Transfer { target: target.clone(), sources: sources.clone() }
}
