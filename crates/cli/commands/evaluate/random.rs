//! `evaluate --random`: the optimum among random taxonomies.

use serde_json::{Value, json};
use taskonomy_policy::{Comparison, PolicyError, Problem, Significance};
use taskonomy_report::{significance_csv, significance_svg, significance_tables};

use super::{asked, format, print_json, print_tables, spread};
use crate::args::{Evaluate, EvaluateFormat};
use crate::commands::solve::{of_file, of_run, policy_failure};
use crate::conclude;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::runs;

/// Most whole budgets that are looked at unasked.
const MOST_BUDGETS: f64 = 1000.0;

pub fn evaluate(args: &Evaluate, draws: usize, output: Output) -> Result<(), Failure> {
    let mut problem = match (&args.affinities, &args.losses) {
        (Some(file), _) => of_file(file, output)?,
        (None, Some(folder)) => Problem::new(conclude::foreign_affinities(folder, output)?),
        (None, None) => of_run(&runs::find(args.run.as_ref(), output)?, output)?,
    };
    asked(&mut problem, args)?;
    let budgets = match &args.budget {
        Some(span) => span.values().to_vec(),
        None => whole_budgets(&problem)?,
    };
    let results = problem.significance(&budgets, draws, args.seed).map_err(policy_failure)?;
    let mut found = Vec::with_capacity(results.len());
    let mut unsolved = None;
    for result in results {
        match result {
            Ok(significance) => found.push(significance),
            Err(error @ (PolicyError::Infeasible { .. } | PolicyError::NoEdge { .. })) => {
                unsolved.get_or_insert(error);
            }
            Err(error) => return Err(policy_failure(error)),
        }
    }
    match unsolved {
        Some(error) if found.is_empty() => return Err(policy_failure(error)),
        Some(_) => output.note(format_args!(
            "no policy for {} of {} budgets: they do not reach every target",
            budgets.len() - found.len(),
            budgets.len()
        )),
        None => {}
    }
    match format(args, output) {
        EvaluateFormat::Table => print_tables(&significance_tables(&found), output),
        EvaluateFormat::Csv => output.bytes(significance_csv(&found).as_bytes()),
        EvaluateFormat::Svg => output.bytes(significance_svg(&found).as_bytes()),
        EvaluateFormat::Json => print_json(&found.iter().map(json).collect(), output),
    }
}

/// 1, 2, … up to the first that buys everything.
fn whole_budgets(problem: &Problem) -> Result<Vec<f64>, Failure> {
    let most = problem.most_budget().map_err(policy_failure)?.ceil().max(1.0);
    if most > MOST_BUDGETS {
        let message = format!("there are {most} whole budgets up to the cost of everything");
        return Err(Failure::new(Exit::Usage, message).hint("name some with --budget A..B"));
    }
    Ok((1..=most as u32).map(f64::from).collect())
}

fn json(significance: &Significance) -> Value {
    let compared = |c: &Comparison| json!({ "optimal": c.optimal, "random": spread(c.random), "share_beaten": c.beaten });
    let over = |[all, unbought]: &[Comparison; 2]| json!({ "all": compared(all), "unbought": compared(unbought) });
    let best = &significance.best;
    json!({
        "budget": best.budget,
        "order": best.order,
        "cost": best.cost,
        "bought": best.bought,
        "random_taxonomies": significance.drawn,
        "asked": significance.asked,
        "purchases_drawn": significance.tries,
        "objective": compared(&significance.objective),
        "gain": over(&significance.gain),
        "quality": over(&significance.quality),
    })
}
