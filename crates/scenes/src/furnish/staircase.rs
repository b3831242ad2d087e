//! Staircases: a flight of stairs along a wall up to a landing with a railing and a door.

use glam::Vec3A;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::decorate;
use super::openings::{Window, doors, window};
use crate::fittings::{self, Flight, flight, radiator, railing};
use crate::furniture::{
    bench, chest, coat_rack, mirror, picture, plant, rug, small_things, wall_lamp,
};
use crate::layout::{Layout, Spot};
use crate::piece::Piece;
use crate::plan::{Face, Surfaces};
use crate::shape::Bounds;
use crate::style::{Style, grey};
use crate::thing::Thing;

pub(super) fn furnish(
    rng: &mut ChaCha8Rng,
    style: &Style,
    surfaces: &Surfaces<'_>,
    room: &mut Layout,
) -> bool {
    stairs(rng, style, surfaces, room);
    if doors(rng, style, room, 2) == 0 {
        return false;
    }
    if rng.random_bool(0.7) {
        let width = rng.random_range(0.8..1.3);
        window(rng, room, &Window { width, sill: 0.9, curtains: 0.3 });
    }
    if rng.random_bool(0.6)
        && let Some(spot) = room.at_wall(&coat_rack(rng, style), 0.95, rng)
    {
        room.at_spot(&bench(style, 1.0), spot, 0.0);
    }
    let mut low = chest(rng, style, [0.9, 0.36, 0.8], 2);
    low.with(&small_things(rng, 0.3, 2), Vec3A::new(0.0, 0.18, 0.8));
    if let Some(spot) = room.at_wall(&low, 0.0, rng) {
        room.at_spot(&mirror(rng, 0.5, 0.8), spot, 1.15);
    }
    if rng.random_bool(0.5) {
        room.at_wall(&radiator(0.8), 0.0, rng);
    }
    if rng.random_bool(0.5) {
        room.at_wall(&wall_lamp(rng), 1.65, rng);
    }
    let height = rng.random_range(0.8..1.5);
    room.at_wall(&plant(rng, height), 0.0, rng);
    decorate(rng, room, 2, 0.3);
    true
}

/// The flight, the landing that it leads to, and what belongs to them.
fn stairs(rng: &mut ChaCha8Rng, style: &Style, surfaces: &Surfaces<'_>, room: &mut Layout) {
    let long_x = room.size.x > room.size.y;
    let side = if long_x { [0, 2] } else { [1, 3] }[rng.random_range(0..2_usize)];
    let face = room.faces[side];
    let depth = rng.random_range(0.95..1.15);
    let stair = Flight {
        steps: rng.random_range(9..=11),
        rise: rng.random_range(0.165..0.18),
        run: rng.random_range(0.245..0.27),
        width: rng.random_range(0.85..1.05),
        // In the frame of a piece at this wall.
        mirrored: rng.random_bool(0.5),
    };
    // Up towards one end of the wall, where the landing is.
    let ascends = face.direction() * if stair.mirrored { -1.0 } else { 1.0 };
    let top = if ascends > 0.0 { face.to - depth } else { face.from + depth };
    let foot = top - ascends * stair.length();
    let (low, high) = (foot.min(top), foot.max(top));
    landing(rng, style, surfaces, room, &Landing { face, ascends, depth }, &stair);

    let riser = if rng.random_bool(0.5) { crate::piece::plain(grey(0.9)) } else { style.paint };
    let spot = Spot { face, along: foot };
    room.build(&flight(&stair, style, riser, true), spot.point(0.0, 0.0), spot.yaw());
    // The wall behind the stairs is no place to stand at.
    let (a, b) = (face.point(low, 0.0), face.point(high, 0.0) + stair.width * face.normal());
    let block = Bounds { min: a.min(b), max: a.max(b).with_z(room.size.z) };
    room.faces = room.faces.iter().flat_map(|f| f.without(&block)).collect();
    // Pictures on the wall rise with the stairs.
    for share in [0.3, 0.6, 0.9] {
        if rng.random_bool(0.7) {
            let along = foot + ascends * share * stair.length();
            let z = share * stair.height() + 1.3;
            let side = rng.random_range(0.35..0.5);
            let framed = picture(rng, side, 1.2 * side);
            room.place(&framed, Spot { face, along }.point(0.0, z), spot.yaw());
        }
    }
    if rng.random_bool(0.5) {
        let runner = rug(rng, style, 1.6, 0.9);
        let at = Spot { face, along: 0.5 * (face.from + face.to) - ascends * 0.25 * face.length() };
        room.lay(&runner, at.point(stair.width + 0.7, 0.0), spot.yaw());
    }
}

/// Where a flight ends: at the end of its wall, in the direction in which it ascends.
struct Landing {
    face: Face,
    ascends: f32,
    depth: f32,
}

/// A block across the whole end of the room, with a floor, a railing and a door on it.
fn landing(
    rng: &mut ChaCha8Rng,
    style: &Style,
    surfaces: &Surfaces<'_>,
    room: &mut Layout,
    &Landing { face, ascends, depth }: &Landing,
    stair: &Flight,
) {
    let (upwards, height) = (ascends > 0.0, stair.height());
    let end = if upwards { face.to } else { face.from };
    let across = if face.side.is_multiple_of(2) { room.size.y } else { room.size.x };
    let back = match (face.side.is_multiple_of(2), upwards) {
        (true, true) => 1,
        (true, false) => 3,
        (false, true) => 2,
        (false, false) => 0,
    };
    let back = room.faces[back];
    let a = face.point(end, 0.0);
    let b = face.point(end - ascends * depth, height - 0.04) + across * face.normal();
    let (min, max) = (a.min(b), a.max(b));
    room.wall_block(Bounds { min, max }, surfaces.walls[face.side], surfaces.skirting);
    let mut slab = Piece::new(Thing::Stairs);
    slab.cuboid(min.x..max.x, min.y..max.y, height - 0.04..height, style.wood);
    room.build(&slab, Vec3A::ZERO, 0.0);
    let width = across - stair.width;
    let edge = Spot { face, along: end - ascends * (depth - 0.05) };
    let yaw = edge.yaw() + std::f32::consts::FRAC_PI_2;
    room.build(&railing(style, width), edge.point(stair.width + width / 2.0, height), yaw);
    let along = back.from + rng.random_range(0.3..0.7) * back.length();
    let door = fittings::door(style, 0.85, 2.0);
    let spot = Spot { face: back, along };
    // Where the landing is so high that a door has no room, there is none.
    room.place(&door, spot.point(0.0, height), spot.yaw());
}
