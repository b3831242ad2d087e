//! `[[task]]`.

use std::path::Path;

use taskonomy_core::{Role, Split, Values};
use taskonomy_data::{Dataset, ValuesRef};
use taskonomy_exchange::{Converted, ExchangeError, OwnLabels};

use crate::{npy, photos, pipeline, plain, png, put};

const CLASS: &str = "[[task]]\nid = 'own'\nkind = 'class'\nlabels = './l.csv'\nclasses = 3";
const MAP: &str =
    "[[task]]\nid = 'own'\nkind = 'dense'\nlabels = './maps'\nscale = 0.5\ninvalid = 0";

fn convert(
    folder: &Path,
    images: &Dataset,
    entry: &str,
    role: Role,
) -> Result<(Converted, Dataset), ExchangeError> {
    let pipeline = pipeline(folder, entry);
    let labels = OwnLabels::open(&pipeline.own_tasks[0], role, images)?;
    let to = folder.join("own");
    _ = std::fs::remove_dir_all(&to);
    let converted = labels.convert(&to, &|_| true)?;
    Ok((converted, Dataset::open(&to).unwrap()))
}

/// What is said of what fails, without the folder.
fn refused(folder: &Path, images: &Dataset, entry: &str) -> String {
    let error = convert(folder, images, entry, Role::Both).unwrap_err().to_string();
    assert!(!folder.join("own").exists(), "nothing is left behind");
    error.replace(&format!("{}/", folder.display()), "")
}

fn labels(own: &Dataset) -> Vec<Option<Values>> {
    let rows =
        Split::ALL.into_iter().flat_map(|split| (0..own.len(split)).map(move |r| (split, r)));
    rows.map(|(split, row)| own.raw(split, "own_own", row).map(ValuesRef::to_values)).collect()
}

#[test]
fn a_column_becomes_a_domain_and_joins_the_images() {
    let (folder, images) = plain();
    let rows = "image,own,other\nnetworks_0,2,x\nnetworks_1,,x\ntransfers_0,0,x\n\
                transfers_1,1,x\nvalidation_0,1,x\ntest_1,2,x\n";
    put(folder.path(), "l.csv", rows);
    let (converted, own) = convert(folder.path(), &images, CLASS, Role::Both).unwrap();
    let class = |class| Some(Values::U8(vec![class]));
    assert_eq!(labels(&own), [class(2), None, class(0), class(1), class(1), None, None, class(2)]);
    assert_eq!(converted.present[&Split::Networks], [1, 2]);
    assert_eq!(own.domain("own_own").unwrap().classes, ["0", "1", "2"]);
    let joined = images.join(own).unwrap();
    joined.verify_checksums().unwrap();
    assert_eq!(joined.raw(Split::Test, "own_own", 1).map(ValuesRef::to_values), class(2));
    assert!(joined.raw(Split::Test, "rgb", 1).is_some());
}

#[test]
fn files_become_a_domain_of_the_size_of_the_images() {
    let (folder, images) = plain();
    let mut values: Vec<u16> = (0..256).map(|i| 2 * i).collect();
    values[17] = 0;
    for split in Split::ALL {
        put(folder.path(), &format!("maps/{split}_1.png"), png(16, &values));
    }
    put(folder.path(), "maps/more/unknown.png", b"not read");
    put(folder.path(), "maps/readme.txt", b"");
    put(folder.path(), "maps/test_0.npy", npy(&[8, 8], &[7.0; 64]));
    let (converted, own) = convert(folder.path(), &images, MAP, Role::Both).unwrap();
    assert_eq!(converted.unused, ["more/unknown"]);
    assert_eq!(converted.present[&Split::Test], [2, 2]);
    let labels = labels(&own);
    assert_eq!(labels[6], Some(Values::F32(vec![3.5; 64])));
    let Some(Values::F32(map)) = &labels[1] else { panic!("{labels:?}") };
    // The place in the middle of 2×2 is the lower right one: row 1, column 1 of the file is 17.
    assert_eq!((map[0], map[1]), (u32::MAX as f32, 19.0));
    assert_eq!(labels[0], None);
}

#[test]
fn labels_of_photos_hold_for_their_crops_but_maps_do_not() {
    let (folder, images) = photos();
    put(
        folder.path(),
        "l.csv",
        "image,own\nnetworks/a.jpg,1\ntransfers/a,2\nvalidation/a.jpg,0\n\
         test/a.jpg,0\ntest/a.jpg#01,2\nwithout_crops.jpg,1\n",
    );
    let (converted, own) = convert(folder.path(), &images, CLASS, Role::Both).unwrap();
    let classes: Vec<_> = labels(&own).into_iter().flatten().collect();
    let expected = [1, 1, 2, 2, 0, 0, 0, 2].map(|class| Values::U8(vec![class]));
    assert_eq!(classes, expected, "the crop's own row is the closest");
    assert_eq!(converted.unused, ["without_crops.jpg"]);

    for split in Split::ALL {
        put(folder.path(), &format!("maps/{split}/a.png"), png(8, &[1; 64]));
    }
    let error = refused(folder.path(), &images, MAP);
    assert!(error.contains("networks/a.png: a map of a whole photo: crops need"), "{error}");
}

#[test]
fn what_made_a_dataset_tells_other_labels_settings_and_images() {
    let (folder, images) = plain();
    let generator = |images: &Dataset, entry: &str| {
        let pipeline = pipeline(folder.path(), entry);
        OwnLabels::open(&pipeline.own_tasks[0], Role::Both, images).unwrap().generator()
    };
    put(folder.path(), "l.csv", "image,own\ntest_0,1\n");
    put(folder.path(), "maps/test_0.png", png(8, &[1; 64]));
    let (class, map) = (generator(&images, CLASS), generator(&images, MAP));
    assert_eq!(generator(&images, &format!("{CLASS}\nname = 'Own'\ncost = 2")), class);
    let settings = [
        (CLASS, "classes = 4", "classes = 3"),
        (MAP, "scale = 2", "scale = 0.5"),
        (MAP, "invalid = 1", "invalid = 0"),
    ];
    for (entry, new, old) in settings {
        let before = if entry == CLASS { &class } else { &map };
        assert_ne!(generator(&images, &entry.replace(old, new)), *before, "{new}");
    }
    let (_other, others) = photos();
    assert_ne!(generator(&others, MAP), map);
    put(folder.path(), "maps/nobody.png", b"x");
    assert_eq!(generator(&images, MAP), map, "files of no image do not matter");
    put(folder.path(), "maps/test_0.png", png(8, &[2; 64]));
    assert_ne!(generator(&images, MAP), map);
    put(folder.path(), "l.csv", "image,own\ntest_0,2\n");
    assert_ne!(generator(&images, CLASS), class);
}

#[test]
fn rows_that_cannot_be_used_are_named_all_at_once() {
    let (folder, images) = plain();
    let all = "image,own\nnetworks_0,0\ntransfers_0,1\nvalidation_0,2\ntest_0,1\n";
    put(folder.path(), "l.csv", format!("{all}tset_1,1\ntest_1,3\nvalidation_1,dog\n"));
    let error = refused(folder.path(), &images, CLASS);
    assert_eq!(
        error,
        "[[task]] own: 3 files or rows cannot be used\n  \
         l.csv, line 6: there is no image `tset_1`: did you mean `test_1`?\n  \
         l.csv, line 8: column `own`: `dog` is no class: the classes are 0 to 2\n  \
         l.csv, line 7: column `own`: `3` is no class: the classes are 0 to 2"
    );
    // The most alike is looked for where it will be read: a table may have many rows of others.
    let others = (10..30).map(|number| format!("test_{number},1\n")).collect::<Vec<_>>().concat();
    put(folder.path(), "l.csv", format!("{all}{others}"));
    let error = convert(folder.path(), &images, CLASS, Role::Both).unwrap_err();
    assert!(error.to_string().ends_with("\n  and 15 more"), "{error}");
    let ExchangeError::OwnFaults { faults, .. } = error else { panic!("rows are faults") };
    let liked = faults.named.iter().filter(|fault| fault.why.contains("did you mean"));
    assert_eq!((faults.total(), liked.count()), (20, 5));
    put(folder.path(), "l.csv", format!("{all}test_0,2\n"));
    let error = refused(folder.path(), &images, CLASS);
    assert_eq!(error, "[[task]] own: l.csv: line 6: image `test_0` has a row already, line 5");
    put(folder.path(), "l.csv", all.replace("own", "owns"));
    let error = refused(folder.path(), &images, CLASS);
    assert!(error.contains("there is no column `own`: did you mean `owns`?"), "{error}");
    std::fs::remove_file(folder.path().join("l.csv")).unwrap();
    let error = refused(folder.path(), &images, CLASS);
    assert_eq!(error, "[[task]] own: l.csv: there is no such file");
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let (folder, images) = plain();
    let error = refused(folder.path(), &images, MAP);
    assert_eq!(error, "[[task]] own: maps: there is no such folder");
    put(folder.path(), "maps/train_1.png", b"");
    let error = refused(folder.path(), &images, MAP);
    assert_eq!(
        error,
        "[[task]] own: none of the 2 images of the split networks has a label in maps: there is \
         nothing for `networks_0`, `networks_1`; there is something for `train_1`"
    );
    for split in Split::ALL {
        put(folder.path(), &format!("maps/{split}_0.npy"), npy(&[8, 8], &[1.0; 64]));
    }
    let mut nan = [1.0; 64];
    nan[9] = f32::NAN;
    put(folder.path(), "maps/test_1.npy", npy(&[8, 8], &nan));
    put(folder.path(), "maps/transfers_1.png", b"\x89PNG");
    let error = refused(folder.path(), &images, MAP);
    assert!(error.contains("2 files or rows cannot be used"), "{error}");
    assert!(error.contains("test_1.npy: the value NaN at row 1, column 1: it must be"), "{error}");
    assert!(error.contains("transfers_1.png: no readable PNG"), "{error}");
    put(folder.path(), "maps/test_1.png", png(8, &[1; 64]));
    let error = refused(folder.path(), &images, MAP);
    assert!(error.contains("test_1.png: `test_1.npy` is of the same image"), "{error}");
}

#[test]
fn links_are_followed_but_not_round_in_circles() {
    let (folder, images) = plain();
    for split in Split::ALL {
        put(folder.path(), &format!("elsewhere/{split}_0.npy"), npy(&[8, 8], &[1.0; 64]));
    }
    std::fs::create_dir(folder.path().join("maps")).unwrap();
    let link = |to: &str, at: &str| {
        std::os::unix::fs::symlink(folder.path().join(to), folder.path().join(at)).unwrap();
    };
    link("maps", "elsewhere/back");
    link("elsewhere", "maps/one");
    link("elsewhere", "maps/two");
    put(folder.path(), "maps/networks_0.npy", npy(&[8, 8], &[3.0; 64]));
    for split in [Split::Transfers, Split::Validation, Split::Test] {
        put(folder.path(), &format!("maps/{split}_1.npy"), npy(&[8, 8], &[3.0; 64]));
    }
    let (converted, _) = convert(folder.path(), &images, MAP, Role::Both).unwrap();
    let names = |at: &str| {
        let mut splits = Split::ALL.map(|split| format!("{at}/{split}_0"));
        splits.sort();
        splits
    };
    assert_eq!(converted.unused, [names("one"), names("two")].concat(), "each under its name");
}

#[test]
fn a_split_is_needed_where_its_role_needs_it() {
    let (folder, images) = plain();
    put(folder.path(), "l.csv", "image,own\ntransfers_0,1\nvalidation_0,2\ntest_0,1\n");
    assert!(refused(folder.path(), &images, CLASS).contains("of the split networks has a label"));
    assert!(convert(folder.path(), &images, CLASS, Role::TargetOnly).is_ok());
    // Rows without a known label are no labels.
    put(
        folder.path(),
        "l.csv",
        "image,own\nnetworks_0,\ntransfers_0,1\nvalidation_0,2\ntest_0,1\n",
    );
    assert!(refused(folder.path(), &images, CLASS).contains("of the split networks has a label"));
    put(folder.path(), "l.csv", "image,own\nnetworks_0,1\nvalidation_0,2\n");
    assert!(refused(folder.path(), &images, CLASS).contains("of the split transfers has a label"));
    assert!(convert(folder.path(), &images, CLASS, Role::SourceOnly).is_ok());
}

#[test]
fn whoever_watches_can_stop_it_and_nothing_is_left() {
    let (folder, images) = plain();
    put(
        folder.path(),
        "l.csv",
        "image,own\nnetworks_0,0\ntransfers_0,1\nvalidation_0,2\ntest_0,1\n",
    );
    let pipeline = pipeline(folder.path(), CLASS);
    let labels = OwnLabels::open(&pipeline.own_tasks[0], Role::Both, &images).unwrap();
    let to = folder.path().join("own");
    let error = labels.convert(&to, &|_| false).unwrap_err();
    assert!(error.to_string().starts_with("stopped"), "{error}");
    assert!(!to.exists());
}
