//! The vocabulary of task taxonomies as types, and their text encodings.
//!
//! | word | meaning |
//! | --- | --- |
//! | [`Task`] | something to predict from an image, with an output kind and a loss |
//! | source / target | a task whose representation is read / a task that is predicted |
//! | order | number of sources read together by one transfer |
//! | [`Transfer`] | a directed hyperedge: a sorted set of sources → one target |
//! | full supervision (`self`) | the target's own task-specific network |
//! | scratch (`pixels`) | the readout trained from the image alone: the baseline of *gain* |
//! | `random` | readout from an untrained encoder (a source-only task) |
//! | [`Contender`] | anything that has a column in the loss table of one target |
//! | affinity | a contender's share of the tournament of its target |
//! | gain / quality | win rate against scratch / against full supervision |
//! | budget | the total label cost of the source tasks that are bought |
//! | policy | the bought sources and, for every target, exactly one edge |
//!
//! Everything here is a deterministic function of its arguments: no clock, no randomness, no
//! threads, no files (encodings go through `Read` and `Write`).
//!
//! ```
//! use taskonomy_core::{Dictionary, Transfer};
//!
//! let tasks = Dictionary::builtin();
//! let normals = tasks.find("rgb2sfnorm").unwrap(); // official ids are understood everywhere
//! assert_eq!(normals.id.as_str(), "normals");
//! let transfer: Transfer = "reshading+depth_zbuffer->normals".parse().unwrap();
//! assert_eq!(transfer.to_string(), "depth_zbuffer+reshading->normals");
//! assert_eq!(transfer.order(), 2);
//! ```

mod affinities;
mod buildings;
mod contender;
mod dictionary;
mod domain;
mod encode;
mod id;
mod labels;
mod losses;
mod nearest;
mod official;
mod pipeline;
mod policy;
mod quote;
mod rows;
mod split;
mod spread;
mod task;
mod taxonomy;

pub use affinities::{AffinityError, AffinityTable, Edge, Note};
pub use buildings::{BuildingSplits, BuildingSplitsError, Purpose};
pub use contender::{Contender, Sources, Transfer};
pub use dictionary::{Dictionary, DictionaryError};
pub use domain::{Domain, Dtype, Values};
pub use encode::{Format, TAXONOMY_SCHEMA, TaxonomyError};
pub use id::{IdError, TaskId};
pub use labels::{LabelRow, LabelTable, LabelTableError};
pub use losses::{LossTable, LossTableError};
pub use nearest::nearest;
pub use official::{OfficialDefect, OfficialError, OfficialScores, PickleError, Published};
pub use pipeline::{
    Allocation, Classes, Constraint, DataConfig, Descent, EncoderKind, KeepWeights, Kind, Maker,
    NetworksConfig, Objective, Optimizer, OwnSource, OwnTask, Pipeline, PipelineError,
    PolicyConfig, Precision, SplitCounts, TasksConfig, TransfersConfig,
};
pub use policy::{Mean, Policy, Status};
pub use rows::RowError;
pub use split::Split;
pub use spread::Spread;
pub use task::{Encoding, Input, Loss, Mirror, Output, Role, Target, Task};
pub use taxonomy::{Node, Taxonomy, Vertex};

/// Scratch readouts are trained with this many seeds: scratch's own seed moves a whole column of
/// gains, so gain is the mean of the win rates against each.
pub const SCRATCH_SEEDS: u32 = 3;
