//! The data sheet: what it counts, and the labels that it warns of.

use std::collections::BTreeMap;

use taskonomy_core::{Domain, Dtype, Split, Values};
use taskonomy_data::{Dataset, DatasetWriter, Provenance, Sample, Sheet};

use crate::{SIZE, domain, domains};

const PLANE: usize = SIZE * SIZE;

/// The sheet of a dataset with these samples, two in each split that is named.
fn sheet(
    domains: Vec<Domain>,
    splits: &[Split],
    values: impl Fn(Split, usize) -> BTreeMap<String, Values>,
) -> Sheet {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("set");
    let provenance = Provenance { generator: "test".into(), seed: 0 };
    let mut writer = DatasetWriter::create(&path, provenance, domains, SIZE).unwrap();
    for &split in splits {
        for i in 0..2 {
            let id = format!("{split}{i}");
            let sample = Sample { id: id.clone(), scene: id };
            writer.append(split, sample, &values(split, i)).unwrap();
        }
    }
    writer.finish().unwrap();
    Sheet::of(&Dataset::open(&path).unwrap())
}

fn flags(sheet: &Sheet) -> Vec<String> {
    let place = |flag: &taskonomy_data::Flag| {
        let domain = flag.domain.clone().unwrap_or_default();
        format!("{domain} {}", flag.split.map_or("all", Split::as_str))
    };
    sheet.flags.iter().map(|flag| format!("{}: {}", place(flag), flag.what)).collect()
}

#[test]
fn ranges_means_and_shares_by_hand() {
    let splits = [Split::Networks, Split::Test];
    let found = sheet(domains(), &splits, |split, i| {
        let mut depth = vec![100_u16; PLANE];
        depth[0] = if i == 0 { 65535 } else { 300 };
        let mut labels = vec![0_u8; PLANE];
        (labels[0], labels[1], labels[2]) = (2, 255, 1);
        let mut values = BTreeMap::from([
            ("rgb".to_owned(), Values::U8((0..3 * PLANE).map(|k| (k % 5) as u8).collect())),
            ("depth_zbuffer".to_owned(), Values::U16(depth)),
            ("segment_semantic".to_owned(), Values::U8(labels)),
        ]);
        if split == Split::Test && i == 1 {
            values.remove("depth_zbuffer");
        }
        values
    });
    let entry = |domain: &str, split| {
        found.entries.iter().find(|e| e.domain == domain && e.split == split).unwrap()
    };
    let depth = entry("depth_zbuffer", Split::Networks);
    assert_eq!((depth.samples, depth.absent, depth.flat), (2, 0, 1));
    assert_eq!(depth.invalid, 1.0 / 32.0);
    assert_eq!((depth.min, depth.max), (Some(100.0), Some(300.0)));
    let mean = (30.0 * 100.0 + 300.0) / 31.0;
    assert!((depth.mean.unwrap() - mean).abs() < 1e-9);
    let variance = (30.0 * 100.0 * 100.0 + 300.0 * 300.0) / 31.0 - mean * mean;
    assert!((depth.deviation.unwrap() - variance.sqrt()).abs() < 1e-9);
    assert_eq!(entry("depth_zbuffer", Split::Test).absent, 1);
    let labels = entry("segment_semantic", Split::Test);
    assert_eq!(labels.classes, [13.0 / 15.0, 1.0 / 15.0, 1.0 / 15.0]);
    assert_eq!((labels.mean, labels.invalid), (None, 1.0 / 16.0));
    assert_eq!(found.entries.len(), 2 * domains().len());
}

#[test]
fn degenerate_labels_are_flagged_and_good_ones_are_not() {
    let class = |name: &str, count: usize, shape| Domain {
        classes: (0..count).map(|k| format!("c{k}")).collect(),
        ..domain(name, Dtype::U8, shape)
    };
    let map = [1, SIZE, SIZE];
    let domains = vec![
        domain("good", Dtype::U8, map),
        domain("constant", Dtype::U16, map),
        domain("one_channel", Dtype::F32, [2, 1, 1]),
        Domain { invalid: Some(9), ..domain("unknown", Dtype::U8, map) },
        domain("absent", Dtype::U8, map),
        domain("flat", Dtype::U8, map),
        class("kind", 3, [1, 1, 1]),
        class("everywhere", 2, map),
        domain("wide", Dtype::U8, [1, 16, 16]),
    ];
    let splits = [Split::Networks, Split::Transfers, Split::Test];
    let found = sheet(domains, &splits, |split, i| {
        let ramp: Vec<u8> = (0..PLANE).map(|k| k as u8).collect();
        let mut rare = vec![0_u8; 256];
        rare[77] = 1;
        // Networks has the classes 0 and 1, the others 0 only; nothing has 2.
        let kind = u8::from(split == Split::Networks && i == 1);
        let mut values = BTreeMap::from([
            ("good".to_owned(), Values::U8(ramp)),
            ("constant".to_owned(), Values::U16(vec![7; PLANE])),
            ("one_channel".to_owned(), Values::F32(vec![i as f32, 0.5])),
            ("unknown".to_owned(), Values::U8(vec![9; PLANE])),
            ("flat".to_owned(), Values::U8(vec![100 * i as u8; PLANE])),
            ("kind".to_owned(), Values::U8(vec![kind])),
            ("everywhere".to_owned(), Values::U8((0..PLANE).map(|k| (k % 2) as u8).collect())),
            ("wide".to_owned(), Values::U8(rare)),
        ]);
        if split == Split::Test {
            // Only here is everything in order with this one.
            values.insert("constant".to_owned(), Values::U16((0..PLANE as u16).collect()));
        }
        values
    });
    let mut expected = vec![" validation: has no samples".to_owned()];
    for split in ["networks", "transfers"] {
        expected.push(format!("constant {split}: constant: every value is 7"));
    }
    for (domain, what) in [
        ("one_channel", "channel 1 is constant: every value is 0.5"),
        ("unknown", "no value is valid"),
        ("absent", "absent from every sample"),
        ("flat", "2 of 2 samples have one value throughout"),
    ] {
        let splits = ["networks", "transfers", "test"];
        expected.extend(splits.map(|split| format!("{domain} {split}: {what}")));
    }
    expected.push("kind all: classes that never occur: `c2`".to_owned());
    for split in ["transfers", "test"] {
        expected.push(format!("kind {split}: classes that do not occur: `c1`"));
    }
    for split in ["networks", "transfers", "test"] {
        expected.push(format!("wide {split}: nearly empty: 99.6 % of the values are 0"));
    }
    assert_eq!(flags(&found), expected);
}
