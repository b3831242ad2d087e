//! Labels of tuples of views: written, damaged, read.

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;
use taskonomy_core::{Domain, Dtype, Split, Task, Values};
use taskonomy_data::picture::contact_sheet;
use taskonomy_data::{DataError, Dataset, DatasetWriter, Sheet, TaskView, ValuesRef};

use crate::views::{close, inputs, targets};
use crate::{SIZE, domain, provenance, sample, task, values};

fn pair_domains() -> Vec<Domain> {
    let classes = ["different", "same"].map(str::to_owned).to_vec();
    vec![
        domain("rgb", Dtype::U8, [3, SIZE, SIZE]),
        Domain { views: 2, ..domain("pose", Dtype::F32, [6, 1, 1]) },
        Domain { views: 3, classes, ..domain("match", Dtype::U8, [1, 1, 1]) },
    ]
}

fn writer(path: &Path, samples: usize) -> DatasetWriter {
    let mut writer = DatasetWriter::create(path, provenance(), pair_domains(), SIZE).unwrap();
    for split in [Split::Networks, Split::Test] {
        for i in 0..samples {
            let rgb = values(i).remove("rgb").unwrap();
            let image = BTreeMap::from([("rgb".to_owned(), rgb)]);
            writer.append(split, sample(split, i), &image).unwrap();
        }
    }
    writer
}

fn pose(first: f32) -> Values {
    Values::F32((0..6).map(|k| first + k as f32).collect())
}

#[test]
fn tuples_come_back_with_their_rows_and_ids() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("set");
    let mut writer = writer(&path, 4);
    writer.append_tuple(Split::Test, "pose", &[3, 0], &pose(1.0)).unwrap();
    writer.append_tuple(Split::Test, "pose", &[0, 3], &pose(2.0)).unwrap();
    writer.append_tuple(Split::Networks, "match", &[1, 2, 3], &Values::U8(vec![1])).unwrap();
    let manifest = writer.finish().unwrap();
    assert_eq!(manifest.schema, 2);
    let dataset = Dataset::open(&path).unwrap();
    dataset.verify_checksums().unwrap();
    assert_eq!(*dataset.manifest(), manifest);

    let pairs = dataset.tuples(Split::Test, "pose").unwrap();
    assert_eq!((pairs.len(), pairs.views(), pairs.is_empty()), (2, 2, false));
    assert_eq!([0, 1, 2].map(|i| pairs.rows(i)), [Some(vec![3, 0]), Some(vec![0, 3]), None]);
    assert_eq!(pairs.id(0).as_deref(), Some("test_3+test_0"));
    assert_eq!([pairs.id(2), pairs.id(usize::MAX)], [None, None]);
    let label = |i| dataset.raw(Split::Test, "pose", i).map(ValuesRef::to_values);
    assert_eq!([0, 1, 2].map(label), [Some(pose(1.0)), Some(pose(2.0)), None]);
    let triplets = dataset.tuples(Split::Networks, "match").unwrap();
    assert_eq!((triplets.len(), triplets.rows(0)), (1, Some(vec![1, 2, 3])));
    // No tuples, and no samples at all.
    assert!(dataset.tuples(Split::Test, "match").unwrap().is_empty());
    assert_eq!(dataset.tuples(Split::Validation, "pose").unwrap().rows(0), None);
    // What belongs to single views is of tuples of one.
    let single = dataset.tuples(Split::Test, "rgb").unwrap();
    assert_eq!((single.len(), single.views(), single.rows(3)), (4, 1, Some(vec![3])));
    assert_eq!((single.id(3).as_deref(), single.rows(4)), (Some("test_3"), None));
    assert!(matches!(dataset.tuples(Split::Test, "posse"), Err(DataError::NoDomain { .. })));
    // As long as without tuples.
    assert_eq!((dataset.len(Split::Test), dataset.samples(Split::Test).len()), (4, 4));
}

#[test]
fn a_tuple_that_does_not_fit_is_refused_and_leaves_the_rest() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("set");
    let mut writer = writer(&path, 3);
    writer.append_tuple(Split::Test, "pose", &[0, 1], &pose(0.0)).unwrap();
    for (split, domain, rows, values, expected) in [
        (Split::Test, "rgb", &[0, 1][..], pose(0.0), "no such domain of tuples"),
        (Split::Test, "posse", &[0, 1], pose(0.0), "no such domain of tuples"),
        (Split::Test, "pose", &[0, 1, 2], pose(0.0), "must have 2 rows"),
        (Split::Test, "pose", &[0, 3], pose(0.0), "has 3 samples so far"),
        (Split::Validation, "pose", &[0, 1], pose(0.0), "has 0 samples so far"),
        (Split::Test, "pose", &[2, 2], pose(0.0), "must be different"),
        (Split::Test, "pose", &[0, 1], pose(1.0), "already"),
        (Split::Test, "pose", &[1, 0], Values::F32(vec![0.0; 5]), "must have 6 of F32"),
        (Split::Test, "pose", &[1, 0], pose(f32::NAN), "must be finite"),
        (Split::Test, "match", &[0, 1, 2], Values::U8(vec![2]), "the classes are 0 to 1"),
    ] {
        let error = writer.append_tuple(split, domain, rows, &values).unwrap_err();
        assert!(matches!(error, DataError::Tuple { .. }), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
    }
    let image = BTreeMap::from([("pose".to_owned(), pose(0.0))]);
    let error = writer.append(Split::Test, sample(Split::Test, 9), &image).unwrap_err().to_string();
    assert!(error.contains("is of tuples of 2 samples"), "{error}");
    writer.finish().unwrap();
    assert_eq!(Dataset::open(&path).unwrap().tuples(Split::Test, "pose").unwrap().len(), 1);
}

#[test]
fn damaged_rows_are_refused() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("set");
    let mut writer = writer(&path, 3);
    writer.append_tuple(Split::Test, "pose", &[0, 1], &pose(0.0)).unwrap();
    writer.finish().unwrap();
    let file = path.join("test/pose-00000.safetensors");
    let sound = std::fs::read(&file).unwrap();
    let start = 8 + usize::from(sound[0]);
    assert_eq!(sound[start..start + 8], [0, 0, 0, 0, 1, 0, 0, 0]);
    for (row, expected) in [(3, "the split has 3"), (0, "must differ")] {
        let mut bytes = sound.clone();
        bytes[start + 4] = row;
        std::fs::write(&file, bytes).unwrap();
        let error = Dataset::open(&path).unwrap_err().to_string();
        assert!(error.contains("pose-00000") && error.contains(expected), "{error}");
    }
    std::fs::write(&file, &sound).unwrap();
    let json = path.join("manifest.json");
    let text = std::fs::read_to_string(&json).unwrap();
    for (old, new, expected) in [
        ("\"pose\": 1", "\"pose\": 2", "it must be F32 of shape [2, 6, 1, 1]"),
        ("\"pose\": 1", "\"rgb\": 1", "counts `rgb`, which is no domain of tuples"),
        ("\"views\": 2", "\"views\": 3", "it must be U32 of shape [0, 3]"),
        ("\"views\": 2", "\"views\": 0", "it must be from 1 to 16"),
    ] {
        assert!(text.contains(old), "{text}");
        std::fs::write(&json, text.replacen(old, new, 1)).unwrap();
        let error = Dataset::open(&path).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

/// `pose_fixated`, of the domain here.
fn pose_task() -> Task {
    let mut task = task("pose_fixated");
    task.target.as_mut().unwrap().domain = "pose".into();
    task
}

#[test]
fn a_task_of_tuples_sees_the_images_of_each_in_order() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("set");
    let mut writer = writer(&path, 4);
    for (rows, first) in [([2, 0], -1.0), ([1, 3], 1.0)] {
        writer.append_tuple(Split::Networks, "pose", &rows, &pose(first)).unwrap();
    }
    writer.append_tuple(Split::Test, "pose", &[0, 1], &pose(3.0)).unwrap();
    writer.finish().unwrap();
    let dataset = Dataset::open(&path).unwrap();
    let view = TaskView::new(&dataset, &pose_task()).unwrap();
    assert_eq!((view.views(), view.items(Split::Networks).len()), (2, 2));
    let one = TaskView::new(&dataset, &task("autoencoding")).unwrap();
    assert_eq!((one.views(), one.items(Split::Networks).len()), (1, 4));

    let images = |rows: &[usize]| inputs(&one, Split::Networks, rows, 0);
    assert_eq!(inputs(&view, Split::Networks, &[1, 0], 0), images(&[1, 3, 2, 0]));
    let mut alone = Vec::new();
    view.image_input(Split::Networks, &[3], 0, &mut alone);
    assert_eq!(alone, images(&[3]));
    // Means are those of the two poses, and so are deviations: ±1. The mirror turns four signs round.
    let (target, weight) = targets(&view, Split::Networks, &[0, 1]);
    assert_eq!((target, weight), ([[-1.0; 6], [1.0; 6]].concat(), vec![1.0; 2]));
    let (mut mirrored, mut weight) = (Vec::new(), Vec::new());
    view.mirrored_target(Split::Test, &[0], &mut mirrored, &mut weight);
    // 3 to 8 are mirrored to 3 −4 −5 −6 7 8; the means are 0 to 5.
    assert!(close(&mirrored, &[3.0, -5.0, -7.0, -9.0, 3.0, 3.0]), "{mirrored:?}");
    // Six differences of 3.
    assert_eq!(view.constant_losses(Split::Test), [54_f32.sqrt()]);
    let sheet = view.compare(Split::Networks, &[0, 1], 0, &[("guess", &[0.0; 12])]);
    assert!(sheet.width() > 4 * 128, "two images, the truth and the guess");
    // A tuple that is not there is an absent one.
    let (target, weight) = targets(&view, Split::Test, &[1]);
    assert_eq!((target, weight), (vec![0.0; 6], vec![0.0]));
    assert_eq!(inputs(&view, Split::Test, &[1], 0), vec![0.0; 2 * 3 * SIZE * SIZE]);
}

#[test]
fn tuples_without_an_image_or_of_another_length_than_their_mask_are_told_apart() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("set");
    let mut writer = writer(&path, 2);
    writer.append(Split::Networks, sample(Split::Networks, 2), &BTreeMap::new()).unwrap();
    for rows in [[0, 1], [2, 0]] {
        writer.append_tuple(Split::Networks, "pose", &rows, &pose(0.0)).unwrap();
    }
    writer.finish().unwrap();
    let dataset = Dataset::open(&path).unwrap();
    let view = TaskView::new(&dataset, &pose_task()).unwrap();
    assert_eq!(targets(&view, Split::Networks, &[0, 1]).1, [1.0, 0.0]);
    let mut masked = pose_task();
    masked.target.as_mut().unwrap().mask = Some("rgb".into());
    let error = TaskView::new(&dataset, &masked).unwrap_err().to_string();
    assert!(
        error.contains("its mask `rgb` belongs to tuples of 1: `pose` to tuples of 2"),
        "{error}"
    );
}

#[test]
fn sheets_count_tuples_and_show_their_views_side_by_side() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("set");
    let mut writer = writer(&path, 4);
    for (rows, label) in [([0, 1, 2], 1), ([1, 2, 3], 0), ([3, 2, 1], 0)] {
        writer.append_tuple(Split::Test, "match", &rows, &Values::U8(vec![label])).unwrap();
    }
    writer.finish().unwrap();
    let dataset = Dataset::open(&path).unwrap();
    let sheet = Sheet::of(&dataset);
    let entry = |name: &str, split| {
        sheet.entries.iter().find(|e| e.domain == name && e.split == split).unwrap()
    };
    let matches = entry("match", Split::Test);
    assert_eq!((matches.samples, matches.absent), (3, 0));
    assert_eq!(matches.classes, [2.0 / 3.0, 1.0 / 3.0]);
    assert_eq!(entry("pose", Split::Test).samples, 0);
    let flagged = |name: &str, split| {
        let here = sheet.flags.iter().filter(|f| f.domain.as_deref() == Some(name));
        here.filter(|f| f.split == Some(split)).any(|f| f.what.contains("no tuples"))
    };
    assert!(flagged("pose", Split::Test) && flagged("match", Split::Networks));
    assert!(!flagged("match", Split::Test));
    // Three images of 4 pixels and a label of 64, with a pixel between them.
    let picture = contact_sheet(&dataset, Split::Test, 3, 1);
    assert!(picture.width() >= 3 * 5 + 64, "{}", picture.width());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn all_tuples_come_back(
        samples in 2..6_usize, tuples in prop::collection::vec((0..6_usize, 0..6_usize, -9.0_f32..9.0), 0..8),
    ) {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("set");
        let mut writer = writer(&path, samples);
        let mut kept = vec![];
        for (a, b, first) in tuples {
            let known = kept.iter().any(|(rows, _)| *rows == vec![a, b]);
            let fits = a < samples && b < samples && a != b && !known;
            let outcome = writer.append_tuple(Split::Networks, "pose", &[a, b], &pose(first));
            prop_assert_eq!(outcome.is_ok(), fits);
            if fits {
                kept.push((vec![a, b], pose(first)));
            }
        }
        writer.finish().unwrap();
        let dataset = Dataset::open(&path).unwrap();
        let read = dataset.tuples(Split::Networks, "pose").unwrap();
        prop_assert_eq!(read.len(), kept.len());
        for (i, (rows, values)) in kept.into_iter().enumerate() {
            prop_assert_eq!(read.rows(i), Some(rows));
            let label = dataset.raw(Split::Networks, "pose", i).map(ValuesRef::to_values);
            prop_assert_eq!(label, Some(values));
        }
    }
}
