//! The best transfers beside what they should beat.

use taskonomy_affinity::{Baseline, Baselines};

use crate::csv::cell;
use crate::grid::{Cell, Grid, mean};

/// One of the baselines of a target.
type Of = fn(&Baselines) -> Baseline;

/// From the weakest to the strongest: what it is called for people, and for programs.
const BASELINES: [(&str, &str, Of); 4] = [
    ("constant", "constant", |b| b.constant),
    ("scratch", "scratch", |b| b.scratch),
    ("small network", "small", |b| b.small),
    ("self", "self", |b| b.full),
];

/// Two tables with a row per target: how often the best transfer beats each baseline, and the mean
/// losses. A gain means little where scratch is hardly better than a constant, or where the target's
/// own network learns more from the same few samples.
pub fn baselines_tables(results: &[Baselines]) -> [Grid; 2] {
    [wins(results), losses(results)]
}

fn wins(results: &[Baselines]) -> Grid {
    let name = |name| match name {
        "scratch" => "scratch (gain)".to_owned(),
        "self" => "self (quality)".to_owned(),
        other => other.to_owned(),
    };
    let mut header = vec!["best transfer into".to_owned()];
    header.extend(BASELINES.map(|(baseline, ..)| name(baseline)));
    header.push("it reads".to_owned());
    let row = |r: &Baselines| {
        let mut row = vec![Cell::Text(r.target.to_string())];
        row.extend(BASELINES.map(|(_, _, of)| Cell::percent(of(r).beaten)));
        row.push(Cell::Text(r.best.to_string().replace('+', " + ")));
        row
    };
    let mut rows: Vec<_> = results.iter().map(row).collect();
    let mut last = vec![Cell::Strong("mean".to_owned())];
    last.extend(
        BASELINES.map(|(_, _, of)| Cell::percent(mean(results.iter().map(|r| of(r).beaten)))),
    );
    last.push(Cell::Text(String::new()));
    rows.push(last);
    let mut won = vec![Cell::Strong("targets, > 50 %".to_owned())];
    won.extend(BASELINES.map(|(_, _, of)| {
        let known: Vec<f64> = results.iter().filter_map(|r| of(r).beaten).collect();
        let won = known.iter().filter(|&&share| share > 0.5).count();
        Cell::Number(if known.is_empty() {
            "–".to_owned()
        } else {
            format!("{won} of {}", known.len())
        })
    }));
    won.push(Cell::Text(String::new()));
    rows.push(won);
    let mut notes = vec![
        "shares of the test samples on which the best transfer has the lower loss".to_owned(),
        "small network: the target's own network, trained on the readouts' samples".to_owned(),
    ];
    if results.iter().all(|r| r.small.loss.is_none()) {
        notes.push(
            "the run has no small networks: set transfers.small_networks = true and run it again"
                .to_owned(),
        );
    }
    Grid { header, rows, notes }
}

fn losses(results: &[Baselines]) -> Grid {
    let header = ["target", "constant", "scratch", "small network", "best transfer", "self"];
    let row = |r: &Baselines| {
        let losses = [r.constant.loss, r.scratch.loss, r.small.loss, r.loss, r.full.loss];
        let mut row = vec![Cell::Text(r.target.to_string())];
        row.extend(losses.map(|loss| Cell::number(loss, 4)));
        row
    };
    Grid {
        header: header.map(str::to_owned).to_vec(),
        rows: results.iter().map(row).collect(),
        notes: vec!["mean losses on the test samples".to_owned()],
    }
}

/// A row per target, numbers in full.
pub fn baselines_csv(results: &[Baselines]) -> String {
    let names = |what: &str| BASELINES.map(|(_, name, _)| format!(",{what}_{name}")).concat();
    let mut csv = format!("target,sources,loss{}{}\n", names("loss"), names("beats"));
    for r in results {
        csv += &format!("{},{},{}", r.target, r.best, cell(r.loss));
        csv += &BASELINES.map(|(_, _, of)| format!(",{}", cell(of(r).loss))).concat();
        csv += &BASELINES.map(|(_, _, of)| format!(",{}", cell(of(r).beaten))).concat();
        csv.push('\n');
    }
    csv
}
