//! Folders with files that fail, one way each.

use taskonomy_core::{Dictionary, Dtype};
use taskonomy_exchange::{Defect, Faults, Gap, Layout, Tree, check};

use crate::made::{SIDE, camera, file, folder, grey8, npy, path, rgb};
use crate::memory::MemoryTree;
use crate::{BUILDINGS, imported, spec, values};

const LAYOUT: Layout = Layout::Taskonomy;

/// The path of a file of the view that is broken.
fn at(domain: &str) -> String {
    path(LAYOUT, "beechwood", domain, 2, 11)
}

/// What an import and a check say of a folder; both must say the same.
fn faults(tree: &dyn Tree) -> Faults {
    let (_place, _, made) = imported(tree, &spec(8)).unwrap();
    let checked = check(tree, "folder", &Dictionary::builtin(), &|_| true).unwrap();
    assert_eq!(checked.present, made.present);
    let sorted = |mut faults: Faults| {
        faults.named.sort();
        faults
    };
    assert_eq!(sorted(checked.faults), sorted(made.faults.clone()));
    made.faults
}

/// The first fault of a folder of images and one domain, in which one file is another.
fn fault(domain: &str, bytes: Vec<u8>) -> String {
    let is_image = domain == "rgb";
    let domains = ["rgb", domain];
    let mut tree = folder(LAYOUT, &BUILDINGS, &domains[usize::from(is_image)..]);
    assert!(tree.0.insert(at(domain), bytes).is_some());
    let (_place, dataset, made) = imported(&tree, &spec(8)).unwrap();
    let id = "beechwood/point_2_view_11";
    for (name, &count) in &made.present {
        if name == "rgb" && !is_image {
            assert!(count == 12 && values(&dataset, id, name).is_some());
        } else {
            assert_eq!(count, 11, "{domain}: {name}");
            assert!(is_image || values(&dataset, id, name).is_none());
        }
    }
    // A camera's file may fail for each of three domains.
    let most = if domain == "point_info" { 3 } else { 1 };
    assert!((1..=most).contains(&made.faults.total()), "{:?}", made.faults);
    let first = &made.faults.named[0];
    assert_eq!(first.file, at(domain));
    format!("{:?}: {}", first.defect, first.why)
}

#[test]
fn a_file_that_fails_is_named_and_the_others_are_read() {
    let whole = file("normal", 4);
    let said = fault("normal", whole[..whole.len() - 20].to_vec());
    assert!(said.starts_with("Damaged: no readable PNG: "), "{said}");
    let mut flipped = file("edge_texture", 4);
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0x55;
    let said = fault("edge_texture", flipped);
    assert!(said.starts_with("Damaged: no readable PNG: "), "{said}");
    assert_eq!(
        fault("depth_zbuffer", grey8(4, SIDE, 99)),
        "Format: 8-bit grey: 16-bit grey is needed"
    );
    assert_eq!(
        fault("reshading", file("depth_zbuffer", 4)),
        "Format: 16-bit grey: 8-bit grey or RGB is needed"
    );
    assert_eq!(
        fault("normal", rgb(4, 8, SIDE)),
        "Size: 8x16 pixels: the image of the view has 16x16"
    );
    let said = fault("segment_semantic", grey8(4, SIDE, 250));
    assert!(said.starts_with("Class: the value "), "{said}");
    assert!(said.ends_with(": 0 is unknown, the classes are 1 to 17"), "{said}");
    let said = fault("rgb", vec![]);
    assert!(said.starts_with("Damaged: no readable PNG: "), "{said}");
}

#[test]
fn segments_have_as_many_bits_as_the_widest_of_the_first_files() {
    let buildings = ["a", "b", "c", "d", "e", "f"];
    let wide = |building, point| {
        let mut tree = folder(LAYOUT, &buildings, &["rgb", "segment_unsup2d"]);
        let path = path(LAYOUT, building, "segment_unsup2d", point, 0);
        tree.0.insert(path, file("depth_zbuffer", 4)).unwrap();
        let (_place, dataset, made) = imported(&tree, &spec(8)).unwrap();
        (dataset.domain("segment_unsup2d").unwrap().dtype, made.faults.named)
    };
    assert_eq!(wide("b", 2), (Dtype::U16, vec![]));
    let (dtype, faults) = wide("f", 10);
    assert_eq!((dtype, faults.len()), (Dtype::U8, 1));
    assert_eq!(faults[0].why, "16-bit grey: the first files of the domain have 8 bits");
}

#[test]
fn classes_and_cameras_that_fail_are_named() {
    assert_eq!(
        fault("class_scene", npy(&[0.1, f32::NAN, 0.2, 0.3, 0.4])),
        "NotFinite: value 1 is NaN: scores are finite"
    );
    assert_eq!(fault("class_scene", npy(&[0.5; 4])), "Class: 4 scores: there are 5 classes");
    assert_eq!(fault("class_scene", npy(&[7.0])), "Class: the class 7: classes are 0 to 4");
    assert_eq!(
        fault("class_object", npy(&[0.5; 300])[..200].to_vec()),
        "Damaged: 130 bytes of values: its header says 1200"
    );
    assert!(fault("point_info", b"{".to_vec()).starts_with("Damaged: no readable JSON: EOF"));
    let without = String::from_utf8(camera(4)).unwrap().replace("camera_rotation_final", "other");
    assert_eq!(
        fault("point_info", without.into_bytes()),
        "Field: no camera: it lacks `camera_rotation_final`"
    );
    let wild = String::from_utf8(camera(4)).unwrap().replace("1.1", "\"wide\"");
    assert_eq!(
        fault("point_info", wild.into_bytes()),
        "Field: `field_of_view_rads` is \"wide\": a number is needed"
    );
}

#[test]
fn two_files_of_one_view_and_strange_names_are_named() {
    let mut tree = folder(LAYOUT, &BUILDINGS, &["rgb", "normal"]);
    let twice = "normal/beechwood/point_02_view_11_domain_normal.png";
    for (name, bytes) in [
        (twice, file("normal", 7)),
        ("normal/beechwood/point_2_view_11_domain_rgb.png", file("normal", 7)),
        ("normal/beechwood/Thumbs.db", vec![]),
        ("normal/beechwood/.hidden", vec![]),
        ("normal/readme.txt", vec![]),
        ("rgb/beechwood/point_4_view_1_domain_rgb.jpg", vec![]),
    ] {
        tree.0.insert(name.into(), bytes);
    }
    let found = faults(&tree);
    assert_eq!((found.counts[&Defect::Twice], found.counts[&Defect::Name]), (1, 4));
    let lines: Vec<_> = found.named.iter().map(|f| format!("{}: {}", f.file, f.why)).collect();
    assert_eq!(
        lines,
        [
            "normal/beechwood/Thumbs.db: no file of this folder, whose names are point_P_view_V_domain_normal.png",
            "normal/beechwood/point_2_view_11_domain_rgb.png: no file of this folder, whose names are point_P_view_V_domain_normal.png",
            "normal/readme.txt: no file or building of this layout",
            "rgb/beechwood/point_4_view_1_domain_rgb.jpg: no file of this folder, whose names are point_P_view_V_domain_rgb.png",
            "normal/beechwood/point_2_view_11_domain_normal.png: there is another file of point_2_view_11 and this domain",
        ]
        .map(|line: &str| line.to_owned())
    );
    // The first of the two, whose name has a leading zero, is the one that is read.
    let (_place, dataset, _) = imported(&tree, &spec(SIDE)).unwrap();
    let mut only = folder(LAYOUT, &BUILDINGS, &["rgb", "normal"]);
    only.0.insert(at("normal"), file("normal", 7));
    let (_other, expected, _) = imported(&only, &spec(SIDE)).unwrap();
    let id = "beechwood/point_2_view_11";
    assert_eq!(values(&dataset, id, "normal"), values(&expected, id, "normal"));
}

#[test]
fn what_is_missing_is_absent_and_named() {
    let mut tree = folder(LAYOUT, &BUILDINGS, &["rgb", "normal", "depth_zbuffer"]);
    tree.0.retain(|path, _| !path.starts_with("depth_zbuffer/coffeen/"));
    tree.0.remove(&at("normal")).unwrap();
    tree.0.remove(&path(LAYOUT, "darden", "rgb", 10, 0)).unwrap();
    let (_place, dataset, made) = imported(&tree, &spec(8)).unwrap();
    assert_eq!(made.faults.total(), 0);
    assert_eq!(
        (made.present["rgb"], made.present["normal"], made.present["depth_zbuffer"]),
        (11, 10, 8)
    );
    assert_eq!(values(&dataset, "coffeen/point_2_view_0", "depth_zbuffer"), None);
    let gap = |domain: &str, buildings: &[&str], named: &[String]| Gap {
        domain: domain.into(),
        buildings: buildings.iter().map(|&name| name.to_owned()).collect(),
        files: named.len(),
        named: named.to_vec(),
    };
    let expected = [
        gap("rgb", &[], &[path(LAYOUT, "darden", "rgb", 10, 0)]),
        gap("depth_zbuffer", &["coffeen"], &[]),
        gap("normal", &[], &[at("normal")]),
    ];
    assert_eq!(made.gaps, expected);
    let checked = check(&tree, "folder", &Dictionary::builtin(), &|_| true).unwrap();
    assert!(!checked.is_whole());
    assert_eq!(checked.gaps, expected);
}

#[test]
fn notes_between_folders_do_not_hide_the_layout() {
    let mut tree = folder(Layout::Omnidata, &BUILDINGS, &["rgb", "normal"]);
    tree.0.insert("normal/taskonomy/readme.txt".into(), vec![]);
    tree.0.insert("readme.txt".into(), vec![]);
    let found = faults(&tree);
    assert_eq!((found.total(), found.named[0].file.as_str()), (1, "normal/taskonomy/readme.txt"));
}

/// A disk on which one file or folder cannot be read.
struct Worn(MemoryTree, String);

impl Tree for Worn {
    fn entries(&self, folder: &str) -> std::io::Result<Vec<taskonomy_exchange::Entry>> {
        if folder == self.1 {
            Err(std::io::Error::other("worn out"))
        } else {
            self.0.entries(folder)
        }
    }
    fn read(&self, file: &str) -> std::io::Result<Vec<u8>> {
        if file == self.1 { Err(std::io::Error::other("worn out")) } else { self.0.read(file) }
    }
}

#[test]
fn a_disk_that_fails_is_named() {
    let tree = folder(LAYOUT, &BUILDINGS, &["rgb", "normal"]);
    let found = faults(&Worn(tree.clone(), at("normal")));
    assert_eq!(
        (found.named[0].defect, found.named[0].why.as_str()),
        (Defect::Unreadable, "worn out")
    );
    let found = faults(&Worn(tree, at("rgb")));
    assert_eq!((found.total(), found.named[0].file.as_str()), (1, at("rgb").as_str()));
}

#[test]
fn a_folder_that_cannot_be_listed_is_named_and_the_others_are_read() {
    let domains = ["rgb", "normal"];
    let whole = |layout| folder(layout, &BUILDINGS, &domains);
    let strange = |mut tree: MemoryTree, path: &str| {
        tree.0.insert(format!("{path}/x"), vec![]);
        tree
    };
    let (flat, nested) = (Layout::Taskonomy, Layout::Omnidata);
    for (tree, path) in [
        (whole(flat), "normal"),
        (whole(flat), "normal/beechwood"),
        (whole(nested), "normal/taskonomy"),
        (whole(nested), "normal/taskonomy/beechwood"),
        (whole(Layout::Buildings), "beechwood/normal"),
        (strange(whole(Layout::Buildings), "lost+found"), "lost+found"),
    ] {
        let found = faults(&Worn(tree, path.to_owned()));
        assert_eq!((found.total(), found.named[0].defect), (1, Defect::Unreadable), "{path}");
        assert_eq!((found.named[0].file.as_str(), found.named[0].why.as_str()), (path, "worn out"));
    }
    let none = imported(&Worn(folder(flat, &BUILDINGS, &["rgb"]), "rgb".into()), &spec(8));
    let error = none.unwrap_err().to_string();
    assert_eq!(error, "folder `rgb` of the dataset: worn out");
}

#[test]
fn folders_that_are_none_say_what_is_missing() {
    let error = |files: &[(&str, Vec<u8>)]| {
        let files = files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.clone()));
        imported(&MemoryTree(files.collect()), &spec(8)).unwrap_err().to_string()
    };
    assert!(error(&[]).ends_with("with files of any domain; the folder is empty"));
    assert!(error(&[("a/b.txt", vec![])]).ends_with("with files of any domain; it holds a"));
    let one = "rgb/x/point_1_view_0_domain_rgb.png";
    let mixed =
        error(&[(one, vec![]), ("normal/taskonomy/x/point_1_view_0_domain_normal.png", vec![])]);
    assert_eq!(
        mixed,
        "folders of several layouts at once: rgb/x (DOMAIN/BUILDING/point_P_view_V_domain_D.png), \
         normal/taskonomy/x (DOMAIN/taskonomy/BUILDING/point_P_view_V_domain_D.png)"
    );
    assert_eq!(
        error(&[(one, rgb(1, 8, 8))]),
        "1 views of 1 points: at least 4 points are needed, one for each split"
    );
    let mut tree = folder(LAYOUT, &BUILDINGS, &["rgb"]);
    tree.0.values_mut().for_each(Vec::clear);
    let none = imported(&tree, &spec(8)).unwrap_err().to_string();
    assert!(
        none.starts_with("no view for networks has an image (domain `rgb`) that can be read\n")
    );
    let mut tree = folder(LAYOUT, &BUILDINGS, &["rgb", "class_scene"]);
    tree.0.insert("classes.json".into(), b"{\"class_scene\": [\"a\", 2]}".to_vec());
    let classes = imported(&tree, &spec(8)).unwrap_err().to_string();
    assert!(classes.starts_with("classes.json: no object with a list of names"), "{classes}");
    tree.0.remove("classes.json");
    tree.0.iter_mut().filter(|(p, _)| p.starts_with("class")).for_each(|(_, f)| *f = npy(&[3.0]));
    let classes = imported(&tree, &spec(8)).unwrap_err().to_string();
    assert!(classes.starts_with("class_scene: none of its first files holds a score"), "{classes}");
}
