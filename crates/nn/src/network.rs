//! Task-specific networks, readouts, and the readout from the image alone.

use taskonomy_core::EncoderKind;
use tch::Tensor;

use crate::decoder::{Decoder, NETWORK_WIDTH, Prediction, READOUT_WIDTH, Read};
use crate::encoder::Encoder;
use crate::layers::{BatchNorm, Pass, Shape, THREE, Unit, channels_last, side_by_side};
use crate::model::Architecture;
use crate::parameters::Builder;
use crate::places::{self, correspondences};

/// A task-specific network: encoder and decoder. (N·views)×3×H×W in, N predictions out: every view of
/// an item goes through the same encoder, and the decoder reads their representations side by side,
/// with what a comparison of their places says.
#[derive(Debug)]
pub struct Network {
    encoder: Encoder,
    decoder: Decoder,
    views: usize,
}

impl Network {
    /// The parameters are named `encoder.…` and `decoder.…`.
    pub fn new(b: &mut Builder, kind: EncoderKind, views: usize, prediction: Prediction) -> Self {
        let encoder = Encoder::new(b, kind);
        let channels = kind.channels() * views + places::channels(views);
        let read = Read { channels, stride: kind.stride() };
        Self { encoder, decoder: Decoder::new(b, read, NETWORK_WIDTH, prediction), views }
    }
}

impl Architecture for Network {
    fn forward(&self, image: &Tensor, pass: &Pass) -> Tensor {
        let representations = self.encoder.forward(image, pass);
        let mut read = side_by_side(&representations, self.views);
        if self.views > 1 {
            let places = correspondences(&representations, self.views).to_kind(read.kind());
            read = channels_last(&Tensor::cat(&[read, places], 1));
        }
        self.decoder.forward(&read, pass)
    }

    fn fold(&self) -> i64 {
        self.decoder.fold()
    }
}

/// Channels of every tower of a readout.
const TOWER: usize = 16;

/// A transfer network: representations N×C×H/s×W/s in, those of every source and view side by side.
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
    pub fn new(b: &mut Builder, read: Read, prediction: Prediction) -> Self {
        let (from, to) = (read.channels as i64, TOWER as i64);
        let norm = BatchNorm::plain(b, "norm", from);
        let towers = ["tower1", "tower2"].map(|name| Tower::new(b, name, from, to));
        let both = Read { channels: 2 * TOWER, ..read };
        Self { norm, towers, decoder: Decoder::new(b, both, READOUT_WIDTH, prediction) }
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
/// conv4 s4 3-16, conv2 s2 16-16, conv3 16-16 (conv2 s2 beside representations at a sixteenth of the
/// resolution). (N·views)×3×H×W in, as of [`Network`].
#[derive(Debug)]
pub struct Scratch {
    tower: [Unit; 3],
    readout: Readout,
    views: usize,
}

impl Scratch {
    /// The parameters are named `image1.…` to `image3.…`, and as those of [`Readout`].
    pub fn new(b: &mut Builder, stride: usize, views: usize, prediction: Prediction) -> Self {
        let (to, half) = (TOWER as i64, Shape { kernel: 2, stride: 2 });
        let tower = [
            Unit::new(b, "image1", 3, to, Shape { kernel: 4, stride: 4 }),
            Unit::new(b, "image2", to, to, half),
            Unit::new(b, "image3", to, to, if stride > 8 { half } else { THREE }),
        ];
        let read = Read { channels: TOWER * views, stride };
        Self { tower, readout: Readout::new(b, read, prediction), views }
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
