//! Tasks and representations of a user's own, with a worker that makes its losses up.

use std::fs;
use std::path::Path;

use crate::fake::Bench;

/// A map, a class and a source of the user's own beside a built-in task.
const PIPELINE: &str = r#"
name = "tiny"
[data]
path = "d"
size = 32
[tasks]
both = ["normals"]
[networks]
precision = "f32"
[transfers]
order = 2
[policy]
budget = 1
[[task]]
id = "height"
name = "Height"
kind = "dense"
labels = "height"
scale = 0.01
invalid = 0
[[task]]
id = "quality"
kind = "class"
labels = "labels.csv"
classes = ["bad", "good"]
role = "target_only"
[[source]]
id = "clip"
name = "CLIP"
features = "clip"
"#;

/// Names of the images by their rooms: two for networks, then one for each split.
fn ids(rooms: std::ops::Range<usize>) -> impl Iterator<Item = String> {
    rooms.flat_map(|room| (0..5).map(move |view| format!("room{room:05}_view{view:02}")))
}

fn png(value: u16) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 32, 32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Sixteen);
    let bytes: Vec<u8> = (0..1024).flat_map(|i| (value + i % 3).to_be_bytes()).collect();
    encoder.write_header().unwrap().write_image_data(&bytes).unwrap();
    file
}

fn npy(values: &[f32]) -> Vec<u8> {
    let length = values.len();
    let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({length},), }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.bytes());
    bytes.extend(values.iter().flat_map(|v| v.to_le_bytes()));
    bytes
}

fn put(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn bench() -> Bench {
    let bench = Bench::new();
    put(bench.path(), "p.toml", PIPELINE);
    let mut table = "image,quality\n".to_owned();
    for (number, id) in ids(0..5).enumerate() {
        put(bench.path(), &format!("height/{id}.png"), png(number as u16));
        put(bench.path(), &format!("clip/{id}.npy"), npy(&[number as f32, 1.0]));
        if number % 4 != 3 {
            table += &format!("{id},{}\n", if number % 2 == 0 { "good" } else { "bad" });
        }
    }
    put(bench.path(), "labels.csv", table);
    bench
}

#[test]
fn own_tasks_and_sources_take_part_in_every_stage() {
    let bench = bench();
    let listed = bench.done(&["run", "p.toml", "--dry-run", "--no-measure"]);
    insta::assert_snapshot!("jobs", listed.split("\n\n").next().unwrap());
    assert!(!bench.path().join("results").exists(), "a dry run writes nothing");
    let (code, stdout, stderr) = bench.run(&["run", "p.toml"]);
    assert_eq!(code, 0, "{stderr}");
    let said: Vec<_> = stderr.lines().filter(|line| line.contains("images")).collect();
    assert_eq!(
        said,
        [
            "height: labels of 25 of 25 images",
            "quality: labels of 19 of 25 images",
            "clip: representations of 15 of 15 images"
        ]
    );
    assert!(stdout.contains("quality"), "{stdout}");
    let losses = bench.read("stage2/losses/quality.csv");
    let header = losses.lines().next().unwrap();
    assert!(header.starts_with("image,clip,height,normals,") && header.contains("clip+height"));
    assert!(!header.contains("self"), "target-only: {header}");
    let taxonomy = bench.read("stage4/taxonomy.json");
    assert!(taxonomy.contains("\"CLIP\"") && taxonomy.contains("\"Height\""), "{taxonomy}");
    assert_eq!(bench.done(&["solve", "--json"]), taxonomy);

    // Nothing is left to do, nothing is read again, and the run knows its tasks.
    let (code, _, stderr) = bench.run(&["run", "--run", "results/tiny"]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert!(bench.done(&["status"]).starts_with("results/tiny: done"));
    let config = bench.read("config.toml");
    assert!(config.contains("[[source]]") && config.contains("target_only = [\"quality\"]"));
}

#[test]
fn other_labels_are_a_difference_of_their_own_task_alone() {
    let bench = bench();
    bench.done(&["run", "p.toml"]);
    put(bench.path(), "height/room00000_view00.png", png(9));
    let differs = |listed: &str| {
        let lines = listed.lines().filter(|line| line.contains("  differs: "));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let listed = differs(&bench.done(&["run", "p.toml", "--dry-run"]));
    assert!(listed[0].contains("network height") && listed[0].contains("differs: data.own_height"));
    assert!(listed.iter().all(|line| line.contains("height")), "{listed:?}");
    let failure = bench.failure(&["run", "p.toml"]);
    assert!(
        failure.contains("changed: data.own_height") && failure.contains("--force"),
        "{failure}"
    );
    // The old labels back, and everything is as it was.
    put(bench.path(), "height/room00000_view00.png", png(0));
    bench.done(&["run", "p.toml"]);

    put(bench.path(), "clip/room00004_view00.npy", npy(&[0.5, 1.0]));
    let listed = differs(&bench.done(&["run", "p.toml", "--dry-run"]));
    assert!(listed[0].contains("features clip") && listed[0].contains("differs: data.own_clip"));
    assert!(listed.iter().all(|line| line.contains("clip")), "{listed:?}");
    bench.done(&["run", "p.toml", "--force"]);
    assert!(differs(&bench.done(&["run", "p.toml", "--dry-run"])).is_empty());

    // Vectors come to the grid of the encoders, too.
    let other = ["run", "p.toml", "--dry-run", "--set", "networks.encoder='resnet18'"];
    let listed = differs(&bench.done(&other));
    let clip = listed.iter().find(|line| line.contains("features clip")).unwrap();
    assert!(clip.contains("networks.encoder"), "{clip}");
}

#[test]
fn what_is_wrong_with_labels_is_said_before_anything_is_trained() {
    let bench = bench();
    let table = fs::read_to_string(bench.path().join("labels.csv")).unwrap();
    let mut said = String::new();
    let mut refuse = |what: &str| {
        let failure = bench.failure(&["run", "p.toml"]);
        said += &format!("# {what}\n{failure}\n");
        assert!(!bench.path().join("results/tiny/stage1").exists());
        assert!(!bench.path().join("results/tiny/config.toml").exists());
    };
    put(bench.path(), "labels.csv", format!("{table}room00009_view00,good\n"));
    refuse("an image that there is not");
    put(bench.path(), "labels.csv", format!("{table}room00000_view00,bad\n"));
    refuse("two rows of an image");
    put(bench.path(), "labels.csv", table.replacen("good", "goood", 2));
    refuse("no class");
    put(bench.path(), "labels.csv", &table);
    let height = bench.path().join("height");
    fs::rename(&height, bench.path().join("heights")).unwrap();
    refuse("no folder");
    fs::rename(bench.path().join("heights"), &height).unwrap();
    put(bench.path(), "height/room00002_view01.png", b"no png");
    refuse("no PNG");
    put(bench.path(), "height/room00002_view01.png", png(1));
    put(bench.path(), "clip/room00004_view02.npy", npy(&[f32::NAN, 1.0]));
    refuse("not a number");
    fs::remove_file(bench.path().join("clip/room00004_view02.npy")).unwrap();
    refuse("an image without a representation");
    insta::assert_snapshot!("refused", said);
}

#[test]
fn no_images_are_made_for_labels_that_are_not_there() {
    let bench = bench();
    fs::remove_dir_all(bench.path().join("d")).unwrap();
    fs::remove_dir_all(bench.path().join("clip")).unwrap();
    let made = PIPELINE.replace("size = 32", "size = 32\nmake = \"rooms\"");
    put(bench.path(), "p.toml", made);
    let failure = bench.failure(&["run", "p.toml"]);
    assert!(failure.contains("[[source]] clip: clip: there is no such folder"), "{failure}");
    assert!(!bench.path().join("d").exists());
    put(bench.path(), "clip/a.npy", b"");
    let listed = bench.done(&["run", "p.toml", "--dry-run"]);
    assert!(listed.contains("network height") && !bench.path().join("d").exists(), "{listed}");
}

#[test]
fn what_needs_no_labels_works_when_they_are_gone() {
    let bench = bench();
    bench.done(&["run", "p.toml"]);
    for name in ["height", "clip", "d"] {
        fs::remove_dir_all(bench.path().join(name)).unwrap();
    }
    for args in [&["stage4", "p.toml"][..], &["report"], &["solve"], &["export"], &["status"]] {
        bench.done(args);
    }
    assert!(bench.failure(&["run", "p.toml"]).starts_with("exit 1\nerror: "));
}
