//! `solve` and `export` on a table of affinities of anyone.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{done, folder, run};

/// Three targets; `random` reaches them all for nothing.
pub const FREE: &str = "\
note,target,sources,affinity,win_vs_scratch,win_vs_full
,normals,self,0.5,0.9,
,normals,edges_texture,0.25,0.6,0.3
,normals,depth_zbuffer,0.35,0.8,0.45
two of them,normals,depth_zbuffer+edges_texture,0.4,0.85,0.48
,normals,random,0.02,0.4,0.1
,depth_zbuffer,self,0.6,0.95,
,depth_zbuffer,normals,0.3,0.7,0.4
,depth_zbuffer,random,0.03,0.45,0.1
,edges_texture,self,0.7,0.99,
,edges_texture,normals,0.1,0.6,0.05
,edges_texture,random,0.2,0.7,0.1
";

/// The same without `random`: what is not bought needs something that is.
pub fn plain() -> String {
    FREE.split_inclusive('\n').filter(|line| !line.contains("random")).collect()
}

/// What a solution says of itself.
fn solve(folder: &Path, args: &[&str]) -> (Vec<String>, f64) {
    let args: Vec<_> =
        ["solve", "--affinities", "a.csv", "--json"].iter().chain(args).copied().collect();
    let json: Value = serde_json::from_str(&done(folder, &args)).unwrap();
    let nodes = json["graph"]["nodes"].as_object().unwrap();
    // The untrained encoder costs nothing and is not worth a word here.
    let bought =
        nodes.iter().filter(|(id, node)| node["metadata"]["bought"] == true && *id != "random");
    let value = json["graph"]["metadata"]["value"].as_f64().unwrap();
    (bought.map(|(id, _)| id.clone()).collect(), value)
}

#[test]
fn a_policy_as_a_table() {
    let folder = folder(&[("a.csv", FREE)]);
    let one = done(folder.path(), &["solve", "--affinities", "a.csv", "--budget", "1"]);
    insta::assert_snapshot!(one);
    // Without a budget: the default one buys everything here.
    assert!(done(folder.path(), &["solve", "--affinities", "a.csv"]).contains("self"));
}

#[test]
fn every_format_has_the_shape_that_its_readers_expect() {
    let folder = folder(&[("a.csv", FREE)]);
    let write = |format: &str| {
        done(
            folder.path(),
            &["solve", "--affinities", "a.csv", "--budget", "2", "--format", format],
        )
    };
    let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let json = write("json");
    let schema = parse(taskonomy_core::TAXONOMY_SCHEMA);
    let validator = jsonschema::validator_for(&schema).unwrap();
    let defects: Vec<_> = validator.iter_errors(&parse(&json)).map(|e| e.to_string()).collect();
    assert!(defects.is_empty(), "{defects:?}");
    assert_eq!(parse(&json)["graph"]["hyperedges"].as_array().unwrap().len(), 3);
    let asked = ["solve", "--affinities", "a.csv", "--budget", "2", "--json"];
    assert_eq!(done(folder.path(), &asked), json, "--json is --format json");

    let hif = parse(&write("hif"));
    assert!(hif["incidences"].as_array().unwrap().len() >= 3 && hif["network-type"] == "directed");
    let node_link = parse(&write("node-link"));
    assert!(node_link["nodes"].is_array() && node_link["directed"] == true);
    let dot = write("dot");
    assert!(dot.starts_with("digraph") && dot.trim_end().ends_with('}'), "{dot}");
    let graphml = write("graphml");
    assert!(
        graphml.contains("<graphml") && graphml.trim_end().ends_with("</graphml>"),
        "{graphml}"
    );
    let svg = write("svg");
    assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"), "{svg}");
    let csv = write("csv");
    assert_eq!(csv.lines().count(), 1 + 3, "a header and a row per target: {csv}");

    // What `solve` wrote, `export` turns into everything else: the same bytes.
    std::fs::write(folder.path().join("t.json"), &json).unwrap();
    for format in ["table", "json", "hif", "node-link", "dot", "graphml", "svg", "csv"] {
        let exported = done(folder.path(), &["export", "--taxonomy", "t.json", "--format", format]);
        assert!(exported == write(format), "{format}: {exported}");
    }
    let to_file = ["export", "--taxonomy", "t.json", "--format", "csv", "-o", "new/t.csv"];
    assert_eq!(done(folder.path(), &to_file), "");
    assert_eq!(std::fs::read_to_string(folder.path().join("new/t.csv")).unwrap(), csv);
}

#[test]
fn budgets_from_nothing_to_more_than_there_is_to_buy() {
    let folder = folder(&[("a.csv", FREE)]);
    let (bought, value) = solve(folder.path(), &["--budget", "0"]);
    assert!(bought.is_empty() && (value - 0.25).abs() < 1e-9, "random alone: {bought:?} {value}");
    // 0.5 + 0.3 + 0.2 with normals, 0.35 + 0.6 + 0.2 with depth, 0.25 + 0.03 + 0.7 with edges.
    let (bought, value) = solve(folder.path(), &["--budget", "1"]);
    assert_eq!(bought, ["depth_zbuffer"]);
    assert!((value - 1.15).abs() < 1e-9, "{value}");
    let (bought, value) = solve(folder.path(), &["--budget", "1000"]);
    assert_eq!(bought, ["depth_zbuffer", "edges_texture", "normals"]);
    assert!((value - 1.8).abs() < 1e-9, "{value}");
}

#[test]
fn options_change_the_programme() {
    let folder = folder(&[("a.csv", FREE)]);
    let solve = |args: &[&str]| solve(folder.path(), &[&["--budget", "1"], args].concat());
    assert_eq!(solve(&["--cost", "depth_zbuffer=2"]).0, ["normals"]);
    assert_eq!(solve(&["--cost", "rgb2depth=2"]).0, ["normals"], "official ids are understood");
    assert_eq!(solve(&["--importance", "rgb2sfnorm=10"]).0, ["normals"]);
    assert_eq!(solve(&["--require", "edges_texture"]).0, ["edges_texture"]);
    assert_eq!(solve(&["--forbid", "depth_zbuffer"]).0, ["normals"]);
    assert_eq!(solve(&["--target-only", "depth_zbuffer"]).0, ["normals"]);
    // Only normals is wanted: its own network is the best that one can buy.
    let only = ["--source-only", "depth_zbuffer", "--source-only", "edges_texture"];
    let (bought, value) = solve(&only);
    assert_eq!(bought, ["normals"]);
    assert!((value - 0.5).abs() < 1e-9);
    // Two sources are worth more than one, unless they must not be read together.
    let two = [&only[..], &["--budget", "2", "--forbid", "normals"]].concat();
    assert!((crate::solve::solve(folder.path(), &two).1 - 0.4).abs() < 1e-9);
    let one = [&two[..], &["--order", "1"]].concat();
    assert!((crate::solve::solve(folder.path(), &one).1 - 0.35).abs() < 1e-9);
    for objective in ["raw", "log", "no-self"] {
        solve(&["--objective", objective, "--any-optimum"]);
    }
}

#[test]
fn notes_on_the_table_are_on_stderr_and_quiet_silences_them() {
    let text =
        format!("{FREE},normals,pixels,0.1,,\n,normals,edges_texture+depth_zbuffer,0.41,,\n");
    let folder = folder(&[("a.csv", &text)]);
    let args = ["solve", "--affinities", "a.csv", "--budget", "3", "--format", "csv"];
    let (code, stdout, stderr) = run(folder.path(), &args);
    assert_eq!(code, 0);
    insta::assert_snapshot!(stderr);
    let (_, again, silence) = run(folder.path(), &[&args[..], &["-q"]].concat());
    assert_eq!((again, silence), (stdout, String::new()));
}

/// The table that the paper's authors published, where this tree stands beside it.
fn official() -> Option<PathBuf> {
    let mut above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    above.find_map(|folder| {
        let file = folder.join("shared/data/official/transfers_1k.csv");
        file.is_file().then_some(file)
    })
}

#[test]
fn the_published_table_gives_the_known_optimum() {
    let Some(file) = official() else {
        println!("skipped: there is no shared/data/official/transfers_1k.csv above the workspace");
        return;
    };
    let folder = folder(&[]);
    std::fs::copy(file, folder.path().join("a.csv")).unwrap();
    let (bought, value) = solve(folder.path(), &["--order", "4", "--budget", "8"]);
    assert!((value - 3.735_110).abs() < 5e-7, "{value}");
    insta::assert_snapshot!(bought.join("\n"));
}

#[test]
fn a_sweep_over_budgets_and_orders() {
    let folder = folder(&[("a.csv", &plain())]);
    let sweep = |args: &[&str]| {
        let base = ["solve", "--affinities", "a.csv", "--budget", "0..3", "--order", "1..2"];
        run(folder.path(), &[&base[..], args].concat())
    };
    let (code, table, said) = sweep(&[]);
    assert_eq!(code, 0);
    insta::assert_snapshot!("sweep", table);
    assert!(said.contains("no policy for 2 of 8 budgets and orders"), "{said}");

    // Every entry is what a single solution says.
    let entries: Value = serde_json::from_str(&sweep(&["--json"]).1).unwrap();
    for entry in entries.as_array().unwrap() {
        let number = |key: &str| entry[key].to_string();
        let single = ["--budget", &number("budget"), "--order", &number("order")];
        if entry.get("error").is_some() {
            assert_eq!(entry["budget"], 0.0);
            continue;
        }
        let (bought, value) = solve(folder.path(), &single);
        assert_eq!(
            (entry["value"].as_f64(), entry["status"].as_str()),
            (Some(value), Some("optimal"))
        );
        assert_eq!(entry["bought"], serde_json::json!(bought));
    }
    let (_, csv, _) = sweep(&["--format", "csv"]);
    assert_eq!(csv.lines().count(), 1 + 6);
    assert!(sweep(&["--format", "svg"]).1.starts_with("<svg"));
    assert_eq!(sweep(&["--format", "dot"]).0, 2);
}

#[test]
fn a_sweep_keeps_what_it_finds_before_the_limits() {
    // Nothing but a search tells that a budget of 0 reaches no target.
    let folder = folder(&[("a.csv", &plain())]);
    let sweep = |budgets: &str, args: &[&str]| {
        let base = ["solve", "--affinities", "a.csv", "--time-limit", "0", "--order", "1..2"];
        run(folder.path(), &[&base[..], &["--budget", budgets], args].concat())
    };
    let (code, csv, said) = sweep("0..3", &["--format", "csv"]);
    assert_eq!((code, csv.lines().count()), (0, 1 + 6), "{said}");
    assert!(said.contains("no policy for 2 of 8 budgets and orders"), "{said}");
    let entries: Value = serde_json::from_str(&sweep("0..3", &["--json"]).1).unwrap();
    assert!(entries[0]["error"].as_str().unwrap().contains("limit"), "{entries}");
    let (code, _, said) = sweep("0", &[]);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("hint: raise --node-limit or --time-limit"), "{said}");
}

#[test]
fn limits_that_are_not_heeded_are_told() {
    let folder = folder(&[("a.csv", FREE)]);
    let base = ["solve", "--affinities", "a.csv", "--node-limit", "9"];
    let solve = |args: &[&str]| run(folder.path(), &[&base[..], args].concat());
    let (code, _, said) = solve(&["--explain"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("--explain") && said.contains("--node-limit"), "{said}");
    let warning = "the general solver heeds no limits";
    let (code, _, said) = solve(&["--solver", "milp"]);
    assert!(code == 0 && said.contains(warning), "{said}");
    let (code, _, said) = solve(&[]);
    assert!(code == 0 && !said.contains(warning), "{said}");
}

#[test]
fn a_policy_with_its_reasons() {
    let folder = folder(&[("a.csv", FREE)]);
    let base = ["solve", "--affinities", "a.csv", "--budget", "1", "--explain"];
    insta::assert_snapshot!("explain", done(folder.path(), &base));
    let json: Value =
        serde_json::from_str(&done(folder.path(), &[&base[..], &["--json"]].concat())).unwrap();
    let (_, value) = solve(folder.path(), &["--budget", "1"]);
    assert_eq!(json["taxonomy"]["graph"]["metadata"]["value"].as_f64(), Some(value));
    for reason in json["explanation"]["sources"].as_array().unwrap() {
        if reason["loss"].is_null() {
            continue;
        }
        let without = ["--budget", "1", "--forbid", reason["source"].as_str().unwrap()];
        let (_, less) = solve(folder.path(), &without);
        assert_eq!(reason["loss"].as_f64(), Some(value - less));
    }
    let (_, more) = solve(folder.path(), &["--budget", "2"]);
    assert_eq!(json["explanation"]["one_more"]["gain"].as_f64(), Some(more - value));
    let (code, _, said) = run(folder.path(), &[&base[..], &["--order", "1..2"]].concat());
    assert_eq!(code, 2, "{said}");
}
