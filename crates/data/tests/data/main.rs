//! Datasets from the outside: written, damaged, opened, and seen by the built-in tasks.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod damage;
mod join;
mod photos;
mod refused;
mod round_trip;
mod sheet;
mod tuples;
mod twins;
mod views;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use taskonomy_core::{Dictionary, Domain, Dtype, Split, Task, Values};
use taskonomy_data::{DatasetWriter, Manifest, Provenance, Sample};

/// Side of the images of [`small`].
const SIZE: usize = 4;

fn domain(name: &str, dtype: Dtype, shape: [usize; 3]) -> Domain {
    let (unit, note) = ("1".to_owned(), String::new());
    Domain { name: name.into(), dtype, shape, unit, invalid: None, classes: vec![], views: 1, note }
}

/// The domains of [`small`].
fn domains() -> Vec<Domain> {
    let classes = |n: usize| (0..n).map(|k| format!("class {k}")).collect();
    vec![
        domain("rgb", Dtype::U8, [3, SIZE, SIZE]),
        Domain { invalid: Some(65535), ..domain("depth_zbuffer", Dtype::U16, [1, SIZE, SIZE]) },
        domain("normal", Dtype::U8, [3, SIZE, SIZE]),
        Domain {
            invalid: Some(255),
            classes: classes(3),
            ..domain("segment_semantic", Dtype::U8, [1, SIZE, SIZE])
        },
        domain("vanishing_points", Dtype::F32, [9, 1, 1]),
        Domain { classes: classes(4), ..domain("class_scene", Dtype::U8, [1, 1, 1]) },
    ]
}

/// Values of sample `i` of [`small`], another picture for every `i` below 64.
fn values(i: usize) -> BTreeMap<String, Values> {
    let plane = SIZE * SIZE;
    let byte = |k: usize| (i * 37 + k * 11) as u8;
    let depth = |k: usize| if k == i % plane { 65535 } else { (500 + 100 * i + 30 * k) as u16 };
    let label = |k: usize| if k == 5 { 255 } else { ((i + k) % 3) as u8 };
    BTreeMap::from([
        ("rgb".into(), Values::U8((0..3 * plane).map(byte).collect())),
        ("depth_zbuffer".into(), Values::U16((0..plane).map(depth).collect())),
        ("normal".into(), Values::U8((0..3 * plane).map(|k| byte(k + 7)).collect())),
        ("segment_semantic".into(), Values::U8((0..plane).map(label).collect())),
        ("vanishing_points".into(), Values::F32((0..9).map(|k| (i * k) as f32 / 9.0).collect())),
        ("class_scene".into(), Values::U8(vec![(i % 2) as u8])),
    ])
}

fn sample(split: Split, i: usize) -> Sample {
    Sample { id: format!("{split}_{i}"), scene: format!("{split}_scene_{}", i / 2) }
}

fn provenance() -> Provenance {
    Provenance { generator: "test".into(), seed: 3 }
}

/// Puts a copy of what [`written`] writes there; written once, for bringing data to the disk takes
/// its time.
fn small(path: &Path) -> Manifest {
    static FILES: LazyLock<(Manifest, BTreeMap<String, Vec<u8>>)> = LazyLock::new(|| {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("set");
        let manifest = written(&path);
        let names = manifest.files.keys().map(String::as_str).chain(["manifest.json"]);
        let read = |name: &str| (name.to_owned(), std::fs::read(path.join(name)).unwrap());
        let files = names.map(read).collect();
        (manifest, files)
    });
    for (name, bytes) in &FILES.1 {
        let file = path.join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, bytes).unwrap();
    }
    FILES.0.clone()
}

/// Writes six samples to networks and two to each other split, every domain present.
fn written(path: &Path) -> Manifest {
    let mut writer = DatasetWriter::create(path, provenance(), domains(), SIZE).unwrap();
    for split in Split::ALL {
        for i in 0..if split == Split::Networks { 6 } else { 2 } {
            writer.append(split, sample(split, i), &values(i)).unwrap();
        }
    }
    writer.finish().unwrap()
}

fn task(id: &str) -> Task {
    Dictionary::builtin().find(id).unwrap().clone()
}
