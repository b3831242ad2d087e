//! Labels and representations of a user's own, from files to datasets.
#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod features;
mod labels;

use std::collections::BTreeMap;
use std::path::Path;

use taskonomy_core::{Dictionary, Domain, Dtype, Pipeline, Split, Values};
use taskonomy_data::{Dataset, DatasetWriter, Provenance, Sample};
use tempfile::TempDir;

/// Images of 8×8 pixels: two of every split, of names that `name` makes of the split and a number.
pub fn images(folder: &Path, generator: &str, name: impl Fn(Split, usize) -> String) -> Dataset {
    let rgb = Domain {
        name: "rgb".into(),
        dtype: Dtype::U8,
        shape: [3, 8, 8],
        unit: "sRGB".into(),
        invalid: None,
        classes: vec![],
        views: 1,
        note: String::new(),
    };
    let provenance = Provenance { generator: generator.into(), seed: 1 };
    let path = folder.join("images");
    let mut writer = DatasetWriter::create(&path, provenance, vec![rgb], 8).unwrap();
    for split in Split::ALL {
        for number in 0..2 {
            let sample = Sample { id: name(split, number), scene: format!("{split}{number}") };
            let values = BTreeMap::from([("rgb".to_owned(), Values::U8(vec![9; 192]))]);
            writer.append(split, sample, &values).unwrap();
        }
    }
    writer.finish().unwrap();
    Dataset::open(&path).unwrap()
}

/// A folder with images called `test_1` and the like.
pub fn plain() -> (TempDir, Dataset) {
    let folder = tempfile::tempdir().unwrap();
    let images = images(folder.path(), "test", |split, number| format!("{split}_{number}"));
    (folder, images)
}

/// A folder with crops of photos: two of each photo, one photo a split.
pub fn photos() -> (TempDir, Dataset) {
    let folder = tempfile::tempdir().unwrap();
    let name = |split, number| format!("{split}/a.jpg#{number:02}");
    let images = images(folder.path(), "photos 1", name);
    (folder, images)
}

/// A pipeline with this entry, whose paths begin with the folder.
pub fn pipeline(folder: &Path, entry: &str) -> Pipeline {
    let entry = entry.replace("./", &format!("{}/", folder.display()));
    let text =
        format!("name = 'x'\n[data]\npath = 'd'\n[tasks]\nboth = ['autoencoding']\n{entry}\n");
    Pipeline::parse(&text, &[], &Dictionary::builtin()).unwrap()
}

/// A file in the folder.
pub fn put(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// A `.npy` file of 32-bit numbers.
pub fn npy(shape: &[usize], values: &[f32]) -> Vec<u8> {
    let shape = format!("{shape:?}").replace(['[', ']'], "");
    let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({shape},), }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.bytes());
    bytes.extend(values.iter().flat_map(|v| v.to_le_bytes()));
    bytes
}

/// A grey PNG of 16 bits.
pub fn png(side: u32, values: &[u16]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Sixteen);
    let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_be_bytes()).collect();
    encoder.write_header().unwrap().write_image_data(&bytes).unwrap();
    file
}
