//! Datasets that are written as folders and read again.

use std::path::Path;

use taskonomy_core::{BuildingSplits, Domain, Dtype, Split, Values};
use taskonomy_cues::map_domain;
use taskonomy_data::{Dataset, DatasetWriter, Provenance, SampleId};
use taskonomy_exchange::{ImportSpec, Layout, LocalTree, SPLITS, Unit, export, import};

use crate::made::{DOMAINS, folder};
use crate::{BUILDINGS, imported, spec, values};

/// Exports, imports again with the written table of splits, and compares everything that is stored.
fn there_and_back(dataset: &Dataset, layout: Layout) -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    let root = place.path().join("out/folder");
    let written = export(dataset, &root, layout, &|_| true).unwrap();
    assert_eq!(written.left_out, Vec::<String>::new());
    let table = std::fs::File::open(root.join(SPLITS)).ok();
    assert_eq!(table.is_some(), written.has_splits);
    let splits = table.map(|file| BuildingSplits::read(file).unwrap());
    let spec = ImportSpec { splits, ..spec(dataset.manifest().size) };
    let back = place.path().join("back");
    let made = import(&back, &LocalTree::new(&root), &spec, &|_| true).unwrap();
    assert_eq!((made.faults.total(), made.layout), (0, layout), "{:?}", made.faults);
    let again = Dataset::open(&back).unwrap();
    for split in Split::ALL {
        assert_eq!(again.len(split), dataset.len(split), "{split}");
        for domain in &dataset.manifest().domains {
            let found = again.domain(&domain.name).unwrap();
            assert_eq!(
                (found.dtype, found.shape, found.invalid),
                (domain.dtype, domain.shape, domain.invalid)
            );
            assert_eq!(found.classes, domain.classes);
            for row in 0..dataset.len(split) {
                let [a, b] = [dataset, &again].map(|d| d.raw(split, &domain.name, row));
                assert_eq!(a, b, "{split} {} {row}", domain.name);
            }
        }
    }
    place
}

#[test]
fn what_was_imported_is_written_as_it_was() {
    let mut tree = folder(Layout::Taskonomy, &BUILDINGS, &DOMAINS);
    // Some of it is absent.
    tree.0.retain(|path, _| !path.starts_with("normal/beechwood/point_2_view_11"));
    tree.0.retain(|path, _| !path.starts_with("class_scene/coffeen"));
    tree.0.retain(|path, _| !path.starts_with("point_info/darden/point_10"));
    let (_place, dataset, _) = imported(&tree, &spec(16)).unwrap();
    for layout in [Layout::Taskonomy, Layout::Omnidata, Layout::Buildings] {
        let place = there_and_back(&dataset, layout);
        let again = Dataset::open(&place.path().join("back")).unwrap();
        for split in Split::ALL {
            assert_eq!(again.samples(split), dataset.samples(split));
        }
    }
    let place = there_and_back(&dataset, Layout::Taskonomy);
    let file = |path: &str| place.path().join("out/folder").join(path).exists();
    assert!(file("normal/beechwood/point_2_view_0_domain_normal.png"));
    assert!(!file("normal/beechwood/point_2_view_11_domain_normal.png"));
    assert!(file("class_object/coffeen/point_10_view_0_domain_class_object.npy"));
    assert!(file("point_info/coffeen/point_10_view_0_domain_point_info.json"));
}

fn domain(name: &str, dtype: Dtype, shape: [usize; 3]) -> Domain {
    Domain { shape, ..map_domain(name, dtype, shape[0], shape[1], "") }
}

/// A dataset of ours, with scenes and classes of its own; every scene has three views, the first two
/// of the same point.
fn ours(path: &Path, names: [&str; 4]) -> Dataset {
    let classes: Vec<String> = (0..23).map(|class| format!("class{class}")).collect();
    let labels =
        Domain { classes, invalid: Some(255), ..domain("segment_semantic", Dtype::U8, [1, 8, 8]) };
    let kinds = Domain {
        classes: vec!["a".into(), "b".into()],
        ..domain("class_scene", Dtype::U8, [1, 1, 1])
    };
    let domains = vec![
        domain("rgb", Dtype::U8, [3, 8, 8]),
        Domain { invalid: Some(65535), ..domain("depth_zbuffer", Dtype::U16, [1, 8, 8]) },
        labels,
        kinds,
        domain("camera", Dtype::F32, [11, 1, 1]),
        domain("vanishing_points", Dtype::F32, [9, 1, 1]),
    ];
    let provenance = Provenance { generator: "test".into(), seed: 1 };
    let mut writer = DatasetWriter::create(path, provenance, domains, 8).unwrap();
    for (number, (split, scene)) in Split::ALL.into_iter().zip(names).enumerate() {
        for view in 0..3 {
            let seed = (3 * number + view) as u8;
            let point = f32::from(u8::from(view > 1));
            let [w, x] = [0.8, 0.6_f32];
            let camera =
                vec![0.1, 1.0 / 3.0, 1.5, w, x, 0.0, 0.0, 1.1, 2.0, point, f32::from(seed / 3)];
            let values = [
                ("rgb", Values::U8((0..192).map(|i: u8| i ^ seed).collect())),
                (
                    "depth_zbuffer",
                    Values::U16((0..64).map(|i| i * 1000 + u16::from(seed)).collect()),
                ),
                (
                    "segment_semantic",
                    Values::U8(
                        (0..64).map(|i| if i == 9 { 255 } else { (i + seed) % 23 }).collect(),
                    ),
                ),
                ("class_scene", Values::U8(vec![seed % 2])),
                ("camera", Values::F32(camera)),
                ("vanishing_points", Values::F32((0..9).map(|i| 0.1 * i as f32 - 0.3).collect())),
            ];
            let values = values.map(|(name, values)| (name.to_owned(), values)).into();
            let sample = SampleId { id: format!("{scene}#{view}"), scene: scene.into() };
            writer.append(split, sample, &values).unwrap();
        }
    }
    writer.finish().unwrap();
    Dataset::open(path).unwrap()
}

#[test]
fn a_dataset_of_ours_comes_back_with_its_classes_and_scenes_become_buildings() {
    let place = tempfile::tempdir().unwrap();
    let dataset = ours(&place.path().join("set"), ["room0", "room1", "a b/c", "room3"]);
    let there = there_and_back(&dataset, Layout::Taskonomy);
    let again = Dataset::open(&there.path().join("back")).unwrap();
    let ids: Vec<_> = again.samples(Split::Validation).iter().map(|s| s.id.as_str()).collect();
    let named = ["point_0_view_0", "point_0_view_1", "point_1_view_0"];
    assert_eq!(ids, named.map(|view| format!("a%20b%2fc/{view}")));
    assert_eq!(values(&again, "room1/point_1_view_0", "class_scene"), Some(Values::U8(vec![1])));
    let table = std::fs::read_to_string(there.path().join("out/folder/splits.csv")).unwrap();
    assert!(table.starts_with(
        "id,train,val,test,transfers\na%20b%2fc,0,1,0,0\nroom0,1,0,0,0\nroom1,1,0,0,1\n"
    ));
}

#[test]
fn what_cannot_be_written_is_said_and_leaves_nothing() {
    let place = tempfile::tempdir().unwrap();
    let dataset = ours(&place.path().join("set"), ["a", "b", "c", "d"]);
    let root = place.path().join("there");
    std::fs::create_dir(&root).unwrap();
    let error = |dataset: &Dataset, root: &Path, layout| {
        export(dataset, root, layout, &|_| true).unwrap_err().to_string()
    };
    assert!(
        error(&dataset, &root, Layout::Taskonomy).ends_with("only written where there is nothing")
    );
    let new = place.path().join("new");
    assert!(error(&dataset, &new, Layout::Single).contains("for a single building"));
    let stopped = export(&dataset, &new, Layout::Taskonomy, &|_| false).unwrap_err();
    assert_eq!(stopped.to_string(), "stopped: no dataset was written");
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 2, "`set` and `there`");
    // Points of one building in several splits: there is no table, and all is told.
    let tree = folder(Layout::Single, &["x"], &["rgb"]);
    let mut more = tree.clone();
    for (point, from) in [(20, 2), (30, 10)] {
        let path = |point| crate::made::path(Layout::Single, "", "rgb", point, 0);
        more.0.insert(path(point), tree.0[&path(from)].clone());
    }
    let (_place, points, made) = imported(&more, &spec(8)).unwrap();
    assert_eq!(made.unit, Unit::Point);
    let written = export(&points, &new, Layout::Single, &|_| true).unwrap();
    assert_eq!((written.views, written.buildings, written.has_splits), (5, 1, false));
}
