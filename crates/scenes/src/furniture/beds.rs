//! Beds.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::piece::{Piece, plain};
use crate::style::{Style, fabric, hsv, vivid};
use crate::thing::Thing;

/// A bed and what has to be known to furnish around it.
pub(crate) struct Bed {
    pub piece: Piece,
    /// Half its width, metres.
    pub half: f32,
    /// Whether two sleep in it.
    pub double: bool,
}

/// A bed with its head at the wall: headboard, mattress, pillows, a blanket that hangs over.
pub(crate) fn bed(rng: &mut ChaCha8Rng, style: &Style, double: bool) -> Bed {
    let mut piece = Piece::new(if double { Thing::DoubleBed } else { Thing::SingleBed });
    let w = if double { rng.random_range(1.4..1.8) } else { 0.95 };
    let (half, length) = (w / 2.0, 2.05);
    let hue = rng.random();
    let sheet = plain(hsv(rng.random(), 0.06, 0.96));
    let blanket = if rng.random_bool(0.5) { style.fabric } else { fabric(rng, hue) };
    let head = rng.random_range(0.85..1.2);
    let fold = rng.random_range(0.65..0.95);
    piece
        .cuboid(-half..half, 0.05..length, 0.1..0.3, style.wood)
        .cuboid(0.02 - half..half - 0.02, 0.06..length - 0.02, 0.3..0.5, sheet)
        .cuboid(-half..half, fold..length + 0.015, 0.24..0.55, blanket)
        // The blanket's edge, turned back.
        .rod([-half, fold, 0.525], [half, fold, 0.525], 0.035, sheet);
    if rng.random_bool(0.5) {
        let board = if rng.random_bool(0.5) { style.wood } else { style.paint };
        piece.cuboid(-half..half, 0.0..0.06, 0.0..head, board);
    } else {
        // Upholstered in columns.
        let columns = if double { 6 } else { 4 };
        let r = half / columns as f32;
        for i in 0..columns {
            let x = -half + r * (2 * i + 1) as f32;
            piece.cylinder([x, 0.05, 0.1], r, head - 0.1, style.accent);
        }
    }
    for (x, y) in [(-1.0, 0.12), (1.0, 0.12), (-1.0, length - 0.06), (1.0, length - 0.06)] {
        let leg = [x * (half - 0.06), y, 0.0];
        piece.cylinder(leg, 0.03, 0.1, style.wood);
    }
    if rng.random_bool(0.35) {
        piece.cuboid(-half..half, length..length + 0.05, 0.0..0.6, style.wood);
    }
    let pillows: &[f32] = if double { &[-0.24, 0.24] } else { &[0.0] };
    let second = plain(vivid(rng));
    let coloured = rng.random_bool(0.5);
    for share in pillows {
        let x = share * w;
        piece.ellipsoid([x, 0.36, 0.56], [0.32, 0.22, 0.1], sheet);
        if coloured {
            piece.ellipsoid([x, 0.5, 0.59], [0.2, 0.12, 0.12], second);
        }
    }
    Bed { piece, half, double }
}
