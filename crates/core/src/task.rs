//! Tasks: what is predicted, from which input, and how it is judged.

use serde::{Deserialize, Serialize};

use crate::id::TaskId;

/// An entry of the task dictionary.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// Our id.
    pub id: TaskId,
    /// Ids in the authors' result files, understood wherever an id is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub official: Vec<TaskId>,
    /// The printed name.
    pub name: String,
    /// What the user gets when the pipeline does not say otherwise.
    #[serde(default)]
    pub role: Role,
    /// Label cost in the units of the budget.
    #[serde(default = "unit_cost")]
    pub cost: f64,
    /// The form of a prediction.
    pub output: Output,
    /// The loss that is trained and compared.
    pub loss: Loss,
    /// What the encoder sees of an image.
    #[serde(default)]
    pub input: Input,
    /// What is predicted; none for the untrained encoder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// The domain of its representations, for a source that the user brings instead of a network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub features: Option<String>,
    /// What a mirrored image's answer is; none where it does not follow from the image's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mirror: Option<Mirror>,
}

fn unit_cost() -> f64 {
    1.0
}

impl Task {
    /// Whether networks and readouts can be trained to predict it.
    pub fn is_trained(&self) -> bool {
        self.target.is_some()
    }

    /// Whether what transfers read of it was learned, here or elsewhere: not so the untrained
    /// encoder's.
    pub fn is_learned(&self) -> bool {
        self.is_trained() || self.features.is_some()
    }
}

/// Which ends of a transfer a task may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Source and target.
    #[default]
    Both,
    /// Only a source: it is not wanted in itself.
    SourceOnly,
    /// Only a target: its labels are too few to train an encoder on.
    TargetOnly,
}

impl Role {
    /// Whether transfers may read the task.
    pub fn is_source(self) -> bool {
        self != Self::TargetOnly
    }

    /// Whether the policy must reach the task.
    pub fn is_target(self) -> bool {
        self != Self::SourceOnly
    }
}

/// The form of a prediction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Output {
    /// A map of the image's height and width divided by `stride`.
    Dense {
        /// Channels of the map; absent: one per class of the target's domain.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channels: Option<usize>,
        /// 1 predicts and judges at full resolution, 2 at half, 4 at a quarter.
        #[serde(default = "full_resolution")]
        stride: usize,
    },
    /// A vector for every place of a map: alike where places belong together, else not.
    Embedding {
        /// Numbers in each vector.
        length: usize,
        /// As of a map.
        #[serde(default = "full_resolution")]
        stride: usize,
    },
    /// A vector of this length.
    Vector {
        /// Numbers in the vector.
        length: usize,
    },
    /// One of the classes of the target's domain.
    Class {},
    /// Nothing: the encoder is not trained.
    Nothing {},
}

fn full_resolution() -> usize {
    1
}

/// The loss of one sample, a mean over its valid values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// Mean absolute difference.
    L1,
    /// Mean squared difference.
    L2,
    /// Mean length of the difference of a place's values, the loss of the authors' camera poses.
    Length,
    /// Mean negative log-likelihood of the true class.
    CrossEntropy,
    /// Mean negative log-likelihood, over pairs of places, of being of one segment or of two, where
    /// 2/(1 + exp d²) is the likelihood of one for embeddings at the distance d.
    Metric,
    /// No loss: the task is not trained.
    Nothing,
}

/// What an encoder sees of an image; pixel values run from -1 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Input {
    /// The image.
    #[default]
    Rgb,
    /// The image with additive Gaussian noise, clipped to [-1, 1] again.
    Noise {
        /// Standard deviation on the scale of [-1, 1].
        sigma: f64,
    },
    /// CIE L of the image in all three channels.
    Lightness,
    /// The image with one square set to 0, somewhere in it.
    Hole {
        /// Side of the square as a share of the image's side.
        side: f64,
    },
    /// Nine tiles of the image, shuffled. As a source its encoder is shown whole images.
    Jigsaw,
}

/// The answer to an image whose left and right are swapped: maps are swapped too, and some channels
/// change their sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mirror {
    /// Channels of a map, or numbers of a vector, that change their sign.
    pub negate: Vec<usize>,
}

/// What is predicted: a domain of the dataset, encoded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The domain that holds it.
    pub domain: String,
    /// How stored values become what the network predicts.
    pub encoding: Encoding,
    /// The domain whose invalid pixels carry no weight in the loss.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask: Option<String>,
}

/// How a stored value becomes what the network predicts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Encoding {
    /// u8 to [-1, 1], as the input.
    Image,
    /// u8 to [-1, 1], then whitened: normals.
    Signed,
    /// u8 to [0, 1], then whitened: reshading.
    Unit,
    /// ln(1 + u16) / ln 2^16, then whitened: depth.
    LogDepth,
    /// u16 / 65535 as a share of `max`, clipped to 1, then whitened.
    Clip {
        /// The value that becomes 1.
        max: f64,
    },
    /// The square root of [`Encoding::Clip`], then whitened: cues that are zero nearly everywhere.
    SqrtClip {
        /// The value that becomes 1.
        max: f64,
    },
    /// CIE a and b of the image, softly encoded: the ten nearest of bins 10 apart, with Gaussian
    /// shares of deviation 5.
    AbBins,
    /// The stored value is the index of a class.
    Labels,
    /// The stored f32 values, whitened: vectors.
    Plain,
    /// The stored value names a segment of this image alone.
    Segments,
    /// The index of a jigsaw's shuffle, 0 to 99; the domain is the image.
    Permutation,
}

impl Encoding {
    /// Whether encoded values are brought to mean 0 and deviation 1 per channel, with the
    /// statistics of the networks split.
    pub fn is_whitened(self) -> bool {
        !matches!(self, Self::Image | Self::AbBins) && !self.is_index()
    }

    /// Whether values are names, of which there is no mean.
    pub fn is_index(self) -> bool {
        matches!(self, Self::Labels | Self::Segments | Self::Permutation)
    }

    /// The encoded value of one stored value, before whitening (`AbBins` needs three of them and
    /// is done where images are, `Permutation` needs none).
    pub fn encode(self, stored: f32) -> f32 {
        match self {
            Self::Image | Self::Signed => stored / 127.5 - 1.0,
            Self::Unit => stored / 255.0,
            Self::LogDepth => stored.ln_1p() / 65536_f32.ln(),
            Self::Clip { max } => (stored / 65535.0 / max as f32).min(1.0),
            Self::SqrtClip { max } => (stored / 65535.0 / max as f32).min(1.0).sqrt(),
            Self::AbBins | Self::Labels | Self::Plain | Self::Segments | Self::Permutation => {
                stored
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_at_points_computed_by_hand() {
        assert!((Encoding::Image.encode(255.0) - 1.0).abs() < 1e-7);
        assert!((Encoding::LogDepth.encode(65535.0) - 1.0).abs() < 1e-6);
        assert!((Encoding::LogDepth.encode(255.0) - 0.5).abs() < 1e-6); // ln 256 / ln 65536
        let quarter = Encoding::SqrtClip { max: 0.02 }.encode(0.005 * 65535.0);
        assert!((quarter - 0.5).abs() < 1e-6);
        assert!((Encoding::Clip { max: 0.1 }.encode(65535.0) - 1.0).abs() < 1e-7);
    }
}
