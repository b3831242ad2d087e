//! The training worker, a program beside this one.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use taskonomy_run::{Hello, PROTOCOL};

use crate::failure::{Exit, Fail, Failure};

/// The worker that stands beside this program.
pub fn find() -> Result<PathBuf, Failure> {
    let here = std::env::current_exe().environment()?;
    let worker = here.with_file_name("taskonomy-worker");
    if worker.is_file() {
        return Ok(worker);
    }
    let message = format!(
        "there is no taskonomy-worker beside {}: stage 1, stage 2 and predict train or run \
         networks and need it",
        here.display()
    );
    Err(Failure::new(Exit::Environment, message).hint(
        "scripts/libtorch.sh, then build with the feature `torch` (it is on by default: \
         `cargo build --release`); stage3, stage4, solve and export work without it",
    ))
}

/// What the worker is to compute on.
pub fn device(asked: &str) -> &str {
    if asked == "auto" { "cpu" } else { asked }
}

/// Starts the worker only to hear what it is.
pub fn hello() -> Result<Hello, Failure> {
    let worker = find()?;
    let output =
        Command::new(&worker).arg("--hello").stdin(Stdio::null()).output().environment()?;
    let line = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(line.trim()).map_err(|_| {
        let said = String::from_utf8_lossy(&output.stderr);
        let message = format!("{} does not start: {}", worker.display(), said.trim());
        Failure::new(Exit::Environment, message)
            .hint("run scripts/libtorch.sh and build again, so that the worker finds libtorch")
    })
}

/// Refuses a worker of another build.
pub fn check(hello: &Hello) -> Result<(), Failure> {
    let ours = env!("CARGO_PKG_VERSION");
    if hello.protocol == PROTOCOL && hello.version == ours {
        return Ok(());
    }
    let message = format!(
        "taskonomy {ours} speaks protocol {PROTOCOL}, its worker is {} with protocol {}",
        hello.version, hello.protocol
    );
    Err(Failure::new(Exit::Environment, message).hint("build both programs again, together"))
}
