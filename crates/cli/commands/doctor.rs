//! `doctor`: what this machine lacks, each with its fix.

use std::path::Path;

use serde::Serialize;
use serde_json::json;

use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::{machine, worker};

#[derive(Serialize)]
struct Finding {
    name: &'static str,
    ok: bool,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
}

impl Finding {
    fn new(name: &'static str, ok: bool, found: impl Into<String>, fix: &str) -> Self {
        Self { name, ok, found: found.into(), fix: (!ok).then(|| fix.to_owned()) }
    }
}

/// Looks at everything and prints it; exit 4 when something is missing.
pub fn doctor(output: Output) -> Result<(), Failure> {
    let findings = [worker(), cpu(), memory(), disk(), results()];
    output.result(|| table(&findings), || json!({ "findings": findings }))?;
    let missing = findings.iter().filter(|f| !f.ok).count();
    if missing == 0 {
        return Ok(());
    }
    let message = format!("{missing} of {} checks found something missing", findings.len());
    Err(Failure::new(Exit::Environment, message))
}

fn table(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let mark = if finding.ok { "ok     " } else { "missing" };
        text += &format!("{mark} {:<8} {}\n", finding.name, finding.found);
        if let Some(fix) = &finding.fix {
            text += &format!("                 fix: {fix}\n");
        }
    }
    text
}

/// The training worker, its libtorch and its version.
fn worker() -> Finding {
    match worker::hello().and_then(|hello| worker::check(&hello).map(|()| hello)) {
        Ok(hello) => {
            let found =
                format!("taskonomy-worker {} with libtorch {}", hello.version, hello.libtorch);
            Finding::new("worker", true, found, "")
        }
        Err(failure) => {
            let fix = failure.hint.unwrap_or_default();
            Finding::new("worker", false, failure.error.to_string(), &fix)
        }
    }
}

/// Cores, and whether bf16 pays.
fn cpu() -> Finding {
    let cores = machine::cores();
    let precision = if machine::has_amx() {
        "AMX: precision auto is bf16"
    } else {
        "no AMX: precision auto is f32"
    };
    Finding::new("cpu", true, format!("{cores} cores, {precision}"), "")
}

/// Workers take about 0.7 GiB each on the quick pipeline.
fn memory() -> Finding {
    let Some(bytes) = machine::available_memory() else {
        return Finding::new("memory", true, "not known on this system", "");
    };
    let gib = bytes as f64 / f64::from(1 << 30);
    let fix = "close other programs, or train fewer networks at once with --jobs 1";
    Finding::new("memory", gib >= 3.0, format!("{gib:.1} GiB available"), fix)
}

fn disk() -> Finding {
    match rustix::fs::statvfs(".") {
        Ok(stat) => {
            let gib = (stat.f_bavail * stat.f_frsize) as f64 / f64::from(1 << 30);
            let fix = "make room: the quick pipeline writes about 1 GB below data/ and results/";
            Finding::new("disk", gib >= 1.5, format!("{gib:.1} GiB free here"), fix)
        }
        Err(error) => Finding::new("disk", false, error.to_string(), "work in another folder"),
    }
}

/// Whether runs can be written below the current folder.
fn results() -> Finding {
    let folder = if Path::new("results").is_dir() { "results" } else { "." };
    let writable = rustix::fs::access(folder, rustix::fs::Access::WRITE_OK).is_ok();
    let found = if writable { "results/ can be written" } else { "results/ cannot be written" };
    Finding::new(
        "results",
        writable,
        found,
        "work in a folder of your own, or name runs with --run",
    )
}
