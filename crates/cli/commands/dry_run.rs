//! `--dry-run`: what would be done, and what it would cost.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use serde_json::json;
use taskonomy_core::Split;
use taskonomy_plan::{Costs, Extent, Listed, Stages};
use taskonomy_run::{Event, Hello, Measure, Measured, Request, Steps};

use crate::args::Stage;
use crate::commands::status::Counts;
use crate::failure::{Exit, Fail, Failure, causes};
use crate::output::Output;
use crate::progress::{counted, duration};
use crate::session::Session;
use crate::worker;

/// Lists the jobs, counts them, and estimates disk and time.
pub fn training(
    session: &Session,
    stages: Stages,
    args: &Stage,
    output: Output,
) -> Result<(), Failure> {
    let plans = session.plans(stages, args.force, output)?;
    let mut lines = plans[0].listing();
    for (number, plan) in (2..).zip(&plans[1..]) {
        let again = plan.listing().into_iter();
        lines.extend(again.map(|line| Listed { job: format!("{number}: {}", line.job), ..line }));
    }
    let extent = Extent {
        images: &|split| session.images(split),
        items: &|target, split| session.items(target, split),
        views: &|target| session.views(target),
    };
    let costs = |measured| {
        let each = plans.iter().map(|plan| plan.costs(&extent, measured));
        let sum = each.reduce(|mut sum, costs| {
            sum.add(&costs);
            sum
        });
        sum.expect("there is the run itself")
    };
    let nothing = costs(None);
    let (measured, why) = if nothing.left.is_empty() || args.no_measure {
        (None, None)
    } else {
        match measure(session, &args.device) {
            Ok(measured) => (Some(measured), None),
            Err(failure) => (None, Some(causes(&failure.error).join(": "))),
        }
    };
    let costs = costs(measured.as_ref());
    let workers = args.workers();
    let images = Split::ALL.map(|split| (split, session.images(split)));
    output.result(
        || {
            let mut text = listing(&lines);
            text += "\n\n";
            text += &summary(&costs, &images, workers);
            if let Some(why) = &why {
                text += &format!("time: not estimated: {why}\n");
            }
            text
        },
        || {
            let mut costs = json!(costs);
            costs["images"] = json!(BTreeMap::from(images));
            costs["workers"] = json!(workers);
            costs["measured"] = json!(measured);
            costs["not_measured"] = json!(why);
            json!({ "jobs": lines, "costs": costs })
        },
    )
}

/// Says what stage 3 lacks: it trains nothing.
pub fn stage3(session: &Session, args: &Stage, output: Output) -> Result<(), Failure> {
    let left = Counts::of_plans(&session.plans(Stages::All, args.force, output)?).left();
    output.result(
        || match left {
            0 => "stage 3 lacks nothing".to_owned(),
            left => format!("stage 3 lacks {} of stages 1 and 2", counted(left, "job")),
        },
        || json!({ "jobs_left": left }),
    )
}

/// Says on what stage 4 solves its programme: it trains nothing.
pub fn stage4(session: &Session, output: Output) -> Result<(), Failure> {
    let file = session.run.path("stage3/affinities.csv");
    let is_there = file.is_file();
    output.result(
        || {
            let absent = if is_there { "" } else { ", which stage 3 has not made yet" };
            format!("stage 4 solves the programme on {}{absent}", file.display())
        },
        || json!({ "affinities": file, "is_there": is_there }),
    )
}

fn listing(lines: &[Listed]) -> String {
    let width = lines.iter().map(|line| line.job.len()).max().unwrap_or(0);
    let line = |l: &Listed| format!("stage {}  {:width$}  {}", l.stage, l.job, l.reason);
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn summary(costs: &Costs, images: &[(Split, usize)], workers: usize) -> String {
    let mut left: Vec<_> = costs
        .left
        .iter()
        .map(|(kind, n)| match kind.split_once(" order ") {
            Some((kind, order)) => format!("{} of order {order}", counted(*n, kind)),
            None if kind == "features" => counted(*n, "encoding"),
            None if kind == "scratch" => format!("{} from scratch", counted(*n, "training")),
            None if kind == "scratch leg" => format!("{} from scratch", counted(*n, "leg")),
            None if kind == "small" => format!("{} on little data", counted(*n, "network")),
            None => counted(*n, kind),
        })
        .collect();
    if left.is_empty() {
        left.push("nothing".to_owned());
    }
    let mut text = format!("left: {} ({} done)\n", left.join(", "), counted(costs.done, "job"));
    let images: Vec<_> = images.iter().map(|(split, n)| format!("{n} {split}")).collect();
    text += &format!("images: {}\n", images.join(", "));
    if costs.features > 0 {
        let (all, each) = (bytes(costs.features), bytes(costs.features_each));
        text += &format!("features: {all} on disk, {each} a source\n");
    }
    if let Some(estimate) = costs.measured {
        let (networks, readouts) = (estimate.network_weights, estimate.readout_weights);
        let [networks, readouts] = [networks, readouts].map(bytes);
        text += &format!(
            "weights: {networks} of networks on disk, {readouts} of readouts at most\n\
             time: about {} on {} ({} of one), by steps measured here, reading of images apart\n",
            duration(estimate.seconds / workers as f64),
            counted(workers, "worker"),
            duration(estimate.seconds),
        );
    }
    text
}

/// Bytes for people: `31 kB`, `2.1 MB`, `10.6 GB`.
fn bytes(n: u64) -> String {
    match n {
        0..10_000 => format!("{n} B"),
        10_000..1_000_000 => format!("{} kB", n / 1000),
        1_000_000..1_000_000_000 => format!("{:.1} MB", n as f64 / 1e6),
        _ => format!("{:.1} GB", n as f64 / 1e9),
    }
}

/// Lets a worker take a few steps.
fn measure(session: &Session, device: &str) -> Result<Measured, Failure> {
    let pipeline = &session.pipeline;
    let (networks, transfers) = (&pipeline.networks, &pipeline.transfers);
    let request = Request::Measure(Measure {
        encoder: networks.encoder,
        size: pipeline.data.size,
        precision: networks.precision,
        networks: Steps { batch: networks.batch, optimizer: networks.optimizer },
        transfers: Steps { batch: transfers.batch, optimizer: transfers.optimizer },
    });
    let mut child = Command::new(worker::find()?)
        .args(["--measure", "--device", worker::device(device)])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .environment()?;
    let mut stdin = child.stdin.take().expect("it was piped");
    let line = serde_json::to_string(&request).expect("keys are texts");
    // A worker that is gone already has said why on stderr.
    _ = writeln!(stdin, "{line}");
    let mut lines = BufReader::new(child.stdout.take().expect("it was piped")).lines();
    let mut next = || lines.next().transpose().environment();
    let hello = next()?.and_then(|line| serde_json::from_str::<Hello>(&line).ok());
    if let Some(hello) = &hello {
        worker::check(hello)?;
    }
    let event = match hello {
        Some(_) => next()?.and_then(|line| serde_json::from_str(&line).ok()),
        None => None,
    };
    drop(stdin);
    if let Some(Event::Measured(measured)) = event {
        child.wait().environment()?;
        return Ok(measured);
    }
    let said = child.wait_with_output().environment()?;
    let said = String::from_utf8_lossy(&said.stderr);
    let said = said.lines().find_map(|line| line.strip_prefix("error: ")).unwrap_or("no reason");
    Err(Failure::new(Exit::Environment, format!("the worker ended without an answer ({said})")))
}
