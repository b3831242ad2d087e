//! Blocks of stage-1 training, for `scripts/bench-training.py` to time: epochs of the small network
//! for normals.
//!
//! `training_speed DATASET DIR export` writes the network's first numbers, `DIR/model.safetensors`,
//! and decoded samples, `DIR/data.safetensors`, for others to start from. `... fit f32|bf16` trains as
//! stage 1 does, `... bare f32|bf16` with libtorch's calls alone, on batches that were made before.
//! Both say how many weights there are and the loss on the test split; then they train an epoch in
//! batches of `N` for every line `N` on stdin, the first one of a size being a warm-up, and say
//! its mean loss. One thread.

#![allow(clippy::print_stdout, reason = "a program for scripts")]

mod bare;

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use taskonomy_core::{Dictionary, EncoderKind, Loss, NetworksConfig, Precision, Split};
use taskonomy_data::{Dataset, TaskView};
use taskonomy_networks::TaskBatches;
use taskonomy_nn::{
    Batches, Compute, Epoch, Model, Network, Prediction, Schedule, Watch, fit, losses,
};
use tch::Tensor;

use bare::{Bare, Ready};

type Failure = Box<dyn Error>;

const LR: f64 = 1e-3;

fn main() -> Result<(), Failure> {
    tch::set_num_threads(1);
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let [dataset, folder, wanted @ ..] = &arguments[..] else { return Err(USAGE.into()) };
    let (dataset, folder) = (Dataset::open(Path::new(dataset))?, Path::new(folder));
    let dictionary = Dictionary::builtin();
    let view = TaskView::new(&dataset, dictionary.find("normals")?)?;
    let batches = TaskBatches::new(&view, 1, true);
    match wanted {
        ["export"] => export(&batches, folder),
        ["fit", precision] => fitted(&batches, folder, compute(precision)?),
        ["bare", precision] => bare(&batches, folder, compute(precision)?),
        _ => Err(USAGE.into()),
    }
}

const USAGE: &str = "usage: training_speed DATASET DIR export | fit f32|bf16 | bare f32|bf16";

fn compute(precision: &str) -> Result<Compute, Failure> {
    match precision {
        "f32" => Ok(Compute::cpu(Precision::F32)),
        "bf16" => Ok(Compute::cpu(Precision::Bf16)),
        _ => Err(USAGE.into()),
    }
}

fn network(compute: Compute) -> Model<Network> {
    let prediction = Prediction::Map { channels: 3, stride: 1 };
    Model::new(1, compute, |b| Network::new(b, EncoderKind::Small, 1, prediction))
}

/// The network, its running statistics set on some images, and samples as f32.
fn export(batches: &dyn Batches, folder: &Path) -> Result<(), Failure> {
    let all = |split| (0..batches.len(split)).collect::<Vec<_>>();
    let mut model = network(compute("f32")?);
    model.calibrate([batches.input(Split::Test, &all(Split::Test))]);
    std::fs::write(folder.join("model.safetensors"), model.to_bytes(""))?;
    let mut tensors: Vec<(String, Tensor)> = Vec::new();
    for split in [Split::Networks, Split::Test] {
        let labels = batches.labels(split, &all(split));
        tensors.push((format!("{split}.images"), batches.input(split, &all(split))));
        tensors.push((format!("{split}.labels"), labels.values));
        tensors.push((format!("{split}.weight"), labels.weight));
    }
    Ok(Tensor::write_safetensors(&tensors, folder.join("data.safetensors"))?)
}

fn fitted(batches: &dyn Batches, folder: &Path, compute: Compute) -> Result<(), Failure> {
    let mut model = network(compute);
    model.load(&std::fs::read(folder.join("model.safetensors"))?)?;
    let stop = AtomicBool::new(false);
    let test = losses(&model, batches, Loss::L1, Split::Test, &stop)?;
    say(model.parameters().count(), f64::from(test.iter().sum::<f32>()) / test.len() as f64);
    answer(|batch| {
        let descent = NetworksConfig::default().descent();
        let schedule = Schedule { split: Split::Networks, epochs: 1, batch, lr: LR, descent };
        let mut told = |_: &Epoch| ();
        let mut watch = Watch::new(&stop, &mut told);
        Ok(fit(&mut model, batches, Loss::L1, &schedule, 1, &mut watch)?[0].train)
    })
}

fn bare(batches: &dyn Batches, folder: &Path, compute: Compute) -> Result<(), Failure> {
    let mut bare = Bare::read(&folder.join("model.safetensors"), compute.kind)?;
    let ready = |split, size: usize| -> Vec<Ready> {
        let rows: Vec<usize> = (0..batches.len(split)).collect();
        rows.chunks(size).map(|rows| Ready::new(batches, split, rows, compute.kind)).collect()
    };
    say(bare.count(), bare.judge(&ready(Split::Test, usize::MAX)[0]));
    let mut made = BTreeMap::new();
    answer(|batch| {
        let ready = made.entry(batch).or_insert_with(|| ready(Split::Networks, batch));
        Ok(ready.iter().map(|one| bare.step(one, LR)).sum::<f64>() / ready.len() as f64)
    })
}

fn say(weights: usize, test: f64) {
    println!("{{\"weights\": {weights}, \"loss\": {test}}}");
}

/// A line out for every line in.
fn answer(mut block: impl FnMut(usize) -> Result<f64, Failure>) -> Result<(), Failure> {
    for line in std::io::stdin().lines() {
        let loss = block(line?.trim().parse()?)?;
        println!("{{\"loss\": {loss}}}");
    }
    Ok(())
}
