//! Jobs that are stopped or killed in the middle of their training.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use taskonomy_run::{Entry, Event};

use crate::place::{Place, kill, started};
use crate::tree::{differing, tree};

const CHECKPOINT: &str = "stage1/normals/checkpoint.safetensors";

/// One network that is trained for a while.
fn one_network() -> Place {
    Place::with_other_settings(|text| {
        text.replace(r#""normals", "point_matching", "vanishing_points""#, r#""normals""#)
            .replacen("epochs = 2", "epochs = 40", 1)
            .replace("order = 2", "order = 1")
    })
}

/// The third epoch from here is behind it: in the middle, whatever the machine does meanwhile.
fn later(entry: &Entry) -> Option<usize> {
    match entry {
        Entry::Worker(Event::Epoch { epoch, .. }) if epoch % 3 == 0 => Some(*epoch),
        _ => None,
    }
}

fn resumed(entry: &Entry) -> Option<(usize, usize)> {
    match entry {
        Entry::Worker(Event::Resumed { epoch, step, .. }) => Some((*epoch, *step)),
        _ => None,
    }
}

#[test]
fn a_training_goes_on_where_it_was_stopped_or_killed() {
    let undisturbed = one_network();
    let whole = undisturbed.call("stage1", &["--jobs", "1"]);
    assert_eq!(whole.code, Some(0), "{whole:?}");
    assert!(undisturbed.entries().iter().all(|entry| resumed(entry).is_none()));

    let place = one_network();
    let checkpoint = place.run.path(CHECKPOINT);
    // Asked to stop: the state is kept though the interval is far from over.
    let mut running = place.start_command("stage1", &["--jobs", "1"]);
    let epoch = running.wait_for(later);
    assert!(!checkpoint.exists());
    let begun = Instant::now();
    running.signal(Signal::TERM);
    let ended = running.end();
    assert_eq!(ended.code, Some(75), "{ended:?}");
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert!(checkpoint.exists());

    // The driver killed: its worker keeps the state and leaves.
    let mut running = place.start_command("stage1", &["--jobs", "1"]);
    let from = running.wait_for(resumed);
    assert!(from.0 > epoch, "{from:?} after epoch {epoch}");
    let epoch = running.wait_for(later);
    let before = checkpoint.metadata().unwrap().modified().unwrap();
    running.signal(Signal::KILL);
    running.end();
    while checkpoint.metadata().unwrap().modified().unwrap() == before {
        assert!(begun.elapsed() < Duration::from_mins(1), "no checkpoint");
        std::thread::sleep(Duration::from_millis(10));
    }

    // The worker killed: the second attempt goes on from its last checkpoint.
    let mut running = place.start_command("stage1", &["--jobs", "1", "--checkpoint-every", "0"]);
    let (_, worker) = running.wait_for(started);
    let from = running.wait_for(resumed);
    assert!(from.0 > epoch, "{from:?} after epoch {epoch}");
    let epoch = running.wait_for(later);
    kill(worker, Signal::KILL);
    let from = running.wait_for(resumed);
    assert!(from.0 >= epoch, "{from:?} after epoch {epoch}");
    let ended = running.end();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let (expected, found) = (tree(undisturbed.run.root()), tree(place.run.root()));
    assert_eq!(differing(&expected, &found), [""; 0]);
}
