//! `AdamW` with a warm-up and a cosine.

use tch::{Tensor, no_grad};

use crate::parameters::Parameters;

const WEIGHT_DECAY: f64 = 1e-4;
const BETA1: f64 = 0.9;
const BETA2: f64 = 0.999;
const EPSILON: f64 = 1e-8;

/// Share of the steps in which the learning rate rises.
const WARM_UP: f64 = 0.15;
/// The learning rate begins and ends at these shares of the highest.
const FIRST: f64 = 0.05;
const LAST: f64 = 0.01;

/// The learning rate at a step (from 0) as a share of the highest: linear from 5 % to 100 % over
/// the first 15 % of the steps, then a cosine down to 1 %.
pub fn learning_rate(step: usize, steps: usize) -> f64 {
    let progress = step as f64 / steps.max(1) as f64;
    if progress < WARM_UP {
        return FIRST + (1.0 - FIRST) * progress / WARM_UP;
    }
    let angle = std::f64::consts::PI * (progress - WARM_UP) / (1.0 - WARM_UP);
    LAST + (1.0 - LAST) * 0.5 * (1.0 + angle.cos())
}

/// `AdamW` (Loshchilov and Hutter, 2019), weight decay 1e-4, over all weights as one tensor.
#[derive(Debug)]
pub(crate) struct AdamW {
    weights: Tensor,
    mean: Tensor,
    square: Tensor,
    step: i32,
}

impl AdamW {
    pub(crate) fn new(parameters: &Parameters) -> Self {
        let weights = parameters.flat_weights();
        let (mean, square) = (weights.zeros_like(), weights.zeros_like());
        Self { weights, mean, square, step: 0 }
    }

    pub(crate) fn step(&mut self, gradient: &Tensor, lr: f64) {
        self.step += 1;
        let unbiased = |beta: f64| 1.0 - beta.powi(self.step);
        no_grad(|| {
            let _ = self.mean.lerp_(gradient, 1.0 - BETA1);
            let _ = self.square.lerp_(&gradient.square(), 1.0 - BETA2);
            let scale = (&self.square / unbiased(BETA2)).sqrt_() + EPSILON;
            let direction = &self.mean / scale * (lr / unbiased(BETA1));
            let _ = self.weights.g_mul_scalar_(1.0 - lr * WEIGHT_DECAY).g_sub_(&direction);
        });
    }
}
