//! Affinities: `affinities.csv`, ours or anyone's.

use std::fmt;
use std::io::Write;

use crate::contender::{Contender, Sources};
use crate::id::TaskId;

mod error;
mod read;
#[cfg(test)]
mod tests;

pub use error::AffinityError;

/// The columns that are read and written.
const COLUMNS: [&str; 5] = ["target", "sources", "affinity", "win_vs_scratch", "win_vs_full"];

/// Those without which there is no table.
const NEEDED: [&str; 3] = [COLUMNS[0], COLUMNS[1], COLUMNS[2]];

/// A row of an affinity table: one contender of one target's tournament.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    /// The predicted task.
    pub target: TaskId,
    /// `self` or a transfer; never scratch.
    pub contender: Contender,
    /// Share of the tournament, in [0, 1].
    pub affinity: f64,
    /// Win rate against scratch, where known.
    pub gain: Option<f64>,
    /// Win rate against full supervision, where known.
    pub quality: Option<f64>,
}

/// Affinities of any number of targets, sorted by target and contender, without repetition.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AffinityTable {
    /// The rows.
    pub edges: Vec<Edge>,
    /// What a user should know of the table: rows skipped or joined.
    pub notes: Vec<Note>,
}

/// Something that a user should know of a table that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What.
    pub text: String,
    /// Whether only those need to know who ask for more.
    pub is_detail: bool,
}

impl Note {
    /// For everyone.
    pub fn new(text: String) -> Self {
        Self { text, is_detail: false }
    }

    /// For those who ask for more.
    pub fn detail(text: String) -> Self {
        Self { text, is_detail: true }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl AffinityTable {
    /// Writes the table; win rates that are not known are empty cells.
    pub fn write(&self, output: impl Write) -> Result<(), AffinityError> {
        let mut writer = csv::Writer::from_writer(output);
        writer.write_record(COLUMNS)?;
        let text = |number: Option<f64>| number.map_or_else(String::new, |n| n.to_string());
        for edge in &self.edges {
            writer.write_record([
                edge.target.to_string(),
                edge.contender.to_string(),
                edge.affinity.to_string(),
                text(edge.gain),
                text(edge.quality),
            ])?;
        }
        writer.flush().map_err(csv::Error::from)?;
        Ok(())
    }

    /// The targets, in ascending order.
    pub fn targets(&self) -> Vec<TaskId> {
        let mut targets: Vec<_> = self.edges.iter().map(|e| e.target.clone()).collect();
        targets.dedup();
        targets
    }

    /// Every task that some edge reads or predicts, in ascending order.
    pub fn tasks(&self) -> Vec<TaskId> {
        let mut tasks = self.targets();
        for edge in &self.edges {
            if let Contender::Transfer(sources) = &edge.contender {
                tasks.extend(sources.iter().cloned());
            }
        }
        tasks.sort();
        tasks.dedup();
        tasks
    }

    /// The edge of a transfer.
    pub fn find(&self, target: &TaskId, sources: &Sources) -> Option<&Edge> {
        self.edges.iter().find(|edge| {
            edge.target == *target
                && matches!(&edge.contender, Contender::Transfer(s) if s == sources)
        })
    }
}
