//! Taking a few steps on made-up samples, to tell how long a run would take.

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use taskonomy_core::{Descent, Loss, Split};
use taskonomy_nn::{
    Architecture, Batches, Compute, Encoder, Labels, Model, Network, NnError, Prediction, Read,
    Readout, Schedule, Scratch, Watch, fit, pick,
};
use taskonomy_run::{Measure, Measured, Pace, Paces, Steps};
use tch::{Device, Kind, Tensor};

/// Steps that are timed after the first, which also fetches memory; the fastest counts.
const STEPS: usize = 2;
/// Seconds after which no further step is begun.
const PATIENCE: f64 = 8.0;
/// Where a step of a network takes more seconds than this, the encoder takes nearly all of them,
/// whatever is decoded.
const SLOW: f64 = 2.0;

/// Three channels at full resolution, and a handful of numbers.
const MAP: Prediction = Prediction::Map { channels: 3, stride: 1 };
const FLAT: Prediction = Prediction::Flat { length: 9 };

/// Times trainings and the encoding of images.
///
/// # Errors
/// The stop flag, or a training that cannot begin.
pub(crate) fn measure(
    measure: &Measure,
    device: Device,
    stop: &AtomicBool,
) -> Result<Measured, NnError> {
    let Measure { encoder, size, precision, networks, transfers } = *measure;
    let compute = Compute::on(device, precision);
    let stride = encoder.stride();
    let read = Read { channels: encoder.channels(), stride };
    let image = [3, size];
    let representation = [read.channels, size / stride];

    let network = |prediction| Model::new(1, compute, |b| Network::new(b, encoder, 1, prediction));
    let map = pace(network(MAP), MadeUp::new(image, MAP, networks, size), stop)?;
    let flat = network(FLAT);
    let flat = if map.seconds * networks.batch as f64 > SLOW {
        Pace { bytes: bytes(&flat), ..map }
    } else {
        pace(flat, MadeUp::new(image, FLAT, networks, size), stop)?
    };
    let network = Paces { map, flat };

    let readout = |prediction| {
        let model = Model::new(1, compute, |b| Readout::new(b, read, prediction));
        pace(model, MadeUp::new(representation, prediction, transfers, size), stop)
    };
    let readout = Paces { map: readout(MAP)?, flat: readout(FLAT)? };
    let scratch = |prediction| {
        let model = Model::new(1, compute, |b| Scratch::new(b, stride, 1, prediction));
        pace(model, MadeUp::new(image, prediction, transfers, size), stop)
    };
    let scratch = Paces { map: scratch(MAP)?, flat: scratch(FLAT)? };

    let encoder = Model::new(1, compute, |b| Encoder::new(b, encoder));
    let encoding = encoding(&encoder, &MadeUp::new(image, FLAT, networks, size).input);
    Ok(Measured { network, encoding, readout, scratch })
}

/// A batch of samples, and one to judge by.
struct MadeUp {
    input: Tensor,
    labels: Labels,
    loss: Loss,
    steps: Steps,
}

impl MadeUp {
    /// Inputs of so many channels and such a side, for predictions of images of a size.
    fn new([c, side]: [usize; 2], prediction: Prediction, steps: Steps, size: usize) -> Self {
        let float = (Kind::Float, Device::Cpu);
        let n = steps.batch as i64;
        let (channels, pixels, loss) = match prediction {
            Prediction::Map { channels, stride } => (channels, size / stride, Loss::L1),
            Prediction::Flat { length } => (length, 1, Loss::L2),
        };
        let (channels, pixels) = (channels as i64, pixels as i64);
        let values = Tensor::randn([n, channels, pixels, pixels], float);
        let weight = Tensor::ones([n, 1, pixels, pixels], float);
        let labels = Labels { values, weight }.folded(prediction.fold());
        let input = Tensor::randn([n, c as i64, side as i64, side as i64], float);
        Self { input, labels, loss, steps }
    }
}

impl Batches for MadeUp {
    fn len(&self, split: Split) -> usize {
        if split == Split::Validation { 1 } else { self.steps.batch }
    }

    fn input(&self, _: Split, rows: &[usize]) -> Tensor {
        pick(&self.input, rows)
    }

    fn labels(&self, _: Split, rows: &[usize]) -> Labels {
        self.labels.rows(rows)
    }
}

/// Trains for a few epochs of one step.
fn pace<A: Architecture>(
    mut model: Model<A>,
    samples: MadeUp,
    stop: &AtomicBool,
) -> Result<Pace, NnError> {
    let (begun, enough) = (Instant::now(), AtomicBool::new(false));
    let ends = RefCell::new(vec![0.0]);
    let mut on_epoch = |_: &_| {
        let now = begun.elapsed().as_secs_f64();
        ends.borrow_mut().push(now);
        enough.store(now > PATIENCE || stop.load(Ordering::Relaxed), Ordering::Relaxed);
    };
    let schedule = Schedule {
        split: Split::Networks,
        epochs: 1 + STEPS,
        batch: samples.steps.batch,
        lr: 1e-4,
        descent: Descent { optimizer: samples.steps.optimizer, ..Descent::default() },
    };
    let mut watch = Watch::new(&enough, &mut on_epoch);
    let trained = fit(&mut model, &samples, samples.loss, &schedule, 1, &mut watch);
    match trained {
        Err(NnError::Stopped) if !stop.load(Ordering::Relaxed) => {}
        other => drop(other?),
    }
    let ends = ends.into_inner();
    let fastest = ends.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min);
    Ok(Pace { seconds: fastest / schedule.batch as f64, bytes: bytes(&model) })
}

/// Seconds for each image; of two attempts the faster counts.
fn encoding(encoder: &Model<Encoder>, images: &Tensor) -> f64 {
    let attempt = || {
        let begun = Instant::now();
        let _ = encoder.predict(images);
        begun.elapsed().as_secs_f64()
    };
    let first = attempt();
    let fastest = if first > PATIENCE / 2.0 { first } else { first.min(attempt()) };
    fastest / images.size()[0] as f64
}

/// What the weights take in a file.
fn bytes<A: Architecture>(model: &Model<A>) -> u64 {
    4 * model.parameters().count() as u64
}
