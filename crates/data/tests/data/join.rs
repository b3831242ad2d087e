//! Domains of one dataset beside those of another.

use std::collections::BTreeMap;
use std::path::Path;

use taskonomy_core::{Dtype, Encoding, Loss, Output, Split, Target, Task, Values};
use taskonomy_data::{Dataset, DatasetWriter, TaskView};

use crate::{SIZE, domain, provenance, sample, small, task};

/// One number per sample of the splits of [`small`], absent for the second of each split.
fn beside(path: &Path, name: &str, size: usize, networks: usize) -> Dataset {
    let invalid = Some(u32::MAX);
    let own = taskonomy_core::Domain { invalid, ..domain(name, Dtype::F32, [1, size, size]) };
    let mut writer = DatasetWriter::create(path, provenance(), vec![own], size).unwrap();
    for split in Split::ALL {
        for i in 0..if split == Split::Networks { networks } else { 2 } {
            let mut map = vec![100.0 * i as f32; size * size];
            map[3] = u32::MAX as f32;
            let values = BTreeMap::from([(name.to_owned(), Values::F32(map))]);
            let values = if i == 1 { BTreeMap::new() } else { values };
            writer.append(split, sample(split, i), &values).unwrap();
        }
    }
    writer.finish().unwrap();
    Dataset::open(path).unwrap()
}

#[test]
fn a_task_sees_what_stands_beside_the_images() {
    let place = tempfile::tempdir().unwrap();
    small(&place.path().join("set"));
    let images = Dataset::open(&place.path().join("set")).unwrap();
    let checksum = images.checksum("rgb").unwrap();
    let joined = images.join(beside(&place.path().join("own"), "own_height", SIZE, 6)).unwrap();
    joined.verify_checksums().unwrap();
    assert_eq!(joined.checksum("rgb").unwrap(), checksum);
    assert_eq!(joined.manifest().domains.last().unwrap().name, "own_height");

    let target = Target { domain: "own_height".into(), encoding: Encoding::Plain, mask: None };
    let height = Task {
        output: Output::Dense { channels: Some(1), stride: 1 },
        loss: Loss::L1,
        target: Some(target),
        ..task("normals")
    };
    let height = Task { mirror: None, ..height };
    let view = TaskView::new(&joined, &height).unwrap();
    let (mut values, mut weight) = (vec![], vec![]);
    view.target(Split::Networks, &[0, 1, 2], &mut values, &mut weight);
    let plane = SIZE * SIZE;
    let known = |row: usize| weight[row * plane..(row + 1) * plane].iter().sum::<f32>() as usize;
    assert_eq!([0, 1, 2].map(known), [plane - 1, 0, plane - 1], "unknown and absent");
    // Of 0, 200, 300, 400 and 500 (each in all places but one) the mean is 280, the variance 29,600.
    let deviation = 29_600_f32.sqrt();
    assert!((values[0] + 280.0 / deviation).abs() < 1e-4, "{}", values[0]);
    assert!((values[2 * plane] - (200.0 - 280.0) / deviation).abs() < 1e-4);
    // Pictures show deviations from the mean, whatever the unit: not all white.
    let picture = view.paint(&[-1.0, 0.0, 1.0, 0.0].repeat(plane / 4));
    let [dark, middle, bright] = [0, 1, 2].map(|x| picture.get(x, 0)[0]);
    assert!(
        0 < dark && dark < middle && middle < bright && bright < 255,
        "{dark} {middle} {bright}"
    );
}

#[test]
fn other_images_and_two_domains_of_one_name_do_not_go_together() {
    let place = tempfile::tempdir().unwrap();
    small(&place.path().join("set"));
    let join = |name: &str, size, networks| {
        let images = Dataset::open(&place.path().join("set")).unwrap();
        let own = place.path().join(format!("{name}{size}{networks}"));
        images.join(beside(&own, name, size, networks)).unwrap_err().to_string()
    };
    let other = "the two datasets do not go together: it is of other images";
    assert_eq!(join("own", SIZE, 5), other);
    assert_eq!(join("own", 2 * SIZE, 6), other);
    assert_eq!(
        join("normal", SIZE, 6),
        "the two datasets do not go together: both have a domain `normal`"
    );
}
