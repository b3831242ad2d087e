//! Bad input: every defect is an error that names the file, what was found and what is allowed.

use std::fs;
use std::path::Path;

use taskonomy_core::{Domain, Dtype, Split, Values};
use taskonomy_data::{DataError, Dataset, DatasetWriter, Provenance, Sample, TaskView};

use crate::{SIZE, domain, domains, provenance, sample, small, task, values};

/// Makes [`small`], lets `damage` at the folder, and gives what opening it says.
fn opened(damage: impl FnOnce(&Path)) -> Result<Dataset, DataError> {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("set");
    small(&path);
    damage(&path);
    Dataset::open(&path)
}

/// The same with the text of the manifest.
fn with_manifest(edit: impl FnOnce(String) -> String) -> Result<Dataset, DataError> {
    opened(|path| {
        let file = path.join("manifest.json");
        fs::write(&file, edit(fs::read_to_string(&file).unwrap())).unwrap();
    })
}

const SHARD: &str = "test/depth_zbuffer-00000.safetensors";

#[test]
fn no_folder_and_no_manifest() {
    let place = tempfile::tempdir().unwrap();
    let missing = Dataset::open(&place.path().join("none"));
    assert!(matches!(missing, Err(DataError::NoFolder { .. })));
    let error = Dataset::open(place.path()).unwrap_err();
    assert!(matches!(error, DataError::NoManifest { .. }));
    assert!(error.to_string().contains("no manifest.json"));
}

#[test]
fn a_manifest_of_another_version_is_told_from_a_broken_one() {
    // Another version may have other keys: that is not what is complained of.
    let error = with_manifest(|m| m.replace("\"schema\": 1", "\"schema\": 4, \"new\": 0"));
    assert!(matches!(error, Err(DataError::Schema { found: 4, allowed: 3, .. })));
    for (old, new, expected) in [
        ("\"seed\": 3", "\"seed\": 3, \"sede\": 3", "unknown field `sede`"),
        ("\"seed\": 3", "\"seed\": -3", "line"),
        ("\"schema\": 1,", "", "missing field `schema`"),
        ("\"scene\": \"test_scene_0\"", "\"room\": 1", "unknown field `room`"),
        ("\"test\": [", "\"exam\": [", "unknown variant `exam`"),
    ] {
        let error = with_manifest(|m| m.replacen(old, new, 1)).unwrap_err();
        assert!(matches!(error, DataError::Json { .. }), "{new}: {error}");
        assert!(error.to_string().contains(expected), "{new}: {error}");
        assert!(error.to_string().contains("manifest.json"), "{new}: {error}");
    }
    let cut = with_manifest(|m| m[..m.len() - 3].to_owned()).unwrap_err();
    assert!(cut.to_string().contains("EOF while parsing"), "{cut}");
    let binary = opened(|path| fs::write(path.join("manifest.json"), [0xff, 0]).unwrap());
    assert!(matches!(binary, Err(DataError::Json { .. })));
}

#[test]
fn a_manifest_that_contradicts_itself() {
    for (old, new, expected) in [
        ("\"test_1\"", "\"test_0\"", "split test, sample `test_0`: there is a sample of this id"),
        ("\"test_0\"", "\"\"", "must be a text"),
        ("\"test_scene_0\"", "\"networks_scene_1\"", "is in split networks already"),
        ("\"size\": 4", "\"size\": 8", "it must be U8 of shape [3, 8, 8]"),
        ("\"size\": 4", "\"size\": 0", "`size` is 0"),
        ("\"name\": \"normal\"", "\"name\": \"rgb\"", "`rgb` stands twice"),
        ("\"name\": \"normal\"", "\"name\": \"../normal\"", "a-z, 0-9 and _"),
        ("\"test/depth_zbuffer-", "\"test/depth-", "does not list `test/depth_zbuffer-"),
        ("\"files\": {", "\"files\": {\"x\":{\"bytes\":1,\"blake3\":\"\"},", "lists `x`"),
        ("        9,\n", "        18446744073709551615, 2,\n", ""), // too many numbers for a shape
        ("        9,\n", "        18446744073709551615,\n", "must hold from 1 to"),
    ] {
        let error = with_manifest(|m| {
            assert!(m.contains(old), "{old}");
            m.replacen(old, new, 1)
        })
        .unwrap_err();
        assert!(matches!(error, DataError::Manifest { .. } | DataError::Json { .. }), "{error}");
        assert!(error.to_string().contains(expected), "{new}: {error}");
    }
}

#[test]
fn a_shard_that_is_missing_short_or_long() {
    let missing = opened(|path| fs::remove_file(path.join(SHARD)).unwrap());
    assert!(
        matches!(&missing, Err(DataError::MissingShard { file }) if file.ends_with(SHARD)),
        "{missing:?}"
    );
    for change in [-1_i64, -100, 1] {
        let error = opened(|path| {
            let file = fs::OpenOptions::new().write(true).open(path.join(SHARD)).unwrap();
            let length = file.metadata().unwrap().len();
            file.set_len(length.checked_add_signed(change).unwrap()).unwrap();
        });
        let Err(DataError::Length { found, expected, .. }) = error else { panic!("{error:?}") };
        assert_eq!(i64::try_from(found).unwrap() - i64::try_from(expected).unwrap(), change);
    }
}

#[test]
fn a_shard_of_another_type_or_shape_or_of_none() {
    for (old, new, expected) in [
        ("\"U16\"", "\"I16\"", "tensor `data` is I16 of shape [2, 1, 4, 4]: it must be U16"),
        ("[2,1,4,4]", "[2,4,1,4]", "it must be U16 of shape [2, 1, 4, 4]"),
        ("\"data\"", "\"date\"", "has no tensor `data`"),
        ("{", "[", "is no safetensors file"),
    ] {
        let error = opened(|path| {
            let mut bytes = fs::read(path.join(SHARD)).unwrap();
            let at = bytes.windows(old.len()).position(|w| w == old.as_bytes()).unwrap();
            bytes[at..at + old.len()].copy_from_slice(new.as_bytes());
            fs::write(path.join(SHARD), bytes).unwrap();
        })
        .unwrap_err();
        assert!(
            matches!(&error, DataError::Shard { file, .. } if file.ends_with(SHARD)),
            "{error}"
        );
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn a_changed_byte_is_found_by_its_checksum_only() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("set");
    small(&path);
    Dataset::open(&path).unwrap().verify_checksums().unwrap();
    let mut bytes = fs::read(path.join(SHARD)).unwrap();
    let middle = bytes.len() - 20;
    bytes[middle] ^= 1;
    fs::write(path.join(SHARD), bytes).unwrap();
    let error = Dataset::open(&path).unwrap().verify_checksums();
    assert!(
        matches!(&error, Err(DataError::Checksum { file, .. }) if file.ends_with(SHARD)),
        "{error:?}"
    );
}

#[test]
fn samples_that_do_not_fit_are_refused_and_leave_no_trace() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("set");
    let mut writer = DatasetWriter::create(&path, provenance(), domains(), SIZE).unwrap();
    writer.append(Split::Test, sample(Split::Test, 0), &values(0)).unwrap();
    let with = |name: &str, value| {
        let mut values = values(1);
        values.insert(name.into(), value);
        values
    };
    let fresh = || sample(Split::Test, 1);
    let elsewhere = Sample { scene: sample(Split::Test, 0).scene, ..fresh() };
    for (split, sample, values, expected) in [
        (Split::Test, sample(Split::Test, 0), values(1), "ids must be unique"),
        (Split::Transfers, elsewhere, values(1), "is in split test already"),
        (Split::Test, Sample { id: "a\nb".into(), ..fresh() }, values(1), "control characters"),
        (Split::Test, fresh(), with("depth", Values::U8(vec![])), "no domain `depth`"),
        (Split::Test, fresh(), with("rgb", Values::U8(vec![0; 3])), "it must have 48 of U8"),
        (Split::Test, fresh(), with("rgb", Values::U16(vec![0; 48])), "48 values of U16"),
        (Split::Test, fresh(), with("class_scene", Values::U8(vec![4])), "classes are 0 to 3"),
        (Split::Test, fresh(), with("vanishing_points", Values::F32(vec![f32::NAN; 9])), "finite"),
    ] {
        let error = writer.append(split, sample, &values).unwrap_err();
        assert!(matches!(error, DataError::Sample { .. }), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
    }
    writer.append(Split::Test, fresh(), &values(1)).unwrap();
    assert_eq!(writer.finish().unwrap().samples(Split::Test).len(), 2);
    assert_eq!(Dataset::open(&path).unwrap().len(Split::Test), 2);
}

#[test]
fn domains_that_contradict_one_another_are_refused() {
    let place = tempfile::tempdir().unwrap();
    let create = |domains: Vec<Domain>| {
        let path = place.path().join("set");
        DatasetWriter::create(&path, provenance(), domains, SIZE).unwrap_err().to_string()
    };
    assert!(create(vec![]).contains("no domains"));
    assert!(create(vec![domain("rgb", Dtype::U16, [3, 4, 4])]).contains("must be U8"));
    assert!(create(vec![domain("a", Dtype::U8, [1, 0, 1])]).contains("must hold from 1"));
    let classes = vec!["x".to_owned()];
    let odd = Domain { classes, ..domain("a", Dtype::F32, [1, 1, 1]) };
    assert!(create(vec![odd]).contains("classes must be U8 or U16"));
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
}

#[test]
fn an_existing_folder_is_refused_and_an_unfinished_one_is_never_seen() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("deep").join("set");
    let create = || {
        DatasetWriter::create(&path, Provenance { generator: "g".into(), seed: 0 }, domains(), SIZE)
    };
    let mut writer = create().unwrap();
    writer.append(Split::Test, sample(Split::Test, 0), &values(0)).unwrap();
    assert!(!path.exists());
    drop(writer);
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 0, "nothing is left");

    // Of two writers of one path the second to finish is refused, and cleans up.
    let (first, second) = (create().unwrap(), create().unwrap());
    first.finish().unwrap();
    assert!(matches!(second.finish(), Err(DataError::Exists { .. })));
    assert!(matches!(create(), Err(DataError::Exists { .. })));
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    assert_eq!(fs::read_dir(&path).unwrap().count(), 1, "a manifest, no split has samples");
}

/// The writer refuses such values, but a shard may come from elsewhere.
#[test]
fn labels_of_no_class_and_numbers_that_are_not_finite_carry_no_weight() {
    let first_weight = |id: &str, file: &str, old: &[u8], new: &[u8]| {
        let dataset = opened(|path| {
            let mut bytes = fs::read(path.join(file)).unwrap();
            // The data begin behind the header, whose length stands in front.
            let start = 8 + usize::from(bytes[0]);
            assert_eq!(bytes[start..start + old.len()], *old, "{file}");
            bytes[start..start + new.len()].copy_from_slice(new);
            fs::write(path.join(file), bytes).unwrap();
        })
        .unwrap();
        let view = TaskView::new(&dataset, &task(id)).unwrap();
        let (mut target, mut weight) = (vec![], vec![]);
        view.target(Split::Test, &[0], &mut target, &mut weight);
        assert!(target.iter().all(|v| v.is_finite()));
        weight[0]
    };
    let label = |new: u8| {
        let file = "test/segment_semantic-00000.safetensors";
        first_weight("semantic_segmentation", file, &[0], &[new])
    };
    assert_eq!([2, 3, 254].map(label), [1.0, 0.0, 0.0]); // of three classes
    let number = |new: f32| {
        let file = "test/vanishing_points-00000.safetensors";
        first_weight("vanishing_points", file, &[0; 4], &new.to_le_bytes())
    };
    assert_eq!([-5.0, f32::NAN, f32::INFINITY].map(number), [1.0, 0.0, 0.0]);
}
