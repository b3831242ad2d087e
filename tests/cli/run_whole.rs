//! Runs from the first to the last stage, with a worker that makes its losses up.

use serde_json::Value;

use crate::fake::{Bench, alone, undisturbed};
use crate::{failures, files, folder, output, program};

#[test]
fn a_run_leaves_every_file_and_the_second_has_nothing_to_do() {
    let bench = Bench::new();
    let (code, stdout, stderr) = bench.run(&["run", "p.toml"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("results/tiny/report/index.html"), "{stdout}");
    for file in [
        "config.toml",
        "run.json",
        "events.jsonl",
        "stage2/losses/normals.csv",
        "stage3/win_rates/edges_texture.csv",
        "stage3/affinities.csv",
        "stage3/affinity_matrix.csv",
        "stage4/taxonomy.json",
        "stage4/taxonomy.dot",
        "stage4/taxonomy.svg",
        "stage4/sweep.csv",
        "report/index.html",
        "stage1/normals/weights.safetensors",
        "stage1/normals/losses.safetensors",
        "stage1/normals/metrics.jsonl",
        "stage1/normals/done.json",
        "stage2/transfers/normals/depth_zbuffer+edges_texture/done.json",
        "stage2/transfers/normals/random/losses.safetensors",
    ] {
        let file = bench.path().join("results/tiny").join(file);
        assert!(file.metadata().unwrap().len() > 0, "{}", file.display());
    }
    let names: Vec<_> = bench.results().into_keys().filter(|name| name.contains("tmp")).collect();
    assert!(names.is_empty(), "{names:?}");
    let losses = bench.read("stage2/losses/normals.csv");
    assert_eq!(losses.lines().count(), 1 + 5);
    assert!(losses.starts_with("image,self,depth_zbuffer,"), "{losses}");
    assert!(losses.contains("\nroom00004_view00,"), "{losses}");

    let json: Value = serde_json::from_str(&bench.done(&["run", "p.toml", "--json"])).unwrap();
    assert_eq!(json["run"], "results/tiny");
    assert_eq!(json["targets"].as_array().unwrap().len(), 3);
    assert!(bench.results() == *undisturbed());
    // Without its pipeline: as the run was made.
    let (code, again, stderr) = bench.run(&["run", "--run", "results/tiny"]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert_eq!(tables(&again), tables(&stdout));
}

/// The part of the output that repeats: above the times.
fn tables(text: &str) -> &str {
    text.split("images:").next().unwrap().split("stage 1,").next().unwrap()
}

#[test]
fn what_is_said_of_a_finished_run() {
    let bench = Bench::new();
    let printed = bench.done(&["run", "p.toml"]);
    insta::assert_snapshot!("tables", tables(&printed));
    assert_eq!(tables(&bench.done(&["report"])), tables(&printed));
    let (_, status, note) = bench.run(&["status"]);
    assert_eq!(note, "run: results/tiny\n");
    let timeless = |line: &str| match line.rsplit_once(", ") {
        Some((before, time)) if time.ends_with(" s") => format!("{before}, [time]\n"),
        _ => format!("{line}\n"),
    };
    insta::assert_snapshot!("status", status.lines().map(timeless).collect::<String>());
    let json: Value = serde_json::from_str(&bench.done(&["status", "--json"])).unwrap();
    assert_eq!((json["state"].as_str(), json["jobs_left"].as_i64()), (Some("done"), Some(0)));

    let taxonomy = bench.read("stage4/taxonomy.json");
    assert_eq!(bench.done(&["export"]), taxonomy);
    assert_eq!(
        bench.done(&["export", "--run", "results/tiny", "--format", "dot"]),
        bench.read("stage4/taxonomy.dot")
    );
    assert_eq!(bench.done(&["export", "--format", "svg"]), bench.read("stage4/taxonomy.svg"));
    for format in ["table", "hif", "node-link", "graphml", "csv"] {
        assert!(bench.done(&["export", "--format", format]).contains("normals"), "{format}");
    }
    assert_eq!(bench.done(&["solve", "--json"]), taxonomy, "the pipeline's budget and roles");
    let more = bench.done(&["solve", "--budget", "3", "--format", "csv"]);
    assert_eq!(more.lines().count(), 1 + 3);
    let to_file = bench.done(&["export", "-o", "t.svg", "--format", "svg", "--json"]);
    assert_eq!(serde_json::from_str::<Value>(&to_file).unwrap()["taxonomy"], "t.svg");
    let predict = ["predict", "--model", "results/tiny/stage1/normals", "image.png"];
    let said = bench.failure(&predict);
    assert!(said.contains("taskonomy-worker ended before it said hello\n\nhint: "), "{said}");
    let sweep = bench.read("stage4/sweep.csv");
    assert_eq!(sweep.lines().count(), 1 + 2 * 4, "orders 1 and 2, budgets 0 to 3: {sweep}");
}

#[test]
fn stages_one_by_one_give_the_same_and_each_asks_for_the_one_before() {
    let bench = Bench::new();
    let mut said = String::new();
    let mut fail =
        |stage: &str| said += &format!("$ {stage}\n{}\n", bench.failure(&[stage, "p.toml"]));
    fail("stage2");
    fail("stage3");
    fail("stage4");
    assert!(bench.done(&["stage1", "p.toml"]).starts_with("results/tiny: 3 jobs done, 0 skipped"));
    fail("stage3");
    bench.done(&["stage2", "p.toml"]);
    fail("stage4");
    insta::assert_snapshot!(said);
    assert_eq!(bench.done(&["stage3", "p.toml"]), "results/tiny/stage3/affinities.csv\n");
    bench.done(&["stage4", "p.toml"]);
    assert!(bench.results() == *undisturbed());
}

#[test]
fn without_a_worker_training_names_what_is_missing_and_the_rest_works() {
    let bench = Bench::new();
    let alone = alone();
    let run = |args: &[&str]| output(&mut program(&alone, bench.path()), args);
    let (code, _, stderr) = run(&["run", "p.toml"]);
    insta::assert_snapshot!(
        stderr.replace(alone.parent().unwrap().to_str().unwrap(), "[programs]")
    );
    assert_eq!(code, 4);
    let (code, found, _) = run(&["doctor"]);
    assert!(code == 4 && found.contains("missing worker") && found.contains("fix: "), "{found}");
    // What was trained elsewhere needs no worker here.
    bench.done(&["run", "p.toml"]);
    for args in [&["stage3", "p.toml"][..], &["stage4", "p.toml"], &["run", "p.toml"], &["solve"]] {
        let (code, _, stderr) = run(args);
        assert_eq!(code, 0, "{args:?}: {stderr}");
    }
    assert!(bench.results() == *undisturbed());
}

#[test]
fn without_a_worker_no_images_are_made_for_nothing() {
    let folder = folder(&[(
        "p.toml",
        "name = \"p\"\n[data]\npath = \"new\"\nmake = \"rooms\"\nsize = 32\n[tasks]\nboth = [\"normals\", \"depth_zbuffer\"]\n",
    )]);
    let (code, ..) = output(&mut program(&alone(), folder.path()), &["run", "p.toml"]);
    assert_eq!(code, 4);
    assert!(!files(folder.path()).keys().any(|name| name.starts_with("new")));
}

#[test]
fn images_are_made_where_the_pipeline_says_how() {
    let bench = Bench::new();
    std::fs::remove_dir_all(bench.path().join("d")).unwrap();
    let text = std::fs::read_to_string(bench.path().join("p.toml")).unwrap();
    let scenes = "scenes = { networks = 2, transfers = 1, validation = 1, test = 1 }";
    let text =
        text.replace("size = 32", &format!("make = \"rooms\"\nsize = 32\nviews = 5\n{scenes}"));
    std::fs::write(bench.path().join("p.toml"), text).unwrap();
    bench.done(&["run", "p.toml"]);
    // All but config.toml, where the maker stands.
    let (mut made, mut given) = (bench.results(), undisturbed().clone());
    made.remove("config.toml");
    given.remove("config.toml");
    assert!(made == given, "the same images, the same results");

    // They are not made anew for other settings, which is said.
    let dry = ["run", "p.toml", "--run", "other", "--dry-run", "--no-measure"];
    let said = |args: &[&str]| bench.run(&[&dry[..], args].concat()).2;
    let told = said(&["--set", "data.views=6", "--seed", "7"]);
    assert!(told.contains("warning: d was made with views = 5 and seed = "), "{told}");
    assert!(told.contains(", the pipeline says 6 and 7: the images stay as they are; "), "{told}");
    assert!(!said(&["--set", "repeats=2"]).contains("warning"), "repetitions share the images");
}

#[test]
fn what_needs_no_images_works_when_they_are_gone() {
    let bench = Bench::new();
    bench.done(&["run", "p.toml"]);
    std::fs::remove_dir_all(bench.path().join("d")).unwrap();
    let status = bench.done(&["status"]);
    let last = "  d is not here, so jobs cannot be compared with its images: relative paths start \
                where the command is run";
    assert!(
        status.starts_with("results/tiny: done\n") && status.lines().last() == Some(last),
        "{status}"
    );
    for args in [&["stage4", "p.toml"][..], &["report"], &["solve"], &["export"]] {
        bench.done(args);
    }
    assert!(bench.results() == *undisturbed());
    assert!(bench.failure(&["run", "p.toml"]).starts_with("exit 1\nerror: `data.path`: "));
}

#[test]
fn a_run_that_is_none() {
    let folder =
        folder(&[("results/x/run.json", "{}"), ("results/y/run.json", "{"), ("r/a.txt", "")]);
    insta::assert_snapshot!(failures(
        folder.path(),
        &[
            &["status", "--run", "r"],
            &["status", "--run", "results/x"],
            &["status", "--run", "results/y"],
            &["export", "--run", "results/x"],
            &["solve", "--run", "results/x"],
            &["run", "--run", "results/x"],
        ]
    ));
}
