//! Domains: what a dataset stores per sample, one file each.

use serde::{Deserialize, Serialize};

/// The number type of a domain on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dtype {
    /// 8-bit: images, normals, classes.
    U8,
    /// 16-bit: depth, edges, keypoints.
    U16,
    /// 32-bit floating point: vectors.
    F32,
}

impl Dtype {
    /// Bytes per value.
    pub fn size(self) -> usize {
        match self {
            Self::U8 => 1,
            Self::U16 => 2,
            Self::F32 => 4,
        }
    }
}

/// What one domain of a dataset holds (one entry of the manifest).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Domain {
    /// The name, as in the Taskonomy dataset's folders (`rgb`, `depth_zbuffer`, …).
    pub name: String,
    /// Number type on disk.
    pub dtype: Dtype,
    /// Channels, height, width of one sample.
    pub shape: [usize; 3],
    /// What a stored value means, for people: `512 per metre`, `65535 = 1`.
    pub unit: String,
    /// The stored value that means "nothing known here".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invalid: Option<u32>,
    /// Names of the classes that the values are indices of; empty for other domains.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<String>,
    /// How many views a sample belongs to: 1 for what is known of every image, more for a *tuple
    /// domain*, whose samples are tuples of so many rows of one split.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub views: usize,
    /// Remarks, for people: scales that were left out, constants that were scaled.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

fn one() -> usize {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_one(views: &usize) -> bool {
    *views == 1
}

impl Domain {
    /// Whether its samples belong to tuples of views rather than to single ones.
    pub fn is_of_tuples(&self) -> bool {
        self.views > 1
    }

    /// Values per sample: C·H·W.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether a sample holds no value at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// One sample of a domain, C×H×W in row-major order.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// For [`Dtype::U8`].
    U8(Vec<u8>),
    /// For [`Dtype::U16`].
    U16(Vec<u16>),
    /// For [`Dtype::F32`].
    F32(Vec<f32>),
}

impl Values {
    /// The number type.
    pub fn dtype(&self) -> Dtype {
        match self {
            Self::U8(_) => Dtype::U8,
            Self::U16(_) => Dtype::U16,
            Self::F32(_) => Dtype::F32,
        }
    }

    /// Number of values.
    pub fn len(&self) -> usize {
        match self {
            Self::U8(v) => v.len(),
            Self::U16(v) => v.len(),
            Self::F32(v) => v.len(),
        }
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes as they stand on disk: little-endian.
    pub fn to_le_bytes(&self) -> Vec<u8> {
        match self {
            Self::U8(v) => v.clone(),
            Self::U16(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
            Self::F32(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
        }
    }
}
