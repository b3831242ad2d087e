//! Runs with workers that fail, die or lie, and drivers that are stopped or killed.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use taskonomy_plan::{PlanError, Selection, WorkerSpec};
use taskonomy_run::{DriverEvent, Entry, PROTOCOL, RunError};

use crate::fixture::{FAKE, Fixture, JOBS, undisturbed};

#[test]
fn a_worker_that_dies_once_costs_nothing() {
    let fixture = Fixture::new();
    fixture.behave(r#"{"crash": {"network normals": 1, "transfer normals->reshading": 1}}"#);
    let summary = fixture.execute(&[]).unwrap();
    assert!(summary.is_complete(), "{summary:?}");
    assert_eq!(fixture.died(), 2);
    assert!(fixture.files() == *undisturbed());
}

#[test]
fn what_fails_is_listed_the_rest_goes_on_and_the_next_invocation_tries_again() {
    let fixture = Fixture::new();
    fixture.behave(
        r#"{"crash": {"network normals": 3}, "fail": ["scratch reshading#2"],
            "babble": ["scratch normals#1"], "lie": ["scratch normals#2"]}"#,
    );
    let summary = fixture.execute(&[]).unwrap();
    let failed =
        ["network normals", "scratch normals#1", "scratch normals#2", "scratch reshading#2"];
    let names: Vec<_> = summary.failed.iter().map(|(kind, _)| kind.to_string()).collect();
    assert_eq!(names, failed);
    let error = |name: &str| {
        summary.failed.iter().find(|(kind, _)| kind.to_string() == name).unwrap().1.clone()
    };
    let died = error("network normals");
    assert!(died.starts_with("the worker died 2 times, the last time: signal: 6"), "{died}");
    assert!(error("scratch normals#1").contains("`warning: this is no event`"));
    assert!(error("scratch normals#2").contains("no done.json"));
    // Features of normals, the four transfers that read them.
    assert_eq!(summary.blocked.len(), 5, "{:?}", summary.blocked);
    assert_eq!(summary.unranked.len(), 4);
    assert_eq!(summary.done, JOBS - 4 - 5 - 4);
    let leftovers =
        fixture.files().into_keys().filter(|path| path.to_string_lossy().contains(".tmp"));
    assert_eq!(leftovers.count(), 0);

    let listing = fixture.plan(&[], Selection::default(), false).listing();
    let line = listing.iter().find(|line| line.job == "scratch reshading#2").unwrap();
    assert_eq!(line.reason.to_string(), "failed (the loss is NaN in epoch 2), tried again");
    let line = listing.iter().find(|line| line.job == "features normals").unwrap();
    assert_eq!(line.reason.to_string(), "new, needs network normals");

    fixture.behave("{}");
    let summary = fixture.execute(&[]).unwrap();
    assert!(summary.is_complete());
    assert_eq!(summary.done, 4 + 5 + 4);
    assert!(fixture.files() == *undisturbed());
}

#[test]
fn a_driver_killed_in_the_middle_leaves_a_run_that_goes_on() {
    let fixture = Fixture::new();
    fixture.behave(r#"{"hang": ["transfer colorization->normals"]}"#);
    let mut driver = Command::new(FAKE)
        .arg("drive")
        .args([fixture.run.root(), &fixture.control()])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(driver.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut after = lines.skip_while(|line| line != "transfer colorization->normals");
    assert!(after.next().is_some() && after.next().is_some());
    let locked = fixture.run.lock().unwrap_err();
    let holder = format!("process {}", driver.id());
    assert!(matches!(locked, RunError::Locked { holder: found, .. } if found == holder));
    driver.kill().unwrap(); // SIGKILL
    driver.wait().unwrap();

    fixture.behave("{}");
    let summary = fixture.execute(&[]).unwrap();
    assert!(summary.is_complete() && summary.skipped > 0 && summary.done > 0, "{summary:?}");
    assert!(fixture.files() == *undisturbed());
}

#[test]
fn asked_to_stop_it_stops_and_goes_on_later() {
    let fixture = Fixture::new();
    fixture.behave(r#"{"hang": ["network normals"]}"#);
    let stop = AtomicBool::new(false);
    let mut plan = fixture.plan(&[], Selection::default(), false);
    let summary = fixture
        .try_execute(&mut plan, &stop, &mut |progress| {
            stop.store(progress.done >= 6, Ordering::Relaxed);
        })
        .unwrap();
    assert!(summary.interrupted && !summary.is_complete());
    assert_eq!((summary.failed.len(), summary.done + summary.left), (0, JOBS));
    assert!(summary.stages[&1].seconds > 0.0 && summary.stages[&2].done > 0);
    fixture.behave("{}");
    assert_eq!(fixture.execute(&[]).unwrap().skipped, summary.done);
    assert!(fixture.files() == *undisturbed());
}

#[test]
fn a_worker_that_does_not_leave_is_ended() {
    let fixture = Fixture::new();
    fixture.behave(r#"{"deaf": ["network normals"]}"#);
    let stop = AtomicBool::new(false);
    let mut plan = fixture.plan(&[], Selection::default(), false);
    let spec = WorkerSpec { patience: Duration::from_millis(10), ..fixture.spec(1) };
    let mut pid = 0;
    let summary = plan
        .execute(&spec, &stop, &mut |progress| {
            if let Entry::Driver(DriverEvent::Started { job, pid: worker }) = progress.entry
                && job.to_string() == "network normals"
            {
                pid = *worker;
                stop.store(true, Ordering::Relaxed);
            }
        })
        .unwrap();
    assert!(summary.interrupted && summary.failed.is_empty());
    assert!(pid > 0 && !Path::new(&format!("/proc/{pid}")).exists());
}

#[test]
fn a_broken_environment_ends_the_run() {
    let fixture = Fixture::new();
    fixture.behave(r#"{"broken": ["features random"]}"#);
    let error = fixture.execute(&[]).unwrap_err();
    assert_eq!(error.to_string(), "features random: no space left");
    assert!(error.is_environment());
    fixture.behave(r#"{"unable": ["features random"]}"#);
    let error = fixture.execute(&[]).unwrap_err();
    assert!(matches!(error, PlanError::Worker { .. }), "{error}");
    assert!(error.is_environment());
    let log = std::fs::read_to_string(fixture.control().join("worker.log")).unwrap();
    assert!(log.contains("there is no dataset"), "{log}");
    fixture.behave("{}");
    assert!(fixture.execute(&[]).unwrap().is_complete());
    assert!(fixture.files() == *undisturbed());
}

#[test]
fn a_program_that_is_no_worker_of_ours_is_refused() {
    let fixture = Fixture::new();
    let mut texts = Vec::new();
    for behaviour in [r#"{"protocol": 99}"#, r#"{"version": "0.0.9"}"#, "no json"] {
        fixture.behave(behaviour);
        let error = fixture.execute(&[]).unwrap_err();
        assert!(error.is_environment());
        texts.push(error.to_string());
    }
    let ours = format!("speaks protocol 99, this program speaks {PROTOCOL}");
    assert!(texts[0].ends_with(&ours), "{}", texts[0]);
    assert!(texts[1].contains("is version 0.0.9, this program is "), "{}", texts[1]);
    // And what it wrote to its log.
    assert!(texts[2].contains("did not say hello: exit status: 4 (expected ident"), "{}", texts[2]);
    let mut plan = fixture.plan(&[], Selection::default(), false);
    let spec = WorkerSpec::new("/no/such/program", Vec::new(), 2);
    let error = plan.execute(&spec, &AtomicBool::new(false), &mut |_| {}).unwrap_err();
    assert!(matches!(error, PlanError::Start { .. }), "{error}");
}
