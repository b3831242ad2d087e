//! Checkpoints of the job that is being executed.

use std::error::Error;
use std::time::{Duration, Instant};

use taskonomy_nn::{Checkpoints, Compute, NnError};
use taskonomy_run::{Event, Job, JobDir, JobKind};

use crate::{machine, pipe};

/// Keeps the state of a job's training in the job's folder.
pub(crate) struct Keeper<'a> {
    folder: JobDir,
    job: JobKind,
    identity: String,
    every: Duration,
    last: Instant,
    tell: &'a dyn Fn(Event),
}

impl<'a> Keeper<'a> {
    /// For one attempt, which begins now.
    pub(crate) fn new(
        folder: JobDir,
        job: &Job,
        compute: Compute,
        every: Duration,
        tell: &'a dyn Fn(Event),
    ) -> Self {
        let (kind, settings) = (&job.kind, job.fingerprint.hash());
        let (version, libtorch) = (env!("CARGO_PKG_VERSION"), machine::libtorch());
        let (cpu, device) = (machine::cpu().join(" "), compute.device);
        let identity = format!(
            "{kind} {settings}, taskonomy {version}, libtorch {libtorch} on {device:?} {cpu}"
        );
        Self { folder, job: kind.clone(), identity, every, last: Instant::now(), tell }
    }

    fn unusable(&self, why: &dyn Error) {
        let path = self.folder.folder().display();
        pipe::say(format_args!("{path}: the checkpoint is left out, training begins anew: {why}"));
    }
}

impl Checkpoints for Keeper<'_> {
    fn identity(&self) -> &str {
        &self.identity
    }

    fn last(&mut self) -> Option<Vec<u8>> {
        self.folder.checkpoint().unwrap_or_else(|error| {
            self.unusable(&error);
            None
        })
    }

    fn is_due(&mut self) -> bool {
        self.last.elapsed() >= self.every
    }

    fn keep(&mut self, state: &[u8]) -> Result<(), Box<dyn Error + Send + Sync>> {
        self.folder.keep_checkpoint(state)?;
        self.last = Instant::now();
        Ok(())
    }

    fn resumed(&mut self, epoch: usize, step: usize) {
        (self.tell)(Event::Resumed { job: self.job.clone(), epoch, step });
    }

    fn ignored(&mut self, why: &NnError) {
        self.unusable(why);
    }
}
