//! Lamps: on the floor, on tables, on walls, from the ceiling.

use glam::Vec3A;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::piece::{Piece, plain};
use crate::style::{Style, grey, hsv};
use crate::texture::Texture;
use crate::thing::Thing;

fn shade(rng: &mut ChaCha8Rng) -> Texture {
    plain(hsv(rng.random_range(0.06..0.15), rng.random_range(0.1..0.5), 1.0))
}

/// A lamp on the floor, or with a short pole on a table.
pub(crate) fn standing_lamp(rng: &mut ChaCha8Rng, pole: f32) -> Piece {
    let mut piece = Piece::new(if pole < 0.5 { Thing::TableLamp } else { Thing::FloorLamp });
    let metal = plain(grey(rng.random_range(0.15..0.6)));
    let size = 0.09 + 0.07 * pole;
    let shade = shade(rng);
    if pole < 0.5 && rng.random_bool(0.5) {
        // A bulging foot of china.
        let china = plain(hsv(rng.random(), 0.5, 0.8));
        let middle = [0.0, size, 0.5 * pole];
        piece.ellipsoid(middle, [0.6 * size, 0.6 * size, 0.5 * pole], china);
    } else {
        piece.cylinder([0.0, size, 0.0], 0.8 * size, 0.03, metal).cylinder(
            [0.0, size, 0.03],
            0.016,
            pole,
            metal,
        );
    }
    piece.cone([0.0, size, pole - 0.05], (size, 0.55 * size), 1.5 * size, shade).glowing(1.1);
    piece.bulb = Some(Vec3A::new(0.0, size, pole + 0.6 * size));
    piece
}

/// A lamp with a jointed arm for a desk.
pub(crate) fn desk_lamp(rng: &mut ChaCha8Rng) -> Piece {
    let mut piece = Piece::new(Thing::DeskLamp);
    let metal = plain(if rng.random_bool(0.5) { grey(0.15) } else { hsv(rng.random(), 0.8, 0.7) });
    piece
        .cylinder([0.0, 0.08, 0.0], 0.07, 0.02, metal)
        .rod([0.0, 0.08, 0.02], [0.0, 0.02, 0.26], 0.011, metal)
        .rod([0.0, 0.02, 0.26], [0.0, 0.22, 0.42], 0.011, metal)
        .cone([0.0, 0.24, 0.34], (0.08, 0.03), 0.09, metal)
        .sphere([0.0, 0.24, 0.35], 0.04, plain(hsv(0.13, 0.3, 1.0)))
        .glowing(1.2);
    piece.bulb = Some(Vec3A::new(0.0, 0.24, 0.28));
    piece
}

/// A bowl of light on a wall; its frame's z = 0 is its lower edge.
pub(crate) fn wall_lamp(rng: &mut ChaCha8Rng) -> Piece {
    let mut piece = Piece::new(Thing::WallLamp);
    let shade = shade(rng);
    piece
        .cuboid(-0.05..0.05, 0.0..0.03, 0.0..0.16, plain(grey(0.4)))
        .cone([0.0, 0.11, 0.04], (0.05, 0.1), 0.14, shade)
        .glowing(1.1);
    piece.bulb = Some(Vec3A::new(0.0, 0.14, 0.3));
    piece
}

/// A lamp that hangs `cord` below a ceiling; its frame's z = 0 is the ceiling.
pub(crate) fn hanging_lamp(rng: &mut ChaCha8Rng, cord: f32) -> Piece {
    let mut piece = Piece::new(Thing::HangingLamp);
    let shade = shade(rng);
    let r = rng.random_range(0.16..0.26);
    piece.cylinder([0.0, 0.0, -cord], 0.012, cord, plain(grey(0.3)));
    match rng.random_range(0..3) {
        0 => piece.cone([0.0, 0.0, -cord - r], (r, 0.3 * r), r, shade),
        1 => piece.sphere([0.0, 0.0, -cord - 0.5 * r], 0.8 * r, shade),
        _ => piece.ellipsoid([0.0, 0.0, -cord - 0.3 * r], [1.2 * r, 1.2 * r, 0.5 * r], shade),
    };
    piece.glowing(1.2);
    piece.bulb = Some(Vec3A::new(0.0, 0.0, -cord - r));
    piece
}

/// A row of small lamps `cord` below a ceiling, over a long table; only one bulb for them all.
pub(crate) fn pendants(rng: &mut ChaCha8Rng, cord: f32, spacing: f32) -> Piece {
    let mut piece = Piece::new(Thing::Pendants);
    let shade = shade(rng);
    let dark = plain(grey(0.2));
    for i in 0..3 {
        let x = spacing * (i as f32 - 1.0);
        piece
            .cylinder([x, 0.0, -cord], 0.01, cord, dark)
            .cone([x, 0.0, -cord - 0.13], (0.13, 0.03), 0.15, shade)
            .glowing(1.0);
    }
    piece.bulb = Some(Vec3A::new(0.0, 0.0, -cord - 0.18));
    piece
}

/// A flat lamp on the ceiling; its frame's z = 0 is the ceiling.
pub(crate) fn ceiling_panel(w: f32, d: f32) -> Piece {
    let mut piece = Piece::new(Thing::CeilingPanel);
    piece.cuboid(-w / 2.0..w / 2.0, -d / 2.0..d / 2.0, -0.06..0.0, plain(grey(0.98))).glowing(1.2);
    piece.bulb = Some(Vec3A::new(0.0, 0.0, -0.15));
    piece
}

/// A shallow bowl of glass under the ceiling; its frame's z = 0 is the ceiling.
pub(crate) fn ceiling_bowl(rng: &mut ChaCha8Rng, style: &Style) -> Piece {
    let mut piece = Piece::new(Thing::CeilingBowl);
    let r = rng.random_range(0.18..0.28);
    piece
        .cylinder([0.0, 0.0, -0.04], r + 0.02, 0.04, style.paint)
        .ellipsoid([0.0, 0.0, -0.09], [r, r, 0.088], plain(grey(0.97)))
        .glowing(1.2);
    piece.bulb = Some(Vec3A::new(0.0, 0.0, -0.2));
    piece
}
