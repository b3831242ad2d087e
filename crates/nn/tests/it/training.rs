//! The training loop.

use std::sync::atomic::{AtomicBool, Ordering};

use taskonomy_core::{Descent, EncoderKind, Loss, Optimizer, Precision, Split};
use taskonomy_nn::{
    Architecture, Batches, Compute, Epoch, Labels, Model, Network, NnError, Prediction, Schedule,
    Scratch, Watch, fit, learning_rate, losses,
};

use tch::Tensor;

use crate::toy::Squares;

const MASK: Prediction = Prediction::Map { channels: 1, stride: 1 };
const MUON: Descent = Descent { optimizer: Optimizer::Muon, weight_decay: 1e-4, drop_at: None };
const SCHEDULE: Schedule =
    Schedule { split: Split::Transfers, epochs: 2, batch: 8, lr: 3e-3, descent: MUON };

fn network(seed: u64, precision: Precision) -> Model<Network> {
    Model::new(seed, Compute::cpu(precision), |b| Network::new(b, EncoderKind::Small, 1, MASK))
}

fn train<A: Architecture>(
    model: &mut Model<A>,
    data: &dyn Batches,
    schedule: Schedule,
    seed: u64,
) -> Result<Vec<Epoch>, NnError> {
    tch::set_num_threads(1);
    let stop = AtomicBool::new(false);
    fit(model, data, Loss::L2, &schedule, seed, &mut Watch::new(&stop, &mut |_| ()))
}

#[test]
fn it_learns_in_both_precisions() {
    for precision in [Precision::F32, Precision::Bf16] {
        let data = Squares::new(16);
        let mut model = network(1, precision);
        let history = train(&mut model, &data, Schedule { epochs: 30, ..SCHEDULE }, 1).unwrap();
        // The best constant, 1/16, has the loss 1/16 · 15/16 = 0.059.
        let lowest = history.iter().map(|e| e.validation).fold(f64::INFINITY, f64::min);
        assert!(lowest < 0.02, "{precision:?}: {lowest}");
        let stop = AtomicBool::new(false);
        let kept = losses(&model, &data, Loss::L2, Split::Validation, &stop).unwrap();
        let kept = kept.iter().map(|&x| f64::from(x)).sum::<f64>() / 16.0;
        assert!((kept - lowest).abs() < 1e-9, "the best epoch's weights are kept");
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let run = |seed| {
        let mut model =
            Model::new(seed, Compute::cpu(Precision::F32), |b| Scratch::new(b, 8, 1, MASK));
        let data = Squares::new(12);
        let schedule = Schedule { batch: 5, ..SCHEDULE };
        let history = train(&mut model, &data, schedule, seed).unwrap();
        (model.to_bytes(""), history)
    };
    assert_eq!(run(3), run(3));
    assert_ne!(run(3).0, run(4).0);
}

#[test]
fn divergence_is_an_error_that_names_epoch_and_step() {
    let data = Squares { offset: f64::INFINITY, ..Squares::new(8) };
    let error = train(&mut network(1, Precision::F32), &data, SCHEDULE, 1).unwrap_err();
    assert!(matches!(error, NnError::Diverged { epoch: 1, step: 1, .. }), "{error}");
}

/// Mirrored samples that cannot be learnt from.
struct Cracked(Squares);

impl Batches for Cracked {
    fn len(&self, split: Split) -> usize {
        self.0.len(split)
    }

    fn input(&self, split: Split, rows: &[usize]) -> Tensor {
        self.0.input(split, rows)
    }

    fn labels(&self, split: Split, rows: &[usize]) -> Labels {
        self.0.labels(split, rows)
    }

    fn mirrored(&self, split: Split, rows: &[usize]) -> Option<(Tensor, Labels)> {
        let Labels { values, weight } = self.0.labels(split, rows);
        Some((self.0.input(split, rows).flip([3]), Labels { values: values + f64::NAN, weight }))
    }
}

/// Samples of which the last, from eight on, lets every prediction become NaN outside of training.
struct Spoiling(Squares);

impl Batches for Spoiling {
    fn len(&self, split: Split) -> usize {
        self.0.len(split)
    }

    fn input(&self, split: Split, rows: &[usize]) -> Tensor {
        let input = self.0.input(split, rows);
        let factor = |&row: &usize| {
            if split != Split::Transfers && row >= 7 { f32::NAN } else { 1.0 }
        };
        let factors: Vec<f32> = rows.iter().map(factor).collect();
        input * Tensor::from_slice(&factors).view([-1, 1, 1, 1])
    }

    fn labels(&self, split: Split, rows: &[usize]) -> Labels {
        self.0.labels(split, rows)
    }
}

#[test]
fn a_prediction_that_is_no_number_is_not_taken_for_a_missing_label() {
    let mut model = network(1, Precision::F32);
    let error = train(&mut model, &Spoiling(Squares::new(8)), SCHEDULE, 1).unwrap_err();
    assert!(matches!(error, NnError::Diverged { epoch: 1, step: 0, .. }), "{error}");
    let stop = AtomicBool::new(false);
    let judged = |data: Squares| losses(&model, &Spoiling(data), Loss::L2, Split::Test, &stop);
    let error = judged(Squares::new(8)).unwrap_err();
    assert!(matches!(error, NnError::Spoilt { split: Split::Test, row: 7, .. }), "{error}");
    // Without a label there is nothing to be spoilt.
    let unknown = judged(Squares { weight: 0.0, ..Squares::new(8) }).unwrap();
    assert!(unknown.iter().all(|loss| loss.is_nan()));
}

#[test]
fn every_other_step_is_mirrored() {
    let error = train(&mut network(1, Precision::F32), &Cracked(Squares::new(32)), SCHEDULE, 1)
        .unwrap_err();
    assert!(matches!(error, NnError::Diverged { epoch: 1, step: 2, .. }), "{error}");
}

#[test]
fn the_stop_flag_ends_it_within_a_step() {
    let (stop, mut epochs) = (AtomicBool::new(false), 0);
    let mut on_epoch = |_: &Epoch| {
        epochs += 1;
        stop.store(true, Ordering::Relaxed);
    };
    let mut watch = Watch::new(&stop, &mut on_epoch);
    let mut model = network(1, Precision::F32);
    let result = fit(&mut model, &Squares::new(8), Loss::L2, &SCHEDULE, 1, &mut watch);
    assert!(matches!(result, Err(NnError::Stopped)));
    assert_eq!(epochs, 1);
}

#[test]
fn nothing_to_learn_from_is_an_error() {
    let unknown = Squares { weight: 0.0, ..Squares::new(8) };
    let error = train(&mut network(1, Precision::F32), &unknown, SCHEDULE, 1).unwrap_err();
    assert!(matches!(error, NnError::NoLabels(Split::Transfers)), "{error}");
    let error = train(&mut network(1, Precision::F32), &Squares::new(1), SCHEDULE, 1).unwrap_err();
    assert!(matches!(error, NnError::TooFew { found: 1, needed: 2, .. }), "{error}");
}

#[test]
fn a_rest_of_one_sample_is_no_obstacle() {
    let mut model = Model::new(1, Compute::cpu(Precision::F32), |b| Scratch::new(b, 8, 1, MASK));
    for n in [2, 3, 5] {
        train(&mut model, &Squares::new(n), Schedule { batch: 2, ..SCHEDULE }, 1).unwrap();
    }
}

#[test]
fn the_learning_rate_rises_for_15_percent_and_falls_to_1() {
    assert!((learning_rate(0, 100, None) - 0.05).abs() < 1e-12);
    assert!((learning_rate(15, 100, None) - 1.0).abs() < 1e-12);
    assert!((learning_rate(100, 100, None) - 0.01).abs() < 1e-12);
    let middle = learning_rate(575, 1000, None); // halfway down the cosine
    assert!((middle - 0.505).abs() < 1e-12);
}

#[test]
fn the_papers_learning_rate_is_a_tenth_from_a_step_on() {
    let rates = [0, 3, 4, 9].map(|step| learning_rate(step, 10, Some(4)));
    assert_eq!(rates, [1.0, 1.0, 0.1, 0.1]);
    let data = Squares::new(8); // a step an epoch
    let descent = Descent { optimizer: Optimizer::Adam, drop_at: Some(2), ..MUON };
    let schedule = Schedule { epochs: 3, descent, ..SCHEDULE };
    let history = train(&mut network(1, Precision::F32), &data, schedule, 1).unwrap();
    assert_eq!(history.iter().map(|e| e.lr / 3e-3).collect::<Vec<_>>(), [1.0, 1.0, 0.1]);
}

#[test]
fn adam_learns_too() {
    let data = Squares::new(16);
    let descent = Descent { optimizer: Optimizer::Adam, ..MUON };
    let schedule = Schedule { epochs: 30, descent, ..SCHEDULE };
    let history = train(&mut network(1, Precision::F32), &data, schedule, 1).unwrap();
    let lowest = history.iter().map(|e| e.validation).fold(f64::INFINITY, f64::min);
    assert!(lowest < 0.03, "{lowest}: the best constant has 0.059");
}
