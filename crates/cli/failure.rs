//! Errors as a user meets them: a chain of causes, a hint, an exit code.

use std::{fmt, io};

/// Why the process ends with another code than 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// The input cannot be satisfied.
    Input = 1,
    /// The command line is wrong.
    Usage = 2,
    /// Jobs are pending or failed.
    Incomplete = 3,
    /// I/O, libtorch, device.
    Environment = 4,
    /// Interrupted; the same command goes on.
    Interrupted = 75,
}

/// An error with what the user can do about it.
#[derive(Debug)]
pub struct Failure {
    /// What happened, with its causes.
    pub error: anyhow::Error,
    /// What to do about it.
    pub hint: Option<String>,
    /// The exit code.
    pub exit: Exit,
}

impl Failure {
    /// An error of that kind.
    pub fn new(exit: Exit, message: impl fmt::Display) -> Self {
        Self { error: anyhow::anyhow!("{message}"), hint: None, exit }
    }

    /// Adds a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Failure {
    /// `error: …`, one `because: …` per cause, a blank line and the hint.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", causes(&self.error).join("\n  because: "))?;
        match &self.hint {
            Some(hint) => write!(f, "\n\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

/// The chain of causes. Many errors repeat their cause; a user needs to read it once.
pub fn causes(error: &anyhow::Error) -> Vec<String> {
    let mut causes: Vec<String> = Vec::new();
    for cause in error.chain().map(ToString::to_string) {
        if !causes.last().is_some_and(|said| said.contains(&cause)) {
            causes.push(cause);
        }
    }
    causes
}

/// What to do when a file cannot be written for want of room.
pub fn full_disk(error: &io::Error) -> Option<&'static str> {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    let is_full = matches!(error.kind(), FileTooLarge | QuotaExceeded | StorageFull);
    is_full.then_some("make room, or raise the limit, then give the same command again")
}

/// Turns errors of libraries into failures.
pub trait Fail<T> {
    /// The input cannot be satisfied (exit 1).
    fn input(self) -> Result<T, Failure>;
    /// Files, libtorch or the device are to blame (exit 4).
    fn environment(self) -> Result<T, Failure>;
}

impl<T, E: Into<anyhow::Error>> Fail<T> for Result<T, E> {
    fn input(self) -> Result<T, Failure> {
        self.map_err(|error| Failure { error: error.into(), hint: None, exit: Exit::Input })
    }

    fn environment(self) -> Result<T, Failure> {
        self.map_err(|error| Failure { error: error.into(), hint: None, exit: Exit::Environment })
    }
}

/// Adds a hint or the file at fault to a failed result.
pub trait Explain<T> {
    /// What the user can do.
    fn hint(self, hint: impl Into<String>) -> Result<T, Failure>;
    /// Names the file (or other place) before the message.
    fn at(self, place: impl fmt::Display) -> Result<T, Failure>;
}

impl<T> Explain<T> for Result<T, Failure> {
    fn hint(self, hint: impl Into<String>) -> Self {
        self.map_err(|failure| failure.hint(hint))
    }

    fn at(self, place: impl fmt::Display) -> Self {
        self.map_err(|failure| Failure {
            error: anyhow::anyhow!("{place}: {}", causes(&failure.error).join(": ")),
            ..failure
        })
    }
}
