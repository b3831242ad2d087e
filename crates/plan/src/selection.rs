//! Which part of a run an invocation is about.

use std::collections::BTreeSet;

use taskonomy_core::TaskId;
use taskonomy_run::JobKind;

use crate::error::PlanError;
use crate::graph::Graph;

/// Which stages to work on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stages {
    /// Task-specific networks.
    First,
    /// Features, transfers and scratch, with the networks of stage 1 as they are.
    Second,
    /// Everything.
    #[default]
    All,
    /// The pictures of stage 3 and what they need, but nothing else that is not done yet.
    Pictures,
}

/// Which part of a run an invocation is about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    /// Which stages.
    pub stages: Stages,
    /// Only these targets and what they need; all when absent.
    pub targets: Option<BTreeSet<TaskId>>,
}

impl Selection {
    fn has_stage(&self, kind: &JobKind) -> bool {
        match self.stages {
            Stages::First => kind.stage() == 1,
            Stages::Second => kind.stage() != 1,
            Stages::All | Stages::Pictures => true,
        }
    }

    /// Whether a target's transfers are asked for.
    pub(crate) fn has_transfers_of(&self, target: &TaskId) -> bool {
        matches!(self.stages, Stages::Second | Stages::All) && self.has_target(target)
    }

    fn has_target(&self, target: &TaskId) -> bool {
        self.targets.as_ref().is_none_or(|targets| targets.contains(target))
    }

    /// Refuses targets that the graph does not have.
    pub(crate) fn check(&self, graph: &Graph) -> Result<(), PlanError> {
        let known: BTreeSet<_> = graph.targets().collect();
        match self.targets.iter().flatten().find(|target| !known.contains(target)) {
            None => Ok(()),
            Some(found) => Err(PlanError::Target {
                found: found.clone(),
                known: known.into_iter().map(ToString::to_string).collect(),
            }),
        }
    }

    /// The jobs that are asked for, and those of earlier stages that they need done.
    pub(crate) fn of(&self, graph: &Graph) -> (BTreeSet<JobKind>, BTreeSet<JobKind>) {
        let is_picture = |kind: &JobKind| matches!(kind, JobKind::Examples { .. });
        let is_root = |kind: &&JobKind| match (&self.targets, kind.target()) {
            _ if self.stages == Stages::Pictures && !is_picture(kind) => false,
            (None, _) => true,
            (Some(_), Some(target)) => self.has_target(target),
            (Some(_), None) => false,
        };
        let mut queue: Vec<_> = graph.nodes().map(|n| &n.job.kind).filter(is_root).collect();
        let mut closure = BTreeSet::new();
        while let Some(kind) = queue.pop() {
            if closure.insert(kind.clone()) {
                queue.extend(graph.get(kind).into_iter().flat_map(|node| &node.needs));
            }
        }
        let (asked, others): (BTreeSet<_>, BTreeSet<_>) =
            closure.into_iter().partition(|kind| self.has_stage(kind));
        // Of the others only those matter that something asked for reads directly.
        let read: BTreeSet<_> =
            asked.iter().filter_map(|kind| graph.get(kind)).flat_map(|n| &n.needs).collect();
        let needed = others.into_iter().filter(|kind| read.contains(kind)).collect();
        (asked, needed)
    }
}
