use std::collections::BTreeSet;
use std::io;
use std::sync::Mutex;

use tempfile::TempDir;

use super::*;
use crate::picture::RgbImage;

/// Six photos in a folder, and crops of them.
fn six_photos() -> (TempDir, PhotosSpec) {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("photos");
    std::fs::create_dir(&folder).unwrap();
    for number in 0..6_usize {
        let mut image = RgbImage::new(90, 70);
        for (x, y) in (0..70).flat_map(|y| (0..90).map(move |x| (x, y))) {
            let block = (x / 15 + 6 * (y / 14) + 31 * number + 1) as u64;
            let hash = block.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let hash = (hash ^ (hash >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            image.set(x, y, [40, 48, 56].map(|bits| (hash >> bits) as u8));
        }
        std::fs::write(folder.join(format!("{number}.png")), image.to_png()).unwrap();
    }
    let shares = SplitCounts { networks: 2, transfers: 1, validation: 1, test: 1 };
    (place, PhotosSpec { folder, crops: 20, size: 32, shares, seed: 5, domains: None })
}

#[test]
fn photos_that_are_decoded_once_more_give_the_same_bytes() {
    let (place, spec) = six_photos();
    // Room for none, for two (19 kB each) and for all.
    let made = [0, 40_000, MOST_KEPT].map(|room| {
        let dataset = place.path().join(format!("room for {room}"));
        make_keeping(room, &dataset, &spec, &LocalDisk, &|_| true).unwrap().manifest
    });
    // The manifest has a checksum of every shard.
    assert_eq!(made[0], made[1]);
    assert_eq!(made[0], made[2]);
}

/// Files that are gone when they are read again.
#[derive(Default)]
struct Once(Mutex<BTreeSet<PathBuf>>);

impl Disk for Once {
    fn entries(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        LocalDisk.entries(folder)
    }

    fn read(&self, file: &Path) -> io::Result<Vec<u8>> {
        let is_new = self.0.lock().unwrap().insert(file.to_owned());
        if is_new { LocalDisk.read(file) } else { Err(io::ErrorKind::NotFound.into()) }
    }
}

#[test]
fn a_photo_that_changes_meanwhile_is_an_error_unless_it_was_kept() {
    let (place, spec) = six_photos();
    let make = |room| {
        let dataset = place.path().join(format!("room for {room}"));
        make_keeping(room, &dataset, &spec, &Once::default(), &|_| true)
    };
    let error = make(0).unwrap_err().to_string();
    assert!(error.contains(".png: it changed while the dataset was made"), "{error}");
    assert!(make(MOST_KEPT).is_ok());
}
