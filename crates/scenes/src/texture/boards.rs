//! Wood: boards, single pieces, parquet and herringbone, as shares of the second, darker colour.

use std::f32::consts::FRAC_1_SQRT_2;

use glam::Vec2;

use crate::texture::noise::{either, left, line, noise, tone};

/// Grain along x, from long streaks and finer pores; of mean ½.
fn grain(at: Vec2, seed: u32, w: f32) -> f32 {
    // The streaks wander, as rings do that are cut lengthwise.
    let bend = noise(Vec2::new(0.35 * at.x, at.y), seed ^ 7, 1.0 * w);
    let streaks = noise(Vec2::new(0.5 * at.x, 5.0 * at.y + 3.0 * bend), seed, 4.0 * w);
    let pores = noise(Vec2::new(2.5 * at.x, 22.0 * at.y), seed ^ 3, 12.0 * w);
    0.7 * streaks + 0.3 * pores
}

/// Long boards, a period wide and eight long.
pub(crate) fn planks(at: Vec2, seed: u32, w: f32) -> f32 {
    let row = at.y.floor();
    let along = at.x * 0.12 + 7.0 * tone(0.0, row, seed, 0.0);
    let board = tone(along.floor(), row, seed ^ 1, w);
    let gap = either(line(at.y, 0.06, w), line(along, 0.008, 0.12 * w));
    let own = grain(at + Vec2::new(31.0 * board, 17.0 * row), seed, w);
    gap + (1.0 - gap) * (0.45 * board + 0.42 * own)
}

/// One piece without joints.
pub(crate) fn piece(at: Vec2, seed: u32, w: f32) -> f32 {
    0.15 + 0.6 * grain(at, seed, w)
}

/// Squares of five strips that lie across in every other square.
pub(crate) fn parquet(at: Vec2, seed: u32, w: f32) -> f32 {
    const STRIPS: f32 = 5.0;
    let cell = at.floor();
    let crosswise = (cell.x + cell.y).rem_euclid(2.0) < 0.5;
    let (x, y) = if crosswise { (at.x, at.y) } else { (at.y, at.x) };
    let strip = (STRIPS * y).floor();
    let board = tone(strip, if crosswise { cell.x } else { cell.y }, seed, STRIPS * w);
    let gap = either(line(STRIPS * y, 0.07, STRIPS * w), line(x, 0.014, w));
    let own = grain(Vec2::new(4.0 * x, STRIPS * y + 9.0 * board), seed, STRIPS * w);
    gap + (1.0 - gap) * (0.1 + 0.5 * board + 0.25 * own)
}

/// Boards four times as long as wide, a period long, in a zigzag along x.
pub(crate) fn herringbone(at: Vec2, seed: u32, w: f32) -> f32 {
    const LONG: f32 = 4.0;
    let (u, v) = (LONG * FRAC_1_SQRT_2 * (at.x - at.y), LONG * FRAC_1_SQRT_2 * (at.x + at.y));
    let (i, j) = (u.floor(), v.floor());
    let k = (i - j).rem_euclid(2.0 * LONG);
    let (u_in, v_in) = (u - i, v - j);
    // Cells i − j of 0 to 3 belong to boards along u, the others to boards along v.
    let (x, y, id) = if k < LONG {
        (k + u_in, v_in, (i - k, j))
    } else {
        let back = 2.0 * LONG - 1.0 - k;
        (back + v_in, u_in, (i, j - back))
    };
    let board = tone(id.0, id.1, seed, LONG * w);
    let gap = either(line(y, 0.06, LONG * w), line(x / LONG, 0.02, w));
    let own = grain(Vec2::new(x, y + 9.0 * board), seed, LONG * w);
    // The two directions reflect light differently.
    let sheen = if k < LONG { 0.08 } else { -0.08 } * left(w);
    gap + (1.0 - gap) * (0.12 + 0.45 * board + sheen + 0.25 * own)
}
