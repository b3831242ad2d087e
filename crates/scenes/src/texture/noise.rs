//! What patterns are made of: lines and noise that fade when a pixel covers too much of them.

use glam::Vec2;

/// The mean, over a stretch of length `w` around x, of what is 1 in the first `share` of every
/// period of length 1 and else 0.
pub(crate) fn pulse(x: f32, share: f32, w: f32) -> f32 {
    let integral = |x: f32| x.floor() * share + (x - x.floor()).min(share);
    let w = w.max(1e-4);
    ((integral(x + 0.5 * w) - integral(x - 0.5 * w)) / w).clamp(0.0, 1.0)
}

/// As [`pulse`] for a line of width `share` centred on the whole numbers.
pub(crate) fn line(x: f32, share: f32, w: f32) -> f32 {
    pulse(x + 0.5 * share, share, w)
}

/// The mean of several lines that do not know of each other: what none of them leaves free.
pub(crate) fn either(a: f32, b: f32) -> f32 {
    1.0 - (1.0 - a) * (1.0 - b)
}

/// How much is left of what varies within a length of 1 when a pixel covers `w` of it.
pub(crate) fn left(w: f32) -> f32 {
    (1.5 - 1.7 * w).clamp(0.0, 1.0)
}

/// A number in [0, 1] per cell that fades into ½.
pub(crate) fn tone(x: f32, y: f32, seed: u32, w: f32) -> f32 {
    0.5 + (hash(x as i32, y as i32, seed) - 0.5) * left(w)
}

/// Smooth value noise in [0, 1] with a period of about 1, which fades into ½.
pub(crate) fn noise(at: Vec2, seed: u32, w: f32) -> f32 {
    let left = left(w);
    if left == 0.0 {
        return 0.5;
    }
    let cell = at.floor();
    let f = at - cell;
    let f = f * f * (3.0 - 2.0 * f);
    let corner = |x: i32, y: i32| hash(cell.x as i32 + x, cell.y as i32 + y, seed);
    let low = corner(0, 0) * (1.0 - f.x) + corner(1, 0) * f.x;
    let high = corner(0, 1) * (1.0 - f.x) + corner(1, 1) * f.x;
    0.5 + (low * (1.0 - f.y) + high * f.y - 0.5) * left
}

/// Three octaves of noise in [0, 1].
pub(crate) fn turbulence(at: Vec2, seed: u32, w: f32) -> f32 {
    // Turned and moved from octave to octave, so that their grids do not show.
    let turned = Vec2::new(1.6 * at.x - 1.2 * at.y, 1.2 * at.x + 1.6 * at.y) + 17.3;
    let twice = Vec2::new(1.6 * turned.x - 1.2 * turned.y, 1.2 * turned.x + 1.6 * turned.y);
    0.57 * noise(at, seed, w)
        + 0.28 * noise(turned, seed ^ 0x55, 2.0 * w)
        + 0.15 * noise(twice, seed ^ 0xaa, 4.0 * w)
}

/// A number in [0, 1) for every cell of a grid.
pub(crate) fn hash(x: i32, y: i32, seed: u32) -> f32 {
    let mut h = (x as u32).wrapping_mul(0x8da6_b343)
        ^ (y as u32).wrapping_mul(0xd816_3841)
        ^ seed.wrapping_mul(0xcb1a_b31f);
    h = (h ^ (h >> 15)).wrapping_mul(0x2c1b_3c6d);
    h = (h ^ (h >> 12)).wrapping_mul(0x297a_2d39);
    ((h ^ (h >> 15)) >> 8) as f32 / (1 << 24) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pulses_by_hand() {
        // Sharp: on in the first quarter. Over half a period around 0: from 0 to ¼ of ½.
        assert_eq!((pulse(0.1, 0.25, 0.0), pulse(0.6, 0.25, 0.0)), (1.0, 0.0));
        assert!((pulse(0.0, 0.25, 0.5) - 0.5).abs() < 1e-5);
        assert!((pulse(0.3, 0.25, 7.0) - 0.25).abs() < 1e-5);
        assert_eq!((line(3.0, 0.1, 0.0), line(3.1, 0.1, 0.0)), (1.0, 0.0));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn everything_fades_into_its_mean(x in -40.0_f32..40.0, y in -40.0_f32..40.0) {
            let at = Vec2::new(x, y);
            for w in [0.0, 0.3, 0.8] {
                for v in [noise(at, 3, w), turbulence(at, 3, w), pulse(x, 0.3, w), tone(x, y, 1, w)] {
                    prop_assert!((0.0..=1.0).contains(&v));
                }
            }
            prop_assert_eq!(noise(at, 3, 2.0), 0.5);
            prop_assert!((turbulence(at, 3, 2.0) - 0.5).abs() < 1e-6);
            // A filter of whole periods leaves nothing.
            prop_assert!((pulse(x, 0.3, 4.0) - 0.3).abs() < 1e-3);
        }
    }
}
