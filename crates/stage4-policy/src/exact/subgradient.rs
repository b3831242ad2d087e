//! Lowering the bound: subgradient steps on the multipliers.
//!
//! The subgradient of a link is `Σ x_e − y_s` of the relaxed solution. Step lengths are Polyak's
//! (USSR Computational Mathematics 9, 1969): μ (L − threshold) / ‖g‖², where μ shrinks whenever
//! the bound stalls. Steps are rounded to whole numbers: any multipliers give a bound.

use crate::exact::core::Core;
use crate::exact::relaxation::Relaxation;

/// Steps without a better bound before μ shrinks.
const PATIENCE: u32 = 8;
const SHRINK: f64 = 0.66;
/// Weight of the newest relaxed solution in the running mean.
const NEWEST: f64 = 0.1;

/// A descent on one core.
#[derive(Debug, Clone)]
pub(crate) struct Descent {
    pub now: Relaxation,
    /// The best multipliers so far and their bound.
    pub best: Vec<i64>,
    pub bound: i64,
    /// How much of each source was bought lately.
    pub mean: Vec<f64>,
    pub mu: f64,
    stalled: u32,
    /// Links that the present choice of edges uses, by the number of the step.
    stamp: Vec<u32>,
    step: u32,
    moves: Vec<(u32, f64)>,
}

impl Descent {
    pub fn new(core: &Core, lambda: Vec<i64>, mean: Vec<f64>, mu: f64) -> Self {
        let now = Relaxation::new(core, lambda);
        Self {
            best: now.lambda.clone(),
            bound: now.bound,
            mean,
            mu,
            stalled: 0,
            stamp: vec![0; core.source_of.len()],
            step: 0,
            moves: Vec::new(),
            now,
        }
    }

    /// One step towards a bound of `threshold`; false when the relaxed solution meets all links,
    /// so that the bound cannot fall any more.
    pub fn step(&mut self, core: &Core, threshold: i64, most: i64) -> bool {
        self.step += 1;
        self.moves.clear();
        let mut norm = 0.0;
        let selection = &self.now.selection;
        let part = |s: usize| match selection.part {
            Some((critical, share)) if critical == s => share,
            _ => f64::from(u8::from(selection.taken[s])),
        };
        for &edge in &self.now.chosen {
            for &link in core.needs(edge as usize) {
                self.stamp[link as usize] = self.step;
                let gradient = 1.0 - part(core.source_of[link as usize] as usize);
                if gradient > 0.0 {
                    norm += gradient * gradient;
                    self.moves.push((link, gradient));
                }
            }
        }
        for s in 0..core.sources.len() {
            let share = part(s);
            self.mean[s] += NEWEST * (share - self.mean[s]);
            if share > 0.0 {
                for &link in core.links_of(s) {
                    if self.stamp[link as usize] != self.step && self.now.lambda[link as usize] > 0
                    {
                        norm += share * share;
                        self.moves.push((link, -share));
                    }
                }
            }
        }
        if norm == 0.0 {
            return false;
        }
        let length = self.mu * (self.now.bound - threshold).max(1) as f64 / norm;
        for &(link, gradient) in &self.moves {
            let link = link as usize;
            let old = self.now.lambda[link];
            let new = old.saturating_add(nearest(length * gradient)).clamp(0, most);
            self.now.lambda[link] = new;
            self.now.profit[core.source_of[link] as usize] += new - old;
        }
        self.now.evaluate(core);
        if self.now.bound < self.bound {
            self.bound = self.now.bound;
            self.best.copy_from_slice(&self.now.lambda);
            self.stalled = 0;
        } else {
            self.stalled += 1;
            if self.stalled >= PATIENCE {
                self.stalled = 0;
                self.mu *= SHRINK;
            }
        }
        true
    }
}

/// The nearest whole number: a step is as good as any other that is about as long, so that halves
/// may go either way.
fn nearest(number: f64) -> i64 {
    (number + 0.5_f64.copysign(number)) as i64
}
