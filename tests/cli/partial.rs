//! `--partial`: what goes on although jobs failed, and what cannot.

use serde_json::Value;

use crate::fake::{Bench, undisturbed};

#[test]
fn a_target_without_two_contenders_is_left_out() {
    let bench = Bench::new();
    let sources = ["depth_zbuffer", "edges_texture", "normals", "random"];
    let lost = sources.map(|source| format!("\"transfer {source}->normals\"")).join(", ");
    bench.behave(&format!("{{\"fail\": [{lost}]}}"));
    let (code, _, stderr) = bench.run(&["run", "p.toml", "--partial"]);
    assert_eq!(code, 3, "{stderr}");
    let warning = "target `normals` is left out: it has fewer than two contenders";
    assert!(stderr.contains(warning), "{stderr}");
    let affinities = bench.read("stage3/affinities.csv");
    assert!(affinities.contains("\ndepth_zbuffer,self,"), "{affinities}");
    assert!(!affinities.contains("\nnormals,"), "{affinities}");
    assert!(bench.results().contains_key("stage4/taxonomy.json"));
}

#[test]
fn repetitions_are_trained_although_a_job_of_the_run_failed() {
    let bench = Bench::new();
    bench.behave(r#"{"fail": ["scratch normals#2"]}"#);
    let (code, _, stderr) = bench.run(&["run", "p.toml", "--partial", "--set", "repeats=2"]);
    assert_eq!(code, 3, "{stderr}");
    let failed = "1 job failed\n  scratch normals#2: the loss is NaN in epoch 2\n";
    let both = format!("error: {failed}results/tiny/repeats/2: {failed}");
    assert!(stderr.contains(&both), "{stderr}");
    let spread = bench.read("stage3/spread.csv");
    assert!(spread.contains("\nnormals,self,"), "{spread}");
    // What the pictures skipped later is no matter of the trainings.
    let record: Value = serde_json::from_str(&bench.read("run.json")).unwrap();
    let second = &record["stages"]["2"];
    assert!(second["failed"] == 1 && second["skipped"] == 0, "{record}");
    assert!(bench.done(&["status"]).starts_with("results/tiny: incomplete\n"));
    bench.behave("{}");
    bench.done(&["run", "p.toml", "--set", "repeats=2"]);
    assert!(bench.done(&["status"]).starts_with("results/tiny: done\n"));
}

#[test]
fn an_empty_table_takes_no_place_of_another() {
    let bench = Bench::new();
    bench.done(&["run", "p.toml"]);
    let said = bench.failure(&["stage3", "p.toml", "--partial", "--set", "repeats=2"]);
    assert!(said.starts_with("exit 3\n"), "{said}");
    assert!(said.contains("there is no target whose transfers could be compared"), "{said}");
    let mut results = bench.results();
    results.retain(|name, _| !name.starts_with("repeats/"));
    assert!(results == *undisturbed());
}
