//! Pictures for people: PNG, maps as colours, contact sheets.

use taskonomy_core::{Domain, Encoding, Split};

use crate::dataset::Dataset;
use crate::error::DataError;
use crate::values::ValuesRef;

/// An image of 8-bit colours, rows from the top, 3 bytes a pixel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RgbImage {
    /// Pixels per row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// 3·width·height bytes.
    pub pixels: Vec<u8>,
}

impl RgbImage {
    /// The image as a PNG file.
    pub fn to_png(&self) -> Vec<u8> {
        unimplemented!()
    }

    /// Reads a PNG of any colour type and depth; transparency is laid over white.
    pub fn from_png(bytes: &[u8]) -> Result<Self, DataError> {
        unimplemented!("{bytes:?}")
    }

    /// Every pixel as a square of `factor`×`factor`.
    #[must_use]
    pub fn scaled(&self, factor: usize) -> Self {
        unimplemented!("{factor}")
    }
}

/// Encoded values (not whitened) of shape C×h×w as colours.
pub fn paint(encoding: Encoding, classes: usize, values: &[f32], shape: [usize; 3]) -> RgbImage {
    unimplemented!("{encoding:?} {classes} {values:?} {shape:?}")
}

/// Stored values of a domain as colours, as the task that predicts it would show them.
pub fn paint_domain(domain: &Domain, values: ValuesRef<'_>) -> RgbImage {
    unimplemented!("{domain:?} {values:?}")
}

/// Rows of pictures under captions, one column each, with thin gutters.
pub fn grid(captions: &[&str], rows: &[Vec<RgbImage>]) -> RgbImage {
    unimplemented!("{captions:?} {rows:?}")
}

/// The first `n` samples of different scenes of a split: one row each, one column per domain.
pub fn contact_sheet(dataset: &Dataset, split: Split, n: usize, scale: usize) -> RgbImage {
    unimplemented!("{:?} {split} {n} {scale}", dataset.manifest())
}
