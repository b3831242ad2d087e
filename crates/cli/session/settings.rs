//! The settings of a session: read, overridden, every `auto` decided.

use taskonomy_core::{Dictionary, Pipeline, PipelineError, Precision};
use taskonomy_run::RunDir;

use super::run_failure;
use crate::args::Stage;
use crate::failure::{Exit, Explain, Fail, Failure};
use crate::output::Output;
use crate::{machine, runs};

/// The pipeline that is asked for, with the overrides of the command line.
pub fn pipeline(args: &Stage, tasks: &Dictionary, output: Output) -> Result<Pipeline, Failure> {
    let (text, place) = source(args, output)?;
    let mut settings = args.set.clone();
    settings.extend(args.seed.map(|seed| format!("seed={seed}")));
    let with = if settings.is_empty() { "" } else { " with --set" };
    match parse(&text, &settings, tasks) {
        Err(failure) if failure.exit == Exit::Usage => Err(failure),
        parsed => parsed.at(format_args!("{place}{with}")),
    }
}

/// The pipeline's text and where it is from: the file, else the run's own config.toml.
fn source(args: &Stage, output: Output) -> Result<(String, String), Failure> {
    if let Some(file) = &args.pipeline {
        let text = std::fs::read_to_string(file).input().at(file.display());
        return Ok((text.hint(PIPELINE_HINT)?, file.display().to_string()));
    }
    let run = runs::find(args.run.as_ref(), output)?;
    Ok((runs::config(&run)?, run.path("config.toml").display().to_string()))
}

const PIPELINE_HINT: &str = "`taskonomy init` writes a pipeline to start from";

fn parse(text: &str, settings: &[String], tasks: &Dictionary) -> Result<Pipeline, Failure> {
    Pipeline::parse(text, settings, tasks).map_err(|error| {
        let hint = match &error {
            PipelineError::Syntax { nearest: Some(key), .. } => {
                Some(format!("did you mean `{key}`?"))
            }
            PipelineError::Task { .. } => {
                let ids: Vec<_> = tasks.iter().map(|task| task.id.as_str()).collect();
                Some(format!("the tasks are {}", ids.join(", ")))
            }
            PipelineError::Maker { make: Some(make), .. } => {
                Some(format!("{make} are described by {} and size", make.keys().join(", ")))
            }
            PipelineError::Maker { of, make: None, .. } => {
                Some(format!("say make = \"{of}\" below [data], or leave it out"))
            }
            _ => None,
        };
        let exit = match &error {
            PipelineError::Override(_) => Exit::Usage,
            _ => Exit::Input,
        };
        Failure { error: error.into(), hint, exit }
    })
}

/// `auto` is decided once: a run that exists keeps what it was made with.
pub fn decide_precision(
    pipeline: &mut Pipeline,
    run: &RunDir,
    tasks: &Dictionary,
) -> Result<(), Failure> {
    if pipeline.networks.precision == Precision::Auto {
        let before = run.config().map_err(run_failure)?;
        let before = before.and_then(|text| Pipeline::parse(&text, &[], tasks).ok());
        pipeline.networks.precision = match before {
            Some(before) => before.networks.precision,
            None if machine::has_amx() => Precision::Bf16,
            None => Precision::F32,
        };
    }
    Ok(())
}

pub fn check_device(device: &str) -> Result<(), Failure> {
    let cuda = device.strip_prefix("cuda:").is_some_and(|index| index.parse::<u8>().is_ok());
    if cuda || ["auto", "cpu"].contains(&device) {
        return Ok(());
    }
    Err(Failure::new(Exit::Usage, format!("--device {device}: it is auto, cpu or cuda:N")))
}
