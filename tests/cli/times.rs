//! `status --times`, of a log made by hand; and commands that end after a given time.

use serde_json::Value;

use crate::fake::{Bench, undisturbed};
use crate::{done, failure, folder};

const RECORD: &str = r#"{"schema": 1, "version": "0.1.0", "seed": 1, "dataset": "", "state": "done",
"stages": {"1": {"seconds": 12.0, "cpu_seconds": 19.5, "done": 2, "skipped": 0, "failed": 0}}}"#;

/// Two networks side by side; one transfer, of a version that did not say what it did, while the
/// second worker has nothing to do; and one that was stopped after two seconds.
const EVENTS: &str = r#"
{"time": 100, "event": "begun", "workers": 2, "version": "0", "libtorch": "2", "cpu": []}
{"time": 100, "event": "started", "job": {"kind": "network", "task": "a"}, "pid": 1}
{"time": 100, "event": "started", "job": {"kind": "network", "task": "b"}, "pid": 2}
{"time": 104, "event": "resumed", "job": {"kind": "network", "task": "b"}, "epoch": 2, "step": 7}
{"time": 110, "event": "done", "job": {"kind": "network", "task": "a"}, "seconds": 10, "spent": {"data": 1, "forward": 3, "backward": 4, "optimizer": 0.5, "evaluation": 1, "files": 0.25, "samples": 3400}}
{"time": 112, "event": "done", "job": {"kind": "network", "task": "b"}, "seconds": 12, "spent": {"data": 1, "forward": 4, "backward": 5, "optimizer": 0.5, "evaluation": 1, "files": 0.5, "samples": 4200}}
{"time": 112, "event": "started", "job": {"kind": "transfer", "target": "a", "sources": "b"}, "pid": 1}
{"time": 115, "event": "done", "job": {"kind": "transfer", "target": "a", "sources": "b"}, "seconds": 3}
{"time": 115, "event": "started", "job": {"kind": "transfer", "target": "b", "sources": "a"}, "pid": 1}
{"time": 117, "event": "ended", "done": 3, "failed": 0, "left": 1, "interrupted": true}
"#;

#[test]
fn where_the_time_of_a_run_went() {
    let folder = folder(&[("r/run.json", RECORD), ("r/events.jsonl", EVENTS)]);
    let said = done(folder.path(), &["status", "--run", "r", "--times"]);
    insta::assert_snapshot!("times", said);
    let said = done(folder.path(), &["status", "--run", "r", "--times", "--json"]);
    let json: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(json["jobs"][0]["kind"], "network");
    assert_eq!(json["jobs"][0]["spent"]["backward"], 9.0);
    assert_eq!(json["jobs"][0]["samples_per_second"], 7600.0 / 19.0);
    assert_eq!(json["jobs"][1]["split_seconds"], 0.0);
    assert_eq!(json["stages"][0]["idle"], 2.0);
    assert_eq!(json["stages"][0]["cpu_seconds"], 19.5);
    assert_eq!(
        (&json["stages"][1]["finished"], &json["stages"][1]["unfinished"]),
        (&Value::from(3.0), &Value::from(2.0))
    );
}

#[test]
fn the_time_left_is_that_of_the_workers_that_the_run_had() {
    let bench = Bench::new();
    bench.done(&["stage1", "p.toml", "--jobs", "1"]);
    let left = || {
        let status: Value = serde_json::from_str(&bench.done(&["status", "--json"])).unwrap();
        status["seconds_left"].as_f64().unwrap()
    };
    let of_one = left();
    let events = bench.read("events.jsonl");
    assert!(events.contains("\"workers\":1,"), "{events}");
    let file = bench.path().join("results/tiny/events.jsonl");
    std::fs::write(file, events.replace("\"workers\":1,", "\"workers\":4,")).unwrap();
    assert!(of_one > 0.0 && (of_one - 4.0 * left()).abs() < 1e-9, "{of_one} s");
}

#[test]
fn a_run_stops_when_its_time_is_over_and_goes_on_later() {
    let bench = Bench::new();
    bench.behave(r#"{"hang": ["transfer normals->depth_zbuffer"]}"#);
    for command in ["run", "stage2"] {
        let said = bench.failure(&[command, "p.toml", "--max-time", "2s"]);
        assert!(
            said.starts_with("exit 75\n") && said.contains("error: interrupted with "),
            "{said}"
        );
        assert!(said.ends_with("hint: the same command goes on where it was\n"), "{said}");
    }
    bench.behave("{}");
    bench.done(&["run", "p.toml", "--max-time", "1h30m"]);
    assert!(bench.results() == *undisturbed(), "as if nothing had happened");
}

#[test]
fn the_time_for_images_counts_too() {
    let pipeline = "name = 'x'\n[data]\npath = 'd'\nmake = 'rooms'\nsize = 32\nviews = 5\n[tasks]\n\
                    both = ['normals']\nsource_only = ['random']\n[policy]\nbudget = 1\n";
    let bench = Bench::new();
    std::fs::write(bench.path().join("x.toml"), pipeline.replace("'d'", "'made'")).unwrap();
    let said = bench.failure(&["run", "x.toml", "--max-time", "0"]);
    assert!(said.contains("interrupted: no dataset was written"), "{said}");
    assert!(said.starts_with("exit 75\n") && !bench.path().join("made").exists(), "{said}");
}

#[test]
fn times_that_are_none() {
    let folder = folder(&[]);
    let said = failure(folder.path(), &["run", "p.toml", "--max-time", "soon"]);
    assert!(said.contains("write a time as in 90s, 25m, 3h or 1h30m"), "{said}");
}
