//! `evaluate --against`: the run's policies by the affinities of another run.

use std::path::PathBuf;

use serde_json::{Value, json};
use taskonomy_core::Objective;
use taskonomy_policy::Against;
use taskonomy_report::{against_csv, against_table};
use taskonomy_run::{RunDir, StageRecord};

use super::{asked, format, print_json, print_tables};
use crate::args::{Evaluate, EvaluateFormat};
use crate::commands::solve::{of_run, policy_failure, with_pipeline};
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::progress::duration;
use crate::session::run_failure;
use crate::{conclude, runs, sweep};

pub fn evaluate(args: &Evaluate, other: &PathBuf, output: Output) -> Result<(), Failure> {
    let format = format(args, output);
    if format == EvaluateFormat::Svg {
        let failure = Failure::new(Exit::Usage, "--format: a comparison of runs is no picture");
        return Err(failure.hint("its formats are table, csv and json"));
    }
    let run = runs::find(args.run.as_ref(), output)?;
    let other = runs::find(Some(other), output)?;
    let mut problem = of_run(&run, output)?;
    // What the tasks cost and weigh is this run's matter, what transfers are good for the other's.
    let mut judge = with_pipeline(&run, conclude::affinities(&other, output)?)?;
    for (at, asked_of) in [&mut problem, &mut judge].into_iter().enumerate() {
        asked(asked_of, args).map_err(|failure| match at {
            0 => failure,
            _ => failure.hint(format!("{} lacks what is asked for", other.root().display())),
        })?;
    }
    let (targets, theirs) = (problem.table.targets(), judge.table.targets());
    if targets != theirs {
        let odd = targets.iter().find(|id| !theirs.contains(id));
        let odd = odd.or_else(|| theirs.iter().find(|id| !targets.contains(id)));
        let odd = odd.map_or_else(String::new, |id| format!(": `{id}` is a target of one alone"));
        let message = format!("{} has other targets{odd}", other.root().display());
        let hint = "compare runs of one pipeline, such as one with transfers.allocation = \"full\"";
        return Err(Failure::new(Exit::Input, message).hint(hint));
    }
    let budgets = match &args.budget {
        Some(span) => span.values().to_vec(),
        None => sweep::budgets(&problem),
    };
    let orders: Vec<usize> = match args.order {
        Some(order) => vec![order],
        None => (1..=problem.order.min(judge.order)).collect(),
    };
    let found = problem.against(&judge, &budgets, &orders).map_err(policy_failure)?;
    let times = [stage2(&run)?, stage2(&other)?];
    match format {
        EvaluateFormat::Csv => output.bytes(against_csv(&found).as_bytes()),
        EvaluateFormat::Json => print_json(&json(&found, times), output),
        _ => {
            let notes = notes(&found, problem.objective, times);
            print_tables(&[against_table(&found, notes)], output)
        }
    }
}

/// Seconds of wall time and of processors that stage 2 took, without repetitions, of which one run may
/// have more than the other.
fn stage2(run: &RunDir) -> Result<[Option<f64>; 2], Failure> {
    let Some(record) = run.record().map_err(run_failure)? else { return Ok([None; 2]) };
    let stage: Option<&StageRecord> = record.stages.get(&2);
    Ok([stage.map(|s| s.seconds), stage.and_then(|s| s.cpu_seconds)])
}

fn notes(
    found: &[Against],
    objective: Objective,
    [here, there]: [[Option<f64>; 2]; 2],
) -> Vec<String> {
    let mut notes =
        vec!["policies of this run by the affinities of the other, beside its best".to_owned()];
    if found.iter().any(|against| against.replaced > 0) {
        let note = "in the place of a transfer that was not trained there counts the best that the \
                    same purchase allows there";
        notes.push(note.to_owned());
    }
    if objective == Objective::Log {
        notes.push("kept is of the geometric mean affinity: logarithms have no shares".to_owned());
    }
    for (what, here, there) in
        [("stage 2", here[0], there[0]), ("of processors", here[1], there[1])]
    {
        if let (Some(here), Some(there)) = (here, there) {
            let saved = 100.0 * (1.0 - here / there);
            let (than, saved) = if saved < 0.0 { ("more", -saved) } else { ("less", saved) };
            let (here, there) = (duration(here), duration(there));
            notes.push(format!("{what}: {here} here, {there} there, {saved:.0} % {than}"));
        }
    }
    notes
}

fn json(found: &[Against], [here, there]: [[Option<f64>; 2]; 2]) -> Value {
    let of = |against: &Against| {
        json!({
            "order": against.order,
            "budget": against.budget,
            "worth": against.worth,
            "best": against.best,
            "kept": against.kept,
            "replaced": against.replaced,
        })
    };
    let times =
        |[seconds, cpu]: [Option<f64>; 2]| json!({ "seconds": seconds, "cpu_seconds": cpu });
    json!({
        "policies": found.iter().map(of).collect::<Vec<_>>(),
        "stage2": { "here": times(here), "there": times(there) },
    })
}
