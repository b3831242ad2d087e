//! Datasets on disk: shards, splits, the inputs, targets and masks of tasks, pictures.

pub mod picture;

mod dataset;
mod error;
mod guess;
mod input;
mod lab;
mod loss;
mod manifest;
mod noise;
mod shard;
mod supervision;
mod values;
mod view;
mod writer;

pub use dataset::Dataset;
pub use error::DataError;
pub use loss::sample_loss;
pub use manifest::{FileRecord, Manifest, Provenance, SCHEMA, Sample};
pub use values::ValuesRef;
pub use view::TaskView;
pub use writer::{DatasetWriter, SampleId};
