//! Folders that are whole.

use taskonomy_core::{Dictionary, Dtype, Split, Values};
use taskonomy_exchange::{Entry, Layout, Tree, Unit, check, import};

use crate::made::{DOMAINS, SIDE, file, folder, path, png, value};
use crate::{BUILDINGS, find, imported, spec, values};

#[test]
fn the_layouts_hold_the_same() {
    let fingerprint = |layout| {
        let tree = folder(layout, &BUILDINGS, &DOMAINS);
        let (_place, dataset, made) = imported(&tree, &spec(SIDE)).unwrap();
        assert_eq!((made.layout, made.unit), (layout, Unit::Building));
        assert_eq!((made.faults.total(), made.gaps.len()), (0, 0), "{:?}", made.faults);
        assert!(made.present.values().all(|&count| count == 12), "{:?}", made.present);
        // Fifteen folders of maps and classes, and three domains of the camera's file.
        assert_eq!(made.present.len(), 18);
        dataset.fingerprint()
    };
    let first = fingerprint(Layout::Taskonomy);
    assert_eq!(fingerprint(Layout::Omnidata), first);
    assert_eq!(fingerprint(Layout::Buildings), first);
}

#[test]
fn values_come_through_as_they_are() {
    let tree = folder(Layout::Taskonomy, &BUILDINGS, &DOMAINS);
    let (_place, dataset, _) = imported(&tree, &spec(SIDE)).unwrap();
    // The second building's views have the seeds 3, 4 and 5; views sort as numbers.
    let (split, row) = find(&dataset, "beechwood/point_2_view_11");
    assert_eq!(dataset.samples(split)[row - 1].id, "beechwood/point_2_view_0");
    assert_eq!(dataset.samples(split)[row + 1].id, "beechwood/point_10_view_0");
    assert_eq!(dataset.samples(split)[row].scene, "beechwood");
    let stored = |domain| values(&dataset, "beechwood/point_2_view_11", domain).unwrap();
    let map = |channels: usize| -> Vec<u16> {
        let places = (0..channels).flat_map(|c| (0..SIDE * SIDE).map(move |at| (c, at)));
        places.map(|(c, at)| value(4, at % SIDE, at / SIDE, c)).collect()
    };
    let bytes = |channels| map(channels).into_iter().map(|v| v as u8).collect();
    assert_eq!(stored("rgb"), Values::U8(bytes(3)));
    assert_eq!(stored("normal"), Values::U8(bytes(3)));
    assert_eq!(stored("principal_curvature"), Values::U8(bytes(2)));
    assert_eq!(stored("reshading"), Values::U8(bytes(1)));
    assert_eq!(stored("depth_zbuffer"), Values::U16(map(1)));
    assert_eq!(stored("keypoints3d"), Values::U16(map(1)));
    // 0 is unknown, 1 to 17 are the classes.
    let labels = map(1).into_iter().map(|v| ((v % 18) as u8).wrapping_sub(1)).collect();
    assert_eq!(stored("segment_semantic"), Values::U8(labels));
    assert_eq!(stored("class_scene"), Values::U8(vec![4]));
    assert_eq!(stored("class_object"), Values::U16(vec![4]));
    let domain = |name| dataset.domain(name).unwrap();
    assert_eq!(domain("segment_semantic").classes[16], "vase");
    assert_eq!(domain("class_scene").classes.len(), 5);
    assert_eq!(
        (domain("class_object").dtype, domain("class_object").classes.len()),
        (Dtype::U16, 300)
    );
    let Values::F32(camera) = stored("camera") else { panic!() };
    assert_eq!((camera.len(), camera[0], camera[7], camera[8]), (11, 2.8, 1.1, 3.0));
}

#[test]
fn images_become_smaller_and_square() {
    let mut tree = folder(Layout::Single, &["x"], &["rgb", "depth_zbuffer", "points"]);
    let view = |point| path(Layout::Single, "", "rgb", point, 0);
    // 32×16: two pixels of the middle 16×16 make one; the depth of the lower right is taken.
    let wide: Vec<u8> =
        (0..32 * 16).flat_map(|at| [(at % 32) as u8, 4 * (at / 32) as u8, 7]).collect();
    tree.0.insert(view(3), png(32, 16, png::ColorType::Rgb, png::BitDepth::Eight, &wide));
    let depth: Vec<u8> = (0..32 * 16_u16).flat_map(u16::to_be_bytes).collect();
    let depth = png(32, 16, png::ColorType::Grayscale, png::BitDepth::Sixteen, &depth);
    tree.0.insert(path(Layout::Single, "", "depth_zbuffer", 3, 0), depth);
    tree.0.insert(path(Layout::Single, "", "points", 3, 0), file("points", 1));
    tree.0.insert(view(4), file("rgb", 1));
    let (_place, dataset, made) = imported(&tree, &spec(8)).unwrap();
    assert_eq!((made.layout, made.unit, made.faults.total()), (Layout::Single, Unit::Point, 0));
    let Values::U8(colours) = values(&dataset, "folder/point_3_view_0", "rgb").unwrap() else {
        panic!()
    };
    // (8+9)/2 rounds up, (0+4)/2; the next pixel is two further.
    assert_eq!(
        (colours[0], colours[1], colours[64], colours[64 + 8], colours[128]),
        (9, 11, 2, 10, 7)
    );
    let Values::U16(depth) = values(&dataset, "folder/point_3_view_0", "depth_zbuffer").unwrap()
    else {
        panic!()
    };
    assert_eq!((depth[0], depth[1], depth[8]), (32 + 9, 32 + 11, 3 * 32 + 9));
    // The square sees half as much in width.
    let camera = |id| match values(&dataset, id, "camera") {
        Some(Values::F32(camera)) => camera,
        other => panic!("{other:?}"),
    };
    let narrow = 2.0 * (0.5 * (1.1_f32 / 2.0).tan()).atan();
    assert!((camera("folder/point_3_view_0")[7] - narrow).abs() < 1e-6);
    assert_eq!(camera("folder/point_2_view_11")[7], 1.1);
    // Points of one building may go anywhere, views of a point not.
    assert_eq!(
        find(&dataset, "folder/point_2_view_0").0,
        find(&dataset, "folder/point_2_view_11").0
    );
    let (split, row) = find(&dataset, "folder/point_3_view_0");
    assert_eq!(dataset.samples(split)[row].scene, "folder/point_3");
}

#[test]
fn the_same_folder_gives_the_same_bytes_on_any_number_of_threads() {
    let tree = folder(Layout::Omnidata, &BUILDINGS, &DOMAINS);
    let of = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| imported(&tree, &spec(8)).unwrap().1.fingerprint())
    };
    assert_eq!(of(1), of(3));
}

/// Lists entries backwards, as a disk may.
struct Backwards(crate::memory::MemoryTree);

impl Tree for Backwards {
    fn entries(&self, folder: &str) -> std::io::Result<Vec<Entry>> {
        Ok(self.0.entries(folder)?.into_iter().rev().collect())
    }
    fn read(&self, file: &str) -> std::io::Result<Vec<u8>> {
        self.0.read(file)
    }
}

#[test]
fn the_order_of_a_disk_does_not_matter() {
    let tree = folder(Layout::Taskonomy, &BUILDINGS, &["rgb", "normal", "points"]);
    let (_a, forwards, _) = imported(&tree, &spec(8)).unwrap();
    let (_b, backwards, _) = imported(&Backwards(tree), &spec(8)).unwrap();
    assert_eq!(forwards.fingerprint(), backwards.fingerprint());
}

#[test]
fn a_check_says_which_tasks_can_be_fed() {
    let mut tree = folder(Layout::Buildings, &BUILDINGS, &["rgb", "normal", "points"]);
    tree.0.insert("coffeen/rgb_large/point_2_view_0_domain_rgb_large.png".into(), vec![]);
    let checked = check(&tree, "folder", &Dictionary::builtin(), &|_| true).unwrap();
    assert!(checked.is_whole(), "{checked:?}");
    assert_eq!((checked.views, checked.buildings, &checked.sizes["16x16"]), (12, 4, &12));
    assert_eq!(checked.others, ["rgb_large"]);
    assert!(
        checked.tasks["autoencoding"].is_empty() && checked.tasks["vanishing_points"].is_empty()
    );
    assert_eq!(checked.tasks["normals"], ["depth_zbuffer"]);
    assert_eq!(checked.tasks["depth_zbuffer"], ["depth_zbuffer"]);
}

#[test]
fn whoever_watches_can_stop_it_and_nothing_is_left() {
    let tree = folder(Layout::Taskonomy, &BUILDINGS, &["rgb"]);
    let place = tempfile::tempdir().unwrap();
    let read = std::sync::atomic::AtomicUsize::new(0);
    let watch = |_| read.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < 5;
    let error = import(&place.path().join("set"), &tree, &spec(8), &watch).unwrap_err();
    assert_eq!(error.to_string(), "stopped: no dataset was written");
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
    let (_place, dataset, _) = imported(&tree, &spec(8)).unwrap();
    assert!(Split::ALL.iter().all(|&split| !dataset.is_empty(split)));
}
