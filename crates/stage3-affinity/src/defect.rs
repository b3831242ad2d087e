//! What is wrong with a loss table, or looks wrong.

use std::fmt;

use taskonomy_core::{Contender, TaskId};

use crate::ahp::CLIP;

/// Why a tournament cannot be held.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TournamentError {
    /// A tournament needs two contenders (scratch is none).
    #[error("target `{target}`: a tournament needs at least 2 contenders, its table has {found}")]
    FewContenders {
        /// Whose table.
        target: TaskId,
        /// How many there are.
        found: usize,
    },
    /// Two columns that must be compared were never judged on the same sample.
    #[error("target `{target}`: `{left}` and `{right}` have no sample in common")]
    NoCommonSamples {
        /// Whose table.
        target: TaskId,
        /// One column.
        left: Contender,
        /// The other.
        right: Contender,
    },
    /// Some contenders cannot be placed among the others.
    #[error("target `{target}`: no chain of comparisons connects `{left}` with `{right}`")]
    NeverMet {
        /// Whose tables.
        target: TaskId,
        /// The first contender.
        left: Contender,
        /// One that it is not connected with.
        right: Contender,
    },
}

/// Something a user should look at before believing the affinities.
#[derive(Debug, Clone, PartialEq)]
pub enum Defect {
    /// The contender wins or ties against everyone: a broken loss, or a target that is easy.
    AlwaysWins {
        /// Whose tournament.
        target: TaskId,
        /// Who wins.
        contender: Contender,
    },
    /// Nobody was judged on some samples.
    NoLabel {
        /// Whose tournament.
        target: TaskId,
        /// Samples on which nothing has a loss.
        missing: u64,
        /// All samples.
        of: u64,
    },
    /// The contender was not judged on all samples that others were judged on.
    MissingSamples {
        /// Whose tournament.
        target: TaskId,
        /// Which column.
        contender: Contender,
        /// Samples without a loss.
        missing: u64,
        /// Samples on which something has one.
        of: u64,
    },
    /// Every sample has the same loss.
    ConstantColumn {
        /// Whose tournament.
        target: TaskId,
        /// Which column.
        contender: Contender,
        /// The loss.
        loss: f64,
    },
    /// Two columns are the same number by number.
    IdenticalColumns {
        /// Whose tournament.
        target: TaskId,
        /// One column.
        left: Contender,
        /// The other.
        right: Contender,
    },
    /// The power iteration was stopped before the affinities stood still.
    NotConverged {
        /// Whose tournament.
        target: TaskId,
        /// Steps made.
        iterations: usize,
        /// ‖W′p − λp‖₁ / λ after them.
        residual: f64,
    },
}

impl Defect {
    /// Whose tournament it concerns.
    pub fn target(&self) -> &TaskId {
        match self {
            Self::AlwaysWins { target, .. }
            | Self::NoLabel { target, .. }
            | Self::MissingSamples { target, .. }
            | Self::ConstantColumn { target, .. }
            | Self::IdenticalColumns { target, .. }
            | Self::NotConverged { target, .. } => target,
        }
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlwaysWins { target, contender } => write!(
                f,
                "target `{target}`: `{contender}` beats every other contender on at least {}% of the samples: a broken loss, or a target that is easy",
                100.0 * (1.0 - CLIP)
            ),
            Self::NoLabel { target, missing, of } => write!(
                f,
                "target `{target}`: {missing} of {of} samples have no label: nothing has a loss on them"
            ),
            Self::MissingSamples { target, contender, missing, of } => {
                write!(
                    f,
                    "target `{target}`: `{contender}` has no loss on {missing} of {of} samples"
                )
            }
            Self::ConstantColumn { target, contender, loss } => {
                write!(f, "target `{target}`: `{contender}` has the loss {loss} on every sample")
            }
            Self::IdenticalColumns { target, left, right } => {
                write!(f, "target `{target}`: `{left}` and `{right}` have the same losses")
            }
            Self::NotConverged { target, iterations, residual } => write!(
                f,
                "target `{target}`: the affinities did not settle in {iterations} iterations (residual {residual:.1e})"
            ),
        }
    }
}
