//! Toilets, baths, showers, basins, washing machines, towels.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::piece::{Piece, plain};
use crate::style::{Style, grey, hsv, vivid};
use crate::thing::Thing;

/// A washing machine with a round window.
pub(crate) fn washing_machine() -> Piece {
    let mut piece = Piece::new(Thing::WashingMachine);
    piece
        .cuboid(-0.3..0.3, 0.0..0.58, 0.0..0.85, plain(grey(0.93)))
        .cuboid(-0.3..0.3, 0.57..0.585, 0.72..0.83, plain(grey(0.4)))
        .rod([0.0, 0.57, 0.4], [0.0, 0.61, 0.4], 0.21, plain(grey(0.75)))
        .ellipsoid([0.0, 0.6, 0.4], [0.16, 0.05, 0.16], plain(hsv(0.58, 0.4, 0.2)))
        .rod([0.2, 0.57, 0.775], [0.2, 0.61, 0.775], 0.035, plain(hsv(0.58, 0.7, 0.7)));
    piece
}

/// A toilet: cistern, bowl, seat; the lid is sometimes up.
pub(crate) fn toilet(rng: &mut ChaCha8Rng) -> Piece {
    let mut piece = Piece::new(Thing::Toilet);
    let white = plain(grey(0.96)).gloss(0.5);
    let lid = plain(if rng.random_bool(0.6) { grey(0.88) } else { hsv(0.08, 0.6, 0.5) });
    piece
        .cuboid(-0.2..0.2, 0.0..0.17, 0.4..0.82, white)
        .rod([0.0, 0.085, 0.82], [0.0, 0.085, 0.84], 0.03, plain(grey(0.5)))
        .cone([0.0, 0.4, 0.0], (0.13, 0.18), 0.3, white)
        .ellipsoid([0.0, 0.41, 0.3], [0.2, 0.26, 0.11], white)
        .cuboid(-0.12..0.12, 0.0..0.3, 0.08..0.4, white);
    if rng.random_bool(0.4) {
        piece
            .ellipsoid([0.0, 0.42, 0.4], [0.19, 0.24, 0.02], lid)
            .ellipsoid([0.0, 0.42, 0.41], [0.12, 0.16, 0.015], plain(hsv(0.55, 0.4, 0.3)))
            .ellipsoid([0.0, 0.2, 0.62], [0.18, 0.02, 0.22], lid);
    } else {
        piece.ellipsoid([0.0, 0.42, 0.41], [0.19, 0.24, 0.035], lid);
    }
    piece
}

/// A bath along the wall, panelled or with a rounded rim, full or empty.
pub(crate) fn bath(rng: &mut ChaCha8Rng, style: &Style) -> Piece {
    let mut piece = Piece::new(Thing::Bath);
    let white = plain(grey(0.96)).gloss(0.5);
    let half: f32 = rng.random_range(0.75..0.85);
    let apron = if rng.random_bool(0.4) { style.paint } else { white };
    let full = rng.random_bool(0.5);
    let (bottom, level) = if full { (plain(hsv(0.52, 0.4, 0.85)), 0.4) } else { (white, 0.2) };
    let steel = plain(grey(0.5));
    piece
        .cuboid(-half..half, 0.0..0.07, 0.0..0.56, white)
        .cuboid(-half..half, 0.66..0.72, 0.0..0.54, apron)
        .cuboid(-half..0.07 - half, 0.07..0.66, 0.0..0.56, white)
        .cuboid(half - 0.07..half, 0.07..0.66, 0.0..0.56, white)
        .cuboid(0.07 - half..half - 0.07, 0.07..0.66, 0.0..level, bottom)
        .rod([-half, 0.69, 0.55], [half, 0.69, 0.55], 0.035, white)
        .wedge(
            [half - 0.3..half - 0.07, 0.07..0.66, level..0.55],
            [-0.35, 0.0, 0.23],
            [half - 0.07, 0.0, 0.55],
            white,
        )
        .cylinder([0.2 - half, 0.035, 0.56], 0.02, 0.14, steel)
        .rod([0.2 - half, 0.035, 0.68], [0.2 - half, 0.16, 0.66], 0.016, steel);
    piece
}

/// A shower: a tray, a panel of tiles, a rod with a head, and a curtain drawn aside.
pub(crate) fn shower(rng: &mut ChaCha8Rng, style: &Style) -> Piece {
    let mut piece = Piece::new(Thing::Shower);
    let (white, steel) = (plain(grey(0.95)).gloss(0.5), plain(grey(0.5)).gloss(0.7));
    let half = rng.random_range(0.4..0.48);
    let curtain = if rng.random_bool(0.5) { plain(vivid(rng)) } else { style.fabric };
    piece
        .cuboid(-half..half, 0.0..0.85, 0.0..0.12, white)
        .cuboid(0.06 - half..half - 0.06, 0.06..0.79, 0.1..0.125, plain(grey(0.7)))
        .cuboid(-half..half, 0.0..0.02, 0.12..2.0, plain(hsv(0.52, 0.25, 0.9)))
        .rod([0.0, 0.05, 0.9], [0.0, 0.05, 1.95], 0.014, steel)
        .rod([0.0, 0.05, 1.95], [0.0, 0.3, 1.95], 0.014, steel)
        .cone([0.0, 0.3, 1.88], (0.1, 0.03), 0.07, steel)
        .thing(Thing::ShowerCurtain)
        .rod([-half, 0.82, 1.98], [half, 0.82, 1.98], 0.012, steel);
    let side = if rng.random_bool(0.5) { 1.0 } else { -1.0 };
    for fold in 0..4 {
        let x = side * (half - 0.05 - 0.075 * fold as f32);
        let y = if fold % 2 == 0 { 0.81 } else { 0.795 };
        piece.cylinder([x, y, 0.14], 0.045, 1.83, curtain);
    }
    piece
}

/// A basin on a pedestal, or on a cupboard, with a tap.
pub(crate) fn basin(rng: &mut ChaCha8Rng, style: &Style) -> Piece {
    let (white, steel) = (plain(grey(0.96)).gloss(0.5), plain(grey(0.55)).gloss(0.7));
    let r = rng.random_range(0.21..0.26);
    let mut piece = if rng.random_bool(0.5) {
        let mut pedestal = Piece::new(Thing::Basin);
        pedestal.cone([0.0, r, 0.0], (0.11, 0.08), 0.7, white);
        pedestal
    } else {
        let w = rng.random_range(0.6..0.9);
        let mut cupboard = crate::furniture::cabinet(rng, style, [w, 2.0 * r, 0.72], 2);
        cupboard.thing(Thing::Basin);
        cupboard
    };
    piece
        .cone([0.0, r + 0.01, 0.68], (0.55 * r, r), 0.17, white)
        .cylinder([0.0, r + 0.01, 0.848], 0.78 * r, 0.006, plain(hsv(0.52, 0.3, 0.6)))
        .cylinder([0.0, 0.05, 0.8], 0.018, 0.2, steel)
        .rod([0.0, 0.05, 0.99], [0.0, 0.18, 0.96], 0.014, steel);
    piece
}

/// A rail with towels; its frame's z = 0 is the towels' lower end.
pub(crate) fn towel_rail(rng: &mut ChaCha8Rng) -> Piece {
    let mut piece = Piece::new(Thing::TowelRail);
    let colour = vivid(rng);
    piece.rod([-0.32, 0.06, 0.6], [0.32, 0.06, 0.6], 0.013, plain(grey(0.5)));
    for x in [-0.15, 0.15] {
        let drop = rng.random_range(0.0..0.2);
        piece.cuboid(x - 0.12..x + 0.12, 0.035..0.085, drop..0.61, plain(colour)).rod(
            [x - 0.12, 0.06, 0.605],
            [x + 0.12, 0.06, 0.605],
            0.027,
            plain(colour),
        );
    }
    for x in [-0.3, 0.3] {
        piece.rod([x, 0.0, 0.6], [x, 0.06, 0.6], 0.012, plain(grey(0.5)));
    }
    piece
}
