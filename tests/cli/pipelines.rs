//! Pipelines: `init`, and what is said of broken ones.

use crate::{failure, folder, run};

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
