//! What hangs on walls or lies on the floor: pictures, mirrors, curtains, clocks, rugs.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::piece::{Piece, plain};
use crate::style::{Style, fabric, grey, hsv, two, vivid};
use crate::texture::{Pattern, Texture};
use crate::thing::Thing;

fn frame_texture(rng: &mut ChaCha8Rng) -> Texture {
    plain([grey(0.12), hsv(0.1, 0.7, 0.6), grey(0.92)][rng.random_range(0..3_usize)])
}

/// A picture on a wall: a landscape, a still life or a pattern; its frame's z = 0 is its lower
/// edge.
pub(crate) fn picture(rng: &mut ChaCha8Rng, w: f32, h: f32) -> Piece {
    let mut piece = Piece::new(Thing::Picture);
    let frame = frame_texture(rng);
    let (x, top) = (w / 2.0 - 0.035, h - 0.035);
    piece.cuboid(-w / 2.0..w / 2.0, 0.0..0.02, 0.0..h, frame);
    match rng.random_range(0..3) {
        0 => {
            let sky = hsv(rng.random_range(0.5..0.62), rng.random_range(0.2..0.6), 0.95);
            let land = hsv(rng.random_range(0.1..0.4), 0.6, rng.random_range(0.3..0.7));
            let clouds = two(rng, Pattern::Clouds, sky, grey(0.95), 0.3);
            let fields = two(rng, Pattern::Clouds, land, land * 0.5, 0.15);
            let horizon = h * rng.random_range(0.3..0.6);
            piece.cuboid(-x..x, 0.0..0.03, horizon..top, clouds).cuboid(
                -x..x,
                0.0..0.03,
                0.035..horizon,
                fields,
            );
        }
        1 => {
            // Passe-partout around a block of colour.
            let colour = two(rng, Pattern::Clouds, hsv(0.08, 0.5, 0.8), hsv(0.9, 0.6, 0.4), 0.2);
            piece.cuboid(-x..x, 0.0..0.026, 0.035..top, plain(grey(0.93))).cuboid(
                -0.6 * x..0.6 * x,
                0.0..0.03,
                0.25 * h..0.75 * h,
                colour,
            );
        }
        _ => {
            let pattern = [Pattern::Clouds, Pattern::Checker, Pattern::Stripes, Pattern::Dots]
                [rng.random_range(0..4_usize)];
            let (first, second, period) = (vivid(rng), vivid(rng), rng.random_range(0.15..0.5));
            let canvas = two(rng, pattern, first, second, period);
            piece.cuboid(-x..x, 0.0..0.03, 0.035..top, canvas);
        }
    }
    piece
}

/// A mirror in a frame, with a band of sheen; its frame's z = 0 is its lower edge.
pub(crate) fn mirror(rng: &mut ChaCha8Rng, w: f32, h: f32) -> Piece {
    let mut piece = Piece::new(Thing::Mirror);
    let frame = frame_texture(rng);
    let silver = hsv(rng.random_range(0.5..0.6), 0.1, 0.85);
    let glass = two(rng, Pattern::Clouds, silver, silver * 0.7, 0.9).gloss(1.0);
    let (x, top) = (w / 2.0 - 0.03, h - 0.03);
    piece
        .cuboid(-w / 2.0..w / 2.0, 0.0..0.025, 0.0..h, frame)
        .cuboid(-x..x, 0.0..0.03, 0.03..top, glass)
        .wedge(
            [-x..0.2 * x, 0.0..0.032, 0.4 * h..top],
            [1.0, 0.0, -1.0],
            [-0.3 * x, 0.0, 0.7 * h],
            plain(silver * 1.15).gloss(1.0),
        );
    piece
}

/// Curtains on a rod, drawn to both sides of a window of width w; z = 0 is where they end and
/// `h` how high the rod hangs above.
pub(crate) fn curtains(rng: &mut ChaCha8Rng, w: f32, h: f32) -> Piece {
    let mut piece = Piece::new(Thing::Curtains);
    let hue = rng.random();
    let cloth = match rng.random_range(0..3) {
        0 => fabric(rng, hue),
        1 => plain(vivid(rng)),
        _ => plain(hsv(hue, 0.15, 0.93)),
    };
    let folds = rng.random_range(3..=4_usize);
    let r = 0.045;
    let half = w / 2.0 + 0.16;
    for side in [-1.0, 1.0] {
        for fold in 0..folds {
            let x = side * (half - r - 1.75 * r * fold as f32);
            let y = if fold % 2 == 0 { 0.085 } else { 0.1 };
            piece.cylinder([x, y, 0.0], r, h - 0.02, cloth);
        }
        piece.sphere([side * (half + 0.05), 0.09, h], 0.028, plain(hsv(0.1, 0.6, 0.5)));
    }
    piece.rod([-half - 0.05, 0.09, h], [half + 0.05, 0.09, h], 0.014, plain(hsv(0.1, 0.6, 0.5)));
    piece
}

/// A round clock; its frame's z = 0 is its lower edge.
pub(crate) fn clock(rng: &mut ChaCha8Rng) -> Piece {
    let mut piece = Piece::new(Thing::Clock);
    let (r, rim) = (rng.random_range(0.13..0.19), frame_texture(rng));
    let hand = plain(grey(0.08));
    piece
        .rod([0.0, 0.0, r], [0.0, 0.03, r], r, rim)
        .rod([0.0, 0.0, r], [0.0, 0.034, r], 0.85 * r, plain(grey(0.95)))
        .rod([0.0, 0.036, r], [0.0, 0.036, 1.7 * r], 0.008, hand)
        .rod([0.0, 0.036, r], [0.45 * r, 0.036, 1.2 * r], 0.008, hand);
    piece
}

/// A board with hooks and coats; its frame's z = 0 is the coats' lower end.
pub(crate) fn coat_rack(rng: &mut ChaCha8Rng, style: &Style) -> Piece {
    let mut piece = Piece::new(Thing::CoatRack);
    piece.cuboid(-0.55..0.55, 0.0..0.03, 0.92..1.04, style.wood);
    for i in 0..4 {
        let x = -0.42 + 0.28 * i as f32;
        piece.rod([x, 0.02, 0.98], [x, 0.1, 1.0], 0.012, plain(grey(0.3)));
        if rng.random_bool(0.65) {
            let long = rng.random_range(0.55..0.9);
            let coat = plain(vivid(rng) * rng.random_range(0.3..1.0));
            piece.cone([x, 0.13, 0.92 - long], (0.12, 0.07), long, coat).sphere(
                [x, 0.13, 0.92],
                0.07,
                coat,
            );
        }
    }
    piece
}

/// A rug; its frame's origin is its centre.
pub(crate) fn rug(rng: &mut ChaCha8Rng, style: &Style, w: f32, d: f32) -> Piece {
    let mut piece = Piece::new(Thing::Rug);
    let (first, second) = (style.accent.first, vivid(rng));
    let pattern = [Pattern::Stripes, Pattern::Checker, Pattern::Dots, Pattern::Clouds]
        [rng.random_range(0..4_usize)];
    let period = rng.random_range(0.25..0.6);
    let woven = rng.random_bool(0.25);
    let weave = if woven {
        two(rng, Pattern::Weave, first, second, 0.06)
    } else {
        two(rng, pattern, first, second, period)
    };
    if rng.random_bool(0.2) && w < 2.0 * d && d < 2.0 * w {
        piece.cylinder([0.0, 0.0, 0.0], w.min(d) / 2.0, 0.012, weave);
    } else {
        piece.cuboid(-w / 2.0..w / 2.0, -d / 2.0..d / 2.0, 0.0..0.01, plain(second * 0.6)).cuboid(
            0.08 - w / 2.0..w / 2.0 - 0.08,
            0.08 - d / 2.0..d / 2.0 - 0.08,
            0.0..0.014,
            weave,
        );
    }
    piece
}
