//! What connects a training with the outside: its end, its progress, its checkpoints.

use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::NnError;
use crate::fit::Epoch;
use crate::times::Times;

/// How the outside follows and ends a training.
pub struct Watch<'a> {
    /// Checked after every step.
    pub stop: &'a AtomicBool,
    /// Told of every epoch.
    pub on_epoch: &'a mut dyn FnMut(&Epoch),
    /// Where the state of the training is kept; without it, a training that stops is lost.
    pub checkpoints: Option<&'a mut dyn Checkpoints>,
    /// Where the time went; whoever works adds to it.
    pub times: Times,
}

impl<'a> Watch<'a> {
    /// Without checkpoints.
    pub fn new(stop: &'a AtomicBool, on_epoch: &'a mut dyn FnMut(&Epoch)) -> Self {
        Self { stop, on_epoch, checkpoints: None, times: Times::default() }
    }

    /// # Errors
    /// [`NnError::Stopped`] once the flag is set.
    pub fn check(&self) -> Result<(), NnError> {
        if self.stop.load(Ordering::Relaxed) { Err(NnError::Stopped) } else { Ok(()) }
    }
}

/// Where the state of a training is kept, so that another process can take it up.
///
/// When a state is kept depends on clocks and signals; what a training comes to does not.
pub trait Checkpoints {
    /// Everything that the training depends on beyond what [`fit`](crate::fit) is given: a state of
    /// another identity is not taken up.
    fn identity(&self) -> &str;

    /// The state that was kept last, if there is one.
    fn last(&mut self) -> Option<Vec<u8>>;

    /// Whether it is time to keep the state; asked after every step.
    fn is_due(&mut self) -> bool;

    /// Keeps a state in place of the last.
    ///
    /// # Errors
    /// Whatever prevents it; the training then ends.
    fn keep(&mut self, state: &[u8]) -> Result<(), Box<dyn Error + Send + Sync>>;

    /// The last state was taken up: this many steps of this epoch (from 1) are done.
    fn resumed(&mut self, epoch: usize, step: usize);

    /// The last state is of no use, and the training begins anew.
    fn ignored(&mut self, why: &NnError);
}
