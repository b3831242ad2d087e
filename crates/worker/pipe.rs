//! The two ends of the protocol.

use std::fs::File;
use std::io::{self, BufRead, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};

use anyhow::Context;
use serde::Serialize;
use taskonomy_run::Request;

/// Where events go: a descriptor of their own.
#[derive(Debug)]
pub(crate) struct Events(File);

impl Events {
    /// Takes what is stdout now and makes stdout another stderr, so that nothing libtorch prints
    /// can damage the protocol.
    pub(crate) fn take_stdout() -> io::Result<Self> {
        let events = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdout(), 3)?;
        rustix::stdio::dup2_stdout(rustix::stdio::stderr())?;
        Ok(Self(File::from(events)))
    }

    /// Writes one line, at once.
    pub(crate) fn send(&self, value: &impl Serialize) -> anyhow::Result<()> {
        let mut line = serde_json::to_vec(value)?;
        line.push(b'\n');
        (&self.0).write_all(&line).context("the driver does not listen any more")
    }
}

/// A line on stderr, which the driver appends to the run's `workers.log`.
pub(crate) fn say(line: impl std::fmt::Display) {
    // Nobody may be reading any more; there is nothing left to do about it.
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}

/// Reads requests on a thread of its own, so that the end of stdin is noticed in the middle of a
/// job: it sets the flag.
pub(crate) fn listen(stop: Arc<AtomicBool>) -> Receiver<anyhow::Result<Request>> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines() {
            let request = line.context("stdin").and_then(|line| {
                serde_json::from_str(&line).with_context(|| format!("no request: {line}"))
            });
            if sender.send(request).is_err() {
                break;
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
    receiver
}
