//! Runs whose transfers race, and how they are judged by runs whose transfers do not.

use std::fs;

use serde_json::Value;

use crate::fake::Bench;

/// Five tasks: of six transfers of first order two go on, both wanted for the beam.
const FIVE: &str =
    "tasks.both=['normals', 'depth_zbuffer', 'edges_texture', 'keypoints_2d', 'reshading']";
const RACE: [&str; 7] =
    ["p.toml", "--set", FIVE, "--set", "transfers.allocation=racing", "--run", "results/race"];

fn command<'a>(command: &'a str, args: &[&'a str]) -> Vec<&'a str> {
    [&[command], &RACE[..], args].concat()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_dry_run_counts_legs_and_knows_what_they_cost() {
    let bench = Bench::new();
    let of = |settings: &[&str]| {
        let dry = ["--dry-run", "--jobs=1"];
        json(&bench.done(&command("run", &[&dry[..], &["--json"], settings].concat())))["costs"]
            .clone()
    };
    let race = of(&[]);
    let left = |kind: &str| race["left"][kind].as_u64().unwrap_or(0);
    // Per target: 6, 2 and 2 of first order, of which a pair is made; scratch thrice in three parts.
    assert_eq!((left("leg order 1"), left("transfer order 1")), (5 * (6 + 2), 5 * 2));
    assert_eq!((left("leg order 2"), left("transfer order 2")), (5 * 2, 5));
    assert_eq!((left("scratch leg"), left("scratch")), (5 * 3 * 2, 5 * 3));
    let [race, full] = [race, of(&["--set", "transfers.allocation=full"])]
        .map(|costs| costs["seconds"].as_f64().unwrap());
    assert!(race < full, "{race} s and {full} s");

    let text = bench.done(&command("run", &["--dry-run", "--no-measure"]));
    let line =
        |job: &str, what: &str| text.lines().any(|line| line.contains(job) && line.ends_with(what));
    assert!(line("transfer random->normals to epoch 2", "new, needs features random"), "{text}");
    assert!(line("scratch normals#1", "new, needs scratch normals#1 to epoch 4"), "{text}");
    assert!(
        line("transfers ->normals", "2 of order 1 to epoch 4, needs the race so far"),
        "{text}"
    );
    assert!(
        line("transfers ->normals", "1 of order 2 to epoch 8, needs the race so far"),
        "{text}"
    );
    assert!(text.contains("40 legs of order 1, 10 legs of order 2, "), "{text}");
    assert!(text.contains("15 trainings from scratch, 30 legs from scratch, "), "{text}");
    assert!(!bench.path().join("results").exists(), "a dry run writes nothing");
}

#[test]
fn a_race_is_judged_by_a_run_without_one() {
    let bench = Bench::new();
    bench.done(&["run", "p.toml", "--set", FIVE]);
    bench.done(&command("run", &[]));
    let status = bench.done(&["status", "--run", "results/race"]);
    let jobs = 5 * (9 + 6 + 2 + 2 + 3) + 6;
    assert!(status.contains(&format!("{jobs} of {jobs} jobs done")), "{status}");

    let against = |args: &[&str]| {
        let both = ["evaluate", "--run", "results/race", "--against", "results/tiny"];
        bench.done(&[&both[..], args].concat())
    };
    let found = json(&against(&["--json"]));
    let policies = found["policies"].as_array().unwrap();
    let keys: Vec<_> =
        policies.iter().map(|p| (p["order"].as_u64(), p["budget"].as_f64())).collect();
    assert_eq!(keys.len(), 2 * 6, "two orders, budgets from 0 (random is free) to 5: {keys:?}");
    for policy in policies {
        let kept = policy["kept"].as_f64().unwrap();
        assert!(kept > 0.0 && kept <= 1.0 + 1e-12, "{policy}");
        assert!(policy["order"] == 2 || policy["replaced"] == 0, "{policy}");
    }
    assert!(policies.iter().any(|policy| policy["kept"].as_f64().unwrap() < 0.999));
    assert!(found["stage2"]["here"]["seconds"].is_number(), "{found}");
    let table = against(&["--budget", "1..2"]);
    assert!(table.contains("worth there") && table.contains("stage 2: "), "{table}");
    assert!(!table.contains("geometric") && against(&["--objective", "log"]).contains("geometric"));
    let log = json(&against(&["--objective", "log", "--json"]));
    let mut shares = log["policies"].as_array().unwrap().iter().filter_map(|p| p["kept"].as_f64());
    assert!(shares.all(|kept| kept > 0.0 && kept <= 1.0 + 1e-12), "{log}");
    let csv = against(&["--format", "csv", "--order", "1", "--budget", "2"]);
    assert!(csv.starts_with("order,budget,worth,best,kept,replaced\n1,2,"), "{csv}");
    let own = ["evaluate", "--run", "results/tiny", "--against", "results/tiny", "--json"];
    let own = json(&bench.done(&own));
    assert!(
        own["policies"].as_array().unwrap().iter().all(|policy| policy["kept"] == 1.0),
        "{own}"
    );

    // What else reads a run takes the race for what it is.
    for args in [&["audit"][..], &["report"], &["solve"]] {
        bench.done(&[args, &["--run", "results/race"]].concat());
    }
    let said = |run: &str| {
        let (code, _, said) = bench.run(&["evaluate", "--bootstrap", "5", "--run", run]);
        assert_eq!(code, 0, "{said}");
        said
    };
    assert!(said("results/race").contains("warning: transfers that left the race are left out"));
    assert!(!said("results/tiny").contains("the race"));
    let losses = "results/race/stage2/rounds/2/losses";
    bench.done(&["stage3", "--losses", losses]);

    bench.done(&["run", "p.toml", "--run", "results/three"]);
    let three = ["evaluate", "--run", "results/race", "--against", "results/three"];
    let refused = bench.failure(&three);
    assert!(refused.contains("results/three has other targets: `keypoints_2d` is a target of one"));
}

#[test]
fn repetitions_race_alike() {
    let bench = Bench::new();
    bench.done(&command("run", &["--set", "repeats=2"]));
    let trained = |run: &str| {
        let folder = bench.path().join(run).join("stage2/transfers/normals");
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    };
    assert_eq!(trained("results/race").len(), 2 + 1 + 3);
    assert_eq!(trained("results/race"), trained("results/race/repeats/2"));
    let (_, _, said) = bench.run(&["evaluate", "--bootstrap", "5", "--run", "results/race"]);
    assert!(said.contains("warning: only the first training is resampled"), "{said}");
    let affinities = fs::read_to_string(bench.path().join("results/race/stage3/affinities.csv"));
    let stopped = affinities.unwrap().lines().filter(|line| line.ends_with(',')).count();
    assert_eq!(stopped, 5 * 4, "quality is not known of those that were stopped");
}
