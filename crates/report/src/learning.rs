//! Whether the networks and readouts learned anything.

use taskonomy_core::{Sources, TaskId};

use crate::grid::{Cell, Grid};

/// How a task-specific network did on the test split.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkResult {
    /// The task.
    pub task: TaskId,
    /// Mean test loss of the best constant answer.
    pub constant: Option<f64>,
    /// Mean test loss of the network.
    pub full: f64,
    /// Share of test samples on which the network beats the constant.
    pub beats_constant: Option<f64>,
}

/// How the readouts of a target did on the test split.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetResult {
    /// The predicted task.
    pub target: TaskId,
    /// The transfer of the highest affinity.
    pub best: Sources,
    /// Its win rate against scratch.
    pub gain: Option<f64>,
    /// Its win rate against full supervision.
    pub quality: Option<f64>,
    /// Mean test loss of the best constant answer.
    pub constant: Option<f64>,
    /// Mean test loss of scratch.
    pub scratch: Option<f64>,
    /// Mean test loss of full supervision.
    pub full: Option<f64>,
}

/// A row per network.
pub fn network_table(results: &[NetworkResult]) -> Grid {
    let header = ["task", "loss of a constant", "loss of the network", "beats average guess"];
    let rows = results.iter().map(|r| {
        vec![
            Cell::Text(r.task.to_string()),
            Cell::number(r.constant, 4),
            Cell::number(Some(r.full), 4),
            Cell::percent(r.beats_constant),
        ]
    });
    let known: Vec<f64> = results.iter().filter_map(|r| r.beats_constant).collect();
    let mean = known.iter().sum::<f64>() / known.len().max(1) as f64;
    let note = format!(
        "mean share of samples better than the average guess: {:.1} % ({} tasks)",
        100.0 * mean,
        known.len()
    );
    Grid {
        header: header.map(str::to_owned).to_vec(),
        rows: rows.collect(),
        notes: if known.is_empty() { vec![] } else { vec![note] },
    }
}

/// A row per target; gain means little where scratch is hardly better than a constant, so their
/// losses stand beside it.
pub fn target_table(results: &[TargetResult]) -> Grid {
    let header =
        ["target", "best transfer", "gain", "quality", "loss: constant", "scratch", "self"];
    let rows = results.iter().map(|r| {
        vec![
            Cell::Text(r.target.to_string()),
            Cell::Text(r.best.to_string().replace('+', " + ")),
            Cell::percent(r.gain),
            Cell::percent(r.quality),
            Cell::number(r.constant, 4),
            Cell::number(r.scratch, 4),
            Cell::number(r.full, 4),
        ]
    });
    Grid { header: header.map(str::to_owned).to_vec(), rows: rows.collect(), notes: vec![] }
}
