//! Disks that are full, by a limit on the size of files.

use crate::place::Place;
use crate::tree::{assert_like_reference, assert_nothing_half_done};

#[test]
fn a_full_disk_stops_the_run_and_leaves_nothing_half_written() {
    let place = Place::new();
    // Room for the log, none for the weights of a network.
    let full = place.finish_with_files_up_to(64);
    assert_eq!(full.code, Some(4), "{full:?}");
    assert!(full.stderr.contains("weights.safetensors: File too large"), "{full:?}");
    assert!(full.stderr.contains("the same command goes on where it was"), "{full:?}");
    assert_nothing_half_done(place.run.root());
    assert!(!place.run.path("stage1/normals/done.json").exists());

    // Now the networks have room, and the first table of features has none.
    let stage1 = place.call("stage1", &["--jobs", "2"]);
    assert_eq!(stage1.code, Some(0), "{stage1:?}");
    let full = place.finish_with_files_up_to(32);
    assert_eq!(full.code, Some(4), "{full:?}");
    assert!(full.stderr.contains("stage2/"), "{full:?}");
    assert_nothing_half_done(place.run.root());

    let ended = place.finish();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_like_reference(place.run.root());
}

#[test]
fn a_disk_without_any_room_is_the_environments_fault() {
    let place = Place::new();
    let full = place.finish_with_files_up_to(0);
    assert_eq!(full.code, Some(4), "{full:?}");
    assert!(full.stderr.contains("File too large"), "{full:?}");
    let ended = place.finish();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_like_reference(place.run.root());
}
