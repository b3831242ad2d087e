//! Whether more sources help.

use taskonomy_affinity::{BestByOrder, Extended, Extension};
use taskonomy_core::Edge;

use crate::csv::cell;
use crate::grid::{Cell, Grid, mean};

/// Gain or quality of an edge.
type Rate = fn(&Edge) -> Option<f64>;

/// A row per target: gain and quality of the best transfer of each order.
pub fn best_by_order_table(results: &[BestByOrder]) -> Grid {
    const RATES: [(&str, Rate); 2] = [("gain", |edge| edge.gain), ("quality", |edge| edge.quality)];
    let orders = results.iter().map(|of| of.best.len()).max().unwrap_or(0);
    let columns = || RATES.iter().flat_map(|rate| (0..orders).map(move |order| (rate, order)));
    let mut header = vec!["best transfer into".to_owned()];
    header.extend(columns().map(|((name, _), order)| match order {
        0 => format!("{name} of order 1"),
        order => (order + 1).to_string(),
    }));
    let rate = |of: &BestByOrder, rate: Rate, order: usize| of.best[order].as_ref().and_then(rate);
    let row = |of: &BestByOrder| {
        let mut row = vec![Cell::Text(of.target.to_string())];
        row.extend(columns().map(|((_, number), order)| Cell::percent(rate(of, *number, order))));
        row
    };
    let mut rows: Vec<_> = results.iter().map(row).collect();
    let mut last = vec![Cell::Strong("mean".to_owned())];
    last.extend(columns().map(|((_, number), order)| {
        Cell::percent(mean(results.iter().map(|of| rate(of, *number, order))))
    }));
    rows.push(last);
    let note = "of the transfers of exactly that order the one with the highest affinity";
    Grid { header, rows, notes: vec![note.to_owned()] }
}

/// A row per target and order, numbers in full.
pub fn best_by_order_csv(results: &[BestByOrder]) -> String {
    let mut csv = "target,order,sources,affinity,gain,quality\n".to_owned();
    for edge in results.iter().flat_map(|of| of.best.iter().flatten()) {
        let Edge { target, contender, affinity, gain, quality } = edge;
        let (gain, quality) = (cell(*gain), cell(*quality));
        csv += &format!("{target},{},{contender},{affinity},{gain},{quality}\n", edge.order());
    }
    csv
}

/// A row per order from 2 up: how often one source more helps.
pub fn extended_table(orders: &[Extended]) -> Grid {
    let header = [
        "order",
        "transfers",
        "compared",
        "beat their best subset",
        "mean win rate",
        "not trained",
    ];
    let row = |of: &Extended| {
        let share = (of.compared > 0).then(|| of.better as f64 / of.compared as f64);
        vec![
            Cell::Number(of.order.to_string()),
            Cell::Number(of.transfers.to_string()),
            Cell::Number(of.compared.to_string()),
            Cell::percent(share),
            Cell::number(of.mean, 3),
            Cell::Number(of.untrained.to_string()),
        ]
    };
    let notes = [
        "best subset: that of one source less with the highest affinity; beaten: on more than half",
        "of the test samples. Subsets that were not trained are left out and counted.",
    ];
    Grid {
        header: header.map(str::to_owned).to_vec(),
        rows: orders.iter().map(row).collect(),
        notes: notes.map(str::to_owned).to_vec(),
    }
}

/// A row per transfer of higher order, numbers in full.
pub fn extensions_csv(extensions: &[Extension]) -> String {
    let mut csv = "target,order,sources,best_subset,win_rate,subsets_not_trained\n".to_owned();
    for extension in extensions {
        let Extension { target, sources, subset, untrained, win_rate } = extension;
        let subset = subset.as_ref().map_or_else(String::new, ToString::to_string);
        let (order, win_rate) = (sources.order(), cell(*win_rate));
        csv += &format!("{target},{order},{sources},{subset},{win_rate},{untrained}\n");
    }
    csv
}
