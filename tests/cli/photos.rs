//! `data photos`, `init --photos` and runs on photos, as a user meets them.

use std::path::Path;

use serde_json::Value;

use crate::{done, failure, failures, files, folder, run};

/// A grey PNG with a pattern of its own for every number.
fn png(number: u32, width: u32, height: u32) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    let pixel = |x: u32, y: u32| {
        let block = 5 * x / width + 5 * (4 * y / height) + 1;
        let hash = (block + 100 * number).wrapping_mul(0x9e37_79b9);
        let hash = (hash ^ (hash >> 15)).wrapping_mul(0x85eb_ca6b);
        (hash >> 25) as u8 + (x % 16 * 4) as u8
    };
    let pixels: Vec<u8> = (0..height).flat_map(|y| (0..width).map(move |x| pixel(x, y))).collect();
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    file
}

/// Puts photos into `my photos`, some of them in a folder below it.
fn put(folder: &Path, count: u32) {
    std::fs::create_dir_all(folder.join("my photos/below")).unwrap();
    for number in 0..count {
        let below = if number % 3 == 0 { "below/" } else { "" };
        let path = folder.join(format!("my photos/{below}photo {number}.png"));
        std::fs::write(path, png(number, 80 + number, 70)).unwrap();
    }
}

#[test]
fn photos_are_made_checked_and_shown() {
    let folder = folder(&[("my photos/notes.txt", "")]);
    put(folder.path(), 8);
    std::fs::write(folder.path().join("my photos/broken.jpg"), "no image").unwrap();
    let args = ["data", "photos", "my photos", "--size", "32", "--crops", "30"];
    let (code, made, said) = run(folder.path(), &args);
    assert_eq!(code, 0, "{said}");
    insta::assert_snapshot!(format!("{made}\n{said}"));
    let sheet = done(folder.path(), &["data", "check", "data/my photos"]);
    // How many segments there are is not this test's business.
    let is_segments = |line: &&str| line.starts_with("segment_unsup2d ");
    let (segments, others): (Vec<_>, Vec<_>) = sheet.lines().partition(is_segments);
    assert_eq!(segments.len(), 4, "{sheet}");
    insta::assert_snapshot!("sheet", others.join("\n"));
    done(folder.path(), &["data", "show", "data/my photos", "-n", "3"]);

    let again = [&args[..], &["--out", "again", "--json"]].concat();
    let json: Value = serde_json::from_str(&done(folder.path(), &again)).unwrap();
    assert_eq!(json["skipped"][0]["file"], "broken.jpg");
    assert_eq!(json["photos"]["networks"].as_u64(), Some(4));
    let made = files(&folder.path().join("data/my photos"));
    for (name, bytes) in files(&folder.path().join("again")) {
        assert!(made[&name] == bytes, "{name}: the same photos and seed give the same bytes");
    }
    let check = ["data", "check", "again", "--json"];
    let json: Value = serde_json::from_str(&done(folder.path(), &check)).unwrap();
    assert_eq!(
        (json["schema"].as_i64(), json["flags"].as_array().map(Vec::len)),
        (Some(1), Some(0))
    );
    assert_eq!(json["sheet"].as_array().unwrap().len(), 16);
    assert_eq!(json["sheet"][0]["domain"], "rgb");
}

#[test]
fn photos_that_cannot_be_made() {
    let folder = folder(&[("empty/notes.txt", ""), ("there/x", "")]);
    put(folder.path(), 3);
    let commands = [
        &["data", "photos", "nowhere"][..],
        &["data", "photos", "empty"],
        &["data", "photos", "empty/notes.txt"],
        &["data", "photos", "my photos"],
        &["data", "photos", "my photos", "--size", "32"],
        &["data", "photos", "my photos", "--crops", "0"],
        &["data", "photos", "my photos", "--size", "60"],
        &["data", "photos", "my photos", "--shares", "1,2,0,1"],
        &["data", "photos", "my photos", "--out", "there"],
    ];
    let before = files(folder.path());
    insta::assert_snapshot!(failures(folder.path(), &commands));
    assert!(files(folder.path()) == before, "nothing is left over");
}

#[test]
fn init_describes_a_folder_of_photos() {
    let folder = folder(&[]);
    put(folder.path(), 6);
    let made = done(folder.path(), &["init", "--photos", "my photos", "--crops", "40"]);
    let expected =
        "pipelines/my-photos.toml: look it over, then: taskonomy run pipelines/my-photos.toml\n";
    assert_eq!(made, expected);
    let text = std::fs::read_to_string(folder.path().join("pipelines/my-photos.toml")).unwrap();
    for line in ["name = \"my-photos\"", "photos = \"my photos\"", "crops = 40 "] {
        assert!(text.contains(line), "{text}");
    }
    // It can be planned before the crops are made.
    let jobs =
        done(folder.path(), &["run", "pipelines/my-photos.toml", "--dry-run", "--no-measure"]);
    for job in ["denoising->keypoints_2d", "jigsaw->segmentation_2d"] {
        assert!(jobs.contains(job), "{jobs}");
    }
    let commands = [
        &["init", "--photos", "nowhere"][..],
        &["init", "--photos", "my photos"],
        &["init", "--photos", "my photos", "--name", "few", "--crops", "0"],
        &["init", "--crops", "3"],
    ];
    insta::assert_snapshot!(failures(folder.path(), &commands));
}

#[test]
fn settings_of_rooms_and_of_photos_do_not_mix() {
    let tasks = "[tasks]\nboth = [\"denoising\", \"edges_texture\"]\n";
    let pipeline = |data: &str| format!("name = \"p\"\n[data]\npath = \"d\"\n{data}\n{tasks}");
    let rooms = pipeline("make = \"rooms\"\ncrops = 30");
    let photos = pipeline("make = \"photos\"\nphotos = \"x\"\nviews = 3");
    let nowhere = pipeline("make = \"photos\"");
    let nothing = pipeline("photos = \"x\"");
    let typing = pipeline("make = \"photos\"\nphoto = \"x\"");
    let labels = pipeline("make = \"photos\"\nphotos = \"x\"").replace("denoising", "normals");
    let folder = folder(&[
        ("rooms.toml", &rooms),
        ("photos.toml", &photos),
        ("nowhere.toml", &nowhere),
        ("nothing.toml", &nothing),
        ("typing.toml", &typing),
        ("labels.toml", &labels),
    ]);
    let mut all = String::new();
    for name in ["rooms", "photos", "nowhere", "nothing", "typing", "labels"] {
        let said = failure(folder.path(), &["run", &format!("{name}.toml"), "--dry-run"]);
        all += &format!("$ taskonomy run {name}.toml --dry-run\n{said}\n");
    }
    insta::assert_snapshot!(all);
}
