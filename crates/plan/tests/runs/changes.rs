//! Runs that go on with other settings.

use std::sync::atomic::AtomicBool;

use taskonomy_plan::{Selection, Stages};

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
