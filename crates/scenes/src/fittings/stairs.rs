//! Flights of stairs and railings.

use crate::piece::{Piece, plain};
use crate::style::{Style, grey};
use crate::texture::Texture;
use crate::thing::Thing;

/// A flight of stairs along a wall.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Flight {
    pub steps: usize,
    /// Height of a step, metres.
    pub rise: f32,
    /// Depth of a step.
    pub run: f32,
    /// Across.
    pub width: f32,
    /// Whether it goes up towards negative x.
    pub mirrored: bool,
}

impl Flight {
    pub fn length(&self) -> f32 {
        self.run * self.steps as f32
    }

    pub fn height(&self) -> f32 {
        self.rise * self.steps as f32
    }
}

/// The steps, solid down to the floor, and a railing on the open side; the foot is at x = 0.
pub(crate) fn flight(flight: &Flight, style: &Style, riser: Texture, railed: bool) -> Piece {
    let mut piece = Piece::new(Thing::Stairs);
    let Flight { steps, rise, run, width, mirrored } = *flight;
    let sign = if mirrored { -1.0 } else { 1.0 };
    let between = |a: f32, b: f32| if mirrored { -b..-a } else { a..b };
    for i in 0..steps {
        let (x, z) = (run * i as f32, rise * (i + 1) as f32);
        piece
            .cuboid(between(x, x + run), 0.0..width, 0.0..z - 0.03, riser)
            // A tread that juts out.
            .cuboid(between(x - 0.02, x + run), 0.0..width + 0.02, z - 0.03..z, style.wood);
    }
    if railed {
        let (y, bar) = (width - 0.05, plain(grey(0.2)));
        for i in 0..steps {
            let x = sign * run * (i as f32 + 0.5);
            let z = rise * (i + 1) as f32;
            piece.cylinder([x, y, z], 0.014, 0.86, bar);
        }
        let slope = rise / run;
        let up = |x: f32| rise + 0.86 + slope * (x - 0.5 * run);
        let (low, high) = (0.0, flight.length());
        piece
            .rod([sign * low, y, up(low)], [sign * high, y, up(high)], 0.03, style.wood)
            .cuboid(between(-0.02, 0.07), y - 0.045..y + 0.045, 0.0..rise + 0.95, style.wood)
            .sphere([sign * 0.025, y, rise + 1.0], 0.06, style.wood);
    }
    piece
}

/// A level railing of length w along x; its frame's z = 0 is what it stands on.
pub(crate) fn railing(style: &Style, w: f32) -> Piece {
    let mut piece = Piece::new(Thing::Railing);
    let bars = (w / 0.16).round().max(2.0) as usize;
    for i in 0..bars {
        let x = w * ((i as f32 + 0.5) / bars as f32 - 0.5);
        piece.cylinder([x, 0.0, 0.0], 0.014, 0.88, plain(grey(0.2)));
    }
    piece.rod([-w / 2.0, 0.0, 0.9], [w / 2.0, 0.0, 0.9], 0.03, style.wood);
    piece
}
