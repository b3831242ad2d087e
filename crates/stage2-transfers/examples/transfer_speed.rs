//! One second-order transfer, into normals from depth and occlusion edges, as stage 2 does it and the
//! straightforward way, for `scripts/bench-training.py` to time.
//!
//! `transfer_speed DATASET RUN small|resnet18 f32|bf16 EPOCHS` puts two networks into the run
//! directory RUN, untrained but for their running statistics (what they know changes no time). Then it
//! does what the lines on stdin say: `encode` computes the representations of both sources, `transfer`
//! is the job of stage 2, files and labels read anew, `plain` trains the same readout with encoders
//! that run, and labels that are decoded, in every step. It answers with the mean losses of the trained
//! readout on validation and test. One thread.

#![allow(clippy::print_stdout, reason = "a program for scripts")]

use std::error::Error;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use taskonomy_core::{Dictionary, Loss, Pipeline, Precision, Sources, Split, TaskId};
use taskonomy_data::{Dataset, TaskView};
use taskonomy_nn::{
    Batches, Compute, Encoder, Epoch, Labels, Model, Network, Prediction, Read, Readout, Schedule,
    Watch, fit, images, losses,
};
use taskonomy_run::{JobKind, RunDir};
use taskonomy_transfers::Workshop;
use tch::Tensor;

type Failure = Box<dyn Error>;

/// Everything that both ways share.
struct Bench<'a> {
    run: RunDir,
    pipeline: &'a Pipeline,
    dictionary: &'a Dictionary,
    dataset: &'a Dataset,
    compute: Compute,
    target: TaskId,
    sources: Sources,
}

fn main() -> Result<(), Failure> {
    tch::set_num_threads(1);
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [dataset, run, encoder, precision, epochs] = &arguments[..] else {
        return Err("give: dataset, run, encoder, precision, epochs".into());
    };
    let dictionary = Dictionary::builtin();
    let dataset = Dataset::open(Path::new(dataset))?;
    let text = format!(
        "name = 'speed'\n[data]\npath = 'unused'\nsize = {}\n\
         [tasks]\nboth = ['normals', 'depth_zbuffer', 'edges_occlusion']\n\
         [networks]\nencoder = '{encoder}'\nprecision = '{precision}'\n\
         [transfers]\nepochs = {epochs}\nkeep_weights = 'none'\n",
        dataset.manifest().size
    );
    let pipeline = Pipeline::parse(&text, &[], &dictionary)?;
    let precision = if precision == "bf16" { Precision::Bf16 } else { Precision::F32 };
    let bench = Bench {
        run: RunDir::new(run),
        pipeline: &pipeline,
        dictionary: &dictionary,
        dataset: &dataset,
        compute: Compute::cpu(precision),
        target: "normals".parse()?,
        sources: "depth_zbuffer+edges_occlusion".parse()?,
    };
    for source in &bench.sources {
        bench.network(source)?;
    }
    println!("{{\"ready\": true}}");
    for line in std::io::stdin().lines() {
        let [validation, test] = match line?.trim() {
            "encode" => bench.encode()?,
            "transfer" => bench.transfer()?,
            "plain" => bench.plain()?,
            other => return Err(format!("`{other}` is none of encode, transfer, plain").into()),
        };
        println!("{{\"validation\": {validation}, \"test\": {test}}}");
    }
    Ok(())
}

impl Bench<'_> {
    fn view(&self, task: &TaskId) -> Result<TaskView<'_>, Failure> {
        Ok(TaskView::new(self.dataset, self.dictionary.find(task.as_str())?)?)
    }

    /// A network whose weights are those of its seed.
    fn network(&self, task: &TaskId) -> Result<(), Failure> {
        let kind = JobKind::Network { task: task.clone() };
        let encoder = self.pipeline.networks.encoder;
        let prediction = Prediction::Map { channels: 1, stride: 1 };
        let seed = kind.seed(self.pipeline.seed);
        let mut model = Model::new(seed, self.compute, |b| Network::new(b, encoder, 1, prediction));
        let rows: Vec<usize> = (0..self.dataset.len(Split::Networks).min(32)).collect();
        model.calibrate([self.images(&self.view(task)?, Split::Networks, &rows)]);
        self.run.job(&kind).prepare()?;
        Ok(self.run.job(&kind).write("weights.safetensors", &model.to_bytes(""))?)
    }

    fn images(&self, view: &TaskView, split: Split, rows: &[usize]) -> Tensor {
        let (mut values, size) = (Vec::new(), self.dataset.manifest().size);
        view.source_input(split, rows, self.pipeline.seed, &mut values);
        images(&values, [3, size, size])
    }

    /// A worker that has done nothing yet.
    fn workshop(&self) -> Workshop<'_> {
        let (pipeline, dictionary) = (self.pipeline, self.dictionary);
        Workshop::new(self.run.clone(), pipeline, dictionary, self.dataset, self.compute)
    }

    fn encode(&self) -> Result<[f64; 2], Failure> {
        let (workshop, stop) = (self.workshop(), AtomicBool::new(false));
        for source in &self.sources {
            let kind = JobKind::Features { source: source.clone() };
            self.run.job(&kind).prepare()?;
            let mut told = |_: &Epoch| ();
            workshop.encode(source, &mut Watch::new(&stop, &mut told))?;
        }
        Ok([0.0; 2])
    }

    fn transfer(&self) -> Result<[f64; 2], Failure> {
        let stop = AtomicBool::new(false);
        let kind = self.kind();
        self.run.job(&kind).prepare()?;
        let mut told = |_: &Epoch| ();
        let mut watch = Watch::new(&stop, &mut told);
        self.workshop().transfer(&self.target, &self.sources, &mut watch)?;
        let losses = self.run.job(&kind).losses()?;
        Ok([mean(&losses.validation), mean(&losses.test)])
    }

    fn plain(&self) -> Result<[f64; 2], Failure> {
        let stop = AtomicBool::new(false);
        let (seed, settings) = (self.kind().seed(self.pipeline.seed), &self.pipeline.transfers);
        let kind = self.pipeline.networks.encoder;
        let mut encoders = Vec::new();
        for source in &self.sources {
            let mut encoder = Model::new(0, self.compute, |b| Encoder::new(b, kind));
            let network = self.run.job(&JobKind::Network { task: source.clone() });
            encoder.load(&network.read("weights.safetensors")?)?;
            encoders.push((encoder, self.view(source)?));
        }
        let target = self.view(&self.target)?;
        let prediction = Prediction::Map { channels: target.width(), stride: 1 };
        let channels = kind.channels() * encoders.len();
        let plain = Plain { bench: self, encoders, target };
        let read = Read { channels, stride: kind.stride() };
        let mut model = Model::new(seed, self.compute, |b| Readout::new(b, read, prediction));
        let schedule = Schedule {
            split: Split::Transfers,
            epochs: settings.epochs,
            batch: settings.batch,
            lr: settings.lr,
            descent: settings.descent(self.sources.order()),
        };
        let mut told = |_: &Epoch| ();
        let mut watch = Watch::new(&stop, &mut told);
        fit(&mut model, &plain, Loss::L1, &schedule, seed, &mut watch)?;
        let judged = [Split::Validation, Split::Test]
            .map(|split| losses(&model, &plain, Loss::L1, split, &stop));
        let [validation, test] = judged;
        Ok([mean(&validation?), mean(&test?)])
    }

    fn kind(&self) -> JobKind {
        JobKind::Transfer { target: self.target.clone(), sources: self.sources.clone() }
    }
}

fn mean(losses: &[f32]) -> f64 {
    losses.iter().map(|&loss| f64::from(loss)).sum::<f64>() / losses.len() as f64
}

/// Samples as one writes them down first: everything is computed where it is asked for.
struct Plain<'a> {
    bench: &'a Bench<'a>,
    encoders: Vec<(Model<Encoder>, TaskView<'a>)>,
    target: TaskView<'a>,
}

impl Batches for Plain<'_> {
    fn len(&self, split: Split) -> usize {
        self.bench.dataset.len(split)
    }

    fn input(&self, split: Split, rows: &[usize]) -> Tensor {
        let encoded = self
            .encoders
            .iter()
            .map(|(encoder, view)| encoder.predict(&self.bench.images(view, split, rows)));
        Tensor::cat(&encoded.collect::<Vec<_>>(), 1)
    }

    fn labels(&self, split: Split, rows: &[usize]) -> Labels {
        let (mut values, mut weight) = (Vec::new(), Vec::new());
        self.target.target(split, rows, &mut values, &mut weight);
        Labels::new(&values, &weight, self.target.target_shape())
    }
}
