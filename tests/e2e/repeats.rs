//! Trainings repeated with other seeds.

use std::collections::BTreeSet;
use std::fs;

use taskonomy_core::AffinityTable;

use crate::place::{Ended, Place, Reference};
use crate::tree::{differing, tree};

/// The reference run, copied, with everything trained once more.
fn trained_twice(place: &Place) -> Ended {
    for (name, bytes) in tree(&Reference::get().run()) {
        let file = place.run.path(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }
    place.call("run", &["--jobs", "2", "--set", "repeats=2"])
}

#[test]
fn a_finished_run_is_trained_again_with_the_next_seed() {
    let place = Place::new();
    let ended = trained_twice(&place);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stdout.contains("bought alike"), "{ended:?}");
    let read =
        |file: &str| AffinityTable::read(fs::File::open(place.run.path(file)).unwrap()).unwrap();
    let mean = read("stage3/affinities.csv");
    let before = Reference::get().run().join("stage3/affinities.csv");
    let before = AffinityTable::read(fs::File::open(before).unwrap()).unwrap();
    let [first, second] = [1, 2].map(|n| read(&format!("stage3/repeats/{n}.csv")));
    assert_eq!(first.edges, before.edges, "the first repetition is the run itself");
    assert_ne!(first.edges, second.edges);
    // The same transfers, and their mean.
    for ((mean, first), second) in mean.edges.iter().zip(&first.edges).zip(&second.edges) {
        assert_eq!([&mean.contender, &second.contender], [&first.contender; 2]);
        let expected = f64::midpoint(first.affinity, second.affinity);
        assert!((mean.affinity - expected).abs() < 1e-12, "{} {expected}", mean.affinity);
        let gain = f64::midpoint(first.gain.unwrap(), second.gain.unwrap());
        assert!((mean.gain.unwrap() - gain).abs() < 1e-12);
    }
    let spread = fs::read_to_string(place.run.path("stage3/spread.csv")).unwrap();
    assert_eq!(spread.lines().count(), 1 + mean.edges.len());
    let agreement = fs::read_to_string(place.run.path("stage4/repeats.csv")).unwrap();
    assert!(agreement.starts_with("budget,bought_alike,read_alike,kept,kept_least\n"));

    // The repetition is a run of its own, with the next seed, and keeps no weights of transfers.
    let config = fs::read_to_string(place.run.repeat(2).path("config.toml")).unwrap();
    assert!(config.contains("seed = 4\n"), "{config}");
    let files: BTreeSet<_> = tree(place.run.repeat(2).root()).into_keys().collect();
    assert!(files.contains("stage1/normals/weights.safetensors"));
    let is_transfer = |name: &&String| name.starts_with("stage2/transfers/");
    assert!(files.iter().filter(is_transfer).all(|name| !name.ends_with("weights.safetensors")));

    // Nothing is left to do, and the same bytes come out.
    let bytes = tree(place.run.root());
    let again = place.call("run", &["--jobs", "1", "--set", "repeats=2"]);
    assert_eq!(again.code, Some(0), "{again:?}");
    assert_eq!(differing(&bytes, &tree(place.run.root())), [""; 0]);
    assert_eq!(place.state(), "done");
}
