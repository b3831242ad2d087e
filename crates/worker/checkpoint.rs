//! Checkpoints of the job that is being executed.

use std::error::Error;
use std::time::{Duration, Instant};

use taskonomy_nn::{Checkpoints, Compute, NnError};
use taskonomy_run::{Event, Job, JobDir, JobKind};

use crate::{machine, pipe};

/// Keeps the state of a job's training in the job's folder; of a leg the last one stays, for the job
/// that goes on from it.
pub(crate) struct Keeper<'a> {
    folder: JobDir,
    /// Those of the legs before, the latest first.
    legs: Vec<JobDir>,
    /// Where the last state was.
    found: JobDir,
    job: JobKind,
    identity: String,
    every: Duration,
    last: Instant,
    tell: &'a dyn Fn(Event),
}

impl<'a> Keeper<'a> {
    /// For one attempt, which begins now; the training goes on from the job's own state, or else from
    /// that of the first of these legs that has one.
    pub(crate) fn new(
        folder: JobDir,
        legs: Vec<JobDir>,
        job: &Job,
        compute: Compute,
        every: Duration,
        tell: &'a dyn Fn(Event),
    ) -> Self {
        let (kind, settings) = (job.kind.training(), job.fingerprint.hash());
        let (version, libtorch) = (env!("CARGO_PKG_VERSION"), machine::libtorch());
        let (cpu, device) = (machine::cpu().join(" "), compute.device);
        let identity = format!(
            "{kind} {settings}, taskonomy {version}, libtorch {libtorch} on {device:?} {cpu}"
        );
        let (found, job) = (folder.clone(), job.kind.clone());
        Self { folder, legs, found, job, identity, every, last: Instant::now(), tell }
    }

    fn unusable(&self, why: &dyn Error) {
        let path = self.found.folder().display();
        pipe::say(format_args!("{path}: the checkpoint is left out, training begins anew: {why}"));
    }
}

impl Checkpoints for Keeper<'_> {
    fn identity(&self) -> &str {
        &self.identity
    }

    fn last(&mut self) -> Option<Vec<u8>> {
        for folder in std::iter::once(&self.folder).chain(&self.legs) {
            self.found = folder.clone();
            match folder.checkpoint() {
                Ok(None) => {}
                Ok(state) => return state,
                Err(error) => self.unusable(&error),
            }
        }
        None
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
        // That a leg goes on from the one before is no news.
        if self.found.folder() == self.folder.folder() {
            (self.tell)(Event::Resumed { job: self.job.clone(), epoch, step });
        }
    }

    fn ignored(&mut self, why: &NnError) {
        self.unusable(why);
    }
}
