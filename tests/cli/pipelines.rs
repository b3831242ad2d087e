//! Pipelines: `init`, and what is said of broken ones.

use crate::fake::Bench;
use crate::{data, done, failure, failures, files, folder, run};

#[test]
fn init_writes_a_pipeline_that_reads_and_never_over_another() {
    let folder = folder(&[]);
    let (code, stdout, _) = run(folder.path(), &["init", "--name", "mine"]);
    assert_eq!(code, 0);
    assert_eq!(
        stdout,
        "pipelines/mine.toml: look it over, then: taskonomy run pipelines/mine.toml\n"
    );
    insta::assert_snapshot!(failure(folder.path(), &["init", "--name", "mine"]));
    let (code, ..) = run(folder.path(), &["init", "--name", "a/b"]);
    assert_eq!(code, 1);
}

#[test]
fn broken_pipelines_are_answered_with_key_value_and_range() {
    let good = "name = \"p\"\n[data]\npath = \"d\"\n[tasks]\nboth = [\"normals\"]\n";
    let cases = [
        ("missing.toml", None),
        ("key.toml", Some(format!("{good}[networks]\nepoch = 3\n"))),
        ("task.toml", Some(good.replace("normals", "normal"))),
        ("range.toml", Some(format!("{good}[transfers]\norder = 0\n"))),
        ("kind.toml", Some(format!("{good}[transfers]\nbeam = \"wide\"\n"))),
        ("race.toml", Some(format!("{good}[transfers]\nallocation = \"race\"\n"))),
        ("twice.toml", Some(good.replace("\"normals\"", "\"normals\", \"rgb2sfnorm\""))),
    ];
    let folder = folder(&[]);
    let mut all = String::new();
    for (name, text) in cases {
        if let Some(text) = text {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let said = failure(folder.path(), &["run", name, "--dry-run"]);
        all += &format!("$ taskonomy run {name} --dry-run\n{said}\n");
    }
    insta::assert_snapshot!(all);
}

/// A pipeline on the tiny rooms.
fn tiny(data: &str) -> String {
    format!(
        "name = \"tiny\"\n[data]\n{data}\n[tasks]\nboth = [\"normals\", \"depth_zbuffer\"]\n\
         source_only = [\"random\"]\n"
    )
}

#[test]
fn a_dry_run_lists_the_jobs_and_writes_nothing() {
    let folder = folder(&[
        ("made.toml", &tiny("path = \"new\"\nmake = \"rooms\"\nsize = 32")),
        ("there.toml", &tiny("path = \"d\"\nsize = 32")),
    ]);
    data::put(folder.path());
    let before = files(folder.path());
    let dry = |args: &[&str]| done(folder.path(), &[args, &["--dry-run", "--no-measure"]].concat());
    let listed = dry(&["run", "made.toml"]);
    insta::assert_snapshot!(listed);
    let jobs = |listed: &str| listed.split("\n\n").next().unwrap().to_owned();
    assert_eq!(jobs(&dry(&["run", "there.toml"])), jobs(&listed));
    let first = jobs(&dry(&["stage1", "made.toml"]));
    let stage1 = |line: &&str| line.starts_with("stage 1");
    assert_eq!(first.lines().count(), listed.lines().filter(stage1).count());
    assert!(first.lines().all(|line| stage1(&line)));
    let json = dry(&["stage2", "made.toml", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(json["jobs"].as_array().is_some_and(|lines| lines.len() > 3), "{json}");
    assert_eq!(json["costs"]["left"]["scratch"], 6, "{json}");
    let small = dry(&["run", "made.toml", "--set", "transfers.small_networks=true"]);
    assert!(small.contains("2 networks on little data, 6 "), "{small}");
    assert!(files(folder.path()) == before, "a dry run writes nothing");
}

#[test]
fn a_dry_run_counts_images_from_elsewhere_and_estimates_by_measured_steps() {
    let bench = Bench::new();
    let absent = ["run", "p.toml", "--dry-run", "--json", "--jobs=2", "--set", "data.path='gone'"];
    let images = "data.images={ networks = 1000, transfers = 100, validation = 30, test = 60 }";
    let told = bench.done(&[&absent[..], &["--set", images]].concat());
    let costs: serde_json::Value = serde_json::from_str(&told).unwrap();
    let costs = &costs["costs"];
    assert_eq!(costs["images"]["networks"], 1000);
    // 4 sources of 190 images, 16 channels of 4x4 in f16.
    assert_eq!((&costs["features_each"], &costs["features"]), (&97_280.into(), &389_120.into()));
    // The fake worker's steps take 0.08 s (networks), 0.01 s (readouts), 0.02 s (scratch) a sample,
    // and encoding 0.02 s an image. Three networks, four features, 12 + 3 transfers, 9 scratch.
    let network = (1000.0 * 6.0 + (30.0 * 7.0 + 60.0) / 3.0) * 0.08;
    let readout = 100.0 * 8.0 + (30.0 * 8.0 + 60.0) / 3.0;
    let expected =
        3.0 * network + 4.0 * 190.0 * 0.02 + 15.0 * readout * 0.01 + 9.0 * readout * 0.02;
    let seconds = costs["seconds"].as_f64().unwrap();
    assert!((seconds - expected).abs() < 1e-6 * expected, "{seconds} for {expected}");
    assert_eq!(costs["readout_weights"], 24_000_000);
    assert_eq!(costs["network_weights"], 3_000_000);

    bench.done(&["run", "p.toml"]);
    let told = bench.done(&["run", "p.toml", "--dry-run"]);
    assert!(told.contains("\nleft: nothing ("), "{told}");
    assert!(!told.contains("time:"), "{told}");
}

#[test]
fn images_that_do_not_fit_the_pipeline() {
    let folder = folder(&[
        ("absent.toml", &tiny("path = \"nowhere\"")),
        ("size.toml", &tiny("path = \"d\"\nsize = 64")),
        ("maker.toml", &tiny("path = \"new\"\nmake = \"roms\"")),
        ("file.toml", &tiny("path = \"size.toml\"")),
        ("split.toml", &tiny("path = \"few\"\nsize = 32")),
    ]);
    data::put(folder.path());
    done(folder.path(), &["data", "rooms", "few", "--size=32", "--scenes=1,1,1,0", "--views=1"]);
    let commands = [
        &["run", "absent.toml"][..],
        &["run", "size.toml", "--dry-run"],
        &["run", "maker.toml"],
        &["run", "file.toml"],
        &["run", "split.toml"],
        &["run", "size.toml", "--set", "data.size"],
        &["run", "size.toml", "--set", "data.sice=32"],
        &["run", "size.toml", "--set", "data.size=many"],
        &["run", "size.toml", "--device", "gpu"],
        &["run", "size.toml", "--set", "data.size=32", "--run", "d"],
        &["run"],
        &["status"],
        &["report", "--run", "nowhere"],
        &["predict", "--model", "nowhere", "image.png"],
    ];
    insta::assert_snapshot!(failures(folder.path(), &commands));
}

#[test]
fn a_file_where_a_folder_is_needed_is_an_environment_failure() {
    let folder = folder(&[("p.toml", &tiny("path = \"d\"\nsize = 32")), ("results", "a file")]);
    data::put(folder.path());
    insta::assert_snapshot!(failures(
        folder.path(),
        &[
            &["run", "p.toml"],
            &["run", "p.toml", "--run", "p.toml"],
            &["init", "p.toml/first.toml"],
            &["man", "results/pages"],
        ]
    ));
}
