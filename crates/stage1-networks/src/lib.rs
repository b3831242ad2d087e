//! Stage 1: executes the training of task-specific networks.
//!
//! [`train_network`] trains the encoder and decoder of one task on the networks split and leaves
//! weights, metrics, per-sample losses and a picture in the run, `stage1/<task>/`.
//! [`train_small_network`] does so on the transfers split, as a baseline for stage 2. [`Predictor`]
//! shows what a network makes of any image.
//!
//! ```no_run
//! use std::path::Path;
//! use std::sync::atomic::AtomicBool;
//! use taskonomy_core::{Dictionary, Pipeline};
//! use taskonomy_data::Dataset;
//! use taskonomy_networks::{Setup, train_network};
//! use taskonomy_nn::{Compute, Watch};
//! use taskonomy_run::RunDir;
//!
//! let dictionary = Dictionary::builtin();
//! let pipeline = Pipeline::parse(&std::fs::read_to_string("quick.toml")?, &[], &dictionary)?;
//! let setup = Setup {
//!     run: &RunDir::new("results/quick"),
//!     pipeline: &pipeline,
//!     dataset: &Dataset::open(Path::new(&pipeline.data.path))?,
//!     compute: Compute::cpu(pipeline.networks.precision),
//! };
//! let (stop, on_epoch) = (AtomicBool::new(false), &mut |_: &_| ());
//! train_network(&setup, dictionary.find("normals")?, &mut Watch::new(&stop, on_epoch))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod batches;
mod error;
mod predict;
mod train;

pub use batches::TaskBatches;
pub use error::NetworkError;
pub use predict::Predictor;
pub use train::{Setup, train_network, train_small_network};
