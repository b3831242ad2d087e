//! Training one task-specific network, on much data or on little.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use taskonomy_core::{Pipeline, Split, Task, TaskId};
use taskonomy_data::picture::spread;
use taskonomy_data::{Dataset, TaskView};
use taskonomy_nn::{
    Activity, Batches, Compute, Epoch, Model, Network, Prediction, Schedule, Watch, fit, losses,
    metrics_lines,
};
use taskonomy_run::{JobDir, JobKind, Losses, RunDir};

use crate::batches::TaskBatches;
use crate::error::NetworkError;

/// Samples in `examples.png`.
const EXAMPLES: usize = 6;

/// What every job of a run shares.
#[derive(Debug, Clone, Copy)]
pub struct Setup<'a> {
    /// Where results go.
    pub run: &'a RunDir,
    /// The run's settings, resolved.
    pub pipeline: &'a Pipeline,
    /// The images.
    pub dataset: &'a Dataset,
    /// Where and how to compute.
    pub compute: Compute,
}

/// What a weights file says about itself (the metadata of `weights.safetensors`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Description {
    pub(crate) task: TaskId,
    /// Channels, length or classes of the prediction.
    pub(crate) width: usize,
    /// Height and width of the images that it was trained on.
    pub(crate) size: usize,
}

/// Trains the task's encoder and decoder on the networks split, keeps the epoch with the lowest
/// validation loss, and writes `weights.safetensors`, `metrics.jsonl`, `losses.safetensors`
/// (validation, test, and the average guess on test) and `examples.png`. Not `done.json`.
///
/// Nothing but checkpoints is written unless the training comes to its end.
///
/// # Errors
/// Divergence, the stop flag, a dataset that lacks the task's labels, I/O.
pub fn train_network(setup: &Setup, task: &Task, watch: &mut Watch) -> Result<(), NetworkError> {
    let Setup { pipeline, dataset, .. } = *setup;
    let view = TaskView::new(dataset, task)?;
    let batches = TaskBatches::new(&view, pipeline.seed, pipeline.networks.mirror);
    let kind = JobKind::Network { task: task.id.clone() };
    let on = (Split::Networks, pipeline.networks.epochs);
    let Trained { model, history, losses } = train(setup, task, &kind, on, &batches, watch)?;
    let description =
        Description { task: task.id.clone(), width: view.width(), size: dataset.manifest().size };
    let description = serde_json::to_string(&description).expect("keys are texts");

    let folder = setup.run.job(&kind);
    watch.times.spend(Activity::Files, || {
        folder.write("weights.safetensors", &model.to_bytes(&description))?;
        folder.write("metrics.jsonl", &metrics_lines(&history))?;
        folder.write("losses.safetensors", &losses.to_bytes())
    })?;
    write_examples(&folder, &view, &batches, &model, pipeline.seed)
}

/// Trains the same network on the transfers split alone, a tougher baseline than scratch, which is
/// a readout without an encoder. It makes more passes (see `NetworksConfig::small_epochs`); everything else is as
/// in [`train_network`]. Writes `metrics.jsonl` and `losses.safetensors`; nothing reads
/// its weights.
///
/// # Errors
/// As [`train_network`].
pub fn train_small_network(
    setup: &Setup,
    task: &Task,
    watch: &mut Watch,
) -> Result<(), NetworkError> {
    let Setup { run, pipeline, dataset, .. } = *setup;
    let view = TaskView::new(dataset, task)?;
    let batches = TaskBatches::new(&view, pipeline.seed, pipeline.networks.mirror);
    let kind = JobKind::Small { target: task.id.clone() };
    let on = (Split::Transfers, pipeline.networks.small_epochs());
    let Trained { history, losses, .. } = train(setup, task, &kind, on, &batches, watch)?;
    let folder = run.job(&kind);
    folder.write("metrics.jsonl", &metrics_lines(&history))?;
    Ok(folder.write("losses.safetensors", &losses.to_bytes())?)
}

/// A network at the end of its training.
struct Trained {
    model: Model<Network>,
    history: Vec<Epoch>,
    losses: Losses,
}

/// Trains with the settings of stage 1 on a split, so many passes over it.
fn train(
    setup: &Setup,
    task: &Task,
    kind: &JobKind,
    (split, epochs): (Split, usize),
    batches: &TaskBatches,
    watch: &mut Watch,
) -> Result<Trained, NetworkError> {
    let Setup { pipeline, compute, .. } = *setup;
    let seed = kind.seed(pipeline.seed);
    let view = batches.view();
    let prediction = Prediction::new(task.output, view.width())
        .ok_or_else(|| NetworkError::Untrained(task.id.clone()))?;
    let settings = &pipeline.networks;
    let mut model =
        Model::new(seed, compute, |b| Network::new(b, settings.encoder, view.views(), prediction));
    if let Some(weights) = &settings.weights {
        let file = PathBuf::from(weights);
        let bytes = std::fs::read(&file);
        let bytes = bytes.map_err(|source| NetworkError::Io { file: file.clone(), source })?;
        model.start_from(&bytes).map_err(|source| NetworkError::Start { file, source })?;
    }

    let (batch, lr, descent) = (settings.batch, settings.lr, settings.descent());
    let schedule = Schedule { split, epochs, batch, lr, descent };
    let history = fit(&mut model, batches, task.loss, &schedule, seed, watch)?;
    let stop = watch.stop;
    let judge = |split| losses(&model, batches, task.loss, split, stop);
    let losses = watch.times.spend(Activity::Evaluation, || -> Result<_, NetworkError> {
        Ok(Losses {
            validation: judge(Split::Validation)?,
            test: judge(Split::Test)?,
            constant: Some(view.constant_losses(Split::Test)),
        })
    })?;
    Ok(Trained { model, history, losses })
}

/// Input, truth and prediction of a few test samples.
fn write_examples(
    folder: &JobDir,
    view: &TaskView,
    batches: &TaskBatches,
    model: &Model<Network>,
    seed: u64,
) -> Result<(), NetworkError> {
    let rows = spread(EXAMPLES, batches.len(Split::Test));
    let predicted = model.predict(&batches.input(Split::Test, &rows)).reshape(-1);
    let predicted = Vec::<f32>::try_from(&predicted).expect("predictions are f32");
    let sheet = view.compare(Split::Test, &rows, seed, &[("prediction", &predicted)]);
    Ok(folder.write("examples.png", &sheet.to_png())?)
}
