//! `ResNet` encoders (He et al., CVPR 2016) as Taskonomy uses them: no pooling at the end, the last
//! stage at stride 1, and a 3×3 convolution to few channels on top.

use tch::Tensor;

use crate::layers::{Pass, Shape, THREE, Unit};
use crate::model::Architecture;
use crate::parameters::Builder;

/// What the stages of a `ResNet` are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blocks {
    /// Two 3×3 convolutions: 18 layers.
    Basic,
    /// 1×1, 3×3 and 1×1 to four times the channels: 50 layers.
    Bottleneck,
}

impl Blocks {
    /// Blocks of each stage.
    fn counts(self) -> [usize; 4] {
        match self {
            Self::Basic => [2, 2, 2, 2],
            Self::Bottleneck => [3, 4, 6, 3],
        }
    }

    /// Channels that a block puts out for each of its inner ones.
    fn expansion(self) -> i64 {
        match self {
            Self::Basic => 1,
            Self::Bottleneck => 4,
        }
    }
}

/// Inner channels of each stage.
const WIDTHS: [i64; 4] = [64, 128, 256, 512];
/// Steps of each stage: that of the last is 2 in the original.
const STRIDES: [i64; 4] = [1, 2, 2, 1];

/// N×3×H×W image to N×C×H/16×W/16 representation (supplement, section 12).
#[derive(Debug)]
pub(super) struct Resnet {
    stem: Unit,
    blocks: Vec<Block>,
    top: Unit,
}

impl Resnet {
    /// The parameters are named as torchvision names them, after `encoder.`; those of the topmost
    /// convolution, which it does not have, `encoder.top.…`.
    pub(super) fn new(b: &mut Builder, kind: Blocks, channels: i64) -> Self {
        let seven = Shape { kernel: 7, stride: 2 };
        let stem = Unit::named(b, ["encoder.conv1", "encoder.bn1"], 3, WIDTHS[0], seven);
        let (mut blocks, mut from) = (Vec::new(), WIDTHS[0]);
        for (stage, ((width, stride), count)) in
            WIDTHS.into_iter().zip(STRIDES).zip(kind.counts()).enumerate()
        {
            for i in 0..count {
                let name = format!("encoder.layer{}.{i}", stage + 1);
                let stride = if i == 0 { stride } else { 1 };
                blocks.push(Block::new(b, &name, kind, from, width, stride));
                from = width * kind.expansion();
            }
        }
        Self { stem, blocks, top: Unit::new(b, "encoder.top", from, channels, THREE) }
    }
}

impl Architecture for Resnet {
    fn forward(&self, image: &Tensor, pass: &Pass) -> Tensor {
        let x = self.stem.forward(image, pass).max_pool2d([3, 3], [2, 2], [1, 1], [1, 1], false);
        let x = self.blocks.iter().fold(x, |x, block| block.forward(&x, pass));
        self.top.forward(&x, pass)
    }
}

/// x, or a 1×1 convolution of x where the shape changes, + two or three convolutions of x.
#[derive(Debug)]
struct Block {
    units: Vec<Unit>,
    last: Unit,
    shortcut: Option<Unit>,
}

impl Block {
    fn new(b: &mut Builder, name: &str, kind: Blocks, from: i64, width: i64, stride: i64) -> Self {
        let one = |stride| Shape { kernel: 1, stride };
        let three = |stride| Shape { kernel: 3, stride };
        let to = width * kind.expansion();
        // The step is that of the 3×3 convolution, as in torchvision (the paper: of the first 1×1).
        let shapes = match kind {
            Blocks::Basic => vec![three(stride), three(1)],
            Blocks::Bottleneck => vec![one(1), three(stride), one(1)],
        };
        let (last, mut units, mut inner) = (shapes.len(), Vec::new(), from);
        for (i, shape) in shapes.into_iter().enumerate() {
            let names = [format!("{name}.conv{}", i + 1), format!("{name}.bn{}", i + 1)];
            let out = if i + 1 == last { to } else { width };
            units.push(Unit::named(b, names.each_ref().map(String::as_str), inner, out, shape));
            inner = out;
        }
        let shortcut = (stride != 1 || from != to).then(|| {
            let names = [0, 1].map(|i| format!("{name}.downsample.{i}"));
            Unit::named(b, names.each_ref().map(String::as_str), from, to, one(stride))
        });
        let last = units.pop().expect("two or three");
        Self { units, last, shortcut }
    }

    fn forward(&self, x: &Tensor, pass: &Pass) -> Tensor {
        let inner = self.units.iter().fold(x.shallow_clone(), |x, unit| unit.forward(&x, pass));
        let shortcut = match &self.shortcut {
            Some(unit) => unit.linear(x, pass),
            None => x.shallow_clone(),
        };
        (self.last.linear(&inner, pass) + shortcut).relu_()
    }
}
