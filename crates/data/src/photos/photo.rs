//! A photo at the size that its crops need, and squares of it.

use ndarray::Array3;

use super::decode::decode;
use crate::picture::{Pixels, RgbImage};

/// What shines through transparent pixels.
const GROUND: u32 = 128;

/// The narrowest crops are this share of a photo's shorter side.
pub(super) const NARROWEST: f64 = 0.4;

/// A photo, upright, reduced as far as the narrowest crop allows, and its halves, quarters, …
#[derive(Debug)]
pub(super) struct Photo {
    /// Each level has half the sides of the one before.
    pub(super) levels: Vec<RgbImage>,
}

/// A square of a photo, in pixels of its first level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Square {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) side: f64,
}

impl Photo {
    /// Decodes a photo for crops of `size`×`size`, which are made of twice as many pixels each way;
    /// why not, for people.
    pub(super) fn decode(bytes: &[u8], size: usize) -> Result<Self, String> {
        let pixels = decode(bytes)?;
        let short = pixels.width.min(pixels.height);
        if short < size {
            let (width, height) = (pixels.width, pixels.height);
            return Err(format!("{width}x{height} pixels: too small for crops of {size}x{size}"));
        }
        // Twice the resolution that a crop is made of: then its filter is hardly off.
        let needed = (4 * size) as f64 / NARROWEST;
        let factor = ((short as f64 / needed) as usize).clamp(1, MOST_REDUCED);
        let orientation = pixels.orientation;
        let mut levels = vec![upright(reduced(pixels, factor), orientation)];
        while let Some(last) = levels.last().filter(|l| l.width().min(l.height()) >= 128) {
            let half = reduce(last.pixels(), last.width(), 3, 2);
            levels.push(half);
        }
        Ok(Self { levels })
    }

    /// Bytes of all levels.
    pub(super) fn bytes(&self) -> usize {
        self.levels.iter().map(|level| level.pixels().len()).sum()
    }

    /// Width and height of the first level.
    pub(super) fn dimensions(&self) -> (usize, usize) {
        (self.levels[0].width(), self.levels[0].height())
    }

    /// The square as an image 3×`side`×`side`, from the first level that is fine enough.
    pub(super) fn crop(&self, square: Square, side: usize) -> Array3<u8> {
        let level = (square.side / (2 * side) as f64).max(1.0).log2() as usize;
        let level = level.min(self.levels.len() - 1);
        let shrunk = f64::from(1_u32 << level);
        let Square { x, y, side: extent } = square;
        resample(&self.levels[level], [x / shrunk, y / shrunk, extent / shrunk], side)
    }
}

/// So that the sum of a column of as many bytes fits into 16 bits.
const MOST_REDUCED: usize = 256;

/// Decoded pixels reduced by [`reduce`].
fn reduced(pixels: Pixels, factor: usize) -> RgbImage {
    let Pixels { width, height, channels, bytes, .. } = pixels;
    if channels == 3 && factor == 1 {
        return RgbImage::from_pixels(width, height, bytes).expect("three bytes for every pixel");
    }
    reduce(&bytes, width, channels, factor)
}

/// The means of `factor`×`factor` pixels over a neutral ground; what is left over at the right and
/// at the bottom is cut off.
fn reduce(bytes: &[u8], width: usize, channels: usize, factor: usize) -> RgbImage {
    let (columns, rows) = (width / factor, bytes.len() / (width * channels) / factor);
    let colours = if channels < 3 { 1 } else { 3 };
    let area = (factor * factor) as u32;
    let mean = |sum: u32| ((sum + area / 2) / area) as u8;
    let mut means = Vec::with_capacity(3 * columns * rows);
    let mut opaque = vec![0; width * colours];
    let mut sums = vec![0_u16; width * colours];
    for band in bytes.chunks_exact(factor * width * channels) {
        sums.fill(0);
        for row in band.chunks_exact(width * channels) {
            let row = if channels == colours {
                row
            } else {
                over_ground(row, colours, &mut opaque);
                &opaque
            };
            for (sum, &value) in sums.iter_mut().zip(row) {
                *sum += u16::from(value);
            }
        }
        if colours == 1 {
            means.extend(block_sums::<1>(&sums, factor).flat_map(|[sum]| [mean(sum); 3]));
        } else {
            means.extend(block_sums::<3>(&sums, factor).flat_map(|sum| sum.map(mean)));
        }
    }
    RgbImage::from_pixels(columns, rows, means).expect("one mean per block and channel")
}

/// The sums of every `factor` pixels of a row, channel by channel.
fn block_sums<const CHANNELS: usize>(
    row: &[u16],
    factor: usize,
) -> impl Iterator<Item = [u32; CHANNELS]> {
    row.as_chunks::<CHANNELS>().0.chunks_exact(factor).map(|block| {
        block.iter().fold([0; CHANNELS], |mut sums, pixel| {
            for (sum, &value) in sums.iter_mut().zip(pixel) {
                *sum += u32::from(value);
            }
            sums
        })
    })
}

/// A row of pixels that end with their opacity, laid over a neutral ground.
fn over_ground(row: &[u8], colours: usize, opaque: &mut [u8]) {
    let pixels = row.chunks_exact(colours + 1).zip(opaque.chunks_exact_mut(colours));
    for (pixel, out) in pixels {
        let alpha = u32::from(pixel[colours]);
        for (out, &value) in out.iter_mut().zip(pixel) {
            *out = ((u32::from(value) * alpha + GROUND * (255 - alpha) + 127) / 255) as u8;
        }
    }
}

/// Turns and mirrors as EXIF's orientation asks for.
fn upright(image: RgbImage, orientation: u32) -> RgbImage {
    let (width, height) = (image.width() as isize, image.height() as isize);
    let (right, bottom) = (width - 1, (height - 1) * width);
    // Where the upright image's first pixel comes from, and how far it is from there to those of
    // the next column and the next row.
    let (first, across, down) = match orientation {
        2 => (right, -1, width),
        3 => (bottom + right, -1, -width),
        4 => (bottom, 1, -width),
        5 => (0, width, 1),
        6 => (bottom, -width, 1),
        7 => (bottom + right, -width, -1),
        8 => (right, width, -1),
        _ => return image,
    };
    let (columns, rows) = if orientation >= 5 { (height, width) } else { (width, height) };
    let (pixels, _) = image.pixels().as_chunks::<3>();
    let mut turned = Vec::with_capacity(image.pixels().len());
    for y in 0..rows {
        for x in 0..columns {
            turned.extend_from_slice(&pixels[(first + x * across + y * down) as usize]);
        }
    }
    RgbImage::from_pixels(columns as usize, rows as usize, turned).expect("as many as before")
}

/// Resamples a square [left, top, extent] with a triangle as wide as two pixels of the result (two
/// of the image where that is finer), cut off at the image's border.
fn resample(image: &RgbImage, [left, top, extent]: [f64; 3], side: usize) -> Array3<u8> {
    let columns = taps(left, extent, side, image.width());
    let rows = taps(top, extent, side, image.height());
    let first = rows.iter().map(|tap| tap.first).min().unwrap_or(0);
    let end = rows.iter().map(|tap| tap.first + tap.weights.len()).max().unwrap_or(0);
    let stride = 3 * image.width();
    let mut across = vec![[0.0_f32; 3]; side * (end - first)];
    for (y, out) in (first..end).zip(across.chunks_exact_mut(side)) {
        let (pixels, _) = image.pixels()[y * stride..(y + 1) * stride].as_chunks::<3>();
        for (out, tap) in out.iter_mut().zip(&columns) {
            for (pixel, weight) in pixels[tap.first..].iter().zip(&tap.weights) {
                for (sum, &value) in out.iter_mut().zip(pixel) {
                    *sum += weight * f32::from(value);
                }
            }
        }
    }
    let mut result = Array3::zeros((3, side, side));
    let mut line = vec![[0.0_f32; 3]; side];
    for (y, tap) in rows.iter().enumerate() {
        line.fill([0.0; 3]);
        for (row, weight) in
            across[(tap.first - first) * side..].chunks_exact(side).zip(&tap.weights)
        {
            for (sum, value) in line.as_flattened_mut().iter_mut().zip(row.as_flattened()) {
                *sum += weight * value;
            }
        }
        for (x, colour) in line.iter().enumerate() {
            for (channel, value) in colour.iter().enumerate() {
                result[[channel, y, x]] = (value + 0.5) as u8;
            }
        }
    }
    result
}

/// Which pixels make one of the result, with weights that add up to 1.
struct Tap {
    first: usize,
    weights: Vec<f32>,
}

fn taps(start: f64, extent: f64, side: usize, length: usize) -> Vec<Tap> {
    let step = extent / side as f64;
    let reach = step.max(1.0);
    let tap = |i: usize| {
        let centre = start + (i as f64 + 0.5) * step;
        let first = (centre - reach).max(0.0).min((length - 1) as f64) as usize;
        let end = ((centre + reach).ceil().max(0.0) as usize).clamp(first + 1, length);
        let weights: Vec<f64> = (first..end)
            .map(|x| (1.0 - ((x as f64 + 0.5 - centre) / reach).abs()).max(0.0))
            .collect();
        let sum: f64 = weights.iter().sum();
        Tap { first, weights: weights.iter().map(|w| (w / sum) as f32).collect() }
    };
    (0..side).map(tap).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: usize, height: usize, grey: impl Fn(usize, usize) -> u8) -> RgbImage {
        let mut image = RgbImage::new(width, height);
        for y in 0..height {
            for x in 0..width {
                image.set(x, y, [grey(x, y); 3]);
            }
        }
        image
    }

    #[test]
    fn blocks_are_averaged_over_a_neutral_ground() {
        let mean = |channels, bytes: &[u8]| reduce(bytes, 2, channels, 2).get(0, 0);
        assert_eq!(mean(1, &[0, 1, 2, 3]), [2; 3]); // 1.5
        assert_eq!(mean(2, &[9, 255, 9, 255, 9, 0, 9, 0]), [69; 3]); // (9+9+128+128)/4 = 68.5
        assert_eq!(mean(3, &[1, 2, 3, 1, 2, 3, 1, 2, 3, 5, 6, 7]), [2, 3, 4]);
        let clear = [0, 0, 0, 0].repeat(4);
        assert_eq!(mean(4, &clear), [128; 3]);
        // One pixel is left over on the right and at the bottom.
        let reduced = reduce(&[1, 1, 9, 1, 1, 9, 9, 9, 9], 3, 1, 2);
        assert_eq!((reduced.width(), reduced.height(), reduced.get(0, 0)), (1, 1, [1; 3]));
    }

    #[test]
    fn the_eight_orientations_of_three_pixels() {
        // 1 2 3
        // 4 5 6
        let image = picture(3, 2, |x, y| (1 + x + 3 * y) as u8);
        let expected: [(u32, &[&[u8]]); 8] = [
            (1, &[&[1, 2, 3], &[4, 5, 6]]),
            (2, &[&[3, 2, 1], &[6, 5, 4]]),
            (3, &[&[6, 5, 4], &[3, 2, 1]]),
            (4, &[&[4, 5, 6], &[1, 2, 3]]),
            (5, &[&[1, 4], &[2, 5], &[3, 6]]),
            (6, &[&[4, 1], &[5, 2], &[6, 3]]),
            (7, &[&[6, 3], &[5, 2], &[4, 1]]),
            (8, &[&[3, 6], &[2, 5], &[1, 4]]),
        ];
        for (orientation, rows) in expected {
            let turned = upright(image.clone(), orientation);
            assert_eq!((turned.width(), turned.height()), (rows[0].len(), rows.len()));
            for (y, row) in rows.iter().enumerate() {
                for (x, &value) in row.iter().enumerate() {
                    assert_eq!(turned.get(x, y), [value; 3], "{orientation}: ({x}, {y})");
                }
            }
        }
    }

    #[test]
    fn resampling_keeps_pixels_means_and_ramps() {
        let image = picture(32, 32, |x, y| (4 * x + 3 * y) as u8);
        let same = resample(&image, [8.0, 4.0, 8.0], 8);
        assert_eq!(same[[1, 2, 3]], image.get(11, 6)[1]);
        // A ramp's value at the centre of each pixel of the result, from 3 or ½ pixels.
        let small = resample(&image, [4.0, 4.0, 24.0], 8);
        assert_eq!(small[[0, 1, 2]], (4.0 * 11.0 + 3.0 * 8.0) as u8);
        let large = resample(&image, [8.0, 8.0, 8.0], 16);
        assert_eq!(large[[0, 8, 8]], (4.0_f32 * 11.75 + 3.0 * 11.75 + 0.5) as u8);
        // At the border the triangle is cut off, not filled with black.
        let flat = picture(10, 20, |_, _| 200);
        assert!(resample(&flat, [0.0, 10.0, 10.0], 16).iter().all(|&v| v == 200));
    }
}
