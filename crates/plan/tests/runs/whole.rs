//! Runs without incident, whole and in parts.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;

use taskonomy_plan::{Graph, Plan, Selection, Stages, WorkerSpec};

use crate::fixture::{Fixture, JOBS, undisturbed};
use crate::toy;

#[test]
fn any_number_of_workers_leaves_the_same_bytes() {
    let files = undisturbed();
    assert_eq!(files.len(), 4 * JOBS);
    for count in [1, 3] {
        let fixture = Fixture::new();
        let mut plan = fixture.plan(&[], Selection::default(), false);
        assert_eq!(plan.seconds_left(count).unwrap(), None, "nothing was measured");
        let stop = AtomicBool::new(false);
        let mut lefts = Vec::new();
        plan.execute(&fixture.spec(count), &stop, &mut |p| lefts.push(p.left)).unwrap();
        assert!(fixture.files() == *files, "{count} workers");
        assert_eq!(
            (lefts[0], *lefts.last().unwrap()),
            (JOBS, 0),
            "the beam is counted from the start"
        );
    }
}

#[test]
fn a_finished_run_starts_no_worker() {
    let fixture = Fixture::new();
    fixture.execute(&[]).unwrap();
    let mut plan = fixture.plan(&[], Selection::default(), false);
    let spec = WorkerSpec::new("/no/such/program", Vec::new(), 2);
    assert_eq!(plan.seconds_left(2).unwrap(), Some(0.0));
    let summary = plan.execute(&spec, &AtomicBool::new(false), &mut |_| {}).unwrap();
    assert_eq!((summary.done, summary.skipped), (0, JOBS));
    assert!(summary.is_complete());
}

#[test]
fn stages_and_targets_can_be_done_by_themselves() {
    let fixture = Fixture::new();
    let never = AtomicBool::new(false);
    let only = |stages, targets: Option<&str>| {
        let targets = targets.map(|t| BTreeSet::from([t.parse().unwrap()]));
        fixture.plan(&[], Selection { stages, targets }, false)
    };
    let error = only(Stages::Second, None).check().unwrap_err();
    assert!(error.is_incomplete(), "{error}");
    assert!(error.to_string().starts_with("stage 1 is not finished, it lacks network "), "{error}");
    let mut first = only(Stages::First, None);
    assert_eq!(fixture.try_execute(&mut first, &never, &mut |_| {}).unwrap().done, 4);
    let mut one = only(Stages::Second, Some("reshading"));
    let summary = fixture.try_execute(&mut one, &never, &mut |_| {}).unwrap();
    assert_eq!(summary.done, 5 + 5 + 1 + 3);
    let mut rest = only(Stages::Second, None);
    assert!(fixture.try_execute(&mut rest, &never, &mut |_| {}).unwrap().is_complete());
    assert!(fixture.files() == *undisturbed());
    let graph = Graph::build(toy::inputs(&[])).unwrap();
    let targets = Some(BTreeSet::from(["colorization".parse().unwrap()]));
    let selection = Selection { stages: Stages::All, targets };
    let error = Plan::new(graph, &fixture.run, selection, false).unwrap_err().to_string();
    assert!(error.starts_with("`colorization` is no target of the pipeline"), "{error}");
}

#[test]
fn losses_are_gathered_in_the_order_of_contenders() {
    let fixture = Fixture::new();
    let ids: Vec<_> = (1..=5).map(|i| format!("s{i}")).collect();
    let target = "normals".parse().unwrap();
    let gather = |ids: &[String], partial| {
        fixture.plan(&[], Selection::default(), false).gather_losses(&target, ids, partial)
    };
    fixture.behave(r#"{"fail": ["scratch normals#2"]}"#);
    fixture.execute(&[]).unwrap();
    let error = gather(&ids, false).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the losses of `normals` are not complete, they lack scratch normals#2"
    );
    assert_eq!(gather(&ids, true).unwrap().contenders.len(), 10 - 1);
    fixture.behave("{}");
    fixture.execute(&[]).unwrap();
    let table = gather(&ids, false).unwrap();
    let columns: Vec<_> = table.contenders.iter().map(ToString::to_string).collect();
    let first = ["self", "colorization", "depth_zbuffer", "edges_texture", "normals", "random"];
    assert_eq!(columns[..6], first);
    assert!(columns[6].contains('+') && !columns[6].contains("normals"), "{columns:?}");
    assert_eq!(columns[7..], ["pixels#1", "pixels#2", "pixels#3"]);
    let bytes = fixture.run.read("stage2/losses/normals.csv").unwrap();
    assert_eq!(taskonomy_core::LossTable::read(target.clone(), &bytes[..]).unwrap(), table);
    let error = gather(&ids[1..], false).unwrap_err().to_string();
    let expected = "its losses.safetensors has 5 losses on `test`, it must have 4";
    assert!(error.ends_with(expected), "{error}");

    let table = fixture
        .plan(&[], Selection::default(), false)
        .gather_losses(&"reshading".parse().unwrap(), &ids, false)
        .unwrap();
    assert_eq!(table.contenders[0].to_string(), "colorization", "target-only: no network, no self");
}
