//! Task-specific networks, readouts, and the readout from the image alone.

use taskonomy_core::EncoderKind;
use tch::Tensor;

use crate::decoder::{Decoder, NETWORK_WIDTH, Prediction, READOUT_WIDTH};
use crate::encoder::{Encoder, REPRESENTATION};
use crate::layers::{BatchNorm, Pass, Shape, THREE, Unit, side_by_side};
use crate::model::Architecture;
use crate::parameters::Builder;

/// A task-specific network: encoder and decoder. (N·views)×3×H×W in, N predictions out: every view of
/// an item goes through the same encoder, and the decoder reads their representations side by side.
#[derive(Debug)]
pub struct Network {
    encoder: Encoder,
    decoder: Decoder,
    views: usize,
}

impl Network {
    /// The parameters are named `encoder.…` and `decoder.…`.
    pub fn new(b: &mut Builder, kind: EncoderKind, views: usize, prediction: Prediction) -> Self {
        let (encoder, channels) = (Encoder::new(b, kind), (REPRESENTATION * views) as i64);
        Self { encoder, decoder: Decoder::new(b, channels, NETWORK_WIDTH, prediction), views }
    }
}

impl Architecture for Network {
    fn forward(&self, image: &Tensor, pass: &Pass) -> Tensor {
        let representations = self.encoder.forward(image, pass);
        self.decoder.forward(&side_by_side(&representations, self.views), pass)
    }

    fn fold(&self) -> i64 {
        self.decoder.fold()
    }
}

/// A transfer network: representations N×(16·count)×H/8×W/8, concatenated, in, one per source and view.
///
/// Batch normalisation without scale and shift (sources differ in scale), two parallel towers of two
/// 3×3 convolutions, concatenated, then the target's decoder architecture, trained from scratch.
#[derive(Debug)]
pub struct Readout {
    norm: BatchNorm,
    towers: [Tower; 2],
    decoder: Decoder,
}

impl Readout {
    /// The parameters are named `norm.…`, `tower1.…`, `tower2.…` and `decoder.…`.
    pub fn new(b: &mut Builder, count: usize, prediction: Prediction) -> Self {
        Self::reading(b, REPRESENTATION * count, prediction)
    }

    /// Of representations of so many channels in all, which need not come from our encoders.
    pub fn reading(b: &mut Builder, channels: usize, prediction: Prediction) -> Self {
        let (from, to) = (channels as i64, REPRESENTATION as i64);
        let norm = BatchNorm::plain(b, "norm", from);
        let towers = ["tower1", "tower2"].map(|name| Tower::new(b, name, from, to));
        Self { norm, towers, decoder: Decoder::new(b, 2 * to, READOUT_WIDTH, prediction) }
    }
}

impl Architecture for Readout {
    fn forward(&self, representations: &Tensor, pass: &Pass) -> Tensor {
        let x = self.norm.forward(representations, pass);
        let [a, b] = &self.towers;
        let both = Tensor::cat(&[a.forward(&x, pass), b.forward(&x, pass)], 1);
        self.decoder.forward(&both, pass)
    }

    fn fold(&self) -> i64 {
        self.decoder.fold()
    }
}

/// Two 3×3 convolutions.
#[derive(Debug)]
struct Tower {
    first: Unit,
    second: Unit,
}

impl Tower {
    fn new(b: &mut Builder, name: &str, from: i64, to: i64) -> Self {
        let first = Unit::new(b, &format!("{name}.first"), from, to, THREE);
        Self { first, second: Unit::new(b, &format!("{name}.second"), to, to, THREE) }
    }

    fn forward(&self, x: &Tensor, pass: &Pass) -> Tensor {
        self.second.forward(&self.first.forward(x, pass), pass)
    }
}

/// From scratch: a readout of one small image tower instead of representations.
///
/// conv4 s4 3-16, conv2 s2 16-16, conv3 16-16. (N·views)×3×H×W in, as of [`Network`].
#[derive(Debug)]
pub struct Scratch {
    tower: [Unit; 3],
    readout: Readout,
    views: usize,
}

impl Scratch {
    /// The parameters are named `image1.…` to `image3.…`, and as those of [`Readout`].
    pub fn new(b: &mut Builder, views: usize, prediction: Prediction) -> Self {
        let to = REPRESENTATION as i64;
        let tower = [
            Unit::new(b, "image1", 3, to, Shape { kernel: 4, stride: 4 }),
            Unit::new(b, "image2", to, to, Shape { kernel: 2, stride: 2 }),
            Unit::new(b, "image3", to, to, THREE),
        ];
        Self { tower, readout: Readout::new(b, views, prediction), views }
    }
}

impl Architecture for Scratch {
    fn forward(&self, image: &Tensor, pass: &Pass) -> Tensor {
        let [first, second, third] = &self.tower;
        let x = second.forward(&first.forward(image, pass), pass);
        self.readout.forward(&side_by_side(&third.forward(&x, pass), self.views), pass)
    }

    fn fold(&self) -> i64 {
        self.readout.fold()
    }
}
