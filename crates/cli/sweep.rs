//! What every budget buys at every order, for people and other programs.

use serde_json::{Value, json};
use taskonomy_core::{Mean, Policy, Status};
use taskonomy_policy::{Limits, PolicyError, Problem, SweepEntry};
use taskonomy_report::{sweep_csv, sweep_svg, sweep_table};

use crate::args::Format;
use crate::commands::solve::policy_failure;
use crate::failure::{Exit, Failure};
use crate::output::{Output, is_coloured};

/// Most steps between the budgets of a run: with dear labels the whole budgets are without number.
const MOST_STEPS: f64 = 1000.0;

/// Solves and prints; without a policy for any budget and order it is a failure.
pub fn print(
    problem: &Problem,
    budgets: &[f64],
    orders: &[usize],
    limits: &Limits<'_>,
    format: Format,
    output: Output,
) -> Result<(), Failure> {
    let entries = problem.sweep_within(budgets, orders, limits);
    let policies = solved(&entries)?;
    let Some(last) = entries.last().filter(|_| !policies.is_empty()) else {
        let errors: Vec<_> = entries.into_iter().filter_map(|entry| entry.result.err()).collect();
        // Beyond the limits there may be policies.
        let cut_off = errors.iter().find(|error| **error == PolicyError::CutOff);
        let error = cut_off.or(errors.first()).expect("no entry has a policy");
        return Err(policy_failure(error.clone()));
    };
    let unsolved = entries.len() - policies.len();
    if unsolved > 0 && !output.is_json() {
        let (budget, order) = (last.budget, last.order);
        output.note(format_args!(
            "no policy for {unsolved} of {} budgets and orders up to {budget} and {order}",
            entries.len()
        ));
    }
    if output.is_json() || format == Format::Json {
        let text = serde_json::to_string_pretty(&json(&entries)).expect("keys are texts");
        return output.bytes(format!("{text}\n").as_bytes());
    }
    match format {
        Format::Table => {
            let colour = is_coloured(&std::io::stdout());
            output.bytes(sweep_table(&policies).terminal(colour).as_bytes())
        }
        Format::Csv => output.bytes(sweep_csv(&policies).as_bytes()),
        Format::Svg => output.bytes(sweep_svg(&policies).as_bytes()),
        _ => Err(Failure::new(Exit::Usage, "--format: a sweep is no single taxonomy".to_owned())
            .hint("its formats are table, csv, json and svg")),
    }
}

/// The files of a run: all [`budgets`] that reach all targets, at every order.
pub fn files(
    problem: &Problem,
    limits: &Limits<'_>,
) -> Result<[(&'static str, Vec<u8>); 2], Failure> {
    let policies = whole(problem, limits)?;
    Ok([
        ("stage4/sweep.csv", sweep_csv(&policies).into_bytes()),
        ("stage4/sweep.svg", sweep_svg(&policies).into_bytes()),
    ])
}

/// The policies of all [`budgets`] that reach all targets, at every order.
pub fn whole(problem: &Problem, limits: &Limits<'_>) -> Result<Vec<Policy>, Failure> {
    let orders: Vec<usize> = (1..=problem.order).collect();
    solved(&problem.sweep_within(&budgets(problem), &orders, limits))
}

/// Every whole budget up to the cost of all tasks; where these are more than a thousand, every
/// second, or third, …, up to the first that pays for all.
pub fn budgets(problem: &Problem) -> Vec<f64> {
    let dearest: f64 = problem.table.tasks().iter().map(|id| problem.cost_of(id)).sum();
    // What costs more than this in all, or no number, the solver refuses by name.
    let dearest = dearest.ceil().min(1e15);
    let step = (dearest / MOST_STEPS).ceil().max(1.0);
    (0..=(dearest / step).ceil() as u32).map(|k| f64::from(k) * step).collect()
}

/// The policies; a budget that is too small has none, nor one whose search was cut off too early.
/// Anything else is a failure.
fn solved(entries: &[SweepEntry]) -> Result<Vec<Policy>, Failure> {
    let mut policies = Vec::with_capacity(entries.len());
    for entry in entries {
        match &entry.result {
            Ok(policy) => policies.push(policy.clone()),
            Err(
                PolicyError::Infeasible { .. } | PolicyError::NoEdge { .. } | PolicyError::CutOff,
            ) => {}
            Err(error) => return Err(policy_failure(error.clone())),
        }
    }
    Ok(policies)
}

fn json(entries: &[SweepEntry]) -> Value {
    let means = |[all, unbought]: [Option<Mean>; 2]| json!({ "all": all.map(|m| m.value), "unbought": unbought.map(|m| m.value) });
    let of = |entry: &SweepEntry| match &entry.result {
        Err(error) => {
            json!({ "order": entry.order, "budget": entry.budget, "error": error.to_string() })
        }
        Ok(policy) => json!({
            "order": policy.order,
            "budget": policy.budget,
            "cost": policy.cost,
            "value": policy.value,
            "bound": policy.bound,
            "status": if policy.status == Status::Optimal { "optimal" } else { "bounded" },
            "gain": means(policy.mean_gain()),
            "quality": means(policy.mean_quality()),
            "bought": policy.bought,
            "edges": policy.edges.iter().map(|edge| json!({
                "target": edge.target, "sources": edge.contender,
            })).collect::<Vec<_>>(),
        }),
    };
    entries.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use taskonomy_core::{AffinityTable, TaskId};

    use super::*;

    #[test]
    fn dear_labels_leave_budgets_out() {
        let of = |cost: f64| {
            let csv = "target,sources,affinity\nt,a,0.5\n";
            let mut problem = Problem::new(AffinityTable::read(csv.as_bytes()).unwrap());
            problem.cost = ["t", "a"].map(|id| (id.parse::<TaskId>().unwrap(), cost)).into();
            budgets(&problem)
        };
        assert_eq!(of(0.0), [0.0]);
        assert_eq!(of(1.25), [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(of(500.0), (0..=1000).map(f64::from).collect::<Vec<_>>());
        let odd = of(500.5);
        assert_eq!((odd.len(), &odd[..3]), (502, &[0.0, 2.0, 4.0][..]));
        assert_eq!(odd[501], 1002.0, "the last pays for all");
        for cost in [5e11, f64::INFINITY, f64::NAN] {
            let found = of(cost);
            assert!(found.len() <= 1001 && found[1000] >= 1e12, "{cost}: {found:?}");
        }
    }
}
