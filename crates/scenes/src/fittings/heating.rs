//! Radiators and fireplaces.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::furniture::small_things;
use crate::piece::{Piece, plain};
use crate::style::{grey, hsv, two};
use crate::texture::Pattern;
use crate::thing::Thing;
use glam::Vec3A;

/// A radiator of upright pipes.
pub(crate) fn radiator(w: f32) -> Piece {
    let mut piece = Piece::new(Thing::Radiator);
    let white = plain(grey(0.9));
    let pipes = (w / 0.11).round().max(4.0) as usize;
    for i in 0..pipes {
        let x = w * ((i as f32 + 0.5) / pipes as f32 - 0.5);
        piece.cylinder([x, 0.08, 0.13], 0.04, 0.5, white);
    }
    piece.cuboid(-w / 2.0..w / 2.0, 0.05..0.11, 0.16..0.22, white).cuboid(
        -w / 2.0..w / 2.0,
        0.05..0.11,
        0.54..0.6,
        white,
    );
    piece
}

/// A fireplace: a surround, a dark hearth with logs and embers, a mantelpiece with things on it.
pub(crate) fn fireplace(rng: &mut ChaCha8Rng) -> Piece {
    let mut piece = Piece::new(Thing::Fireplace);
    let stone = if rng.random_bool(0.5) {
        plain(grey(rng.random_range(0.75..0.95)))
    } else {
        two(rng, Pattern::Bricks, hsv(0.03, 0.6, 0.6), grey(0.7), 0.25)
    };
    let half = rng.random_range(0.46..0.54);
    let hole = half - 0.2;
    let log = plain(hsv(0.07, 0.6, 0.35));
    piece
        .cuboid(-half..-hole, 0.0..0.22, 0.0..0.95, stone)
        .cuboid(hole..half, 0.0..0.22, 0.0..0.95, stone)
        .cuboid(-hole..hole, 0.0..0.22, 0.68..0.95, stone)
        .cuboid(-hole..hole, 0.0..0.02, 0.0..0.68, plain(grey(0.08)))
        .cuboid(-half - 0.05..half + 0.05, 0.0..0.28, 0.95..1.01, stone)
        .rod([-0.2, 0.1, 0.07], [0.2, 0.14, 0.07], 0.05, log)
        .rod([-0.18, 0.15, 0.15], [0.2, 0.08, 0.14], 0.05, log);
    if rng.random_bool(0.6) {
        let flame = plain(hsv(rng.random_range(0.04..0.1), 0.9, 1.0));
        piece
            .cone([-0.05, 0.12, 0.17], (0.08, 0.01), 0.26, flame)
            .glowing(1.0)
            .cone([0.08, 0.11, 0.17], (0.06, 0.01), 0.18, flame)
            .glowing(1.0);
    }
    piece.with(&small_things(rng, half - 0.1, 3), Vec3A::new(0.0, 0.14, 1.01));
    piece
}
