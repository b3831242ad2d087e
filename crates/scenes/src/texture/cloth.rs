//! Printed and woven patterns and paper, as shares of the second colour.

use glam::Vec2;

use crate::texture::noise::{left, noise, pulse, tone};

/// Stripes of equal width.
pub(crate) fn stripes(at: Vec2, w: f32) -> f32 {
    pulse(at.x - 0.5, 0.5, w)
}

/// A chessboard.
pub(crate) fn checker(at: Vec2, w: f32) -> f32 {
    let (x, y) = (2.0 * pulse(at.x, 0.5, w) - 1.0, 2.0 * pulse(at.y, 0.5, w) - 1.0);
    0.5 - 0.5 * x * y
}

/// Discs on a grid.
pub(crate) fn dots(at: Vec2, w: f32) -> f32 {
    let from_edge = 0.3 - (at - at.floor() - 0.5).length();
    let inside = (from_edge / w.max(0.01) + 0.5).clamp(0.0, 1.0);
    MEAN_DOTS + left(w) * (inside - MEAN_DOTS)
}

/// π·0.3².
pub(crate) const MEAN_DOTS: f32 = 0.2827;

/// Soft blotches.
pub(crate) fn clouds(at: Vec2, seed: u32, w: f32) -> f32 {
    0.65 * noise(at, seed, w) + 0.35 * noise(at * 2.7, seed ^ 1, 2.7 * w)
}

/// Two threads of each kind a period, over and under each other, each round and of its own tone.
pub(crate) fn weave(at: Vec2, seed: u32, w: f32) -> f32 {
    let (x, y) = ((2.0 * at.x).floor(), (2.0 * at.y).floor());
    let (across_x, across_y) = (2.0 * at.x - x, 2.0 * at.y - y);
    let round = |v: f32| 4.0 * v * (1.0 - v);
    let under = (x + y).rem_euclid(2.0) < 0.5;
    // Threads along y show the first colour, threads along x the second; edges are darker, which
    // here is nearer to the other colour.
    let share = if under {
        0.34 - 0.34 * round(across_x) + 0.1 * tone(x, 0.0, seed, 0.0)
    } else {
        0.66 + 0.34 * round(across_y) - 0.1 * tone(0.0, y, seed, 0.0)
    };
    0.5 + left(2.0 * w) * (share - 0.5)
}

/// A flower with leaves, in rows that are shifted by half a period.
pub(crate) fn wallpaper(at: Vec2, w: f32) -> f32 {
    let column = at.x.floor();
    let y = at.y + 0.5 * column.rem_euclid(2.0);
    // Mirrored about the middle of the column.
    let p = Vec2::new((at.x - column - 0.5).abs(), y - y.floor() - 0.5);
    let blur = w.max(0.012);
    let inside = |distance: f32| (0.5 - distance / blur).clamp(0.0, 1.0);
    let angle = p.y.atan2(p.x);
    let flower = p.length() - 0.17 - 0.055 * (6.0 * angle).cos();
    let heart = p.length() - 0.06;
    // A leaf between two circles, and the stem below.
    let leaf = ((p - Vec2::new(0.33, -0.12)).length() - 0.22)
        .max((p - Vec2::new(0.12, -0.36)).length() - 0.2);
    let stem = (p.x - 0.02).max((p.y + 0.3).abs() - 0.18);
    let ink = inside(flower) - inside(heart);
    let share = ink.max(inside(leaf)).max(inside(stem)).clamp(0.0, 1.0);
    MEAN_WALLPAPER + left(2.0 * w) * (share - MEAN_WALLPAPER)
}

/// Of [`wallpaper`], measured.
pub(crate) const MEAN_WALLPAPER: f32 = 0.134;
