//! Whether the networks learned anything: Table 1 of the paper.

use taskonomy_core::TaskId;

use crate::csv::cell;
use crate::grid::{Cell, Grid, mean};

/// A network against two answers that took no learning of an encoder: on which share of the test
/// samples it beats them (Zamir et al., CVPR 2018, Table 1).
#[derive(Debug, Clone, PartialEq)]
pub struct Sanity {
    /// The task.
    pub task: TaskId,
    /// The best constant answer (the paper's `avg`).
    pub average_guess: Option<f64>,
    /// A readout of an untrained encoder (the paper's `rand`); only targets have one.
    pub random: Option<f64>,
}

/// A row per network.
pub fn sanity_table(results: &[Sanity]) -> Grid {
    let row = |r: &Sanity| {
        let text = Cell::Text(r.task.to_string());
        vec![text, Cell::percent(r.average_guess), Cell::percent(r.random)]
    };
    let mut rows: Vec<_> = results.iter().map(row).collect();
    rows.push(vec![
        Cell::Strong("mean".to_owned()),
        Cell::percent(mean(results.iter().map(|r| r.average_guess))),
        Cell::percent(mean(results.iter().map(|r| r.random))),
    ]);
    let header = ["network of", "beats average guess", "beats random encoder's readout"];
    let note = "shares of the test samples; –: there is no such answer to beat";
    Grid { header: header.map(str::to_owned).to_vec(), rows, notes: vec![note.to_owned()] }
}

/// A row per network, numbers in full.
pub fn sanity_csv(results: &[Sanity]) -> String {
    let mut csv = "task,beats_average_guess,beats_random\n".to_owned();
    for Sanity { task, average_guess, random } in results {
        csv += &format!("{task},{},{}\n", cell(*average_guess), cell(*random));
    }
    csv
}
