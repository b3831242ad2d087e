//! Colours and materials that the furniture of one room shares.

use glam::Vec3;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::texture::{Pattern, Texture};

/// The materials of a room's furniture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Style {
    /// Boards and legs.
    pub wood: Texture,
    /// Painted fronts.
    pub paint: Texture,
    /// Covers of sofas and beds: patterned, saturated.
    pub fabric: Texture,
    /// The room's accent, saturated.
    pub accent: Texture,
}

/// A linear colour from hue (a share of the circle), saturation and value of the picture.
pub(crate) fn hsv(hue: f32, saturation: f32, value: f32) -> Vec3 {
    let channel = |offset: f32| {
        let k = (offset + hue.rem_euclid(1.0) * 6.0).rem_euclid(6.0);
        let v = value * (1.0 - saturation * k.min(4.0 - k).clamp(0.0, 1.0));
        v * v
    };
    Vec3::new(channel(5.0), channel(3.0), channel(1.0))
}

/// A saturated colour of any hue.
pub(crate) fn vivid(rng: &mut ChaCha8Rng) -> Vec3 {
    hsv(rng.random(), rng.random_range(0.65..0.95), rng.random_range(0.6..0.95))
}

/// A grey of this brightness in the picture.
pub(crate) fn grey(value: f32) -> Vec3 {
    Vec3::splat(value * value)
}

/// A texture of two colours.
pub(crate) fn two(
    rng: &mut ChaCha8Rng,
    pattern: Pattern,
    first: Vec3,
    second: Vec3,
    period: f32,
) -> Texture {
    Texture::new(pattern, first, second, period, rng.random())
}

/// Boards of some kind of wood.
pub(crate) fn wood(rng: &mut ChaCha8Rng, period: f32) -> Texture {
    let (hue, value) = (rng.random_range(0.05..0.11), rng.random_range(0.45..0.85));
    let saturation = rng.random_range(0.45..0.75);
    let (first, second) = (hsv(hue, saturation, value), hsv(hue, saturation + 0.1, value * 0.6));
    two(rng, Pattern::Wood, first, second, period)
}

/// A patterned fabric of one hue.
pub(crate) fn fabric(rng: &mut ChaCha8Rng, hue: f32) -> Texture {
    let pattern = [Pattern::Plain, Pattern::Stripes, Pattern::Checker, Pattern::Dots]
        [rng.random_range(0..4_usize)];
    let first = hsv(hue, rng.random_range(0.6..0.9), rng.random_range(0.5..0.85));
    let second = hsv(hue + rng.random_range(-0.1..0.1), 0.3, 0.9);
    let period = rng.random_range(0.15..0.35);
    two(rng, pattern, first, second, period)
}

impl Style {
    /// Materials around the hue of a kind of room.
    pub fn new(rng: &mut ChaCha8Rng, hue: f32) -> Self {
        let other = hue + [0.0, 0.33, 0.5, 0.67][rng.random_range(0..4_usize)];
        let paint = if rng.random_bool(0.5) {
            hsv(hue, rng.random_range(0.3..0.7), rng.random_range(0.6..0.9))
        } else {
            grey(rng.random_range(0.75..0.95))
        };
        Self {
            // Furniture is made of single boards; only floors have joints.
            wood: Texture { pattern: Pattern::Grain, ..wood(rng, 0.14) }.gloss(0.15),
            paint: Texture::plain(paint),
            fabric: fabric(rng, other),
            accent: Texture::plain(hsv(other, 0.8, 0.8)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn primaries_by_hand() {
        assert_eq!(hsv(0.0, 1.0, 1.0), Vec3::X);
        assert!((hsv(1.0 / 3.0, 1.0, 1.0) - Vec3::Y).length() < 1e-5);
        assert!((hsv(0.4, 0.0, 0.5) - Vec3::splat(0.25)).length() < 1e-6);
    }
}
