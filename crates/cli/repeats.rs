//! What trainings with other seeds tell: mean affinities, their spread, how firm the policy is.

use taskonomy_affinity::{Repeated, Tournament, affinity_table};
use taskonomy_core::AffinityTable;
use taskonomy_policy::{Problem, Repeatability};
use taskonomy_report::repeats_csv;
use taskonomy_run::RunDir;

use crate::commands::solve;
use crate::conclude;
use crate::failure::{Explain, Fail, Failure};
use crate::output::Output;
use crate::session::run_failure;
use crate::sweep;

/// The tournaments of every target that is predicted in each repetition; `held` has those of a
/// repetition each.
pub fn of(held: &[Vec<Tournament>], output: Output) -> Vec<Repeated> {
    let mut repeated = Vec::new();
    for first in held.first().into_iter().flatten() {
        let same = |of: &Vec<Tournament>| of.iter().find(|t| t.target == first.target).cloned();
        let again: Option<Vec<Tournament>> = held.iter().map(same).collect();
        match again.and_then(|again| Repeated::new(&again)) {
            Some(target) => repeated.push(target),
            None => output.warn(format_args!(
                "target `{}` is left out: its trainings are not done in every repetition",
                first.target
            )),
        }
    }
    repeated
}

/// Writes the affinities of each repetition, `stage3/repeats/<number>.csv`, over the contenders of the
/// mean, and `stage3/spread.csv`.
pub fn write(run: &RunDir, repeated: &[Repeated], held: &[Vec<Tournament>]) -> Result<(), Failure> {
    for (at, tournaments) in held.iter().enumerate() {
        let mut table = affinity_table(tournaments);
        table.edges.retain_mut(|edge| {
            let place = repeated.iter().find(|r| r.mean.target == edge.target).and_then(|r| {
                let place = r.mean.contenders.iter().position(|c| *c == edge.contender)?;
                Some(r.affinities[place][at])
            });
            edge.affinity = place.unwrap_or(edge.affinity);
            place.is_some()
        });
        let file = place(at + 1);
        run.write(file, conclude::csv(&table).as_bytes()).map_err(run_failure)?;
    }
    let mut spread = "target,sources,affinity,deviation\n".to_owned();
    for target in repeated {
        for (place, contender) in target.mean.contenders.iter().enumerate() {
            let (mean, deviation) = (target.mean.affinities[place], target.deviation(place));
            spread += &format!("{},{contender},{mean},{deviation}\n", target.mean.target);
        }
    }
    run.write(SPREAD, spread.as_bytes()).map_err(run_failure)
}

/// Removes what [`write`] and [`agree`] wrote when the run was trained more often: its affinities are
/// no means any more.
pub fn forget(run: &RunDir) -> Result<(), Failure> {
    [SPREAD, TABLES, FILE].into_iter().try_for_each(|name| run.remove(name)).map_err(run_failure)
}

const SPREAD: &str = "stage3/spread.csv";
const TABLES: &str = "stage3/repeats";

fn place(number: usize) -> String {
    format!("{TABLES}/{number}.csv")
}

/// How alike the policies of the repetitions are, at the problem's budget and at those of a sweep;
/// written to `stage4/repeats.csv`.
pub fn agree(
    run: &RunDir,
    problem: &Problem,
    repeats: usize,
    output: Output,
) -> Result<(), Failure> {
    let mut measured = Vec::with_capacity(repeats);
    for number in 1..=repeats {
        let file = place(number);
        let bytes = run.read(&file).map_err(run_failure)?;
        let table = solve::read(&bytes[..], &file, output)?;
        measured.push(in_order(&problem.table, &table).at(file)?);
    }
    let mut budgets = sweep::budgets(problem);
    if !budgets.contains(&problem.budget) {
        budgets.push(problem.budget);
        budgets.sort_by(f64::total_cmp);
    }
    let found = problem.repeatability(&measured, &budgets);
    let found = found.map_err(solve::policy_failure)?;
    run.write(FILE, repeats_csv(&found).as_bytes()).map_err(run_failure)
}

/// What [`agree`] wrote of a run that is trained so often; nothing where it was not asked.
pub fn read(run: &RunDir, repeats: usize) -> Result<Vec<Repeatability>, Failure> {
    if repeats < 2 || !run.path(FILE).exists() {
        return Ok(Vec::new());
    }
    let bytes = run.read(FILE).map_err(run_failure)?;
    let text = String::from_utf8_lossy(&bytes);
    let row = |line: &str| {
        let numbers = line.split(',').map(str::parse).collect::<Result<Vec<f64>, _>>().ok()?;
        let &[budget, bought, edges, kept, least] = &numbers[..] else { return None };
        Some(Repeatability { budget, bought, edges, kept: [kept, least] })
    };
    let rows: Option<Vec<_>> = text.lines().skip(1).map(row).collect();
    let damaged = || anyhow::anyhow!("{FILE}: a row has not the five numbers of its header");
    rows.ok_or_else(damaged).input().hint("make it again with `taskonomy stage4`")
}

const FILE: &str = "stage4/repeats.csv";

/// The affinities of one table in the order of another's edges.
fn in_order(order: &AffinityTable, table: &AffinityTable) -> Result<Vec<f64>, Failure> {
    let same = order.edges.len() == table.edges.len()
        && order
            .edges
            .iter()
            .zip(&table.edges)
            .all(|(a, b)| (&a.target, &a.contender) == (&b.target, &b.contender));
    let differs = || anyhow::anyhow!("its rows are not those of stage3/affinities.csv");
    let affinities = same.then(|| table.edges.iter().map(|edge| edge.affinity).collect());
    affinities.ok_or_else(differs).input().hint("make both again with `taskonomy stage3`")
}
