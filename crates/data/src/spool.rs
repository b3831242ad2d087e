//! What a writer holds of one domain of one split: values, on disk, until they fill a shard.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use taskonomy_core::{Domain, Values};

use crate::error::DataError;
use crate::manifest::{FileRecord, shard_name};
use crate::shard::{Beside, write_shard};

/// Room for what a shard has before its tensors.
const HEADER: u64 = 4096;

/// The values of one domain of one split so far.
#[derive(Debug)]
pub(crate) struct Spool {
    domain: Domain,
    /// Where shards go.
    folder: PathBuf,
    /// Values that are in no shard yet.
    path: PathBuf,
    out: BufWriter<File>,
    /// Of a domain of single views: whether each sample that is in no shard yet has it.
    present: Vec<u8>,
    /// Of a domain of tuples: the rows of each.
    rows: Vec<u32>,
    /// All tuples so far.
    known: BTreeSet<Vec<u32>>,
    /// Samples, or tuples, of a full shard.
    most: usize,
    shards: Vec<FileRecord>,
}

impl Spool {
    /// Begins the shards of a domain in the folder of a split, each of at most so many bytes or one
    /// sample.
    pub(crate) fn begin(folder: &Path, domain: &Domain, bytes: u64) -> Result<Self, DataError> {
        let path = folder.join(format!("{}.values", domain.name));
        let file = File::options().read(true).write(true).create_new(true).open(&path);
        let out = BufWriter::new(file.map_err(DataError::io(&path))?);
        let beside = if domain.is_of_tuples() { domain.views * size_of::<u32>() } else { 1 };
        let sample = (domain.len() * domain.dtype.size() + beside) as u64;
        let most = (bytes.saturating_sub(HEADER) / sample).max(1) as usize;
        let (present, rows, known, shards) = Default::default();
        let (domain, folder) = (domain.clone(), folder.to_owned());
        Ok(Self { domain, folder, path, out, present, rows, known, most, shards })
    }

    /// Samples, or tuples, that are in no shard yet.
    fn waiting(&self) -> usize {
        if self.domain.is_of_tuples() {
            self.rows.len() / self.domain.views
        } else {
            self.present.len()
        }
    }

    /// Samples, or tuples, so far.
    pub(crate) fn len(&self) -> usize {
        let written = self.shards.iter().filter_map(|shard| shard.samples).sum::<usize>();
        written + self.waiting()
    }

    /// Takes the value of the next sample, or that it has none.
    pub(crate) fn push(&mut self, value: Option<&Values>) -> Result<(), DataError> {
        self.make_room()?;
        let absent = || vec![0; self.domain.len() * self.domain.dtype.size()];
        let bytes = value.map_or_else(absent, Values::to_le_bytes);
        self.out.write_all(&bytes).map_err(DataError::io(&self.path))?;
        self.present.push(u8::from(value.is_some()));
        Ok(())
    }

    /// Takes the value of a tuple; false, and nothing is done, if there is one of these rows.
    pub(crate) fn push_tuple(&mut self, rows: Vec<u32>, value: &Values) -> Result<bool, DataError> {
        if self.known.contains(&rows) {
            return Ok(false);
        }
        self.make_room()?;
        self.out.write_all(&value.to_le_bytes()).map_err(DataError::io(&self.path))?;
        self.rows.extend(&rows);
        self.known.insert(rows);
        Ok(true)
    }

    fn make_room(&mut self) -> Result<(), DataError> {
        if self.waiting() < self.most { Ok(()) } else { self.write() }
    }

    /// Writes what waits as a shard.
    fn write(&mut self) -> Result<(), DataError> {
        let values = DataError::io(&self.path);
        self.out.flush().and_then(|()| self.out.rewind()).map_err(values)?;
        let path = self.folder.join(shard_name(&self.domain.name, self.shards.len()));
        let shard = File::create(&path).map_err(DataError::io(&path))?;
        let mut shard = BufWriter::with_capacity(1 << 20, shard);
        let mut data = BufReader::with_capacity(1 << 20, self.out.get_mut());
        let beside = if self.domain.is_of_tuples() {
            Beside::Rows(&self.rows)
        } else {
            Beside::Present(&self.present)
        };
        let record = write_shard(&mut shard, &self.domain, beside, &mut data)
            .and_then(|record| shard.get_ref().sync_all().map(|()| record))
            .map_err(DataError::io(&path))?;
        self.shards.push(FileRecord { samples: Some(self.waiting()), ..record });
        self.present.clear();
        self.rows.clear();
        self.out
            .rewind()
            .and_then(|()| self.out.get_ref().set_len(0))
            .map_err(DataError::io(&self.path))
    }

    /// Writes the last shard and says what all of them are, in their order. Where there is one alone,
    /// how many samples it holds goes without saying.
    pub(crate) fn finish(mut self) -> Result<Vec<FileRecord>, DataError> {
        if self.waiting() > 0 || self.shards.is_empty() {
            self.write()?;
        }
        std::fs::remove_file(&self.path).map_err(DataError::io(&self.path))?;
        if let [only] = &mut self.shards[..] {
            only.samples = None;
        }
        Ok(self.shards)
    }
}
