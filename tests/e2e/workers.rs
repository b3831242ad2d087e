//! Workers that are killed.

use rustix::process::Signal;
use taskonomy_run::{DriverEvent, Entry, JobKind};

use crate::place::{Place, kill, started};
use crate::tree::assert_like_reference;

/// The jobs whose workers died.
fn died(place: &Place) -> Vec<JobKind> {
    let entries = place.entries().into_iter();
    entries
        .filter_map(|entry| match entry {
            Entry::Driver(DriverEvent::Died { job, .. }) => job,
            _ => None,
        })
        .collect()
}

fn attempts(place: &Place, job: &JobKind) -> usize {
    place.entries().iter().filter_map(started).filter(|(kind, _)| kind == job).count()
}

#[test]
fn a_killed_worker_costs_one_attempt_at_one_job() {
    let place = Place::new();
    let mut running = place.start();
    let (job, pid) = running.wait_for(started);
    kill(pid, Signal::KILL);
    let ended = running.end();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(died(&place), std::slice::from_ref(&job));
    assert_eq!(attempts(&place, &job), 2);
    assert_like_reference(place.run.root());
}

#[test]
fn a_job_that_kills_its_workers_is_lost_and_the_others_are_not() {
    let place = Place::new();
    let job = JobKind::Network { task: "point_matching".parse().unwrap() };
    let mut running = place.start();
    while let Some(pid) =
        running.next(|entry| started(entry).filter(|(kind, _)| *kind == job).map(|(_, pid)| pid))
    {
        kill(pid, Signal::KILL);
    }
    let ended = running.end();
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert_eq!(died(&place), [job.clone(), job.clone()]);
    let line = format!("\n  {job}: the worker died 2 times, the last time: signal: 9 (SIGKILL)");
    assert!(ended.stderr.contains(&line), "{ended:?}");
    assert_eq!(place.state(), "incomplete");
    assert!(place.run.path("stage1/point_matching/failed.json").exists());

    // Nothing that needs the lost encoder was tried.
    for (folder, there) in [
        ("stage1/normals", true),
        ("stage1/vanishing_points", true),
        ("stage2/features/normals", true),
        ("stage2/features/point_matching", false),
        ("stage2/transfers/point_matching/normals", true),
        ("stage2/transfers/point_matching/pixels-3", true),
        ("stage2/transfers/normals/point_matching", false),
        ("stage2/transfers/normals/vanishing_points", true),
    ] {
        assert_eq!(place.run.path(folder).join("done.json").exists(), there, "{folder}");
    }

    let ended = place.finish();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_like_reference(place.run.root());
}
