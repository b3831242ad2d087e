//! `import-official` on small files like the published ones, and `solve` on what it writes.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{done, failures, folder, run};

/// A clone with the sets base and 16k.
fn clone() -> String {
    format!("{}/crates/core/tests/fixtures/official", env!("CARGO_MANIFEST_DIR"))
}

/// A folder that holds the three files of the set 1k, and what was done to one of them.
fn one_set(change: impl Fn(&mut Vec<u8>)) -> tempfile::TempDir {
    let made = folder(&[]);
    for (name, place) in [
        ("all_affinities", "affinities"),
        ("wins_vs_pixels", "winrates"),
        ("wins_vs_task", "winrates"),
    ] {
        let mut bytes =
            std::fs::read(format!("{}/results/{place}/{name}_16k.pkl", clone())).unwrap();
        if name == "all_affinities" {
            change(&mut bytes);
        }
        std::fs::write(made.path().join(name).with_extension("pkl"), bytes).unwrap();
    }
    made
}

/// The published pickles, which are not part of this repository.
fn published() -> Option<PathBuf> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    above.map(|a| a.join("shared/data/official")).find(|folder| folder.exists())
}

#[test]
fn a_set_is_a_table_and_what_is_wrong_with_it_a_warning() {
    let (clone, folder) = (clone(), folder(&[]));
    let (code, printed, said) = run(folder.path(), &["import-official", &clone, "--set", "16k"]);
    assert_eq!(code, 0, "{said}");
    insta::assert_snapshot!(format!("{said}\n{printed}"));

    let args = ["import-official", &clone, "--set", "16k", "--out", "a/b.csv"];
    assert_eq!(run(folder.path(), &args), (0, "a/b.csv\n".to_owned(), said));
    assert_eq!(std::fs::read_to_string(folder.path().join("a/b.csv")).unwrap(), printed);

    // Ids of ours and of the authors name the same task.
    let solve = |task| {
        done(
            folder.path(),
            &["solve", "--affinities", "a/b.csv", "--budget", "2", "--require", task],
        )
    };
    assert_eq!(solve("segmentsemantic_rb"), solve("semantic_segmentation"));
}

#[test]
fn json_sums_up_and_holds_the_rows_where_no_file_does() {
    let (clone, folder) = (clone(), folder(&[]));
    let json = |rest: &[&str]| -> Value {
        let args = [&["import-official", &clone, "--json", "--set", "base"], rest].concat();
        serde_json::from_str(&done(folder.path(), &args)).unwrap()
    };
    let printed = json(&[]);
    assert_eq!(printed["edges"], 27);
    assert_eq!(printed["edges_by_order"], serde_json::json!({"1": 18, "2": 6, "3": 3}));
    assert_eq!(printed["test_images"]["normals"], 2163);
    assert_eq!(printed["rows"].as_array().unwrap().len(), 27);
    assert_eq!(printed["warnings"][0]["defect"], "always_wins");
    assert_eq!(printed["warnings"][0]["edges"].as_array().unwrap().len(), 3);
    let written = json(&["-o", "a.csv"]);
    assert_eq!((&written["affinities"], &written["rows"]), (&"a.csv".into(), &Value::Null));
    assert!(folder.path().join("a.csv").is_file());
}

#[test]
fn a_folder_of_one_set_needs_no_choice_and_win_rates_may_be_missing() {
    let set = one_set(|_| ());
    let table = done(set.path(), &["import-official", "."]);
    assert_eq!(table.lines().count(), 26);
    std::fs::remove_file(set.path().join("wins_vs_task.pkl")).unwrap();
    let (code, table, said) = run(set.path(), &["import-official", "."]);
    assert_eq!(code, 0);
    assert!(
        said.contains("warning: .: there is no wins_vs_task.pkl: its column stays empty"),
        "{said}"
    );
    assert!(table.lines().skip(1).all(|line| line.ends_with(',')), "{table}");
}

#[test]
fn files_that_cannot_be_are_refused_by_name_and_byte() {
    let clone = clone();
    let elsewhere = folder(&[("a/file", "")]);
    let choices = failures(
        elsewhere.path(),
        &[
            &["import-official", "a"],
            &["import-official", "missing"],
            &["import-official", "a/file"],
            &["import-official", "a", "--set", "2k"],
        ],
    );
    let several = failures(
        elsewhere.path(),
        &[&["import-official", &clone], &["import-official", &clone, "--set", "1k"]],
    );
    let broken = |change: &dyn Fn(&mut Vec<u8>)| {
        failures(one_set(change).path(), &[&["import-official", "."]])
    };
    let replace = |bytes: &mut Vec<u8>, from: &[u8], to: &[u8]| {
        let at = bytes.windows(from.len()).position(|window| window == from).unwrap();
        bytes.splice(at..at + from.len(), to.iter().copied());
    };
    let all = [
        choices,
        several.replace(&clone, "CLONE"),
        broken(&|bytes| replace(bytes, b"numpy.core.multiarray\nscalar", b"os\nsystem")),
        broken(&|bytes| bytes.truncate(700)),
        broken(&|bytes| *bytes = b"version https://git-lfs.github.com/spec/v1\n".to_vec()),
        broken(&|bytes| replace(bytes, b"self__fix_pose", b"self__fix-pose")),
    ];
    insta::assert_snapshot!(all.concat());
}

#[test]
fn the_published_set_gives_the_same_policies_as_its_conversion() {
    let Some(official) = published() else {
        println!("skipped: there is no shared/data/official with the published files around here");
        return;
    };
    let folder = folder(&[]);
    let official = official.to_str().unwrap();
    let (code, _, said) =
        run(folder.path(), &["import-official", official, "--out", "1k.csv", "--set", "1k"]);
    assert_eq!(code, 0);
    assert_eq!(said.matches("warning: ").count(), 4, "{said}");
    assert!(
        said.contains("set 1k: 1418 edges into 22 targets, 17356 test images, 4 warnings"),
        "{said}"
    );
    let converted = format!("{official}/transfers_1k.csv");
    for budget in ["3", "8"] {
        let value = |file: &str| {
            let args =
                ["solve", "--affinities", file, "--budget", budget, "--order", "2", "--json"];
            let json: Value = serde_json::from_str(&done(folder.path(), &args)).unwrap();
            json["graph"]["metadata"].clone()
        };
        let (ours, theirs) = (value("1k.csv"), value(&converted));
        assert_eq!(ours["value"], theirs["value"], "{ours}");
        assert!(ours["value"].as_f64().is_some_and(|value| value > 1.0), "{ours}");
    }
}

#[test]
fn official_ids_serve_as_they_stand() {
    let table = "target,order,sources,affinity\nrgb2sfnorm,1,self,0.5\nrgb2sfnorm,1,rgb2sfnorm,0.9\n\
                 rgb2sfnorm,1,random,0.1\nrgb2sfnorm,1,pixels,\nrgb2mist,1,rgb2sfnorm,0.6\n\
                 rgb2mist,2,rgb2sfnorm+random,0.3\nrgb2mist,2,random+rgb2sfnorm,0.7\n";
    let folder = folder(&[("a.csv", table)]);
    let solve =
        |rest: &[&str]| run(folder.path(), &[&["solve", "--affinities", "a.csv"], rest].concat());
    // Bought normals serve both; random costs nothing, the own readout is no edge.
    let (code, policy, said) = solve(&["--budget", "1", "--format", "csv"]);
    assert_eq!(code, 0, "{said}");
    insta::assert_snapshot!(format!("{said}\n{policy}"));
    assert_eq!(solve(&["--budget", "1", "--format", "csv", "--require", "normals"]).1, policy);
    let (code, ..) = solve(&["--budget", "0"]);
    assert_eq!(code, 1, "nothing reaches rgb2mist without rgb2sfnorm");
    let (_, dear, _) = solve(&["--budget", "1", "--cost", "random=1", "--format", "csv"]);
    assert!(!dear.contains("random"), "{dear}");
    let (_, _, said) = solve(&["-v"]);
    for detail in [
        "columns that are not read: `order`",
        "affinities other than 1: rgb2mist 1.300, rgb2sfnorm 1.500",
    ] {
        assert!(said.contains(detail), "{said}");
    }
}
