//! Images per second of one training step and of prediction, one thread, for every architecture and
//! precision: `cargo run --release -p taskonomy-nn --example speed [part of a name]`. As in the worker,
//! freed memory should be kept: `MALLOC_MMAP_THRESHOLD_=1073741824 MALLOC_TRIM_THRESHOLD_=2147483647`.

#![allow(clippy::print_stdout, reason = "a program for people")]

use std::sync::atomic::AtomicBool;
use std::time::Instant;

use taskonomy_core::{Descent, EncoderKind, Loss, Precision, Split};
use taskonomy_nn::{
    Architecture, Batches, Compute, Labels, Model, Network, Prediction, Read, Readout, Schedule,
    Scratch, Watch, fit, losses, pick,
};
use tch::{Device, Kind, Tensor};

const SAMPLES: usize = 1280;
const F32: (Kind, Device) = (Kind::Float, Device::Cpu);

/// Random samples, kept as stage 2 keeps them.
struct Noise {
    input: Tensor,
    labels: Labels,
}

impl Batches for Noise {
    fn len(&self, split: Split) -> usize {
        if split == Split::Validation { 32 } else { SAMPLES }
    }
    fn input(&self, _: Split, rows: &[usize]) -> Tensor {
        pick(&self.input, rows)
    }
    fn labels(&self, _: Split, rows: &[usize]) -> Labels {
        self.labels.rows(rows)
    }
}

/// What is predicted of 64×64 images.
#[derive(Debug, Clone, Copy)]
struct Case {
    name: &'static str,
    loss: Loss,
    prediction: Prediction,
}

impl Case {
    fn labels(self) -> Labels {
        let n = SAMPLES as i64;
        let (channels, side) = match self.prediction {
            Prediction::Map { channels, stride } => (channels as i64, 64 / stride as i64),
            Prediction::Flat { length } => (length as i64, 1),
        };
        let values = match self.loss {
            Loss::CrossEntropy => Tensor::randint(channels, [n, 1, side, side], F32),
            _ => Tensor::randn([n, channels, side, side], F32),
        };
        let weight = Tensor::ones([n, 1, side, side], F32);
        Labels { values, weight }.folded(self.prediction.fold())
    }

    fn measure<A: Architecture>(self, of: &str, mut model: Model<A>, [c, h, w]: [i64; 3]) {
        let name = format!("{of} {}", self.name);
        if std::env::args().nth(1).is_some_and(|wanted| !name.contains(&wanted)) {
            return;
        }
        let input = Tensor::randn([SAMPLES as i64, c, h, w], F32);
        let data = Noise { input, labels: self.labels() };
        let stop = AtomicBool::new(false);
        let mut train = |epochs| {
            let (split, descent) = (Split::Networks, Descent::default());
            let schedule = Schedule { split, epochs, batch: 32, lr: 1e-3, descent };
            let on_epoch = &mut |_: &_| ();
            let mut watch = Watch::new(&stop, on_epoch);
            let trained = fit(&mut model, &data, self.loss, &schedule, 1, &mut watch);
            trained.expect("noise can be fitted");
        };
        train(1);
        let start = Instant::now();
        train(2);
        let trained = 2.0 * SAMPLES as f64 / start.elapsed().as_secs_f64();
        let start = Instant::now();
        losses(&model, &data, self.loss, Split::Test, &stop).expect("not stopped");
        let judged = SAMPLES as f64 / start.elapsed().as_secs_f64();
        println!("{name:28} {trained:8.0} trained/s {judged:8.0} judged/s");
    }
}

fn main() {
    tch::set_num_threads(1);
    let map = |channels, stride| Prediction::Map { channels, stride };
    let cases = [
        Case { name: "C=1", loss: Loss::L1, prediction: map(1, 1) },
        Case { name: "C=3", loss: Loss::L1, prediction: map(3, 1) },
        Case { name: "classes", loss: Loss::CrossEntropy, prediction: map(12, 2) },
        Case { name: "flat", loss: Loss::L2, prediction: Prediction::Flat { length: 9 } },
    ];
    for (precision, case) in [Precision::F32, Precision::Bf16]
        .into_iter()
        .flat_map(|precision| cases.map(|case| (precision, case)))
    {
        let (compute, prediction) = (Compute::cpu(precision), case.prediction);
        let model = Model::new(1, compute, |b| Network::new(b, EncoderKind::Small, 1, prediction));
        case.measure(&format!("{precision:?} network"), model, [3, 64, 64]);
        for k in [1, 2, 4] {
            let model = Model::new(1, compute, |b| {
                Readout::new(b, Read { channels: 16 * k, stride: 8 }, prediction)
            });
            case.measure(&format!("{precision:?} readout k={k}"), model, [16 * k as i64, 8, 8]);
        }
        let model = Model::new(1, compute, |b| Scratch::new(b, 8, 1, prediction));
        case.measure(&format!("{precision:?} scratch"), model, [3, 64, 64]);
    }
}
