//! Decoders: representation to prediction.

use taskonomy_core::Output;
use tch::{Kind, Tensor};

use crate::layers::{BatchNorm, Conv, Linear, Pass, THREE, Unit, dropout};
use crate::parameters::Builder;

/// The form of a prediction, with its size known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prediction {
    /// N×channels×H/stride×W/stride, stride 1, 2 or 4.
    Map {
        /// Channels or classes.
        channels: usize,
        /// Image pixels per predicted pixel.
        stride: usize,
    },
    /// N×length×1×1.
    Flat {
        /// Numbers or classes.
        length: usize,
    },
}

impl Prediction {
    /// Predicted pixels per pixel of the decoder's last convolution, along each axis: what
    /// [`Labels::folded`](crate::Labels::folded) takes.
    pub fn fold(self) -> i64 {
        match self {
            Self::Map { stride, .. } => 4 / stride as i64,
            Self::Flat { .. } => 1,
        }
    }

    /// The prediction of a task whose output has this width (channels, length or number of
    /// classes); `None` where nothing is predicted.
    pub fn new(output: Output, width: usize) -> Option<Self> {
        match output {
            Output::Dense { stride, .. } | Output::Embedding { stride, .. } => {
                Some(Self::Map { channels: width, stride })
            }
            Output::Vector { .. } | Output::Class {} => Some(Self::Flat { length: width }),
            Output::Nothing {} => None,
        }
    }
}

/// Width of the decoders of task-specific networks.
pub const NETWORK_WIDTH: usize = 48;
/// Width of the decoders of readouts: the same architecture, two thirds as wide.
pub const READOUT_WIDTH: usize = 32;

/// A map decoder or a flat one, as the prediction asks.
#[derive(Debug)]
pub(crate) enum Decoder {
    Map(Box<MapDecoder>),
    Flat(Box<FlatDecoder>),
}

impl Decoder {
    /// The parameters are named `decoder.…`.
    pub(crate) fn new(b: &mut Builder, from: i64, width: usize, prediction: Prediction) -> Self {
        let width = width as i64;
        match prediction {
            Prediction::Map { channels, stride } => {
                let (channels, stride) = (channels as i64, stride as i64);
                Self::Map(Box::new(MapDecoder::new(b, from, width, channels, stride)))
            }
            Prediction::Flat { length } => {
                Self::Flat(Box::new(FlatDecoder::new(b, from, width / 2, length as i64)))
            }
        }
    }

    pub(crate) fn forward(&self, x: &Tensor, pass: &Pass) -> Tensor {
        match self {
            Self::Map(decoder) => decoder.forward(x, pass),
            Self::Flat(decoder) => decoder.forward(x, pass),
        }
    }

    pub(crate) fn fold(&self) -> i64 {
        match self {
            Self::Map(decoder) => decoder.fold,
            Self::Flat(_) => 1,
        }
    }
}

/// conv3 w, conv3 2w, pixel-shuffle 2, conv3 w, conv3, pixel-shuffle 4 (2 at half resolution, none at
/// a quarter).
///
/// Pixel-shuffles instead of convolutions at full resolution: seven times faster. The last one is
/// left to whoever looks at the prediction: losses compare folded pixels (see [`Labels::folded`]).
///
/// [`Labels::folded`]: crate::Labels::folded
#[derive(Debug)]
pub(crate) struct MapDecoder {
    conv1: Unit,
    conv2: Unit,
    conv3: Unit,
    last: Conv,
    fold: i64,
}

impl MapDecoder {
    fn new(b: &mut Builder, from: i64, width: i64, channels: i64, stride: i64) -> Self {
        let fold = 4 / stride;
        Self {
            conv1: Unit::new(b, "decoder.conv1", from, width, THREE),
            conv2: Unit::new(b, "decoder.conv2", width, 2 * width, THREE),
            conv3: Unit::new(b, "decoder.conv3", width / 2, width, THREE),
            last: Conv::with_bias(b, "decoder.last", width, fold * fold * channels, THREE),
            fold,
        }
    }

    fn forward(&self, x: &Tensor, pass: &Pass) -> Tensor {
        let x = self.conv2.forward(&self.conv1.forward(x, pass), pass).pixel_shuffle(2);
        self.last.forward(&self.conv3.forward(&x, pass), pass)
    }
}

/// conv3, mean pool to 4×4, linear to 128, batch normalisation, `ReLU`, dropout 0.3, linear.
#[derive(Debug)]
pub(crate) struct FlatDecoder {
    conv: Unit,
    hidden: Linear,
    norm: BatchNorm,
    last: Linear,
}

impl FlatDecoder {
    fn new(b: &mut Builder, from: i64, channels: i64, length: i64) -> Self {
        Self {
            conv: Unit::new(b, "decoder.conv", from, channels, THREE),
            hidden: Linear::new(b, "decoder.hidden", 16 * channels, 128),
            norm: BatchNorm::new(b, "decoder.norm", 128),
            last: Linear::new(b, "decoder.last", 128, length),
        }
    }

    fn forward(&self, x: &Tensor, pass: &Pass) -> Tensor {
        let pooled = self.conv.forward(x, pass).adaptive_avg_pool2d([4, 4]);
        let hidden = self.hidden.forward(&pooled.to_kind(Kind::Float).flatten(1, -1), pass);
        let hidden = self.norm.forward(&hidden, pass).relu_();
        self.last.forward(&dropout(&hidden, 0.3, pass), pass).unsqueeze(-1).unsqueeze(-1)
    }
}
