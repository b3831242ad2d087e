//! Images per second of one training step and of prediction, one thread, for every architecture and
//! precision: `cargo run --release -p taskonomy-nn --example speed [part of a name]`. As in the worker,
//! freed memory should be kept: `MALLOC_MMAP_THRESHOLD_=1073741824 MALLOC_TRIM_THRESHOLD_=2147483647`.

#![allow(clippy::print_stdout, reason = "a program for people")]

use std::sync::atomic::AtomicBool;
use std::time::Instant;

use taskonomy_core::{EncoderKind, Loss, Precision, Split};
use taskonomy_nn::{
    Architecture, Batches, Compute, Labels, Model, Network, Prediction, Readout, Schedule, Scratch,
    Watch, fit, losses,
};
use tch::{Device, Kind, Tensor};

const SAMPLES: usize = 1280;
const F32: (Kind, Device) = (Kind::Float, Device::Cpu);

/// The same random batch again and again.
struct Noise {
    input: Tensor,
    values: Tensor,
}

impl Batches for Noise {
    fn len(&self, split: Split) -> usize {
        if split == Split::Validation { 32 } else { SAMPLES }
    }
    fn input(&self, _: Split, rows: &[usize]) -> Tensor {
        self.input.narrow(0, 0, rows.len() as i64).copy()
    }
    fn labels(&self, _: Split, rows: &[usize]) -> Labels {
        let n = rows.len() as i64;
        let [_, _, h, w] = self.values.size()[..] else { unreachable!("four axes") };
        Labels {
            values: self.values.narrow(0, 0, n).copy(),
            weight: Tensor::ones([n, 1, h, w], F32),
        }
    }
}

fn measure<A: Architecture>(name: &str, mut model: Model<A>, input: &[i64], values: &[i64]) {
    if std::env::args().nth(1).is_some_and(|wanted| !name.contains(&wanted)) {
        return;
    }
    let data = Noise { input: Tensor::randn(input, F32), values: Tensor::randn(values, F32) };
    let stop = AtomicBool::new(false);
    let mut train = |epochs| {
        let schedule = Schedule { split: Split::Networks, epochs, batch: 32, lr: 1e-3 };
        let mut watch = Watch { stop: &stop, on_epoch: &mut |_| () };
        fit(&mut model, &data, Loss::L1, &schedule, 1, &mut watch).expect("noise can be fitted");
    };
    train(1);
    let start = Instant::now();
    train(2);
    let trained = 2.0 * SAMPLES as f64 / start.elapsed().as_secs_f64();
    let start = Instant::now();
    losses(&model, &data, Loss::L1, Split::Test, &stop).expect("not stopped");
    let judged = SAMPLES as f64 / start.elapsed().as_secs_f64();
    println!("{name:28} {trained:8.0} trained/s {judged:8.0} judged/s");
}

fn main() {
    tch::set_num_threads(1);
    let images = [64, 3, 64, 64];
    for precision in [Precision::F32, Precision::Bf16] {
        let compute = Compute::cpu(precision);
        for channels in [1_i64, 3] {
            let prediction = Prediction::Map { channels: channels as usize, stride: 1 };
            let values = [64, channels, 64, 64];
            let model = Model::new(1, compute, |b| Network::new(b, EncoderKind::Small, prediction));
            measure(&format!("network C={channels} {precision:?}"), model, &images, &values);
            for k in [1, 2, 4] {
                let model = Model::new(1, compute, |b| Readout::new(b, k, prediction));
                let name = format!("readout k={k} C={channels} {precision:?}");
                measure(&name, model, &[64, 16 * k as i64, 8, 8], &values);
            }
            let model = Model::new(1, compute, |b| Scratch::new(b, prediction));
            measure(&format!("scratch C={channels} {precision:?}"), model, &images, &values);
        }
        let flat = Prediction::Flat { length: 9 };
        let model = Model::new(1, compute, |b| Readout::new(b, 1, flat));
        measure(&format!("readout flat {precision:?}"), model, &[64, 16, 8, 8], &[64, 9, 1, 1]);
    }
}
