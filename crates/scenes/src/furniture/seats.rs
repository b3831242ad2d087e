//! Chairs, sofas and other seats.

use glam::Vec3A;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::furniture::cushion;
use crate::piece::{Piece, plain};
use crate::style::{Style, grey, vivid};
use crate::thing::Thing;

/// A chair whose sitter looks towards y = 0, so that it can stand at a table there.
pub(crate) fn chair(rng: &mut ChaCha8Rng, style: &Style) -> Piece {
    let mut piece = Piece::new(Thing::Chair);
    let seat = if rng.random_bool(0.6) { style.accent } else { style.wood };
    let (w, d, top) = (0.43, 0.43, rng.random_range(0.84..1.0));
    let x = w / 2.0;
    piece.cuboid(-x..x, 0.0..d, 0.42..0.46, seat);
    for side in [-1.0, 1.0] {
        let leg = side * (x - 0.025);
        piece.rod([leg, 0.03, 0.0], [leg, 0.03, 0.42], 0.02, style.wood).rod(
            [leg, d - 0.02, 0.0],
            [leg, d - 0.02, top],
            0.02,
            style.wood,
        );
    }
    if rng.random_bool(0.5) {
        piece.cuboid(0.02 - x..x - 0.02, d - 0.035..d - 0.005, top - 0.26..top, seat);
    } else {
        // Rungs.
        for i in 0..3 {
            let z = top - 0.04 - 0.12 * i as f32;
            piece.cuboid(0.02 - x..x - 0.02, d - 0.03..d - 0.01, z - 0.05..z, style.wood);
        }
    }
    piece
}

/// A stool with a round seat.
pub(crate) fn stool(style: &Style, height: f32) -> Piece {
    let mut piece = Piece::new(Thing::Stool);
    piece.cylinder([0.0, 0.18, height - 0.05], 0.17, 0.05, style.accent);
    for (x, y) in [(-0.1, 0.08), (0.1, 0.08), (-0.1, 0.28), (0.1, 0.28)] {
        piece.rod([1.5 * x, 1.5 * y - 0.09, 0.0], [x, y, height - 0.05], 0.016, style.wood);
    }
    piece
}

/// A swivel chair with arms; its sitter looks towards y = 0.
pub(crate) fn office_chair(rng: &mut ChaCha8Rng) -> Piece {
    let mut piece = Piece::new(Thing::OfficeChair);
    let cover = if rng.random_bool(0.5) { plain(vivid(rng)) } else { plain(grey(0.18)) };
    let metal = plain(grey(0.4));
    for (x, y) in [(0.0, -0.26), (0.25, -0.08), (0.15, 0.21), (-0.15, 0.21), (-0.25, -0.08)] {
        piece.rod([0.0, 0.27, 0.1], [x, 0.27 + y, 0.05], 0.022, metal);
    }
    piece
        .cylinder([0.0, 0.27, 0.06], 0.03, 0.36, metal)
        .cuboid(-0.24..0.24, 0.02..0.5, 0.42..0.51, cover)
        .ellipsoid([0.0, 0.49, 0.83], [0.23, 0.05, 0.3], cover)
        .cuboid(-0.03..0.03, 0.47..0.5, 0.46..0.62, metal);
    for x in [-0.27, 0.27] {
        piece.cuboid(x - 0.025..x + 0.025, 0.12..0.4, 0.63..0.66, metal).rod(
            [x, 0.3, 0.46],
            [x, 0.3, 0.63],
            0.015,
            metal,
        );
    }
    piece
}

/// A sofa with cushions, 1.5 m and wider.
pub(crate) fn sofa(rng: &mut ChaCha8Rng, style: &Style, w: f32) -> Piece {
    let mut piece = Piece::new(Thing::Sofa);
    let cover = style.fabric;
    let (d, back) = (rng.random_range(0.82..0.95), rng.random_range(0.72..0.88));
    let (half, arm) = (w / 2.0, rng.random_range(0.14..0.22));
    let round = rng.random_bool(0.6);
    piece.cuboid(-half..half, 0.0..d, 0.08..0.26, cover).cuboid(
        -half..half,
        0.0..0.2,
        0.26..back,
        cover,
    );
    for side in [-1.0, 1.0] {
        let (low, high) = if side < 0.0 { (-half, arm - half) } else { (half - arm, half) };
        piece.cuboid(low..high, 0.0..d, 0.26..0.56, cover);
        if round {
            let x = low.midpoint(high);
            piece.rod([x, 0.0, 0.56], [x, d, 0.56], arm / 2.0, cover);
        }
    }
    if round {
        piece.rod([-half, 0.1, back], [half, 0.1, back], 0.1, cover);
    }
    let seats = ((w - 2.0 * arm) / 0.65).round().max(1.0) as usize;
    let seat = (w - 2.0 * arm) / seats as f32;
    for i in 0..seats {
        let x = arm - half + seat * i as f32;
        piece.cuboid(x + 0.008..x + seat - 0.008, 0.2..d - 0.01, 0.26..0.43, cover);
        piece.wedge(
            [x + 0.008..x + seat - 0.008, 0.2..0.36, 0.43..back - 0.04],
            [0.0, 1.0, 0.32],
            [0.0, 0.36, 0.43],
            cover,
        );
    }
    let hue = vivid(rng);
    for side in [-1.0, 1.0] {
        if rng.random_bool(0.75) {
            let at = Vec3A::new(side * (half - arm - 0.22), 0.42, 0.43);
            piece.with(&cushion(hue), at);
        }
    }
    for x in [0.06 - half, half - 0.06] {
        for y in [0.06, d - 0.06] {
            piece.cylinder([x, y, 0.0], 0.025, 0.08, style.wood);
        }
    }
    piece
}

/// An armchair.
pub(crate) fn armchair(rng: &mut ChaCha8Rng, style: &Style) -> Piece {
    let mut piece = Piece::new(Thing::Armchair);
    let cover = if rng.random_bool(0.5) { style.fabric } else { style.accent };
    let (half, d, back) = (rng.random_range(0.36..0.43), 0.8, rng.random_range(0.8..1.0));
    piece
        .cuboid(-half..half, 0.02..d, 0.12..0.3, cover)
        .cuboid(0.12 - half..half - 0.12, 0.16..d - 0.01, 0.3..0.43, cover)
        .wedge([-half..half, 0.0..0.26, 0.3..back], [0.0, 1.0, 0.25], [0.0, 0.26, 0.3], cover)
        .rod([-half, 0.07, back - 0.02], [half, 0.07, back - 0.02], 0.07, cover);
    for x in [0.06 - half, half - 0.06] {
        piece.cuboid(x - 0.05..x + 0.05, 0.1..d, 0.3..0.54, cover).rod(
            [x, 0.1, 0.55],
            [x, d, 0.55],
            0.06,
            cover,
        );
        for y in [0.08, d - 0.06] {
            piece.cylinder([x, y, 0.0], 0.022, 0.12, style.wood);
        }
    }
    if rng.random_bool(0.5) {
        piece.with(&cushion(vivid(rng)), Vec3A::new(0.0, 0.38, 0.43));
    }
    piece
}

/// A bench at the wall.
pub(crate) fn bench(style: &Style, w: f32) -> Piece {
    let mut piece = Piece::new(Thing::Bench);
    piece.cuboid(-w / 2.0..w / 2.0, 0.03..0.4, 0.42..0.46, style.wood).cuboid(
        0.02 - w / 2.0..w / 2.0 - 0.02,
        0.05..0.39,
        0.46..0.5,
        style.accent,
    );
    for x in [0.08 - w / 2.0, w / 2.0 - 0.08] {
        piece.cuboid(x - 0.03..x + 0.03, 0.05..0.38, 0.0..0.42, style.wood);
    }
    piece
}
