//! Stage 1 on a small made-up dataset.
#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use taskonomy_core::{Dictionary, Domain, Dtype, Pipeline, Split, Values};
use taskonomy_data::picture::RgbImage;
use taskonomy_data::{Dataset, DatasetWriter, Provenance, Sample};
use taskonomy_networks::{NetworkError, Predictor, Setup, train_network, train_small_network};
use taskonomy_nn::{Compute, Epoch, NnError, Watch};
use taskonomy_run::{JobDir, JobKind, Losses, RunDir};

const SIDE: usize = 32;
/// Per split, in the order of [`Split::ALL`].
const SAMPLES: [usize; 4] = [24, 8, 6, 7];

const PIPELINE: &str = r#"
name = "test"
seed = 5
[data]
path = "unused"
size = 32
[tasks]
both = ["autoencoding", "scene_class"]
source_only = ["random"]
[networks]
epochs = 4
batch = 8
precision = "f32"
"#;

/// 32×32 pictures of one coloured square on grey; the class says which colour.
fn make_dataset(path: &Path) -> Dataset {
    let domain = |name: &str, dtype, shape, classes: &[&str]| Domain {
        name: name.into(),
        dtype,
        shape,
        unit: "test".into(),
        invalid: None,
        classes: classes.iter().map(|&c| c.to_owned()).collect(),
        views: 1,
        note: String::new(),
    };
    let domains = vec![
        domain("rgb", Dtype::U8, [3, SIDE, SIDE], &[]),
        domain("class_scene", Dtype::U8, [1, 1, 1], &["red", "green", "blue"]),
    ];
    let provenance = Provenance { generator: "squares".into(), seed: 1 };
    let mut writer = DatasetWriter::create(path, provenance, domains, SIDE).unwrap();
    for (split, n) in Split::ALL.into_iter().zip(SAMPLES) {
        for i in 0..n {
            let (class, at) = (i % 3, 4 + i % 7);
            let mut rgb = vec![100; 3 * SIDE * SIDE];
            for y in at..at + 16 {
                for x in at..at + 16 {
                    rgb[(class * SIDE + y) * SIDE + x] = 250;
                }
            }
            let id = format!("{split}_{i}");
            let sample = Sample { scene: id.clone(), id };
            let mut values = BTreeMap::from([("rgb".to_owned(), Values::U8(rgb))]);
            // The first sample of every split has no class.
            if i > 0 {
                values.insert("class_scene".to_owned(), Values::U8(vec![class as u8]));
            }
            writer.append(split, sample, &values).unwrap();
        }
    }
    writer.finish().unwrap();
    Dataset::open(path).unwrap()
}

fn train(run: &RunDir, dataset: &Dataset, task: &str) -> Result<JobDir, NetworkError> {
    tch::set_num_threads(1);
    let dictionary = Dictionary::builtin();
    let pipeline = Pipeline::parse(PIPELINE, &[], &dictionary).unwrap();
    let compute = Compute::cpu(pipeline.networks.precision);
    let setup = Setup { run, pipeline: &pipeline, dataset, compute };
    let stop = AtomicBool::new(false);
    let mut epochs = Vec::new();
    let mut on_epoch = |e: &Epoch| epochs.push(e.epoch);
    let task = dictionary.find(task).unwrap();
    let watch = &mut Watch::new(&stop, &mut on_epoch);
    train_network(&setup, task, watch)?;
    assert_eq!(epochs, [1, 2, 3, 4]);
    Ok(run.job(&JobKind::Network { task: task.id.clone() }))
}

const FILES: [&str; 4] =
    ["weights.safetensors", "metrics.jsonl", "losses.safetensors", "examples.png"];

#[test]
fn a_network_leaves_whole_files_and_the_same_ones_again() {
    let place = tempfile::tempdir().unwrap();
    let dataset = make_dataset(&place.path().join("data"));
    for task in ["autoencoding", "scene_class"] {
        let [first, again] = ["a", "b"].map(|run| {
            let run = RunDir::new(place.path().join(run));
            train(&run, &dataset, task).unwrap()
        });
        for file in FILES {
            assert_eq!(first.read(file).unwrap(), again.read(file).unwrap(), "{task}: {file}");
        }
        let metrics = String::from_utf8(first.read("metrics.jsonl").unwrap()).unwrap();
        assert_eq!(metrics.lines().count(), 4);
        assert!(metrics.starts_with("{\"epoch\":1,\"lr\":"), "{metrics}");
        let Losses { validation, test, constant } = first.losses().unwrap();
        let constant = constant.unwrap();
        assert_eq!((validation.len(), test.len(), constant.len()), (6, 7, 7));
        // Only the class of the first sample is unknown.
        assert!(test[0].is_nan() == (task == "scene_class") && !test[1].is_nan());
        assert_eq!(test[0].is_nan(), constant[0].is_nan());
        RgbImage::from_png(&first.read("examples.png").unwrap()).unwrap();
    }
}

#[test]
fn a_network_on_little_data_makes_three_times_as_many_passes() {
    tch::set_num_threads(1);
    let place = tempfile::tempdir().unwrap();
    let dataset = make_dataset(&place.path().join("data"));
    let dictionary = Dictionary::builtin();
    let pipeline = Pipeline::parse(PIPELINE, &[], &dictionary).unwrap();
    let compute = Compute::cpu(pipeline.networks.precision);
    let task = dictionary.find("scene_class").unwrap();
    let kind = JobKind::Small { target: task.id.clone() };
    let [first, again] = ["a", "b"].map(|run| {
        let run = RunDir::new(place.path().join(run));
        let setup = Setup { run: &run, pipeline: &pipeline, dataset: &dataset, compute };
        let (stop, on_epoch) = (AtomicBool::new(false), &mut |_: &_| ());
        let watch = &mut Watch::new(&stop, on_epoch);
        train_small_network(&setup, task, watch).unwrap();
        run.job(&kind)
    });
    for file in ["metrics.jsonl", "losses.safetensors"] {
        assert_eq!(first.read(file).unwrap(), again.read(file).unwrap(), "{file}");
    }
    assert!(!first.path("weights.safetensors").exists(), "nothing reads them");
    let metrics = String::from_utf8(first.read("metrics.jsonl").unwrap()).unwrap();
    assert_eq!(metrics.lines().count(), 3 * 4);
    let Losses { validation, test, constant } = first.losses().unwrap();
    assert_eq!((validation.len(), test.len(), constant.unwrap().len()), (6, 7, 7));
    // The kept epoch is the one with the lowest validation loss.
    let lowest = metrics
        .lines()
        .filter_map(|line| line.rsplit_once(':')?.1.trim_end_matches('}').parse().ok())
        .fold(f64::INFINITY, f64::min);
    let known: Vec<f64> =
        validation.iter().filter(|x| !x.is_nan()).map(|&x| f64::from(x)).collect();
    let mean = known.iter().sum::<f64>() / known.len() as f64;
    assert!((mean - lowest).abs() < 1e-9, "{mean} {lowest}");
}

#[test]
fn a_network_shows_what_it_makes_of_any_image() {
    let place = tempfile::tempdir().unwrap();
    let dataset = make_dataset(&place.path().join("data"));
    let run = RunDir::new(place.path().join("run"));
    let weights = train(&run, &dataset, "autoencoding").unwrap().path("weights.safetensors");
    let dictionary = Dictionary::builtin();
    let pipeline = Pipeline::parse(PIPELINE, &[], &dictionary).unwrap();
    let compute = Compute::cpu(pipeline.networks.precision);
    let setup = Setup { run: &run, pipeline: &pipeline, dataset: &dataset, compute };
    let load = |task: &str| Predictor::load(&setup, dictionary.find(task).unwrap(), &weights);

    let image = place.path().join("photo.png");
    std::fs::write(&image, RgbImage::new(50, 40).to_png()).unwrap();
    let out = load("autoencoding").unwrap().paint(&image, &place.path().join("out")).unwrap();
    assert!(out.ends_with("out/photo.png"));
    assert!(RgbImage::from_png(&std::fs::read(out).unwrap()).unwrap().width() > 2 * 256);

    std::fs::write(&image, b"no image").unwrap();
    let error = load("autoencoding").unwrap().paint(&image, place.path()).unwrap_err();
    assert!(matches!(error, NetworkError::Image { .. }), "{error}");
    let error = load("scene_class").unwrap_err();
    assert!(matches!(error, NetworkError::Description { .. }), "{error}");
}

#[test]
fn what_cannot_be_trained_writes_nothing() {
    let place = tempfile::tempdir().unwrap();
    let dataset = make_dataset(&place.path().join("data"));
    let run = RunDir::new(place.path().join("run"));
    let error = train(&run, &dataset, "random").unwrap_err();
    assert!(matches!(error, NetworkError::Untrained(_)), "{error}");
    let error = train(&run, &dataset, "normals").unwrap_err();
    assert!(error.to_string().contains("normal"), "{error}");

    let dictionary = Dictionary::builtin();
    let pipeline = Pipeline::parse(PIPELINE, &[], &dictionary).unwrap();
    let compute = Compute::cpu(pipeline.networks.precision);
    let setup = Setup { run: &run, pipeline: &pipeline, dataset: &dataset, compute };
    let (stop, on_epoch) = (AtomicBool::new(true), &mut |_: &_| ());
    let watch = &mut Watch::new(&stop, on_epoch);
    let result = train_network(&setup, dictionary.find("autoencoding").unwrap(), watch);
    assert!(matches!(result, Err(NetworkError::Nn(NnError::Stopped))));
    assert!(!run.root().exists());
}
