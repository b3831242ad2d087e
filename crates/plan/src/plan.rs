//! A run and what is left of it to do.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use taskonomy_core::{Sources, TaskId};
use taskonomy_run::{JobKind, JobState, RunDir};

use crate::beam;
use crate::error::PlanError;
use crate::gather::validation_table;
use crate::graph::{Awaited, Graph};
use crate::selection::Selection;

/// A run and what is left of it to do.
#[derive(Debug)]
pub struct Plan {
    pub(crate) graph: Graph,
    pub(crate) run: RunDir,
    /// Whose validation losses rank the sources of higher orders, and those that race.
    pub(crate) leader: RunDir,
    pub(crate) selection: Selection,
    pub(crate) force: bool,
    /// The jobs that are asked for, as they were found on disk.
    pub(crate) states: BTreeMap<JobKind, JobState>,
    /// Jobs of an earlier stage that must be done and are not.
    earlier: Vec<JobKind>,
}

/// A line of the dry run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Listed {
    /// Which job.
    pub job: String,
    /// Its stage.
    pub stage: u8,
    /// Its folder in the run.
    pub folder: std::path::PathBuf,
    /// What will be done with it, and why.
    #[serde(flatten)]
    pub reason: Reason,
}

/// What will be done with a job, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum Reason {
    /// It was never done; these of the jobs that it needs must be done first.
    New {
        /// Their names.
        needs: Vec<String>,
    },
    /// It is done and will be skipped.
    Done,
    /// Its result is of another fingerprint.
    Differs {
        /// What changed.
        keys: Vec<String>,
        /// Whether it will be done again; if not, it is an error.
        forced: bool,
    },
    /// It failed and will be tried again.
    Failed {
        /// The chain of causes.
        error: String,
    },
    /// So many transfers are not known yet: the best first-order sources must be known first.
    Beam {
        /// How many.
        transfers: usize,
        /// Of which order.
        order: usize,
    },
    /// So many parts of transfers are not known yet: a race decides which.
    Race {
        /// How many.
        transfers: usize,
        /// About so; how those that go on are divided among orders is not known.
        order: usize,
        /// The epoch with which they end.
        epochs: usize,
    },
}

impl Reason {
    /// Of jobs that have no names yet: how many there are.
    pub fn awaited(&self) -> Option<usize> {
        match self {
            Self::Beam { transfers, .. } | Self::Race { transfers, .. } => Some(*transfers),
            _ => None,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::New { needs } if needs.is_empty() => f.write_str("new"),
            Self::New { needs } => write!(f, "new, needs {}", needs.join(", ")),
            Self::Done => f.write_str("done, skipped"),
            Self::Differs { keys, forced: false } => {
                write!(f, "differs: {} (--force recomputes)", keys.join(", "))
            }
            Self::Differs { keys, forced: true } => {
                write!(f, "differs: {}, recomputed", keys.join(", "))
            }
            Self::Failed { error } => write!(f, "failed ({error}), tried again"),
            Self::Beam { transfers, order } => {
                write!(f, "{transfers} of order {order}, needs the first order")
            }
            Self::Race { transfers, order, epochs } => {
                write!(f, "{transfers} of order {order} to epoch {epochs}, needs the race so far")
            }
        }
    }
}

impl Plan {
    /// Looks at what the run has. Nothing is written.
    ///
    /// # Errors
    /// When a `done.json` cannot be read, or a target is asked for that is none. Results that
    /// differ are no error yet: [`Plan::listing`] shows them, [`Plan::check`] refuses them.
    pub fn new(
        graph: Graph,
        run: &RunDir,
        selection: Selection,
        force: bool,
    ) -> Result<Self, PlanError> {
        Self::following(graph, run, run, selection, force)
    }

    /// The same for a run that repeats another's trainings: its transfers of higher order are those
    /// of the leader, and those go on in a race that went on there, so that the same contenders meet in
    /// both.
    ///
    /// # Errors
    /// As [`Plan::new`].
    pub fn following(
        graph: Graph,
        run: &RunDir,
        leader: &RunDir,
        selection: Selection,
        force: bool,
    ) -> Result<Self, PlanError> {
        selection.check(&graph)?;
        let (asked, needed) = selection.of(&graph);
        let mut plan = Self {
            graph,
            run: run.clone(),
            leader: leader.clone(),
            selection,
            force,
            states: BTreeMap::new(),
            earlier: Vec::new(),
        };
        for kind in asked {
            plan.look(&kind)?;
        }
        for kind in needed {
            let state = plan.state(&kind)?;
            if state != JobState::Done {
                plan.earlier.push(kind);
            }
        }
        let targets: Vec<_> = plan.graph.targets().cloned().collect();
        let is_done = |plan: &Self, kind: &_| plan.states.get(kind) == Some(&JobState::Done);
        for target in targets {
            while !plan.grow(&target, is_done)?.is_empty() {}
        }
        Ok(plan)
    }

    /// The jobs of the run.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// What would be done, job by job, and why: the dry run.
    pub fn listing(&self) -> Vec<Listed> {
        let is_done = |kind: &JobKind| match self.states.get(kind) {
            Some(state) => *state == JobState::Done,
            None => !self.earlier.contains(kind),
        };
        let mut lines: Vec<_> = self
            .states
            .iter()
            .map(|(kind, state)| {
                let reason = match state {
                    JobState::Done => Reason::Done,
                    JobState::Missing => {
                        let needs = self.graph.get(kind).map_or(&[][..], |node| &node.needs);
                        let needs = needs.iter().filter(|need| !is_done(need));
                        Reason::New { needs: needs.map(ToString::to_string).collect() }
                    }
                    JobState::Differs(keys) => {
                        Reason::Differs { keys: keys.clone(), forced: self.force }
                    }
                    JobState::Failed { error } => Reason::Failed { error: error.clone() },
                };
                let (job, folder) = (kind.to_string(), kind.folder());
                Listed { job, stage: kind.stage(), folder, reason }
            })
            .collect();
        for target in self.graph.targets().filter(|t| self.selection.has_transfers_of(t)) {
            let config = &self.graph.inputs().pipeline.transfers;
            for Awaited { like, jobs: transfers } in self.graph.awaited(target) {
                let order = match like.training() {
                    JobKind::Transfer { sources, .. } => sources.order(),
                    _ => 1,
                };
                let reason = match &like {
                    JobKind::Leg { epochs, .. } => {
                        Reason::Race { transfers, order, epochs: *epochs }
                    }
                    _ if config.rounds().is_empty() => Reason::Beam { transfers, order },
                    _ => Reason::Race { transfers, order, epochs: config.epochs },
                };
                let job = format!("transfers ->{target}");
                let folder = like.folder().parent().map(Into::into).unwrap_or_default();
                lines.push(Listed { job, stage: 2, folder, reason });
            }
        }
        lines.sort_by_key(|line| line.stage);
        lines
    }

    /// Asks for a picture of what the given transfer into each target predicts, after stage 3
    /// said which it is. Pictures of another transfer than before are no difference: they are
    /// made anew.
    pub fn add_examples(&mut self, best: &BTreeMap<TaskId, Sources>) -> Result<(), PlanError> {
        for kind in self.graph.add_examples(best)? {
            self.look(&kind)?;
            self.states.entry(kind).and_modify(|state| {
                if let JobState::Differs(_) = state {
                    *state = JobState::Missing;
                }
            });
        }
        Ok(())
    }

    /// Asks for a job once more although it is done: something of what it made was not kept. What is
    /// there stays until the same takes its place.
    pub fn again(&mut self, kind: &JobKind) {
        if self.states.get(kind) == Some(&JobState::Done) {
            self.states.insert(kind.clone(), JobState::Missing);
        }
    }

    /// Refuses what cannot be worked on.
    ///
    /// # Errors
    /// [`PlanError::Differs`] without `force`, [`PlanError::Earlier`] when stage 2 is asked for
    /// and stage 1 is not done.
    pub fn check(&self) -> Result<(), PlanError> {
        if !self.earlier.is_empty() {
            return Err(PlanError::Earlier(self.earlier.clone()));
        }
        let differing: Vec<_> = self
            .states
            .iter()
            .filter_map(|(kind, state)| match state {
                JobState::Differs(keys) => Some((kind.clone(), keys.clone())),
                _ => None,
            })
            .collect();
        if differing.is_empty() || self.force { Ok(()) } else { Err(PlanError::Differs(differing)) }
    }

    /// Adds a target's next transfers, or parts of them, once those are done that decide which.
    pub(crate) fn grow(
        &mut self,
        target: &TaskId,
        is_done: impl Fn(&Self, &JobKind) -> bool,
    ) -> Result<Vec<JobKind>, PlanError> {
        let deciding = self.graph.deciding(target);
        if deciding.is_empty() || !self.selection.has_transfers_of(target) {
            return Ok(Vec::new());
        }
        let leads = |kind: &JobKind| self.leader.job(kind).path("done.json").exists();
        if !deciding.iter().all(|kind| is_done(self, kind) && leads(kind)) {
            return Ok(Vec::new());
        }
        let table = validation_table(&self.leader, target, &deciding)?;
        let new = if self.graph.is_in_round(target) {
            self.graph.go_on(target, &beam::standings(&table)?)?
        } else {
            self.graph.grow(target, &beam::rank(&table)?)?
        };
        for kind in &new {
            self.look(kind)?;
        }
        Ok(new)
    }

    /// Whether a leg's state is still wanted: something goes on from it, or may.
    pub(crate) fn is_continued(&self, kind: &JobKind) -> bool {
        let (Some(next), Some(target)) = (self.graph.after(kind), kind.target()) else {
            return false;
        };
        match self.graph.get(&next) {
            Some(_) => self.states.get(&next) != Some(&JobState::Done),
            None => self.graph.deciding(target).contains(kind),
        }
    }

    fn look(&mut self, kind: &JobKind) -> Result<(), PlanError> {
        let state = self.state(kind)?;
        self.states.insert(kind.clone(), state);
        Ok(())
    }

    pub(crate) fn state(&self, kind: &JobKind) -> Result<JobState, PlanError> {
        match self.graph.get(kind) {
            Some(node) => Ok(self.run.state(&node.job)?),
            None => Ok(JobState::Missing),
        }
    }
}
