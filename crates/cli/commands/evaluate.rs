//! `evaluate`: is the policy better than chance, and how firm is it?

mod against;
mod random;
mod resampled;

use serde_json::{Value, json};
use taskonomy_core::Spread;
use taskonomy_policy::Problem;
use taskonomy_report::Grid;

use crate::args::{Evaluate, EvaluateFormat};
use crate::commands::solve::apply;
use crate::failure::Failure;
use crate::output::{Output, is_coloured};

/// Evaluates and prints.
pub fn evaluate(args: &Evaluate, output: Output) -> Result<(), Failure> {
    match (args.random, args.bootstrap, &args.against) {
        (Some(draws), ..) => random::evaluate(args, draws as usize, output),
        (None, _, Some(run)) => against::evaluate(args, run, output),
        (None, draws, None) => {
            resampled::evaluate(args, draws.unwrap_or_default() as usize, output)
        }
    }
}

/// What the command line says, but for the budget.
fn asked(problem: &mut Problem, args: &Evaluate) -> Result<(), Failure> {
    apply(problem, &args.wishes)?;
    problem.order = args.order.unwrap_or(problem.order);
    Ok(())
}

/// The format wanted; `--json` stands for the JSON format.
fn format(args: &Evaluate, output: Output) -> EvaluateFormat {
    if output.is_json() { EvaluateFormat::Json } else { args.format }
}

fn print_tables(tables: &[Grid], output: Output) -> Result<(), Failure> {
    let colour = is_coloured(&std::io::stdout());
    let text: Vec<String> = tables.iter().map(|table| table.terminal(colour)).collect();
    output.bytes(text.join("\n").as_bytes())
}

fn print_json(value: &Value, output: Output) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).expect("keys are texts");
    output.bytes(format!("{text}\n").as_bytes())
}

fn spread(spread: Option<Spread>) -> Value {
    spread.map_or(Value::Null, |s| json!({ "p5": s.low, "p50": s.median, "p95": s.high }))
}
