//! The small encoder.

use tch::Tensor;

use crate::layers::{Pass, Shape, THREE, Unit};
use crate::model::Architecture;
use crate::parameters::Builder;

/// N×3×H×W image to N×16×H/8×W/8 representation (13.6 M multiplications at 64×64).
///
/// conv5 s2 3-16; conv3 s2 16-32; residual block; conv3 s2 32-64; residual block; conv3 64-16, with
/// batch normalisation and `ReLU` after each. Small on purpose: the details a full-resolution map
/// would keep make transfers between 2-D tasks needless.
#[derive(Debug)]
pub(super) struct Small {
    conv1: Unit,
    conv2: Unit,
    block2: Residual,
    conv3: Unit,
    block3: Residual,
    top: Unit,
}

impl Small {
    /// The parameters are named `encoder.…`.
    pub(super) fn new(b: &mut Builder, channels: i64) -> Self {
        let half = |kernel| Shape { kernel, stride: 2 };
        Self {
            conv1: Unit::new(b, "encoder.conv1", 3, 16, half(5)),
            conv2: Unit::new(b, "encoder.conv2", 16, 32, half(3)),
            block2: Residual::new(b, "encoder.block2", 32),
            conv3: Unit::new(b, "encoder.conv3", 32, 64, half(3)),
            block3: Residual::new(b, "encoder.block3", 64),
            top: Unit::new(b, "encoder.top", 64, channels, THREE),
        }
    }
}

impl Architecture for Small {
    fn forward(&self, image: &Tensor, pass: &Pass) -> Tensor {
        let x = self.conv2.forward(&self.conv1.forward(image, pass), pass);
        let x = self.conv3.forward(&self.block2.forward(&x, pass), pass);
        self.top.forward(&self.block3.forward(&x, pass), pass)
    }
}

/// x + two convolutions of x.
#[derive(Debug)]
struct Residual {
    first: Unit,
    second: Unit,
}

impl Residual {
    fn new(b: &mut Builder, name: &str, channels: i64) -> Self {
        let mut unit = |part| Unit::new(b, &format!("{name}.{part}"), channels, channels, THREE);
        Self { first: unit("first"), second: unit("second") }
    }

    fn forward(&self, x: &Tensor, pass: &Pass) -> Tensor {
        (self.second.linear(&self.first.forward(x, pass), pass) + x).relu_()
    }
}
