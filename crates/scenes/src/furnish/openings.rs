//! Doors and windows with what belongs to them.

use std::f32::consts::PI;

use glam::Vec3A;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::class::Class;
use crate::fittings;
use crate::furniture::curtains;
use crate::layout::{Layout, Spot};
use crate::piece::Piece;
use crate::scene::{Group, Opening, Pane};
use crate::style::{Style, grey, hsv};
use crate::thing::Thing;

/// Makes doors: a quarter of them stand open, with their leaf in the room.
pub(super) fn doors(rng: &mut ChaCha8Rng, style: &Style, room: &mut Layout, count: usize) -> usize {
    let width = rng.random_range(0.8..0.92);
    let height = rng.random_range(1.98..2.08);
    (0..count).filter(|_| door(rng, style, room, [width, height])).count()
}

/// Makes a door and keeps the way to it free.
fn door(rng: &mut ChaCha8Rng, style: &Style, room: &mut Layout, [w, h]: [f32; 2]) -> bool {
    let open = rng.random_bool(0.25);
    let closed = fittings::door(style, w, h);
    let mut way = Piece::new(Thing::Door);
    way.cuboid(-w / 2.0..w / 2.0, 0.0..0.75, 0.0..h, style.wood);
    let mut all = closed.clone();
    all.with(&way, Vec3A::ZERO);
    let Some(spot) = room.seek(&all, 0.0, rng, open) else { return false };
    let piece = if open { fittings::door_frame(style, w, h) } else { closed };
    room.place(&piece, spot.point(0.0, 0.0), spot.yaw());
    if open {
        leaf(rng, style, room, spot, [w, h]);
        let dim = hsv(rng.random_range(0.05..0.15), 0.3, rng.random_range(0.3..0.5));
        room.openings.push(Opening {
            wall: spot.face.side,
            along: (spot.along - w / 2.0, spot.along + w / 2.0),
            up: (0.0, h),
            class: Class::Door,
            backdrop: [dim, dim * 0.8, dim * 0.45],
        });
    }
    let reserved = Group::new(way.primitives, spot.point(0.0, 0.0), spot.yaw());
    room.taken.push((reserved.bounds, None));
    true
}

/// The leaf of an open door: ajar or wide open, hinged at either side, if there is room for it.
fn leaf(rng: &mut ChaCha8Rng, style: &Style, room: &mut Layout, spot: Spot, [w, h]: [f32; 2]) {
    let leaf = fittings::door_leaf(style, w, h);
    let angle: f32 = rng.random_range(0.6..1.9);
    let left = rng.random_bool(0.5);
    for left in [left, !left] {
        let (hinge, turn) = if left { (-w / 2.0, angle) } else { (w / 2.0, PI - angle) };
        let at = spot.beside(hinge).point(0.07, 0.0);
        if room.place(&leaf, at, spot.yaw() + turn) {
            return;
        }
    }
}

/// What a window is like.
pub(super) struct Window {
    /// Metres.
    pub width: f32,
    /// Height of its lower edge.
    pub sill: f32,
    /// Probability that it has curtains.
    pub curtains: f64,
}

/// Makes a window, with what is to be seen through it and its light; with curtains, or with
/// blinds, or bare; sometimes with a radiator below.
pub(super) fn window(
    rng: &mut ChaCha8Rng,
    room: &mut Layout,
    &Window { width: w, sill, curtains: hung }: &Window,
) {
    let h = rng.random_range(2.0..2.15_f32) - sill;
    let curtained = rng.random_bool(hung);
    let drawn = !curtained && rng.random_bool(0.3);
    let bare = fittings::window(rng, w, h, drawn);
    let long = rng.random_bool(0.5);
    let mut pieces = Vec::new();
    if curtained {
        for long in [long, false] {
            let drop = if long { sill - 0.02 } else { 0.12 };
            let mut both = bare.clone();
            let cloth = curtains(rng, w, h + drop + 0.11);
            both.with(&cloth, Vec3A::new(0.0, 0.0, -drop));
            pieces.push(both);
        }
    }
    pieces.push(bare);
    let found = pieces.iter().find_map(|piece| {
        let spot = room.seek(piece, sill, rng, true)?;
        room.place(piece, spot.point(0.0, sill), spot.yaw()).then_some(spot)
    });
    let Some(spot) = found else { return };
    let sky = hsv(rng.random_range(0.54..0.62), rng.random_range(0.15..0.6), 0.97);
    if !drawn {
        let green = hsv(rng.random_range(0.2..0.4), 0.5, rng.random_range(0.4..0.7));
        room.openings.push(Opening {
            wall: spot.face.side,
            along: (spot.along - w / 2.0, spot.along + w / 2.0),
            up: (sill, sill + h),
            class: Class::Window,
            backdrop: [grey(0.95), sky, green],
        });
    }
    let (sin, cos) = spot.yaw().sin_cos();
    room.panes.push(Pane {
        centre: spot.point(0.0, sill + 0.5 * h),
        right: Vec3A::new(-cos, -sin, 0.0) * 0.5 * w,
        up: Vec3A::Z * 0.5 * h,
        colour: sky * if drawn { 1.2 } else { 4.0 },
    });
    if rng.random_bool(0.7) {
        room.at_spot(&fittings::radiator(0.8 * w), spot, 0.0);
    }
}
