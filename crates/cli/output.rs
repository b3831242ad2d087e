//! The standard streams: data on stdout, everything else on stderr.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use crate::args::Global;
use crate::failure::{Explain, Fail, Failure, causes};

/// Whether the command has written to stdout: a failure after that is no second JSON value.
static WRITTEN: AtomicBool = AtomicBool::new(false);

/// How the user wants to be spoken to.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    json: bool,
    quiet: bool,
    verbose: bool,
}

/// Whether colours make sense: on a terminal, unless `NO_COLOR` says otherwise (no-color.org: set
/// and not empty).
pub fn is_coloured(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// What cannot be read of the command line, or what is said in the place of a command (`--help`); where
/// JSON was asked for, a mistake is the one value on stdout.
pub fn misread(error: &clap::Error) -> ExitCode {
    if error.use_stderr() && std::env::args_os().any(|arg| arg == "--json") {
        let text = error.to_string();
        let words = |part: &str| part.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut parts = text.split("\n\n");
        let mistake = parts.next().unwrap_or_default().trim_start_matches("error: ");
        let tip = parts.find_map(|part| part.trim_start().strip_prefix("tip: "));
        let hint = tip.map(words);
        let value = serde_json::json!({ "error": words(mistake), "hint": hint, "exit": 2 });
        // The exit code says it too, so a closed stdout loses nothing.
        _ = writeln!(io::stdout(), "{value}");
    }
    _ = error.print();
    ExitCode::from(error.exit_code() as u8)
}

#[allow(clippy::unused_self, reason = "whoever speaks to the user does so through this value")]
impl Output {
    /// From the global options; also starts the log of the libraries at `-v`.
    pub fn new(global: &Global) -> Self {
        if global.verbose > 0 {
            let level = if global.verbose > 1 { "debug" } else { "info" };
            tracing_subscriber::fmt()
                .with_env_filter(tracing_subscriber::EnvFilter::new(level))
                .with_writer(io::stderr)
                .with_ansi(is_coloured(&io::stderr()))
                .with_target(false)
                .init();
        }
        Self { json: global.json, quiet: global.quiet, verbose: global.verbose > 0 }
    }

    /// Whether stdout carries one JSON value.
    pub fn is_json(self) -> bool {
        self.json
    }

    /// Whether a bar that moves makes sense.
    pub fn shows_progress(self) -> bool {
        !self.quiet && !self.json && !self.verbose && io::stderr().is_terminal()
    }

    /// The result of the command: text for people, or the one JSON value.
    pub fn result(
        self,
        text: impl FnOnce() -> String,
        json: impl FnOnce() -> Value,
    ) -> Result<(), Failure> {
        let text = if self.json {
            serde_json::to_string_pretty(&json()).expect("keys are texts")
        } else {
            text()
        };
        if text.is_empty() {
            return Ok(());
        }
        self.bytes(format!("{}\n", text.trim_end()).as_bytes())
    }

    /// Bytes to stdout. A reader that left (`| head`) is no error.
    pub fn bytes(self, bytes: &[u8]) -> Result<(), Failure> {
        WRITTEN.store(true, Ordering::Relaxed);
        let mut stdout = io::stdout().lock();
        match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => other.environment().at("stdout"),
        }
    }

    /// A line for people on stderr, unless `--quiet`.
    pub fn note(self, line: impl std::fmt::Display) {
        if !self.quiet {
            // Nobody is left to tell when stderr is closed.
            _ = writeln!(io::stderr(), "{line}");
        }
    }

    /// Something the user should look at; also with `--quiet`.
    pub fn warn(self, line: impl std::fmt::Display) {
        _ = writeln!(io::stderr(), "warning: {line}");
    }

    /// The failure on stderr, and its exit code. Where JSON was asked for and none was written, the
    /// failure is the one JSON value on stdout.
    pub fn fail(self, failure: &Failure) -> ExitCode {
        if self.json && !WRITTEN.load(Ordering::Relaxed) {
            let value = serde_json::json!({
                "error": causes(&failure.error).join(": "),
                "hint": failure.hint,
                "exit": failure.exit as u8,
            });
            // The exit code says it too, so a closed stdout loses nothing.
            _ = self.bytes(format!("{value}\n").as_bytes());
        }
        _ = writeln!(io::stderr(), "{failure}");
        ExitCode::from(failure.exit as u8)
    }
}
