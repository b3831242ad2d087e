//! Runs that go on with other settings.

use std::sync::atomic::AtomicBool;

use taskonomy_plan::{Selection, Stages};
use taskonomy_run::{DriverEvent, Entry, Event, JobKind};

use crate::fixture::{Fixture, JOBS};

#[test]
fn other_settings_are_an_error_that_names_them_and_force_recomputes_what_depends_on_them() {
    let fixture = Fixture::new();
    fixture.execute(&[]).unwrap();
    let before = fixture.files();

    let error = fixture.execute(&["transfers.epochs=9"]).unwrap_err().to_string();
    assert!(error.starts_with("32 results are of another fingerprint: "), "{error}");
    assert!(error.contains("(changed: transfers.epochs)"), "{error}");
    let error = fixture.execute(&["networks.epochs=9"]).unwrap_err().to_string();
    assert!(error.contains("network colorization (changed: networks.epochs)"), "{error}");
    assert!(fixture.files() == before, "nothing was touched");

    let settings = ["transfers.epochs=9"];
    let mut plan = fixture.plan(&settings, Selection::default(), true);
    let line = plan.listing().into_iter().find(|line| line.job == "scratch normals#1").unwrap();
    assert_eq!(line.reason.to_string(), "differs: transfers.epochs, recomputed");
    let summary = fixture.try_execute(&mut plan, &AtomicBool::new(false), &mut |_| {}).unwrap();
    assert!(summary.is_complete());
    assert_eq!((summary.done, summary.skipped), (36, 9));
    let fresh = Fixture::new();
    fresh.execute(&settings).unwrap();
    assert!(fixture.files() == fresh.files());
}

#[test]
fn new_orders_and_tasks_are_no_difference() {
    let fixture = Fixture::new();
    fixture.execute(&[]).unwrap();
    let summary = fixture.execute(&["transfers.order=3", "tasks.cost.normals=7"]).unwrap();
    assert_eq!((summary.done, summary.skipped), (4, JOBS), "one set of three per target");
    let settings = ["tasks.source_only=['colorization', 'random', 'autoencoding']"];
    let summary = fixture.execute(&settings).unwrap();
    assert!(summary.is_complete() && summary.skipped >= JOBS - 4, "{summary:?}");
}

#[test]
fn pictures_of_the_best_transfer_are_made_anew_when_it_is_another() {
    let fixture = Fixture::new();
    fixture.execute(&[]).unwrap();
    for best in ["colorization", "random"] {
        let mut plan = fixture.plan(&[], Selection::default(), false);
        let best = [("normals".parse().unwrap(), best.parse().unwrap())].into();
        plan.add_examples(&best).unwrap();
        for done in [1, 0] {
            let summary =
                fixture.try_execute(&mut plan, &AtomicBool::new(false), &mut |_| {}).unwrap();
            assert_eq!((summary.done, summary.skipped), (done, JOBS + 1 - done));
        }
    }
}

#[test]
fn pictures_do_not_try_what_they_do_not_need() {
    let fixture = Fixture::new();
    fixture.behave(r#"{"fail": ["network normals"]}"#);
    let first = fixture.execute(&[]).unwrap();
    assert!(!first.is_complete());
    fixture.behave("{}");
    let selection = Selection { stages: Stages::Pictures, targets: None };
    let mut plan = fixture.plan(&[], selection, false);
    plan.add_examples(&[("normals".parse().unwrap(), "random".parse().unwrap())].into()).unwrap();
    let summary = fixture.try_execute(&mut plan, &AtomicBool::new(false), &mut |_| {}).unwrap();
    assert!(summary.is_complete() && summary.done == 1, "{summary:?}");
}

#[test]
fn what_is_done_again_is_there_until_it_is() {
    let fixture = Fixture::new();
    fixture.execute(&[]).unwrap();
    let before = fixture.files();
    let (target, sources) = ("normals".parse().unwrap(), "random".parse().unwrap());
    let kind = JobKind::Transfer { target, sources };
    fixture.run.job(&kind).remove("weights.safetensors").unwrap();
    let mut plan = fixture.plan(&[], Selection::default(), false);
    plan.again(&kind);
    let stopped = fixture.try_execute(&mut plan, &AtomicBool::new(true), &mut |_| {}).unwrap();
    assert!(stopped.interrupted && stopped.left == 1, "{stopped:?}");
    assert!(fixture.run.job(&kind).done().unwrap().is_some(), "nothing is lost");
    let summary = fixture.try_execute(&mut plan, &AtomicBool::new(false), &mut |_| {}).unwrap();
    assert_eq!((summary.done, summary.skipped), (1, JOBS - 1));
    assert!(fixture.files() == before);
}

#[test]
fn the_time_left_follows_from_what_was_done_in_one_go_and_as_it_is_asked_for() {
    let fixture = Fixture::new();
    fixture.execute(&[]).unwrap();
    let scratch = |replica| JobKind::Scratch { target: "normals".parse().unwrap(), replica };
    fixture.run.clear(&scratch(2)).unwrap();
    let left = |settings: &[&str]| {
        let plan = fixture.plan(settings, Selection::default(), true);
        plan.seconds_left(1).unwrap().unwrap()
    };
    let log = |entry| fixture.run.event_log().unwrap().append(&entry).unwrap();
    let done = || Entry::Worker(Event::Done { job: scratch(1), seconds: 1e9, spent: None });
    log(done());
    assert!(left(&[]) > 1e6, "as slow as the first of them");
    assert!(left(&["transfers.epochs=9"]) < 1e6, "that was of other settings");
    log(Entry::Driver(DriverEvent::Started { job: scratch(1), pid: 1 }));
    log(Entry::Worker(Event::Resumed { job: scratch(1), epoch: 2, step: 0 }));
    log(done());
    assert!(left(&[]) < 1e6, "the end of a training is not all of it");
}
