//! What a run is made of, and what each of its jobs depends on.

use std::collections::BTreeMap;

use serde::Serialize;
use taskonomy_core::{Descent, Output, Pipeline, Split, Task, TaskId};
use taskonomy_run::{Fingerprint, Formats, Job, JobKind};

use crate::error::PlanError;

/// What a run is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Inputs {
    /// The tasks that take part, with their roles.
    pub roster: Vec<Task>,
    /// The settings, every `auto` decided.
    pub pipeline: Pipeline,
    /// A checksum of each domain of the dataset: of all that jobs read of it, that is its files,
    /// its entry in the manifest, and the ids of the samples.
    pub domains: BTreeMap<String, String>,
    /// A hash of the file that encoders start from, if there is one.
    pub weights: Option<String>,
    /// What this version of the tool computes.
    pub formats: Formats,
}

impl Inputs {
    /// The tasks that transfers may read, in ascending order.
    pub(crate) fn sources(&self) -> impl Iterator<Item = &Task> {
        self.roster.iter().filter(|task| task.role.is_source())
    }

    /// The tasks that are predicted, in ascending order.
    pub(crate) fn targets(&self) -> impl Iterator<Item = &Task> {
        self.roster.iter().filter(|task| task.role.is_target() && task.is_trained())
    }

    pub(crate) fn task(&self, id: &TaskId) -> Option<&Task> {
        self.roster.iter().find(|task| task.id == *id)
    }

    /// Everything that a job's result depends on, given the jobs whose results it reads. Roles,
    /// costs, beams and the names of things are not among it: they change no number. Of a leg it is that
    /// of the whole training.
    pub(crate) fn fingerprint(
        &self,
        kind: &JobKind,
        inputs: &[&Job],
    ) -> Result<Fingerprint, PlanError> {
        let mut keys = Keys(BTreeMap::new());
        keys.insert("seed", &self.pipeline.seed);
        keys.insert("format", &self.formats.of(kind));
        for input in inputs {
            keys.0.insert(format!("input.{}", input.kind), input.fingerprint.hash());
        }
        let networks = &self.pipeline.networks;
        match kind.training() {
            JobKind::Network { task: id } | JobKind::Small { target: id } => {
                self.networks(&mut keys);
                if let Some(task) = self.task(id) {
                    keys.task(task, &["input", "output", "loss", "target", "mirror"]);
                    self.domains(&mut keys, task, true)?;
                }
            }
            JobKind::Features { source } => {
                // Also of what the user gives: it comes to the grid of the encoders' representations.
                keys.insert("networks.encoder", &networks.encoder);
                match self.task(source) {
                    Some(task) if let Some(given) = &task.features => {
                        self.domain(&mut keys, task, given)?;
                    }
                    task => {
                        keys.insert("networks.precision", &networks.precision);
                        if let Some(task) = task {
                            keys.task(task, &["input"]);
                            self.domain(&mut keys, task, "rgb")?;
                        }
                    }
                }
            }
            JobKind::Transfer { target, sources } => {
                self.transfers(&mut keys, sources.order());
                if let Some(task) = self.task(target) {
                    keys.task(task, &["output", "loss", "target"]);
                    self.domains(&mut keys, task, false)?;
                }
            }
            JobKind::Scratch { target, .. } => {
                self.transfers(&mut keys, 1);
                // Its tower ends at the resolution of the representations.
                keys.insert("networks.encoder", &networks.encoder);
                if let Some(task) = self.task(target) {
                    keys.task(task, &["input", "output", "loss", "target"]);
                    self.domains(&mut keys, task, true)?;
                }
            }
            JobKind::Examples { target, .. } => {
                if let Some(task) = self.task(target) {
                    keys.task(task, &["input"]);
                    self.domains(&mut keys, task, true)?;
                }
            }
            JobKind::Leg { .. } => unreachable!("a whole training is no leg"),
        }
        Ok(Fingerprint(keys.0))
    }

    fn networks(&self, keys: &mut Keys) {
        let networks = &self.pipeline.networks;
        keys.insert("networks.encoder", &networks.encoder);
        keys.insert("networks.epochs", &networks.epochs);
        keys.insert("networks.batch", &networks.batch);
        keys.insert("networks.lr", &networks.lr);
        keys.insert("networks.mirror", &networks.mirror);
        keys.insert("networks.precision", &networks.precision);
        keys.descent("networks", networks.descent());
        if let Some(weights) = &self.weights {
            keys.0.insert("networks.weights".to_owned(), weights.clone());
        }
    }

    fn transfers(&self, keys: &mut Keys, order: usize) {
        let transfers = &self.pipeline.transfers;
        keys.insert("transfers.epochs", &transfers.epochs);
        keys.insert("transfers.batch", &transfers.batch);
        keys.insert("transfers.lr", &transfers.lr);
        keys.descent("transfers", transfers.descent(order));
        keys.insert("networks.precision", &self.pipeline.networks.precision);
    }

    /// The domains that training a task reads; `rgb` when images are.
    fn domains(&self, keys: &mut Keys, task: &Task, images: bool) -> Result<(), PlanError> {
        if images {
            self.domain(keys, task, "rgb")?;
        }
        let target = task.target.iter();
        for domain in target.flat_map(|t| std::iter::once(&t.domain).chain(&t.mask)) {
            self.domain(keys, task, domain)?;
        }
        Ok(())
    }

    fn domain(&self, keys: &mut Keys, task: &Task, domain: &str) -> Result<(), PlanError> {
        let checksum = self.domains.get(domain).ok_or_else(|| PlanError::Domain {
            task: task.id.clone(),
            domain: domain.to_owned(),
            known: self.domains.keys().cloned().collect(),
        })?;
        keys.0.insert(format!("data.{domain}"), checksum.clone());
        Ok(())
    }

    /// Passes over the transfers split that are left to a readout or one of its legs.
    pub(crate) fn epochs_of(&self, kind: &JobKind) -> usize {
        let transfers = &self.pipeline.transfers;
        let end = match kind {
            JobKind::Leg { epochs, .. } => *epochs,
            _ => transfers.epochs,
        };
        end - transfers.rounds().into_iter().filter(|&epochs| epochs < end).max().unwrap_or(0)
    }

    /// How long a job takes beside others, in arbitrary units: samples × epochs × a weight in
    /// the proportions of the quick run (a network's sample takes about twice a readout's; a
    /// vector's decoder costs next to nothing). Only the order of jobs and the first guess of the
    /// time left follow from it.
    pub(crate) fn cost(&self, kind: &JobKind) -> u64 {
        let data = &self.pipeline.data;
        let samples = |split| data.samples(split) as u64;
        let dense = |id: &TaskId| {
            let task = self.task(id);
            let is_map =
                |t: &Task| matches!(t.output, Output::Dense { .. } | Output::Embedding { .. });
            task.is_none_or(is_map)
        };
        let judged = samples(Split::Validation) + samples(Split::Test);
        let judged_readout =
            if kind == kind.training() { judged } else { samples(Split::Validation) };
        let readout = samples(Split::Transfers) * self.epochs_of(kind) as u64 + judged_readout;
        let networks = &self.pipeline.networks;
        let network = |id: &TaskId, split, epochs: usize| {
            let weight = if dense(id) { 24 } else { 16 };
            (samples(split) * epochs as u64 + judged) * weight
        };
        match kind.training() {
            JobKind::Network { task: id } => network(id, Split::Networks, networks.epochs),
            JobKind::Small { target } => network(target, Split::Transfers, networks.small_epochs()),
            JobKind::Features { .. } => (samples(Split::Transfers) + judged) * 12,
            JobKind::Transfer { target, sources } => {
                let weight = if dense(target) { 10 } else { 2 };
                readout * (weight + sources.order() as u64)
            }
            JobKind::Scratch { target, .. } => readout * if dense(target) { 14 } else { 6 },
            JobKind::Examples { .. } => 100,
            JobKind::Leg { .. } => unreachable!("a whole training is no leg"),
        }
    }
}

/// The keys of a fingerprint; values are canonical JSON.
struct Keys(BTreeMap<String, String>);

impl Keys {
    fn insert(&mut self, key: &str, value: &impl Serialize) {
        let text = serde_json::to_string(value).expect("settings are plain values");
        self.0.insert(key.to_owned(), text);
    }

    /// What of it is no default: older results, which knew nothing else, are of the defaults.
    fn descent(&mut self, stage: &str, descent: Descent) {
        let Descent { optimizer, weight_decay, drop_at } = descent;
        let usual = Descent::default();
        if optimizer != usual.optimizer {
            self.insert(&format!("{stage}.optimizer"), &optimizer);
        }
        if weight_decay != usual.weight_decay {
            self.insert(&format!("{stage}.weight_decay"), &weight_decay);
        }
        if drop_at != usual.drop_at {
            self.insert(&format!("{stage}.drop_at"), &drop_at);
        }
    }

    /// Parts of a task's definition. Serde writes a type's fields in the order of their
    /// declaration, so the same definition is the same text.
    fn task(&mut self, task: &Task, parts: &[&str]) {
        for part in parts {
            let key = format!("tasks.{}.{part}", task.id);
            match *part {
                "input" => self.insert(&key, &task.input),
                "output" => self.insert(&key, &task.output),
                "loss" => self.insert(&key, &task.loss),
                "target" => self.insert(&key, &task.target),
                "mirror" => self.insert(&key, &task.mirror),
                other => unreachable!("a task has no part {other}"),
            }
        }
    }
}
