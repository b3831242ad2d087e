//! CSV files of others: whatever their line ends, blank lines and byte-order marks, and with the
//! line of every row as an editor counts it.

use std::io::{self, Read};

use csv::{ByteRecord, StringRecord};

/// Why a file is no table of cells; lines count from 1.
#[derive(Debug, thiserror::Error)]
pub enum RowError {
    /// The bytes cannot be read.
    #[error(transparent)]
    Read(#[from] io::Error),
    /// Bytes that are no text.
    #[error("line {line}, cell {cell}: the bytes are no UTF-8 text")]
    Text {
        /// Where the row begins.
        line: u64,
        /// The cell, from 1.
        cell: usize,
    },
    /// A row with more or fewer cells than the header.
    #[error("line {line}: cells in this row: {found}, in the header: {columns}")]
    Ragged {
        /// Where the row begins.
        line: u64,
        /// Its cells.
        found: usize,
        /// Those of the header.
        columns: usize,
    },
}

/// The rows of a table below its header.
pub(crate) struct Rows<R> {
    reader: csv::Reader<LineEnds<R>>,
    /// The cells of the first row that is not blank; none in an empty file.
    pub header: StringRecord,
    /// Where the header is.
    pub header_line: u64,
}

impl<R: Read> Rows<R> {
    pub fn new(input: R) -> Result<Self, RowError> {
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(LineEnds { input, after: None });
        let mut rows = Self { reader, header: StringRecord::new(), header_line: 1 };
        let mut header = StringRecord::new();
        if let Some(line) = rows.read(&mut header)? {
            (rows.header, rows.header_line) = (header, line);
        }
        Ok(rows)
    }

    /// The next row that is not blank, with its line: as many trimmed cells as the header has.
    pub fn next(&mut self) -> Result<Option<(u64, StringRecord)>, RowError> {
        let mut row = StringRecord::new();
        Ok(self.next_into(&mut row)?.map(|line| (line, row)))
    }

    /// As [`Rows::next`], into the memory of a row that is done with.
    pub fn next_into(&mut self, row: &mut StringRecord) -> Result<Option<u64>, RowError> {
        let Some(line) = self.read(row)? else { return Ok(None) };
        let (found, columns) = (row.len(), self.header.len());
        if found != columns {
            return Err(RowError::Ragged { line, found, columns });
        }
        Ok(Some(line))
    }

    fn read(&mut self, row: &mut StringRecord) -> Result<Option<u64>, RowError> {
        let mut record = std::mem::take(row).into_byte_record();
        while self.reader.read_byte_record(&mut record).map_err(io_error)? {
            let line = self.line(&record);
            *row = StringRecord::from_byte_record(record).map_err(|error| {
                let cell = error.utf8_error().field() + 1;
                RowError::Text { line, cell }
            })?;
            if row.iter().any(may_be_padded) {
                row.trim();
            }
            // Spreadsheets write rows of nothing but commas.
            if row.iter().any(|cell| !cell.is_empty()) {
                return Ok(Some(line));
            }
            record = std::mem::take(row).into_byte_record();
        }
        Ok(None)
    }

    /// Where the row that was read last begins. The parser knows where it began to look for one,
    /// which is above the blank lines, and where it stands now.
    #[allow(
        clippy::naive_bytecount,
        reason = "rows are kilobytes, and the compiler counts by vectors"
    )]
    fn line(&self, record: &ByteRecord) -> u64 {
        let breaks = record.as_slice().iter().filter(|&&byte| byte == b'\n').count() as u64;
        let looked = record.position().map_or(0, csv::Position::line);
        self.reader.position().line().saturating_sub(1 + breaks).max(looked)
    }
}

/// Whether a cell begins or ends with anything but a visible character of ASCII.
fn may_be_padded(cell: &str) -> bool {
    let bytes = cell.as_bytes();
    [bytes.first(), bytes.last()].into_iter().flatten().any(|byte| !byte.is_ascii_graphic())
}

/// With byte records and rows of any length, reading is all that can fail.
fn io_error(error: csv::Error) -> io::Error {
    error.into()
}

/// Line feeds only, also after the last line: the CSV parser counts those.
struct LineEnds<R> {
    input: R,
    /// The byte that was given last, and whether a carriage return stood there.
    after: Option<(u8, bool)>,
}

impl<R: Read> Read for LineEnds<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            let read = self.input.read(buffer)?;
            if read == 0 {
                let open = self.after.is_some_and(|(last, _)| last != b'\n');
                if open {
                    buffer[0] = b'\n';
                    self.after = Some((b'\n', false));
                }
                return Ok(usize::from(open));
            }
            let fed = buffer[0] == b'\n' && self.after == Some((b'\n', true));
            if !fed && !buffer[..read].contains(&b'\r') {
                self.after = Some((buffer[read - 1], false)); // nothing to change, as in most files
                return Ok(read);
            }
            let mut written = 0;
            for place in 0..read {
                let (byte, is_return) = match buffer[place] {
                    b'\n' if self.after == Some((b'\n', true)) => {
                        self.after = Some((b'\n', false));
                        continue;
                    }
                    b'\r' => (b'\n', true),
                    byte => (byte, false),
                };
                buffer[written] = byte;
                written += 1;
                self.after = Some((byte, is_return));
            }
            if written > 0 {
                return Ok(written);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `line:cells` of every row and of the header.
    fn read(text: &[u8]) -> Result<Vec<String>, RowError> {
        let mut rows = Rows::new(text)?;
        let mut all = vec![(rows.header_line, rows.header.clone())];
        while let Some(row) = rows.next()? {
            all.push(row);
        }
        let text = |(line, row): (u64, StringRecord)| {
            format!("{line}:{}", row.iter().collect::<Vec<_>>().join("|"))
        };
        Ok(all.into_iter().map(text).collect())
    }

    #[test]
    fn lines_are_counted_as_an_editor_does() {
        for end in ["\n", "\r\n", "\r"] {
            let text = "a,b\n\n1,2\n3,\"x\n y\"\n \n,\n5, 6 \n7,8".replace('\n', end);
            let rows = read(text.as_bytes()).unwrap();
            assert_eq!(rows, ["1:a|b", "3:1|2", "4:3|x\n y", "8:5|6", "9:7|8"], "{text:?}");
        }
        assert_eq!(read(b"\xef\xbb\xbf\n\na\n1").unwrap(), ["3:a", "4:1"]);
        assert_eq!(read(b"").unwrap(), ["1:"]);
        // A quote that is never closed takes the rest of the file.
        assert_eq!(read(b"a\n\"1\n2\n3").unwrap(), ["1:a", "2:1\n2\n3"]);
    }

    #[test]
    fn chunks_of_one_byte_make_no_difference() {
        struct Dribble<'a>(&'a [u8]);
        impl Read for Dribble<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let count = buffer.len().min(1);
                self.0.read(&mut buffer[..count])
            }
        }
        let text = "a\r\n\r\r\n\n1\r2";
        let mut whole = String::new();
        let mut ends = LineEnds { input: Dribble(text.as_bytes()), after: None };
        ends.read_to_string(&mut whole).unwrap();
        assert_eq!(whole, "a\n\n\n\n1\n2\n");
    }

    #[test]
    fn what_is_no_table_of_texts_is_refused_with_its_line() {
        let error = |text: &[u8]| read(text).unwrap_err().to_string();
        assert_eq!(error(b"a,b\r\n\r\n1\r\n"), "line 3: cells in this row: 1, in the header: 2");
        assert_eq!(error(b"a,b\n1,2,3\n"), "line 2: cells in this row: 3, in the header: 2");
        assert_eq!(error(b"a,b\n1,\xff\n"), "line 2, cell 2: the bytes are no UTF-8 text");
        assert_eq!(error(b"\xff\xfea"), "line 1, cell 1: the bytes are no UTF-8 text");
    }
}
