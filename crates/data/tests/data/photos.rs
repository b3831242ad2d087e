//! Datasets of photos: what is made of good ones, and what is said of bad ones.

use std::io;
use std::path::{Path, PathBuf};

use taskonomy_core::{Split, SplitCounts};
use taskonomy_data::photos::{Disk, LocalDisk, MadeOfPhotos, PhotosSpec, Step, make_photos};
use taskonomy_data::picture::RgbImage;
use taskonomy_data::{DataError, Dataset, ValuesRef};

/// A photo unlike those of other numbers: 6×5 blocks of random colours, each with a slope.
fn picture(number: u64, width: usize, height: usize) -> RgbImage {
    let mut image = RgbImage::new(width, height);
    for y in 0..height {
        for x in 0..width {
            let block = (6 * x / width + 6 * (5 * y / height)) as u64;
            let hash = (number * 31 + block + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let hash = (hash ^ (hash >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let slope = (x % 16) as u8;
            image.set(x, y, [40, 48, 56].map(|bits| (hash >> bits) as u8 / 2 + 4 * slope));
        }
    }
    image
}

fn jpeg(image: &RgbImage, quality: u8) -> Vec<u8> {
    let mut file = Vec::new();
    let (width, height) = (image.width() as u16, image.height() as u16);
    jpeg_encoder::Encoder::new(&mut file, quality)
        .encode(image.pixels(), width, height, jpeg_encoder::ColorType::Rgb)
        .unwrap();
    file
}

/// A folder to put photos into, and a place for the dataset.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        std::fs::create_dir(place.path().join("photos")).unwrap();
        Self(place)
    }

    /// With this many different photos.
    fn with(count: u64) -> Self {
        let place = Self::new();
        for number in 0..count {
            let name = format!("{number:02}.jpg");
            place.put(&name, &jpeg(&picture(number, 100 + number as usize, 80), 90));
        }
        place
    }

    fn folder(&self) -> PathBuf {
        self.0.path().join("photos")
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        let path = self.folder().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    fn spec(&self) -> PhotosSpec {
        PhotosSpec {
            folder: self.folder(),
            crops: 24,
            size: 32,
            shares: SplitCounts::SHARES,
            seed: 1,
            domains: None,
        }
    }

    fn make(&self) -> Result<MadeOfPhotos, DataError> {
        self.make_with(&self.spec(), &LocalDisk)
    }

    fn make_with(&self, spec: &PhotosSpec, disk: &dyn Disk) -> Result<MadeOfPhotos, DataError> {
        let path = self.0.path().join("set");
        if path.exists() {
            std::fs::remove_dir_all(&path).unwrap();
        }
        let made = make_photos(&path, spec, disk, &|_| true);
        let left = if made.is_ok() { 2 } else { 1 };
        assert_eq!(std::fs::read_dir(self.0.path()).unwrap().count(), left, "nothing is left over");
        made
    }

    fn dataset(&self) -> Dataset {
        Dataset::open(&self.0.path().join("set")).unwrap()
    }

    /// Why each file was left out, as one text.
    fn skipped(&self) -> String {
        let made = self.make().unwrap();
        let lines: Vec<_> =
            made.skipped.iter().map(|s| format!("{}: {}\n", s.file, s.why)).collect();
        lines.concat()
    }

    /// The error without the name of the temporary folder.
    fn error(&self, spec: &PhotosSpec) -> String {
        let error = self.make_with(spec, &LocalDisk).unwrap_err().to_string();
        error.replace(&self.0.path().display().to_string(), "")
    }
}

/// Scenes of all samples of a split.
fn scenes(made: &MadeOfPhotos, split: Split) -> Vec<&str> {
    made.manifest.samples(split).iter().map(|sample| sample.scene.as_str()).collect()
}

#[test]
fn photos_become_crops_with_labels_in_all_splits() {
    let place = Place::with(10);
    let made = place.make().unwrap();
    assert_eq!(Split::ALL.map(|split| made.photos[&split]), [5, 2, 1, 2]);
    assert_eq!(Split::ALL.map(|split| made.manifest.samples(split).len()), [12, 5, 2, 5]);
    assert_eq!((made.duplicates, made.skipped.len(), made.manifest.size), (0, 0, 32));
    let dataset = place.dataset();
    dataset.verify_checksums().unwrap();
    for name in ["rgb", "edge_texture", "keypoints2d"] {
        for split in Split::ALL {
            for row in 0..dataset.len(split) {
                let values = dataset.raw(split, name, row).unwrap();
                let distinct: std::collections::BTreeSet<_> =
                    (0..values.len()).map(|i| values.get(i).unwrap() as u32).collect();
                assert!(distinct.len() > 10, "{name} of {split} {row} is empty");
            }
        }
    }
    for split in Split::ALL {
        let several = |row| {
            let Some(ValuesRef::U8(segments)) = dataset.raw(split, "segment_unsup2d", row) else {
                panic!("segments are bytes")
            };
            segments.iter().any(|&segment| segment > 0)
        };
        assert!((0..dataset.len(split)).any(several), "every crop of {split} is one segment");
    }
}

#[test]
fn what_is_not_wanted_is_not_made_and_changes_nothing_else() {
    let place = Place::with(5);
    let all = place.make().unwrap().manifest;
    let domains = Some(["rgb", "segment_unsup2d", "normal"].map(str::to_owned).into());
    let spec = PhotosSpec { domains, ..place.spec() };
    let some = place.make_with(&spec, &LocalDisk).unwrap().manifest;
    let names: Vec<_> = some.domains.iter().map(|domain| domain.name.as_str()).collect();
    assert_eq!(names, ["rgb", "segment_unsup2d"]);
    assert_eq!((all.domains.len(), &all.splits), (4, &some.splits));
    for (file, record) in &some.files {
        assert_eq!(all.files.get(file), Some(record), "{file}");
    }
}

#[test]
fn the_bytes_depend_on_photos_names_and_seed_alone() {
    struct Backwards;
    impl Disk for Backwards {
        fn entries(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
            let mut entries = LocalDisk.entries(folder)?;
            entries.sort();
            entries.reverse();
            Ok(entries)
        }
        fn read(&self, file: &Path) -> io::Result<Vec<u8>> {
            LocalDisk.read(file)
        }
    }
    let place = Place::with(6);
    place.put("below/a.jpg", &jpeg(&picture(77, 90, 90), 90));
    let on = |threads: usize, disk: &dyn Disk, seed| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let spec = PhotosSpec { seed, ..place.spec() };
        pool.install(|| place.make_with(&spec, disk).unwrap().manifest)
    };
    let first = on(1, &LocalDisk, 1);
    assert_eq!(on(3, &Backwards, 1), first);
    assert_ne!(on(1, &LocalDisk, 2).files, first.files);
}

#[test]
fn photos_of_the_same_stay_in_one_split() {
    let place = Place::with(8);
    // Smaller and compressed more, brighter, shifted a little; the fourth hangs on the third.
    let original = picture(3, 103, 80);
    let mut small = RgbImage::new(80, 62);
    for y in 0..62 {
        for x in 0..80 {
            small.set(x, y, original.get(x * 103 / 80, y * 80 / 62));
        }
    }
    place.put("x/small.jpg", &jpeg(&small, 60));
    let mut bright = original.clone();
    let mut shifted = original.clone();
    for y in 0..80 {
        for x in 0..103 {
            bright.set(x, y, original.get(x, y).map(|v| v.saturating_add(30)));
            shifted.set(x, y, original.get((x + 2).min(102), (y + 1).min(79)));
        }
    }
    place.put("y/bright.png", &bright.to_png());
    place.put("z/shifted.png", &shifted.to_png());
    let made = place.make().unwrap();
    assert_eq!(made.duplicates, 3);
    let ids: Vec<_> = Split::ALL.into_iter().flat_map(|s| made.manifest.samples(s)).collect();
    for name in ["x/small.jpg#", "y/bright.png#", "z/shifted.png#", "03.jpg#"] {
        let of = ids.iter().filter(|sample| sample.id.starts_with(name));
        assert!(of.clone().count() > 0 && of.clone().all(|s| s.scene == "03.jpg"), "{name}");
    }
}

#[test]
fn the_same_name_in_two_folders_is_two_photos() {
    let place = Place::with(4);
    place.put("kitchen/one.jpg", &jpeg(&picture(20, 90, 70), 90));
    place.put("hall/one.jpg", &jpeg(&picture(21, 90, 70), 90));
    let made = place.make().unwrap();
    assert_eq!(made.photos.values().sum::<usize>(), 6);
    let all: Vec<_> = Split::ALL.into_iter().flat_map(|split| scenes(&made, split)).collect();
    assert!(all.contains(&"kitchen/one.jpg") && all.contains(&"hall/one.jpg"));
}

#[test]
fn a_turned_photo_is_cut_upright() {
    // Dark above, bright below once it is turned by a quarter: dark on the left in the file.
    let mut image = RgbImage::new(96, 96);
    for y in 0..96 {
        for x in 0..96 {
            image.set(x, y, [if x < 48 { 20 } else { 220 } + (y % 8) as u8; 3]);
        }
    }
    let exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let mut turned = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut turned, 90);
    encoder.add_app_segment(1, exif.to_vec()).unwrap();
    encoder.encode(image.pixels(), 96, 96, jpeg_encoder::ColorType::Rgb).unwrap();
    let place = Place::with(4);
    place.put("turned.jpg", &turned);
    let made = place.make().unwrap();
    let dataset = place.dataset();
    let mut seen = 0;
    for split in Split::ALL {
        for (row, sample) in made.manifest.samples(split).iter().enumerate() {
            if sample.scene == "turned.jpg" {
                let Some(ValuesRef::U8(rgb)) = dataset.raw(split, "rgb", row) else { panic!() };
                let row = |y: usize| rgb[32 * y..32 * y + 32].iter().map(|&v| u32::from(v)).sum();
                let (top, bottom): (u32, u32) = (row(1), row(30));
                assert!(top < 32 * 50 && bottom > 32 * 200, "{top} {bottom}");
                seen += 1;
            }
        }
    }
    assert!(seen > 0);
}

#[test]
fn folders_without_photos() {
    let empty = Place::new();
    let expected = "/photos: no photo to be read is in it or below";
    assert_eq!(empty.error(&empty.spec()), expected);
    empty.put("notes.txt", b"");
    assert_eq!(empty.error(&empty.spec()), format!("{expected} (1 file is no image)"));
    empty.put("below/more.md", b"");
    empty.put("holiday.heic", b"");
    empty.put(".hidden.jpg", b"");
    let expected = format!(
        "{expected} (2 files are no images)\n  holiday.heic: only JPEG, PNG and WebP are read: convert it first"
    );
    assert_eq!(empty.error(&empty.spec()), expected);
    let nowhere = PhotosSpec { folder: empty.folder().join("nowhere"), ..empty.spec() };
    assert_eq!(empty.error(&nowhere), "/photos/nowhere: there is no such folder");
    let file = PhotosSpec { folder: empty.folder().join("notes.txt"), ..empty.spec() };
    assert!(empty.error(&file).starts_with("/photos/notes.txt: "));
}

#[test]
fn broken_photos_are_left_out_by_name_with_their_reason() {
    let place = Place::with(5);
    let whole = jpeg(&picture(9, 90, 70), 90);
    place.put("a-cut.jpg", &whole[..whole.len() / 2]);
    place.put("b-empty.jpg", b"");
    place.put("c-text.png", b"not an image");
    place.put("d-cut.png", &picture(9, 90, 70).to_png()[..200]);
    place.put("e-pixel.png", &RgbImage::new(1, 1).to_png());
    place.put("f-narrow.png", &picture(9, 90, 31).to_png());
    place.put("g-named-wrongly.jpg", &picture(99, 90, 70).to_png());
    assert_eq!(
        place.skipped(),
        "a-cut.jpg: the JPEG is cut off\n\
         b-empty.jpg: the file is empty\n\
         c-text.png: the file is no JPEG, PNG or WebP, whatever its name says\n\
         d-cut.png: no readable PNG: unexpected end of file\n\
         e-pixel.png: 1x1 pixels: too small for crops of 32x32\n\
         f-narrow.png: 90x31 pixels: too small for crops of 32x32\n"
    );
    assert_eq!(place.make().unwrap().photos.values().sum::<usize>(), 6);
}

#[test]
fn links_that_go_in_circles_end() {
    use std::os::unix::fs::symlink;
    let place = Place::with(5);
    let folder = place.folder();
    place.put("below/deep/a.jpg", &jpeg(&picture(40, 90, 70), 90));
    symlink(&folder, folder.join("below/deep/up")).unwrap();
    symlink("loop.jpg", folder.join("loop.jpg")).unwrap();
    symlink("nowhere.jpg", folder.join("dangling.jpg")).unwrap();
    symlink("00.jpg", folder.join("zz-again.jpg")).unwrap();
    let skipped = place.skipped();
    let files: Vec<_> = skipped.lines().map(|line| line.split(':').next().unwrap()).collect();
    assert_eq!(files, ["dangling.jpg", "loop.jpg"], "{skipped}");
    assert_eq!(place.make().unwrap().photos.values().sum::<usize>(), 6);
}

#[test]
fn names_that_cannot_be_ids_are_left_out() {
    use std::os::unix::ffi::OsStrExt;
    let place = Place::with(4);
    place.put("two\nlines.jpg", b"");
    let broken = place.folder().join(std::ffi::OsStr::from_bytes(b"\xff.jpg"));
    std::fs::write(broken, b"").unwrap();
    let skipped = place.skipped();
    assert!(skipped.contains("two\\nlines.jpg: its name is no UTF-8 text"), "{skipped}");
    assert_eq!(skipped.lines().count(), 2);
}

#[test]
fn files_and_folders_that_may_not_be_read_are_left_out() {
    struct Denied;
    impl Disk for Denied {
        fn entries(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
            if folder.ends_with("secret") {
                return Err(io::ErrorKind::PermissionDenied.into());
            }
            LocalDisk.entries(folder)
        }
        fn read(&self, file: &Path) -> io::Result<Vec<u8>> {
            if file.ends_with("02.jpg") {
                return Err(io::ErrorKind::PermissionDenied.into());
            }
            LocalDisk.read(file)
        }
    }
    let place = Place::with(6);
    place.put("secret/a.jpg", b"");
    let made = place.make_with(&place.spec(), &Denied).unwrap();
    let skipped: Vec<_> = made.skipped.iter().map(|s| (s.file.as_str(), s.why.as_str())).collect();
    assert_eq!(skipped, [("02.jpg", "permission denied"), ("secret", "permission denied")]);
}

#[test]
fn too_few_photos_and_settings_out_of_range() {
    let three = Place::with(3);
    three.put("again.png", &picture(1, 101, 80).to_png());
    three.put("broken.jpg", b"");
    assert_eq!(
        three.error(&three.spec()),
        "/photos: 4 readable photos of 3 different views: at least 4 are needed, one for each split\n  broken.jpg: the file is empty"
    );
    let one = Place::with(1);
    assert!(one.error(&one.spec()).contains("1 readable photo of 1 different view: at least 4"));
    let spec = three.spec();
    let cases = [
        (PhotosSpec { crops: 0, ..spec.clone() }, "`crops` is 0: it must be 4 (one for each"),
        (PhotosSpec { crops: 1_000_001, ..spec.clone() }, "`crops` is 1000001: it must be"),
        (PhotosSpec { crops: 3, ..spec.clone() }, "`crops` is 3"),
        (PhotosSpec { size: 60, ..spec.clone() }, "`size` is 60: it must be a multiple of 8"),
        (PhotosSpec { size: 24, ..spec.clone() }, "`size` is 24"),
        (
            PhotosSpec { shares: SplitCounts { test: 0, ..SplitCounts::SHARES }, ..spec },
            "`shares` is 0 for test",
        ),
    ];
    for (spec, expected) in cases {
        let error = three.error(&spec);
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn whoever_watches_can_stop_it() {
    let place = Place::with(5);
    let path = place.0.path().join("set");
    for end in [Step::Found(5), Step::Seen, Step::Cut(3)] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let stop = |step| std::mem::discriminant(&step) != std::mem::discriminant(&end);
        let made = pool.install(|| make_photos(&path, &place.spec(), &LocalDisk, &stop));
        assert!(matches!(made, Err(DataError::Stopped)));
        assert_eq!(std::fs::read_dir(place.0.path()).unwrap().count(), 1);
    }
    // What is there already is never written over.
    std::fs::create_dir(&path).unwrap();
    let made = make_photos(&path, &place.spec(), &LocalDisk, &|_| true);
    assert!(matches!(made, Err(DataError::Exists { .. })));
}
