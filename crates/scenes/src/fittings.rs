//! What is built in: kitchen and bathroom fittings, doors and windows.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::class::Class;
use crate::piece::{Piece, plain};
use crate::style::{Style, grey, hsv};

/// A kitchen unit with a worktop and `doors` fronts; every other one has a sink.
pub(crate) fn kitchen_unit(rng: &mut ChaCha8Rng, style: &Style, w: f32, doors: usize) -> Piece {
    let painted = Style { wood: style.paint, ..*style };
    let mut piece = crate::furniture::cabinet(rng, &painted, [w, 0.58, 0.86], doors);
    let top = if rng.random_bool(0.5) { style.wood } else { plain(grey(0.25)) };
    piece.cuboid(-w / 2.0..w / 2.0, 0.0..0.61, 0.86..0.9, top);
    if rng.random_bool(0.5) {
        let steel = plain(grey(0.7));
        piece
            .cuboid(-0.25..0.25, 0.12..0.5, 0.9..0.906, steel)
            .cylinder([0.0, 0.09, 0.9], 0.02, 0.25, steel)
            .cuboid(-0.015..0.015, 0.09..0.28, 1.13..1.16, steel);
    }
    piece
}

/// A cupboard to hang above a worktop; its frame's z = 0 is its lower edge.
pub(crate) fn wall_cupboard(rng: &mut ChaCha8Rng, style: &Style, w: f32, doors: usize) -> Piece {
    crate::furniture::cabinet(rng, style, [w, 0.34, 0.6], doors)
}

/// A fridge: white, steel or red.
pub(crate) fn fridge(rng: &mut ChaCha8Rng) -> Piece {
    let mut piece = Piece::new(Class::Appliance);
    let colour = [grey(0.95), grey(0.7), hsv(0.0, 0.8, 0.75)][rng.random_range(0..3_usize)];
    let (body, metal) = (plain(colour), plain(grey(0.35)));
    let h = rng.random_range(1.5..1.9);
    piece
        .cuboid(-0.3..0.3, 0.0..0.6, 0.0..h, plain(colour * 0.7))
        .cuboid(-0.3..0.3, 0.59..0.65, 0.05..0.35 * h, body)
        .cuboid(-0.3..0.3, 0.59..0.65, 0.35 * h + 0.02..h, body)
        .cuboid(-0.25..-0.22, 0.65..0.69, 0.5 * h..0.7 * h, metal)
        .cuboid(-0.25..-0.22, 0.65..0.69, 0.22 * h..0.32 * h, metal);
    piece
}

/// A stove with four plates.
pub(crate) fn stove(rng: &mut ChaCha8Rng) -> Piece {
    let mut piece = Piece::new(Class::Appliance);
    let body = plain(grey(rng.random_range(0.75..0.97)));
    let black = plain(grey(0.08));
    piece
        .cuboid(-0.3..0.3, 0.0..0.6, 0.0..0.88, body)
        .cuboid(-0.24..0.24, 0.59..0.615, 0.15..0.6, black)
        .cuboid(-0.25..0.25, 0.61..0.64, 0.64..0.67, plain(grey(0.5)))
        .cuboid(-0.29..0.29, 0.02..0.58, 0.88..0.89, plain(grey(0.2)));
    for (x, y) in [(-0.14, 0.16), (0.14, 0.16), (-0.14, 0.43), (0.14, 0.43)] {
        piece.cylinder([x, y, 0.89], 0.09, 0.012, black);
    }
    for i in 0..4 {
        piece.sphere([-0.21 + 0.14 * i as f32, 0.6, 0.76], 0.025, plain(hsv(0.0, 0.8, 0.6)));
    }
    piece
}

/// A washing machine.
pub(crate) fn washing_machine() -> Piece {
    let mut piece = Piece::new(Class::Appliance);
    piece
        .cuboid(-0.3..0.3, 0.0..0.58, 0.0..0.85, plain(grey(0.93)))
        .cuboid(-0.3..0.3, 0.57..0.585, 0.72..0.83, plain(grey(0.4)))
        .sphere([0.0, 0.42, 0.4], 0.24, plain(hsv(0.58, 0.4, 0.25)))
        .sphere([0.2, 0.58, 0.775], 0.035, plain(hsv(0.58, 0.7, 0.7)));
    piece
}

/// A toilet.
pub(crate) fn toilet(rng: &mut ChaCha8Rng) -> Piece {
    let mut piece = Piece::new(Class::Sanitary);
    let white = plain(grey(0.96));
    let lid = plain(if rng.random_bool(0.5) { grey(0.9) } else { hsv(0.08, 0.6, 0.5) });
    piece
        .cuboid(-0.2..0.2, 0.0..0.18, 0.38..0.8, white)
        .cone([0.0, 0.4, 0.0], (0.13, 0.2), 0.38, white)
        .cylinder([0.0, 0.4, 0.38], 0.21, 0.035, lid)
        .cuboid(-0.1..0.1, 0.0..0.3, 0.1..0.4, white);
    piece
}

/// A bath along the wall.
pub(crate) fn bath(rng: &mut ChaCha8Rng) -> Piece {
    let mut piece = Piece::new(Class::Sanitary);
    let white = plain(grey(0.96));
    let half = rng.random_range(0.75..0.88);
    let water = plain(hsv(0.52, 0.4, 0.85));
    piece
        .cuboid(-half..half, 0.0..0.07, 0.0..0.56, white)
        .cuboid(-half..half, 0.68..0.75, 0.0..0.56, white)
        .cuboid(-half..0.07 - half, 0.07..0.68, 0.0..0.56, white)
        .cuboid(half - 0.07..half, 0.07..0.68, 0.0..0.56, white)
        .cuboid(0.07 - half..half - 0.07, 0.07..0.68, 0.0..0.36, water)
        .cylinder([half - 0.15, 0.04, 0.56], 0.02, 0.16, plain(grey(0.5)));
    piece
}

/// A basin on a pedestal with a tap.
pub(crate) fn basin(rng: &mut ChaCha8Rng) -> Piece {
    let mut piece = Piece::new(Class::Sanitary);
    let (white, steel) = (plain(grey(0.96)), plain(grey(0.55)));
    let r = rng.random_range(0.22..0.3);
    piece
        .cylinder([0.0, r, 0.0], 0.09, 0.7, white)
        .cone([0.0, r, 0.66], (0.4 * r, r), 0.2, white)
        .cylinder([0.0, r, 0.855], 0.75 * r, 0.01, plain(hsv(0.52, 0.25, 0.75)))
        .cuboid(-0.02..0.02, 0.02..0.06, 0.8..1.05, steel)
        .cuboid(-0.02..0.02, 0.02..0.2, 1.02..1.05, steel);
    piece
}

/// A closed door: leaf, frame, knob.
pub(crate) fn door(style: &Style, w: f32, h: f32) -> Piece {
    let mut piece = door_frame(style, w, h);
    let leaf = if style.paint == style.accent { style.wood } else { style.accent };
    let half = w / 2.0;
    piece
        .cuboid(-half..half, 0.0..0.03, 0.0..h, leaf)
        .cuboid(0.15 - half..half - 0.15, 0.0..0.045, 0.2..0.45 * h, leaf)
        .cuboid(0.15 - half..half - 0.15, 0.0..0.045, 0.52 * h..h - 0.15, leaf)
        .sphere([half - 0.07, 0.06, 1.02], 0.035, plain(hsv(0.12, 0.6, 0.7)));
    piece
}

/// The frame of an open door.
pub(crate) fn door_frame(style: &Style, w: f32, h: f32) -> Piece {
    let mut piece = Piece::new(Class::Door);
    let half = w / 2.0;
    piece
        .cuboid(-half - 0.07..-half, 0.0..0.06, 0.0..h + 0.07, style.wood)
        .cuboid(half..half + 0.07, 0.0..0.06, 0.0..h + 0.07, style.wood)
        .cuboid(-half..half, 0.0..0.06, h..h + 0.07, style.wood);
    piece
}

/// The frame and bars of a window; its frame's z = 0 is the sill. With `drawn` blinds nothing is
/// seen through it.
pub(crate) fn window(rng: &mut ChaCha8Rng, w: f32, h: f32, drawn: bool) -> Piece {
    let mut piece = Piece::new(Class::Window);
    let white = plain(grey(0.93));
    let half = w / 2.0;
    piece
        .cuboid(-half - 0.05..-half + 0.02, 0.0..0.05, -0.05..h + 0.05, white)
        .cuboid(half - 0.02..half + 0.05, 0.0..0.05, -0.05..h + 0.05, white)
        .cuboid(-half..half, 0.0..0.05, h - 0.02..h + 0.05, white)
        .cuboid(-half - 0.08..half + 0.08, 0.0..0.12, -0.06..0.01, white);
    if drawn {
        let colour = hsv(rng.random(), rng.random_range(0.1..0.6), 0.95);
        let mut z = 0.01;
        while z < h - 0.03 {
            piece
                .cuboid(0.02 - half..half - 0.02, 0.012..0.03, z..z + 0.055, plain(colour))
                .glowing(0.5);
            z += 0.065;
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
