//! Encoders, decoders, readouts, losses and the one training loop.
//!
//! A [`Model`] is an architecture ([`Network`], [`Readout`], [`Scratch`] or a bare [`Encoder`]) with
//! its numbers; [`fit`] trains any of them on anything that is [`Batches`]. Everything random is
//! drawn from generators seeded by the job, never from libtorch's global one.
//!
//! ```
//! use taskonomy_core::{EncoderKind, Precision};
//! use taskonomy_nn::{Compute, Model, Network, Prediction};
//! use tch::{Device, Kind, Tensor};
//!
//! let prediction = Prediction::Map { channels: 3, stride: 1 };
//! let model = Model::new(1, Compute::cpu(Precision::F32), |b| {
//!     Network::new(b, EncoderKind::Small, 1, prediction)
//! });
//! let images = Tensor::zeros([2, 3, 64, 64], (Kind::Float, Device::Cpu));
//! assert_eq!(model.predict(&images).size(), [2, 3, 64, 64]);
//! ```

mod checkpoint;
mod decoder;
mod encoder;
mod error;
mod fit;
mod layers;
mod loss;
mod metric;
mod model;
mod muon;
mod network;
mod optimizer;
mod parameters;
mod places;
mod times;
mod watch;
mod weights;

pub use decoder::{NETWORK_WIDTH, Prediction, READOUT_WIDTH, Read};
pub use encoder::Encoder;
pub use error::NnError;
pub use fit::{Batches, Epoch, Fitted, Schedule, fit, fit_until, losses, metrics_lines};
pub use layers::{Pass, channels_last, side_by_side};
pub use loss::{Labels, mean, per_sample, pick};
pub use model::{Architecture, Compute, Model, images};
pub use network::{Network, Readout, Scratch};
pub use optimizer::learning_rate;
pub use parameters::{Builder, Parameters};
pub use times::{Activity, Times};
pub use watch::{Checkpoints, Watch};
pub use weights::description;
