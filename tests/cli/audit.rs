//! `audit`: what a run found, beside its baselines.

use std::fs;

use serde_json::Value;

use crate::fake::Bench;

/// Five targets, so that each has enough foreign sources to be ranked.
const FIVE: &str = "tasks.both=[\"normals\", \"depth_zbuffer\", \"edges_texture\", \"reshading\", \"keypoints_2d\"]";

/// By the authors' ids; of sources that the run does not have, too.
const PUBLISHED: &str = "\
target,order,sources,affinity
rgb2sfnorm,1,self,0.2
rgb2sfnorm,1,rgb2depth,0.1
rgb2sfnorm,1,edge2d,0.05
rgb2sfnorm,1,reshade,0.15
rgb2sfnorm,1,keypoint2d,0.03
rgb2sfnorm,1,jigsaw,0.02
rgb2sfnorm,1,random,0.25
rgb2sfnorm,2,reshade+edge2d,0.2
rgb2depth,1,rgb2sfnorm,0.7
rgb2depth,1,edge2d,0.3
room_layout,1,edge2d,1
";

fn bench() -> Bench {
    let bench = Bench::new();
    fs::write(bench.path().join("published.csv"), PUBLISHED).unwrap();
    let order = "transfers.order=3";
    bench.done(&["run", "p.toml", "--set", FIVE, "--set", order]);
    bench
}

/// With small networks from now on.
fn train_small(bench: &Bench) {
    let mut settings = vec!["run", "p.toml"];
    for setting in [FIVE, "transfers.order=3", "transfers.small_networks=true"] {
        settings.extend(["--set", setting]);
    }
    bench.done(&settings);
}

#[test]
fn small_networks_are_a_column_that_changes_no_affinity() {
    let bench = bench();
    let before = bench.results();
    train_small(&bench);
    let after = bench.results();
    let new = |name: &&String| !before.contains_key(*name);
    let added: Vec<_> = after.keys().filter(new).collect();
    assert_eq!(added.len(), 5 * 4, "a folder per target: {added:?}");
    assert!(added.iter().all(|name| name.contains("/self-small/")), "{added:?}");
    let changed: Vec<_> = before
        .iter()
        .filter(|(name, bytes)| after[*name] != **bytes)
        .map(|(name, _)| name)
        .collect();
    let tables = ["depth_zbuffer", "edges_texture", "keypoints_2d", "normals", "reshading"];
    let tables = tables.map(|target| format!("stage2/losses/{target}.csv"));
    let mut expected = vec!["config.toml".to_owned()];
    expected.extend(tables);
    assert!(changed.into_iter().eq(&expected));
    let header = |of: &str| of.lines().next().unwrap().to_owned();
    let losses = bench.read("stage2/losses/normals.csv");
    assert!(header(&losses).ends_with(",pixels#1,pixels#2,pixels#3,self#small"), "{losses}");

    // Anyone's tables with the column give what those without it give.
    let foreign = bench.done(&["stage3", "--losses", "results/tiny/stage2/losses"]);
    assert_eq!(foreign, bench.read("stage3/affinities.csv"));
}

#[test]
fn a_run_is_told_beside_all_its_baselines() {
    let bench = bench();
    let (code, plain, note) = bench.run(&["audit"]);
    assert_eq!((code, note.as_str()), (0, "run: results/tiny\n"));
    assert!(
        plain.contains("the run has no small networks: set transfers.small_networks"),
        "{plain}"
    );
    assert!(
        plain.ends_with("with --published FILE, a table that `taskonomy import-official` wrote.\n")
    );

    train_small(&bench);
    let before = bench.results();
    let args = ["audit", "--published", "published.csv", "--out", "kept"];
    let (code, text, said) = bench.run(&args);
    assert_eq!(code, 0, "{said}");
    insta::assert_snapshot!("audit", text);
    assert!(bench.results() == before, "the run is left as it is");
    let kept = |name: &str| fs::read_to_string(bench.path().join("kept").join(name)).unwrap();
    assert_eq!(kept("audit.txt"), text);
    let names = [
        "networks.csv",
        "baselines.csv",
        "orders.csv",
        "extensions.csv",
        "budgets.csv",
        "published.csv",
    ];
    let files: Vec<_> =
        std::iter::once(&"audit.txt").chain(&names).map(|name| format!("kept/{name}")).collect();
    assert_eq!(said, format!("run: results/tiny\n{}\n", files.join("\n")));
    let csv = names.map(|name| format!("{name}\n{}\n", kept(name))).concat();
    insta::assert_snapshot!("audit_csv", csv);
    assert_eq!(kept("budgets.csv"), bench.read("stage4/sweep.csv"));
}

#[test]
fn the_numbers_are_those_of_the_files() {
    let bench = bench();
    train_small(&bench);
    let json = bench.done(&["audit", "--json", "--published", "published.csv"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    let of_target = |list: &Value, name: &str, target: &str| {
        list.as_array().unwrap().iter().find(|row| row[name] == target).unwrap().clone()
    };
    let report: Value = serde_json::from_str(&bench.done(&["report", "--json"])).unwrap();
    for target in ["normals", "reshading"] {
        let row = of_target(&json["baselines"], "target", target);
        let told = of_target(&report["targets"], "target", target);
        assert_eq!(row["best"], told["best"]);
        for (ours, theirs) in [
            (&row["scratch"]["beaten"], &told["gain"]),
            (&row["self"]["beaten"], &told["quality"]),
            (&row["scratch"]["loss"], &told["loss_scratch"]),
            (&row["constant"]["loss"], &told["loss_constant"]),
        ] {
            assert!(
                (ours.as_f64().unwrap() - theirs.as_f64().unwrap()).abs() < 1e-12,
                "{row} {told}"
            );
        }
    }
    let published = &json["published"];
    let row = of_target(&published["targets"], "target", "normals");
    assert_eq!(row["common_sources"], 4);
    assert_eq!(published["median"], row["spearman"], "depth has too few common sources");
    assert_eq!(published["targets"].as_array().unwrap().len(), 2);
    assert!(json["extended"].as_array().unwrap().len() == 2, "orders 2 and 3");
}

#[test]
fn what_cannot_be_audited() {
    let bench = Bench::new();
    let mut said = String::new();
    let mut fail = |args: &[&str]| {
        said += &format!("$ taskonomy {}\n{}\n", args.join(" "), bench.failure(args));
    };
    fail(&["audit"]);
    bench.done(&["stage1", "p.toml"]);
    fail(&["audit"]);
    bench.done(&["run", "p.toml"]);
    let write = |name: &str, text: &str| fs::write(bench.path().join(name), text).unwrap();
    write("other.csv", "target,sources,affinity\nroom_layout,edge2d,1\n");
    fail(&["audit", "--published", "absent.csv"]);
    fail(&["audit", "--published", "other.csv"]);
    fail(&["audit", "--published", "other.csv", "--set", "16k"]);
    fail(&["audit", "--published", "d"]);
    fail(&["audit", "--out", "other.csv"]);
    fail(&["audit", "--set", "16k"]);
    insta::assert_snapshot!("refused", said);

    // A folder of the authors' files.
    let clone = format!("{}/crates/core/tests/fixtures/official", env!("CARGO_MANIFEST_DIR"));
    let args = ["audit", "--published", &clone, "--set", "base", "--json"];
    let json: Value = serde_json::from_str(&bench.done(&args)).unwrap();
    assert_eq!(json["published"]["targets"][0]["common_sources"], 1);
}
