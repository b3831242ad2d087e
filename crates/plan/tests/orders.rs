//! In whatever order the jobs of a run are completed, they are the same jobs.
#![allow(clippy::unwrap_used, reason = "a test that meets an error there fails")]

#[path = "../fake/toy.rs"]
mod toy;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use taskonomy_core::{Input, Loss, Output, Task, TaskId};
use taskonomy_plan::{Graph, Node, Schedule};
use taskonomy_run::JobKind;

fn graph() -> Graph {
    Graph::build(toy::inputs(&["transfers.order=3", "transfers.beam=3"])).unwrap()
}

/// Every target ranks the sources alike, but the later ones of the alphabet first.
fn ranking() -> Vec<TaskId> {
    let mut ids: Vec<_> = toy::inputs(&[]).roster.into_iter().map(|task| task.id).collect();
    ids.reverse();
    ids
}

fn add(schedule: &mut Schedule, graph: &Graph, kind: &JobKind) {
    let node = graph.get(kind).unwrap();
    schedule.add(kind, &node.needs, node.cost);
}

/// Completes everything; which of the running jobs ends next, `choices` say.
fn complete(choices: &[usize], workers: usize) -> (Graph, BTreeSet<JobKind>) {
    let mut graph = graph();
    let mut schedule = Schedule::default();
    let kinds: Vec<_> = graph.nodes().map(|node| node.job.kind.clone()).collect();
    for kind in &kinds {
        add(&mut schedule, &graph, kind);
    }
    let mut first: BTreeMap<TaskId, usize> = BTreeMap::new();
    for kind in &kinds {
        if let JobKind::Transfer { target, .. } = kind {
            *first.entry(target.clone()).or_default() += 1;
        }
    }
    let (mut running, mut done) = (Vec::new(), BTreeSet::new());
    for &choice in choices.iter().cycle() {
        while running.len() < workers {
            let Some(kind) = schedule.ready().next().cloned() else { break };
            let needs = &graph.get(&kind).unwrap().needs;
            assert!(needs.iter().all(|need| done.contains(need)), "{kind} before what it needs");
            schedule.started(&kind);
            running.push(kind);
        }
        if running.is_empty() {
            break;
        }
        let kind = running.swap_remove(choice % running.len());
        schedule.done(&kind, 1.0);
        assert!(done.insert(kind.clone()), "{kind} twice");
        if let JobKind::Transfer { target, sources } = &kind
            && sources.order() == 1
        {
            let left = first.get_mut(target).unwrap();
            *left -= 1;
            if *left == 0 {
                let announced: usize =
                    graph.awaited(target).iter().map(|awaited| awaited.jobs).sum();
                let new = graph.grow(target, &ranking()).unwrap();
                assert_eq!(new.len(), announced);
                for kind in &new {
                    add(&mut schedule, &graph, kind);
                }
            }
        }
    }
    assert_eq!(schedule.left().count(), 0);
    (graph, done)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn every_order_of_completion_gives_the_same_jobs(
        choices in prop::collection::vec(0_usize..100, 1..60),
        workers in 1_usize..9,
    ) {
        let (graph, done) = complete(&choices, workers);
        let (reference, all) = complete(&[0], 1);
        prop_assert_eq!(done, all);
        prop_assert!(graph.nodes().eq(reference.nodes()), "the same needs and fingerprints");
    }
}

#[test]
fn neither_random_nor_the_target_itself_is_part_of_a_higher_order() {
    let (_, done) = complete(&[0], 1);
    let mut orders = BTreeMap::new();
    for kind in done {
        if let JobKind::Transfer { target, sources } = kind {
            *orders.entry((target.to_string(), sources.order())).or_insert(0) += 1;
            let plain = |id: &TaskId| *id != target && !id.is_random();
            assert!(sources.order() == 1 || sources.iter().all(plain), "{sources}->{target}");
        }
    }
    let of = |target: &str| [1, 2, 3].map(|order| orders[&(target.to_owned(), order)]);
    // colorization, depth_zbuffer, edges_texture, normals, random; the best three of the rest.
    assert_eq!(of("normals"), [5, 3, 1]);
    assert_eq!(of("reshading"), [5, 3, 1]);
}

#[test]
fn a_job_depends_on_what_it_reads_and_on_nothing_else() {
    let keys = |kind: &JobKind, graph: &Graph| -> Vec<String> {
        let fingerprint = &graph.get(kind).unwrap().job.fingerprint;
        fingerprint.0.keys().cloned().collect()
    };
    let graph = graph();
    let id = |text: &str| text.parse::<TaskId>().unwrap();
    let network = JobKind::Network { task: id("normals") };
    assert_eq!(
        keys(&network, &graph),
        [
            "data.depth_zbuffer",
            "data.normal",
            "data.rgb",
            "format",
            "networks.batch",
            "networks.encoder",
            "networks.epochs",
            "networks.lr",
            "networks.mirror",
            "networks.precision",
            "seed",
            "tasks.normals.input",
            "tasks.normals.loss",
            "tasks.normals.mirror",
            "tasks.normals.output",
            "tasks.normals.target"
        ]
    );
    let features = JobKind::Features { source: id("normals") };
    let transfer =
        JobKind::Transfer { target: id("reshading"), sources: "normals".parse().unwrap() };
    assert!(keys(&features, &graph).contains(&"input.network normals".to_owned()));
    assert!(keys(&transfer, &graph).contains(&"input.features normals".to_owned()));
    assert!(!keys(&transfer, &graph).contains(&"data.rgb".to_owned()));
    assert!(graph.get(&JobKind::Network { task: id("reshading") }).is_none(), "target-only");
    assert!(graph.get(&JobKind::Network { task: id("random") }).is_none(), "untrained");

    // A network on little data is made like one on much; without being asked for there is none.
    let small = JobKind::Small { target: id("normals") };
    assert!(graph.get(&small).is_none());
    let asked = Graph::build(toy::inputs(&["transfers.small_networks=true"])).unwrap();
    assert_eq!(keys(&small, &asked), keys(&network, &asked));
    assert!(asked.get(&JobKind::Small { target: id("reshading") }).is_some(), "target-only");
    assert!(asked.get(&JobKind::Small { target: id("colorization") }).is_none(), "source-only");
    let others = |graph: &Graph| -> Vec<Node> {
        let is_other = |node: &&Node| !matches!(node.job.kind, JobKind::Small { .. });
        graph.nodes().filter(is_other).cloned().collect()
    };
    assert_eq!(others(&Graph::build(toy::inputs(&[])).unwrap()), others(&asked));

    // A setting of stage 1 reaches everything that hangs on it, by way of hashes.
    let other = Graph::build(toy::inputs(&["networks.lr=1e-4"])).unwrap();
    let differences = |kind| {
        let fingerprint = |graph: &Graph| graph.get(kind).unwrap().job.fingerprint.clone();
        fingerprint(&graph).differences(&fingerprint(&other))
    };
    assert_eq!(differences(&network), ["networks.lr"]);
    assert_eq!(differences(&features), ["input.network normals"]);
    assert_eq!(differences(&transfer), ["input.features normals"]);
    let scratch = JobKind::Scratch { target: id("reshading"), replica: 1 };
    assert_eq!(differences(&scratch), Vec::<String>::new());
}

#[test]
fn every_part_of_a_task_that_is_changed_is_a_difference() {
    let normals: TaskId = "normals".parse().unwrap();
    let network = JobKind::Network { task: normals.clone() };
    let changed = |change: fn(&mut Task)| {
        let mut inputs = toy::inputs(&[]);
        change(inputs.roster.iter_mut().find(|task| task.id == normals).unwrap());
        let other = Graph::build(inputs).unwrap();
        let fingerprint = |graph: &Graph| graph.get(&network).unwrap().job.fingerprint.clone();
        fingerprint(&graph()).differences(&fingerprint(&other))
    };
    assert_eq!(changed(|task| task.mirror = None), ["tasks.normals.mirror"]);
    assert_eq!(changed(|task| task.loss = Loss::L2), ["tasks.normals.loss"]);
    assert_eq!(changed(|task| task.input = Input::Lightness), ["tasks.normals.input"]);
    assert_eq!(changed(|task| task.output = Output::Class {}), ["tasks.normals.output"]);
    let unmasked = |task: &mut Task| task.target.as_mut().unwrap().mask = None;
    assert_eq!(changed(unmasked), ["data.depth_zbuffer", "tasks.normals.target"]);
}

#[test]
fn another_optimiser_is_a_difference_and_the_default_one_is_none() {
    let usual = graph();
    let sets = |sources: &str| JobKind::Transfer {
        target: "normals".parse().unwrap(),
        sources: sources.parse().unwrap(),
    };
    let pair = sets("depth_zbuffer+edges_texture");
    let keys = |kind: &JobKind, settings: &[&str]| -> Vec<String> {
        let grown = |mut graph: Graph| {
            graph.grow(&"normals".parse().unwrap(), &ranking()).unwrap();
            graph.get(kind).unwrap().job.fingerprint.clone()
        };
        let order = ["transfers.order=3", "transfers.beam=3"];
        let other = Graph::build(toy::inputs(&[&order, settings].concat())).unwrap();
        let mut keys = grown(usual.clone()).differences(&grown(other));
        keys.retain(|key| !key.starts_with("input."));
        keys
    };
    let network = JobKind::Network { task: "normals".parse().unwrap() };
    let scratch = JobKind::Scratch { target: "normals".parse().unwrap(), replica: 1 };
    let spelled_out = ["networks.optimizer='muon'", "transfers.weight_decay=1e-4"];
    for kind in [&network, &pair, &scratch] {
        assert_eq!(keys(kind, &spelled_out), Vec::<String>::new());
    }
    let stage1 = ["networks.optimizer='adam'", "networks.weight_decay=0", "networks.drop_at=9"];
    let all = ["networks.drop_at", "networks.optimizer", "networks.weight_decay"];
    assert_eq!(keys(&network, &stage1), all);
    assert_eq!(keys(&pair, &stage1), Vec::<String>::new());
    let decay = ["transfers.weight_decay_by_order={ 2 = 1e-6 }"];
    assert_eq!(keys(&pair, &decay), ["transfers.weight_decay"]);
    for kind in [&sets("edges_texture"), &scratch, &network] {
        assert_eq!(keys(kind, &decay), Vec::<String>::new());
    }
}

#[test]
fn a_dataset_without_a_domain_is_refused() {
    let mut inputs = toy::inputs(&[]);
    inputs.domains.remove("normal");
    let error = Graph::build(inputs).unwrap_err().to_string();
    assert!(error.starts_with("task `normals` needs the domain `normal`"), "{error}");
    assert!(error.contains("it has depth_zbuffer, "), "{error}");
}
