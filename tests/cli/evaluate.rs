//! `evaluate`: the optimum among random taxonomies, and under resampled test images.

use std::fmt::Write;

use serde_json::Value;

use crate::fake::Bench;
use crate::solve::plain;
use crate::{done, failures, folder, output, run, taskonomy};

const RANDOM: [&str; 5] = ["evaluate", "--random", "200", "--affinities", "a.csv"];
const BOOTSTRAP: [&str; 5] = ["evaluate", "--bootstrap", "200", "--losses", "l"];

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// 40 samples; on sample k contender c loses by its mean and something that depends on both.
fn losses(means: &[(&str, f64)]) -> String {
    let names: Vec<_> = means.iter().map(|(name, _)| *name).collect();
    let mut text = format!("image,{}\n", names.join(","));
    for k in 0..40_u32 {
        let loss = |(c, (_, mean)): (usize, &(&str, f64))| {
            let noise = f64::from(k * (7 + 6 * c as u32) % 41) / 41.0;
            format!("{:.3}", mean + noise)
        };
        let losses: Vec<_> = means.iter().enumerate().map(loss).collect();
        writeln!(text, "img{k:02},{}", losses.join(",")).unwrap();
    }
    text
}

fn three_targets() -> tempfile::TempDir {
    let normals = [
        ("self", 0.1),
        ("depth_zbuffer", 0.4),
        ("edges_texture", 0.45),
        ("depth_zbuffer+edges_texture", 0.38),
        ("pixels", 0.9),
    ];
    let depth = [("self", 0.1), ("normals", 0.3), ("edges_texture", 0.5), ("pixels", 0.8)];
    let edges = [("self", 0.2), ("normals", 0.5), ("depth_zbuffer", 0.5), ("pixels", 0.7)];
    folder(&[
        ("l/normals.csv", &losses(&normals)),
        ("l/depth_zbuffer.csv", &losses(&depth)),
        ("l/edges_texture.csv", &losses(&edges)),
    ])
}

#[test]
fn the_optimum_among_random_taxonomies() {
    let folder = folder(&[("a.csv", &plain())]);
    let of = |args: &[&str]| done(folder.path(), &[&RANDOM[..], args].concat());
    insta::assert_snapshot!("random", of(&[]));
    insta::assert_snapshot!("random_csv", of(&["--format", "csv", "--budget", "1"]));
    assert!(of(&["--format", "svg"]).starts_with("<svg"));
    assert_eq!(of(&["--json"]), of(&["--format", "json"]));

    let all = json(&of(&["--json"]));
    let all = all.as_array().unwrap();
    assert_eq!(all.len(), 3, "every whole budget");
    for entry in all {
        let budget = entry["budget"].to_string();
        // A budget alone is what it is among others, and its optimum is that of `solve`.
        assert_eq!(json(&of(&["--json", "--budget", &budget]))[0], *entry);
        let solve = ["solve", "--affinities", "a.csv", "--json", "--budget", &budget];
        let solved = &json(&done(folder.path(), &solve))["graph"]["metadata"];
        assert_eq!(entry["objective"]["optimal"], solved["value"]);
    }
    assert_ne!(of(&["--json", "--seed", "2"]), of(&["--json"]));

    // Without normals depth and edges must be bought: 4.5 buys everything, 1 is too little.
    let dear = [&RANDOM[..], &["--json", "--cost", "normals=2.5"]].concat();
    let (code, stdout, stderr) = run(folder.path(), &dear);
    let budgets: Vec<_> =
        json(&stdout).as_array().unwrap().iter().map(|e| e["budget"].as_f64().unwrap()).collect();
    assert_eq!((code, budgets), (0, vec![2.0, 3.0, 4.0, 5.0]));
    assert!(stderr.contains("no policy for 1 of 5 budgets"), "{stderr}");
}

#[test]
fn without_win_rates_objectives_are_compared() {
    let table: String = plain()
        .lines()
        .map(|line| line.split(',').take(4).collect::<Vec<_>>().join(",") + "\n")
        .collect();
    let folder = folder(&[("a.csv", &table)]);
    let of = |args: &[&str]| done(folder.path(), &[&RANDOM[..], args].concat());
    insta::assert_snapshot!("objectives", of(&[]));
    assert!(of(&["--format", "svg"]).contains("objective"));
    let known = plain().replace("win_vs_full", "other");
    std::fs::write(folder.path().join("a.csv"), known).unwrap();
    assert!(of(&[]).contains("quality is unknown"));
}

#[test]
fn the_policy_under_resampled_images() {
    let folder = three_targets();
    let of = |args: &[&str]| done(folder.path(), &[&BOOTSTRAP[..], args].concat());
    insta::assert_snapshot!("bootstrap", of(&["--budget", "1"]));
    insta::assert_snapshot!("bootstrap_csv", of(&["--budget", "1", "--format", "csv"]));

    // The affinities are those of stage 3, and lie in their intervals here.
    let stage3 = json(&done(folder.path(), &["stage3", "--losses", "l", "--json"]));
    let all = json(&of(&["--budget", "1", "--json"]));
    for (ours, theirs) in all["targets"].as_array().unwrap().iter().zip(stage3.as_array().unwrap())
    {
        let edges = ours["edges"].as_array().unwrap().iter();
        for (edge, same) in edges.zip(theirs["edges"].as_array().unwrap()) {
            assert_eq!(
                (&edge["sources"], &edge["affinity"]),
                (&same["sources"], &same["affinity"])
            );
            let [low, high] = ["p5", "p95"].map(|at| edge["resampled"][at].as_f64().unwrap());
            let affinity = edge["affinity"].as_f64().unwrap();
            assert!(low < affinity && affinity < high, "{edge}");
        }
        let chosen = ours["edges"].as_array().unwrap().iter();
        let sum: f64 = chosen.map(|edge| edge["share_chosen"].as_f64().unwrap()).sum();
        assert!((sum - 1.0).abs() < 1e-9, "every resample chooses one");
    }
    assert_ne!(all, json(&of(&["--budget", "1", "--json", "--seed", "2"])));

    // The same tables are the door to --random.
    let random = ["evaluate", "--random", "5", "--losses", "l", "--format", "csv"];
    assert_eq!(done(folder.path(), &random).lines().count(), 1 + 3 * 5);
}

#[test]
fn threads_change_no_byte() {
    let folder = three_targets();
    for args in [&BOOTSTRAP[1..], &["--random", "50", "--losses", "l"]] {
        let on = |threads: &str| {
            let mut command = taskonomy(folder.path());
            command.env("RAYON_NUM_THREADS", threads);
            output(&mut command, &[&["evaluate", "--json"], args].concat())
        };
        assert_eq!(on("1").0, 0);
        assert_eq!(on("1"), on("4"));
    }
}

#[test]
fn a_run_is_evaluated_with_its_pipeline() {
    let bench = Bench::new();
    bench.done(&["run", "p.toml"]);
    let table = bench.done(&["evaluate", "--bootstrap", "20"]);
    // The pipeline's budget.
    assert!(table.contains("(cost 1 of 1)"), "{table}");
    let random = bench.done(&["evaluate", "--random", "20", "--budget", "1", "--json"]);
    let policy = bench.done(&["solve", "--json"]);
    let value = &json(&policy)["graph"]["metadata"]["value"];
    assert_eq!(&json(&random)[0]["objective"]["optimal"], value);

    std::fs::remove_dir_all(bench.path().join("results/tiny/stage2/losses")).unwrap();
    let (code, _, stderr) = bench.run(&["evaluate", "--bootstrap", "20"]);
    assert_eq!(code, 3, "{stderr}");
    assert!(stderr.contains("the run has no losses") && stderr.contains("hint:"), "{stderr}");
}

#[test]
fn missing_losses_are_a_warning() {
    let folder = folder(&[("l/normals.csv", "image,self,depth_zbuffer\ni,1,2\nj,2,1\nk,1,\n")]);
    let (code, _, stderr) = run(folder.path(), &BOOTSTRAP);
    assert_eq!(code, 0, "{stderr}");
    assert!(stderr.contains("no common sample in a resample"), "{stderr}");
}

#[test]
fn what_cannot_be_evaluated() {
    let folder = folder(&[("a.csv", &plain()), ("l/normals.csv", "image,self\ni,1\n")]);
    let random = |args: &[&'static str]| [&RANDOM[..], args].concat();
    let commands = [
        vec!["evaluate"],
        vec!["evaluate", "--random", "0"],
        vec!["evaluate", "--bootstrap", "0"],
        vec!["evaluate", "--random", "5", "--bootstrap", "5"],
        vec!["evaluate", "--bootstrap", "5", "--affinities", "a.csv"],
        random(&["--order", "0"]),
        random(&["--budget", "0"]),
        random(&["--budget", "-1"]),
        random(&["--cost", "normals=5000"]),
        random(&["--require", "normal"]),
        vec!["evaluate", "--bootstrap", "5", "--losses", "l"],
        vec!["evaluate", "--bootstrap", "5", "--losses", "none"],
        vec!["evaluate", "--bootstrap", "5", "--losses", "l", "--budget", "1..2"],
        vec!["evaluate", "--bootstrap", "5", "--losses", "l", "--format", "svg"],
        vec!["evaluate", "--random", "5"],
        vec!["evaluate", "--against", "l"],
        vec!["evaluate", "--against", "l", "--affinities", "a.csv"],
        vec!["evaluate", "--against", "l", "--format", "svg"],
    ];
    let commands: Vec<_> = commands.iter().map(Vec::as_slice).collect();
    insta::assert_snapshot!("refused", failures(folder.path(), &commands));
}
