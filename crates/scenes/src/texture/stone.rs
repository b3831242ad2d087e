//! Tiles, bricks, marble, terrazzo and plaster, as shares of the second colour.

use glam::Vec2;

use crate::texture::noise::{either, hash, left, line, noise, tone, turbulence};

/// Square tiles of slightly different tone, shaded within; the second colour is the grout.
pub(crate) fn tiles(at: Vec2, seed: u32, w: f32) -> f32 {
    let cell = at.floor();
    let grout = either(line(at.x, 0.07, w), line(at.y, 0.07, w));
    let cloud = noise(3.0 * at, seed, 3.0 * w);
    grout + (1.0 - grout) * (0.12 * tone(cell.x, cell.y, seed, w) + 0.1 * cloud)
}

/// Staggered bricks; the second colour is the mortar.
pub(crate) fn bricks(at: Vec2, seed: u32, w: f32) -> f32 {
    let row = (2.0 * at.y).floor();
    let x = at.x + 0.5 * row.rem_euclid(2.0);
    let mortar = either(line(2.0 * at.y, 0.18, 2.0 * w), line(x, 0.08, w));
    let rough = turbulence(7.0 * at, seed, 7.0 * w);
    mortar + (1.0 - mortar) * (0.34 * tone(x.floor(), row, seed, 2.0 * w) + 0.22 * rough)
}

/// Clouds with sharp veins of the second colour.
pub(crate) fn marble(at: Vec2, seed: u32, w: f32) -> f32 {
    let bend = turbulence(1.3 * at, seed, 1.3 * w);
    let along = Vec2::new(at.x + 0.6 * at.y, at.y - 0.6 * at.x) + 1.6 * bend;
    let vein = |at: Vec2, seed: u32, w: f32| {
        // A ridge where the noise crosses its mean.
        let ridge = 1.0 - (2.0 * noise(at, seed, w) - 1.0).abs();
        ((ridge - 0.8) * 5.0).clamp(0.0, 1.0).powi(2)
    };
    // Veins are thinner than the noise they come from, and cover a tenth.
    let sharp = left(5.0 * w);
    let large = 0.12 + sharp * (vein(along * 0.9, seed, 0.0) - 0.12);
    let small = 0.12 + sharp * (vein(along * 2.3, seed ^ 9, 0.0) - 0.12);
    (0.75 * large + 0.35 * small + 0.4 * (bend - 0.5) + 0.1).clamp(0.0, 1.0)
}

/// Chips of any size up to a quarter of a period, of different strength.
pub(crate) fn terrazzo(at: Vec2, seed: u32, w: f32) -> f32 {
    let mut share = 0.0_f32;
    for (layer, scale) in [(0_u32, 4.0), (1, 7.0)] {
        let at = at * scale + 0.37 * layer as f32;
        let cell = at.floor();
        let (x, y) = (cell.x as i32, cell.y as i32);
        let random = |k: u32| hash(x, y, seed ^ (2 * k + layer) << 8);
        let radius = 0.12 + 0.33 * random(0);
        let centre = Vec2::new(random(1), random(2)) * (1.0 - 2.0 * radius) + radius;
        let from_edge = radius - (at - cell - centre).length();
        let inside = (from_edge / (scale * w).max(0.02) + 0.5).clamp(0.0, 1.0);
        share = share.max(inside * (0.4 + 0.6 * random(3)));
    }
    MEAN_TERRAZZO + left(5.0 * w) * (share - MEAN_TERRAZZO)
}

/// Of [`terrazzo`], measured.
pub(crate) const MEAN_TERRAZZO: f32 = 0.33;

/// Faint mottles, large and small.
pub(crate) fn plaster(at: Vec2, seed: u32, w: f32) -> f32 {
    0.5 * turbulence(at, seed, w) + 0.5 * turbulence(6.0 * at, seed ^ 5, 6.0 * w)
}
