//! Runs with other settings, failing jobs, second drivers and signals.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::fake::{Bench, programs, undisturbed};

/// How many jobs an invocation did.
fn jobs(stderr: &str) -> usize {
    let line = stderr.lines().find(|line| line.contains(" done in "));
    line.map_or(0, |line| line.split(' ').next().unwrap().parse().unwrap())
}

#[test]
fn other_settings_are_refused_by_name_and_force_computes_again() {
    let bench = Bench::new();
    bench.done(&["run", "p.toml"]);
    let set = ["run", "p.toml", "--set", "transfers.epochs=9"];
    insta::assert_snapshot!(bench.failure(&set));
    assert!(bench.failure(&["run", "p.toml", "--seed", "2"]).contains("changed: seed"));
    assert!(bench.results() == *undisturbed(), "nothing was touched");
    let dry = bench.done(&[&set[..], &["--force", "--dry-run"]].concat());
    assert!(dry.contains("differs: transfers.epochs, recomputed"), "{dry}");
    assert!(
        dry.lines()
            .filter(|line| line.starts_with("stage 1"))
            .all(|line| line.ends_with("done, skipped"))
    );

    let (code, _, stderr) = bench.run(&[&set[..], &["--force"]].concat());
    assert_eq!(code, 0, "{stderr}");
    assert!(bench.read("config.toml").contains("epochs = 9"));
    assert!(bench.results() != *undisturbed());
    bench.done(&["run", "p.toml", "--force"]);
    assert!(bench.results() == *undisturbed(), "back to what it was");
}

#[test]
fn a_new_task_is_only_new_jobs_and_a_budget_is_none() {
    let bench = Bench::new();
    bench.done(&["run", "p.toml"]);
    let before = bench.results();
    let (code, stdout, stderr) = bench.run(&["run", "p.toml", "--set", "policy.budget=2"]);
    assert_eq!((code, jobs(&stderr)), (0, 0), "{stdout}{stderr}");
    let set = "tasks.source_only=['random', 'colorization']";
    let (code, _, stderr) = bench.run(&["stage1", "p.toml", "--set", set]);
    assert_eq!((code, jobs(&stderr)), (0, 1), "{stderr}");
    bench.done(&["run", "p.toml", "--set", set]);
    assert!(bench.read("stage3/affinities.csv").contains("normals,colorization,"));
    let after = bench.results();
    let trained = before
        .iter()
        .filter(|(name, _)| name.ends_with("/losses.safetensors") && !name.starts_with("stage3"));
    assert!(trained.clone().count() > 20);
    assert!(trained.into_iter().all(|(name, bytes)| after.get(name) == Some(bytes)));
}

#[test]
fn a_failed_job_is_listed_and_the_rest_can_go_on_without_it() {
    let bench = Bench::new();
    bench.behave(r#"{"fail": ["scratch normals#2", "network edges_texture"]}"#);
    let timeless = |said: String| {
        said.split_inclusive('\n').filter(|l| !l.contains(" done in ")).collect::<String>()
    };
    insta::assert_snapshot!("failed", timeless(bench.failure(&["run", "p.toml"])));
    assert!(!bench.results().contains_key("stage4/taxonomy.json"));
    let (code, status, _) = bench.run(&["status"]);
    assert!(
        code == 0 && status.contains("incomplete") && status.contains("the loss is NaN in epoch 2"),
        "{status}"
    );
    assert!(bench.failure(&["stage3", "p.toml"]).starts_with("exit 3\n"));

    bench.behave(r#"{"fail": ["scratch normals#2"]}"#);
    let (code, stdout, stderr) = bench.run(&["run", "p.toml", "--partial"]);
    assert!(stdout.contains("report/index.html"), "{stdout}{stderr}");
    assert_eq!(code, 3, "{stderr}");
    assert!(stderr.contains("scratch normals#2: the loss is NaN in epoch 2"), "{stderr}");
    assert!(bench.results().contains_key("stage4/taxonomy.json"));
    bench.behave("{}");
    bench.done(&["run", "p.toml"]);
    assert!(bench.results() == *undisturbed());
}

#[test]
fn stdout_carries_one_json_value_also_of_a_failure() {
    let bench = Bench::new();
    bench.behave(r#"{"fail": ["scratch normals#2"]}"#);
    let one = |args: &[&str]| {
        let (code, stdout, stderr) = bench.run(args);
        let value: serde_json::Value = serde_json::from_str(&stdout).expect(&stdout);
        (code, value, stderr)
    };
    let (code, value, _) = one(&["run", "p.toml", "--json"]);
    assert_eq!((code, value["exit"].as_i64()), (3, Some(3)));
    assert!(value["error"].as_str().unwrap().contains("scratch normals#2"), "{value}");
    let (code, value, stderr) = one(&["run", "p.toml", "--json", "--partial"]);
    assert!(code == 3 && value["targets"].is_array(), "{value}");
    assert!(stderr.contains("scratch normals#2"), "{stderr}");
    let (_, value, _) = one(&["doctor", "--json"]);
    assert!(value["findings"].as_array().is_some_and(|findings| findings.len() > 3), "{value}");
    let (code, value, _) = one(&["data", "check", "nowhere", "--json"]);
    assert_eq!((code, value["exit"].as_i64()), (1, Some(1)));
}

#[test]
fn workers_that_cannot_work_are_an_environment_failure() {
    let bench = Bench::new();
    let mut said = String::new();
    for behaviour in
        [r#"{"version": "0.0.1"}"#, r#"{"protocol": 99}"#, r#"{"broken": ["network normals"]}"#]
    {
        bench.behave(behaviour);
        let failure = bench.failure(&["run", "p.toml"]);
        assert!(failure.starts_with("exit 4\n"), "{behaviour}: {failure}");
        said += &format!("# {behaviour}\n{failure}\n");
    }
    insta::assert_snapshot!(said);
    bench.behave(r#"{"unable": ["network normals"]}"#);
    let unable = bench.failure(&["run", "p.toml"]);
    assert!(unable.starts_with("exit 4\n") && unable.contains("there is no dataset"), "{unable}");
    bench.behave("{}");
    bench.done(&["run", "p.toml"]);
    assert!(bench.results() == *undisturbed());
}

#[test]
fn a_run_has_one_driver_and_goes_on_after_sigterm() {
    let bench = Bench::new();
    bench.behave(r#"{"hang": ["transfer normals->depth_zbuffer"]}"#);
    let first = Command::new(programs().join("taskonomy"))
        .args(["run", "p.toml"])
        .current_dir(bench.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let events = bench.path().join("results/tiny/events.jsonl");
    let begun = Instant::now();
    let started = |text: String| {
        let words = ["started", "transfer", "\"target\":\"depth_zbuffer\"", "normals"];
        text.lines().any(|line| words.iter().all(|word| line.contains(word)))
    };
    while !std::fs::read_to_string(&events).is_ok_and(started) {
        assert!(begun.elapsed() < Duration::from_mins(1), "the transfer never began");
        std::thread::sleep(Duration::from_millis(20));
    }
    let holder = format!("process {}", first.id());
    insta::assert_snapshot!(
        "second_driver",
        bench.failure(&["run", "p.toml"]).replace(&holder, "[first]")
    );
    let (code, status, _) = bench.run(&["status"]);
    assert!(code == 0 && status.starts_with("results/tiny: running\n"), "{status}");
    bench.done(&["run", "p.toml", "--dry-run"]);

    let pid = rustix::process::Pid::from_child(&first);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    let output = first.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(75), "{stderr}");
    assert!(stderr.contains("the same command goes on where it was"), "{stderr}");
    let (_, status, _) = bench.run(&["status"]);
    assert!(status.starts_with("results/tiny: interrupted\n"), "{status}");

    bench.behave("{}");
    bench.done(&["run", "p.toml"]);
    assert!(bench.results() == *undisturbed(), "as if nothing had happened");
}
