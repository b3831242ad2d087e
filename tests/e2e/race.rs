//! Transfers that race: who goes on comes to the bytes of a run without a race.

use std::fs;

use rustix::process::Signal;
use taskonomy_core::{AffinityTable, Contender, TaskId};
use taskonomy_run::{Entry, Event, JobKind};

use crate::place::{Place, Reference};
use crate::tree::{differing, tree};

/// The reference's two epochs make one round, after the first.
const RACE: [&str; 4] = ["--jobs", "2", "--set", "transfers.allocation=racing"];

/// The reference's networks and features, with nothing trained on them yet.
fn before_the_race() -> Place {
    let place = Place::new();
    let is_before = |name: &str| name.starts_with("stage1/") || name.starts_with("stage2/features");
    for (name, bytes) in tree(&Reference::get().run()) {
        if is_before(&name) || name == "config.toml" {
            let file = place.run.path(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, bytes).unwrap();
        }
    }
    place
}

#[test]
fn who_goes_on_comes_to_the_bytes_of_a_run_without_a_race() {
    let place = before_the_race();
    let ended = place.call("run", &RACE);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let (reference, found) = (tree(&Reference::get().run()), tree(place.run.root()));
    let is_transfer = |name: &&String| name.starts_with("stage2/transfers/");
    for name in found.keys().filter(is_transfer) {
        assert!(reference.get(name) == found.get(name), "{name} has other bytes");
    }
    // The two candidates that the pair is made of, the pair, scratch and the small network go on.
    let whole =
        |name: &str| found.contains_key(&format!("stage2/transfers/normals/{name}/done.json"));
    let goes_on = ["point_matching", "vanishing_points", "point_matching+vanishing_points"];
    assert!(goes_on.into_iter().chain(["pixels-3", "self-small"]).all(whole));
    assert!(!whole("normals") && !whole("random"));
    assert!(found.contains_key("stage2/rounds/1/transfers/normals/random/losses.safetensors"));
    let states = found.keys().filter(|name| name.ends_with("checkpoint.safetensors"));
    assert_eq!(states.collect::<Vec<_>>(), [""; 0], "nothing goes on from them any more");

    // All have affinities; against the network only those that came to the end were judged.
    let read = |name: &str| found[name].as_slice();
    let table = AffinityTable::read(read("stage3/affinities.csv")).unwrap();
    let full = AffinityTable::read(&reference["stage3/affinities.csv"][..]).unwrap();
    let contenders = |table: &AffinityTable| {
        let edges = table.edges.iter();
        edges.map(|edge| (edge.target.clone(), edge.contender.clone())).collect::<Vec<_>>()
    };
    assert_eq!(contenders(&table), contenders(&full));
    for edge in &table.edges {
        let is_stopped = match &edge.contender {
            Contender::Transfer(sources) => {
                sources.contains(&edge.target) || sources.iter().all(TaskId::is_random)
            }
            _ => false,
        };
        assert!(edge.gain.is_some() && edge.quality.is_none() == is_stopped, "{edge:?}");
    }
    let losses = String::from_utf8(found["stage2/losses/normals.csv"].clone()).unwrap();
    assert!(losses.starts_with(
        "image,self,point_matching,vanishing_points,point_matching+vanishing_points,pixels#1,"
    ));
    let losses = String::from_utf8(found["stage2/rounds/1/losses/normals.csv"].clone()).unwrap();
    assert!(losses.starts_with("image,normals,point_matching,random,vanishing_points,point_"));

    // Killed in the midst of legs, asked to stop in the midst of what follows.
    let disturbed = before_the_race();
    for (kind, signal) in [("leg", Signal::KILL), ("transfer", Signal::TERM)] {
        let mut running = disturbed.start_command("run", &RACE);
        running.wait_for(|entry| match entry {
            Entry::Worker(Event::Done { job, .. }) => {
                (job.name() == kind && job.training().name() == "transfer").then_some(())
            }
            _ => None,
        });
        running.signal(signal);
        running.end();
    }
    let is_leg = |entry: &Entry| {
        matches!(entry, Entry::Worker(Event::Done { job: JobKind::Leg { .. }, .. }))
    };
    assert!(disturbed.entries().iter().any(is_leg));
    let ended = disturbed.call("run", &RACE);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(differing(&found, &tree(disturbed.run.root())), [""; 0]);
    assert_eq!(disturbed.state(), "done");
}
