//! Runs of kitchen units, wall units above them, fridges.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::piece::{Piece, plain};
use crate::style::{Style, grey, hsv, two};
use crate::texture::{Pattern, Texture};
use crate::thing::Thing;

/// What is below a stretch of worktop 0.6 m wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// A cupboard.
    Doors,
    /// Drawers.
    Drawers,
    /// A cupboard below a sink with a tap.
    Sink,
    /// An oven below a hob.
    Stove,
    /// A dishwasher.
    Washer,
}

/// Width of a unit, metres.
const UNIT: f32 = 0.6;
const DEPTH: f32 = 0.58;
const TOP: f32 = 0.9;

/// Units side by side under one worktop, on a dark plinth, with a splashback.
pub(crate) fn kitchen_run(
    rng: &mut ChaCha8Rng,
    style: &Style,
    units: &[Unit],
    worktop: Texture,
) -> Piece {
    let mut piece = Piece::new(Thing::KitchenUnits);
    let half = UNIT * units.len() as f32 / 2.0;
    let metal = plain(grey(0.45));
    let carcass = Texture { first: style.paint.first * 0.5, ..style.paint };
    piece
        .cuboid(-half..half, 0.0..DEPTH - 0.06, 0.0..0.1, plain(grey(0.15)))
        .cuboid(-half..half, 0.0..DEPTH - 0.02, 0.1..TOP - 0.04, carcass)
        .cuboid(-half..half, 0.0..DEPTH + 0.03, TOP - 0.04..TOP, worktop);
    let tiles = {
        let (first, second) = (hsv(rng.random(), rng.random_range(0.05..0.6), 0.9), grey(0.93));
        two(rng, Pattern::Tiles, first, second, 0.15).gloss(0.4)
    };
    piece.cuboid(-half..half, 0.0..0.012, TOP..1.42, tiles);
    for (i, &unit) in units.iter().enumerate() {
        let x = UNIT * (i as f32 + 0.5) - half;
        let (left, right) = (x - UNIT / 2.0 + 0.008, x + UNIT / 2.0 - 0.008);
        piece.thing(Thing::KitchenUnits);
        match unit {
            Unit::Drawers => {
                for (low, high) in [(0.11, 0.4), (0.41, 0.63), (0.64, 0.85)] {
                    piece.cuboid(left..right, DEPTH - 0.03..DEPTH, low..high, style.paint).rod(
                        [x - 0.14, DEPTH + 0.02, high - 0.05],
                        [x + 0.14, DEPTH + 0.02, high - 0.05],
                        0.01,
                        metal,
                    );
                }
            }
            Unit::Doors | Unit::Sink => {
                piece.cuboid(left..right, DEPTH - 0.03..DEPTH, 0.11..0.85, style.paint).rod(
                    [left + 0.05, DEPTH + 0.02, 0.6],
                    [left + 0.05, DEPTH + 0.02, 0.78],
                    0.01,
                    metal,
                );
                if unit == Unit::Sink {
                    sink(&mut piece, x, metal);
                }
            }
            Unit::Stove => stove(&mut piece, x),
            Unit::Washer => {
                piece
                    .thing(Thing::Dishwasher)
                    .cuboid(left..right, DEPTH - 0.03..DEPTH + 0.005, 0.11..0.85, plain(grey(0.85)))
                    .cuboid(left..right, DEPTH..DEPTH + 0.012, 0.75..0.84, plain(grey(0.2)));
            }
        }
    }
    piece
}

/// A basin let into the worktop, with a tap.
fn sink(piece: &mut Piece, x: f32, metal: Texture) {
    piece
        .thing(Thing::Sink)
        .cuboid(x - 0.25..x + 0.25, 0.13..0.5, TOP..TOP + 0.008, plain(grey(0.82)))
        .cuboid(x - 0.21..x + 0.21, 0.17..0.46, TOP..TOP + 0.01, plain(grey(0.35)))
        .cylinder([x, 0.08, TOP], 0.018, 0.26, metal)
        .rod([x, 0.08, TOP + 0.25], [x, 0.26, TOP + 0.22], 0.014, metal);
}

/// An oven with a window and knobs, four plates above.
fn stove(piece: &mut Piece, x: f32) {
    let (black, steel) = (plain(grey(0.06)).gloss(0.5), plain(grey(0.7)).gloss(0.5));
    piece
        .thing(Thing::Stove)
        .cuboid(x - 0.29..x + 0.29, DEPTH - 0.03..DEPTH + 0.01, 0.11..0.85, steel)
        .cuboid(x - 0.24..x + 0.24, DEPTH..DEPTH + 0.02, 0.2..0.6, black)
        .rod([x - 0.22, DEPTH + 0.05, 0.65], [x + 0.22, DEPTH + 0.05, 0.65], 0.014, steel)
        .cuboid(x - 0.28..x + 0.28, 0.06..DEPTH - 0.03, TOP..TOP + 0.012, black);
    for (dx, y) in [(-0.14, 0.18), (0.14, 0.18), (-0.14, 0.41), (0.14, 0.41)] {
        piece.cylinder([x + dx, y, TOP], 0.085, 0.02, plain(grey(0.25)));
    }
    for i in 0..4 {
        let knob = x - 0.2 + 0.133 * i as f32;
        piece.rod([knob, DEPTH, 0.77], [knob, DEPTH + 0.035, 0.77], 0.024, black);
    }
}

/// Units on the wall above a run; a hood above the stove; z = 0 is their lower edge.
pub(crate) fn wall_units(style: &Style, units: &[Unit], room_above: f32) -> Piece {
    let mut piece = Piece::new(Thing::WallUnits);
    let half = UNIT * units.len() as f32 / 2.0;
    let edge = Texture { first: style.paint.first * 0.5, ..style.paint };
    for (i, &unit) in units.iter().enumerate() {
        let x = UNIT * (i as f32 + 0.5) - half;
        let (left, right) = (x - UNIT / 2.0 + 0.008, x + UNIT / 2.0 - 0.008);
        if unit == Unit::Stove {
            let steel = plain(grey(0.62));
            piece
                .thing(Thing::Hood)
                .cuboid(left..right, 0.0..0.45, 0.1..0.16, steel)
                .wedge(
                    [left..right, 0.0..0.45, 0.16..0.4],
                    [0.0, 0.24, 0.3],
                    [0.0, 0.45, 0.16],
                    steel,
                )
                .cuboid(x - 0.13..x + 0.13, 0.0..0.2, 0.3..room_above, steel);
        } else {
            piece
                .thing(Thing::WallUnits)
                .cuboid(left - 0.008..right + 0.008, 0.0..0.31, 0.0..0.64, edge)
                .cuboid(left..right, 0.3..0.335, 0.005..0.635, style.paint)
                .sphere([right - 0.05, 0.345, 0.08], 0.018, plain(grey(0.35)));
        }
    }
    piece
}

/// A fridge: white, steel or red.
pub(crate) fn fridge(rng: &mut ChaCha8Rng) -> Piece {
    let mut piece = Piece::new(Thing::Fridge);
    let colour = [grey(0.95), grey(0.7), hsv(0.0, 0.8, 0.75)][rng.random_range(0..3_usize)];
    let (body, metal) = (plain(colour).gloss(0.4), plain(grey(0.35)).gloss(0.6));
    let h = rng.random_range(1.6..1.95);
    piece
        .cuboid(-0.3..0.3, 0.0..0.6, 0.0..h, plain(colour * 0.7))
        .cuboid(-0.3..0.3, 0.59..0.65, 0.05..0.35 * h, body)
        .cuboid(-0.3..0.3, 0.59..0.65, 0.35 * h + 0.02..h, body)
        .rod([-0.24, 0.68, 0.45 * h], [-0.24, 0.68, 0.7 * h], 0.014, metal)
        .rod([-0.24, 0.68, 0.18 * h], [-0.24, 0.68, 0.31 * h], 0.014, metal);
    piece
}
