//! Cabinets, wardrobes, chests of drawers and shelves.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::piece::{Piece, plain};
use crate::style::{Style, grey, hsv, two, vivid};
use crate::texture::{Pattern, Texture};
use crate::thing::Thing;

/// Body and front of something with doors.
fn finish(rng: &mut ChaCha8Rng, style: &Style) -> (Texture, Texture) {
    match rng.random_range(0..3) {
        0 => (style.wood, style.wood),
        1 => (style.wood, style.paint),
        _ => (style.paint, style.paint),
    }
}

/// A cabinet of this width, depth and height with `doors` fronts side by side and a knob on each.
pub(crate) fn cabinet(rng: &mut ChaCha8Rng, style: &Style, size: [f32; 3], doors: usize) -> Piece {
    behind_doors(rng, style, Thing::Cabinet, size, doors)
}

fn behind_doors(
    rng: &mut ChaCha8Rng,
    style: &Style,
    thing: Thing,
    [w, d, h]: [f32; 3],
    doors: usize,
) -> Piece {
    let mut piece = Piece::new(thing);
    let (body, front) = finish(rng, style);
    let edge = Texture { first: body.first * 0.55, second: body.second * 0.55, ..body };
    piece.cuboid(-w / 2.0..w / 2.0, 0.0..d - 0.025, 0.0..h, edge);
    let step = w / doors.max(1) as f32;
    for i in 0..doors {
        let x = -w / 2.0 + step * i as f32;
        piece.cuboid(x + 0.01..x + step - 0.01, d - 0.03..d, 0.06..h - 0.015, front);
        let knob = if i % 2 == 0 { x + step - 0.06 } else { x + 0.06 };
        piece.sphere([knob, d + 0.01, (h * 0.55).min(1.0)], 0.022, plain(grey(0.3)));
    }
    piece
}

/// A chest of drawers; a low and narrow one is a nightstand.
pub(crate) fn chest(
    rng: &mut ChaCha8Rng,
    style: &Style,
    [w, d, h]: [f32; 3],
    drawers: usize,
) -> Piece {
    let low = w < 0.5 && h < 0.65;
    let mut piece = Piece::new(if low { Thing::Nightstand } else { Thing::ChestOfDrawers });
    let (body, front) = finish(rng, style);
    let edge = Texture { first: body.first * 0.55, second: body.second * 0.55, ..body };
    let half = w / 2.0;
    piece.cuboid(0.01 - half..half - 0.01, 0.0..d - 0.025, 0.0..h - 0.03, edge).cuboid(
        -half..half,
        0.0..d,
        h - 0.03..h,
        body,
    );
    let step = (h - 0.1) / drawers.max(1) as f32;
    for i in 0..drawers {
        let z = 0.06 + step * i as f32;
        piece.cuboid(0.02 - half..half - 0.02, d - 0.03..d - 0.005, z..z + step - 0.02, front);
        let (middle, reach) = (z + 0.5 * step, 0.12_f32.min(0.3 * w));
        piece.rod([-reach, d + 0.012, middle], [reach, d + 0.012, middle], 0.011, plain(grey(0.3)));
    }
    piece
}

/// A wardrobe up to a cornice; some have a mirror for one of the doors.
pub(crate) fn wardrobe(rng: &mut ChaCha8Rng, style: &Style) -> Piece {
    let doors = rng.random_range(2..=4_usize);
    let (w, d) = (doors as f32 * rng.random_range(0.42..0.52), 0.58);
    let h = rng.random_range(1.9..2.15);
    let mut piece = behind_doors(rng, style, Thing::Wardrobe, [w, d, h], doors);
    piece.cuboid(-0.02 - w / 2.0..w / 2.0 + 0.02, 0.0..d + 0.02, h..h + 0.05, style.wood);
    if rng.random_bool(0.4) {
        let step = w / doors as f32;
        let silver = hsv(0.57, 0.12, 0.82);
        let glass = two(rng, Pattern::Clouds, silver, silver * 0.75, 1.2).gloss(1.0);
        piece.thing(Thing::Mirror).cuboid(
            0.05 - w / 2.0..step - w / 2.0 - 0.05,
            d..d + 0.008,
            0.2..h - 0.1,
            glass,
        );
    }
    piece
}

/// A case of boards with books of many colours and here and there a vase.
pub(crate) fn bookcase(rng: &mut ChaCha8Rng, style: &Style, w: f32, h: f32) -> Piece {
    let mut piece = Piece::new(Thing::Bookcase);
    let (half, d) = (w / 2.0, 0.3);
    let boards = (h / 0.38).floor().max(2.0) as usize;
    let step = (h - 0.03) / boards as f32;
    piece
        .cuboid(-half..0.03 - half, 0.0..d, 0.0..h, style.wood)
        .cuboid(half - 0.03..half, 0.0..d, 0.0..h, style.wood)
        .cuboid(-half..half, 0.0..0.02, 0.0..h, style.wood);
    for i in 0..=boards {
        let z = step * i as f32;
        piece.cuboid(-half..half, 0.0..d, z..z + 0.03, style.wood);
        if i < boards {
            books(rng, &mut piece, [0.04 - half, half - 0.04], z + 0.03, 0.85 * step);
        }
    }
    piece
}

/// Blocks of books, bowls and gaps along a board.
fn books(rng: &mut ChaCha8Rng, piece: &mut Piece, [from, to]: [f32; 2], z: f32, most: f32) {
    let mut x = from;
    while x < to - 0.12 {
        let right = (x + rng.random_range(0.12..0.34)).min(to);
        let top = z + most * rng.random_range(0.6..0.95);
        if rng.random_bool(0.72) {
            let colour = vivid(rng);
            let spines = two(rng, Pattern::Stripes, colour, colour * 0.5, 0.075);
            piece.cuboid(x..right, 0.02..0.22, z..top, spines);
        } else if rng.random_bool(0.4) {
            let r = (0.45 * (right - x)).min(0.07);
            piece.cone([x.midpoint(right), 0.14, z], (0.6 * r, r), 1.6 * r, plain(vivid(rng)));
        }
        x = right + 0.006;
    }
}

/// A board on a wall with books on it; its frame's z = 0 is the board.
pub(crate) fn wall_board(rng: &mut ChaCha8Rng, style: &Style, w: f32) -> Piece {
    let mut piece = Piece::new(Thing::WallShelf);
    piece.cuboid(-w / 2.0..w / 2.0, 0.0..0.24, 0.0..0.03, style.wood);
    books(rng, &mut piece, [0.02 - w / 2.0, w / 2.0 - 0.02], 0.03, 0.27);
    piece
}
