//! Mean gain and quality of the optimal policies against the budget, and where they do not rise.

use std::collections::BTreeSet;

use taskonomy_core::{Mean, Policy};

use crate::grid::{Cell, Grid};

/// What is looked at.
type Measure = fn(&Policy) -> Option<Mean>;

const MEASURES: [(&str, Measure); 2] =
    [("gain", |policy| policy.mean_gain()[0]), ("quality", |policy| policy.mean_quality()[0])];

/// Smaller changes are rounding.
const SAME: f64 = 1e-12;

/// Falls that a note names; the others are counted.
const NAMED: usize = 3;

/// A row per budget, a column per measure and order; notes on how often they rise, stay and fall
/// with the budget and with the order. The programme maximises affinities, so that both may fall.
pub fn budget_table(policies: &[Policy]) -> Grid {
    let orders: BTreeSet<usize> = policies.iter().map(|policy| policy.order).collect();
    let mut budgets: Vec<f64> = policies.iter().map(|policy| policy.budget).collect();
    budgets.sort_by(f64::total_cmp);
    budgets.dedup();
    let columns = || MEASURES.iter().flat_map(|measure| orders.iter().map(move |o| (measure, *o)));
    let mut header = vec!["budget".to_owned()];
    header.extend(columns().map(|((name, _), order)| match order {
        1 => format!("{name} of order 1"),
        order => format!("≤ {order}"),
    }));
    let find = |budget: f64, order: usize| {
        policies.iter().find(|policy| policy.budget == budget && policy.order == order)
    };
    let row = |&budget: &f64| {
        let cells = columns().map(|((_, of), order)| {
            let mean = find(budget, order).and_then(of);
            Cell::Number(mean.map_or_else(|| "–".to_owned(), |m| percent(m.value)))
        });
        std::iter::once(Cell::Number(budget.to_string())).chain(cells).collect()
    };
    let mut notes = vec!["% of the test samples, means over all targets".to_owned()];
    for (name, of) in MEASURES {
        let value = |budget, order| find(budget, order).and_then(of).map(|mean| mean.value);
        let with_budget = orders.iter().flat_map(|&order| {
            let place = move |b: &[f64]| format!("order {order}, budget {} → {}", b[0], b[1]);
            budgets.windows(2).map(move |b| (place(b), value(b[0], order), value(b[1], order)))
        });
        notes.extend(told(name, "budget", with_budget));
        let pairs: Vec<[usize; 2]> =
            orders.iter().zip(orders.iter().skip(1)).map(|(a, b)| [*a, *b]).collect();
        let with_order = budgets.iter().flat_map(|&budget| {
            let place = move |[a, b]: [usize; 2]| format!("budget {budget}, order {a} → {b}");
            pairs.iter().map(move |&o| (place(o), value(budget, o[0]), value(budget, o[1])))
        });
        notes.extend(told(name, "order", with_order));
    }
    Grid { header, rows: budgets.iter().map(row).collect(), notes }
}

fn percent(share: f64) -> String {
    format!("{:.1}", 100.0 * share)
}

/// How often a number rises, stays and falls over some steps; the deepest falls by name. Nothing
/// where no step has both ends.
fn told(
    name: &str,
    with: &str,
    steps: impl Iterator<Item = (String, Option<f64>, Option<f64>)>,
) -> Option<String> {
    let (mut rises, mut stays, mut falls) = (0, 0, Vec::new());
    for (place, before, after) in steps {
        let (Some(before), Some(after)) = (before, after) else { continue };
        match after - before {
            change if change > SAME => rises += 1,
            change if change >= -SAME => stays += 1,
            change => falls.push((change, place)),
        }
    }
    let all = rises + stays + falls.len();
    if all == 0 {
        return None;
    }
    falls.sort_by(|a, b| a.0.total_cmp(&b.0));
    let named: Vec<String> = falls
        .iter()
        .take(NAMED)
        .map(|(change, place)| format!("{place} (−{})", percent(-change)))
        .collect();
    let more = if falls.len() > NAMED { "; …" } else { "" };
    let falls = match falls.len() {
        0 => "never falls".to_owned(),
        n => format!("falls in {n}: {}{more}", named.join("; ")),
    };
    Some(format!(
        "{name} with the {with}: rises in {rises} of {all} steps, stays in {stays}, {falls}"
    ))
}

#[cfg(test)]
mod tests {
    use taskonomy_core::{Edge, Objective, Status};

    use super::*;

    fn policy(order: usize, budget: f64, gain: f64) -> Policy {
        let (target, contender) = ("t".parse().unwrap(), "a".parse().unwrap());
        Policy {
            bought: vec![],
            edges: vec![Edge { target, contender, affinity: 1.0, gain: Some(gain), quality: None }],
            objective: Objective::Raw,
            value: 1.0,
            bound: 1.0,
            status: Status::Optimal,
            budget,
            cost: budget,
            order,
            nodes: None,
        }
    }

    #[test]
    fn rises_and_falls_are_counted_and_the_deepest_named() {
        let policies = [
            policy(1, 1.0, 0.5),
            policy(1, 2.0, 0.4),
            policy(1, 3.0, 0.4),
            policy(2, 2.0, 0.7),
            policy(2, 3.0, 0.38),
        ];
        let grid = budget_table(&policies);
        assert_eq!(grid.header, ["budget", "gain of order 1", "≤ 2", "quality of order 1", "≤ 2"]);
        let row = ["1", "50.0", "–", "–", "–"].map(|text| Cell::Number(text.to_owned()));
        assert_eq!(grid.rows[0], row);
        assert_eq!(
            grid.notes[1..],
            [
                "gain with the budget: rises in 0 of 3 steps, stays in 1, falls in 2: \
                 order 2, budget 2 → 3 (−32.0); order 1, budget 1 → 2 (−10.0)",
                "gain with the order: rises in 1 of 2 steps, stays in 0, falls in 1: \
                 budget 3, order 1 → 2 (−2.0)",
            ]
        );
    }
}
