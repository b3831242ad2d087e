//! Plants in pots.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::piece::{Piece, plain};
use crate::style::{hsv, two, vivid};
use crate::texture::Pattern;
use crate::thing::Thing;

/// A pot with a plant: a bush, a little tree, a cone or a tuft of long leaves.
pub(crate) fn plant(rng: &mut ChaCha8Rng, height: f32) -> Piece {
    let mut piece = Piece::new(if height < 0.5 { Thing::SmallPlant } else { Thing::Plant });
    let pot = if rng.random_bool(0.6) { hsv(0.04, 0.7, 0.7) } else { vivid(rng) };
    let r = 0.09 + 0.11 * height;
    let green = hsv(rng.random_range(0.22..0.38), rng.random_range(0.55..0.9), 0.55);
    let leaves = two(rng, Pattern::Clouds, green, green * 0.35, 0.12);
    let wide = 1.25 * r;
    piece.cone([0.0, wide, 0.0], (0.7 * r, r), 0.3 * height, plain(pot));
    let stem = plain(hsv(0.07, 0.6, 0.4));
    match rng.random_range(0..4) {
        0 => {
            piece.cylinder([0.0, wide, 0.3 * height], 0.03, 0.1 * height, stem).cone(
                [0.0, wide, 0.38 * height],
                (1.1 * r, 0.02),
                0.62 * height,
                leaves,
            );
        }
        1 => {
            piece
                .cylinder([0.0, wide, 0.3 * height], 0.02, 0.35 * height, stem)
                .sphere([0.0, wide, 0.8 * height], 0.2 * height, leaves)
                .sphere([0.3 * r, wide, 0.66 * height], 0.13 * height, leaves);
        }
        2 => {
            // Long leaves that lean outwards, flat ellipsoids would be as good but cannot lean.
            for i in 0..8 {
                let angle = i as f32 * 0.785 + rng.random_range(-0.3..0.3);
                let lean = rng.random_range(0.35..0.95) * r;
                let tip = [
                    lean * angle.cos(),
                    wide + lean * angle.sin(),
                    height * rng.random_range(0.75..1.0),
                ];
                piece.rod([0.0, wide, 0.28 * height], tip, 0.022, leaves);
            }
        }
        _ => {
            for i in 0..6 {
                let up = 0.4 + 0.09 * i as f32;
                let (dx, dy) = (rng.random_range(-0.5..0.5) * r, rng.random_range(-0.5..0.5) * r);
                let radius = r * rng.random_range(0.45..0.7);
                let radii = [radius, radius, 0.7 * radius];
                piece.ellipsoid([dx, wide + dy, up * height], radii, leaves);
            }
        }
    }
    piece
}
