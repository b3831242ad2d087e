//! Agreement with another table of affinities.

use taskonomy_affinity::Agreement;
use taskonomy_core::Spread;

use crate::csv::cell;
use crate::grid::{Cell, Grid};

/// A row per target, and the median below.
pub fn agreement_table(results: &[Agreement]) -> Grid {
    let header = ["target", "common sources", "Spearman"];
    let row = |r: &Agreement| {
        let sources = Cell::Number(r.sources.to_string());
        vec![Cell::Text(r.target.to_string()), sources, Cell::number(r.rho, 2)]
    };
    let known: Vec<f64> = results.iter().filter_map(|r| r.rho).collect();
    let median = Spread::of(known.iter().copied()).map(|spread| spread.median);
    let mut rows: Vec<_> = results.iter().map(row).collect();
    rows.push(vec![
        Cell::Strong("median".to_owned()),
        Cell::Text(String::new()),
        Cell::number(median, 2),
    ]);
    let note = "rank correlation of first-order affinities, without self, t→t and random";
    Grid { header: header.map(str::to_owned).to_vec(), rows, notes: vec![note.to_owned()] }
}

/// A row per target, numbers in full.
pub fn agreement_csv(results: &[Agreement]) -> String {
    let mut csv = "target,common_sources,spearman\n".to_owned();
    for Agreement { target, sources, rho } in results {
        csv += &format!("{target},{sources},{}\n", cell(*rho));
    }
    csv
}
