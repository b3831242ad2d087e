//! A shard: samples of one domain of one split as a safetensors file.
//!
//! Tensors `data`, N×C×H×W, and `present`, N×u8 (1, or 0 where the sample lacks the domain). A domain
//! of tuples of k views has `rows`, N×k×u32, instead: the rows of the split that belong together.

use std::fs::File;
use std::io::{self, Read, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use memmap2::Mmap;
use safetensors::SafeTensors;
use taskonomy_core::{Domain, Dtype};

use crate::error::DataError;
use crate::manifest::FileRecord;
use crate::values::ValuesRef;

/// What stands beside the data of a shard.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Beside<'a> {
    /// Whether each sample has a value.
    Present(&'a [u8]),
    /// The rows of every tuple.
    Rows(&'a [u32]),
}

impl Beside<'_> {
    fn samples(self, domain: &Domain) -> usize {
        match self {
            Self::Present(present) => present.len(),
            Self::Rows(rows) => rows.len() / domain.views,
        }
    }
}

/// Writes a shard whose samples' bytes are read from `data`, and says what it wrote. Memory does
/// not grow with the shard.
///
/// Fails with `UnexpectedEof` or `InvalidData` when `data` is shorter or longer than the samples.
pub(crate) fn write_shard(
    out: &mut impl Write,
    domain: &Domain,
    beside: Beside<'_>,
    data: &mut impl Read,
) -> io::Result<FileRecord> {
    let samples = beside.samples(domain);
    let expected = (samples * domain.len() * domain.dtype.size()) as u64;
    let mut out = Hashing { out, hasher: blake3::Hasher::new(), bytes: 0 };
    out.write_all(&header(domain, samples))?;
    if let Beside::Rows(rows) = beside {
        for row in rows {
            out.write_all(&row.to_le_bytes())?;
        }
    }
    let copied = io::copy(&mut data.take(expected), &mut out)?;
    if copied < expected {
        let why = format!("{copied} of {expected} bytes of `{}` were kept", domain.name);
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, why));
    }
    if data.read(&mut [0])? != 0 {
        let why = format!("more than {expected} bytes of `{}` were kept", domain.name);
        return Err(io::Error::new(io::ErrorKind::InvalidData, why));
    }
    if let Beside::Present(present) = beside {
        out.write_all(present)?;
    }
    out.flush()?;
    let blake3 = out.hasher.finalize().to_hex().to_string();
    Ok(FileRecord { bytes: out.bytes, blake3, samples: None })
}

/// Length of the JSON, then the JSON, padded with blanks so that the tensors begin at a multiple of
/// 8: first the data, or the rows of tuples, so that both are aligned.
fn header(domain: &Domain, samples: usize) -> Vec<u8> {
    let [c, h, w] = domain.shape;
    let data = samples * domain.len() * domain.dtype.size();
    let rows = if domain.is_of_tuples() { samples * domain.views * size_of::<u32>() } else { 0 };
    let end = rows + data;
    let beside = if domain.is_of_tuples() {
        let views = domain.views;
        format!(r#""rows":{{"dtype":"U32","shape":[{samples},{views}],"data_offsets":[0,{rows}]}}"#)
    } else {
        let after = end + samples;
        format!(r#""present":{{"dtype":"U8","shape":[{samples}],"data_offsets":[{end},{after}]}}"#)
    };
    let mut json = format!(
        r#"{{"data":{{"dtype":"{:?}","shape":[{samples},{c},{h},{w}],"data_offsets":[{rows},{end}]}},{beside}}}"#,
        domain.dtype,
    );
    while json.len() % 8 != 0 {
        json.push(' ');
    }
    let mut bytes = (json.len() as u64).to_le_bytes().to_vec();
    bytes.extend(json.into_bytes());
    bytes
}

struct Hashing<'w, W> {
    out: &'w mut W,
    hasher: blake3::Hasher,
    bytes: u64,
}

impl<W: Write> Write for Hashing<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A shard mapped into memory.
#[derive(Debug)]
pub(crate) struct Shard {
    path: PathBuf,
    map: Mmap,
    data: usize,
    beside: Range<usize>,
    /// Views of a tuple; 1 where `beside` says which samples are present.
    views: usize,
    dtype: Dtype,
    stride: usize,
}

impl Shard {
    /// Maps a file and checks its length, tensors, types and shapes.
    pub(crate) fn open(
        path: &Path,
        record: &FileRecord,
        domain: &Domain,
        samples: usize,
    ) -> Result<Self, DataError> {
        let file = match File::open(path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                return Err(DataError::MissingShard { file: path.to_owned() });
            }
            other => other.map_err(DataError::io(path))?,
        };
        let found = file.metadata().map_err(DataError::io(path))?.len();
        if found != record.bytes {
            let (file, expected) = (path.to_owned(), record.bytes);
            return Err(DataError::Length { file, found, expected });
        }
        #[allow(unsafe_code, reason = "mapping a file is unsafe whatever one does")]
        // SAFETY: the map is only read. A dataset is written once, renamed into place and never
        // changed; whoever truncates a file of it while it is read gets a bus error, as with any
        // program that maps files, and no reference is ever made writable.
        let map = unsafe { Mmap::map(&file) }.map_err(DataError::io(path))?;

        let wrong = |why: String| DataError::Shard { file: path.to_owned(), why };
        let (header, tensors) = SafeTensors::read_metadata(&map)
            .map_err(|e| wrong(format!("is no safetensors file: {e}")))?;
        let beside = if domain.is_of_tuples() { "rows" } else { "present" };
        let range = |name: &str, dtype: &str, shape: &[usize]| {
            let info = tensors
                .info(name)
                .ok_or_else(|| wrong(format!("has no tensor `{name}`: it needs data, {beside}")))?;
            if info.dtype.to_string() != dtype || info.shape != shape {
                return Err(wrong(format!(
                    "tensor `{name}` is {} of shape {:?}: it must be {dtype} of shape {shape:?}",
                    info.dtype, info.shape
                )));
            }
            let start = size_of::<u64>() + header;
            Ok(start + info.data_offsets.0..start + info.data_offsets.1)
        };
        let [c, h, w] = domain.shape;
        let data = range("data", &format!("{:?}", domain.dtype), &[samples, c, h, w])?.start;
        let views = domain.views;
        let beside = if domain.is_of_tuples() {
            range(beside, "U32", &[samples, views])?
        } else {
            range(beside, "U8", &[samples])?
        };
        let stride = domain.len() * domain.dtype.size();
        let dtype = domain.dtype;
        Ok(Self { path: path.to_owned(), map, data, beside, views, dtype, stride })
    }

    /// Checks that all rows of tuples are below this, and differ within a tuple.
    pub(crate) fn check_rows(&self, rows: usize) -> Result<(), DataError> {
        let wrong = |why: String| DataError::Shard { file: self.path.clone(), why };
        for tuple in 0.. {
            let Some(found) = self.rows(tuple) else { break };
            if let Some(row) = found.iter().find(|&&row| row >= rows) {
                return Err(wrong(format!("tuple {tuple} has row {row}: the split has {rows}")));
            }
            if (1..found.len()).any(|i| found[..i].contains(&found[i])) {
                return Err(wrong(format!("tuple {tuple} has rows {found:?}: they must differ")));
            }
        }
        Ok(())
    }

    /// The rows of a tuple; `None` where there is no such tuple or the shard is not of tuples.
    pub(crate) fn rows(&self, tuple: usize) -> Option<Vec<usize>> {
        if self.views < 2 {
            return None;
        }
        let (rows, _) = self.map.get(self.beside.clone())?.as_chunks();
        let first = tuple.checked_mul(self.views)?;
        let rows = rows.get(first..first.checked_add(self.views)?)?;
        Some(rows.iter().map(|&row| u32::from_le_bytes(row) as usize).collect())
    }

    /// The values of one row, or of one tuple; `None` where it is absent or there is none.
    pub(crate) fn sample(&self, row: usize) -> Option<ValuesRef<'_>> {
        if self.views == 1 {
            let present = self.map.get(self.beside.clone())?;
            if *present.get(row)? == 0 {
                return None;
            }
        } else {
            self.rows(row)?;
        }
        let start = self.data + row * self.stride;
        Some(ValuesRef::new(self.dtype, self.map.get(start..start + self.stride)?))
    }

    /// Reads every byte and compares the checksum.
    pub(crate) fn verify(&self, record: &FileRecord) -> Result<(), DataError> {
        let found = blake3::hash(&self.map).to_hex().to_string();
        if found == record.blake3 {
            return Ok(());
        }
        let (file, expected) = (self.path.clone(), record.blake3.clone());
        Err(DataError::Checksum { file, found, expected })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain() -> Domain {
        Domain {
            name: "depth".into(),
            dtype: Dtype::U16,
            shape: [1, 1, 2],
            unit: "512 per metre".into(),
            invalid: Some(65535),
            classes: vec![],
            views: 1,
            note: String::new(),
        }
    }

    /// A disk with room for so many bytes.
    struct Full(usize);

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let taken = bytes.len().min(self.0);
            self.0 -= taken;
            if taken == 0 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(taken) }
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_safetensors_crate_reads_what_is_written() {
        let mut out = Vec::new();
        let data = [1, 0, 2, 0, 3, 0, 4, 0];
        let record =
            write_shard(&mut out, &domain(), Beside::Present(&[1, 0]), &mut &data[..]).unwrap();
        assert_eq!(record.bytes, out.len() as u64);
        assert_eq!(record.blake3, blake3::hash(&out).to_hex().to_string());
        let tensors = SafeTensors::deserialize(&out).unwrap();
        let read = tensors.tensor("data").unwrap();
        assert_eq!((read.dtype(), read.shape()), (safetensors::Dtype::U16, &[2, 1, 1, 2][..]));
        assert_eq!(read.data(), data);
        assert_eq!(read.data().as_ptr().addr() % 8, out.as_ptr().addr() % 8);
        assert_eq!(tensors.tensor("present").unwrap().data(), [1, 0]);
    }

    #[test]
    fn rows_of_tuples_stand_before_the_data() {
        let pairs = Domain { views: 2, ..domain() };
        let mut out = Vec::new();
        let (rows, data) = ([3, 1, 0, 2], [1, 0, 2, 0, 3, 0, 4, 0]);
        write_shard(&mut out, &pairs, Beside::Rows(&rows), &mut &data[..]).unwrap();
        let tensors = SafeTensors::deserialize(&out).unwrap();
        let read = tensors.tensor("rows").unwrap();
        assert_eq!((read.dtype(), read.shape()), (safetensors::Dtype::U32, &[2, 2][..]));
        assert_eq!(read.data(), rows.map(u32::to_le_bytes).concat());
        assert_eq!(read.data().as_ptr().addr() % 8, out.as_ptr().addr() % 8);
        assert_eq!(tensors.tensor("data").unwrap().data(), data);
        assert!(tensors.tensor("present").is_err());
    }

    #[test]
    fn a_full_disk_is_an_error_wherever_it_fills_up() {
        let data = [0; 8];
        let mut out = Vec::new();
        write_shard(&mut out, &domain(), Beside::Present(&[1, 1]), &mut &data[..]).unwrap();
        for room in 0..out.len() {
            let error =
                write_shard(&mut Full(room), &domain(), Beside::Present(&[1, 1]), &mut &data[..]);
            assert_eq!(error.unwrap_err().kind(), io::ErrorKind::StorageFull, "{room}");
        }
        assert!(
            write_shard(&mut Full(out.len()), &domain(), Beside::Present(&[1, 1]), &mut &data[..])
                .is_ok()
        );
    }

    #[test]
    fn data_that_are_not_as_long_as_the_samples_are_refused() {
        let write = |bytes: usize| {
            write_shard(
                &mut io::sink(),
                &domain(),
                Beside::Present(&[1, 1]),
                &mut &vec![0; bytes][..],
            )
        };
        assert_eq!(write(7).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        assert_eq!(write(9).unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert!(write(8).is_ok());
    }
}
