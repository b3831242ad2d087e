//! A whole run: its files, what the commands say about it, and that it repeats.

use std::fs;

use serde_json::Value;
use taskonomy_core::TAXONOMY_SCHEMA;

use crate::place::{Ended, Place, Reference, taskonomy};
use crate::tree::{assert_like_reference, differing, tree};

const TRAINED: [&str; 3] = ["normals", "point_matching", "vanishing_points"];

/// A command about the reference run.
fn ask(args: &[&str]) -> Ended {
    let run = Reference::get().run();
    let mut process = taskonomy(run.parent().unwrap());
    process.args(args).arg("--run").arg(&run).output().unwrap().into()
}

/// The transfers into a target: first order, the pair of the two others, three from scratch.
fn contenders(target: &str) -> Vec<String> {
    let others: Vec<_> = TRAINED.iter().filter(|task| **task != target).copied().collect();
    let first = TRAINED.iter().chain(&["random"]).map(|&task| task.to_owned());
    let scratch = (1..=3).map(|replica| format!("pixels-{replica}"));
    first.chain([others.join("+")]).chain(scratch).collect()
}

#[test]
fn rooms_hold_the_labels_that_the_tasks_need() {
    let manifest = fs::read(Reference::get().data().join("manifest.json")).unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    let domains = manifest["domains"].as_array().unwrap().iter();
    let names: Vec<&str> = domains.map(|domain| domain["name"].as_str().unwrap()).collect();
    // Normals are masked by depth.
    assert_eq!(names, ["rgb", "depth_zbuffer", "normal", "vanishing_points", "point_matching"]);
}

/// Every file of a finished run that repeats.
fn expected_files() -> Vec<String> {
    let mut files: Vec<String> = [
        "config.toml",
        "stage3/affinities.csv",
        "stage3/affinity_matrix.csv",
        "stage4/taxonomy.json",
        "stage4/taxonomy.dot",
        "stage4/taxonomy.svg",
        "stage4/sweep.csv",
        "stage4/sweep.svg",
        "report/index.html",
    ]
    .map(str::to_owned)
    .into();
    let mut folder = |folder: &str, names: &[&str]| {
        files.extend(names.iter().map(|name| format!("{folder}/{name}")));
    };
    let trained = ["done.json", "losses.safetensors", "metrics.jsonl", "weights.safetensors"];
    for task in TRAINED {
        folder(&format!("stage1/{task}"), &trained);
        folder(&format!("stage1/{task}"), &["examples.png"]);
        for set in contenders(task) {
            folder(&format!("stage2/transfers/{task}/{set}"), &trained);
        }
        folder(&format!("stage2/transfers/{task}/self-small"), &trained[..3]);
        folder("stage2/losses", &[&format!("{task}.csv")]);
        folder("stage3/win_rates", &[&format!("{task}.csv")]);
        folder(&format!("stage3/examples/{task}"), &["done.json", "examples.png"]);
    }
    for source in TRAINED.iter().chain(&["random"]) {
        let splits = ["transfers", "validation", "test"].map(|s| format!("{s}.safetensors"));
        let names: Vec<&str> = splits.iter().map(String::as_str).chain(["done.json"]).collect();
        folder(&format!("stage2/features/{source}"), &names);
    }
    files.sort();
    files
}

#[test]
fn a_run_writes_every_file_it_promises() {
    let reference = Reference::get();
    let stderr = String::from_utf8_lossy(&reference.output.stderr);
    assert_eq!(reference.output.status.code(), Some(0), "{stderr}");
    let stdout = String::from_utf8_lossy(&reference.output.stdout);
    assert!(stdout.contains("stage4/taxonomy.svg") && stdout.contains("bought"), "{stdout}");

    assert_eq!(tree(&reference.run()).into_keys().collect::<Vec<_>>(), expected_files());
    for name in ["run.json", "events.jsonl"] {
        assert!(reference.run().join(name).is_file(), "{name}");
    }
    let read = |name: &str| fs::read_to_string(reference.run().join(name)).unwrap();
    for target in TRAINED {
        let table = read(&format!("stage2/losses/{target}.csv"));
        let mut header: Vec<_> = table.lines().next().unwrap().split(',').collect();
        header.sort_unstable();
        let mut expected: Vec<_> =
            contenders(target).iter().map(|c| c.replace("pixels-", "pixels#")).collect();
        expected.extend(["image", "self", "self#small"].map(str::to_owned));
        expected.sort_unstable();
        assert_eq!(header, expected);
        assert_eq!(table.lines().count(), 1 + 3 * 4, "a row per test image");
    }
    let schema: Value = serde_json::from_str(TAXONOMY_SCHEMA).unwrap();
    let taxonomy: Value = serde_json::from_str(&read("stage4/taxonomy.json")).unwrap();
    jsonschema::validate(&schema, &taxonomy).unwrap();
}

#[test]
fn commands_know_a_finished_run() {
    let status: Value = serde_json::from_str(&ask(&["status", "--json"]).stdout).unwrap();
    assert_eq!(status["state"], "done");
    assert_eq!(status["jobs_left"], 0);
    let report: Value = serde_json::from_str(&ask(&["report", "--json"]).stdout).unwrap();
    assert_eq!(report["targets"].as_array().unwrap().len(), 3);
    let bought = report["bought"].as_array().unwrap();
    assert_eq!(bought.iter().filter(|&task| task != "random").count(), 1, "the budget is 1");
    let audit: Value = serde_json::from_str(&ask(&["audit", "--json"]).stdout).unwrap();
    let beside = audit["baselines"].as_array().unwrap();
    assert_eq!(beside.len(), 3);
    for baseline in ["constant", "scratch", "small", "self"] {
        let known =
            |row: &Value| row[baseline]["loss"].is_f64() && row[baseline]["beaten"].is_f64();
        assert!(beside.iter().all(known), "{baseline}: {audit}");
    }
    let solved = ask(&["solve", "--budget", "2", "--format", "csv"]);
    assert_eq!((solved.code, solved.stdout.lines().count()), (Some(0), 4), "{solved:?}");
    let exported = ask(&["export", "--format", "node-link"]);
    let graph: Value = serde_json::from_str(&exported.stdout).unwrap();
    assert!(graph["nodes"].is_array(), "{graph}");
}

#[test]
fn predict_paints_an_image_and_names_what_it_cannot_read() {
    let place = Place::new();
    let file = |name: &str| place.path().join(name);
    let sheet = file("sheet.png");
    let mut show = taskonomy(place.path());
    show.args(["data", "show"]).arg(Reference::get().data()).arg("-o").arg(&sheet);
    assert_eq!(show.output().unwrap().status.code(), Some(0));
    fs::write(file("broken.png"), b"\x89PNG\r\n\x1a\nno more").unwrap();

    let of_sheet = |task: &str| -> Ended {
        let mut predict = taskonomy(place.path());
        predict.arg("predict").arg("--model").arg(Reference::get().run().join("stage1").join(task));
        predict.args(["sheet.png", "-o", &format!("out-{task}")]).output().unwrap().into()
    };
    let pairs = of_sheet("point_matching");
    assert_eq!(pairs.code, Some(1), "{pairs:?}");
    assert!(pairs.stderr.contains("`point_matching` predicts of 2 images at a time"), "{pairs:?}");
    for task in ["normals", "vanishing_points"] {
        let good = of_sheet(task);
        assert_eq!(good.code, Some(0), "{good:?}");
        let painted = fs::read(place.path().join(good.stdout.trim())).unwrap();
        assert!(painted.starts_with(b"\x89PNG"), "{task}");
    }

    let mut predict = taskonomy(place.path());
    predict.arg("predict").arg("--model").arg(Reference::get().run().join("stage1/normals"));
    predict.args(["broken.png", "sheet.png", "absent.png"]);
    let bad: Ended = predict.output().unwrap().into();
    assert_eq!(bad.code, Some(1), "{bad:?}");
    assert!(bad.stderr.contains("2 of 3 images failed"), "{bad:?}");
    let named =
        |name| bad.stderr.lines().any(|line| line.starts_with("warning") && line.contains(name));
    assert!(named("broken.png") && named("absent.png") && !named("sheet.png"), "{bad:?}");
    assert_eq!(bad.stdout.lines().count(), 1, "the good image is painted: {bad:?}");
}

#[test]
fn one_worker_or_two_and_stage_by_stage_give_the_same_bytes() {
    let place = Place::new();
    let early = place.call("stage2", &["--jobs", "1"]);
    assert_eq!(early.code, Some(3), "stage 1 was not done: {early:?}");
    for stage in ["stage1", "stage2", "stage3", "stage4"] {
        let done = place.call(stage, &["--jobs", "1"]);
        assert_eq!(done.code, Some(0), "{stage}: {done:?}");
    }
    assert_like_reference(place.run.root());
    assert_eq!(place.state(), "done");

    // Once more: nothing is left to do.
    let events = place.entries().len();
    let again = place.call("run", &["--json"]);
    assert_eq!(again.code, Some(0), "{again:?}");
    assert!(serde_json::from_str::<Value>(&again.stdout).is_ok(), "{again:?}");
    assert_eq!(place.entries().len(), events);
    assert_like_reference(place.run.root());
}

#[test]
fn only_the_best_weights_are_kept_and_a_second_run_does_not_miss_the_others() {
    let place = Place::new();
    let args = ["--jobs", "2", "--set", "transfers.keep_weights=best"];
    let done = place.call("run", &args);
    assert_eq!(done.code, Some(0), "{done:?}");
    let kept = tree(place.run.root());
    let mut expected = tree(&Reference::get().run());
    let weights = |name: &str| name.starts_with("stage2") && name.ends_with("weights.safetensors");
    expected.retain(|name, _| !weights(name) || kept.contains_key(name));
    expected.insert("config.toml".into(), kept["config.toml"].clone());
    assert_eq!(differing(&expected, &kept), [""; 0]);
    assert_eq!(kept.keys().filter(|name| weights(name)).count(), 3, "one per target");

    let events = place.entries().len();
    let again = place.call("run", &args);
    assert_eq!((again.code, place.entries().len()), (Some(0), events), "{again:?}");
    assert_eq!(differing(&kept, &tree(place.run.root())), [""; 0]);
}
