//! What is wrong with an affinity table, and what to do about it.

use super::{COLUMNS, NEEDED};
use crate::id::{IdError, TaskId};
use crate::quote::CUT;
use crate::rows::RowError;

/// What is wrong with an affinity table; lines count from 1.
#[derive(Debug, thiserror::Error)]
pub enum AffinityError {
    /// The bytes cannot be read or are no table.
    #[error(transparent)]
    Row(#[from] RowError),
    /// The table cannot be written.
    #[error(transparent)]
    Write(#[from] csv::Error),
    /// Nothing but blank lines, if any.
    #[error("the file is empty: the header needs target, sources and affinity")]
    NoHeader,
    /// A needed column is missing.
    #[error(
        "line {line}: there is no column `{missing}`: the header needs target, sources and affinity, found `{found}`"
    )]
    Header {
        /// Where the header is.
        line: u64,
        /// The missing column.
        missing: &'static str,
        /// The header.
        found: String,
        /// The column that may be meant by it.
        nearest: Option<String>,
    },
    /// A column that is read stands twice.
    #[error("line {line}: there are two columns `{column}`")]
    TwoColumns {
        /// Where the header is.
        line: u64,
        /// Which column.
        column: &'static str,
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
    /// No edge at all.
    #[error("the table has no edges{}", left_out(*.skipped))]
    Empty {
        /// Rows that are no edges.
        skipped: usize,
    },
}

fn left_out(skipped: usize) -> String {
    match skipped {
        0 => String::new(),
        1 => ": its only row has no affinity, or is of `pixels`".to_owned(),
        _ => format!(": its {skipped} rows have no affinity, or are of `pixels`"),
    }
}

impl AffinityError {
    /// What to do about it, where something can be said.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoHeader => Some(format!("begin with the line {}", COLUMNS.join(","))),
            Self::Header { missing, nearest: Some(nearest), .. } => {
                Some(format!("rename the column `{nearest}` to `{missing}`"))
            }
            Self::Header { found, .. } => Some(header(found)),
            Self::TwoColumns { .. } => Some("rename or remove one of them".to_owned()),
            Self::Id { column, source: IdError::Reserved(name), .. } if *column == NEEDED[0] => {
                Some(format!("`{name}` can only stand under `sources`"))
            }
            Self::Id { source: IdError::Reserved(name), .. } => {
                Some(format!("`{name}` stands alone, not beside other sources"))
            }
            Self::Id { source: IdError::Malformed(name), .. } => id(name),
            Self::Number { found, .. } => Some(number(found)),
            Self::Row(RowError::Ragged { found, columns, .. }) if found > columns => Some(
                "put cells with a comma in them into double quotes; numbers have a decimal point"
                    .to_owned(),
            ),
            Self::Row(RowError::Ragged { .. }) => Some(
                "what is not known is an empty cell between commas; a quote may be left open"
                    .to_owned(),
            ),
            Self::Row(RowError::Text { .. }) => Some("save the table as UTF-8".to_owned()),
            Self::Empty { skipped } if *skipped > 0 => {
                Some("fill the column `affinity` in: it is what is maximised".to_owned())
            }
            _ => None,
        }
    }
}

fn header(found: &str) -> String {
    // Control characters are escaped in what was found.
    let other = [";", "\\t", "|"].into_iter().find(|other| found.contains(other));
    match other {
        Some(other) if !found.contains(',') => {
            format!("separate the columns by commas, not by `{other}`")
        }
        _ if found.split(',').any(|cell| cell.parse::<f64>().is_ok()) => {
            "the first line must be a header, as target,sources,affinity".to_owned()
        }
        _ => {
            "optional columns are win_vs_scratch and win_vs_full, in any order; others are ignored"
                .to_owned()
        }
    }
}

/// The id that a name becomes in small letters and underscores.
fn id(name: &str) -> Option<String> {
    let letter = |c: char| match c.to_ascii_lowercase() {
        c @ ('a'..='z' | '0'..='9' | '_') => c,
        _ => '_',
    };
    let parts: Vec<String> = name
        .split([',', ';', '+'])
        .map(|part| part.trim().chars().map(letter).collect::<String>())
        .map(|part| part.trim_matches('_').to_owned())
        .collect();
    let sound = !name.ends_with(CUT) && parts.iter().all(|part| TaskId::new(part).is_ok());
    sound.then(|| format!("write `{}`", parts.join("+")))
}

fn number(found: &str) -> String {
    let with_point = found.replace(',', ".");
    let text = with_point.trim_end_matches('%').trim();
    match text.parse::<f64>() {
        Ok(share) if found != text && (0.0..=1.0).contains(&share) && !found.ends_with('%') => {
            format!("write {text}, with a decimal point")
        }
        Ok(percent) if percent > 1.0 && percent <= 100.0 => {
            format!("if these are per cent, divide by 100: {}", percent / 100.0)
        }
        _ => "leave the cell empty where no number is known; a row without an affinity is no edge"
            .to_owned(),
    }
}
