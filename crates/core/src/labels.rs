//! A table of labels: CSV with a column `image` and others.

use std::collections::HashMap;
use std::io::Read;

use crate::nearest::nearest;
use crate::quote::quote;
use crate::rows::{RowError, Rows};

/// Some columns of a table of labels, keyed by image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelTable {
    /// In the order of the file; no two of the same image.
    pub rows: Vec<LabelRow>,
}

/// What the table says of one image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelRow {
    /// Where it stands, from 1.
    pub line: u64,
    /// The image's name.
    pub image: String,
    /// One for each column that was asked for; empty where nothing is known.
    pub cells: Vec<String>,
}

/// What is wrong with a table of labels; lines count from 1, the header is line 1.
#[derive(Debug, thiserror::Error)]
pub enum LabelTableError {
    /// The bytes cannot be read or are no table.
    #[error(transparent)]
    Row(#[from] RowError),
    /// A column is not there.
    #[error("line {line}: there is no column `{column}`{}; the columns are {known}", nearest.as_deref().map_or_else(String::new, |n| format!(": did you mean `{n}`?")))]
    NoColumn {
        /// Where the header is.
        line: u64,
        /// What was asked for.
        column: String,
        /// The one that is most like it.
        nearest: Option<String>,
        /// All of them.
        known: String,
    },
    /// Two columns have the name.
    #[error("line {line}: two columns are called `{column}`")]
    TwoColumns {
        /// Where the header is.
        line: u64,
        /// Their name.
        column: String,
    },
    /// A row names no image.
    #[error("line {line}: the cell below `image` is empty")]
    NoImage {
        /// Where the row is.
        line: u64,
    },
    /// Two rows name the same image.
    #[error("line {line}: image `{image}` has a row already, line {first}")]
    TwoRows {
        /// Where the second row is.
        line: u64,
        /// Where the first is.
        first: u64,
        /// The image.
        image: String,
    },
    /// There is a header and nothing else.
    #[error("there are no rows below the header")]
    Empty,
}

impl LabelTable {
    /// Reads the columns of these names, in their order.
    pub fn read(input: impl Read, columns: &[String]) -> Result<Self, LabelTableError> {
        let mut rows = Rows::new(input)?;
        let line = rows.header_line;
        let find = |column: &str| {
            let mut places = (0..rows.header.len()).filter(|&at| &rows.header[at] == column);
            let name = || quote(column);
            let Some(place) = places.next() else {
                return Err(LabelTableError::NoColumn {
                    line,
                    column: name(),
                    nearest: nearest(column, rows.header.iter()).map(quote),
                    known: quote(&rows.header.iter().collect::<Vec<_>>().join(", ")),
                });
            };
            match places.next() {
                Some(_) => Err(LabelTableError::TwoColumns { line, column: name() }),
                None => Ok(place),
            }
        };
        let image_at = find("image")?;
        let places = columns.iter().map(|c| find(c)).collect::<Result<Vec<_>, _>>()?;
        let (mut found, mut lines) = (Vec::new(), HashMap::new());
        while let Some((line, row)) = rows.next()? {
            let image = row[image_at].to_owned();
            if image.is_empty() {
                return Err(LabelTableError::NoImage { line });
            }
            if let Some(first) = lines.insert(image.clone(), line) {
                return Err(LabelTableError::TwoRows { line, first, image: quote(&image) });
            }
            let cells = places.iter().map(|&place| row[place].to_owned()).collect();
            found.push(LabelRow { line, image, cells });
        }
        if found.is_empty() { Err(LabelTableError::Empty) } else { Ok(Self { rows: found }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, columns: &[&str]) -> Result<Vec<LabelRow>, String> {
        let columns: Vec<_> = columns.iter().map(|&c| c.to_owned()).collect();
        let table = LabelTable::read(text.as_bytes(), &columns);
        table.map(|t| t.rows).map_err(|error| error.to_string())
    }

    #[test]
    fn the_asked_columns_come_in_the_asked_order() {
        let rows = read("y,image,x\n1,a.jpg,2\n\n,b, 3\n", &["x", "y"]).unwrap();
        let row = |line, image: &str, cells: [&str; 2]| LabelRow {
            line,
            image: image.into(),
            cells: cells.map(str::to_owned).to_vec(),
        };
        assert_eq!(rows, [row(2, "a.jpg", ["2", "1"]), row(4, "b", ["3", ""])]);
    }

    #[test]
    fn every_defect_is_named_with_its_line() {
        let cases = [
            ("picture,x\na,1\n", "line 1: there is no column `image`; the columns are picture, x"),
            ("image,colour\na,1\n", "there is no column `color`: did you mean `colour`?"),
            ("image,color,color\na,1,2\n", "line 1: two columns are called `color`"),
            ("image,color\na,1\nb,1\na,2\n", "line 4: image `a` has a row already, line 2"),
            ("image,color\n,1\n", "line 2: the cell below `image` is empty"),
            ("image,color\na\n", "line 2: cells in this row: 1, in the header: 2"),
            ("image,color\n", "no rows"),
        ];
        for (text, expected) in cases {
            let error = read(text, &["color"]).unwrap_err();
            assert!(error.contains(expected), "{text:?}: {error}");
        }
    }
}
