//! The loss table of one target: `losses/<target>.csv`.

use std::collections::HashSet;
use std::io::{Read, Write};

use csv::StringRecord;

use crate::contender::Contender;
use crate::id::TaskId;
use crate::quote::quote;
use crate::rows::{RowError, Rows};

/// Losses per test sample: one row per sample, one column per contender and scratch.
///
/// Header `image,<contender>,…`. An empty cell is a sample that the contender was not judged on.
#[derive(Debug, Clone, PartialEq)]
pub struct LossTable {
    /// The predicted task.
    pub target: TaskId,
    /// Sample ids, one per row.
    pub images: Vec<String>,
    /// One per column, without repetition.
    pub contenders: Vec<Contender>,
    /// Row-major, `images.len()` × `contenders.len()`; NaN where the cell is empty, else finite.
    pub losses: Vec<f64>,
}

/// What is wrong with a loss table; lines count from 1, the header is line 1.
#[derive(Debug, thiserror::Error)]
pub enum LossTableError {
    /// The bytes cannot be read or are no table.
    #[error(transparent)]
    Row(#[from] RowError),
    /// The table cannot be written.
    #[error(transparent)]
    Write(#[from] csv::Error),
    /// The header is missing or its first column is not `image`.
    #[error(
        "line {line}: the header must be `image,<contender>,…` with at least one contender, found `{found}`"
    )]
    Header {
        /// Where the header is.
        line: u64,
        /// What stands there.
        found: String,
    },
    /// A column name is no contender.
    #[error(
        "line {line}: column `{column}` is no contender: write `a`, `a+b`, `self` or `pixels` ({source})"
    )]
    Contender {
        /// Where the header is.
        line: u64,
        /// The name in the header.
        column: String,
        /// Why it is none.
        source: crate::id::IdError,
    },
    /// Two columns name the same contender.
    #[error("line {line}: contender `{contender}` has two columns")]
    TwoColumns {
        /// Where the header is.
        line: u64,
        /// Whose columns.
        contender: Contender,
    },
    /// Two rows name the same sample.
    #[error("line {line}: image `{image}` has a row already")]
    TwoRows {
        /// Where the second row is.
        line: u64,
        /// The sample.
        image: String,
    },
    /// A cell is no finite number.
    #[error(
        "line {line}, column `{column}`: the loss `{found}` is no finite number (leave the cell empty where there is none)"
    )]
    Loss {
        /// Where.
        line: u64,
        /// Under which contender.
        column: Contender,
        /// What stands there.
        found: String,
    },
    /// There is a header and nothing else.
    #[error("there are no rows below the header")]
    Empty,
}

impl LossTable {
    /// Reads a table.
    pub fn read(target: TaskId, input: impl Read) -> Result<Self, LossTableError> {
        let mut rows = Rows::new(input)?;
        let line = rows.header_line;
        if rows.header.get(0) != Some("image") || rows.header.len() < 2 {
            let found = quote(&rows.header.iter().collect::<Vec<_>>().join(","));
            return Err(LossTableError::Header { line, found });
        }
        let (mut contenders, mut seen) = (Vec::new(), HashSet::new());
        for column in rows.header.iter().skip(1) {
            let contender: Contender = column.parse().map_err(|source| {
                LossTableError::Contender { line, column: quote(column), source }
            })?;
            if !seen.insert(contender.clone()) {
                return Err(LossTableError::TwoColumns { line, contender });
            }
            contenders.push(contender);
        }
        let (mut images, mut losses, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
        let mut row = StringRecord::new();
        while let Some(line) = rows.next_into(&mut row)? {
            let image = row[0].to_owned();
            if !seen.insert(image.clone()) {
                return Err(LossTableError::TwoRows { line, image: quote(&image) });
            }
            images.push(image);
            for (cell, column) in row.iter().skip(1).zip(&contenders) {
                losses.push(parse_loss(cell).ok_or_else(|| LossTableError::Loss {
                    line,
                    column: column.clone(),
                    found: quote(cell),
                })?);
            }
        }
        if images.is_empty() {
            return Err(LossTableError::Empty);
        }
        Ok(Self { target, images, contenders, losses })
    }

    /// Writes the table; numbers are the shortest texts that read back as the same value.
    pub fn write(&self, output: impl Write) -> Result<(), LossTableError> {
        let mut writer = csv::Writer::from_writer(output);
        let columns = self.contenders.iter().map(ToString::to_string);
        writer.write_record(std::iter::once("image".to_owned()).chain(columns))?;
        let width = self.contenders.len();
        for (row, image) in self.images.iter().enumerate() {
            writer.write_field(image)?;
            for loss in &self.losses[row * width..(row + 1) * width] {
                writer.write_field(if loss.is_nan() { String::new() } else { loss.to_string() })?;
            }
            writer.write_record(None::<&[u8]>)?;
        }
        writer.flush().map_err(csv::Error::from)?;
        Ok(())
    }

    /// The losses of one contender, one per image.
    pub fn column(&self, column: usize) -> impl Iterator<Item = f64> + '_ {
        self.losses.iter().skip(column).step_by(self.contenders.len()).copied()
    }

    /// The column of a contender.
    pub fn position(&self, contender: &Contender) -> Option<usize> {
        self.contenders.iter().position(|c| c == contender)
    }
}

/// An empty cell is NaN (no loss known); any other must be a finite number.
fn parse_loss(cell: &str) -> Option<f64> {
    if cell.is_empty() {
        return Some(f64::NAN);
    }
    cell.parse().ok().filter(|loss: &f64| loss.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<LossTable, LossTableError> {
        LossTable::read(TaskId::new("t").unwrap(), text.as_bytes())
    }

    #[test]
    fn reads_what_it_writes() {
        let text = "image,self,a,a+b,pixels#1\ns1,0.5,0.25,,1\ns2,1e-9,2,3,4\n";
        let table = read(text).unwrap();
        assert_eq!(table.column(1).collect::<Vec<_>>(), [0.25, 2.0]);
        assert!(table.column(2).next().unwrap().is_nan());
        let mut bytes = Vec::new();
        table.write(&mut bytes).unwrap();
        let written = String::from_utf8(bytes).unwrap();
        assert_eq!(written, text.replace("1e-9", "0.000000001"));
    }

    #[test]
    fn byte_order_mark_crlf_and_spaces_are_no_obstacle() {
        let table = read("\u{feff}\"image\", self ,a\r\n\r\n\"s1\", 1 ,2\r\n,,\r\ns2,3,4").unwrap();
        assert_eq!(
            (table.losses, table.images),
            (vec![1.0, 2.0, 3.0, 4.0], vec!["s1".to_owned(), "s2".to_owned()])
        );
    }

    #[test]
    fn every_defect_is_named_with_its_place() {
        let cases = [
            ("picture,a\ns,1\n", "line 1: the header must be"),
            ("", "line 1: the header must be"),
            ("image,a,b\r\n\r\ns,1,x\r\n", "line 3, column `b`: the loss `x`"),
            ("image,a\n\"s,1\n", "line 2: cells in this row: 1"),
            ("image,A b\ns,1\n", "column `A b` is no contender"),
            ("image,a,b,a\ns,1,2,3\n", "contender `a` has two columns"),
            ("image,a,b\ns,1,2\nr,1,NaN\n", "line 3, column `b`: the loss `NaN`"),
            ("image,a\ns,inf\n", "line 2, column `a`: the loss `inf`"),
            ("image,a\ns,hot\n", "the loss `hot`"),
            ("image,a\ns,1\ns,2\n", "line 3: image `s` has a row already"),
            ("image,a,b\ns,1\n", "line 2: cells in this row: 2, in the header: 3"),
            ("image,a\n", "no rows"),
        ];
        for (text, expected) in cases {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text:?}: {error}");
        }
    }
}
