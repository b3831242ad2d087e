//! Which pieces stand in which kind of room, one file a kind.

mod bathroom;
mod bedroom;
mod corridor;
mod dining_room;
mod kitchen;
mod living_room;
mod office;
mod openings;
mod staircase;

use std::f32::consts::{FRAC_PI_2, PI};

use glam::Vec3A;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::class::RoomKind;
use crate::furniture::{
    cabinet, ceiling_bowl, ceiling_panel, chair, clock, hanging_lamp, picture, plant, rug, table,
};
use crate::layout::{Layout, Spot};
use crate::piece::Piece;
use crate::plan::{Plan, Surfaces};
use crate::style::Style;

/// Pieces of furniture in the emptiest room.
pub(crate) const FEWEST: usize = 4;

/// Doors first, then what makes the room what it is, windows, and what any room may have. Says
/// whether the room became what it should be: if there was no room for a bed, it is no bedroom.
pub(crate) fn furnish(
    rng: &mut ChaCha8Rng,
    kind: RoomKind,
    plan: Plan,
    style: &Style,
    surfaces: &Surfaces<'_>,
    room: &mut Layout,
) -> bool {
    let built = match kind {
        RoomKind::Kitchen => kitchen::furnish(rng, style, room),
        RoomKind::Bedroom => bedroom::furnish(rng, style, room),
        RoomKind::Bathroom => bathroom::furnish(rng, style, room),
        RoomKind::Office => office::furnish(rng, style, room),
        RoomKind::LivingRoom => living_room::furnish(rng, plan, style, room),
        RoomKind::Corridor => corridor::furnish(rng, style, room),
        RoomKind::DiningRoom => dining_room::furnish(rng, plan, style, room),
        RoomKind::Staircase => staircase::furnish(rng, style, surfaces, room),
    };
    if built {
        fill(rng, style, room);
        light(rng, kind, style, room);
    }
    built
}

/// Adds small pieces that find a place anywhere, until a room is not empty.
fn fill(rng: &mut ChaCha8Rng, style: &Style, room: &mut Layout) {
    const TRIES: usize = 20;
    for _ in 0..TRIES {
        if room.furniture() >= FEWEST {
            return;
        }
        let small = match rng.random_range(0..3) {
            0 => plant(rng, 0.6),
            1 => chair(rng, style),
            _ => cabinet(rng, style, [0.4, 0.35, 0.8], 1),
        };
        room.at_wall(&small, 0.0, rng);
    }
}

/// How many chairs stand at each of the two longer sides of a table, and at its ends.
#[derive(Debug, Clone, Copy)]
struct Chairs {
    sides: usize,
    ends: bool,
}

/// A table of width w and depth d on free floor with chairs drawn up to it, one of them askew.
/// Says where its centre is, and its yaw.
fn dining_table(
    rng: &mut ChaCha8Rng,
    style: &Style,
    room: &mut Layout,
    table: &Piece,
    [w, d]: [f32; 2],
    chairs: Chairs,
) -> Option<(Vec3A, f32)> {
    let (centre, yaw) = free_floor(rng, room, [w, d], chairs)?;
    let towards = |turn: f32| Vec3A::new(-(yaw + turn).sin(), (yaw + turn).cos(), 0.0);
    if !room.place(table, centre - towards(0.0) * d / 2.0, yaw) {
        return None;
    }
    let host = room.last();
    let chair = chair(rng, style);
    let mut seats = Vec::new();
    for side in [0.0, PI] {
        for i in 0..chairs.sides {
            let x = w * ((i as f32 + 0.5) / chairs.sides as f32 - 0.5);
            seats.push((side, 0.9 * x, d / 2.0));
        }
        if chairs.ends {
            seats.push((side + FRAC_PI_2, 0.0, w / 2.0));
        }
    }
    for (turn, along, edge) in seats {
        let out = edge - rng.random_range(0.05..0.28);
        let askew = if rng.random_bool(0.2) { rng.random_range(-0.4..0.4) } else { 0.0 };
        let right = towards(turn - FRAC_PI_2);
        // Drawn up, or else with its seat clear of the table.
        for (out, askew) in [(out, askew), (edge + 0.03, 0.0)] {
            let at = centre + towards(turn) * out + right * along;
            if room.tuck(&chair, at, yaw + turn + askew, host) {
                break;
            }
        }
    }
    Some((centre, yaw))
}

/// Floor for a table of this width and depth, with space for chairs where there is so much.
fn free_floor(
    rng: &mut ChaCha8Rng,
    room: &Layout,
    [w, d]: [f32; 2],
    chairs: Chairs,
) -> Option<(Vec3A, f32)> {
    for (margin, tries) in [(0.45, 40), (0.2, 30)] {
        for _ in 0..tries {
            let yaw = f32::from(rng.random_range(0..2_u8)) * FRAC_PI_2;
            let spread = rng.random_range(-0.32..0.32);
            let across = rng.random_range(-0.32..0.32);
            let centre = (room.size * Vec3A::new(0.5 + spread, 0.5 + across, 0.0)).with_z(0.0);
            let ends = if chairs.ends { margin } else { 0.0 };
            let sides = if chairs.sides > 0 { margin } else { 0.0 };
            let (x, y) = (w / 2.0 + ends, d / 2.0 + sides);
            let half = if yaw == 0.0 { Vec3A::new(x, y, 0.0) } else { Vec3A::new(y, x, 0.0) };
            let bounds =
                crate::shape::Bounds { min: centre - half, max: centre + half.with_z(0.9) };
            if room.is_free(&bounds, None) {
                return Some((centre, yaw));
            }
        }
    }
    None
}

/// A small table to eat at, for kitchens and living rooms.
fn breakfast(rng: &mut ChaCha8Rng, style: &Style, room: &mut Layout) {
    let round = rng.random_bool(0.4);
    let w = rng.random_range(0.8..1.2);
    let d = if round { w } else { rng.random_range(0.7..0.8) };
    let height = rng.random_range(0.71..0.77);
    let mut top = table(rng, style, [w, d, height], round);
    let things = crate::furniture::small_things(rng, 0.25, 2);
    top.with(&things, Vec3A::new(0.0, d / 2.0, height));
    let chairs = Chairs { sides: 1, ends: rng.random_bool(0.5) };
    dining_table(rng, style, room, &top, [w, d], chairs);
}

/// Pictures, a clock and plants; plants the more often, the larger `green`.
fn decorate(rng: &mut ChaCha8Rng, room: &mut Layout, pictures: usize, green: f64) {
    for _ in 0..2 {
        if rng.random_bool(green) {
            let height = rng.random_range(0.6..1.4);
            room.at_wall(&plant(rng, height), 0.0, rng);
        }
    }
    for _ in 0..pictures {
        let (w, h) = (rng.random_range(0.4..1.0), rng.random_range(0.4..0.75));
        room.at_wall(&picture(rng, w, h), 1.3, rng);
    }
    if rng.random_bool(0.25) {
        room.at_wall(&clock(rng), 1.8, rng);
    }
}

/// One wide picture or two small ones on the wall above something.
fn hang_above(rng: &mut ChaCha8Rng, room: &mut Layout, spot: Spot, z: f32) {
    if rng.random_bool(0.6) {
        let (w, h) = (rng.random_range(0.7..1.2), rng.random_range(0.45..0.7));
        room.at_spot(&picture(rng, w, h), spot, z);
    } else {
        let side = rng.random_range(0.35..0.5);
        for x in [-0.7, 0.7] {
            room.at_spot(&picture(rng, side, side * 1.2), spot.beside(x * side), z);
        }
    }
}

/// A rug in the middle of the room, over this share of its length and width.
fn lay_rug(rng: &mut ChaCha8Rng, style: &Style, room: &mut Layout, share: f32) {
    let rug = rug(rng, style, share * room.size.x, share * room.size.y);
    room.lay(&rug, 0.5 * room.size.with_z(0.0), 0.0);
}

/// Lamps at the ceiling: panels where people work, bowls where they walk and wash, hanging lamps
/// elsewhere; beside a beam or block that is in the way.
fn light(rng: &mut ChaCha8Rng, kind: RoomKind, style: &Style, room: &mut Layout) {
    let long_x = room.size.x > room.size.y;
    let shares: &[f32] = match kind {
        RoomKind::Office => &[0.28, 0.72],
        RoomKind::Corridor => &[0.2, 0.5, 0.8],
        _ => &[0.5],
    };
    for &share in shares {
        let lamp = match kind {
            RoomKind::Office => ceiling_panel(0.6, 1.2),
            RoomKind::Bathroom | RoomKind::Corridor => ceiling_bowl(rng, style),
            RoomKind::Kitchen if rng.random_bool(0.4) => ceiling_panel(0.3, 1.2),
            RoomKind::Staircase => hanging_lamp(rng, 0.3 * room.size.z),
            _ => hanging_lamp(rng, (room.size.z - 2.2).max(0.1)),
        };
        let yaw = if long_x { FRAC_PI_2 } else { 0.0 };
        let (x, y) = if long_x { (share, 0.5) } else { (0.5, share) };
        let middle = room.size * Vec3A::new(x, y, 1.0) - Vec3A::Z * 2e-3;
        // Outwards in a spiral from where it should hang; where it has no room, a smaller one.
        let places = (0..60).map(|ring| {
            let (sin, cos) = (2.4 * ring as f32).sin_cos();
            middle + 0.04 * ring as f32 * Vec3A::new(cos, sin, 0.0)
        });
        let small = ceiling_panel(0.3, 0.3);
        let hung = places.clone().any(|at| room.place(&lamp, at, yaw));
        if !hung && let Some(at) = places.into_iter().find(|&at| room.has_room(&small, at, yaw)) {
            room.place(&small, at, yaw);
        }
    }
    if shares.len() > 1 {
        // Several lamps share the light of one.
        let share = [1.0, 1.0, 0.62, 0.45][shares.len().min(3)];
        for lamp in room.lamps.iter_mut().filter(|lamp| lamp.casts_shadow) {
            lamp.colour *= share;
        }
    }
}
