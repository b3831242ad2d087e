//! Stage 2: feature cache, readouts, per-sample losses.
//!
//! A [`Workshop`] executes the jobs of one run: [`Workshop::encode`] stores what a frozen encoder
//! makes of the images, [`Workshop::transfer`] trains a readout of one or more such stores,
//! [`Workshop::scratch`] the same architecture from the image alone. Decoded labels and
//! representations are kept between jobs, up to a bound.
//!
//! ```no_run
//! use std::path::Path;
//! use std::sync::atomic::AtomicBool;
//! use taskonomy_core::{Dictionary, Pipeline};
//! use taskonomy_data::Dataset;
//! use taskonomy_nn::{Compute, Watch};
//! use taskonomy_run::RunDir;
//! use taskonomy_transfers::Workshop;
//!
//! let dictionary = Dictionary::builtin();
//! let pipeline = Pipeline::parse(&std::fs::read_to_string("quick.toml")?, &[], &dictionary)?;
//! let dataset = Dataset::open(Path::new(&pipeline.data.path))?;
//! let compute = Compute::cpu(pipeline.networks.precision);
//! let run = RunDir::new("results/quick");
//! let workshop = Workshop::new(run, &pipeline, &dictionary, &dataset, compute);
//! let (stop, on_epoch) = (AtomicBool::new(false), &mut |_: &_| ());
//! let watch = &mut Watch::new(&stop, on_epoch);
//! workshop.encode(&"reshading".parse()?, watch)?;
//! workshop.transfer(&"normals".parse()?, &"reshading".parse()?, watch)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cache;
mod error;
mod examples;
mod features;
mod given;
mod readout;
mod stack;
mod workshop;

pub use error::TransferError;
pub use workshop::Workshop;
