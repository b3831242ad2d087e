//! Trainings that are stopped and taken up again.

use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};

use taskonomy_core::{Descent, Loss, Optimizer, Precision, Split};
use taskonomy_nn::{
    Batches, Checkpoints, Compute, Epoch, Labels, Model, NnError, Prediction, Schedule, Scratch,
    Watch, fit, fit_until, losses,
};
use tch::{Kind, Tensor};

use crate::toy::Squares;

/// Three steps an epoch.
const SCHEDULE: Schedule = Schedule {
    split: Split::Transfers,
    epochs: 3,
    batch: 5,
    lr: 3e-3,
    descent: Descent { optimizer: Optimizer::Muon, weight_decay: 1e-4, drop_at: None },
};
const SAMPLES: usize = 13;

/// How much of the square is on the left? Seen from both sides, and with dropout, which only
/// predictions of numbers have.
struct Halves(Squares);

impl Halves {
    fn labels_of(masks: &Tensor) -> Labels {
        let values = masks.narrow(3, 0, 16).mean_dim([1_i64, 2, 3].as_slice(), true, Kind::Float);
        Labels { weight: values.ones_like(), values }
    }
}

impl Batches for Halves {
    fn len(&self, split: Split) -> usize {
        self.0.len(split)
    }

    fn input(&self, split: Split, rows: &[usize]) -> Tensor {
        self.0.input(split, rows)
    }

    fn labels(&self, split: Split, rows: &[usize]) -> Labels {
        Self::labels_of(&self.0.labels(split, rows).values)
    }

    fn mirrored(&self, split: Split, rows: &[usize]) -> Option<(Tensor, Labels)> {
        let masks = self.0.labels(split, rows).values.flip([3]);
        Some((self.0.input(split, rows).flip([3]), Self::labels_of(&masks)))
    }
}

/// Keeps the last state in memory, and stops an attempt after some steps.
struct Shelf<'a> {
    state: Option<Vec<u8>>,
    stop: &'a AtomicBool,
    /// Left until the attempt is stopped: at the end of the step after these.
    steps: usize,
    resumed: Option<(usize, usize)>,
    ignored: Option<String>,
}

impl Checkpoints for Shelf<'_> {
    fn identity(&self) -> &'static str {
        "a test"
    }

    fn last(&mut self) -> Option<Vec<u8>> {
        self.state.clone()
    }

    fn is_due(&mut self) -> bool {
        self.steps = self.steps.saturating_sub(1);
        self.stop.store(self.steps == 0, Ordering::Relaxed);
        false
    }

    fn keep(&mut self, state: &[u8]) -> Result<(), Box<dyn Error + Send + Sync>> {
        self.state = Some(state.to_vec());
        Ok(())
    }

    fn resumed(&mut self, epoch: usize, step: usize) {
        self.resumed = Some((epoch, step));
    }

    fn ignored(&mut self, why: &NnError) {
        self.ignored = Some(why.to_string());
    }
}

/// What a training comes to: weights and statistics, history, losses.
type Trained = (Vec<u8>, Vec<Epoch>, Vec<f32>);

/// One attempt, of a model with numbers of its own.
fn attempt(
    start: (u64, Precision),
    schedule: Schedule,
    shelf: Option<&mut Shelf>,
    stop: &AtomicBool,
) -> Result<Trained, NnError> {
    attempt_until(schedule.epochs, start, schedule, shelf, stop)
}

/// The same up to the end of an epoch.
fn attempt_until(
    epochs: usize,
    (start, precision): (u64, Precision),
    schedule: Schedule,
    shelf: Option<&mut Shelf>,
    stop: &AtomicBool,
) -> Result<Trained, NnError> {
    tch::set_num_threads(1);
    let data = Halves(Squares::new(SAMPLES));
    let one = Prediction::Flat { length: 1 };
    let mut model = Model::new(start, Compute::cpu(precision), |b| Scratch::new(b, 8, 1, one));
    let on_epoch = &mut |_: &_| ();
    let mut watch = Watch::new(stop, on_epoch);
    watch.checkpoints = shelf.map(|shelf| shelf as &mut dyn Checkpoints);
    let fitted = fit_until(epochs, &mut model, &data, Loss::L2, &schedule, 5, &mut watch)?;
    let of = |split| losses(&model, &data, Loss::L2, split, &AtomicBool::new(false));
    let (validation, test) = (of(Split::Validation)?, of(Split::Test)?);
    assert_eq!(fitted.validation, validation, "as they were found after the best epoch");
    Ok((model.to_bytes(""), fitted.history, test))
}

fn shelf(stop: &AtomicBool, steps: usize, state: Option<Vec<u8>>) -> Shelf<'_> {
    Shelf { state, stop, steps, resumed: None, ignored: None }
}

/// The state after the second step.
fn interrupted() -> Vec<u8> {
    let stop = AtomicBool::new(false);
    let mut shelf = shelf(&stop, 1, None);
    let result = attempt((5, Precision::F32), SCHEDULE, Some(&mut shelf), &stop);
    assert!(matches!(result, Err(NnError::Stopped)));
    shelf.state.expect("it was kept")
}

#[test]
fn a_training_comes_to_the_same_bits_wherever_it_was_stopped() {
    for precision in [Precision::F32, Precision::Bf16] {
        let whole = attempt((5, precision), SCHEDULE, None, &AtomicBool::new(false)).unwrap();
        for steps in 1..=8 {
            let (mut state, mut places) = (None, Vec::new());
            let trained = loop {
                let stop = AtomicBool::new(false);
                let mut shelf = shelf(&stop, steps, state);
                // But for the first attempt, nothing but the state is of the same seed.
                let start = if places.is_empty() { 5 } else { 77 + places.len() as u64 };
                let trained = attempt((start, precision), SCHEDULE, Some(&mut shelf), &stop);
                assert_eq!(shelf.ignored, None);
                places.extend(shelf.resumed);
                match trained {
                    Ok(trained) => break trained,
                    Err(error) => assert!(matches!(error, NnError::Stopped), "{error}"),
                }
                state = shelf.state;
                if places.is_empty() {
                    places.push((1, 0));
                }
            };
            assert!(places.len() > 1 && places.is_sorted(), "{places:?}");
            assert!(trained == whole, "{precision:?}, stopped every {steps} steps: {places:?}");
        }
    }
}

#[test]
fn legs_come_to_the_bits_of_the_whole() {
    let never = AtomicBool::new(false);
    for precision in [Precision::F32, Precision::Bf16] {
        let whole = attempt((5, precision), SCHEDULE, None, &never).unwrap();
        let mut state = None;
        for (epochs, start) in [(1, 5), (2, 78), (3, 79)] {
            let mut shelf = shelf(&never, usize::MAX, state);
            let leg = attempt_until(epochs, (start, precision), SCHEDULE, Some(&mut shelf), &never);
            let leg = leg.unwrap();
            assert_eq!(shelf.resumed, (epochs > 1).then_some((epochs, 0)));
            assert_eq!((shelf.ignored, &leg.1[..]), (None, &whole.1[..epochs]));
            // Judged by the best epoch so far, as the whole is.
            let shorter = attempt_until(epochs, (5, precision), SCHEDULE, None, &never).unwrap();
            assert!(leg == shorter, "{precision:?}, {epochs} epochs");
            assert!(epochs < 3 || leg == whole, "{precision:?}");
            state = shelf.state;
        }
    }
}

#[test]
fn a_state_of_another_training_is_left_out() {
    let state = interrupted();
    let stop = AtomicBool::new(false);
    let other = Schedule { lr: 1e-3, ..SCHEDULE };
    let mut shelf = shelf(&stop, usize::MAX, Some(state));
    let trained = attempt((5, Precision::F32), other, Some(&mut shelf), &stop).unwrap();
    let why = shelf.ignored.unwrap();
    assert!(why.contains("another training"), "{why}");
    let anew = attempt((5, Precision::F32), other, None, &stop).unwrap();
    assert!(shelf.resumed.is_none() && trained == anew);
}

#[test]
fn damage_is_found_and_the_training_begins_anew() {
    let whole = interrupted();
    let stop = AtomicBool::new(false);
    let anew = attempt((5, Precision::F32), SCHEDULE, None, &stop).unwrap();
    let third = whole.len() / 3;
    for (what, state) in [
        ("empty", Vec::new()),
        ("cut", whole[..whole.len() - 1].to_vec()),
        ("a number", [&whole[..third], &[!whole[third]], &whole[third + 1..]].concat()),
        ("the header", [b"00000000", &whole[8..]].concat()),
    ] {
        let mut shelf = shelf(&stop, usize::MAX, Some(state));
        let trained = attempt((5, Precision::F32), SCHEDULE, Some(&mut shelf), &stop).unwrap();
        assert!(shelf.ignored.is_some_and(|why| why.contains("damaged")), "{what}");
        assert!(shelf.resumed.is_none() && trained == anew, "{what}");
    }
}

/// A place without room.
struct Full;

impl Checkpoints for Full {
    fn identity(&self) -> &'static str {
        "a test"
    }

    fn last(&mut self) -> Option<Vec<u8>> {
        None
    }

    fn is_due(&mut self) -> bool {
        true
    }

    fn keep(&mut self, _: &[u8]) -> Result<(), Box<dyn Error + Send + Sync>> {
        Err("no room".into())
    }

    fn resumed(&mut self, _: usize, _: usize) {
        unreachable!("there is nothing to take up")
    }

    fn ignored(&mut self, why: &NnError) {
        unreachable!("there is nothing to leave out: {why}")
    }
}

#[test]
fn a_state_that_cannot_be_kept_is_an_error() {
    let (stop, data) = (AtomicBool::new(false), Halves(Squares::new(SAMPLES)));
    let one = Prediction::Flat { length: 1 };
    let mut model = Model::new(5, Compute::cpu(Precision::F32), |b| Scratch::new(b, 8, 1, one));
    let (on_epoch, full) = (&mut |_: &_| (), &mut Full);
    let mut watch = Watch::new(&stop, on_epoch);
    watch.checkpoints = Some(full);
    let error = fit(&mut model, &data, Loss::L2, &SCHEDULE, 5, &mut watch).unwrap_err();
    assert!(matches!(error, NnError::Keep(_)) && error.to_string() == "no room", "{error}");
}
