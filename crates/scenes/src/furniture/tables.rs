//! Tables and desks.

use glam::Vec3A;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::furniture::{desk_lamp, keyboard, screen, small_things};
use crate::piece::{Piece, plain};
use crate::style::{Style, grey};
use crate::thing::Thing;

/// A table of this width, depth and height; a round one has the smaller for a diameter.
pub(crate) fn table(
    rng: &mut ChaCha8Rng,
    style: &Style,
    [w, d, height]: [f32; 3],
    round: bool,
) -> Piece {
    let thing = if round { Thing::RoundTable } else { Thing::Table };
    top_on_legs(rng, style, thing, [w, d, height], round)
}

fn top_on_legs(
    rng: &mut ChaCha8Rng,
    style: &Style,
    thing: Thing,
    [w, d, height]: [f32; 3],
    round: bool,
) -> Piece {
    let mut piece = Piece::new(thing);
    let top = if rng.random_bool(0.75) { style.wood } else { style.paint };
    let under = height - 0.045;
    if round {
        let r = w.min(d) / 2.0;
        let foot = plain(grey(0.3));
        piece
            .cylinder([0.0, d / 2.0, under], r, 0.045, top)
            .cylinder([0.0, d / 2.0, 0.03], 0.045, under - 0.03, foot)
            .cone([0.0, d / 2.0, 0.0], (0.22, 0.05), 0.06, foot);
    } else {
        piece.cuboid(-w / 2.0..w / 2.0, 0.0..d, under..height, top);
        if rng.random_bool(0.5) {
            piece.legs(w, d, under, 0.06, style.wood);
        } else {
            for (x, y) in [(-0.5, 0.0), (0.5, 0.0), (-0.5, 1.0), (0.5, 1.0)] {
                // Round legs that taper to the floor.
                let at = [x * (w - 0.12), 0.06 + y * (d - 0.12), 0.0];
                piece.cone(at, (0.02, 0.038), under, style.wood);
            }
        }
    }
    piece
}

/// A low table before a sofa, with something on it.
pub(crate) fn coffee_table(rng: &mut ChaCha8Rng, style: &Style) -> (Piece, f32) {
    let (w, h) = (rng.random_range(0.75..1.15), rng.random_range(0.36..0.46));
    let round = rng.random_bool(0.3);
    let d = if round { w } else { rng.random_range(0.5..0.65) };
    let mut piece = top_on_legs(rng, style, Thing::CoffeeTable, [w, d, h], round);
    if !round {
        piece.cuboid(0.06 - w / 2.0..w / 2.0 - 0.06, 0.06..d - 0.06, 0.12..0.14, style.wood);
    }
    piece.with(&small_things(rng, 0.5 * w, 2), Vec3A::new(0.0, d / 2.0, h));
    (piece, d)
}

/// A desk with a screen, a keyboard, a pad of drawers and sometimes a lamp.
pub(crate) fn desk(rng: &mut ChaCha8Rng, style: &Style, w: f32) -> Piece {
    let (d, h) = (rng.random_range(0.68..0.78), 0.74);
    let mut piece = top_on_legs(rng, style, Thing::Desk, [w, d, h], false);
    let body = if rng.random_bool(0.5) { style.paint } else { style.wood };
    let right = w / 2.0 - 0.08;
    piece.thing(Thing::DeskDrawers).cuboid(right - 0.38..right, 0.1..d - 0.08, 0.06..0.66, body);
    for i in 0..3 {
        let z = 0.08 + 0.19 * i as f32;
        piece.cuboid(right - 0.37..right - 0.01, d - 0.09..d - 0.065, z..z + 0.17, body).rod(
            [right - 0.25, d - 0.055, z + 0.1],
            [right - 0.13, d - 0.055, z + 0.1],
            0.009,
            plain(grey(0.35)),
        );
    }
    let screens = if w > 1.45 && rng.random_bool(0.35) { &[-0.32, 0.32][..] } else { &[-0.08] };
    for &x in screens {
        piece.with(&screen(rng, 0.56), Vec3A::new(x, 0.0, h));
    }
    piece.with(&keyboard(), Vec3A::new(-0.08, 0.46, h));
    if rng.random_bool(0.6) {
        piece.with(&desk_lamp(rng), Vec3A::new(0.12 - w / 2.0, 0.12, h));
    } else {
        piece.with(&small_things(rng, 0.12, 1), Vec3A::new(0.18 - w / 2.0, 0.2, h));
    }
    piece
}
