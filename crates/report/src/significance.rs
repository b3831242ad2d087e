//! The optimum among random taxonomies: as tables, as CSV and as a picture.

use taskonomy_core::Spread;
use taskonomy_policy::{Comparison, Significance};

use crate::chart::{Panel, Series, chart};
use crate::grid::{Cell, Grid};

/// One of the numbers of a budget.
type Number = fn(&Significance) -> Comparison;

/// What is compared, and over which targets.
const MEASURES: [(&str, &str, Number); 5] = [
    ("objective", "", |s| s.objective),
    ("gain", "all", |s| s.gain[0]),
    ("gain", "unbought", |s| s.gain[1]),
    ("quality", "all", |s| s.quality[0]),
    ("quality", "unbought", |s| s.quality[1]),
];

/// A table of means over all targets and one over those not bought, a row per budget; where neither
/// gain nor quality is known, one table of the objective.
pub fn significance_tables(budgets: &[Significance]) -> Vec<Grid> {
    let is_known = |of: Number| budgets.iter().any(|budget| of(budget).optimal.is_some());
    let mut grids = Vec::new();
    for (over, note) in [
        ("all", "means over all targets"),
        ("unbought", "means over the targets that the taxonomy at hand does not buy"),
    ] {
        let known: Vec<_> = MEASURES
            .into_iter()
            .filter(|(_, targets, of)| *targets == over && is_known(*of))
            .map(|(name, _, of)| (name, of))
            .collect();
        if !known.is_empty() {
            grids.push(grid(budgets, &known, percent, note));
        }
    }
    let unknown: Vec<&str> = [MEASURES[1], MEASURES[3]]
        .into_iter()
        .filter(|(_, _, of)| !is_known(*of))
        .map(|(name, _, _)| name)
        .collect();
    if grids.is_empty() {
        let note = "gain and quality are unknown (the table has no win rates): objectives";
        grids.push(grid(budgets, &[("objective", MEASURES[0].2)], number, note));
    } else if let ([name], Some(first)) = (&unknown[..], grids.first_mut()) {
        first.notes.push(format!("{name} is unknown: the table has no such win rates"));
    }
    if let Some(last) = grids.last_mut() {
        last.notes.extend(draws(budgets));
    }
    grids
}

fn percent(value: f64) -> String {
    format!("{:.1}", 100.0 * value)
}

fn number(value: f64) -> String {
    format!("{value:.4}")
}

fn grid(
    budgets: &[Significance],
    columns: &[(&str, Number)],
    text: fn(f64) -> String,
    note: &str,
) -> Grid {
    let cell = |value: Option<f64>| Cell::Number(value.map_or_else(|| "–".to_owned(), text));
    let row = |budget: &Significance| {
        let mut row = vec![Cell::Number(budget.best.budget.to_string())];
        for (_, of) in columns {
            let Comparison { optimal, random, beaten } = of(budget);
            let numbers = random.map(|s| [s.low, s.median, s.high].map(text));
            row.push(cell(optimal));
            row.push(Cell::Number(numbers.map_or_else(|| "–".to_owned(), |n| n.join("  "))));
            row.push(Cell::percent(beaten));
        }
        row
    };
    let mut header = vec!["budget".to_owned()];
    for (name, _) in columns {
        let unit = if *name == "objective" { "" } else { " %" };
        header.push(format!("{name}{unit}"));
        header.push("random: 5th 50th 95th".to_owned());
        header.push("beats".to_owned());
    }
    let rows = budgets.iter().map(row).collect();
    Grid { header, rows, notes: vec![format!("{note}; beats: share of random ones below")] }
}

/// How many random taxonomies there are, and where that is fewer than asked for.
fn draws(budgets: &[Significance]) -> Vec<String> {
    let asked = budgets.first().map_or(0, |budget| budget.asked);
    let mut notes = vec![format!("{asked} random feasible taxonomies per budget")];
    for budget in budgets.iter().filter(|budget| budget.drawn < budget.asked) {
        notes.push(format!(
            "budget {}: only {} were found in {} random purchases",
            budget.best.budget, budget.drawn, budget.tries
        ));
    }
    notes
}

/// A row per budget and number, in full; cells of what is not known are empty.
pub fn significance_csv(budgets: &[Significance]) -> String {
    let mut csv = "budget,order,measure,targets,optimal,random_p5,random_p50,random_p95,\
                   share_beaten,random_taxonomies\n"
        .to_owned();
    let text = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    for budget in budgets {
        for (measure, targets, of) in MEASURES {
            let Comparison { optimal, random, beaten } = of(budget);
            let part = |of: fn(Spread) -> f64| text(random.map(of));
            csv += &format!(
                "{},{},{measure},{targets},{},{},{},{},{},{}\n",
                budget.best.budget,
                budget.best.order,
                text(optimal),
                part(|s| s.low),
                part(|s| s.median),
                part(|s| s.high),
                text(beaten),
                budget.drawn
            );
        }
    }
    csv
}

/// Gain and quality against the budget, means over all targets: the optimum, the median of random
/// taxonomies and the band from their 5th to their 95th percentile. Where both are unknown, the
/// objective.
pub fn significance_svg(budgets: &[Significance]) -> String {
    let panel = |title: &str, percent, of: Number| Panel {
        title: title.to_owned(),
        percent,
        series: vec![random(budgets, of), optimal(budgets, of)],
    };
    let mut panels =
        vec![panel("mean gain", true, MEASURES[1].2), panel("mean quality", true, MEASURES[3].2)];
    if panels.iter().all(|panel| panel.series[1].points.is_empty()) {
        panels = vec![panel("objective", false, MEASURES[0].2)];
    }
    chart("The optimum among random taxonomies", "budget", &panels)
}

fn optimal(budgets: &[Significance], of: Number) -> Series {
    let point = |budget: &Significance| Some((budget.best.budget, of(budget).optimal?));
    Series {
        name: "optimal policy".to_owned(),
        points: budgets.iter().filter_map(point).collect(),
        band: Vec::new(),
    }
}

fn random(budgets: &[Significance], of: Number) -> Series {
    let spread = |budget: &Significance| Some((budget.best.budget, of(budget).random?));
    let spreads: Vec<(f64, Spread)> = budgets.iter().filter_map(spread).collect();
    Series {
        name: "random: median, 5 to 95 %".to_owned(),
        points: spreads.iter().map(|(budget, spread)| (*budget, spread.median)).collect(),
        band: spreads.iter().map(|(_, spread)| (spread.low, spread.high)).collect(),
    }
}
