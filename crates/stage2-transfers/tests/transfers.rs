//! Stage 2 on a small made-up dataset.
#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use safetensors::SafeTensors;
use taskonomy_core::{
    Dictionary, Domain, Dtype, EncoderKind, Pipeline, Precision, Sources, Split, TaskId, Values,
};
use taskonomy_data::{Dataset, DatasetWriter, Provenance, Sample};
use taskonomy_nn::{Compute, Model, Network, NnError, Prediction, Watch};
use taskonomy_run::{JobDir, JobKind, RunDir};
use taskonomy_transfers::{TransferError, Workshop};

const SIDE: usize = 32;
/// Per split, in the order of [`Split::ALL`].
const SAMPLES: [usize; 4] = [24, 9, 6, 7];

fn pipeline(keep: &str) -> Pipeline {
    let text = format!(
        r#"
name = "test"
seed = 5
[data]
path = "unused"
size = 32
[tasks]
both = ["autoencoding", "point_matching", "scene_class"]
source_only = ["random"]
[networks]
precision = "f32"
[transfers]
epochs = 3
batch = 4
keep_weights = "{keep}"
"#
    );
    Pipeline::parse(&text, &[], &Dictionary::builtin()).unwrap()
}

/// 32×32 pictures of one coloured square on grey; the class says which colour, and pairs match where
/// both squares have one.
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
        Domain { views: 2, ..domain("point_matching", Dtype::U8, [1, 1, 1], &["no", "yes"]) },
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
        for first in 0..n - 3 {
            for second in [first + 2, first + 3] {
                let same = Values::U8(vec![u8::from(first % 3 == second % 3)]);
                writer.append_tuple(split, "point_matching", &[first, second], &same).unwrap();
            }
        }
    }
    writer.finish().unwrap();
    Dataset::open(path).unwrap()
}

fn id(text: &str) -> TaskId {
    TaskId::new(text).unwrap()
}

/// A run whose stage 1 is done: an autoencoding network that was never trained will do.
fn make_run(path: &Path) -> RunDir {
    let run = RunDir::new(path);
    let prediction = Prediction::Map { channels: 3, stride: 1 };
    let model = Model::new(9, Compute::cpu(Precision::F32), |b| {
        Network::new(b, EncoderKind::Small, 1, prediction)
    });
    let folder = run.job(&JobKind::Network { task: id("autoencoding") });
    folder.write("weights.safetensors", &model.to_bytes("")).unwrap();
    run
}

fn with_workshop<T>(
    run: &RunDir,
    dataset: &Dataset,
    keep: &str,
    work: impl Fn(&Workshop) -> T,
) -> T {
    tch::set_num_threads(1);
    let pipeline = pipeline(keep);
    let compute = Compute::cpu(pipeline.networks.precision);
    let dictionary = Dictionary::builtin();
    work(&Workshop::new(run.clone(), &pipeline, &dictionary, dataset, compute))
}

fn transfer(workshop: &Workshop, target: &str, sources: &str) -> Result<JobKind, TransferError> {
    let (target, sources): (_, Sources) = (id(target), sources.parse().unwrap());
    let (go, on_epoch) = (AtomicBool::new(false), &mut |_: &_| ());
    let watch = &mut Watch::new(&go, on_epoch);
    workshop.transfer(&target, &sources, watch)?;
    Ok(JobKind::Transfer { target, sources })
}

/// All of stage 2 in one go; gives the folders of its jobs.
fn everything(run: &RunDir, dataset: &Dataset, keep: &str) -> Vec<JobDir> {
    with_workshop(run, dataset, keep, |workshop| {
        let (go, on_epoch) = (AtomicBool::new(false), &mut |_: &_| ());
        let watch = &mut Watch::new(&go, on_epoch);
        let mut jobs = Vec::new();
        for source in ["autoencoding", "random"] {
            workshop.encode(&id(source), watch).unwrap();
            jobs.push(JobKind::Features { source: id(source) });
        }
        for (target, sources) in [
            ("autoencoding", "random"),
            ("scene_class", "autoencoding"),
            ("scene_class", "autoencoding+random"),
            ("point_matching", "autoencoding+random"),
        ] {
            jobs.push(transfer(workshop, target, sources).unwrap());
        }
        workshop.scratch(&id("autoencoding"), 2, watch).unwrap();
        jobs.push(JobKind::Scratch { target: id("autoencoding"), replica: 2 });
        let (target, sources) = (id("autoencoding"), Sources::one(id("random")));
        workshop.examples(&target, &sources, watch).unwrap();
        jobs.push(JobKind::Examples { target, sources });
        jobs.iter().map(|kind| run.job(kind)).collect()
    })
}

fn files(folder: &JobDir) -> BTreeMap<String, Vec<u8>> {
    std::fs::read_dir(folder.folder())
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|e| (e.file_name().into_string().unwrap(), std::fs::read(e.path()).unwrap()))
        .collect()
}

#[test]
fn jobs_leave_whole_files_and_the_same_ones_again() {
    let place = tempfile::tempdir().unwrap();
    let dataset = make_dataset(&place.path().join("data"));
    let [first, again, bare] = [("a", "all"), ("b", "all"), ("c", "none")].map(|(name, keep)| {
        let run = make_run(&place.path().join(name));
        everything(&run, &dataset, keep)
    });
    for ((first, again), bare) in first.iter().zip(&again).zip(&bare) {
        let (first, again, mut bare) = (files(first), files(again), files(bare));
        assert_eq!(first, again);
        // Without kept weights all else is the same; the examples' readout is trained again.
        assert!(!bare.contains_key("weights.safetensors"));
        if let Some(weights) = first.get("weights.safetensors") {
            bare.insert("weights.safetensors".into(), weights.clone());
        }
        assert_eq!(first, bare);
    }

    let features = files(&first[0]);
    let names: Vec<_> = features.keys().map(String::as_str).collect();
    assert_eq!(names, ["test.safetensors", "transfers.safetensors", "validation.safetensors"]);
    let file = SafeTensors::deserialize(&features["transfers.safetensors"]).unwrap();
    assert_eq!(file.tensor("features").unwrap().shape(), [9, 16, 4, 4]);
    assert_ne!(features, files(&first[1]), "the untrained encoder is another one");

    let losses = first[3].losses().unwrap();
    assert_eq!((losses.validation.len(), losses.test.len()), (6, 7));
    assert!(losses.test[0].is_nan() && !losses.test[1].is_nan() && losses.constant.is_none());
    assert_ne!(files(&first[3])["losses.safetensors"], files(&first[4])["losses.safetensors"]);
    // Two pairs of every image but the last three.
    let pairs = first[5].losses().unwrap();
    assert_eq!((pairs.validation.len(), pairs.test.len()), (2 * 3, 2 * 4));
    assert!(pairs.test.iter().all(|loss| loss.is_finite()));
    let weights = files(&first[5])["weights.safetensors"].clone();
    let weights = SafeTensors::deserialize(&weights).unwrap();
    let norm = weights.tensor("norm.running_mean").unwrap();
    assert_eq!(norm.shape(), [2 * 2 * 16], "two sources, two views");
    assert!(files(&first[7]).contains_key("examples.png"));
}

#[test]
fn scratch_learns_and_its_replicas_differ() {
    let place = tempfile::tempdir().unwrap();
    let dataset = make_dataset(&place.path().join("data"));
    let run = make_run(&place.path().join("run"));
    let losses = with_workshop(&run, &dataset, "none", |workshop| {
        [1, 2].map(|replica| {
            let (go, on_epoch) = (AtomicBool::new(false), &mut |_: &_| ());
            let watch = &mut Watch::new(&go, on_epoch);
            workshop.scratch(&id("autoencoding"), replica, watch).unwrap();
            let kind = JobKind::Scratch { target: id("autoencoding"), replica };
            run.job(&kind).losses().unwrap()
        })
    });
    assert_ne!(losses[0], losses[1]);
    let metrics = run.job(&JobKind::Scratch { target: id("autoencoding"), replica: 1 });
    let metrics = String::from_utf8(metrics.read("metrics.jsonl").unwrap()).unwrap();
    let train: Vec<f64> = metrics
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|epoch| epoch["train"].as_f64().unwrap())
        .collect();
    assert!(train[2] < train[0], "{train:?}");
}

#[test]
fn what_is_missing_or_broken_is_named() {
    let place = tempfile::tempdir().unwrap();
    let dataset = make_dataset(&place.path().join("data"));
    let run = make_run(&place.path().join("run"));
    with_workshop(&run, &dataset, "none", |workshop| {
        let (go, on_epoch) = (AtomicBool::new(false), &mut |_: &_| ());
        let watch = &mut Watch::new(&go, on_epoch);
        let error = workshop.encode(&id("scene_class"), watch).unwrap_err();
        assert!(matches!(error, TransferError::Run(_)), "{error}");
        let error = transfer(workshop, "autoencoding", "random").unwrap_err().to_string();
        assert!(error.contains("transfers.safetensors"), "{error}");
        let error = transfer(workshop, "normals", "random").unwrap_err();
        assert!(matches!(error, TransferError::NotInRun(_)), "{error}");
        let (end, on_epoch) = (AtomicBool::new(true), &mut |_: &_| ());
        let stopped = workshop.encode(&id("random"), &mut Watch::new(&end, on_epoch)).unwrap_err();
        assert!(matches!(stopped, TransferError::Nn(NnError::Stopped)), "{stopped}");

        workshop.encode(&id("random"), watch).unwrap();
        let error = transfer(workshop, "random", "random").unwrap_err();
        assert!(matches!(error, TransferError::Untrained(_)), "{error}");
        let file = run.job(&JobKind::Features { source: id("random") });
        file.write("transfers.safetensors", &file.read("test.safetensors").unwrap()).unwrap();
    });
    with_workshop(&run, &dataset, "none", |workshop| {
        let error = transfer(workshop, "autoencoding", "random").unwrap_err().to_string();
        assert!(error.contains("holds F16 [7, 16, 4, 4], expected F16 [9, 16, 4, 4]"), "{error}");
    });
}
