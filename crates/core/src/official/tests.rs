use std::path::{Path, PathBuf};

use super::*;
use crate::{Contender, Dictionary, Edge, TaskId};

const FIXTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/official");

fn scores(file: impl AsRef<Path>) -> OfficialScores {
    OfficialScores::read(&std::fs::read(file).unwrap(), &Dictionary::builtin()).unwrap()
}

/// A set of the fixture: affinities, wins against pixels, wins against the task.
fn fixture(suffix: &str) -> [OfficialScores; 3] {
    ["affinities/all_affinities", "winrates/wins_vs_pixels", "winrates/wins_vs_task"]
        .map(|name| scores(format!("{FIXTURE}/results/{name}{suffix}.pkl")))
}

fn join([affinities, gain, quality]: &[OfficialScores; 3]) -> Published {
    Published::join(affinities, Some(gain), Some(quality))
}

/// The rows of a converted set that have an affinity, with our ids, sorted as a table is.
fn converted(file: PathBuf) -> Vec<Edge> {
    let tasks = Dictionary::builtin();
    let ours = |id: &str| ids::ours(id.parse().unwrap(), &tasks);
    let mut rows: Vec<Edge> = csv::Reader::from_path(file)
        .unwrap()
        .records()
        .map(Result::unwrap)
        .filter(|row| !row[3].is_empty())
        .map(|row| Edge {
            target: ours(&row[0]),
            contender: match &row[2] {
                "self" => Contender::Full,
                sources => {
                    Contender::Transfer(crate::Sources::new(sources.split('+').map(ours)).unwrap())
                }
            },
            affinity: row[3].parse().unwrap(),
            gain: row[4].parse().ok(),
            quality: row[5].parse().ok(),
        })
        .collect();
    rows.sort_by(|a, b| (&a.target, &a.contender).cmp(&(&b.target, &b.contender)));
    rows
}

fn said(published: &Published) -> Vec<String> {
    published.defects.iter().map(ToString::to_string).collect()
}

#[test]
fn the_fixture_is_read_as_its_script_wrote_it() {
    for (suffix, name, edges) in [("", "base", 27), ("_16k", "16k", 25)] {
        let published = join(&fixture(suffix));
        assert_eq!(
            published.table.edges,
            converted(format!("{FIXTURE}/{name}.csv").into()),
            "{name}"
        );
        assert_eq!(published.table.edges.len(), edges);
    }
    let images = join(&fixture("")).images;
    assert_eq!(images[&TaskId::new("normals").unwrap()], 2163);
}

#[test]
fn every_planted_defect_is_found_and_nothing_else() {
    let said = |suffix| said(&join(&fixture(suffix))).join("\n");
    insta::assert_snapshot!("defects", format!("base:\n{}\n16k:\n{}", said(""), said("_16k")));
}

#[test]
fn every_broken_invariant_is_said() {
    let sound = fixture("");
    let changed = |file: usize, edge: &str, value: f64| {
        let mut set = sound.clone();
        let key = set[file].of.keys().find(|k| format!("{}->{}", k.written, k.target) == edge);
        let key = key.unwrap().clone();
        set[file].of.insert(key, value);
        let defects = said(&join(&set));
        let usual = said(&join(&sound));
        let new: Vec<_> = defects.into_iter().filter(|text| !usual.contains(text)).collect();
        new.join("\n")
    };
    assert!(
        changed(0, "self->normals", 0.9).starts_with("target `normals`: the affinities sum to 1.")
    );
    assert_eq!(
        changed(2, "self->normals", 1081.0 / 2163.0),
        format!(
            "target `normals`: `self` wins against itself on {} of the images and not on half of them",
            1081.0 / 2163.0
        )
    );
    assert!(changed(1, "pixels->normals", 0.0).contains("`pixels` wins against itself on 0 "));
    assert!(changed(1, "jigsaw->normals", 0.5_f64.sqrt()).contains(
        "target `normals`: 1 edge has a win rate that is no count of at most 20000 images (jigsaw)"
    ));
}

#[test]
fn two_orders_of_the_same_sources_are_one_edge_and_unknown_tasks_are_kept() {
    let [mut affinities, ..] = fixture("");
    let key = affinities.of.keys().find(|k| k.written == "jigsaw+edges_texture").unwrap().clone();
    let (written, contender) = ("edges_texture+jigsaw".to_owned(), key.contender.clone());
    let turned = scores::Key { contender, written, ..key.clone() };
    affinities.of.insert(turned, 1.0);
    affinities.unknown.insert("gaze".parse().unwrap(), 2);
    let published = Published::join(&affinities, None, None);
    let edge = published.table.edges.iter().find(|e| e.contender == key.contender).unwrap();
    assert_eq!((edge.affinity, edge.gain), (1.0, None));
    let said = said(&published).join("\n");
    assert!(
        said.contains("edges_texture+jigsaw and jigsaw+edges_texture are the same set"),
        "{said}"
    );
    assert!(said.contains("`gaze` is no published task (it is named 2 times)"), "{said}");
    assert_eq!(published.table.edges.len(), 27);
}

#[test]
fn keys_and_numbers_that_cannot_be_are_refused_by_their_key() {
    // The first entry of the fixture, self__class_selected, is a text of 20 bytes.
    let file = format!("{FIXTURE}/results/affinities/all_affinities.pkl");
    let good = std::fs::read(file).unwrap();
    let with = |from: &[u8], to: &[u8]| {
        let at = good.windows(from.len()).position(|w| w == from).unwrap();
        let bad = [&good[..at], to, &good[at + from.len()..]].concat();
        OfficialScores::read(&bad, &Dictionary::builtin()).unwrap_err().to_string()
    };
    assert_eq!(
        with(b"self__class_selected", b"self__class selected"),
        "key `self__class selected`: it must be SOURCE__TARGET or SOURCE__SOURCE__TARGET and so on \
         (`class selected` is no task id: an id begins with a-z and goes on with a-z, 0-9 or _ \
         (like `depth_zbuffer`))"
    );
    assert_eq!(
        with(b"random__edge2d", b"jigsaw__edge2d"),
        "key `jigsaw__edge2d`: the file has it already"
    );
    let first: f64 = 0.04 / 6.0;
    for wrong in [f64::NAN, -0.5, 1.5, f64::INFINITY] {
        let error = with(&first.to_le_bytes(), &wrong.to_le_bytes());
        assert_eq!(
            error,
            format!("key `self__class_selected`: {wrong} is no number between 0 and 1")
        );
    }
    let empty = OfficialScores::read(b"\x80\x03}q\x00.", &Dictionary::builtin());
    assert_eq!(empty.unwrap_err().to_string(), "the file has no entries");
}

/// The published files, which are not part of this repository.
fn published() -> Option<PathBuf> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let folder = above.map(|a| a.join("shared/data/official")).find(|folder| folder.exists());
    if folder.is_none() {
        println!("skipped: there is no shared/data/official with the published files around here");
    }
    folder
}

#[test]
fn the_1k_set_is_read_row_for_row_with_its_known_defects() {
    let Some(folder) = published() else { return };
    let set = ["all_affinities_1k", "wins_vs_pixels_1k", "wins_vs_task_1k"]
        .map(|name| scores(folder.join(name).with_extension("pkl")));
    let published = join(&set);
    assert_eq!(published.table.edges.len(), 1418);
    assert_eq!(published.table.edges, converted(folder.join("transfers_1k.csv")));
    assert_eq!(published.table.targets().len(), 22);
    assert_eq!(published.images[&TaskId::new("egomotion").unwrap()], 16_191);
    let extra = |target: &str, order, found, usual| {
        let target = TaskId::new(target).unwrap();
        OfficialDefect::ExtraEdges { target, order, found, usual }
    };
    assert_eq!(
        published.defects,
        [
            extra("pose_nonfixated", 3, 16, 10),
            extra("pose_nonfixated", 4, 25, 15),
            extra("semantic_segmentation", 3, 16, 10),
            extra("semantic_segmentation", 4, 25, 15),
        ]
    );
}

/// Of this set only a conversion is at hand.
#[test]
fn the_base_set_has_22_edges_that_win_always() {
    let Some(folder) = published() else { return };
    let tasks = Dictionary::builtin();
    let mut set: [OfficialScores; 3] = Default::default();
    for row in csv::Reader::from_path(folder.join("transfers_base.csv")).unwrap().records() {
        let row = row.unwrap();
        let key = format!("{}__{}", row[2].replace('+', "__"), &row[0]);
        for (scores, cell) in set.iter_mut().zip(row.iter().skip(3)) {
            if let Ok(value) = cell.parse() {
                let key = scores.key(&key, &tasks).unwrap();
                scores.of.insert(key, value);
            }
        }
    }
    let published = join(&set);
    assert_eq!((published.table.edges.len(), set[1].len()), (814, 836));
    assert!(published.images.values().all(|&images| images == 2163), "{:?}", published.images);
    let always: Vec<_> = published
        .defects
        .iter()
        .map(|defect| match defect {
            OfficialDefect::AlwaysWins { target, edges, affinity } => {
                (target.as_str(), edges.len(), (affinity * 100.0).round())
            }
            other => panic!("{other}"),
        })
        .collect();
    assert_eq!(
        always,
        [("egomotion", 2, 98.0), ("object_class_100", 10, 100.0), ("pose_nonfixated", 10, 100.0)]
    );
}
