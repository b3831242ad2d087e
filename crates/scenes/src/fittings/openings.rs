//! Doors and windows.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::piece::{Piece, plain};
use crate::style::{Style, grey, hsv};
use crate::texture::Texture;
use crate::thing::Thing;

/// What a door's leaf is made of.
fn leaf_texture(style: &Style) -> Texture {
    if style.paint == style.accent { style.wood } else { style.accent }
}

/// A closed door: leaf, frame, handle.
pub(crate) fn door(style: &Style, w: f32, h: f32) -> Piece {
    let mut piece = door_frame(style, w, h);
    let leaf = leaf_texture(style);
    let half = w / 2.0;
    let handle = plain(hsv(0.12, 0.4, 0.7));
    piece
        .cuboid(-half..half, 0.0..0.03, 0.0..h, leaf)
        .cuboid(0.14 - half..half - 0.14, 0.0..0.045, 0.2..0.45 * h, leaf)
        .cuboid(0.14 - half..half - 0.14, 0.0..0.045, 0.52 * h..h - 0.15, leaf)
        .rod([half - 0.08, 0.03, 1.03], [half - 0.08, 0.08, 1.03], 0.012, handle)
        .rod([half - 0.08, 0.08, 1.03], [half - 0.2, 0.08, 1.03], 0.012, handle);
    piece
}

/// The frame of a door.
pub(crate) fn door_frame(style: &Style, w: f32, h: f32) -> Piece {
    let mut piece = Piece::new(Thing::Door);
    let half = w / 2.0;
    piece
        .cuboid(-half - 0.07..-half, 0.0..0.06, 0.0..h + 0.07, style.wood)
        .cuboid(half..half + 0.07, 0.0..0.06, 0.0..h + 0.07, style.wood)
        .cuboid(-half..half, 0.0..0.06, h..h + 0.07, style.wood);
    piece
}

/// The leaf of an open door, hinged at its frame's origin, along x.
pub(crate) fn door_leaf(style: &Style, w: f32, h: f32) -> Piece {
    let mut piece = Piece::new(Thing::Door);
    let leaf = leaf_texture(style);
    let handle = plain(hsv(0.12, 0.4, 0.7));
    piece
        .cuboid(0.0..w - 0.02, 0.005..0.045, 0.01..h - 0.01, leaf)
        .cuboid(0.14..w - 0.16, 0.0..0.05, 0.2..0.45 * h, leaf)
        .cuboid(0.14..w - 0.16, 0.0..0.05, 0.52 * h..h - 0.15, leaf)
        .rod([w - 0.08, -0.05, 1.03], [w - 0.08, 0.1, 1.03], 0.012, handle);
    piece
}

/// The frame and bars of a window; its frame's z = 0 is the sill. With `drawn` blinds nothing is
/// seen through it.
pub(crate) fn window(rng: &mut ChaCha8Rng, w: f32, h: f32, drawn: bool) -> Piece {
    let mut piece = Piece::new(Thing::Window);
    let white = plain(grey(0.93));
    let half = w / 2.0;
    piece
        .cuboid(-half - 0.05..-half + 0.02, 0.0..0.05, -0.05..h + 0.05, white)
        .cuboid(half - 0.02..half + 0.05, 0.0..0.05, -0.05..h + 0.05, white)
        .cuboid(-half..half, 0.0..0.05, h - 0.02..h + 0.05, white)
        .cuboid(-half - 0.08..half + 0.08, 0.0..0.12, -0.06..0.01, white);
    if drawn {
        let colour = hsv(rng.random(), rng.random_range(0.1..0.6), 0.95);
        let slats = 12;
        let step = (h - 0.02) / slats as f32;
        for i in 0..slats {
            let z = 0.01 + step * i as f32;
            piece
                .cuboid(0.02 - half..half - 0.02, 0.012..0.03, z..z + 0.8 * step, plain(colour))
                .glowing(0.5);
        }
        piece.cuboid(-half..half, 0.0..0.011, 0.0..h, plain(colour * 0.4)).glowing(0.5);
    } else {
        let bars = (w / 0.6).round().max(1.0) as usize;
        for i in 1..bars {
            let x = -half + w * i as f32 / bars as f32;
            piece.cuboid(x - 0.025..x + 0.025, 0.0..0.04, 0.0..h, white);
        }
        piece.cuboid(-half..half, 0.0..0.04, 0.6 * h..0.6 * h + 0.04, white);
    }
    piece
}
