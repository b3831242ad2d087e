//! Writers that fail half-way, and domains of more than one shard.

use std::path::PathBuf;

use proptest::prelude::*;
use taskonomy_core::Dtype;

use super::*;
use crate::dataset::Dataset;
use crate::values::ValuesRef;

fn domain(name: &str, views: usize) -> Domain {
    Domain {
        name: name.into(),
        dtype: Dtype::U16,
        shape: [1, 1, 2],
        unit: String::new(),
        invalid: None,
        classes: vec![],
        views,
        note: String::new(),
    }
}

fn writer(path: &Path, domains: Vec<Domain>) -> DatasetWriter {
    let provenance = Provenance { generator: "test".into(), seed: 0 };
    DatasetWriter::create(path, provenance, domains, 1).unwrap()
}

fn sample(i: usize) -> Sample {
    Sample { id: format!("x{i}"), scene: "y".into() }
}

#[test]
fn a_sample_that_went_to_some_domains_only_is_never_published() {
    let place = tempfile::tempdir().unwrap();
    let mut writer = writer(&place.path().join("set"), vec![domain("a", 1), domain("b", 1)]);
    writer.append(Split::Test, sample(0), &BTreeMap::new()).unwrap();
    // What a disk that fills up between the two domains leaves behind.
    writer.spools.get_mut(&Split::Test).unwrap()[0].push(None).unwrap();
    let error = writer.finish().unwrap_err().to_string();
    assert!(error.contains("some domains only"), "{error}");
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
}

/// Writes so many samples and pairs of them with room for three samples a shard; every fourth sample is
/// absent.
fn in_shards(path: &Path, samples: usize) -> Manifest {
    let mut writer = writer(path, vec![domain("single", 1), domain("pair", 2)]);
    // 4 bytes and a flag a sample, 4 bytes and two rows a pair.
    writer.most = 4096 + 3 * 5;
    for i in 0..samples {
        let value = ("single".to_owned(), Values::U16(vec![i as u16, 7]));
        let values = (i % 4 != 3).then_some(value).into_iter().collect();
        writer.append(Split::Test, sample(i), &values).unwrap();
        if i > 0 {
            let value = Values::U16(vec![9, i as u16]);
            writer.append_tuple(Split::Test, "pair", &[i, i - 1], &value).unwrap();
            let again = writer.append_tuple(Split::Test, "pair", &[i, i - 1], &value);
            assert!(again.unwrap_err().to_string().contains("already"));
        }
    }
    writer.finish().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn shards_are_read_as_one(samples in 1_usize..14) {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("set");
        let manifest = in_shards(&path, samples);
        let singles = manifest.files.keys().filter(|path| path.contains("single")).count();
        let pairs = manifest.files.keys().filter(|path| path.contains("pair")).count();
        prop_assert_eq!((singles, pairs), (samples.div_ceil(3), (samples - 1).max(1)));
        prop_assert!(manifest.files.values().all(|record| record.bytes <= 4096 + 3 * 5));
        prop_assert_eq!(manifest.schema, if singles > 1 || pairs > 1 { 3 } else { 2 });
        let dataset = Dataset::open(&path).unwrap();
        dataset.verify_checksums().unwrap();
        prop_assert_eq!(dataset.manifest(), &manifest);
        for i in 0..samples + 2 {
            let read = dataset.raw(Split::Test, "single", i).map(ValuesRef::to_values);
            let there = i < samples && i % 4 != 3;
            prop_assert_eq!(read, there.then(|| Values::U16(vec![i as u16, 7])));
        }
        let tuples = dataset.tuples(Split::Test, "pair").unwrap();
        prop_assert_eq!(tuples.len(), samples - 1);
        for i in 1..samples {
            prop_assert_eq!(tuples.rows(i - 1), Some(vec![i, i - 1]));
            let read = dataset.raw(Split::Test, "pair", i - 1).map(ValuesRef::to_values);
            prop_assert_eq!(read, Some(Values::U16(vec![9, i as u16])));
        }
        prop_assert_eq!(tuples.rows(samples - 1), None);
    }
}

#[test]
fn shards_that_do_not_add_up_are_refused() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("set");
    in_shards(&path, 8);
    let file = path.join(MANIFEST);
    let sound = std::fs::read_to_string(&file).unwrap();
    let opened = |text: String| {
        std::fs::write(&file, text).unwrap();
        Dataset::open(&path).map(|_| ()).unwrap_err().to_string()
    };
    let replaced = |old: &str, new: &str| {
        assert!(sound.contains(old), "{old}");
        opened(sound.replace(old, new))
    };
    for (old, new, expected) in [
        ("single-00001", "single-00003", "hold 3 samples: they must hold 8"),
        ("single-00002", "single-00003", "hold 6 samples: they must hold 8"),
        ("\"samples\": 2", "\"samples\": 3", "hold 9 samples: they must hold 8"),
        (
            "\"samples\": 2",
            "\"samples\": 18446744073709551615",
            "hold 18446744073709551615 samples",
        ),
    ] {
        let error = replaced(old, new);
        assert!(error.contains(expected), "{error}");
    }
    // As many in all, but not where they are.
    let swapped = sound.replace("\"samples\": 2", "\"samples\": 0");
    let error = opened(swapped.replacen("\"samples\": 3", "\"samples\": 5", 1));
    assert!(error.contains("it must be U16 of shape [5, 1, 1, 2]"), "{error}");
    let last: PathBuf = path.join("test/single-00002.safetensors");
    std::fs::remove_file(&last).unwrap();
    assert!(opened(sound.clone()).contains("single-00002"));
}
