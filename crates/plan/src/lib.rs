//! The job graph of a run, the beam and the pool of workers.
//!
//! A [`Graph`] says which jobs a run has and what each needs; a [`Plan`] compares it with what
//! the run directory holds, and executes what is left. Which transfers of higher order there are
//! is known only when those of first order are ranked on the validation split, so the graph grows
//! while it is worked on. Nothing here knows of tensors: jobs are done by worker processes.
//!
//! ```
//! use taskonomy_core::{Dictionary, Pipeline};
//! use taskonomy_plan::{Graph, Inputs, Plan, Selection};
//! use taskonomy_run::{Formats, RunDir};
//!
//! let text = "name = 'tiny'\n[data]\npath = 'data/tiny'\n[tasks]\nboth = ['normals']\n\
//!             source_only = ['autoencoding', 'random']";
//! let dictionary = Dictionary::builtin();
//! let pipeline = Pipeline::parse(text, &[], &dictionary)?;
//! let roster = pipeline.roster(&dictionary);
//! let checksums = ["rgb", "normal", "depth_zbuffer"].map(|name| (name.into(), "9f8e".into()));
//! let formats = Formats::default();
//! let inputs = Inputs { roster, pipeline, domains: checksums.into(), weights: None, formats };
//!
//! let folder = tempfile::tempdir()?;
//! let run = RunDir::new(folder.path());
//! let plan = Plan::new(Graph::build(inputs)?, &run, Selection::default(), false)?;
//! // Two networks, three sources' features, three transfers, scratch three times. With a single
//! // candidate (`random` and normals → normals are none) there is no higher order.
//! let listing = plan.listing();
//! assert_eq!(listing.len(), 2 + 3 + 3 + 3);
//! assert_eq!(listing[0].job, "network autoencoding");
//! assert_eq!(listing[0].reason.to_string(), "new");
//! // `plan.execute(…)` does them, `plan.gather_losses(…)` puts their losses side by side.
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod beam;
mod costs;
mod driver;
mod error;
mod execute;
mod gather;
mod graph;
mod inputs;
mod meter;
mod plan;
mod pool;
mod race;
mod schedule;
mod selection;

pub use costs::{Costs, Estimate, Extent};
pub use error::PlanError;
pub use execute::{Progress, Summary};
pub use graph::{Awaited, Graph, Node};
pub use inputs::Inputs;
pub use plan::{Listed, Plan, Reason};
pub use pool::{Message, Pool, WorkerSpec};
pub use schedule::Schedule;
pub use selection::{Selection, Stages};
