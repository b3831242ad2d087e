//! Affinities: `affinities.csv`, ours or anyone's.

use std::collections::BTreeMap;
use std::io::{Read, Write};

use crate::contender::{Contender, Sources};
use crate::id::{IdError, TaskId};

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
    pub notes: Vec<String>,
}

/// What is wrong with an affinity table; lines count from 1, the header is line 1.
#[derive(Debug, thiserror::Error)]
pub enum AffinityError {
    /// The bytes cannot be read or are no CSV.
    #[error(transparent)]
    Csv(#[from] csv::Error),
    /// A needed column is missing.
    #[error(
        "line 1: there is no column `{missing}`: the header needs target, sources and affinity, found `{found}`"
    )]
    Header {
        /// The missing column.
        missing: &'static str,
        /// The header.
        found: String,
    },
    /// A target or sources cell is no id.
    #[error("line {line}, column `{column}`: {source}")]
    Id {
        /// Where.
        line: u64,
        /// Which column.
        column: &'static str,
        /// What is wrong.
        source: IdError,
    },
    /// A number is text or outside [0, 1].
    #[error("line {line}, column `{column}`: `{found}` is no number between 0 and 1")]
    Number {
        /// Where.
        line: u64,
        /// Which column.
        column: &'static str,
        /// What stands there.
        found: String,
    },
    /// The same edge stands twice.
    #[error("line {line}: the edge {sources} -> {target} stands in line {first} already")]
    Twice {
        /// The second line.
        line: u64,
        /// The first line.
        first: u64,
        /// The sources as written.
        sources: String,
        /// The target.
        target: TaskId,
    },
    /// No edge at all.
    #[error("the table has no edges")]
    Empty,
}

const OPTIONAL: [&str; 2] = ["win_vs_scratch", "win_vs_full"];

impl AffinityTable {
    /// Reads a table with the columns `target,sources,affinity[,win_vs_scratch,win_vs_full]`, in
    /// any order and among any others.
    ///
    /// Rows of `pixels` and rows with an empty affinity are no edges: they are skipped and
    /// counted. Of two rows with the same set of sources in another order the larger affinity is
    /// kept; the same row twice is an error.
    pub fn read(input: impl Read) -> Result<Self, AffinityError> {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(input);
        let header = reader.headers()?.clone();
        let position = |name: &str| {
            header.iter().position(|column| column.trim_start_matches('\u{feff}') == name)
        };
        let needed = |missing| {
            position(missing).ok_or_else(|| AffinityError::Header {
                missing,
                found: header.iter().collect::<Vec<_>>().join(","),
            })
        };
        let (target, sources, affinity) =
            (needed("target")?, needed("sources")?, needed("affinity")?);
        let [gain, quality] = OPTIONAL.map(position);

        let mut kept: BTreeMap<(TaskId, Contender), (Edge, String, u64)> = BTreeMap::new();
        let (mut skipped, mut notes) = (0_usize, Vec::new());
        for record in reader.records() {
            let record = record?;
            let line = record.position().map_or(0, csv::Position::line);
            let id = |column, source| AffinityError::Id { line, column, source };
            let Some(affinity) = share(&record[affinity], line, "affinity")? else {
                skipped += 1;
                continue;
            };
            let edge = Edge {
                target: record[target].parse().map_err(|e| id("target", e))?,
                contender: record[sources].parse().map_err(|e| id("sources", e))?,
                affinity,
                gain: gain.map_or(Ok(None), |c| share(&record[c], line, OPTIONAL[0]))?,
                quality: quality.map_or(Ok(None), |c| share(&record[c], line, OPTIONAL[1]))?,
            };
            if !edge.contender.competes() {
                skipped += 1;
                continue;
            }
            let written = record[sources].to_owned();
            let key = (edge.target.clone(), edge.contender.clone());
            match kept.get(&key) {
                None => _ = kept.insert(key, (edge, written, line)),
                Some((_, first, at)) if *first == written => {
                    return Err(AffinityError::Twice {
                        line,
                        first: *at,
                        sources: written,
                        target: edge.target,
                    });
                }
                Some((other, first, at)) => {
                    notes.push(format!(
                        "lines {at} and {line}: {first} and {written} -> {} are the same set; the larger affinity is kept",
                        edge.target
                    ));
                    if edge.affinity > other.affinity {
                        kept.insert(key, (edge, written, line));
                    }
                }
            }
        }
        if kept.is_empty() {
            return Err(AffinityError::Empty);
        }
        if skipped > 0 {
            notes.push(format!("{skipped} rows without an affinity, or of `pixels`, are no edges"));
        }
        Ok(Self { edges: kept.into_values().map(|(edge, ..)| edge).collect(), notes })
    }

    /// Writes the table; win rates that are not known are empty cells.
    pub fn write(&self, output: impl Write) -> Result<(), AffinityError> {
        let mut writer = csv::Writer::from_writer(output);
        writer.write_record(["target", "sources", "affinity", OPTIONAL[0], OPTIONAL[1]])?;
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

/// An empty cell is nothing; any other must be a number in [0, 1].
fn share(cell: &str, line: u64, column: &'static str) -> Result<Option<f64>, AffinityError> {
    if cell.is_empty() {
        return Ok(None);
    }
    match cell.parse() {
        Ok(number) if (0.0..=1.0).contains(&number) => Ok(Some(number)),
        _ => Err(AffinityError::Number { line, column, found: cell.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
win_vs_full,target,order,sources,affinity
0.5,a,1,self,0.6
,a,1,b,0.1
0.25,a,2,c+b,0.3
,a,1,pixels,
,b,2,a+c,0.2
,b,2,c+a,0.4
";

    #[test]
    fn reads_columns_in_any_order_and_says_what_it_left_out() {
        let table = AffinityTable::read(TABLE.as_bytes()).unwrap();
        let rows: Vec<_> = table
            .edges
            .iter()
            .map(|e| format!("{} {} {} {:?}", e.target, e.contender, e.affinity, e.quality))
            .collect();
        assert_eq!(
            rows,
            ["a self 0.6 Some(0.5)", "a b 0.1 None", "a b+c 0.3 Some(0.25)", "b a+c 0.4 None"]
        );
        assert_eq!(table.notes.len(), 2, "{:?}", table.notes);
        assert!(table.notes[0].contains("lines 6 and 7"));
        assert!(table.notes[1].starts_with("1 rows without"));
    }

    #[test]
    fn reads_what_it_writes() {
        let mut table = AffinityTable::read(TABLE.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        table.write(&mut bytes).unwrap();
        table.notes.clear();
        assert_eq!(AffinityTable::read(&bytes[..]).unwrap(), table);
    }

    #[test]
    fn every_defect_is_named_with_its_place() {
        let cases = [
            ("target,affinity\na,1\n", "no column `sources`"),
            ("target,sources,affinity\nA,b,0.1\n", "line 2, column `target`"),
            ("target,sources,affinity\na,b,1.5\n", "line 2, column `affinity`: `1.5`"),
            ("target,sources,affinity\na,b,-0.1\n", "`-0.1`"),
            ("target,sources,affinity\na,b,NaN\n", "`NaN`"),
            ("target,sources,affinity\na,b,x\n", "`x`"),
            (
                "target,sources,affinity\na,b,.1\na,b,.2\n",
                "line 3: the edge b -> a stands in line 2",
            ),
            ("target,sources,affinity\n", "no edges"),
            ("", "no column `target`"),
        ];
        for (text, expected) in cases {
            let error = AffinityTable::read(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(expected), "{text:?}: {error}");
        }
    }
}
