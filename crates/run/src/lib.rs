//! The run directory: jobs, fingerprints, atomic artefacts, events, the worker protocol.
//!
//! This is the only crate that writes a run's files; everyone else hands it bytes. Nothing is ever
//! half-written: a temporary file in the same folder, fsync, rename, fsync of the folder.

mod atomic;
mod dir;
mod fingerprint;
mod job;
mod losses;
mod protocol;

pub use atomic::write_atomic;
pub use dir::{Done, Failed, JobDir, RunDir, RunError};
pub use fingerprint::Fingerprint;
pub use job::{Job, JobKind};
pub use losses::Losses;
pub use protocol::{Event, Hello, PROTOCOL, Request};
