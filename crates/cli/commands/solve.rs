//! `solve`: the best policy for a budget, from a run or from anyone's table of affinities.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;
use std::time::Instant;

use taskonomy_core::{AffinityTable, Dictionary, Objective, Pipeline, Role, Task, TaskId};
use taskonomy_policy::{Limits, PolicyError, Problem, Solver};
use taskonomy_run::RunDir;

use crate::args::{ObjectiveArg, Solve, SolverArg, Wishes};
use crate::failure::{Exit, Explain, Fail, Failure};
use crate::output::Output;
use crate::{conclude, reasons, runs, sweep, taxonomies};

/// Solves and prints.
pub fn solve(args: &Solve, output: Output) -> Result<(), Failure> {
    let builtin = Dictionary::builtin();
    let (mut problem, tasks) = if let Some(file) = &args.affinities {
        (of_file(file, output)?, builtin)
    } else {
        let run = runs::find(args.run.as_ref(), output)?;
        (of_run(&run, output)?, pipeline(&run)?.dictionary(&builtin))
    };
    apply(&mut problem, &args.wishes)?;
    let budgets = args.budget.as_ref().map_or(vec![problem.budget], |span| span.values().to_vec());
    let orders = orders(args, &problem)?;
    let begun = Instant::now();
    let late = || args.time_limit.is_some_and(|most| begun.elapsed().as_secs_f64() >= most);
    let stop = args.time_limit.map(|_| &late as &dyn Fn() -> bool);
    let limits = Limits { nodes: args.node_limit, stop };
    if problem.is_general() && (args.node_limit.is_some() || args.time_limit.is_some()) {
        let why = if problem.constraints.is_empty() { "" } else { ", which constraints ask for," };
        output.warn(format_args!(
            "--node-limit and --time-limit: the general solver{why} heeds no limits"
        ));
    }
    let (&[budget], &[order]) = (&budgets[..], &orders[..]) else {
        if args.explain {
            let message = "--explain: only one budget and order can be explained at a time";
            return Err(Failure::new(Exit::Usage, message.to_owned()));
        }
        return sweep::print(&problem, &budgets, &orders, &limits, args.format, output);
    };
    problem = problem.budget(budget).order(order);
    if args.explain {
        return reasons::print(&problem, &tasks, args.format, output);
    }
    let policy = problem.solve_within(&limits).map_err(policy_failure)?;
    taxonomies::print(&taxonomies::of(&problem, policy, &tasks), args.format, output)
}

/// The programme of a table of affinities.
pub fn of_file(file: &Path, output: Output) -> Result<Problem, Failure> {
    let bytes = File::open(file).input().at(file.display());
    let bytes =
        bytes.hint("`taskonomy import-official` and `taskonomy stage3` write such tables")?;
    Ok(Problem::new(read(bytes, file.display(), output)?).budget(4.0))
}

/// A table of affinities, its notes said on stderr.
pub fn read(
    bytes: impl std::io::Read,
    place: impl std::fmt::Display,
    output: Output,
) -> Result<AffinityTable, Failure> {
    let table = AffinityTable::read(bytes).map_err(|error| {
        let hint = error.hint();
        Failure { error: error.into(), hint, exit: Exit::Input }
    });
    let table = table.at(&place)?;
    for note in &table.notes {
        if note.is_detail {
            tracing::info!("{place}: {note}");
        } else {
            output.note(format_args!("{place}: {note}"));
        }
    }
    Ok(table)
}

/// The run's affinities with the roles, costs, importances and budget of its pipeline.
pub fn of_run(run: &RunDir, output: Output) -> Result<Problem, Failure> {
    // First the pipeline: a folder that is no run is told so, not that its affinities are missing.
    let pipeline = pipeline(run)?;
    Ok(of_pipeline(&pipeline, conclude::affinities(run, output)?))
}

/// A table with what the run's pipeline says.
pub fn with_pipeline(run: &RunDir, table: AffinityTable) -> Result<Problem, Failure> {
    Ok(of_pipeline(&pipeline(run)?, table))
}

/// The pipeline of a run.
pub fn pipeline(run: &RunDir) -> Result<Pipeline, Failure> {
    let config = runs::config(run)?;
    let place = run.path("config.toml");
    Pipeline::parse(&config, &[], &Dictionary::builtin()).input().at(place.display())
}

/// The programme that a pipeline describes.
pub fn of_pipeline(pipeline: &Pipeline, table: AffinityTable) -> Problem {
    let roster = pipeline.roster(&pipeline.dictionary(&Dictionary::builtin()));
    let targets = table.targets();
    // A target that a partial stage 3 left out cannot be reached, only read.
    let role = |task: &Task| match task.role {
        Role::Both if !targets.contains(&task.id) => Some(Role::SourceOnly),
        Role::TargetOnly if !targets.contains(&task.id) => None,
        role => Some(role),
    };
    let mut problem =
        Problem::new(table).budget(pipeline.policy.budget).objective(pipeline.policy.objective);
    problem.roles = roster.iter().filter_map(|t| Some((t.id.clone(), role(t)?))).collect();
    problem.cost = roster.iter().map(|task| (task.id.clone(), task.cost)).collect();
    problem.importance.clone_from(&pipeline.tasks.importance);
    problem.constraints.clone_from(&pipeline.policy.constraints);
    problem
}

/// What the command line says over what the pipeline says.
pub fn apply(problem: &mut Problem, wishes: &Wishes) -> Result<(), Failure> {
    if let Some(objective) = wishes.objective {
        problem.objective = match objective {
            ObjectiveArg::Raw => Objective::Raw,
            ObjectiveArg::Log => Objective::Log,
            ObjectiveArg::NoSelf => Objective::NoSelf,
        };
    }
    problem.any_optimum = wishes.any_optimum;
    problem.solver = match wishes.solver {
        SolverArg::Auto => Solver::Auto,
        SolverArg::Lagrange => Solver::Lagrange,
        SolverArg::Milp => Solver::Milp,
        SolverArg::Highs => Solver::Highs,
    };
    let known = problem.table.tasks();
    problem.cost.extend(numbers("--cost", &wishes.cost, &known)?);
    problem.importance.extend(numbers("--importance", &wishes.importance, &known)?);
    problem.require.extend(tasks("--require", &wishes.require, &known)?);
    problem.forbid.extend(tasks("--forbid", &wishes.forbid, &known)?);
    let source_only = tasks("--source-only", &wishes.source_only, &known)?;
    problem.roles.extend(source_only.into_iter().map(|id| (id, Role::SourceOnly)));
    let target_only = tasks("--target-only", &wishes.target_only, &known)?;
    problem.roles.extend(target_only.into_iter().map(|id| (id, Role::TargetOnly)));
    Ok(())
}

fn orders(args: &Solve, problem: &Problem) -> Result<Vec<usize>, Failure> {
    let Some(span) = &args.order else { return Ok(vec![problem.order]) };
    let order = |&order: &f64| {
        let whole = order.fract() == 0.0 && (0.0..=1e6).contains(&order);
        whole.then_some(order as usize).ok_or_else(|| {
            let message = format!("--order {order}: it must be a whole number, 1 or more");
            Failure::new(Exit::Usage, message)
        })
    };
    span.values().iter().map(order).collect()
}

fn numbers(
    option: &str,
    pairs: &[String],
    known: &[TaskId],
) -> Result<BTreeMap<TaskId, f64>, Failure> {
    let parse = |pair: &String| {
        let wrong = || {
            let message = format!("{option} {pair}: write TASK=NUMBER, as in normals=2");
            Failure::new(Exit::Usage, message)
        };
        let (task, number) = pair.split_once('=').ok_or_else(wrong)?;
        Ok((find(option, task, known)?, number.parse().map_err(|_| wrong())?))
    };
    pairs.iter().map(parse).collect()
}

fn tasks(option: &str, names: &[String], known: &[TaskId]) -> Result<BTreeSet<TaskId>, Failure> {
    names.iter().map(|name| find(option, name, known)).collect()
}

/// The task of the table that is named so, or whose official id this is.
fn find(option: &str, name: &str, known: &[TaskId]) -> Result<TaskId, Failure> {
    let dictionary = Dictionary::builtin();
    let task = |name: &str| dictionary.find(name).ok().map(|task| task.id.clone());
    let ours = task(name);
    let named = |id: &&TaskId| id.as_str() == name || ours.is_some() && task(id.as_str()) == ours;
    known.iter().find(named).cloned().ok_or_else(|| {
        let failure =
            Failure::new(Exit::Input, format!("{option}: the table has no task `{name}`"));
        match taskonomy_core::nearest(name, known.iter().map(TaskId::as_str)) {
            Some(nearest) => failure.hint(format!("did you mean `{nearest}`?")),
            None => failure.hint(format!("its tasks are {}", list(known))),
        }
    })
}

fn list(ids: &[TaskId]) -> String {
    ids.iter().map(TaskId::as_str).collect::<Vec<_>>().join(", ")
}

/// Why there is no policy, with a way out.
pub fn policy_failure(error: PolicyError) -> Failure {
    let hint = match &error {
        PolicyError::Infeasible { minimum, .. } => Some(format!("try --budget {minimum}")),
        PolicyError::NoEdge { zeros, .. } if !zeros.is_empty() => Some(
            "add affinities up (--objective raw), or make these targets --source-only to leave them \
             out"
                .to_owned(),
        ),
        PolicyError::NoEdge { .. } => Some(
            "raise --order, forbid less, or make these targets --source-only to leave them out"
                .to_owned(),
        ),
        PolicyError::Uncountable { .. } => {
            Some("give costs with fewer decimals, so that more sums of them are equal".to_owned())
        }
        PolicyError::NoHighs => Some(
            "build with the feature `highs` (`cargo install --path . --no-default-features \
             --features highs`; it needs cmake, a C++ compiler and libclang), or ask for `milp`, \
             which every build has"
                .to_owned(),
        ),
        PolicyError::CutOff => Some("raise --node-limit or --time-limit".to_owned()),
        _ => None,
    };
    let exit = match &error {
        PolicyError::Budget(_)
        | PolicyError::Order
        | PolicyError::Number { .. }
        | PolicyError::Uncountable { .. }
        | PolicyError::Unconstrained => Exit::Usage,
        PolicyError::CutOff => Exit::Incomplete,
        PolicyError::NoHighs => Exit::Environment,
        _ => Exit::Input,
    };
    Failure { error: error.into(), hint, exit }
}
