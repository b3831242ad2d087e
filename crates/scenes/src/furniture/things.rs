//! Small things that stand on furniture, and screens.

use glam::{Vec3, Vec3A};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::furniture::plant;
use crate::piece::{Piece, plain};
use crate::style::{grey, hsv, two, vivid};
use crate::texture::Pattern;
use crate::thing::Thing;

/// A bowl with fruit; its frame's origin is the centre of its base.
pub(crate) fn bowl(rng: &mut ChaCha8Rng) -> Piece {
    let mut piece = Piece::new(Thing::Bowl);
    piece.cone([0.0, 0.0, 0.0], (0.06, 0.13), 0.08, plain(vivid(rng)));
    for i in 0..3 {
        let (sin, cos) = (2.1 * i as f32).sin_cos();
        let colour = hsv(rng.random_range(0.0..0.3), 0.9, 0.85);
        piece.sphere([0.055 * cos, 0.055 * sin, 0.1], 0.045, plain(colour));
    }
    piece
}

/// A vase, bulging; its frame's origin is the centre of its base.
pub(crate) fn vase(rng: &mut ChaCha8Rng) -> Piece {
    let mut piece = Piece::new(Thing::Vase);
    let china = plain(if rng.random_bool(0.6) { vivid(rng) } else { grey(0.9) }).gloss(0.5);
    let h = rng.random_range(0.16..0.28);
    piece.ellipsoid([0.0, 0.0, 0.45 * h], [0.36 * h, 0.36 * h, 0.45 * h], china).cone(
        [0.0, 0.0, 0.72 * h],
        (0.16 * h, 0.24 * h),
        0.28 * h,
        china,
    );
    if rng.random_bool(0.5) {
        for i in 0..3 {
            let (sin, cos) = (2.1 * i as f32 + 0.4).sin_cos();
            let tip = [0.3 * h * cos, 0.3 * h * sin, 1.9 * h];
            piece.rod([0.0, 0.0, h], tip, 0.006, plain(hsv(0.3, 0.7, 0.4))).sphere(
                tip,
                0.035,
                plain(vivid(rng)),
            );
        }
    }
    piece
}

/// A bottle; its frame's origin is the centre of its base.
pub(crate) fn bottle(rng: &mut ChaCha8Rng) -> Piece {
    let mut piece = Piece::new(Thing::Bottle);
    let hue = [0.33, 0.1, 0.55, 0.0][rng.random_range(0..4_usize)];
    let glass = plain(hsv(hue, 0.7, rng.random_range(0.35..0.8))).gloss(0.6);
    let h = rng.random_range(0.2..0.3);
    piece.cylinder([0.0, 0.0, 0.0], 0.038, 0.6 * h, glass).cone(
        [0.0, 0.0, 0.6 * h],
        (0.038, 0.012),
        0.4 * h,
        glass,
    );
    piece
}

/// A pile of boxes or books; its frame's origin is the centre of its base.
pub(crate) fn box_pile(rng: &mut ChaCha8Rng, size: f32) -> Piece {
    let mut piece = Piece::new(Thing::Boxes);
    let mut z = 0.0;
    for i in 0..rng.random_range(1..=3) {
        let half = size * (0.5 - 0.08 * i as f32);
        let h = size * rng.random_range(0.15..0.55);
        let card = rng.random_bool(0.4);
        let colour = if card { hsv(0.09, 0.5, 0.7) } else { vivid(rng) };
        let shift = size * rng.random_range(-0.05..0.05);
        piece.cuboid(
            shift - half..shift + half,
            -0.75 * half..0.75 * half,
            z..z + h,
            plain(colour),
        );
        z += h;
    }
    piece
}

/// A soft cushion that leans; its frame's origin is below its middle.
pub(crate) fn cushion(colour: Vec3) -> Piece {
    let mut piece = Piece::new(Thing::Cushion);
    piece.ellipsoid([0.0, 0.0, 0.19], [0.21, 0.09, 0.19], plain(colour));
    piece
}

/// Up to `most` small things side by side within `half` metres of the frame's origin.
pub(crate) fn small_things(rng: &mut ChaCha8Rng, half: f32, most: usize) -> Piece {
    let mut piece = Piece::new(Thing::Boxes);
    let step = 2.0 * half / most.max(1) as f32;
    for i in 0..most {
        let x = -half + step * (i as f32 + rng.random_range(0.35..0.65));
        let thing = match rng.random_range(0..6) {
            0 => bowl(rng),
            1 => vase(rng),
            2 => bottle(rng),
            3 => box_pile(rng, 0.24),
            4 => plant_on_table(rng),
            _ => continue,
        };
        piece.with(&thing, Vec3A::new(x, 0.0, 0.0));
    }
    piece
}

/// A small plant around its frame's origin.
fn plant_on_table(rng: &mut ChaCha8Rng) -> Piece {
    let mut piece = Piece::new(Thing::SmallPlant);
    let height = rng.random_range(0.25..0.4);
    piece.with(&plant(rng, height), Vec3A::new(0.0, -1.25 * (0.09 + 0.11 * height), 0.0));
    piece
}

/// A plate with a glass beside it, seen from y = 0 outwards; for a table laid for a meal.
pub(crate) fn place_setting(rng: &mut ChaCha8Rng) -> Piece {
    let mut piece = Piece::new(Thing::PlaceSetting);
    let rim = plain(if rng.random_bool(0.5) { grey(0.95) } else { vivid(rng) });
    piece.cylinder([0.0, 0.0, 0.0], 0.12, 0.012, rim).cylinder(
        [0.17, 0.05, 0.0],
        0.03,
        0.11,
        plain(hsv(0.55, 0.2, 0.85)),
    );
    piece
}

/// A keyboard and a mouse; its frame's origin is the keyboard's centre.
pub(crate) fn keyboard() -> Piece {
    let mut piece = Piece::new(Thing::Keyboard);
    piece
        .cuboid(-0.22..0.22, -0.07..0.07, 0.0..0.02, plain(grey(0.2)))
        .cuboid(-0.21..0.21, -0.06..0.06, 0.02..0.026, plain(grey(0.7)))
        .ellipsoid([0.3, 0.0, 0.015], [0.03, 0.05, 0.02], plain(grey(0.15)));
    piece
}

/// A screen on a foot; its frame's z = 0 is what it stands on, and it looks into the room.
pub(crate) fn screen(rng: &mut ChaCha8Rng, w: f32) -> Piece {
    let mut piece = Piece::new(if w > 0.8 { Thing::Television } else { Thing::Monitor });
    let (h, black) = (0.58 * w, plain(grey(0.08)));
    let colour = hsv(rng.random_range(0.5..0.7), rng.random_range(0.3..0.9), 0.75);
    let image = match rng.random_range(0..3) {
        0 => plain(colour),
        1 => two(rng, Pattern::Stripes, grey(0.9), colour, 0.12),
        _ => two(rng, Pattern::Clouds, colour, colour * 0.3, 0.2 * w),
    };
    piece
        .cuboid(-0.2 * w..0.2 * w, 0.08..0.26, 0.0..0.02, black)
        .rod([0.0, 0.16, 0.02], [0.0, 0.16, 0.15], 0.025, black)
        .cuboid(-w / 2.0..w / 2.0, 0.15..0.2, 0.1..0.1 + h, black)
        .cuboid(0.02 - w / 2.0..w / 2.0 - 0.02, 0.19..0.205, 0.12..0.08 + h, image)
        .glowing(if rng.random_bool(0.6) { 0.9 } else { 0.0 });
    piece
}
