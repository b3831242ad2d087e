//! What `solve` refuses, and how it says so.

use crate::solve::{FREE, plain};
use crate::{failure, failures, folder, run};

#[test]
fn budgets_and_orders_that_cannot_be() {
    let folder = folder(&[("a.csv", FREE), ("plain.csv", &plain())]);
    let solve = |rest: &[&'static str]| [&["solve", "--affinities", "a.csv"], rest].concat();
    let on_plain = |rest: &[&'static str]| [&["solve", "--affinities", "plain.csv"], rest].concat();
    let commands = [
        solve(&["--budget", "-1"]),
        solve(&["--budget", "nan"]),
        solve(&["--budget", "inf"]),
        solve(&["--order", "0"]),
        solve(&["--order", "-1"]),
        on_plain(&["--budget", "0"]),
        on_plain(&["--budget", "1", "--cost", "normals=3", "--forbid", "depth_zbuffer"]),
        on_plain(&["--forbid", "depth_zbuffer", "--forbid", "normals"]),
        solve(&["--require", "normals", "--forbid", "normals"]),
        solve(&["--require", "normals", "--target-only", "normals"]),
        solve(&["--budget", "1", "--require", "normals", "--require", "depth_zbuffer"]),
        solve(&[
            "--source-only",
            "normals",
            "--source-only",
            "depth_zbuffer",
            "--source-only",
            "edges_texture",
        ]),
    ];
    let commands: Vec<_> = commands.iter().map(Vec::as_slice).collect();
    insta::assert_snapshot!(failures(folder.path(), &commands));
}

#[test]
fn options_that_name_no_task_or_no_number() {
    let folder = folder(&[("a.csv", FREE)]);
    let options = [
        ["--cost", "normal=2"],
        ["--importance", "flying_saucers=2"],
        ["--require", "depth"],
        ["--forbid", "Normals"],
        ["--source-only", "edge_texture"],
        ["--target-only", ""],
        ["--cost", "normals"],
        ["--cost", "normals=two"],
        ["--cost", "normals=-1"],
        ["--cost", "normals=nan"],
        ["--importance", "=2"],
        ["--importance", "normals=1e300"],
    ];
    let commands: Vec<_> = options
        .iter()
        .map(|option| [&["solve", "--affinities", "a.csv"], &option[..]].concat())
        .collect();
    let commands: Vec<_> = commands.iter().map(Vec::as_slice).collect();
    insta::assert_snapshot!(failures(folder.path(), &commands));
}

#[test]
fn broken_tables_are_answered_with_file_line_and_column() {
    let good = "target,sources,affinity\nnormals,self,0.5\n";
    let tables = [
        ("text.csv", format!("{good}normals,depth_zbuffer,much\n")),
        ("large.csv", format!("{good}normals,depth_zbuffer,1.5\n")),
        ("negative.csv", format!("{good}normals,depth_zbuffer,-0.1\n")),
        ("nan.csv", format!("{good}normals,depth_zbuffer,NaN\n")),
        ("column.csv", good.replace("affinity", "score")),
        ("ragged.csv", format!("{good}normals,depth_zbuffer\n")),
        ("empty.csv", String::new()),
        ("header.csv", "target,sources,affinity\n".to_owned()),
        ("id.csv", format!("{good}normals,Depth!,0.1\n")),
        ("target.csv", format!("{good}self,normals,0.1\n")),
        ("gain.csv", "target,sources,affinity,win_vs_scratch\nnormals,self,0.5,7\n".to_owned()),
        ("own.csv", "target,sources,affinity\nnormals,normals,0.5\n".to_owned()),
    ];
    let files: Vec<_> = tables.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let folder = folder(&files);
    std::fs::write(folder.path().join("binary.csv"), [b'a', 0xff, 0, b'\n']).unwrap();
    let names = tables.iter().map(|(name, _)| *name).chain(["binary.csv", "missing.csv", "."]);
    let commands: Vec<_> = names.map(|name| ["solve", "--affinities", name]).collect();
    let commands: Vec<_> = commands.iter().map(<[&str; 3]>::as_slice).collect();
    insta::assert_snapshot!(failures(folder.path(), &commands));
}

#[test]
fn a_target_that_nothing_reaches_is_named_and_can_be_left_out() {
    // Only pairs lead to depth, and it cannot be bought.
    let table = "target,sources,affinity\nnormals,self,0.5\n\
                 depth_zbuffer,normals+edges_texture,0.4\nnormals,edges_texture,0.1\n";
    let folder = folder(&[("a.csv", table)]);
    let args = ["solve", "--affinities", "a.csv", "--order", "1"];
    insta::assert_snapshot!(failure(folder.path(), &args));
    let left_out = [&args[..], &["--source-only", "depth_zbuffer"]].concat();
    assert_eq!(run(folder.path(), &left_out).0, 0);
    // Without a run and without a table there is nothing to solve.
    insta::assert_snapshot!(
        "no_run",
        failures(folder.path(), &[&["solve"], &["solve", "--run", "results/x"]])
    );
}

#[test]
fn a_zero_has_no_logarithm() {
    let table = "target,sources,affinity\nnormals,self,0.5\ndepth_zbuffer,normals,0\n";
    let folder = folder(&[("a.csv", table)]);
    let args = ["solve", "--affinities", "a.csv", "--objective", "log"];
    let said = failure(folder.path(), &args);
    let reason = "leads to `depth_zbuffer`, once edges of affinity 0, which has no logarithm, are";
    assert!(said.contains(reason) && said.contains("--objective raw"), "{said}");
    let left_out = [&args[..], &["--source-only", "depth_zbuffer"]].concat();
    assert_eq!(run(folder.path(), &left_out).0, 0);
    assert_eq!(run(folder.path(), &args[..3]).0, 0);
}

#[test]
fn failures_are_json_on_stdout_too_where_that_was_asked_for() {
    let folder = folder(&[("a.csv", &plain())]);
    let args = ["solve", "--affinities", "a.csv", "--budget", "0", "--json"];
    let (code, stdout, stderr) = run(folder.path(), &args);
    let said: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((code, said["exit"].as_i64()), (1, Some(1)));
    assert!(said["hint"].as_str().is_some_and(|hint| stderr.contains(hint)), "{said}");
}

#[test]
fn a_taxonomy_that_is_none_cannot_be_exported() {
    let folder = folder(&[("broken.json", "{\"graph\": {"), ("other.json", "{\"graph\": {}}\n")]);
    let commands = [
        &["export", "--taxonomy", "broken.json"][..],
        &["export", "--taxonomy", "other.json"],
        &["export", "--taxonomy", "missing.json"],
        &["export", "--format", "pdf"],
    ];
    insta::assert_snapshot!(failures(folder.path(), &commands));
}

#[cfg(not(feature = "highs"))]
#[test]
fn a_build_without_highs_says_how_to_get_it() {
    let folder = folder(&[("a.csv", &plain())]);
    let said = failure(folder.path(), &["solve", "--affinities", "a.csv", "--solver", "highs"]);
    for part in ["exit 4\n", "error: HiGHS is not in this build\n", "--features highs`; it needs"] {
        assert!(said.contains(part), "{said}");
    }
}
