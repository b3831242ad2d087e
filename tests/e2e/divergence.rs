//! A task that cannot be learned.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;
use taskonomy_core::{Split, Values};
use taskonomy_data::{Dataset, DatasetWriter, Provenance};

use crate::place::{Place, Reference, started};

/// The reference's images with vanishing points whose squares are beyond f32, on the split that
/// tells how good an epoch was.
fn with_huge_labels(path: &Path) {
    let dataset = Dataset::open(&Reference::get().data()).unwrap();
    let manifest = dataset.manifest();
    let provenance = Provenance { generator: "huge".into(), seed: 1 };
    let domains = manifest.domains.clone();
    let mut writer = DatasetWriter::create(path, provenance, domains, manifest.size).unwrap();
    for split in Split::ALL {
        for (row, sample) in dataset.samples(split).iter().enumerate() {
            let mut all = BTreeMap::new();
            let of_images = manifest.domains.iter().filter(|domain| !domain.is_of_tuples());
            for name in of_images.map(|domain| &domain.name) {
                let Some(raw) = dataset.raw(split, name, row) else { continue };
                let mut values = raw.to_values();
                if let (Values::F32(numbers), Split::Validation) = (&mut values, split) {
                    for x in numbers {
                        *x *= 1e30;
                    }
                }
                all.insert(name.clone(), values);
            }
            writer.append(split, sample.clone(), &all).unwrap();
        }
        let pairs = dataset.tuples(split, "point_matching").unwrap();
        for (pair, rows) in (0..pairs.len()).filter_map(|pair| Some((pair, pairs.rows(pair)?))) {
            let label = dataset.raw(split, "point_matching", pair).unwrap().to_values();
            writer.append_tuple(split, "point_matching", &rows, &label).unwrap();
        }
    }
    writer.finish().unwrap();
}

#[test]
fn a_network_that_diverges_is_lost_and_the_others_are_not() {
    let place = Place::on_other_images(with_huge_labels);
    let ended = place.finish();
    assert_eq!(ended.code, Some(3), "{ended:?}");
    let job = "\n  network vanishing_points: ";
    assert!(ended.stderr.contains(job) && ended.stderr.contains("diverged"), "{ended:?}");
    assert!(ended.stderr.contains("--partial"), "{ended:?}");
    let failed = fs::read(place.run.path("stage1/vanishing_points/failed.json")).unwrap();
    let failed: Value = serde_json::from_slice(&failed).unwrap();
    assert!(failed["error"].as_str().unwrap().contains("diverged"), "{failed}");
    let weights = place.run.path("stage1/vanishing_points/weights.safetensors");
    assert!(!weights.exists(), "nothing is written of a training that diverges");
    for folder in ["stage1/normals", "stage2/transfers/normals/point_matching"] {
        assert!(place.run.path(folder).join("done.json").exists(), "{folder}");
    }

    // The table is partial: refused, unless it is asked for.
    let refused = place.call("stage3", &[]);
    assert_eq!(refused.code, Some(3), "{refused:?}");
    assert!(refused.stderr.contains("are not complete"), "{refused:?}");
    assert!(!place.run.path("stage3/affinities.csv").exists());
    let attempts = || {
        let given = place.entries();
        given.iter().filter_map(started).filter(|(job, _)| job.stage() < 3).count()
    };
    let before = attempts();
    let partial = place.call("stage3", &["--partial"]);
    assert_eq!(attempts(), before, "stage 3 trains nothing");
    assert!(partial.stderr.contains("target `vanishing_points` is left out"), "{partial:?}");
    assert_eq!(partial.code, Some(0), "{partial:?}");
    let affinities = fs::read_to_string(place.run.path("stage3/affinities.csv")).unwrap();
    assert!(affinities.contains("\nnormals,point_matching,"), "{affinities}");
    assert!(!affinities.contains("vanishing_points"), "{affinities}");

    // The whole run with it ends with everything that can be had, and says what is missing.
    let run = place.call("run", &["--partial", "--jobs", "2"]);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(run.stderr.contains(job), "{run:?}");
    assert!(place.run.path("stage4/taxonomy.json").exists());
    assert_eq!(place.state(), "incomplete");
}
