//! A worker and a driver without tensors, for the tests.
//!
//! `worker RUN CONTROL` makes up losses from the job's seed and misbehaves as
//! `CONTROL/behaviour.json` says. `--run RUN …` is the same, as the real worker is started; CONTROL
//! is then the current folder. `--measure …` answers what steps take. `drive RUN CONTROL` drives the
//! toy run with two such workers and prints the name of every job that it starts.

mod toy;
mod worker;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use taskonomy_plan::{Graph, Plan, Selection, WorkerSpec};
use taskonomy_run::{DriverEvent, Entry, RunDir};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args().collect();
    let result = match &args[..] {
        [_, mode, run, control] if mode == "worker" => {
            worker::work(&RunDir::new(run), Path::new(control))
        }
        [_, option, run, _, _, ..] if option == "--run" => {
            worker::work(&RunDir::new(run), Path::new("."))
        }
        [_, option, ..] if option == "--measure" => worker::measure(Path::new(".")),
        [program, _, run, control] => drive(program, run, control),
        _ => Err("worker|drive RUN CONTROL".into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody may be reading.
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::from(4)
        }
    }
}

fn drive(program: &str, root: &str, control: &str) -> Result<()> {
    let run = RunDir::new(root);
    let _lock = run.lock()?;
    let graph = Graph::build(toy::inputs(&[]))?;
    let mut plan = Plan::new(graph, &run, Selection::default(), false)?;
    let args = ["worker", root, control].map(Into::into).to_vec();
    plan.execute(&WorkerSpec::new(program, args, 2), &AtomicBool::new(false), &mut |progress| {
        if let Entry::Driver(DriverEvent::Started { job, .. }) = progress.entry {
            // Whoever reads may have gone.
            let _ = writeln!(std::io::stdout(), "{job}");
        }
    })?;
    Ok(())
}
