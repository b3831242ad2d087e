//! Furniture of living rooms, bedrooms and offices, made of grouped primitives.
//!
//! Every piece has the typical proportions and colours of its class, and varies around them.

use glam::Vec3A;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::class::Class;
use crate::piece::{Piece, plain};
use crate::style::{Style, fabric, grey, hsv, two, vivid};
use crate::texture::Pattern;

/// A table or desk of this width, depth and height; a round one has the smaller for a diameter.
pub(crate) fn table(
    rng: &mut ChaCha8Rng,
    style: &Style,
    [w, d, height]: [f32; 3],
    round: bool,
) -> Piece {
    let mut piece = Piece::new(Class::Table);
    let top = if rng.random_bool(0.7) { style.wood } else { style.accent };
    if round {
        let r = w.min(d) / 2.0;
        piece
            .cylinder([0.0, d / 2.0, height - 0.04], r, 0.04, top)
            .cylinder([0.0, d / 2.0, 0.03], 0.05, height - 0.07, plain(grey(0.4)))
            .cylinder([0.0, d / 2.0, 0.0], 0.5 * r, 0.03, plain(grey(0.4)));
    } else {
        piece.cuboid(-w / 2.0..w / 2.0, 0.0..d, height - 0.05..height, top).legs(
            w,
            d,
            height - 0.05,
            0.06,
            style.wood,
        );
    }
    piece
}

/// A chair whose sitter looks towards the wall (so that it can stand at a table).
pub(crate) fn chair(rng: &mut ChaCha8Rng, style: &Style) -> Piece {
    let mut piece = Piece::new(Class::Chair);
    let seat = if rng.random_bool(0.6) { style.accent } else { plain(vivid(rng)) };
    let (w, d) = (0.44, 0.44);
    piece
        .cuboid(-w / 2.0..w / 2.0, 0.0..d, 0.42..0.47, seat)
        .cuboid(-w / 2.0..w / 2.0, d - 0.04..d, 0.55..rng.random_range(0.85..1.0), seat)
        .legs(w, d, 0.42, 0.045, style.wood);
    for x in [-w / 2.0, w / 2.0 - 0.045] {
        piece.cuboid(x..x + 0.045, d - 0.035..d - 0.005, 0.47..0.55, style.wood);
    }
    piece
}

/// A swivel chair.
pub(crate) fn office_chair(rng: &mut ChaCha8Rng) -> Piece {
    let mut piece = Piece::new(Class::Chair);
    let cover = if rng.random_bool(0.5) { plain(vivid(rng)) } else { plain(grey(0.18)) };
    let metal = plain(grey(0.45));
    piece
        .cylinder([0.0, 0.25, 0.0], 0.28, 0.05, metal)
        .cylinder([0.0, 0.25, 0.05], 0.035, 0.38, metal)
        .cuboid(-0.25..0.25, 0.0..0.5, 0.43..0.52, cover)
        .cuboid(-0.23..0.23, 0.44..0.51, 0.58..1.08, cover)
        .cuboid(-0.03..0.03, 0.46..0.49, 0.5..0.6, metal);
    piece
}

/// A sofa, or an armchair when narrow.
pub(crate) fn sofa(rng: &mut ChaCha8Rng, style: &Style, w: f32) -> Piece {
    let mut piece = Piece::new(Class::Sofa);
    let cover = style.fabric;
    let (d, back) = (rng.random_range(0.8..0.95), rng.random_range(0.75..0.9));
    let half = w / 2.0;
    piece
        .cuboid(-half..half, 0.0..d, 0.08..0.28, cover)
        .cuboid(-half..half, 0.0..0.22, 0.28..back, cover)
        .cuboid(-half..0.18 - half, 0.0..d, 0.28..0.6, cover)
        .cuboid(half - 0.18..half, 0.0..d, 0.28..0.6, cover);
    let seats = ((w - 0.36) / 0.65).round().max(1.0) as usize;
    let seat = (w - 0.36) / seats as f32;
    for i in 0..seats {
        let x = 0.18 - half + seat * i as f32;
        piece.cuboid(x + 0.01..x + seat - 0.01, 0.22..d - 0.01, 0.28..0.44, cover);
    }
    let cushion = plain(vivid(rng));
    piece.cuboid(0.2 - half..0.58 - half, 0.24..0.36, 0.44..0.78, cushion);
    if rng.random_bool(0.5) {
        piece.cuboid(half - 0.58..half - 0.2, 0.24..0.36, 0.44..0.78, cushion);
    }
    piece
}

/// A bed with its head at the wall.
pub(crate) fn bed(rng: &mut ChaCha8Rng, style: &Style) -> Piece {
    let mut piece = Piece::new(Class::Bed);
    let w = if rng.random_bool(0.6) { rng.random_range(1.4..1.8) } else { 0.95 };
    let (half, length) = (w / 2.0, 2.05);
    let hue = rng.random();
    let sheet = plain(hsv(rng.random(), 0.08, 0.95));
    let blanket = if rng.random_bool(0.5) { style.fabric } else { fabric(rng, hue) };
    piece
        .cuboid(-half..half, 0.05..length, 0.1..0.32, style.wood)
        .cuboid(0.03 - half..half - 0.03, 0.06..length - 0.02, 0.32..0.5, sheet)
        .cuboid(-half..half, 0.0..0.06, 0.0..rng.random_range(0.8..1.15), style.wood)
        .cuboid(-half..half, 0.75..length + 0.01, 0.25..0.56, blanket);
    let pillows: &[f32] = if w > 1.2 { &[-0.25, 0.25] } else { &[0.0] };
    for share in pillows {
        let x = share * w;
        piece.cuboid(x - 0.3..x + 0.3, 0.1..0.55, 0.5..0.63, sheet);
    }
    piece
}

/// A cabinet with `doors` fronts side by side and a knob on each.
pub(crate) fn cabinet(
    rng: &mut ChaCha8Rng,
    style: &Style,
    [w, d, h]: [f32; 3],
    doors: usize,
) -> Piece {
    let mut piece = Piece::new(Class::Cabinet);
    let (body, front) = match rng.random_range(0..3) {
        0 => (style.wood, style.wood),
        1 => (style.wood, style.paint),
        _ => (style.paint, style.paint),
    };
    piece.cuboid(-w / 2.0..w / 2.0, 0.0..d - 0.02, 0.0..h, body);
    let step = w / doors.max(1) as f32;
    for i in 0..doors {
        let x = -w / 2.0 + step * i as f32;
        piece.cuboid(x + 0.012..x + step - 0.012, d - 0.03..d, 0.07..h - 0.02, front);
        let knob = if i % 2 == 0 { x + step - 0.06 } else { x + 0.06 };
        piece.sphere([knob, d + 0.01, (h * 0.55).min(1.0)], 0.022, plain(grey(0.3)));
    }
    piece
}

/// Boards with books of many colours.
pub(crate) fn shelf(rng: &mut ChaCha8Rng, style: &Style, w: f32, h: f32) -> Piece {
    let mut piece = Piece::new(Class::Shelf);
    let (half, d) = (w / 2.0, 0.3);
    let boards = (h / 0.36).floor().max(2.0) as usize;
    let step = (h - 0.03) / boards as f32;
    piece
        .cuboid(-half..0.03 - half, 0.0..d, 0.0..h, style.wood)
        .cuboid(half - 0.03..half, 0.0..d, 0.0..h, style.wood)
        .cuboid(-half..half, 0.0..0.02, 0.0..h, style.wood);
    for i in 0..=boards {
        let z = step * i as f32;
        piece.cuboid(-half..half, 0.0..d, z..z + 0.03, style.wood);
        if i == boards {
            break;
        }
        let mut x = 0.05 - half;
        while x < half - 0.12 {
            let width = rng.random_range(0.06..0.22);
            let right = (x + width).min(half - 0.04);
            if rng.random_bool(0.75) {
                let top = z + 0.03 + step * rng.random_range(0.5..0.85);
                let colour = vivid(rng);
                let spines = two(rng, Pattern::Stripes, colour, colour * 0.55, 0.07);
                piece.cuboid(x..right, 0.02..d - 0.06, z + 0.03..top, spines);
            }
            x = right + 0.004;
        }
    }
    piece
}

/// A lamp on the floor, or with a short pole on a table.
pub(crate) fn standing_lamp(rng: &mut ChaCha8Rng, pole: f32) -> Piece {
    let mut piece = Piece::new(Class::Lamp);
    let metal = plain(grey(rng.random_range(0.15..0.6)));
    let size = 0.09 + 0.07 * pole;
    let shade = plain(hsv(rng.random_range(0.08..0.15), rng.random_range(0.15..0.5), 1.0));
    piece
        .cylinder([0.0, size, 0.0], 0.8 * size, 0.03, metal)
        .cylinder([0.0, size, 0.03], 0.018, pole, metal)
        .cone([0.0, size, pole - 0.05], (size, 0.55 * size), 1.5 * size, shade)
        .glowing(1.1);
    piece.bulb = Some(Vec3A::new(0.0, size, pole + 0.6 * size));
    piece
}

/// A lamp that hangs `cord` below a ceiling; its frame's z = 0 is the ceiling.
pub(crate) fn hanging_lamp(rng: &mut ChaCha8Rng, cord: f32) -> Piece {
    let mut piece = Piece::new(Class::Lamp);
    let shade = plain(hsv(rng.random_range(0.05..0.16), rng.random_range(0.1..0.6), 1.0));
    let r = rng.random_range(0.14..0.24);
    piece.cylinder([0.0, 0.0, -cord], 0.012, cord, plain(grey(0.3)));
    if rng.random_bool(0.5) {
        piece.cone([0.0, 0.0, -cord - r], (r, 0.3 * r), r, shade);
    } else {
        piece.sphere([0.0, 0.0, -cord - 0.5 * r], 0.8 * r, shade);
    }
    piece.glowing(1.2);
    piece.bulb = Some(Vec3A::new(0.0, 0.0, -cord - r));
    piece
}

/// A flat lamp on the ceiling; its frame's z = 0 is the ceiling.
pub(crate) fn ceiling_panel(w: f32, d: f32) -> Piece {
    let mut piece = Piece::new(Class::Lamp);
    piece.cuboid(-w / 2.0..w / 2.0, -d / 2.0..d / 2.0, -0.06..0.0, plain(grey(0.98))).glowing(1.2);
    piece.bulb = Some(Vec3A::new(0.0, 0.0, -0.15));
    piece
}

/// A pot with a plant: a bush of spheres or a slender cone.
pub(crate) fn plant(rng: &mut ChaCha8Rng, height: f32) -> Piece {
    let mut piece = Piece::new(Class::Plant);
    let pot = if rng.random_bool(0.6) { hsv(0.04, 0.7, 0.7) } else { vivid(rng) };
    let r = 0.1 + 0.12 * height;
    let green = hsv(rng.random_range(0.24..0.38), rng.random_range(0.6..0.9), 0.55);
    let leaves = two(rng, Pattern::Clouds, green, green * 0.35, 0.12);
    piece.cone([0.0, r, 0.0], (0.7 * r, r), 0.3 * height, plain(pot));
    if rng.random_bool(0.35) {
        piece
            .cylinder([0.0, r, 0.3 * height], 0.03, 0.1 * height, plain(hsv(0.07, 0.6, 0.4)))
            .cone([0.0, r, 0.38 * height], (1.1 * r, 0.02), 0.62 * height, leaves);
    } else {
        for i in 0..5 {
            let up = 0.42 + 0.11 * i as f32;
            let (dx, dy) = (rng.random_range(-0.5..0.5) * r, rng.random_range(-0.3..0.5) * r);
            let radius = r * rng.random_range(0.5..0.8);
            piece.sphere([dx, r + dy, up * height], radius, leaves);
        }
    }
    piece
}

/// A picture on a wall; its frame's z = 0 is the lower edge.
pub(crate) fn picture(rng: &mut ChaCha8Rng, w: f32, h: f32) -> Piece {
    let mut piece = Piece::new(Class::Picture);
    let frame = if rng.random_bool(0.5) { grey(0.12) } else { hsv(0.1, 0.7, 0.6) };
    let pattern = [Pattern::Clouds, Pattern::Checker, Pattern::Stripes, Pattern::Dots]
        [rng.random_range(0..4_usize)];
    let (first, second, period) = (vivid(rng), vivid(rng), rng.random_range(0.15..0.5));
    let canvas = two(rng, pattern, first, second, period);
    piece.cuboid(-w / 2.0..w / 2.0, 0.0..0.02, 0.0..h, plain(frame)).cuboid(
        0.04 - w / 2.0..w / 2.0 - 0.04,
        0.0..0.03,
        0.04..h - 0.04,
        canvas,
    );
    piece
}

/// A rug; its frame's origin is its centre.
pub(crate) fn rug(rng: &mut ChaCha8Rng, style: &Style, w: f32, d: f32) -> Piece {
    let mut piece = Piece::new(Class::Rug);
    let (first, second) = (style.accent.first, vivid(rng));
    let pattern = [Pattern::Stripes, Pattern::Checker, Pattern::Dots, Pattern::Clouds]
        [rng.random_range(0..4_usize)];
    let period = rng.random_range(0.25..0.6);
    let weave = two(rng, pattern, first, second, period);
    if rng.random_bool(0.2) {
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

/// A screen on a foot; its frame's z = 0 is what it stands on, and it looks into the room.
pub(crate) fn screen(rng: &mut ChaCha8Rng, w: f32) -> Piece {
    let mut piece = Piece::new(Class::Screen);
    let (h, black) = (0.58 * w, plain(grey(0.1)));
    let picture = hsv(rng.random_range(0.5..0.7), rng.random_range(0.3..0.9), 0.7);
    piece
        .cuboid(-0.2 * w..0.2 * w, 0.08..0.26, 0.0..0.02, black)
        .cuboid(-0.04..0.04, 0.14..0.18, 0.02..0.15, black)
        .cuboid(-w / 2.0..w / 2.0, 0.15..0.2, 0.1..0.1 + h, black)
        .cuboid(0.02 - w / 2.0..w / 2.0 - 0.02, 0.19..0.205, 0.12..0.08 + h, plain(picture));
    if rng.random_bool(0.5) {
        piece.glowing(0.9);
    }
    piece
}
