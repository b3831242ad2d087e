//! Stages 3 and 4: what they keep, what they leave of earlier ones, and how they end.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::fake::{Bench, alone, programs, undisturbed};
use crate::{output, program};

#[test]
fn no_finished_transfer_is_given_up_for_a_picture() {
    let bench = Bench::new();
    bench.done(&["run", "p.toml"]);
    // As if an earlier tournament had found others the best.
    let is_kept = |name: &String| {
        name.starts_with("stage2/transfers/") && name.ends_with("weights.safetensors")
    };
    let kept: Vec<_> = bench.results().into_keys().filter(is_kept).collect();
    assert_eq!(kept.len(), 3);
    for name in kept {
        fs::remove_file(bench.path().join("results/tiny").join(name)).unwrap();
    }
    let before = bench.results();
    let run = output(&mut program(&alone(), bench.path()), &["stage3", "p.toml"]);
    let (code, _, stderr) = run;
    assert_eq!(code, 0, "{stderr}");
    let warning = "pictures of the best transfers are left out: there is no taskonomy-worker ";
    assert!(stderr.contains(warning), "{stderr}");
    assert!(bench.results() == before, "nothing is removed before it can be trained again");
    bench.done(&["stage3", "p.toml"]);
    assert!(bench.results() == *undisturbed());
}

#[test]
fn where_no_weights_are_kept_nothing_is_trained_for_them() {
    let bench = Bench::new();
    let none = ["p.toml", "--set", "transfers.keep_weights=none"];
    bench.done(&[&["run"][..], &none].concat());
    let jobs = || bench.read("events.jsonl").matches("\"event\":\"started\"").count();
    let before = jobs();
    assert!(before > 30);
    bench.done(&[&["stage3"][..], &none].concat());
    assert_eq!(jobs(), before);
}

#[test]
fn a_run_that_fails_after_its_trainings_was_not_killed() {
    let bench = Bench::new();
    let two = "policy.constraint=[{ tasks = ['normals', 'depth_zbuffer'], at_least = 2 }]";
    bench.failure(&["run", "p.toml", "--set", two]);
    assert!(bench.results().contains_key("stage3/affinities.csv"));
    let status = bench.done(&["status"]);
    assert!(status.starts_with("results/tiny: incomplete\n"), "{status}");
    bench.done(&["run", "p.toml"]);
    assert!(bench.results() == *undisturbed());
}

#[test]
fn what_repetitions_left_is_not_told_of_a_run_without_them() {
    let bench = Bench::new();
    let printed = bench.done(&["run", "p.toml", "--set", "repeats=2"]);
    assert!(printed.contains("bought alike"), "{printed}");
    let printed = bench.done(&["run", "p.toml"]);
    assert!(!printed.contains("bought alike"), "{printed}");
    let mut results = bench.results();
    assert!(results.contains_key("repeats/2/stage1/normals/done.json"), "trainings stay");
    results.retain(|name, _| !name.starts_with("repeats/"));
    assert!(results == *undisturbed());
    let record: Value = serde_json::from_str(&bench.read("run.json")).unwrap();
    let status: Value = serde_json::from_str(&bench.done(&["status", "--json"])).unwrap();
    assert_eq!(status["stages"], record["stages"], "the time of this run alone");
}

#[test]
fn stage_4_keeps_its_policy_and_nothing_that_was_not_trained() {
    let bench = Bench::new();
    bench.done(&["run", "p.toml"]);
    bench.done(&["stage4", "p.toml", "--set", "policy.budget=2"]);
    assert!(bench.read("config.toml").contains("budget = 2.0"));
    assert_eq!(bench.done(&["solve", "--json"]), bench.read("stage4/taxonomy.json"));

    let other = ["stage4", "p.toml", "--seed", "5", "--set", "transfers.epochs=9"];
    let (code, _, stderr) = bench.run(&other);
    assert_eq!(code, 0, "{stderr}");
    let warning = "`seed`, `transfers` of the pipeline: stage 4 leaves it as the run was made";
    assert!(stderr.contains(warning), "{stderr}");
    assert!(bench.results() == *undisturbed());
    let record: Value = serde_json::from_str(&bench.read("run.json")).unwrap();
    assert!(record["seed"] == 1 && record["state"] == "done", "{record}");
}

#[test]
fn stage_4_makes_no_unfinished_run_a_done_one() {
    let bench = Bench::new();
    bench.done(&["run", "p.toml"]);
    let more = "tasks.source_only=['random', 'colorization']";
    bench.done(&["stage1", "p.toml", "--set", more]);
    let (code, _, stderr) = bench.run(&["stage4", "--run", "results/tiny"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stderr.contains("results/tiny: the run is not done, it has "), "{stderr}");
    let status = bench.done(&["status"]);
    assert!(status.starts_with("results/tiny: incomplete\n"), "{status}");
    bench.done(&["stage2", "--run", "results/tiny"]);
    bench.done(&["stage3", "--run", "results/tiny"]);
    let (_, _, stderr) = bench.run(&["stage4", "--run", "results/tiny"]);
    assert!(!stderr.contains("the run is not done"), "{stderr}");
    assert!(bench.done(&["status"]).starts_with("results/tiny: done\n"));
}

#[test]
fn dry_runs_of_stages_3_and_4_list_no_trainings() {
    let bench = Bench::new();
    let dry = |stage| bench.done(&[stage, "p.toml", "--dry-run"]);
    let solved = "stage 4 solves the programme on results/tiny/stage3/affinities.csv";
    assert_eq!(dry("stage3"), "stage 3 lacks 31 jobs of stages 1 and 2\n");
    assert_eq!(dry("stage4"), format!("{solved}, which stage 3 has not made yet\n"));
    assert!(!bench.path().join("results").exists(), "a dry run writes nothing");
    bench.done(&["run", "p.toml"]);
    assert_eq!(dry("stage3"), "stage 3 lacks nothing\n");
    assert_eq!(dry("stage4"), format!("{solved}\n"));
}

#[test]
fn a_dry_run_ends_with_the_first_signal() {
    let bench = Bench::new();
    bench.behave(r#"{"hang": ["measure"]}"#);
    let mut dry = Command::new(programs().join("taskonomy"))
        .args(["run", "p.toml", "--dry-run"])
        .current_dir(bench.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(300));
    assert!(dry.try_wait().unwrap().is_none(), "its worker does not answer");
    let pid = rustix::process::Pid::from_child(&dry);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    let sent = Instant::now();
    while dry.try_wait().unwrap().is_none() && sent.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(10));
    }
    _ = dry.kill(); // where it did not end by itself
    assert_eq!(dry.wait().unwrap().signal(), Some(15));
}
