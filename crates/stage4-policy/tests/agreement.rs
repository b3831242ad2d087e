//! The solvers against each other, and what must hold of every solver.

#[path = "../benches/instances/mod.rs"]
mod instances;
mod published;

use instances::{Size, instance};
use published::published;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use taskonomy_core::{AffinityTable, Constraint, Contender, Edge, Policy, Sources, Status, TaskId};
use taskonomy_policy::{Limits, PolicyError, Problem, Solver};

const MID: Size = Size { name: "mid", tasks: 18, order: 3, beams: [5; 3], top: None };

/// The general solvers of this build.
const GENERAL: &[Solver] =
    if cfg!(feature = "highs") { &[Solver::Milp, Solver::Highs] } else { &[Solver::Milp] };

/// With costs and importances for every second seed.
fn problem(seed: u64) -> Problem {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut problem = Problem::new(instance(MID, seed));
    if seed % 2 == 1 {
        let tasks = problem.table.tasks();
        let mut number =
            |least: f64, most: f64| (rng.random_range(least..most) * 100.0).round() / 100.0;
        problem.cost = tasks.iter().map(|id| (id.clone(), number(0.5, 5.0))).collect();
        problem.importance = tasks.iter().map(|id| (id.clone(), number(0.5, 1.5))).collect();
    }
    problem
}

fn erase_nodes(result: Result<Policy, PolicyError>) -> Result<Policy, PolicyError> {
    result.map(|policy| Policy { nodes: None, ..policy })
}

fn close(a: &Policy, b: &Policy) -> bool {
    (a.value - b.value).abs() < 1e-9
}

#[test]
fn all_solvers_agree_on_mid_sizes() {
    for seed in 0..4 {
        for budget in [2.0, 5.0, 9.0] {
            let ours = Problem { any_optimum: true, ..problem(seed).budget(budget) };
            let policy = ours.solve().unwrap();
            assert_eq!(policy.status, Status::Optimal);
            for &solver in GENERAL {
                let theirs = Problem { solver, ..ours.clone() }.solve().unwrap();
                assert!(close(&policy, &theirs), "seed {seed}, budget {budget}, {solver:?}");
                assert_eq!(theirs.status, Status::Optimal);
            }
        }
    }
}

#[test]
fn a_sweep_is_its_solves_and_grows_with_budget_and_order() {
    for seed in 0..4 {
        let problem = problem(seed);
        // 0 reaches no target; -1 is a mistake.
        let budgets = [-1.0, 0.0, 1.5, 3.0, 4.0, 6.5, 10.0, 30.0];
        let orders = [1, 2, 3];
        let entries = problem.sweep(&budgets, &orders);
        assert_eq!(entries.len(), budgets.len() * orders.len());
        for (k, entry) in entries.iter().enumerate() {
            assert_eq!(entry.budget, budgets[k % budgets.len()]);
            assert_eq!(entry.order, orders[k / budgets.len()]);
            let alone = problem.clone().budget(entry.budget).order(entry.order).solve();
            assert_eq!(erase_nodes(entry.result.clone()), erase_nodes(alone));
            let Ok(policy) = &entry.result else { continue };
            for before in
                entries.iter().filter(|e| e.budget <= entry.budget && e.order <= entry.order)
            {
                if let Ok(before) = &before.result {
                    assert!(before.value <= policy.value);
                }
            }
        }
        assert!(matches!(entries[0].result, Err(PolicyError::Budget(_))));
        assert!(matches!(entries[1].result, Err(PolicyError::Infeasible { .. })));
        assert!(entries.iter().filter(|entry| entry.result.is_ok()).count() >= 15);
    }
}

/// The table with other names: what was first comes last.
fn renamed(problem: &Problem) -> (Problem, impl Fn(&TaskId) -> TaskId) {
    let tasks = problem.table.tasks();
    let name = move |id: &TaskId| {
        let at = tasks.binary_search(id).expect("a task of the table");
        TaskId::new(&format!("n{:03}", tasks.len() - at)).expect("an id")
    };
    let contender = |contender: &Contender| match contender {
        Contender::Transfer(sources) => {
            Contender::Transfer(Sources::new(sources.iter().map(&name)).expect("as many as before"))
        }
        other => other.clone(),
    };
    let mut edges: Vec<Edge> = problem.table.edges.clone();
    for edge in &mut edges {
        (edge.target, edge.contender) = (name(&edge.target), contender(&edge.contender));
    }
    edges.sort_by(|a, b| (&a.target, &a.contender).cmp(&(&b.target, &b.contender)));
    let mut other = problem.clone();
    other.table = AffinityTable { edges, notes: vec![] };
    other.cost = problem.cost.iter().map(|(id, x)| (name(id), *x)).collect();
    other.importance = problem.importance.iter().map(|(id, x)| (name(id), *x)).collect();
    (other, name)
}

#[test]
fn neither_the_order_of_rows_nor_names_matter() {
    for seed in 0..6 {
        let problem = problem(seed).budget(5.0);
        let policy = problem.solve().unwrap();

        let mut bytes = Vec::new();
        problem.table.write(&mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let (header, rows) = text.split_once('\n').unwrap();
        let mut rows: Vec<&str> = rows.lines().collect();
        rows.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        let shuffled = format!("{header}\n{}\n", rows.join("\n"));
        let table = AffinityTable::read(shuffled.as_bytes()).unwrap();
        assert_eq!(Problem { table, ..problem.clone() }.solve().unwrap(), policy);

        let (other, name) = renamed(&problem);
        let other = other.solve().unwrap();
        assert_eq!(
            (other.value, other.bound, other.status),
            (policy.value, policy.bound, policy.status)
        );
        // Random weights: the optimum is unique.
        let mut bought: Vec<TaskId> = policy.bought.iter().map(name).collect();
        bought.sort();
        assert_eq!(other.bought, bought);
    }
}

#[test]
fn limits_repeat_and_say_the_gap() {
    let hard = Size { name: "hard", tasks: 60, order: 3, beams: [5; 3], top: None };
    let problem = Problem::new(instance(hard, 5)).budget(24.0);
    let optimum = problem.solve().unwrap();
    assert!(optimum.nodes.unwrap() > 3, "{:?}: too easy", optimum.nodes);
    let limits = Limits { nodes: Some(1), stop: None };
    let cut = problem.solve_within(&limits).unwrap();
    assert_eq!(cut, problem.solve_within(&limits).unwrap());
    let Status::Bounded { gap } = cut.status else { panic!("{:?}", cut.status) };
    assert!(cut.value <= optimum.value && optimum.value <= cut.bound);
    assert!(gap > 0.0 && gap < 0.01 && gap == (cut.bound - cut.value) / cut.value);
    let stop = || true;
    let stopped = problem.solve_within(&Limits { nodes: None, stop: Some(&stop) }).unwrap();
    // The affinities into a target add up to 1.
    let most = problem.targets().len() as f64;
    assert!(stopped.bound >= optimum.value && stopped.bound <= most, "{}", stopped.bound);
}

#[test]
fn a_sweep_that_is_cut_off_uses_what_larger_budgets_allow() {
    let problem = problem(0);
    let stop = || true;
    let limits = Limits { nodes: None, stop: Some(&stop) };
    for entry in problem.sweep_within(&[2.0, 5.0, 9.0], &[3], &limits) {
        let found = entry.result.unwrap().value;
        let alone = problem.clone().budget(entry.budget).order(3).solve_within(&limits).unwrap();
        assert!(found >= alone.value, "budget {}: {found} < {}", entry.budget, alone.value);
    }
}

#[test]
fn constraints_ask_for_the_general_solver() {
    let csv = "target,sources,affinity\nt,a,0.5\nt,b,0.3\nt,c,0.1\nu,a,0.2\nu,b,0.4\nu,c,0.1\n";
    let mut problem = Problem::new(AffinityTable::read(csv.as_bytes()).unwrap()).budget(2.0);
    let id = |name: &str| TaskId::new(name).unwrap();
    let bought = |problem: &Problem| {
        let bought = problem.solve().unwrap().bought;
        bought.iter().map(TaskId::as_str).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(bought(&problem), "a b");
    let tasks = vec![id("a"), id("b")];
    problem.constraints = vec![Constraint { tasks, at_least: None, at_most: Some(1) }];
    assert_eq!(bought(&problem), "a");
    problem.constraints.push(Constraint { tasks: vec![id("c")], at_least: Some(1), at_most: None });
    assert_eq!(bought(&problem), "a c");
    problem.solver = Solver::Lagrange;
    assert_eq!(problem.solve(), Err(PolicyError::Unconstrained));
    problem.solver = Solver::Auto;
    problem.forbid.insert(id("c"));
    assert_eq!(problem.solve(), Err(PolicyError::Constraints));
}

#[cfg(not(feature = "highs"))]
#[test]
fn a_build_without_highs_says_so() {
    let asked = Problem { solver: Solver::Highs, ..problem(0) };
    assert_eq!(asked.solve(), Err(PolicyError::NoHighs));
}

/// `cargo run --release --example measure -- agree TABLE 0 milp` compares every budget and order.
#[test]
fn all_solvers_agree_on_the_published_tables() {
    for name in ["transfers_1k.csv", "transfers_base.csv"] {
        let Some(table) = published(name) else { return };
        let problem = Problem { any_optimum: true, ..Problem::new(table) };
        for entry in problem.sweep(&[3.0, 10.0], &[1, 4]) {
            let ours = entry.result.unwrap();
            for &solver in GENERAL {
                let problem = Problem { solver, ..problem.clone() };
                let theirs = problem.budget(entry.budget).order(entry.order).solve().unwrap();
                assert!(close(&ours, &theirs), "{name} {} {solver:?}", entry.budget);
            }
        }
    }
}
