//! Pictures for people: PNG, maps as colours, contact sheets.

mod font;
mod paint;
mod read;
mod sheet;

pub use paint::{paint, paint_domain};
pub use read::Pixels;
pub(crate) use read::{MOST_PIXELS, limit, orientation, read_png};
pub use sheet::{contact_sheet, grid, spread};

use crate::error::DataError;

/// An image of 8-bit colours, rows from the top, 3 bytes a pixel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RgbImage {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl RgbImage {
    /// A black image; a side of 0 becomes 1.
    pub fn new(width: usize, height: usize) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        Self { width, height, pixels: vec![0; 3 * width * height] }
    }

    /// An image of these pixels, 3·width·height bytes.
    pub fn from_pixels(width: usize, height: usize, pixels: Vec<u8>) -> Result<Self, DataError> {
        if pixels.is_empty() || pixels.len() != 3 * width * height {
            let found = pixels.len();
            let why = format!("{width}×{height} pixels of 3 bytes are wanted, {found} bytes given");
            return Err(DataError::Picture(why));
        }
        Ok(Self { width, height, pixels })
    }

    /// Pixels per row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// 3·width·height bytes.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The colour of a pixel; black outside.
    pub fn get(&self, x: usize, y: usize) -> [u8; 3] {
        let inside = x < self.width && y < self.height;
        let at = 3 * (y * self.width + x);
        if inside { [self.pixels[at], self.pixels[at + 1], self.pixels[at + 2]] } else { [0; 3] }
    }

    /// Colours a pixel; nothing happens outside.
    pub fn set(&mut self, x: usize, y: usize, colour: [u8; 3]) {
        if x < self.width && y < self.height {
            let at = 3 * (y * self.width + x);
            self.pixels[at..at + 3].copy_from_slice(&colour);
        }
    }

    /// Colours a rectangle, as far as it is inside.
    pub fn fill(&mut self, x: usize, y: usize, width: usize, height: usize, colour: [u8; 3]) {
        for y in y..(y + height).min(self.height) {
            for x in x..(x + width).min(self.width) {
                self.set(x, y, colour);
            }
        }
    }

    /// Copies an image into this one, as far as it fits.
    pub fn place(&mut self, image: &Self, left: usize, top: usize) {
        for y in 0..image.height {
            for x in 0..image.width {
                self.set(left + x, top + y, image.get(x, y));
            }
        }
    }

    /// Every pixel as a square of `factor`×`factor` (0 counts as 1).
    #[must_use]
    pub fn scaled(&self, factor: usize) -> Self {
        let factor = factor.max(1);
        let mut scaled = Self::new(self.width * factor, self.height * factor);
        for y in 0..scaled.height {
            for x in 0..scaled.width {
                scaled.set(x, y, self.get(x / factor, y / factor));
            }
        }
        scaled
    }

    /// The image as a PNG file.
    pub fn to_png(&self) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder
            .write_header()
            .and_then(|mut writer| {
                writer.write_image_data(&self.pixels)?;
                writer.finish()
            })
            .expect("memory takes all bytes, and their number is right");
        file
    }

    /// Reads a PNG of any colour type and depth (16 bits lose the lower 8); transparency is laid
    /// over white.
    pub fn from_png(bytes: &[u8]) -> Result<Self, DataError> {
        let Pixels { width, height, channels, bytes, .. } =
            read_png(bytes).map_err(DataError::Picture)?;
        let over_white = |value: u8, alpha: u8| {
            let (value, alpha) = (u32::from(value), u32::from(alpha));
            ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8
        };
        let pixels = match channels {
            1 => bytes.iter().flat_map(|&v| [v; 3]).collect(),
            2 => {
                let (pixels, _) = bytes.as_chunks();
                pixels.iter().flat_map(|&[v, a]| [over_white(v, a); 3]).collect()
            }
            4 => {
                let (pixels, _) = bytes.as_chunks();
                pixels
                    .iter()
                    .flat_map(|&[r, g, b, a]| [r, g, b].map(|v| over_white(v, a)))
                    .collect()
            }
            _ => bytes,
        };
        Self::from_pixels(width, height, pixels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(colour: png::ColorType, depth: png::BitDepth, data: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, 2, 1);
        encoder.set_color(colour);
        encoder.set_depth(depth);
        if colour == png::ColorType::Indexed {
            encoder.set_palette(vec![1, 2, 3, 4, 5, 6]);
            encoder.set_trns(vec![255, 0]);
        }
        encoder.write_header().unwrap().write_image_data(data).unwrap();
        file
    }

    #[test]
    fn every_kind_of_png_becomes_colours() {
        use png::{BitDepth, ColorType};
        let cases: [(_, _, &[u8], [u8; 6]); 7] = [
            (ColorType::Grayscale, BitDepth::Eight, &[7, 8], [7, 7, 7, 8, 8, 8]),
            (ColorType::Grayscale, BitDepth::One, &[0b0100_0000], [0, 0, 0, 255, 255, 255]),
            (ColorType::Grayscale, BitDepth::Sixteen, &[7, 99, 8, 1], [7, 7, 7, 8, 8, 8]),
            (ColorType::GrayscaleAlpha, BitDepth::Eight, &[7, 255, 8, 0], [7, 7, 7, 255, 255, 255]),
            (ColorType::Rgb, BitDepth::Eight, &[1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6]),
            (
                ColorType::Rgba,
                BitDepth::Eight,
                &[1, 2, 3, 255, 0, 0, 0, 51],
                [1, 2, 3, 204, 204, 204],
            ),
            (ColorType::Indexed, BitDepth::Eight, &[0, 1], [1, 2, 3, 255, 255, 255]),
        ];
        for (colour, depth, data, expected) in cases {
            let image = RgbImage::from_png(&encode(colour, depth, data)).unwrap();
            assert_eq!(image.pixels(), expected, "{colour:?} {depth:?}");
        }
    }

    #[test]
    fn reads_what_it_writes_and_refuses_the_rest() {
        let mut image = RgbImage::new(3, 2);
        image.set(2, 1, [9, 8, 7]);
        image.set(3, 1, [1, 1, 1]); // outside
        let file = image.to_png();
        assert_eq!(RgbImage::from_png(&file).unwrap(), image);
        for end in [0, 7, 20, file.len() / 2] {
            assert!(matches!(RgbImage::from_png(&file[..end]), Err(DataError::Picture(_))));
        }
        assert!(RgbImage::from_pixels(2, 2, vec![0; 11]).is_err());
    }

    #[test]
    fn scaling_repeats_pixels() {
        let image = RgbImage::from_pixels(2, 1, vec![1, 1, 1, 2, 2, 2]).unwrap();
        let scaled = image.scaled(2);
        assert_eq!((scaled.width(), scaled.height()), (4, 2));
        assert_eq!([scaled.get(1, 1), scaled.get(2, 0)], [[1; 3], [2; 3]]);
        assert_eq!(image.scaled(0), image);
    }
}
