//! Drivers that are asked to stop, killed, or not alone.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use taskonomy_run::{DriverEvent, Entry, Event, JobKind};

use crate::place::{Place, started};
use crate::tree::{assert_like_reference, assert_nothing_half_done, tree};

/// A network has an epoch behind it, so that others still run or wait.
fn in_stage_1(entry: &Entry) -> Option<()> {
    matches!(entry, Entry::Worker(Event::Epoch { job: JobKind::Network { .. }, .. })).then_some(())
}

/// The first transfer is done, and dozens are not.
fn in_stage_2(entry: &Entry) -> Option<()> {
    matches!(entry, Entry::Worker(Event::Done { job: JobKind::Transfer { .. }, .. })).then_some(())
}

/// Process ids of the workers of a run: they have its path among their arguments.
fn workers_of(run: &Path) -> Vec<u32> {
    let run = run.to_str().unwrap();
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid: &u32| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line);
        let mut words = line.split('\0');
        words.next().is_some_and(|program| program.ends_with("taskonomy-worker"))
            && words.any(|word| word == run)
    })
    .collect()
}

/// Every worker notices within five seconds that its driver is gone.
fn assert_workers_leave(run: &Path) {
    let deadline = Instant::now() + Duration::from_secs(5);
    while !workers_of(run).is_empty() {
        assert!(Instant::now() < deadline, "workers still live: {:?}", workers_of(run));
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_run_that_is_asked_to_stop_goes_on_where_it_was() {
    let place = Place::new();
    for (point, signal) in
        [(in_stage_1 as fn(&Entry) -> _, Signal::TERM), (in_stage_2, Signal::INT)]
    {
        let mut running = place.start();
        running.wait_for(point);
        assert!(!workers_of(place.run.root()).is_empty());
        running.signal(signal);
        let ended = running.end();
        assert_eq!(ended.code, Some(75), "{ended:?}");
        assert!(ended.stderr.contains("error: interrupted with "), "{ended:?}");
        assert!(ended.stderr.ends_with("hint: the same command goes on where it was\n"));
        assert_eq!(workers_of(place.run.root()), [0; 0]);
        assert_eq!(place.state(), "interrupted");
        assert_nothing_half_done(place.run.root());
    }
    let ended = place.finish();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_like_reference(place.run.root());
}

#[test]
fn a_killed_run_takes_its_workers_along_and_goes_on_where_it_was() {
    let place = Place::new();
    for point in [in_stage_1 as fn(&Entry) -> _, in_stage_2] {
        let mut running = place.start();
        running.wait_for(point);
        assert!(!workers_of(place.run.root()).is_empty());
        running.signal(Signal::KILL);
        assert_eq!(running.end().code, None);
        assert_workers_leave(place.run.root());
        assert_eq!(place.state(), "killed");
    }
    let ended = place.finish();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_like_reference(place.run.root());
}

#[test]
fn a_run_survives_being_killed_wherever_it_is() {
    let place = Place::new();
    // Each time a little later, without waiting for the workers of the one before.
    for events in [1, 3, 6, 10, 15] {
        let mut running = place.start();
        for _ in 0..events {
            if running.next(|_| Some(())).is_none() {
                break;
            }
        }
        running.signal(Signal::KILL);
        running.end();
    }
    let ended = place.finish();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_like_reference(place.run.root());
}

#[test]
fn a_second_driver_leaves_the_run_to_the_first() {
    let place = Place::new();
    let mut running = place.start();
    running.wait_for(started);
    assert_eq!(place.state(), "running");
    for command in ["run", "stage1", "stage4"] {
        let second = place.call(command, &[]);
        assert_eq!(second.code, Some(1), "{command}: {second:?}");
        let holder = format!("the run is being driven by process {}", running.pid());
        assert!(second.stderr.contains(&holder), "{command}: {second:?}");
    }
    let first = running.end();
    assert_eq!(first.code, Some(0), "{first:?}");
    let begun = |e: &Entry| matches!(e, Entry::Driver(DriverEvent::Begun { .. }));
    // Once for the training, once for the pictures of the best transfers.
    assert_eq!(place.entries().iter().filter(|e| begun(e)).count(), 2);
    assert_like_reference(place.run.root());
    assert!(tree(place.run.root()).contains_key("stage4/taxonomy.json"));
}
