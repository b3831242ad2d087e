//! How a training moves weights: the optimiser, its weight decay, the course of the learning rate.

use serde::{Deserialize, Serialize};

use crate::pipeline::{NetworksConfig, TransfersConfig};

/// How a training moves weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Descent {
    /// The direction.
    pub optimizer: Optimizer,
    /// How far weights are drawn to 0.
    pub weight_decay: f64,
    /// From this step on the learning rate is a tenth, and as given before; absent: a linear
    /// warm-up, then a cosine.
    pub drop_at: Option<usize>,
}

impl Default for Descent {
    fn default() -> Self {
        Self { optimizer: Optimizer::Muon, weight_decay: 1e-4, drop_at: None }
    }
}

/// The direction in which weights are moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Optimizer {
    /// Muon for the kernels of convolutions, Adam for all else; weight decay apart from the
    /// gradient, as in `AdamW`.
    #[default]
    Muon,
    /// Adam for all weights; weight decay as part of the loss, ½·decay·‖w‖²: the paper's.
    Adam,
}

impl NetworksConfig {
    /// How networks are trained.
    pub fn descent(&self) -> Descent {
        let Self { optimizer, weight_decay, drop_at, .. } = *self;
        Descent { optimizer, weight_decay, drop_at }
    }
}

impl TransfersConfig {
    /// How readouts of so many sources are trained; scratch is trained as those of one.
    pub fn descent(&self, order: usize) -> Descent {
        let Self { optimizer, drop_at, .. } = *self;
        let weight_decay = self.weight_decay_by_order.get(&order).copied();
        Descent { optimizer, weight_decay: weight_decay.unwrap_or(self.weight_decay), drop_at }
    }
}
