//! The run directory: jobs, fingerprints, atomic artefacts, events, the worker protocol.
//!
//! This is the only crate that writes a run's files; everyone else hands it bytes. Nothing is ever
//! half-written: a temporary file in the same folder, fsync, rename, fsync of the folder. A job
//! that is done says so in `done.json`, written last and with the job's [`Fingerprint`].
//!
//! ```
//! use taskonomy_run::{Done, Fingerprint, Job, JobKind, JobState, Losses, RunDir};
//!
//! let folder = tempfile::tempdir()?;
//! let run = RunDir::new(folder.path());
//! let kind = JobKind::Network { task: "normals".parse()? };
//! let job = Job { kind, fingerprint: Fingerprint([("seed".into(), "1".into())].into()) };
//! assert_eq!(run.state(&job)?, JobState::Missing);
//!
//! let losses = Losses { validation: vec![0.5], test: vec![0.25, f32::NAN], constant: None };
//! run.job(&job.kind).write("losses.safetensors", &losses.to_bytes())?;
//! run.job(&job.kind).finish(&Done { job: job.clone(), libtorch: "".into(), cpu: vec![] })?;
//! assert_eq!(run.state(&job)?, JobState::Done);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod atomic;
mod dir;
mod error;
mod events;
mod fingerprint;
mod job;
mod lock;
mod losses;
mod measure;
mod own;
mod protocol;
mod record;
mod spent;
mod state;

pub use atomic::{write_atomic, write_atomic_with};
pub use dir::{JobDir, RunDir};
pub use error::RunError;
pub use events::{DriverEvent, Entry, EventLog, Logged};
pub use fingerprint::Fingerprint;
pub use job::{Formats, Job, JobKind, round_folder};
pub use lock::RunLock;
pub use losses::Losses;
pub use measure::{Measure, Measured, Pace, Paces, Steps};
pub use protocol::{Event, Hello, PROTOCOL, Request};
pub use record::{RunRecord, RunState, SCHEMA, StageRecord};
pub use spent::Spent;
pub use state::{Done, Failed, JobState};
