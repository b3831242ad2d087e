//! The job graph of a run, the beam and the pool of workers.

mod beam;
mod driver;
mod error;
mod execute;
mod gather;
mod graph;
mod inputs;
mod meter;
mod plan;
mod pool;
mod schedule;
mod selection;

pub use error::PlanError;
pub use execute::{Progress, Summary};
pub use graph::{Graph, Node};
pub use inputs::Inputs;
pub use plan::{Listed, Plan, Reason};
pub use pool::{Message, Pool, WorkerSpec};
pub use schedule::Schedule;
pub use selection::{Selection, Stages};
