//! `taskonomy-worker`: executes training jobs, one after another, as its driver asks.
//!
//! Jobs come on stdin and events go out on what was stdout, one JSON value a line (see
//! `taskonomy_run::Request` and `Event`); everything else goes to stderr. It leaves when stdin ends.

mod checkpoint;
mod execute;
mod machine;
mod measure;
mod pipe;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Parser;
use taskonomy_core::{Dictionary, Pipeline};
use taskonomy_data::Dataset;
use taskonomy_nn::Compute;
use taskonomy_run::{Event, Measure, Request, RunDir};

use crate::execute::{Executor, Outcome};

/// Executes training jobs; started by `taskonomy`, or by a cluster's batch script.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The run directory.
    #[arg(long, value_name = "DIR", required_unless_present_any = ["hello", "measure"])]
    run: Option<PathBuf>,
    /// Say hello and leave.
    #[arg(long, conflicts_with = "run")]
    hello: bool,
    /// Take no jobs, only time steps as asked; needs no run.
    #[arg(long, conflicts_with = "run")]
    measure: bool,
    /// `cpu`, or `cuda:0` and so on.
    #[arg(long, default_value = "cpu", value_parser = machine::parse_device)]
    device: tch::Device,
    /// Seconds between two checkpoints of a training; 0 is after every step.
    #[arg(long, value_name = "SECONDS", default_value = "30")]
    checkpoint_every: u64,
}

/// The environment is at fault: I/O, libtorch, device.
const ENVIRONMENT: u8 = 4;

fn main() -> ExitCode {
    machine::keep_memory();
    // One thread a worker and one worker a core: the fastest, and the sums have one order.
    tch::set_num_threads(1);
    let arguments = Arguments::parse();
    match work(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            pipe::say(format_args!("error: {error:#}"));
            ExitCode::from(ENVIRONMENT)
        }
    }
}

fn work(arguments: &Arguments) -> anyhow::Result<()> {
    let events = pipe::Events::take_stdout().context("stdout")?;
    machine::tame_signals().context("signals")?;
    let _ = rayon::ThreadPoolBuilder::new().num_threads(1).build_global();
    events.send(&machine::hello())?;
    if arguments.hello {
        return Ok(());
    }
    let (stop, idle) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(true)));
    machine::heed_termination(&stop, &idle).context("signals")?;
    let requests = pipe::listen(Arc::clone(&stop));
    let measured = |measure: &Measure| -> anyhow::Result<()> {
        let measured = measure::measure(measure, arguments.device, &stop)?;
        events.send(&Event::Measured(measured))
    };
    if arguments.measure {
        for request in requests {
            let Request::Measure(measure) = request? else { bail!("--run is missing") };
            measured(&measure)?;
        }
        return Ok(());
    }

    let run = arguments.run.as_ref().context("--run is missing")?;
    let run = RunDir::new(run);
    let config = run.path("config.toml");
    let text = run.config()?.with_context(|| format!("{}: there is no run", config.display()))?;
    let builtin = Dictionary::builtin();
    let pipeline =
        Pipeline::parse(&text, &[], &builtin).with_context(|| format!("{}", config.display()))?;
    let dictionary = pipeline.dictionary(&builtin);
    let mut dataset = Dataset::open(pipeline.data.path.as_ref())?;
    for own in &pipeline.own_tasks {
        dataset = dataset.join(Dataset::open(&run.own(&own.id))?)?;
    }
    let compute = Compute::on(arguments.device, pipeline.networks.precision);
    let every = Duration::from_secs(arguments.checkpoint_every);
    let executor = Executor::new(run, &pipeline, &dictionary, &dataset, compute, every);

    for request in requests {
        match request? {
            Request::Job(job) => {
                idle.store(false, Ordering::Relaxed);
                match executor.job(&job, &stop, &events)? {
                    Outcome::Stopped => break,
                    Outcome::Ended(event) => events.send(&event)?,
                }
                // In this order: a signal ends the wait for the next request, or was seen before.
                idle.store(true, Ordering::SeqCst);
                if stop.load(Ordering::SeqCst) {
                    break;
                }
            }
            Request::Predict { model, images, out } => {
                executor.predict(&model, images, &out, &events)?;
            }
            Request::Measure(measure) => measured(&measure)?,
        }
    }
    Ok(())
}
