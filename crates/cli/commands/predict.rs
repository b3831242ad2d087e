//! `predict`: paints what a stage-1 network makes of images.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;
use taskonomy_run::{Event, Hello, Request};

use crate::args::Predict;
use crate::failure::{Exit, Explain, Fail, Failure};
use crate::output::Output;
use crate::worker;

/// An error about an image; most name it themselves.
fn named(image: &Path, error: &str) -> String {
    let image = image.display().to_string();
    if error.starts_with(&image) { error.to_owned() } else { format!("{image}: {error}") }
}

/// Starts one worker on the network's run and hands it the images.
pub fn predict(args: &Predict, output: Output) -> Result<(), Failure> {
    let run = args.model.parent().and_then(|stage| stage.parent());
    let run = run.filter(|run| run.join("config.toml").is_file()).ok_or_else(|| {
        let message = format!("{} is no network of a run", args.model.display());
        Failure::new(Exit::Input, message).hint("name a folder RUN/stage1/TASK")
    })?;
    if !args.model.join("done.json").is_file() {
        let message = format!("{}: the network is not trained", args.model.display());
        return Err(Failure::new(Exit::Incomplete, message).hint("finish stage 1 of that run"));
    }
    let program = worker::find()?;
    let mut child = Command::new(&program)
        .arg("--run")
        .arg(run)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .environment()?;
    let request = Request::Predict {
        model: args.model.clone(),
        images: args.images.clone(),
        out: args.out.clone(),
    };
    let mut stdin = child.stdin.take().expect("it was piped");
    let line = serde_json::to_string(&request).expect("keys are texts");
    // A worker that is gone already is told of below: it has said no hello.
    _ = writeln!(stdin, "{line}");

    let mut lines = BufReader::new(child.stdout.take().expect("it was piped")).lines();
    let hello = lines.next().transpose().environment()?.ok_or_else(|| {
        let message = format!("the worker {} ended before it said hello", program.display());
        Failure::new(Exit::Environment, message).hint("`taskonomy doctor` says what it lacks")
    })?;
    let hello: Hello = serde_json::from_str(&hello).environment().at("the worker's first line")?;
    worker::check(&hello)?;
    let (mut painted, mut failed) = (Vec::new(), Vec::new());
    while painted.len() + failed.len() < args.images.len() {
        let Some(line) = lines.next() else { break };
        match serde_json::from_str(&line.environment()?).environment()? {
            Event::Predicted { image, out } => painted.push((image, out)),
            Event::NotPredicted { image, error } => {
                output.warn(named(&image, &error));
                failed.push((image, error));
            }
            _ => {}
        }
    }
    drop(stdin);
    child.wait().environment()?;
    output.result(
        || {
            let lines = painted.iter().map(|(_, out)| out.display().to_string());
            lines.collect::<Vec<_>>().join("\n")
        },
        || json!({ "painted": painted, "failed": failed }),
    )?;
    if painted.len() + failed.len() < args.images.len() {
        return Err(Failure::new(Exit::Environment, "the worker died"));
    }
    if !failed.is_empty() {
        let message = format!("{} of {} images failed", failed.len(), args.images.len());
        return Err(Failure::new(Exit::Input, message));
    }
    Ok(())
}
