//! What a run found, computed from its files.

use std::collections::BTreeMap;

use taskonomy_affinity::{
    Agreement, Baselines, BestByOrder, Extension, best_by_order, extensions, win_rate,
};
use taskonomy_core::{AffinityTable, Contender, LossTable, Policy, Task, TaskId};
use taskonomy_report::Sanity;
use taskonomy_run::{JobKind, Losses, RunDir};

use crate::commands::solve;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::session::run_failure;
use crate::{conclude, sweep};

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
        let best = conclude::best_transfers(&affinities);
        let mut baselines = Vec::new();
        for (target, best) in &best {
            let Some(table) = tables.get(target) else { continue };
            let constant = constant(run, target)?;
            if let Some(constant) = &constant
                && constant.len() != table.images.len()
            {
                let message = format!(
                    "stage2/losses/{target}.csv has {} samples, the average guess {}",
                    table.images.len(),
                    constant.len()
                );
                return Err(Failure::new(Exit::Input, message));
            }
            baselines.extend(Baselines::of(table, best, constant.as_deref()));
        }
        let problem = solve::of_pipeline(&pipeline, affinities);
        Ok(Self {
            networks: networks(run, &roster, &tables)?,
            baselines,
            by_order: best_by_order(&problem.table),
            extensions: tables
                .values()
                .flat_map(|table| extensions(table, &problem.table))
                .collect(),
            policies: sweep::whole(&problem)?,
            affinities: problem.table,
            agreement: None,
        })
    }
}

/// The losses of a job, if it is there.
fn losses(run: &RunDir, kind: &JobKind) -> Result<Option<Losses>, Failure> {
    let folder = run.job(kind);
    let there = folder.path("losses.safetensors").exists();
    there.then(|| folder.losses().map_err(run_failure)).transpose()
}

/// The losses of the average guess on the test samples: they stand beside those of a network.
fn constant(run: &RunDir, target: &TaskId) -> Result<Option<Vec<f32>>, Failure> {
    for kind in
        [JobKind::Network { task: target.clone() }, JobKind::Small { target: target.clone() }]
    {
        if let Some(losses) = losses(run, &kind)? {
            return Ok(losses.constant);
        }
    }
    Ok(None)
}

/// Every network against the average guess, and against the readout of the untrained encoder.
fn networks(
    run: &RunDir,
    roster: &[Task],
    tables: &BTreeMap<TaskId, LossTable>,
) -> Result<Vec<Sanity>, Failure> {
    let mut networks = Vec::new();
    for task in roster.iter().filter(|task| task.is_trained() && task.role.is_source()) {
        let Some(losses) = losses(run, &JobKind::Network { task: task.id.clone() })? else {
            continue;
        };
        let number = |&loss: &f32| f64::from(loss);
        let constant = losses.constant.as_ref();
        networks.push(Sanity {
            task: task.id.clone(),
            average_guess: constant.and_then(|constant| {
                win_rate(losses.test.iter().map(number), constant.iter().map(number))
            }),
            random: tables.get(&task.id).and_then(beats_random),
        });
    }
    Ok(networks)
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
