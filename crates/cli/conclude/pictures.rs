//! Pictures of what the best transfers predict, and the weights that stay for them.

use taskonomy_affinity::{Tournament, affinity_table};
use taskonomy_core::{Contender, KeepWeights, Sources, TaskId};
use taskonomy_plan::{Plan, Selection, Stages};
use taskonomy_run::{JobKind, RunRecord};

use super::best_transfers;
use crate::args::Stage;
use crate::commands::stages::training;
use crate::failure::Failure;
use crate::output::Output;
use crate::session::{Session, plan_failure, run_failure};
use crate::worker;

/// Pictures of the best transfers, and the removal of weights that nobody wants to keep.
pub(super) fn paint_best(
    session: &mut Session,
    plan: &Plan,
    tournaments: &[Tournament],
    args: &Stage,
    output: Output,
) -> Result<(), Failure> {
    let is_whole = |target: &TaskId, contender: &Contender| match contender {
        Contender::Transfer(sources) => plan.graph().get(&transfer(target, sources)).is_some(),
        _ => false,
    };
    let best = best_transfers(&affinity_table(tournaments), is_whole);
    let mut graph = plan.graph().clone();
    graph.add_examples(&best).map_err(plan_failure)?;
    // A new winner differs from the one whose picture is there: it is painted again.
    let selection = Selection { stages: Stages::Pictures, targets: None };
    let mut painting = Plan::new(graph, &session.run, selection, true).map_err(plan_failure)?;
    let keep = session.pipeline.transfers.keep_weights;
    if keep == KeepWeights::Best {
        // Weights that an earlier tournament found unworthy are trained again: the same bytes. Where
        // none are kept, a picture does without.
        for (target, sources) in &best {
            let kind = transfer(target, sources);
            if !session.run.job(&kind).path("weights.safetensors").exists() {
                painting.again(&kind);
            }
        }
    }
    let lacking = training::has_work(&painting).then(worker::find).and_then(Result::err);
    if let Some(failure) = lacking {
        // The tables are there, and need no worker.
        let why = failure.error;
        output.warn(format_args!("pictures of the best transfers are left out: {why}"));
    } else {
        training::execute(session, &mut painting, args, RunRecord::add_besides, output)?;
    }

    for node in plan.graph().nodes() {
        let kept = match &node.job.kind {
            JobKind::Transfer { target, sources } => {
                keep == KeepWeights::Best && best.get(target) == Some(sources)
            }
            JobKind::Scratch { .. } => false,
            _ => true,
        };
        if keep != KeepWeights::All && !kept {
            session.run.job(&node.job.kind).remove("weights.safetensors").map_err(run_failure)?;
        }
    }
    Ok(())
}

fn transfer(target: &TaskId, sources: &Sources) -> JobKind {
    JobKind::Transfer { target: target.clone(), sources: sources.clone() }
}
