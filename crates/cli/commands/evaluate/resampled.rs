//! `evaluate --bootstrap`: the policy on resampled test images.

use std::path::PathBuf;

use serde_json::{Value, json};
use taskonomy_affinity::{Bootstrap, affinity_table, bootstrap};
use taskonomy_core::{AffinityTable, Allocation, Pipeline, Spread};
use taskonomy_policy::{Choice, Problem, Stability};
use taskonomy_report::{stability_csv, stability_tables};
use taskonomy_run::RunDir;

use super::{asked, format, print_json, print_tables, spread};
use crate::args::{Evaluate, EvaluateFormat};
use crate::commands::solve::{of_pipeline, pipeline, policy_failure};
use crate::failure::{Exit, Explain, Fail, Failure};
use crate::output::Output;
use crate::{conclude, runs};

pub fn evaluate(args: &Evaluate, draws: usize, output: Output) -> Result<(), Failure> {
    let format = format(args, output);
    if format == EvaluateFormat::Svg {
        let failure = Failure::new(Exit::Usage, "--format: a bootstrap is no picture");
        return Err(failure.hint("its formats are table, csv and json"));
    }
    let budget = match args.budget.as_ref().map(crate::span::Span::values) {
        None => None,
        Some(&[budget]) => Some(budget),
        Some(_) => {
            let message = "--budget: a bootstrap is of one budget at a time";
            return Err(Failure::new(Exit::Usage, message));
        }
    };
    let (run, folder) = place(args, output)?;
    let tables = conclude::read_tables(&folder)?;
    let held = bootstrap(&tables, draws, args.seed).input().at(folder.display())?;
    let undecided: usize = held.iter().map(|of| of.undecided).sum();
    if undecided > 0 {
        output.warn(format_args!(
            "{}: losses are missing; {undecided} pairs of contenders had no common sample in a resample and count as equal there",
            folder.display()
        ));
    }
    let tournaments: Vec<_> = held.iter().map(|of| of.tournament.clone()).collect();
    for defect in tournaments.iter().flat_map(|tournament| &tournament.defects) {
        output.warn(defect);
    }
    let table = affinity_table(&tournaments);
    let draws = affinities(&table, &held, draws);
    let mut problem = match &run {
        Some(run) => {
            let pipeline = pipeline(run)?;
            warn_of_difference(&pipeline, output);
            of_pipeline(&pipeline, table)
        }
        None => Problem::new(table).budget(4.0),
    };
    asked(&mut problem, args)?;
    problem.budget = budget.unwrap_or(problem.budget);
    let stability = problem.stability(&draws).map_err(policy_failure)?;
    match format {
        EvaluateFormat::Csv => output.bytes(stability_csv(&held, &stability).as_bytes()),
        EvaluateFormat::Json => print_json(&json(&held, &stability), output),
        _ => print_tables(&stability_tables(&stability), output),
    }
}

/// Where the run's affinities follow from more than these losses, so that its policy may be another.
fn warn_of_difference(pipeline: &Pipeline, output: Output) {
    if pipeline.repeats > 1 {
        output.warn(format_args!(
            "only the first training is resampled, and its policy judged: the run's follows from the \
             mean affinities of {}",
            pipeline.repeats
        ));
    }
    if pipeline.transfers.allocation == Allocation::Racing {
        output.warn(
            "transfers that left the race are left out: they have no losses on test images, but \
             affinities that the run's policy follows from",
        );
    }
}

/// The run, if it is one, and the folder of loss tables.
fn place(args: &Evaluate, output: Output) -> Result<(Option<RunDir>, PathBuf), Failure> {
    if let Some(folder) = &args.losses {
        return Ok((None, folder.clone()));
    }
    let run = runs::find(args.run.as_ref(), output)?;
    let folder = run.path("stage2/losses");
    if !folder.is_dir() {
        let message = format!("{}: the run has no losses", folder.display());
        let hint = format!("finish the run first: taskonomy run --run {}", run.root().display());
        return Err(Failure::new(Exit::Incomplete, message).hint(hint));
    }
    Ok((Some(run), folder))
}

/// Per draw the affinities of all edges, in the order of the table.
fn affinities(table: &AffinityTable, held: &[Bootstrap], draws: usize) -> Vec<Vec<f64>> {
    let mut by_target: Vec<&Bootstrap> = held.iter().collect();
    by_target.sort_by(|a, b| a.tournament.target.cmp(&b.tournament.target));
    let of_draw = |draw: usize| -> Vec<f64> {
        by_target.iter().flat_map(|of| of.affinities.row(draw).to_vec()).collect()
    };
    let all: Vec<Vec<f64>> = (0..draws).map(of_draw).collect();
    debug_assert!(all.iter().all(|affinities| affinities.len() == table.edges.len()));
    all
}

fn json(held: &[Bootstrap], stability: &Stability) -> Value {
    let targets: Vec<Value> = held.iter().map(|of| target(of, stability)).collect();
    let policy = &stability.policy;
    json!({
        "resamples": stability.draws,
        "budget": policy.budget,
        "order": policy.order,
        "value": policy.value,
        "objective": spread(stability.objective),
        "share_same_policy": share(stability.same, stability),
        "sources": stability.bought.iter().map(|(id, draws)| json!({
            "source": id, "in_policy": policy.is_bought(id), "share_bought": share(*draws, stability),
        })).collect::<Vec<_>>(),
        "targets": targets,
    })
}

fn target(of: &Bootstrap, stability: &Stability) -> Value {
    let target = &of.tournament.target;
    let edge = |(k, contender): (usize, &taskonomy_core::Contender)| {
        let is_it = |c: &&Choice| c.target == *target && c.contender == *contender;
        let choice = stability.chosen.iter().find(is_it);
        json!({
            "sources": contender,
            "affinity": of.tournament.affinities[k],
            "resampled": spread(Spread::of(of.affinities.column(k).iter().copied())),
            "in_policy": choice.is_some_and(|choice| choice.in_policy),
            "share_chosen": share(choice.map_or(0, |choice| choice.draws), stability),
        })
    };
    let edges: Vec<Value> = of.tournament.contenders.iter().enumerate().map(edge).collect();
    json!({ "target": target, "edges": edges })
}

fn share(draws: usize, stability: &Stability) -> f64 {
    draws as f64 / stability.draws.max(1) as f64
}
