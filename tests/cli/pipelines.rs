//! Pipelines: `init`, and what is said of broken ones.

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
    let listed = done(folder.path(), &["run", "made.toml", "--dry-run"]);
    insta::assert_snapshot!(listed);
    assert_eq!(done(folder.path(), &["run", "there.toml", "--dry-run"]), listed);
    let first = done(folder.path(), &["stage1", "made.toml", "--dry-run"]);
    let stage1 = |line: &&str| line.starts_with("stage 1");
    assert_eq!(first.lines().count(), listed.lines().filter(stage1).count());
    assert!(first.lines().all(|line| stage1(&line)));
    let json = done(folder.path(), &["stage2", "made.toml", "--dry-run", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(json.as_array().is_some_and(|lines| lines.len() > 3), "{json}");
    assert!(files(folder.path()) == before, "a dry run writes nothing");
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
