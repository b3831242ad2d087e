//! Files of others: folders of the Taskonomy and Omnidata datasets, labels of a user's own.
//!
//! [`import`] makes a dataset of ours from such a folder, [`check`] says what the folder holds, what
//! it lacks and what is damaged, and [`export`] writes a dataset of ours as such a folder. Files of
//! others fail in many ways: what concerns a single file is a [`Fault`], counted and named, and the
//! others are read; what concerns the folder as a whole is an [`ExchangeError`].
//!
//! [`OwnLabels`] and [`OwnFeatures`] bring labels and representations of a user's own to the images of
//! a dataset.
//!
//! The layouts ([`Layout`]), names of files, bit depths and the coding of depth are those of the
//! Taskonomy dataset (Zamir et al., CVPR 2018, supplement 14) and of Omnidata's downloader.
//!
//! ```
//! use taskonomy_core::{Dictionary, SplitCounts};
//! use taskonomy_exchange::{ImportSpec, LocalTree, import};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let place = tempfile::tempdir()?;
//! # let root = place.path();
//! // Four buildings, each with one view.
//! for building in ["allensville", "beechwood", "coffeen", "darden"] {
//!     let folder = root.join("taskonomy/rgb").join(building);
//!     std::fs::create_dir_all(&folder)?;
//!     let file = std::fs::File::create(folder.join("point_0_view_0_domain_rgb.png"))?;
//!     let mut encoder = png::Encoder::new(file, 16, 16);
//!     encoder.set_color(png::ColorType::Rgb);
//!     encoder.write_header()?.write_image_data(&[100; 3 * 16 * 16])?;
//! }
//! let tree = LocalTree::new(root.join("taskonomy"));
//! let spec = ImportSpec {
//!     name: "taskonomy".into(),
//!     size: 8,
//!     splits: None,
//!     shares: SplitCounts::SHARES,
//!     seed: 1,
//! };
//! let imported = import(&root.join("mine"), &tree, &spec, &|_| true)?;
//! assert_eq!(imported.present["rgb"], 4);
//!
//! let checked = taskonomy_exchange::check(&tree, "taskonomy", &Dictionary::builtin(), &|_| true)?;
//! let tasks = &checked.tasks;
//! assert!(checked.is_whole() && tasks["autoencoding"].is_empty());
//! assert_eq!(tasks["normals"], ["normal", "depth_zbuffer"]);
//! # Ok(())
//! # }
//! ```

mod check;
mod division;
mod error;
mod export;
mod fault;
mod folder;
mod gaps;
mod import;
mod known;
mod name;
mod npy;
mod own;
mod plan;
mod point_info;
mod pose;
mod raster;
mod read;
mod resample;
mod tree;

pub use check::{Checked, check};
pub use division::Unit;
pub use error::ExchangeError;
pub use export::{Exported, SPLITS, export};
pub use fault::{Defect, Fault, Faults};
pub use folder::{Folder, Layout};
pub use gaps::Gap;
pub use import::{ImportSpec, Imported, Step, import};
pub use npy::Scores;
pub use own::{Converted, OwnFeatures, OwnLabels};
pub use point_info::PointInfo;
pub use tree::{Entry, LocalTree, Tree};
