//! What every budget buys at every order: as a table, as CSV and as a picture.

use taskonomy_core::{Mean, Policy, Status, TaskId};

use crate::chart::{Panel, Series, chart};
use crate::grid::{Cell, Grid};

/// One row per policy, in the order given: what is bought at first, then what changes.
pub fn sweep_table(policies: &[Policy]) -> Grid {
    let row = |(at, policy): (usize, &Policy)| {
        let before = at.checked_sub(1).map(|before| &policies[before]);
        let before = before.filter(|before| before.order == policy.order);
        vec![
            Cell::Number(policy.order.to_string()),
            Cell::Number(policy.budget.to_string()),
            Cell::Number(policy.cost.to_string()),
            Cell::Number(format!("{:.6}{}", policy.value, mark(policy.status))),
            Cell::percent(value(policy.mean_gain()[0])),
            Cell::percent(value(policy.mean_quality()[0])),
            Cell::Text(before.map_or_else(
                || joined(&policy.bought, ", "),
                |before| changes(&before.bought, &policy.bought),
            )),
        ]
    };
    let open = policies.iter().filter(|policy| policy.status != Status::Optimal).count();
    let mut notes = Vec::new();
    if open > 0 {
        notes.push(format!(
            "? not proved: {open} of {} (see the bounds in --format csv)",
            policies.len()
        ));
    }
    let header = ["order", "budget", "cost", "objective", "gain", "quality", "bought"];
    Grid {
        header: header.map(str::to_owned).to_vec(),
        rows: policies.iter().enumerate().map(row).collect(),
        notes,
    }
}

/// What is bought now and was not before, and the other way round.
pub(crate) fn changes(before: &[TaskId], now: &[TaskId]) -> String {
    let signed = |sign: char, of: &[TaskId], without: &[TaskId]| -> Vec<String> {
        of.iter().filter(|id| !without.contains(id)).map(|id| format!("{sign} {id}")).collect()
    };
    [signed('+', now, before), signed('−', before, now)].concat().join("  ")
}

fn mark(status: Status) -> &'static str {
    if status == Status::Optimal { "" } else { " ?" }
}

fn value(mean: Option<Mean>) -> Option<f64> {
    mean.map(|mean| mean.value)
}

fn joined(ids: &[TaskId], by: &str) -> String {
    ids.iter().map(TaskId::as_str).collect::<Vec<_>>().join(by)
}

/// One row per policy, numbers in full; means over all targets and over those not bought, empty
/// where they are not known.
pub fn sweep_csv(policies: &[Policy]) -> String {
    let mut text = "order,budget,cost,objective,bound,status,mean_gain,mean_gain_unbought,\
                    mean_quality,mean_quality_unbought,bought\n"
        .to_owned();
    for policy in policies {
        let [gain, gain_unbought] = policy.mean_gain();
        let [quality, quality_unbought] = policy.mean_quality();
        let means = [gain, gain_unbought, quality, quality_unbought]
            .map(|mean| mean.map_or_else(String::new, |mean| mean.value.to_string()));
        let status = if policy.status == Status::Optimal { "optimal" } else { "bounded" };
        let Policy { order, budget, cost, value, bound, bought, .. } = policy;
        text += &format!(
            "{order},{budget},{cost},{value},{bound},{status},{},{}\n",
            means.join(","),
            joined(bought, "+")
        );
    }
    text
}

/// Objective, gain and quality (means over all targets) against the budget, a line per order.
pub fn sweep_svg(policies: &[Policy]) -> String {
    let mut orders: Vec<usize> = policies.iter().map(|policy| policy.order).collect();
    orders.sort_unstable();
    orders.dedup();
    let panel = |title: &str, percent, number: &dyn Fn(&Policy) -> Option<f64>| Panel {
        title: title.to_owned(),
        percent,
        series: orders.iter().map(|&order| series(policies, order, number)).collect(),
    };
    let panels = [
        panel("objective", false, &|policy| Some(policy.value)),
        panel("mean gain", true, &|policy| value(policy.mean_gain()[0])),
        panel("mean quality", true, &|policy| value(policy.mean_quality()[0])),
    ];
    chart("What a budget buys", "budget", &panels)
}

fn series(policies: &[Policy], order: usize, number: &dyn Fn(&Policy) -> Option<f64>) -> Series {
    let of_order = policies.iter().filter(|policy| policy.order == order);
    let mut points: Vec<(f64, f64)> =
        of_order.filter_map(|policy| Some((policy.budget, number(policy)?))).collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let name = if order == 1 { "1 source".to_owned() } else { format!("up to {order} sources") };
    Series { name, points, band: Vec::new() }
}
