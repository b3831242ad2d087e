//! What a user should know of published numbers before believing them.

use std::fmt;

use serde::Serialize;

use super::fraction::MOST_IMAGES;
use crate::id::TaskId;

/// As many edges are named in a text; the value itself has them all.
const NAMED: usize = 3;

/// Something that is wrong with a published set, or looks wrong. Edges are the sources in their
/// published order, joined by `+`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "defect", rename_all = "snake_case")]
pub enum Defect {
    /// Edges that win on every image against scratch and against full supervision: so do broken
    /// losses. They share nearly all affinity of their target.
    AlwaysWins {
        /// Whose edges.
        target: TaskId,
        /// Which.
        edges: Vec<String>,
        /// Their affinities together.
        affinity: f64,
    },
    /// An edge of several sources that hardly ever wins against scratch, although each of them
    /// alone does: its training failed.
    FailedRun {
        /// Whose edge.
        target: TaskId,
        /// Which.
        edges: Vec<String>,
        /// Its affinity.
        affinity: Option<f64>,
        /// Its win rate against scratch.
        gain: f64,
        /// The least of its sources alone.
        alone: f64,
    },
    /// Edges with a win rate and no affinity; they are left out.
    NoAffinity {
        /// Whose edges.
        target: TaskId,
        /// Which.
        edges: Vec<String>,
    },
    /// Edges with an affinity that a file of win rates does not have.
    NoWinRate {
        /// Whose edges.
        target: TaskId,
        /// Which.
        edges: Vec<String>,
    },
    /// A target with more edges of an order than most: its beam was run from several rankings.
    ExtraEdges {
        /// Whose edges.
        target: TaskId,
        /// How many sources they have.
        order: usize,
        /// How many there are.
        found: usize,
        /// How many most targets have.
        usual: usize,
    },
    /// Two orders of the same sources; the larger affinity is kept.
    SameSet {
        /// Whose edges.
        target: TaskId,
        /// The two.
        edges: Vec<String>,
    },
    /// Affinities that do not sum to 1.
    Sum {
        /// Whose.
        target: TaskId,
        /// What they sum to.
        sum: f64,
    },
    /// A network that does not win half the time against itself.
    OwnWinRate {
        /// Whose.
        target: TaskId,
        /// `self` against full supervision or `pixels` against scratch.
        contender: &'static str,
        /// Its win rate.
        found: f64,
    },
    /// Win rates that are no count of test images divided by another.
    NoCount {
        /// Whose.
        target: TaskId,
        /// Of which edges.
        edges: Vec<String>,
    },
    /// An id that is none of the authors' nor of ours.
    UnknownId {
        /// The id.
        id: TaskId,
        /// In how many keys of the files it stands.
        keys: usize,
    },
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlwaysWins { target, edges, affinity } => write!(
                f,
                "target `{target}`: {} on every image against scratch and against full \
                 supervision, as broken losses do, and {affinity:.3} of the affinity is theirs \
                 ({}): do not believe the affinities of this target",
                count(edges, "edge wins", "edges win"),
                names(edges)
            ),
            Self::FailedRun { target, edges, affinity, gain, alone } => write!(
                f,
                "target `{target}`: {} wins against scratch on {:.2} % of the images, each of its \
                 sources alone on {:.0} % or more: a failed run (affinity {})",
                names(edges),
                gain * 100.0,
                alone * 100.0,
                affinity.map_or_else(|| "unknown".to_owned(), |a| format!("{a:.1e}"))
            ),
            Self::NoAffinity { target, edges } => write!(
                f,
                "target `{target}`: {} a win rate but no affinity, left out ({})",
                count(edges, "edge has", "edges have"),
                names(edges)
            ),
            Self::NoWinRate { target, edges } => write!(
                f,
                "target `{target}`: {} an affinity but not both win rates ({})",
                count(edges, "edge has", "edges have"),
                names(edges)
            ),
            Self::ExtraEdges { target, order, found, usual } => write!(
                f,
                "target `{target}`: {found} edges of order {order}, most targets have {usual}: \
                 they come from several rankings"
            ),
            Self::SameSet { target, edges } => write!(
                f,
                "target `{target}`: {} are the same set of sources; the larger affinity is kept",
                edges.join(" and ")
            ),
            Self::Sum { target, sum } => {
                write!(f, "target `{target}`: the affinities sum to {sum} and not to 1")
            }
            Self::OwnWinRate { target, contender, found } => write!(
                f,
                "target `{target}`: `{contender}` wins against itself on {found} of the images \
                 and not on half of them"
            ),
            Self::NoCount { target, edges } => write!(
                f,
                "target `{target}`: {} a win rate that is no count of at most {MOST_IMAGES} images \
                 ({})",
                count(edges, "edge has", "edges have"),
                names(edges)
            ),
            Self::UnknownId { id, keys } => {
                write!(f, "`{id}` is no published task (it is named {keys} times); it is kept")
            }
        }
    }
}

fn count(edges: &[String], one: &str, more: &str) -> String {
    if edges.len() == 1 { format!("1 {one}") } else { format!("{} {more}", edges.len()) }
}

fn names(edges: &[String]) -> String {
    let named = edges[..edges.len().min(NAMED)].join(", ");
    match edges.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}
