//! Tasks and representations of a user's own, with real trainings.

use std::fs;
use std::path::Path;

use taskonomy_core::Split;
use taskonomy_data::Dataset;
use taskonomy_run::{JobKind, RunDir};

use crate::place::{Ended, Place, Reference, taskonomy};

const PIPELINE: &str = r#"
name = "own"
seed = 2
[data]
path = "rooms"
make = "rooms"
size = 32
scenes = { networks = 3, transfers = 2, validation = 1, test = 1 }
views = 4
[tasks]
both = ["normals"]
[networks]
epochs = 1
batch = 4
[transfers]
order = 2
epochs = 2
batch = 4
[policy]
budget = 1
"#;

const OWN: &str = r#"
[[task]]
id = "brightness"
kind = "dense"
labels = "brightness"
scale = 0.01
invalid = 0
[[task]]
id = "mood"
kind = "class"
labels = "labels.csv"
classes = ["dark", "light"]
[[task]]
id = "tint"
kind = "vector"
labels = "labels.csv"
columns = ["red", "blue"]
role = "target_only"
[[source]]
id = "colours"
features = "colours"
"#;

fn npy(shape: &str, values: &[f32]) -> Vec<u8> {
    let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.bytes());
    bytes.extend(values.iter().flat_map(|v| v.to_le_bytes()));
    bytes
}

fn grey_png(values: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 32, 32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header().unwrap().write_image_data(values).unwrap();
    file
}

/// Labels that can be learned: brightness, whether it is high, mean red and blue, and a grid of mean
/// colours as representations.
fn put_labels(folder: &Path, images: &Dataset) {
    for name in ["brightness", "colours"] {
        fs::create_dir_all(folder.join(name)).unwrap();
    }
    let mut table = "image,mood,red,blue\n".to_owned();
    for split in Split::ALL {
        for (row, sample) in images.samples(split).iter().enumerate() {
            let rgb = images.raw(split, "rgb", row).unwrap();
            let value = |c: usize, i: usize| rgb.get(1024 * c + i).unwrap();
            let grey: Vec<u8> = (0..1024)
                .map(|i| ((value(0, i) + value(1, i) + value(2, i)) / 3.0) as u8)
                .collect();
            let mean = |c| (0..1024).map(|i| value(c, i)).sum::<f32>() / 1024.0;
            let mood = if grey.iter().map(|&v| u32::from(v)).sum::<u32>() > 1024 * 110 {
                "light"
            } else {
                "dark"
            };
            // One image has no labels in the table.
            if row != 1 {
                table += &format!("{},{mood},{},{}\n", sample.id, mean(0), mean(2));
            }
            let at = |name: &str| folder.join(name).join(&sample.id);
            fs::write(at("brightness").with_extension("png"), grey_png(&grey)).unwrap();
            // Sixteen times as fine as the readout's grid.
            let colours: Vec<f32> =
                (0..3).flat_map(|c| (0..1024).map(move |i| value(c, i) * 1000.0)).collect();
            fs::write(at("colours").with_extension("npy"), npy("(1, 3, 32, 32)", &colours))
                .unwrap();
        }
    }
    fs::write(folder.join("labels.csv"), table).unwrap();
}

#[test]
fn own_labels_and_representations_go_through_all_four_stages() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    let call = |args: &[&str]| -> Ended {
        taskonomy(folder).args(args).args(["--jobs", "2"]).output().unwrap().into()
    };
    fs::write(folder.join("p.toml"), PIPELINE).unwrap();
    let made = call(&["stage1", "p.toml"]);
    assert_eq!(made.code, Some(0), "{made:?}");
    put_labels(folder, &Dataset::open(&folder.join("rooms")).unwrap());
    fs::write(folder.join("p.toml"), PIPELINE.to_owned() + OWN).unwrap();

    let ended = call(&["run", "p.toml"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stderr.contains("mood: labels of 24 of 28 images"), "{ended:?}");
    assert!(ended.stderr.contains(", 1 skipped"), "new tasks are no difference: {ended:?}");
    let run = taskonomy_run::RunDir::new(folder.join("results/own"));
    let table =
        |target: &str| fs::read_to_string(run.path(format!("stage2/losses/{target}.csv"))).unwrap();
    for (target, column) in [
        ("brightness", "self"),
        ("brightness", "colours"),
        ("normals", "brightness"),
        ("mood", "colours"),
        ("tint", "mood"),
    ] {
        let table = table(target);
        let header = table.lines().next().unwrap();
        assert!(header.split(',').any(|c| c == column), "{target}: {header}");
        assert!(header.contains("+colours") || header.contains("colours+"), "{target}: {header}");
        assert!(!header.contains("pixels#4"));
    }
    // The image without labels was judged by nothing; the others by everything.
    let mood = table("mood");
    let cells: Vec<Vec<bool>> = mood
        .lines()
        .skip(1)
        .map(|line| line.split(',').skip(1).map(str::is_empty).collect())
        .collect();
    for (row, cells) in cells.iter().enumerate() {
        assert!(cells.iter().all(|&is_empty| is_empty == (row == 1)), "{mood}");
    }
    assert!(!table("tint").contains("self"), "target-only");

    // Representations came to the grid, each channel of mean 0 and deviation 1 where readouts learn.
    let features = run.job(&JobKind::Features { source: "colours".parse().unwrap() });
    let bytes = features.read("transfers.safetensors").unwrap();
    let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let tensor = file.tensor("features").unwrap();
    assert_eq!((tensor.dtype(), tensor.shape()), (safetensors::Dtype::F16, &[8, 3, 4, 4][..]));
    assert!(
        run.job(&JobKind::Network { task: "brightness".parse().unwrap() })
            .path("examples.png")
            .is_file()
    );
    assert!(run.path("stage4/taxonomy.svg").is_file());

    let model = run.path("stage1/brightness");
    let picture = folder.join("picture.png");
    fs::write(&picture, grey_png(&[90; 1024])).unwrap();
    let mut predict = taskonomy(folder);
    predict.arg("predict").arg("--model").arg(model).arg(&picture);
    let predicted: Ended = predict.output().unwrap().into();
    assert_eq!(predicted.code, Some(0), "{predicted:?}");

    // Nothing is left to do; samples without a label are told of once per target.
    let again = call(&["run", "p.toml"]);
    assert_eq!(again.code, Some(0), "{again:?}");
    for target in ["mood", "tint"] {
        let told = format!("warning: target `{target}`: 1 of 4 samples have no label");
        assert_eq!(again.stderr.matches(&told).count(), 1, "{again:?}");
    }
    assert!(
        !again.stderr.contains("done in") && !again.stderr.contains("has no loss"),
        "{again:?}"
    );
}

#[test]
fn encoders_start_from_given_weights_and_networks_know_whose() {
    let place = Place::new();
    let weights = Reference::get().run().join("stage1/normals/weights.safetensors");
    let given = format!("networks.weights='{}'", weights.display());
    let settings = ["--set", &given, "--set", "networks.epochs=1"];
    let done = place.call("stage1", &settings);
    assert_eq!(done.code, Some(0), "{done:?}");
    let first = |run: &RunDir| -> f64 {
        let metrics = run.read("stage1/normals/metrics.jsonl").unwrap();
        let line = String::from_utf8(metrics).unwrap().lines().next().unwrap().to_owned();
        serde_json::from_str::<serde_json::Value>(&line).unwrap()["train"].as_f64().unwrap()
    };
    let (started, fresh) = (first(&place.run), first(&RunDir::new(Reference::get().run())));
    assert!(started < fresh, "{started} with weights of a trained encoder, {fresh} without");

    let other = place.path().join("other.safetensors");
    fs::write(&other, b"no weights").unwrap();
    let changed = format!("networks.weights='{}'", other.display());
    let refused = place.call("stage1", &["--set", &changed, "--set", "networks.epochs=1"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("networks.weights"), "{refused:?}");
    let forced = ["--set", &changed, "--set", "networks.epochs=1", "--force"];
    let failed = place.call("stage1", &forced);
    assert_eq!(failed.code, Some(3), "{failed:?}");
    assert!(
        failed.stderr.contains("`networks.weights`: ")
            && failed.stderr.contains("other.safetensors"),
        "{failed:?}"
    );
    let absent = place.call("stage1", &["--set", "networks.weights='nowhere'", "--dry-run"]);
    assert_eq!(absent.code, Some(1), "{absent:?}");
    assert!(absent.stderr.contains("`networks.weights`: nowhere"), "{absent:?}");
}
