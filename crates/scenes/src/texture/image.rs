//! Pictures as textures.

use glam::{Vec2, Vec3, Vec4};

/// A picture that repeats, and its halves, quarters and so on, so that what a pixel covers is
/// averaged beforehand.
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    levels: Vec<Level>,
}

/// Pixels: red, green, blue as in a picture, and opacity.
#[derive(Debug, Clone, PartialEq)]
struct Level {
    width: usize,
    height: usize,
    pixels: Vec<[u8; 4]>,
}

/// Larger pictures are halved until they are no larger: views are smaller.
const LARGEST: usize = 1024;

impl Image {
    /// A picture of rows from the top with 1 (grey), 2 (grey, opacity), 3 (colour) or 4 (colour,
    /// opacity) bytes a pixel; none if there are not as many bytes.
    pub fn new(width: usize, height: usize, channels: usize, bytes: &[u8]) -> Option<Self> {
        let pixels = width.checked_mul(height).filter(|&pixels| pixels > 0)?;
        if !(1..=4).contains(&channels) || pixels.checked_mul(channels)? != bytes.len() {
            return None;
        }
        let pixels = bytes.chunks_exact(channels).map(|p| match *p {
            [grey] => [grey, grey, grey, 255],
            [grey, alpha] => [grey, grey, grey, alpha],
            [r, g, b] => [r, g, b, 255],
            [r, g, b, alpha, ..] => [r, g, b, alpha],
            [] => [0; 4],
        });
        let mut level = Level { width, height, pixels: pixels.collect() };
        while level.width.max(level.height) > LARGEST {
            level = level.halved();
        }
        let mut levels = vec![level];
        while let Some(last) = levels.last().filter(|level| level.pixels.len() > 1) {
            let next = last.halved();
            levels.push(next);
        }
        Some(Self { levels })
    }

    /// Whether it has holes: a tenth of a percent and more of it is rather not there than there.
    pub fn has_holes(&self) -> bool {
        let pixels = &self.levels[0].pixels;
        pixels.iter().filter(|p| p[3] < 128).count() * 1000 > pixels.len()
    }

    /// Its opacity at a place: x from the left and y from the top, 1 is the whole side.
    pub(crate) fn alpha(&self, at: Vec2) -> f32 {
        self.levels[0].at(at).w
    }

    /// Its linear colour at a place, averaged over `width`, a share of its side.
    pub(crate) fn colour(&self, at: Vec2, width: f32) -> Vec3 {
        let top = &self.levels[0];
        let pixels = width * ((top.width * top.height) as f32).sqrt();
        let level = pixels.max(1.0).log2().round() as usize;
        self.levels[level.min(self.levels.len() - 1)].at(at).truncate()
    }

    /// Its mean linear colour.
    pub(crate) fn mean(&self) -> Vec3 {
        self.levels[self.levels.len() - 1].at(Vec2::ZERO).truncate()
    }
}

impl Level {
    /// Half as wide and high: means of 2×2 pixels, of linear colours, by opacity.
    fn halved(&self) -> Self {
        let (width, height) = (self.width.div_ceil(2), self.height.div_ceil(2));
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let four = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(dx, dy)| {
                    let (x, y) =
                        ((2 * x + dx).min(self.width - 1), (2 * y + dy).min(self.height - 1));
                    linear(self.pixels[y * self.width + x])
                });
                let opacity: f32 = four.iter().map(|p| p.w).sum();
                let weighted = |p: &Vec4| *p * if opacity > 0.0 { p.w / opacity } else { 0.25 };
                let colour: Vec4 = four.iter().map(weighted).sum();
                pixels.push(coded(colour.truncate().extend(0.25 * opacity)));
            }
        }
        Self { width, height, pixels }
    }

    /// Between the four pixels around a place.
    fn at(&self, at: Vec2) -> Vec4 {
        let axis = |v: f32, size: usize| {
            // A picture repeats; far off, the fraction has no digits left.
            let v = if v.is_finite() { v.rem_euclid(1.0) } else { 0.0 } * size as f32 - 0.5;
            let low = v.floor();
            let wrapped = |v: f32| (v as i64).rem_euclid(size as i64) as usize;
            (wrapped(low), wrapped(low + 1.0), v - low)
        };
        let ((x0, x1, fx), (y0, y1, fy)) = (axis(at.x, self.width), axis(at.y, self.height));
        let pixel = |x: usize, y: usize| linear(self.pixels[y * self.width + x]);
        let above = pixel(x0, y0).lerp(pixel(x1, y0), fx);
        above.lerp(pixel(x0, y1).lerp(pixel(x1, y1), fx), fy)
    }
}

/// Pictures have a gamma of 2 here as those of the camera have.
fn linear([r, g, b, alpha]: [u8; 4]) -> Vec4 {
    let [r, g, b, alpha] = [r, g, b, alpha].map(|v| f32::from(v) / 255.0);
    Vec4::new(r * r, g * g, b * b, alpha)
}

fn coded(colour: Vec4) -> [u8; 4] {
    let [r, g, b, alpha] = colour.to_array();
    [r.sqrt(), g.sqrt(), b.sqrt(), alpha].map(|v| (255.0 * v).round() as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checker(side: usize) -> Image {
        let bytes: Vec<u8> = (0..side * side)
            .map(|i| if (i % side + i / side).is_multiple_of(2) { 255 } else { 0 })
            .collect();
        Image::new(side, side, 1, &bytes).unwrap()
    }

    #[test]
    fn pixels_are_where_they_belong_and_repeat() {
        let image = Image::new(2, 1, 3, &[255, 0, 0, 0, 0, 255]).unwrap();
        for shift in [-3.0, 0.0, 7.0] {
            let at = |u: f32| image.colour(Vec2::new(u + shift, 0.5), 0.0);
            assert!(at(0.25).distance(Vec3::X) < 1e-3 && at(0.75).distance(Vec3::Z) < 1e-3);
            assert!(at(0.5).distance(Vec3::new(0.5, 0.0, 0.5)) < 1e-3);
        }
        assert!(image.colour(Vec2::splat(f32::NAN), f32::NAN).is_finite());
    }

    #[test]
    fn from_afar_only_the_mean_is_left() {
        let image = checker(64);
        assert!((image.mean().x - 0.5).abs() < 0.01);
        let spread = |width: f32| {
            let values = (0..100).map(|i| image.colour(Vec2::new(0.013 * i as f32, 0.3), width).x);
            values.clone().fold(0.0, f32::max) - values.fold(1.0, f32::min)
        };
        assert!(spread(0.0) > 0.3 && spread(0.1) < 0.02, "{} {}", spread(0.0), spread(0.1));
    }

    #[test]
    fn large_pictures_are_reduced_and_impossible_ones_refused() {
        let image = Image::new(3000, 2, 1, &[100; 6000]).unwrap();
        assert_eq!((image.levels[0].width, image.levels[0].height), (750, 1));
        assert!((image.mean().x - (100.0_f32 / 255.0).powi(2)).abs() < 0.01);
        for (width, height, channels) in [(0, 0, 3), (2, 2, 3), (1, 1, 5), (usize::MAX, 2, 1)] {
            assert_eq!(Image::new(width, height, channels, &[0; 3]), None);
        }
    }

    #[test]
    fn holes_have_no_colour_of_their_own() {
        // A white pixel beside a black hole stays white.
        let image = Image::new(2, 1, 2, &[255, 255, 0, 0]).unwrap();
        assert!(image.mean().x > 0.99 && image.has_holes());
        assert!(!checker(8).has_holes());
    }
}
