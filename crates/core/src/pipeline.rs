//! The pipeline file: one experiment from images to taxonomy.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::TaskId;

mod check;
mod classes;
mod data;
mod descent;
mod enlist;
mod own;
mod parse;
mod racing;

pub use classes::Classes;
pub use data::{DataConfig, Maker, SplitCounts};
pub use descent::{Descent, Optimizer};
pub use own::{Kind, OwnSource, OwnTask};
pub use parse::PipelineError;
pub use racing::Allocation;

/// An experiment, checked; `to_toml` writes it with every default spelled out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pipeline {
    /// Names the run directory, `results/<name>`.
    pub name: String,
    /// Every random number of the run follows from it.
    #[serde(default = "one")]
    pub seed: u64,
    /// How often everything is trained, each time with another seed: affinities are means then.
    #[serde(default = "once")]
    pub repeats: usize,
    /// The images.
    pub data: DataConfig,
    /// Which tasks take part.
    #[serde(default)]
    pub tasks: TasksConfig,
    /// Stage 1.
    #[serde(default)]
    pub networks: NetworksConfig,
    /// Stage 2.
    #[serde(default)]
    pub transfers: TransfersConfig,
    /// Stage 4.
    #[serde(default)]
    pub policy: PolicyConfig,
    /// Tasks of the user's own: `[[task]]`.
    #[serde(default, rename = "task", skip_serializing_if = "Vec::is_empty")]
    pub own_tasks: Vec<OwnTask>,
    /// Representations of the user's own: `[[source]]`.
    #[serde(default, rename = "source", skip_serializing_if = "Vec::is_empty")]
    pub own_sources: Vec<OwnSource>,
}

/// Which tasks take part, and as what.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TasksConfig {
    /// Sources and targets.
    #[serde(default)]
    pub both: Vec<TaskId>,
    /// Sources that are not wanted in themselves.
    #[serde(default)]
    pub source_only: Vec<TaskId>,
    /// Targets whose labels are too few to train an encoder on.
    #[serde(default)]
    pub target_only: Vec<TaskId>,
    /// Label costs other than the dictionary's.
    #[serde(default)]
    pub cost: BTreeMap<TaskId, f64>,
    /// Importances of targets other than 1.
    #[serde(default)]
    pub importance: BTreeMap<TaskId, f64>,
}

/// Stage 1: task-specific networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NetworksConfig {
    /// Architecture of the encoder.
    pub encoder: EncoderKind,
    /// A safetensors file that every encoder starts from; torchvision's names of a `ResNet` will do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weights: Option<String>,
    /// Passes over the networks split.
    pub epochs: usize,
    /// Samples per step.
    pub batch: usize,
    /// Highest learning rate.
    pub lr: f64,
    /// The direction in which weights are moved.
    pub optimizer: Optimizer,
    /// How far weights are drawn to 0, see [`Optimizer`].
    pub weight_decay: f64,
    /// The step from which on the learning rate is a tenth; absent: linear warm-up, then cosine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drop_at: Option<usize>,
    /// Whether every other step shows mirrored images, to the tasks that have a mirrored answer.
    pub mirror: bool,
    /// Number type of activations and gradients; weights are always f32.
    pub precision: Precision,
}

impl Default for NetworksConfig {
    fn default() -> Self {
        let Descent { optimizer, weight_decay, drop_at } = Descent::default();
        Self {
            encoder: EncoderKind::Small,
            weights: None,
            epochs: 6,
            batch: 32,
            lr: 3e-3,
            optimizer,
            weight_decay,
            drop_at,
            mirror: true,
            precision: Precision::Auto,
        }
    }
}

impl NetworksConfig {
    /// Passes over the transfers split of a network that is trained on it alone: three times as many
    /// as stage 1 makes over the large one. Few images need more passes, and are soon learned by
    /// heart; the epoch of the lowest validation loss is kept.
    pub fn small_epochs(&self) -> usize {
        3 * self.epochs
    }
}

/// Architecture of the encoders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EncoderKind {
    /// Five convolutions and two residual blocks to 16 channels at an eighth of the resolution.
    Small,
    /// `ResNet`-18 to 8 channels at a sixteenth of the resolution.
    Resnet18,
    /// `ResNet`-50 to 8 channels at a sixteenth of the resolution: the paper's.
    Resnet50,
}

impl EncoderKind {
    /// Channels of its representations.
    pub fn channels(self) -> usize {
        match self {
            Self::Small => 16,
            Self::Resnet18 | Self::Resnet50 => 8,
        }
    }

    /// Image pixels per pixel of its representations, along each axis.
    pub fn stride(self) -> usize {
        match self {
            Self::Small => 8,
            Self::Resnet18 | Self::Resnet50 => 16,
        }
    }
}

/// Number type of activations and gradients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// bf16 where the CPU has AMX, else f32; decided once, when the run is created.
    Auto,
    /// 32-bit.
    F32,
    /// bfloat16 activations over f32 weights.
    Bf16,
}

/// Stage 2: transfers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TransfersConfig {
    /// Most sources of one transfer.
    pub order: usize,
    /// Sets of order k are made of the max(beam, k) best first-order sources.
    pub beam: usize,
    /// Beams of single orders: `{ 4 = 6 }` is what the paper's authors ran.
    pub beam_by_order: BTreeMap<usize, usize>,
    /// Passes over the transfers split.
    pub epochs: usize,
    /// Whether all transfers make them.
    pub allocation: Allocation,
    /// Samples per step.
    pub batch: usize,
    /// Highest learning rate.
    pub lr: f64,
    /// As of networks.
    pub optimizer: Optimizer,
    /// As of networks.
    pub weight_decay: f64,
    /// Weight decays of transfers of single orders: `{ 2 = 1e-6 }`.
    pub weight_decay_by_order: BTreeMap<usize, f64>,
    /// As of networks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drop_at: Option<usize>,
    /// Which readouts' weights stay on disk.
    pub keep_weights: KeepWeights,
    /// Whether every target's own network is trained on the transfers split too, as a tougher
    /// baseline than scratch.
    pub small_networks: bool,
}

impl Default for TransfersConfig {
    fn default() -> Self {
        let Descent { optimizer, weight_decay, drop_at } = Descent::default();
        Self {
            order: 2,
            beam: 5,
            beam_by_order: BTreeMap::new(),
            epochs: 8,
            allocation: Allocation::Full,
            batch: 32,
            lr: 1e-2,
            optimizer,
            weight_decay,
            weight_decay_by_order: BTreeMap::new(),
            drop_at,
            keep_weights: KeepWeights::Best,
            small_networks: false,
        }
    }
}

impl TransfersConfig {
    /// The number of first-order sources that sets of this order are made of.
    pub fn beam_of(&self, order: usize) -> usize {
        self.beam_by_order.get(&order).copied().unwrap_or(self.beam).max(order)
    }
}

/// Which readouts' weights stay on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeepWeights {
    /// Those of the best transfer of each target.
    Best,
    /// All.
    All,
    /// None.
    None,
}

/// Stage 4: the policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PolicyConfig {
    /// Largest total label cost.
    pub budget: f64,
    /// What is maximised.
    pub objective: Objective,
    /// How many of some tasks are bought.
    #[serde(rename = "constraint", skip_serializing_if = "Vec::is_empty")]
    pub constraints: Vec<Constraint>,
}

impl Default for PolicyConfig {
    fn default() -> Self {
        Self { budget: 4.0, objective: Objective::Raw, constraints: Vec::new() }
    }
}

/// Bounds on the number of bought tasks among some: `[[policy.constraint]]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Constraint {
    /// Among which.
    pub tasks: Vec<TaskId>,
    /// Fewest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<usize>,
    /// Most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<usize>,
}

/// What the programme maximises over the chosen edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Objective {
    /// Importance × affinity (the paper's).
    Raw,
    /// Importance × log affinity.
    Log,
    /// Raw, where a bought target's own network counts 0.
    NoSelf,
}

fn one() -> u64 {
    1
}

fn once() -> usize {
    1
}
