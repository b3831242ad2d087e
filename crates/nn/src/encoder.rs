//! Encoders: image to representation.

mod resnet;
mod small;

use taskonomy_core::EncoderKind;
use tch::Tensor;

use crate::layers::Pass;
use crate::model::Architecture;
use crate::parameters::Builder;
use resnet::{Blocks, Resnet};
use small::Small;

/// N×3×H×W image to N×C×H/s×W/s representation; C and s are those of its [`EncoderKind`].
#[derive(Debug)]
pub struct Encoder(Kind);

#[derive(Debug)]
enum Kind {
    Small(Box<Small>),
    Resnet(Box<Resnet>),
}

impl Encoder {
    /// The parameters are named `encoder.…`.
    pub fn new(b: &mut Builder, kind: EncoderKind) -> Self {
        let channels = kind.channels() as i64;
        let mut resnet = |blocks| Kind::Resnet(Box::new(Resnet::new(b, blocks, channels)));
        Self(match kind {
            EncoderKind::Resnet18 => resnet(Blocks::Basic),
            EncoderKind::Resnet50 => resnet(Blocks::Bottleneck),
            EncoderKind::Small => Kind::Small(Box::new(Small::new(b, channels))),
        })
    }
}

impl Architecture for Encoder {
    fn forward(&self, image: &Tensor, pass: &Pass) -> Tensor {
        match &self.0 {
            Kind::Small(encoder) => encoder.forward(image, pass),
            Kind::Resnet(encoder) => encoder.forward(image, pass),
        }
    }
}
