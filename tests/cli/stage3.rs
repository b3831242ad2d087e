//! `stage3 --losses`: tournaments on loss tables of anyone.

use std::fmt::Write;

use serde_json::Value;

use crate::{done, failures, files, folder, run};

/// A table of 40 samples: `self` best, `near` mostly better than `far`, `pixels` last.
fn table(contenders: &[&str]) -> String {
    let mut text = format!("image,{}\n", contenders.join(","));
    for k in 0..40 {
        let losses: Vec<_> = contenders
            .iter()
            .enumerate()
            .map(|(c, _)| format!("{}", c as f64 + f64::from(k * (7 + 6 * c as i32) % 41) / 20.0))
            .collect();
        writeln!(text, "img{k},{}", losses.join(",")).unwrap();
    }
    text
}

fn normals() -> String {
    table(&["self", "depth_zbuffer", "edges_texture", "depth_zbuffer+edges_texture", "pixels"])
}

#[test]
fn affinities_go_to_stdout_and_everything_into_a_folder() {
    // Every target has samples of its own.
    let depth = table(&["self", "normals", "random"]).replace("img", "other");
    let folder = folder(&[
        ("losses/normals.csv", &normals()),
        ("losses/depth_zbuffer.csv", &depth),
        ("losses/README.txt", "not a table"),
    ]);
    let printed = done(folder.path(), &["stage3", "--losses", "losses"]);
    assert!(printed.starts_with("target,sources,affinity,win_vs_scratch,win_vs_full\n"));
    let sums = ["depth_zbuffer,", "normals,"].map(|target| {
        let rows = printed.lines().filter(|line| line.starts_with(target));
        rows.map(|row| row.split(',').nth(2).unwrap().parse::<f64>().unwrap()).sum::<f64>()
    });
    assert!(sums.iter().all(|sum| (sum - 1.0).abs() < 1e-9), "{printed}");

    assert_eq!(done(folder.path(), &["stage3", "--losses", "losses", "--out", "o/p"]), printed);
    let written = files(&folder.path().join("o/p"));
    let names: Vec<_> = written.keys().map(String::as_str).collect();
    let expected = [
        "affinities.csv",
        "affinity_matrix.csv",
        "win_rates/depth_zbuffer.csv",
        "win_rates/normals.csv",
    ];
    assert_eq!(names, expected);
    assert_eq!(written["affinities.csv"], printed.as_bytes());

    // The door to stage 4.
    let solve = ["solve", "--affinities", "o/p/affinities.csv", "--budget", "1"];
    insta::assert_snapshot!(done(folder.path(), &solve));
}

#[test]
fn json_holds_the_edges_and_how_the_iteration_went() {
    let folder = folder(&[("l/normals.csv", &normals())]);
    let json = done(folder.path(), &["stage3", "--losses", "l", "--json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    let normals = &json[0];
    assert_eq!(normals["target"], "normals");
    let edges = normals["edges"].as_array().unwrap();
    let best = edges
        .iter()
        .max_by(|a, b| a["affinity"].as_f64().unwrap().total_cmp(&b["affinity"].as_f64().unwrap()));
    assert_eq!(best.unwrap()["sources"], "self");
    assert_eq!(edges.len(), 4, "scratch is none");
    assert!(normals["residual"].as_f64().unwrap() < 1e-6);
}

#[test]
fn what_looks_wrong_is_a_warning() {
    let good = normals();
    let mut lines: Vec<_> = good.lines().map(str::to_owned).collect();
    for line in &mut lines[1..4] {
        let mut cells: Vec<_> = line.split(',').collect();
        cells[2] = "";
        *line = cells.join(",");
    }
    let header = "image,self,normals,random\n";
    let rows = |row: &str| (0..9).map(|k| format!("i{k},{row}\n")).collect::<Vec<_>>().concat();
    let folder = folder(&[
        ("l/normals.csv", &lines.join("\n")),
        ("l/depth_zbuffer.csv", &format!("{header}{}", rows("0.1,0.5,0.7"))),
        ("l/reshading.csv", &format!("{header}{}", rows("0.5,0.5,0.5"))),
    ]);
    let (code, stdout, stderr) = run(folder.path(), &["stage3", "--losses", "l"]);
    assert_eq!((code, stdout.lines().count()), (0, 1 + 3 + 4 + 3));
    insta::assert_snapshot!(stderr);
    let (_, again, quiet) = run(folder.path(), &["stage3", "--losses", "l", "-q"]);
    assert_eq!((again, quiet), (stdout, stderr), "warnings are for the quiet, too");
}

#[test]
fn broken_tables_are_answered_with_file_line_and_column() {
    let good = normals();
    let third = good.lines().nth(2).unwrap();
    let cell = third.split(',').nth(1).unwrap();
    let with = |new: &str| good.replace(third, &third.replacen(cell, new, 1));
    let tables = [
        ("text/normals.csv", with("bad")),
        ("nan/normals.csv", with("NaN")),
        ("inf/normals.csv", with("inf")),
        ("ragged/normals.csv", with("1,2")),
        ("short/normals.csv", format!("{good}img99,1\n")),
        ("twice/normals.csv", format!("{good}{third}\n")),
        ("image/normals.csv", good.replacen("image", "sample", 1)),
        ("only/normals.csv", "image\nimg0\n".to_owned()),
        ("column/normals.csv", good.replacen("edges_texture", "Edges", 1)),
        ("columns/normals.csv", good.replacen("edges_texture", "depth_zbuffer", 1)),
        ("set/normals.csv", good.replacen("edges_texture", "edges_texture+depth_zbuffer", 1)),
        ("rows/normals.csv", good.lines().next().unwrap().to_owned()),
        ("empty/normals.csv", String::new()),
        ("few/normals.csv", table(&["self", "pixels"])),
        ("common/normals.csv", "image,self,depth_zbuffer\na,1,\nb,,1\n".to_owned()),
        ("name/Surface Normals.csv", good.clone()),
        ("reserved/self.csv", good.clone()),
        ("none/normals.txt", good.clone()),
    ];
    let files: Vec<_> = tables.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let folder = folder(&files);
    let folders = tables.iter().map(|(name, _)| name.split('/').next().unwrap());
    let commands: Vec<_> = folders
        .chain(["missing", "few/normals.csv"])
        .map(|name| ["stage3", "--losses", name])
        .collect();
    let commands: Vec<_> = commands.iter().map(<[&str; 3]>::as_slice).collect();
    insta::assert_snapshot!(failures(folder.path(), &commands));
}

#[test]
fn options_of_runs_and_of_folders_do_not_mix() {
    let folder = folder(&[("l/normals.csv", &normals()), ("file", "")]);
    let commands = [
        &["stage3", "--losses", "l", "--run", "r"][..],
        &["stage3", "--out", "o"],
        &["stage3", "--losses", "l", "--out", "file/o"],
    ];
    insta::assert_snapshot!(failures(folder.path(), &commands));
}
