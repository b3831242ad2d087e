//! From light to the values of a picture: exposure, sensor noise, development.

use glam::Vec3;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// How one picture is exposed and how noisy its sensor is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Film {
    /// Light of the median sample after exposure.
    pub key: f32,
    /// Standard deviation of the noise of a sample, of the picture's range.
    pub noise: f32,
    /// Tells the noise of views apart.
    pub seed: u32,
}

/// Medians that exposure aims at; in the picture, after [`developed`], their roots.
pub(crate) const KEYS: std::ops::Range<f32> = 0.18..0.36;
/// The most light that nine tenths of the samples may get: 0.9 of the picture's range.
const BRIGHT: f32 = 0.9;
/// Noise of a sample in the picture; a pixel, the mean of four, has half of it.
pub(crate) const NOISE: std::ops::Range<f32> = 0.004..0.014;
/// A sensor has its limits: what is darker or brighter stays so.
const EXPOSURES: std::ops::RangeInclusive<f32> = 0.08..=6.0;

impl Film {
    pub fn new(rng: &mut ChaCha8Rng) -> Self {
        Self { key: rng.random_range(KEYS), noise: rng.random_range(NOISE), seed: rng.random() }
    }

    /// The factor that brings the median of the luminance of `lights` to the key, or to less when
    /// too much would become white.
    pub fn exposure(&self, mut lights: Vec<f32>) -> f32 {
        if lights.is_empty() {
            return 1.0;
        }
        let n = lights.len();
        let (_, &mut median, above) = lights.select_nth_unstable_by(n / 2, f32::total_cmp);
        let bright = (n * 9 / 10).saturating_sub(n / 2 + 1);
        let bright = if above.is_empty() {
            median
        } else {
            *above.select_nth_unstable_by(bright, f32::total_cmp).1
        };
        let factor = (self.key / median.max(1e-6)).min(BRIGHT / bright.max(1e-6));
        factor.clamp(*EXPOSURES.start(), *EXPOSURES.end())
    }

    /// The picture's values of a sample's exposed light.
    pub fn values(&self, light: Vec3, sample: u32) -> [u8; 3] {
        let value = |v: f32, channel: u32| {
            let noise = self.noise * grain(self.seed ^ (4 * sample + channel));
            (255.0 * (developed(v) + noise).clamp(0.0, 1.0) + 0.5) as u8
        };
        [value(light.x, 0), value(light.y, 1), value(light.z, 2)]
    }
}

/// Luminance of linear light.
pub(crate) fn luminance(light: Vec3) -> f32 {
    light.dot(Vec3::new(0.2126, 0.7152, 0.0722))
}

/// Linear light as a share of the picture's range: a soft shoulder, then a gamma of 2.
pub(crate) fn developed(v: f32) -> f32 {
    let v = if v < 0.6 { v } else { 0.6 + 0.4 * (1.0 - (-(v - 0.6) / 0.4).exp()) };
    v.max(0.0).sqrt()
}

/// A number of mean 0 and variance 1 for every argument: the sum of four even ones, in
/// [−2√3, 2√3].
fn grain(i: u32) -> f32 {
    let mut h = i.wrapping_mul(0x9e37_79b9);
    h = (h ^ (h >> 16)).wrapping_mul(0x85eb_ca6b);
    h = (h ^ (h >> 13)).wrapping_mul(0xc2b2_ae35);
    h ^= h >> 16;
    let sum: u32 = h.to_le_bytes().map(u32::from).iter().sum();
    // Each byte has the mean 127.5 and the variance (256² − 1)/12.
    (sum as f32 - 510.0) / (4.0 * 65535.0 / 12.0_f32).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    const FILM: Film = Film { key: 0.2, noise: 0.01, seed: 5 };

    #[test]
    fn development_is_monotone_from_black_to_white() {
        let values: Vec<f32> = (0..400).map(|i| developed(i as f32 / 100.0)).collect();
        assert!(values.is_sorted());
        assert_eq!((values[0], values[25]), (0.0, 0.5)); // √0.25 = ½
        assert!(values[399] > 0.99 && values[399] <= 1.0);
    }

    #[test]
    fn exposure_brings_the_median_to_the_key_within_limits() {
        // Median of 0.1, 0.3, …, 1.9 (ten values): the upper of the middle two, 1.1. The tenth
        // value, 1.9, becomes 0.35.
        let lights: Vec<f32> = (0..10).map(|i| 0.1 + 0.2 * i as f32).collect();
        assert!((FILM.exposure(lights) - 0.2 / 1.1).abs() < 1e-6);
        // Half dark, half bright: the bright half becomes 0.9, the dark one much less than the key.
        let lights: Vec<f32> = (0..10).map(|i| if i < 6 { 0.1 } else { 2.0 }).collect();
        assert!((FILM.exposure(lights) - 0.9 / 2.0).abs() < 1e-6);
        assert_eq!(FILM.exposure(vec![1e-9; 9]), 6.0);
        assert_eq!(FILM.exposure(vec![1e9; 9]), 0.08);
        assert_eq!(FILM.exposure(Vec::new()), 1.0);
    }

    #[test]
    fn noise_has_mean_0_and_the_stated_deviation() {
        let n = 200_000;
        let grains: Vec<f32> = (0..n).map(grain).collect();
        let mean = grains.iter().sum::<f32>() / n as f32;
        let variance = grains.iter().map(|g| g * g).sum::<f32>() / n as f32;
        assert!(mean.abs() < 0.01, "{mean}");
        assert!((variance - 1.0).abs() < 0.02, "{variance}");
    }

    #[test]
    fn values_of_grey_scatter_around_it() {
        let grey = Vec3::splat(0.25);
        let values: Vec<f32> =
            (0..20_000).flat_map(|i| FILM.values(grey, i)).map(f32::from).collect();
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        let deviation =
            (values.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / values.len() as f32).sqrt();
        assert!((mean - 127.5).abs() < 0.1, "{mean}");
        // √(2.55² + 1/12): the noise and the rounding.
        assert!((deviation - 2.57).abs() < 0.05, "{deviation}");
    }

    #[test]
    fn films_differ_within_their_ranges() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let films: Vec<_> = (0..50).map(|_| Film::new(&mut rng)).collect();
        assert!(films.iter().all(|f| KEYS.contains(&f.key) && NOISE.contains(&f.noise)));
        assert!(films.windows(2).all(|w| w[0] != w[1]));
    }
}
