//! CPU time of solves of the synthetic instances, or of a table: one line each.
//!
//! `cargo run --release --example measure -- p1000 1 10,20,50`, `... sweep p26 1`, or a CSV file
//! in place of the name and any seed. `agree NAME SEED milp` compares every budget and order with
//! a general solver, `general highs NAME SEED BUDGETS` measures one.

#![allow(clippy::print_stdout, reason = "this is what it is for")]

#[path = "../benches/instances/mod.rs"]
mod instances;

use instances::{SIZES, instance};
use rustix::time::{ClockId, clock_gettime};
use taskonomy_core::{AffinityTable, Status};
use taskonomy_policy::{Problem, Solver};

/// Repeats of a sweep.
const REPEATS: usize = 9;

type Failure = Box<dyn std::error::Error>;

/// CPU seconds of this process so far.
fn cpu() -> f64 {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    now.tv_sec as f64 + now.tv_nsec as f64 * 1e-9
}

fn table(name: &str, seed: &str) -> Result<AffinityTable, Failure> {
    match SIZES.iter().find(|size| size.name == name) {
        Some(size) => Ok(instance(*size, seed.parse()?)),
        None => Ok(AffinityTable::read(std::fs::File::open(name)?)?),
    }
}

fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["sweep", name, seed] => sweep(&table(name, seed)?),
        ["agree", name, seed, solver] => agree(&table(name, seed)?, general(solver)?),
        ["general", solver, name, seed, budgets] => {
            let problem = Problem { any_optimum: true, ..Problem::new(table(name, seed)?) };
            for budget in budgets.split(',') {
                beside(&problem.clone().budget(budget.parse()?), general(solver)?)?;
            }
        }
        ["json", file, orders, budgets, repeats] => {
            json(&table(file, "")?, &numbers(orders)?, &numbers(budgets)?, repeats.parse()?);
        }
        [name, seed, budgets] => {
            let problem = Problem::new(table(name, seed)?);
            for budget in budgets.split(',') {
                one(&problem.clone().budget(budget.parse()?), name, seed)?;
            }
        }
        _ => {
            return Err("usage: measure NAME SEED BUDGETS | sweep NAME SEED | \
                 agree NAME SEED SOLVER | general SOLVER NAME SEED BUDGETS | \
                 json FILE ORDERS BUDGETS REPEATS"
                .into());
        }
    }
    Ok(())
}

fn general(solver: &str) -> Result<Solver, Failure> {
    match solver {
        "milp" => Ok(Solver::Milp),
        "highs" => Ok(Solver::Highs),
        _ => Err("one of milp, highs".into()),
    }
}

/// A general solver beside ours.
fn beside(problem: &Problem, solver: Solver) -> Result<(), Failure> {
    let ours = problem.solve()?;
    let begun = cpu();
    let theirs = Problem { solver, ..problem.clone() }.solve()?;
    println!(
        "b={:<4} {solver:?} {:>9.1} ms  value {:.9} bound {:.9} {:?}, ours {:+e}",
        problem.budget,
        (cpu() - begun) * 1e3,
        theirs.value,
        theirs.bound,
        theirs.status,
        ours.value - theirs.value,
    );
    Ok(())
}

/// With any optimum, and with the tie rules.
fn one(problem: &Problem, name: &str, seed: &str) -> Result<(), Failure> {
    let any = Problem { any_optimum: true, ..problem.clone() };
    let begun = cpu();
    let policy = any.solve()?;
    let first = cpu();
    let tied = problem.solve()?;
    let end = cpu();
    let proved = policy.status == Status::Optimal && tied.status == Status::Optimal;
    println!(
        "{name} {seed} b={:<4} any {:>9.1} ms  with ties {:>9.1} ms  nodes {:>6} {:>6}  {:.9} {}",
        problem.budget,
        (first - begun) * 1e3,
        (end - first) * 1e3,
        policy.nodes.unwrap_or(0),
        tied.nodes.unwrap_or(0),
        policy.value,
        if proved { "proved" } else { "OPEN" },
    );
    Ok(())
}

fn numbers<T: std::str::FromStr>(list: &str) -> Result<Vec<T>, T::Err> {
    list.split(',').map(str::parse).collect()
}

/// For `scripts/bench-solvers.py`: the optimum of every order and budget, and the least CPU
/// seconds of the repeats of a sweep and of separate solves, any optimum, from the parsed table.
fn json(table: &AffinityTable, orders: &[usize], budgets: &[f64], repeats: usize) {
    let problem = Problem { any_optimum: true, ..Problem::new(table.clone()) };
    let (mut sweep, mut alone) = (f64::INFINITY, f64::INFINITY);
    let mut values = Vec::new();
    for _ in 0..repeats {
        let begun = cpu();
        let entries = problem.sweep(budgets, orders);
        sweep = sweep.min(cpu() - begun);
        values = entries
            .into_iter()
            .filter_map(|e| Some((e.order, e.budget, e.result.ok()?)))
            .filter(|(_, _, policy)| policy.status == Status::Optimal)
            .map(|(order, budget, policy)| format!("\"{order} {budget}\": {}", policy.value))
            .collect();
        let problems = orders.iter().flat_map(|&order| {
            let problem = &problem;
            budgets.iter().map(move |&budget| problem.clone().budget(budget).order(order))
        });
        let problems: Vec<Problem> = problems.collect();
        let begun = cpu();
        for problem in &problems {
            // What went wrong the sweep has shown.
            let _ = std::hint::black_box(problem.solve());
        }
        alone = alone.min(cpu() - begun);
    }
    let values = values.join(", ");
    println!("{{\"sweep\": {sweep}, \"alone\": {alone}, \"values\": {{{values}}}}}");
}

/// All whole budgets and orders: the least and the median of some repeats.
fn sweep(table: &AffinityTable) {
    let budgets: Vec<f64> = (1..=table.tasks().len()).map(|b| b as f64).collect();
    for any_optimum in [true, false] {
        let problem = Problem { any_optimum, ..Problem::new(table.clone()) };
        let orders: Vec<usize> = (1..=problem.order).collect();
        let (mut times, mut nodes) = (Vec::new(), 0);
        for _ in 0..REPEATS {
            let begun = cpu();
            let entries = problem.sweep(&budgets, &orders);
            times.push((cpu() - begun) * 1e3);
            nodes = entries.iter().flat_map(|e| &e.result).filter_map(|p| p.nodes).sum::<u64>();
        }
        times.sort_by(f64::total_cmp);
        println!(
            "{} budgets x {} orders, any optimum {any_optimum}: least {:.1} ms, median {:.1} ms of \
             {REPEATS}, {nodes} nodes",
            budgets.len(),
            orders.len(),
            times[0],
            times[REPEATS / 2],
        );
    }
}

/// Every whole budget and order against a general solver.
fn agree(table: &AffinityTable, solver: Solver) {
    let problem = Problem { any_optimum: true, ..Problem::new(table.clone()) };
    let budgets: Vec<f64> = (1..=table.tasks().len()).map(|b| b as f64).collect();
    let orders: Vec<usize> = (1..=problem.order).collect();
    let general = Problem { solver, ..problem.clone() };
    let (mut same, mut worst) = (0, 0.0_f64);
    for entry in problem.sweep(&budgets, &orders) {
        let other = general.clone().budget(entry.budget).order(entry.order).solve();
        match (&entry.result, &other) {
            (Ok(ours), Ok(theirs)) => {
                worst = worst.max((ours.value - theirs.value).abs());
                same += 1;
            }
            (Err(ours), Err(theirs)) if ours == theirs => same += 1,
            _ => println!(
                "DIFFER: b={} k={}: {:?} {:?}",
                entry.budget, entry.order, entry.result, other
            ),
        }
    }
    println!("{same} of {} agree, largest difference {worst:e}", budgets.len() * orders.len());
}
