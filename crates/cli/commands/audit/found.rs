//! What a run found, computed from its files.

use std::collections::BTreeMap;

use taskonomy_affinity::{
    Agreement, Baselines, BestByOrder, Extension, best_by_order, extensions, win_rate,
};
use taskonomy_core::{AffinityTable, Contender, LossTable, Policy, TaskId};
use taskonomy_policy::Limits;
use taskonomy_report::Sanity;
use taskonomy_run::{JobKind, Losses, RunDir};

use crate::commands::solve;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::session::run_failure;
use crate::{conclude, pages, sweep};

/// What a run found.
pub struct Found {
    /// A row per network.
    pub networks: Vec<Sanity>,
    /// A row per target that something is transferred to.
    pub baselines: Vec<Baselines>,
    /// The best transfers of each order.
    pub by_order: Vec<BestByOrder>,
    /// Every transfer of higher order.
    pub extensions: Vec<Extension>,
    /// The best policies of every budget and order.
    pub policies: Vec<Policy>,
    /// What all of it follows from.
    pub affinities: AffinityTable,
    /// With published affinities, where there are some to compare with.
    pub agreement: Option<Vec<Agreement>>,
}

impl Found {
    /// Reads the run's losses and affinities.
    pub fn of(run: &RunDir, output: Output) -> Result<Self, Failure> {
        let pipeline = solve::pipeline(run)?;
        let affinities = conclude::affinities(run, output)?;
        let roster = pipeline.roster(&pipeline.dictionary(&taskonomy_core::Dictionary::builtin()));
        let mut tables = conclude::read_tables(&run.path("stage2/losses"))?;
        let targets = affinities.targets();
        tables.retain(|table| targets.contains(&table.target));
        let tables: BTreeMap<TaskId, LossTable> =
            tables.into_iter().map(|table| (table.target.clone(), table)).collect();
        let networks: BTreeMap<TaskId, Losses> =
            pages::network_losses(run, &roster)?.into_iter().collect();
        let baselines = baselines(run, &affinities, &tables, &networks)?;
        let problem = solve::of_pipeline(&pipeline, affinities);
        Ok(Self {
            networks: networks
                .iter()
                .map(|(task, losses)| sanity(task, losses, tables.get(task)))
                .collect(),
            baselines,
            by_order: best_by_order(&problem.table),
            extensions: tables
                .values()
                .flat_map(|table| extensions(table, &problem.table))
                .collect(),
            policies: sweep::whole(&problem, &Limits::default())?,
            affinities: problem.table,
            agreement: None,
        })
    }
}

/// The best transfers beside what they should beat.
fn baselines(
    run: &RunDir,
    affinities: &AffinityTable,
    tables: &BTreeMap<TaskId, LossTable>,
    networks: &BTreeMap<TaskId, Losses>,
) -> Result<Vec<Baselines>, Failure> {
    let mut baselines = Vec::new();
    let is_whole = |target: &TaskId, contender: &Contender| {
        tables.get(target).is_some_and(|table| table.position(contender).is_some())
    };
    for (target, best) in &conclude::best_transfers(affinities, is_whole) {
        let Some(table) = tables.get(target) else { continue };
        let constant = match networks.get(target) {
            Some(losses) => losses.constant.clone(),
            None => small_constant(run, target)?,
        };
        let samples = table.images.len();
        if let Some(found) = constant.as_ref().map(Vec::len).filter(|found| *found != samples) {
            let message = format!(
                "stage2/losses/{target}.csv has {samples} samples, the average guess {found}"
            );
            return Err(Failure::new(Exit::Input, message));
        }
        baselines.extend(Baselines::of(table, best, constant.as_deref()));
    }
    Ok(baselines)
}

/// The losses of the average guess of a task without a network of stage 1: they stand beside those
/// of its network on little data, if it has one.
fn small_constant(run: &RunDir, target: &TaskId) -> Result<Option<Vec<f32>>, Failure> {
    let folder = run.job(&JobKind::Small { target: target.clone() });
    if !folder.path("losses.safetensors").exists() {
        return Ok(None);
    }
    Ok(folder.losses().map_err(run_failure)?.constant)
}

/// A network against the average guess, and against the readout of the untrained encoder.
fn sanity(task: &TaskId, losses: &Losses, table: Option<&LossTable>) -> Sanity {
    let (average_guess, random) = (pages::beats_constant(losses), table.and_then(beats_random));
    Sanity { task: task.clone(), average_guess, random }
}

/// On which share of the samples the target's own network beats the readout of `random`.
fn beats_random(table: &LossTable) -> Option<f64> {
    let random = table.contenders.iter().position(|contender| match contender {
        Contender::Transfer(sources) => {
            sources.order() == 1 && sources.iter().all(TaskId::is_random)
        }
        _ => false,
    });
    let full = table.position(&Contender::Full)?;
    win_rate(table.column(full), table.column(random?))
}
