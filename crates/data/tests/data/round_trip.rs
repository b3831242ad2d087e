//! What is written is read, whatever it is.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use taskonomy_core::{Domain, Dtype, Split, Values};
use taskonomy_data::picture::contact_sheet;
use taskonomy_data::{Dataset, DatasetWriter, TaskView, ValuesRef};

use crate::{SIZE, domain, provenance, sample, small, task, written};

fn some_domains() -> impl Strategy<Value = Vec<Domain>> {
    let dtype = prop_oneof![Just(Dtype::U8), Just(Dtype::U16), Just(Dtype::F32)];
    vec((dtype, [1..4_usize, 1..4, 1..4]), 1..4).prop_map(|list| {
        let named = |(i, (dtype, shape))| domain(&format!("domain_{i}"), dtype, shape);
        list.into_iter().enumerate().map(named).collect()
    })
}

fn some_values(domain: &Domain) -> BoxedStrategy<Option<Values>> {
    let n = domain.len();
    let values = match domain.dtype {
        Dtype::U8 => vec(any::<u8>(), n).prop_map(Values::U8).boxed(),
        Dtype::U16 => vec(any::<u16>(), n).prop_map(Values::U16).boxed(),
        Dtype::F32 => vec(-1e30_f32..1e30, n).prop_map(Values::F32).boxed(),
    };
    proptest::option::of(values).boxed()
}

type Row = (Split, Vec<Option<Values>>);

fn some_rows() -> impl Strategy<Value = (Vec<Domain>, Vec<Row>)> {
    some_domains().prop_flat_map(|domains| {
        let values: Vec<_> = domains.iter().map(some_values).collect();
        (Just(domains), vec((proptest::sample::select(&Split::ALL[..]), values), 0..8))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn all_values_come_back((domains, rows) in some_rows()) {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("set");
        let mut writer = DatasetWriter::create(&path, provenance(), domains.clone(), 4).unwrap();
        for (i, (split, values)) in rows.iter().enumerate() {
            let present = domains.iter().zip(values).filter_map(|(d, v)| Some((d.name.clone(), v.clone()?)));
            writer.append(*split, sample(*split, i), &present.collect::<BTreeMap<_, _>>()).unwrap();
        }
        let manifest = writer.finish().unwrap();
        let dataset = Dataset::open(&path).unwrap();
        dataset.verify_checksums().unwrap();
        prop_assert_eq!(dataset.manifest(), &manifest);
        for split in Split::ALL {
            let expected: Vec<_> = rows.iter().enumerate().filter(|(_, r)| r.0 == split).collect();
            prop_assert_eq!(dataset.len(split), expected.len());
            for (row, (i, (_, values))) in expected.into_iter().enumerate() {
                prop_assert_eq!(&dataset.samples(split)[row], &sample(split, i));
                for (domain, values) in domains.iter().zip(values) {
                    let read = dataset.raw(split, &domain.name, row).map(ValuesRef::to_values);
                    prop_assert_eq!(&read, values);
                }
            }
        }
    }
}

#[test]
fn no_text_makes_a_manifest_panic() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("set");
    small(&path);
    let file = path.join("manifest.json");
    let sound = std::fs::read(&file).unwrap();
    let mut runner = TestRunner::new(ProptestConfig::with_cases(300));
    let changes = (".{0,40}", 0..sound.len(), any::<u8>());
    let outcome = runner.run(&changes, |(text, at, with)| {
        std::fs::write(&file, text).unwrap();
        prop_assert!(Dataset::open(&path).is_err());
        // One byte of a sound manifest, changed: opened or refused, but never a panic.
        let mut bytes = sound.clone();
        bytes[at] = with;
        std::fs::write(&file, bytes).unwrap();
        _ = Dataset::open(&path);
        Ok(())
    });
    assert_eq!(outcome, Ok(()));
}

#[test]
fn no_bytes_make_a_shard_panic() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("set");
    small(&path);
    let names = ["segment_semantic", "vanishing_points"];
    let tasks = ["semantic_segmentation", "vanishing_points"].map(task);
    let files = names.map(|name| path.join(format!("networks/{name}-00000.safetensors")));
    let sound = files.each_ref().map(|file| std::fs::read(file).unwrap());
    let mut runner = TestRunner::new(ProptestConfig::with_cases(200));
    let changes = (0..2_usize, any::<usize>(), any::<u8>());
    let outcome = runner.run(&changes, |(k, at, with)| {
        let mut bytes = sound[k].clone();
        let at = at % bytes.len();
        bytes[at] = with;
        std::fs::write(&files[k], bytes).unwrap();
        if let Ok(dataset) = Dataset::open(&path)
            && let Ok(view) = TaskView::new(&dataset, &tasks[k])
        {
            // Labels that are no class and numbers that are not finite carry no weight.
            let losses = view.constant_losses(Split::Networks);
            prop_assert!(losses.iter().all(|loss| loss.is_finite() || loss.is_nan()));
            let sheet = contact_sheet(&dataset, Split::Networks, 3, 1);
            prop_assert!(sheet.width() > SIZE);
        }
        std::fs::write(&files[k], &sound[k]).unwrap();
        Ok(())
    });
    assert_eq!(outcome, Ok(()));
}

#[test]
fn the_same_samples_give_the_same_bytes() {
    let place = tempfile::tempdir().unwrap();
    let [a, b] = ["a", "b"].map(|name| place.path().join(name));
    assert_eq!(written(&a), written(&b));
    let read = |folder: &std::path::Path| std::fs::read(folder.join("manifest.json")).unwrap();
    assert_eq!(read(&a), read(&b));
    for path in Dataset::open(&a).unwrap().manifest().files.keys() {
        assert_eq!(std::fs::read(a.join(path)).unwrap(), std::fs::read(b.join(path)).unwrap());
    }
}

#[test]
fn what_is_not_there_is_none_and_a_domain_has_a_checksum_of_its_own() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("set");
    small(&path);
    let dataset = Dataset::open(&path).unwrap();
    assert!(dataset.raw(Split::Test, "rgb", 1).is_some());
    assert_eq!(dataset.raw(Split::Test, "rgb", 2), None);
    assert_eq!(dataset.raw(Split::Test, "rgb", usize::MAX), None);
    assert_eq!(dataset.raw(Split::Test, "rg", 0), None);
    let error = dataset.domain("rg").unwrap_err().to_string();
    assert!(error.contains("did you mean `rgb`?") && error.contains("depth_zbuffer"), "{error}");
    assert!(dataset.checksum("rg").is_err());
    assert_eq!(dataset.checksum("rgb").unwrap().len(), 64);
    assert_ne!(dataset.checksum("rgb").unwrap(), dataset.checksum("normal").unwrap());
}

#[test]
fn checksums_change_with_what_a_job_depends_on() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("set");
    let manifest = small(&path);
    let file = path.join("manifest.json");
    let text = std::fs::read_to_string(&file).unwrap();
    let hashes = |text: String| {
        std::fs::write(&file, text).unwrap();
        let dataset = Dataset::open(&path).unwrap();
        let of = |domain| dataset.checksum(domain).unwrap();
        [of("rgb"), of("depth_zbuffer"), dataset.fingerprint()]
    };
    let before = hashes(text.clone());
    let changed = |old: &str, new: &str| {
        assert!(text.contains(old), "{old}");
        let after = hashes(text.replacen(old, new, 1));
        [0, 1, 2].map(|k| before[k] != after[k])
    };
    assert_eq!(changed("\"seed\": 3", "\"seed\": 4"), [false, false, true]);
    assert_eq!(changed("\"invalid\": 65535", "\"invalid\": 0"), [false, true, true]);
    assert_eq!(changed("\"test_1\"", "\"test_one\""), [true, true, true]);
    let record = &manifest.files["test/rgb-00000.safetensors"];
    assert_eq!(changed(&record.blake3, "0"), [true, false, true]);
}
