//! Which building belongs to which part of the published dataset: its split files, or anyone's.

use std::collections::BTreeMap;
use std::io::{Read, Write};

use crate::nearest::nearest;
use crate::quote::quote;
use crate::rows::{RowError, Rows};

/// What a building is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Training; of which kind is not said.
    Train,
    /// Training, of readouts.
    Transfers,
    /// Validation.
    Validation,
    /// Test.
    Test,
}

/// A table with the columns `id,train,val,test`, one row a building, 0 or 1 in the others.
///
/// A column `transfers`, which the published files do not have, marks those of `train` that readouts
/// are to be trained on. Other columns are left alone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BuildingSplits(BTreeMap<String, Option<Purpose>>);

/// Why a file is no table of buildings; lines count from 1.
#[derive(Debug, thiserror::Error)]
pub enum BuildingSplitsError {
    /// The text is no table.
    #[error(transparent)]
    Row(#[from] RowError),
    /// The table cannot be written.
    #[error(transparent)]
    Csv(#[from] csv::Error),
    /// A column is not there.
    #[error("line {line}: there is no column `{name}`{}: id, train, val and test are needed", instead(.nearest.as_deref()))]
    Column {
        /// That of the header.
        line: u64,
        /// Which.
        name: &'static str,
        /// The column that is most like it.
        nearest: Option<String>,
    },
    /// A cell that is neither 0 nor 1.
    #[error("line {line}, column `{column}`: `{found}` is neither 0 nor 1")]
    Flag {
        /// Of the row.
        line: u64,
        /// Which.
        column: &'static str,
        /// What stands there.
        found: String,
    },
    /// A building that two parts claim.
    #[error("line {line}: `{building}` is in more than one of train, val and test")]
    Two {
        /// Of the row.
        line: u64,
        /// The building.
        building: String,
    },
    /// A building without a name, or that stands twice.
    #[error("line {line}: the building `{building}` {why}")]
    Building {
        /// Of the row.
        line: u64,
        /// Its name.
        building: String,
        /// What is wrong with it.
        why: &'static str,
    },
}

fn instead(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!(" (but `{}`)", quote(name)))
}

const COLUMNS: [&str; 5] = ["id", "train", "val", "test", "transfers"];

impl BuildingSplits {
    /// Reads a table whose lines end as they will: the published ones end in a carriage return.
    pub fn read(input: impl Read) -> Result<Self, BuildingSplitsError> {
        let mut rows = Rows::new(input)?;
        let (line, header) = (rows.header_line, rows.header.clone());
        let place = |name| header.iter().position(|column| column == name);
        let mut places = [0; 4];
        for (place_of, name) in places.iter_mut().zip(COLUMNS) {
            *place_of = place(name).ok_or_else(|| {
                let nearest = nearest(name, header.iter()).map(str::to_owned);
                BuildingSplitsError::Column { line, name, nearest }
            })?;
        }
        let transfers = place(COLUMNS[4]);
        let mut buildings = BTreeMap::new();
        while let Some((line, row)) = rows.next()? {
            let flag = |column: usize, place: usize| match &row[place] {
                "0" => Ok(false),
                "1" => Ok(true),
                found => {
                    let (column, found) = (COLUMNS[column], quote(found));
                    Err(BuildingSplitsError::Flag { line, column, found })
                }
            };
            let building = row[places[0]].to_owned();
            let flags = [flag(1, places[1])?, flag(2, places[2])?, flag(3, places[3])?];
            let is_transfers = transfers.map_or(Ok(false), |place| flag(4, place))?;
            let purpose = match flags {
                [false, false, false] => None,
                [true, false, false] if is_transfers => Some(Purpose::Transfers),
                [true, false, false] => Some(Purpose::Train),
                [false, true, false] => Some(Purpose::Validation),
                [false, false, true] => Some(Purpose::Test),
                _ => {
                    return Err(BuildingSplitsError::Two { line, building: quote(&building) });
                }
            };
            let wrong =
                |why| Err(BuildingSplitsError::Building { line, building: quote(&building), why });
            if building.is_empty() {
                return wrong("has no name");
            }
            if buildings.insert(building.to_lowercase(), purpose).is_some() {
                return wrong("stands twice");
            }
        }
        Ok(Self(buildings))
    }

    /// Writes the table, with the column `transfers`.
    pub fn write(&self, output: impl Write) -> Result<(), BuildingSplitsError> {
        let mut writer = csv::Writer::from_writer(output);
        writer.write_record(COLUMNS)?;
        for (building, purpose) in &self.0 {
            let flag =
                |of: &[Purpose]| if purpose.is_some_and(|p| of.contains(&p)) { "1" } else { "0" };
            writer.write_record([
                building,
                flag(&[Purpose::Train, Purpose::Transfers]),
                flag(&[Purpose::Validation]),
                flag(&[Purpose::Test]),
                flag(&[Purpose::Transfers]),
            ])?;
        }
        writer.flush().map_err(csv::Error::from)?;
        Ok(())
    }

    /// What a building is for; none where the table leaves it out. Names are compared in lower case.
    pub fn purpose(&self, building: &str) -> Option<Purpose> {
        self.0.get(&building.to_lowercase()).copied().flatten()
    }

    /// Whether the table marks buildings for readouts.
    pub fn has_transfers(&self) -> bool {
        self.0.values().any(|purpose| *purpose == Some(Purpose::Transfers))
    }
}

impl FromIterator<(String, Purpose)> for BuildingSplits {
    fn from_iter<I: IntoIterator<Item = (String, Purpose)>>(buildings: I) -> Self {
        Self(buildings.into_iter().map(|(name, p)| (name.to_lowercase(), Some(p))).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str =
        "id,train,val,test\nallensville,1,0,0\nbeechwood,0,1,0\ncoffeen,0,0,1\nrough,0,0,0\n";

    #[test]
    fn published_tables_are_read_whatever_ends_their_lines() {
        for end in ["\n", "\r\n", "\r"] {
            let table = BuildingSplits::read(TABLE.replace('\n', end).as_bytes()).unwrap();
            let of = |name| table.purpose(name);
            assert_eq!(of("Allensville"), Some(Purpose::Train));
            assert_eq!(
                [of("beechwood"), of("coffeen"), of("rough"), of("other")],
                [Some(Purpose::Validation), Some(Purpose::Test), None, None]
            );
            assert!(!table.has_transfers());
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let table: BuildingSplits = [
            ("a", Purpose::Train),
            ("b", Purpose::Transfers),
            ("c", Purpose::Validation),
            ("d", Purpose::Test),
        ]
        .into_iter()
        .map(|(name, purpose)| (name.to_owned(), purpose))
        .collect();
        let mut text = Vec::new();
        table.write(&mut text).unwrap();
        let expected = "id,train,val,test,transfers\na,1,0,0,0\nb,1,0,0,1\nc,0,1,0,0\nd,0,0,1,0\n";
        assert_eq!(String::from_utf8(text.clone()).unwrap(), expected);
        let again = BuildingSplits::read(&text[..]).unwrap();
        assert_eq!(again, table);
        assert!(again.has_transfers());
    }

    #[test]
    fn what_is_no_such_table_is_refused_with_line_and_column() {
        let error = |text: &str| BuildingSplits::read(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(
            error("id,train,valid,test\n"),
            "line 1: there is no column `val` (but `valid`): id, train, val and test are needed"
        );
        assert_eq!(
            error(""),
            "line 1: there is no column `id`: id, train, val and test are needed"
        );
        assert_eq!(
            error("id,train,val,test\r\ra,yes,0,0"),
            "line 3, column `train`: `yes` is neither 0 nor 1"
        );
        assert_eq!(
            error("id,train,val,test\na,1,0,1\n"),
            "line 2: `a` is in more than one of train, val and test"
        );
        assert_eq!(
            error("id,train,val,test\na,1,0,0\nA,0,1,0\n"),
            "line 3: the building `A` stands twice"
        );
        assert_eq!(error("id,train,val,test\n,1,0,0\n"), "line 2: the building `` has no name");
    }
}
