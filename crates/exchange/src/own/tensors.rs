//! Arrays of representations by the names of images: `.npy` files, tensors of `.safetensors` files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use half::{bf16, f16};
use rayon::prelude::*;
use safetensors::tensor::{Dtype, Metadata};

use super::Entry;
use super::files::{Files, has_ending, hash_file};
use crate::error::ExchangeError;
use crate::fault::{Defect, Fault, Faults};
use crate::npy::Array;
use crate::tree::open;

/// A longer header is none.
const MOST_HEADER: u64 = 1 << 27;

/// More values are no representation of one image.
const MOST_VALUES: usize = 1 << 26;

/// Where the array of an image is.
#[derive(Debug, Clone)]
enum Place {
    /// A `.npy` file.
    Npy(PathBuf),
    /// Bytes of a `.safetensors` file.
    Tensor { file: PathBuf, dtype: Dtype, shape: Vec<usize>, start: u64, bytes: usize },
}

impl Place {
    fn file(&self) -> &Path {
        match self {
            Self::Npy(file) | Self::Tensor { file, .. } => file,
        }
    }
}

/// All arrays of a folder or file.
#[derive(Debug)]
pub(super) struct Tensors(BTreeMap<String, Place>);

impl Tensors {
    /// Lists a folder, or the tensors of one file. A `.safetensors` file with a single tensor, which is
    /// named after an image itself, is that image's; the tensors of any other are named after images.
    pub(super) fn list(
        path: &str,
        is_image: impl Fn(&str) -> bool,
        entry: &Entry,
    ) -> Result<Self, ExchangeError> {
        let mut all = Self(BTreeMap::new());
        let mut faults = Faults::default();
        if Path::new(path).is_file() {
            match tensors(Path::new(path)) {
                Ok(tensors) => tensors.into_iter().for_each(|(n, t)| all.add(n, t, &mut faults)),
                Err(fault) => faults.add(fault),
            }
            entry.faultless(faults)?;
            return Ok(all);
        }
        let files = Files::list(path, &["npy", "safetensors"], entry)?;
        for key in files.keys() {
            let name = files.path(key);
            let file = files.root.join(name);
            if has_ending(name, "npy") {
                all.add(key.to_owned(), Place::Npy(file), &mut faults);
                continue;
            }
            match tensors(&file) {
                Ok(mut tensors) if tensors.len() == 1 && is_image(key) => {
                    tensors.drain(..).for_each(|(_, t)| all.add(key.to_owned(), t, &mut faults));
                }
                Ok(tensors) => tensors.into_iter().for_each(|(n, t)| all.add(n, t, &mut faults)),
                Err(fault) => faults.add(fault),
            }
        }
        entry.faultless(faults)?;
        Ok(all)
    }

    fn add(&mut self, name: String, place: Place, faults: &mut Faults) {
        if let Some(first) = self.0.get(&name) {
            let why = format!("`{name}` is in {} already", first.file().display());
            faults.add(Fault::new(Defect::Twice, why).at(place.file().display().to_string()));
            return;
        }
        self.0.insert(name, place);
    }

    /// The names of the arrays.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Hashes of all files that hold one of these arrays, in the order of their paths.
    pub(super) fn hashes(&self, keys: &BTreeSet<&str>) -> Result<Vec<[u8; 32]>, ExchangeError> {
        let files = keys.iter().filter_map(|key| self.0.get(*key)).map(Place::file);
        let files: BTreeSet<&Path> = files.collect();
        let files: Vec<&Path> = files.into_iter().collect();
        files.par_iter().map(|file| hash_file(file)).collect()
    }

    /// One of the arrays; every value is finite, also as f32.
    pub(super) fn read(&self, key: &str) -> Result<Array, Fault> {
        let absent = || Fault::new(Defect::Unreadable, "it is not there any more").at(key);
        let place = self.0.get(key).ok_or_else(absent)?;
        let read = match place {
            Place::Npy(file) => std::fs::read(file)
                .map_err(|e| unreadable(&e))
                .and_then(|bytes| Array::read(&bytes)),
            Place::Tensor { file, dtype, shape, start, bytes } => {
                let bytes = slice(file, *start, *bytes).map_err(|e| unreadable(&e));
                bytes.map(|bytes| Array {
                    shape: shape.clone(),
                    values: numbers(&bytes, *dtype),
                    is_half: *dtype == Dtype::F16,
                })
            }
        };
        let at = |fault: Fault| {
            let file = place.file().display();
            match place {
                Place::Npy(_) => fault.at(file.to_string()),
                Place::Tensor { .. } => fault.at(format!("{file}, `{key}`")),
            }
        };
        let array = read.map_err(at)?;
        match array.values.iter().position(|v| !(*v as f32).is_finite()) {
            Some(i) => {
                let why = format!("value {i} is {}: it must be finite", array.values[i]);
                Err(at(Fault::new(Defect::NotFinite, why)))
            }
            None => Ok(array),
        }
    }
}

fn unreadable(error: &std::io::Error) -> Fault {
    Fault::new(Defect::Unreadable, error.to_string())
}

fn slice(file: &Path, start: u64, bytes: usize) -> std::io::Result<Vec<u8>> {
    let mut file = File::open(file)?;
    file.seek(SeekFrom::Start(start))?;
    let mut values = vec![0; bytes];
    file.read_exact(&mut values)?;
    Ok(values)
}

/// The tensors of a file, from its header alone.
fn tensors(file: &Path) -> Result<Vec<(String, Place)>, Fault> {
    let fault = |defect, why: String| Fault::new(defect, why).at(file.display().to_string());
    let damaged = |why: &str| fault(Defect::Damaged, format!("no safetensors file: {why}"));
    let io = |e: std::io::Error| fault(Defect::Unreadable, e.to_string());
    let mut open = open(file).map_err(io)?;
    let length = open.metadata().map_err(io)?.len();
    let mut size = [0; 8];
    open.read_exact(&mut size).map_err(|_| damaged("it ends within its header"))?;
    let size = u64::from_le_bytes(size);
    if size > MOST_HEADER || size + 8 > length {
        return Err(damaged("its header is longer than it"));
    }
    let mut header = vec![0; size as usize];
    open.read_exact(&mut header).map_err(io)?;
    let header: Metadata =
        serde_json::from_slice(&header).map_err(|e| damaged(&format!("its header: {e}")))?;
    if header.data_len() as u64 + size + 8 != length {
        return Err(damaged("it is not as long as its header says"));
    }
    let mut found = Vec::new();
    for (name, info) in header.tensors() {
        let (start, end) = info.data_offsets;
        let (dtype, shape, bytes) = (info.dtype, info.shape.clone(), end - start);
        if !matches!(dtype, Dtype::F16 | Dtype::BF16 | Dtype::F32 | Dtype::F64) {
            let why = format!("tensor `{name}`: {dtype:?}, but F16, BF16, F32 or F64 is needed");
            return Err(fault(Defect::Format, why));
        }
        if bytes == 0 || bytes / dtype.bitsize().div_ceil(8) > MOST_VALUES {
            let why =
                format!("tensor `{name}` of shape {shape:?}: 1 to {MOST_VALUES} values are read");
            return Err(fault(Defect::Format, why));
        }
        let start = size + 8 + start as u64;
        let place = Place::Tensor { file: file.to_owned(), dtype, shape, start, bytes };
        found.push((name, place));
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(found)
}

/// Little-endian floating-point numbers; there are no others in [`Place::Tensor`].
fn numbers(bytes: &[u8], dtype: Dtype) -> Vec<f64> {
    let pairs = || bytes.as_chunks().0.iter().map(|&pair| u16::from_le_bytes(pair));
    match dtype {
        Dtype::F16 => pairs().map(|bits| f16::from_bits(bits).to_f64()).collect(),
        Dtype::BF16 => pairs().map(|bits| bf16::from_bits(bits).to_f64()).collect(),
        Dtype::F32 => {
            bytes.as_chunks().0.iter().map(|&v| f64::from(f32::from_le_bytes(v))).collect()
        }
        _ => bytes.as_chunks().0.iter().map(|&v| f64::from_le_bytes(v)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use safetensors::tensor::{TensorView, serialize};

    use super::*;

    fn file(tensors: &[(&str, Dtype, &[usize], &[u8])]) -> Vec<u8> {
        let views = tensors.iter().map(|&(name, dtype, shape, data)| {
            (name.to_owned(), TensorView::new(dtype, shape.to_vec(), data).unwrap())
        });
        serialize(views.collect::<Vec<_>>(), None).unwrap()
    }

    #[test]
    fn number_types_by_hand() {
        assert_eq!(numbers(&[0, 0x3c, 0, 0xc1], Dtype::F16), [1.0, -2.5]);
        assert_eq!(numbers(&[0x80, 0x3f, 0x20, 0xc0], Dtype::BF16), [1.0, -2.5]);
        assert_eq!(numbers(&[0, 0, 0, 0x3f], Dtype::F32), [0.5]);
        assert_eq!(numbers(&1.5_f64.to_le_bytes(), Dtype::F64), [1.5]);
    }

    #[test]
    fn files_of_one_image_and_of_many_and_what_is_wrong_with_them() {
        let folder = tempfile::tempdir().unwrap();
        let put =
            |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
        let half_one: &[u8] = &[0, 0x3c];
        put("a.safetensors", &file(&[("anything", Dtype::F16, &[1], half_one)]));
        put(
            "part.safetensors",
            &file(&[("b", Dtype::F16, &[1], half_one), ("c", Dtype::F32, &[1], &[0, 0, 0, 0x40])]),
        );
        put("note.txt", b"");
        let entry = Entry::source(&"own".parse().unwrap());
        let path = folder.path().to_str().unwrap();
        let list = || Tensors::list(path, |key| ["a", "b", "c"].contains(&key), &entry);
        let tensors = list().unwrap();
        assert_eq!(tensors.keys().collect::<Vec<_>>(), ["a", "b", "c"]);
        let values = ["a", "b", "c"].map(|key| tensors.read(key).unwrap().values);
        assert_eq!(values, [[1.0], [1.0], [2.0]]);
        let one = folder.path().join("part.safetensors");
        let one = Tensors::list(one.to_str().unwrap(), |_| true, &entry).unwrap();
        assert_eq!(one.keys().collect::<Vec<_>>(), ["b", "c"]);

        put("nan.safetensors", &file(&[("d", Dtype::F16, &[1], &[0, 0x7e])]));
        let fault = list().unwrap().read("d").unwrap_err();
        assert!(fault.file.ends_with("nan.safetensors, `d`"), "{fault:?}");
        assert_eq!(fault.why, "value 0 is NaN: it must be finite");
        let cases: [(Vec<u8>, &str); 4] = [
            (file(&[("b", Dtype::F16, &[1], half_one)]), "`b` is in "),
            (file(&[("e", Dtype::U8, &[2], half_one)]), "tensor `e`: U8, but F16"),
            (b"\xff\0\0\0\0\0\0\0{".to_vec(), "its header is longer than it"),
            (file(&[("e", Dtype::F16, &[1], half_one)])[..60].to_vec(), "no safetensors file"),
        ];
        for (bytes, expected) in cases {
            put("z.safetensors", &bytes);
            let error = list().unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
