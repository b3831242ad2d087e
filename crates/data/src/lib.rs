//! Datasets on disk, and what tasks see of them.
//!
//! A dataset is a folder: `manifest.json` and safetensors shards per split and domain, written
//! by [`DatasetWriter`] (nothing half-written ever stands at its path) and mapped into memory by
//! [`Dataset`]. A [`TaskView`] makes batches of one task's inputs, targets and weights from it, and
//! knows the average guess that a network has to beat. [`Tuples`] are samples of several views. [`picture`] shows all of it to people.
//!
//! ```
//! use std::collections::BTreeMap;
//! use taskonomy_core::{Dictionary, Domain, Dtype, Split, Values};
//! use taskonomy_data::{Dataset, DatasetWriter, Provenance, Sample, TaskView};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let place = tempfile::tempdir()?;
//! # let path = place.path().join("flat");
//! let rgb = Domain {
//!     name: "rgb".into(),
//!     dtype: Dtype::U8,
//!     shape: [3, 8, 8],
//!     unit: "sRGB".into(),
//!     invalid: None,
//!     classes: vec![],
//!     views: 1,
//!     note: String::new(),
//! };
//! let provenance = Provenance { generator: "flat grey images".into(), seed: 1 };
//! let mut writer = DatasetWriter::create(&path, provenance, vec![rgb], 8)?;
//! for (i, grey) in [0, 51, 255].into_iter().enumerate() {
//!     let sample = Sample { id: format!("image_{i}"), scene: format!("scene_{i}") };
//!     let values = BTreeMap::from([("rgb".to_owned(), Values::U8(vec![grey; 3 * 8 * 8]))]);
//!     writer.append(Split::Networks, sample, &values)?;
//! }
//! writer.finish()?;
//!
//! let dataset = Dataset::open(&path)?;
//! dataset.verify_checksums()?;
//! let tasks = Dictionary::builtin();
//! let view = TaskView::new(&dataset, tasks.find("autoencoding")?)?;
//! let (mut target, mut weight) = (vec![], vec![]);
//! view.target(Split::Networks, &[2, 0], &mut target, &mut weight);
//! assert_eq!((target.len(), weight.len()), (2 * 3 * 8 * 8, 2 * 8 * 8));
//! assert_eq!((target[0], target[3 * 8 * 8]), (1.0, -1.0));
//! // The average guess is the median, 51 / 127.5 - 1; it is off by 0.4, 0 and 1.6.
//! let losses = view.constant_losses(Split::Networks);
//! assert!(losses.iter().zip([0.4, 0.0, 1.6]).all(|(l, e)| (l - e).abs() < 1e-6));
//! # Ok(())
//! # }
//! ```

pub mod photos;
pub mod picture;

mod colours;
mod dataset;
mod error;
mod guess;
mod input;
mod jigsaw;
mod lab;
mod loss;
mod manifest;
mod noise;
mod shard;
mod shards;
mod sheet;
mod spool;
mod supervision;
mod tuples;
mod values;
mod view;
mod writer;

pub use dataset::Dataset;
pub use error::DataError;
pub use loss::sample_loss;
pub use manifest::{FileRecord, Manifest, Provenance, SCHEMA, Sample};
pub use sheet::{Entry, Flag, Sheet};
pub use tuples::Tuples;
pub use values::ValuesRef;
pub use view::TaskView;
pub use writer::{DatasetWriter, SampleId};
