//! Stages 3 and 4 of a run: from loss tables to affinities, the policy and its pictures.

mod pictures;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Instant;

use serde_json::json;
use taskonomy_affinity::{
    Tournament, affinity_table, hold_all, hold_all_in_rounds, write_affinity_matrix,
    write_win_rates,
};
use taskonomy_core::{AffinityTable, Contender, Dictionary, LossTable, Sources, Split, TaskId};
use taskonomy_plan::{Plan, Stages};
use taskonomy_policy::Limits;
use taskonomy_run::RunDir;

use crate::args::{Format, Stage};
use crate::commands::solve;
use crate::failure::{Exit, Explain, Fail, Failure};
use crate::output::Output;
use crate::session::{Session, plan_failure, run_failure};
use crate::{interrupt, pages, repeats, sweep, taxonomies};

/// Gathers the losses of the run and of its repetitions, holds the tournaments, and paints what the
/// best transfers predict.
pub fn stage3(
    session: &mut Session,
    repeats: &[Session],
    args: &Stage,
    output: Output,
) -> Result<(), Failure> {
    let begun = Instant::now();
    let plan = session.plan(Stages::All, args.force)?;
    let mut tournaments = tournaments(session, &plan, args, output)?;
    let mut again = None;
    if !repeats.is_empty() {
        let mut held = vec![tournaments];
        for repeat in repeats {
            let plan = repeat.plan(Stages::All, args.force)?;
            held.push(self::tournaments(repeat, &plan, args, output)?);
        }
        let repeated = repeats::of(&held, output);
        tournaments = repeated.iter().map(|repeated| repeated.mean.clone()).collect();
        again = Some((repeated, held));
    }
    // What an earlier stage 3 wrote is better than nothing.
    if tournaments.is_empty() {
        let message = "there is no target whose transfers could be compared";
        let hint = "stage 1 and stage 2 again do what is left";
        return Err(Failure::new(Exit::Incomplete, message).hint(hint));
    }
    session.write_config()?;
    match &again {
        Some((repeated, held)) => repeats::write(&session.run, repeated, held)?,
        None => repeats::forget(&session.run)?,
    }
    for (name, bytes) in results(&tournaments) {
        session.run.write(Path::new("stage3").join(name), &bytes).map_err(run_failure)?;
    }
    session.add_stage(3, begun);
    pictures::paint_best(session, &plan, &tournaments, args, output)
}

/// The tournaments of one run, from its gathered losses.
fn tournaments(
    session: &Session,
    plan: &Plan,
    args: &Stage,
    output: Output,
) -> Result<Vec<Tournament>, Failure> {
    let targets: Vec<TaskId> = plan.graph().targets().cloned().collect();
    let mut races = Vec::with_capacity(targets.len());
    for target in &targets {
        let (ids, partial) = (|split| session.ids(target, split), args.partial);
        let rounds = plan.gather_rounds(target, &ids(Split::Validation), partial);
        let mut rounds = rounds.map_err(plan_failure)?;
        let end = plan.gather_losses(target, &ids(Split::Test), partial);
        let mut end = end.map_err(plan_failure)?;
        rounds.retain(|table| table.contenders.iter().any(Contender::competes));
        // Where no transfer came to the end, nothing can be compared with `self`.
        let is_transfer = |c: &Contender| matches!(c, Contender::Transfer(_));
        if !end.contenders.iter().any(is_transfer) {
            end = rounds.pop().unwrap_or(end);
        }
        let everyone = rounds.iter().chain([&end]).flat_map(|table| &table.contenders);
        let competing = everyone.filter(|c| c.competes()).collect::<BTreeSet<_>>().len();
        match competing {
            0 => output.warn(format_args!("target `{target}` is left out: nothing predicts it")),
            1 => output.warn(format_args!(
                "target `{target}` is left out: it has fewer than two contenders"
            )),
            _ => races.push((rounds, end)),
        }
    }
    let tournaments = hold_all_in_rounds(&races).input()?;
    warn_of_defects(&tournaments, output);
    Ok(tournaments)
}

/// Tournaments on a folder of loss tables `<target>.csv` that anyone made.
pub fn foreign_losses(folder: &Path, out: Option<&Path>, output: Output) -> Result<(), Failure> {
    let tables = read_tables(folder)?;
    let tournaments = hold(&tables, output).at(folder.display())?;
    if let Some(out) = out {
        let out = RunDir::new(out);
        for (name, bytes) in results(&tournaments) {
            out.write(name, &bytes).map_err(run_failure)?;
        }
    }
    let table = affinity_table(&tournaments);
    output.result(|| csv(&table), || affinities_json(&tournaments))
}

/// The affinities of such a folder.
pub fn foreign_affinities(folder: &Path, output: Output) -> Result<AffinityTable, Failure> {
    Ok(affinity_table(&hold(&read_tables(folder)?, output).at(folder.display())?))
}

/// The loss tables `<target>.csv` of a folder.
pub fn read_tables(folder: &Path) -> Result<Vec<LossTable>, Failure> {
    let entries = std::fs::read_dir(folder).input().at(folder.display());
    let entries = entries.hint("it is a folder with a table per target: normals.csv")?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "csv"));
    files.sort();
    if files.is_empty() {
        let message = format!("{}: there are no files *.csv", folder.display());
        let hint = "a table is named after its target: normals.csv";
        return Err(Failure::new(Exit::Input, message).hint(hint));
    }
    let read = |file: PathBuf| {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let target = stem.parse::<TaskId>().input().at(file.display());
        let target = target.hint("a table is named after its target: normals.csv")?;
        let bytes = std::fs::File::open(&file).input().at(file.display())?;
        LossTable::read(target, std::io::BufReader::new(bytes)).input().at(file.display())
    };
    files.into_iter().map(read).collect()
}

fn hold(tables: &[LossTable], output: Output) -> Result<Vec<Tournament>, Failure> {
    let tournaments = hold_all(tables).input()?;
    warn_of_defects(&tournaments, output);
    Ok(tournaments)
}

fn warn_of_defects(tournaments: &[Tournament], output: Output) {
    for defect in tournaments.iter().flat_map(|tournament| &tournament.defects) {
        output.warn(defect);
    }
}

/// The files of stage 3.
fn results(tournaments: &[Tournament]) -> Vec<(PathBuf, Vec<u8>)> {
    const MEMORY: &str = "memory takes everything";
    let mut files = Vec::new();
    for tournament in tournaments {
        let mut bytes = Vec::new();
        write_win_rates(tournament, &mut bytes).expect(MEMORY);
        files.push((Path::new("win_rates").join(format!("{}.csv", tournament.target)), bytes));
    }
    let table = affinity_table(tournaments);
    let mut matrix = Vec::new();
    write_affinity_matrix(&table, &mut matrix).expect(MEMORY);
    files.push(("affinity_matrix.csv".into(), matrix));
    files.push(("affinities.csv".into(), csv(&table).into_bytes()));
    files
}

pub(crate) fn csv(table: &AffinityTable) -> String {
    let mut bytes = Vec::new();
    table.write(&mut bytes).expect("memory takes everything");
    String::from_utf8(bytes).expect("ids and numbers are text")
}

fn affinities_json(tournaments: &[Tournament]) -> serde_json::Value {
    let of = |t: &Tournament| {
        let edges: Vec<_> = (0..t.contenders.len())
            .map(|contender| {
                let edge = t.edge(contender);
                json!({
                    "sources": edge.contender, "affinity": edge.affinity,
                    "win_vs_scratch": edge.gain, "win_vs_full": edge.quality,
                })
            })
            .collect();
        let defects: Vec<_> = t.defects.iter().map(ToString::to_string).collect();
        json!({
            "target": t.target, "edges": edges, "defects": defects, "lambda": t.lambda,
            "residual": t.residual, "iterations": t.iterations,
        })
    };
    json!(tournaments.iter().map(of).collect::<Vec<_>>())
}

/// The transfer with the highest affinity into each target (t→t is none) of those that came to the end
/// of their training.
pub fn best_transfers(
    table: &AffinityTable,
    is_whole: impl Fn(&TaskId, &Contender) -> bool,
) -> BTreeMap<TaskId, Sources> {
    let mut best: BTreeMap<TaskId, (f64, Sources)> = BTreeMap::new();
    for edge in &table.edges {
        if let Contender::Transfer(sources) = &edge.contender
            && !sources.contains(&edge.target)
            && best.get(&edge.target).is_none_or(|(affinity, _)| edge.affinity > *affinity)
            && is_whole(&edge.target, &edge.contender)
        {
            best.insert(edge.target.clone(), (edge.affinity, sources.clone()));
        }
    }
    best.into_iter().map(|(target, (_, sources))| (target, sources)).collect()
}

/// Solves the pipeline's programme and writes the taxonomy, its pictures and the report.
pub fn stage4(session: &mut Session, output: Output) -> Result<(), Failure> {
    let begun = Instant::now();
    let table = affinities(&session.run, output)?;
    let tasks = session.pipeline.dictionary(&Dictionary::builtin());
    let problem = solve::of_pipeline(&session.pipeline, table);
    let stop = interrupt::stop_flag()?;
    let stopped = || stop.load(Ordering::Relaxed);
    let limits = Limits { nodes: None, stop: Some(&stopped) };
    let policy = problem.solve_within(&limits);
    interrupt::heed(&stop)?;
    let policy = policy.map_err(solve::policy_failure)?;
    let taxonomy = taxonomies::of(&problem, policy, &tasks);
    // Other commands solve under the policy of config.toml.
    session.write_config()?;
    let write = |name: &str, bytes: &[u8]| session.run.write(name, bytes).map_err(run_failure);
    write("stage4/taxonomy.dot", &taxonomies::encode(&taxonomy, Format::Dot)?)?;
    write("stage4/taxonomy.svg", &taxonomies::encode(&taxonomy, Format::Svg)?)?;
    write("stage4/taxonomy.json", &taxonomies::encode(&taxonomy, Format::Json)?)?;
    // All other budgets take longer than the one.
    let files = sweep::files(&problem, &limits);
    interrupt::heed(&stop)?;
    for (name, bytes) in files? {
        write(name, &bytes)?;
    }
    let repeats = session.pipeline.repeats;
    if repeats > 1 {
        repeats::agree(&session.run, &problem, repeats, output)?;
    } else {
        repeats::forget(&session.run)?;
    }
    session.add_stage(4, begun);
    pages::write(&session.run, &session.roster, repeats, &session.total()?, output)
}

/// The affinities of a run.
pub fn affinities(run: &RunDir, output: Output) -> Result<AffinityTable, Failure> {
    let file = run.path("stage3/affinities.csv");
    let bytes = std::fs::File::open(&file).map_err(|error| {
        let absent = error.kind() == std::io::ErrorKind::NotFound;
        let hint = format!("finish the run first: taskonomy run --run {}", run.root().display());
        Failure {
            error: anyhow::anyhow!("{}: {error}", file.display()),
            hint: absent.then_some(hint),
            exit: if absent { Exit::Incomplete } else { Exit::Environment },
        }
    });
    solve::read(bytes?, file.display(), output)
}
