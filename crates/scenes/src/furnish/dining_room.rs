//! Dining rooms: a long or round table laid for many, a sideboard, lamps above the table.

use glam::Vec3A;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::openings::{Window, doors, window};
use super::{Chairs, decorate, dining_table, hang_above};
use crate::class::Class;
use crate::fittings::fireplace;
use crate::furniture::{
    bookcase, bowl, cabinet, mirror, pendants, place_setting, rug, small_things, table, vase,
};
use crate::layout::{Layout, Spot};
use crate::plan::Plan;
use crate::style::Style;

pub(super) fn furnish(rng: &mut ChaCha8Rng, plan: Plan, style: &Style, room: &mut Layout) -> bool {
    doors(rng, style, room, 1);
    let Some((centre, yaw)) = laid_table(rng, style, room) else { return false };
    let chairs = room.groups.iter().filter(|g| g.primitives[0].class() == Class::Chair).count();
    if chairs < 3 {
        return false;
    }
    if rng.random_bool(0.7) {
        let wide = rng.random_range(2.2..3.0);
        let rug = rug(rng, style, wide, 2.0);
        room.lay(&rug, centre, yaw);
    }
    if plan == Plan::Chimney {
        let breast = room.faces.iter().find(|f| !f.outer && f.length() > 1.0).copied();
        if let Some(face) = breast {
            let spot = Spot { face, along: 0.5 * (face.from + face.to) };
            room.at_spot(&fireplace(rng), spot, 0.0);
        }
    }
    let size = [rng.random_range(1.2..1.8), 0.42, rng.random_range(0.8..0.95)];
    let mut sideboard = cabinet(rng, style, size, 3);
    sideboard.with(&small_things(rng, 0.45 * size[0], 4), Vec3A::new(0.0, 0.2, size[2]));
    if let Some(spot) = room.at_wall(&sideboard, 0.0, rng) {
        if rng.random_bool(0.5) {
            room.at_spot(&mirror(rng, 0.9, 0.6), spot, 1.4);
        } else {
            hang_above(rng, room, spot, 1.4);
        }
    }
    for _ in 0..rng.random_range(1..=2) {
        let width = rng.random_range(1.0..1.8);
        window(rng, room, &Window { width, sill: 0.8, curtains: 0.75 });
    }
    if rng.random_bool(0.5) {
        room.at_wall(&bookcase(rng, style, 0.9, 1.9), 0.0, rng);
    }
    let cord = (room.size.z - 1.85).max(0.2);
    if room.place(&pendants(rng, cord, 0.45), centre.with_z(room.size.z - 2e-3), yaw) {
        // The lamp over the table is the light by which one eats.
        room.lamps.iter_mut().filter(|lamp| lamp.casts_shadow).for_each(|lamp| lamp.colour *= 0.5);
    }
    decorate(rng, room, 2, 0.6);
    true
}

/// A large table with plates, glasses and something in its middle, and chairs around it.
fn laid_table(rng: &mut ChaCha8Rng, style: &Style, room: &mut Layout) -> Option<(Vec3A, f32)> {
    for shrink in [1.0, 0.75] {
        let round = rng.random_bool(0.25);
        let long = shrink * rng.random_range(1.5..2.1);
        let (w, d) =
            if round { (0.7 * long, 0.7 * long) } else { (long, rng.random_range(0.85..1.0)) };
        let mut top = table(rng, style, [w, d, 0.75], round);
        let chairs =
            Chairs { sides: if w > 1.3 { 2 } else { 1 }, ends: round || rng.random_bool(0.7) };
        if rng.random_bool(0.6) {
            let plate = place_setting(rng);
            for i in 0..chairs.sides {
                let x = w * ((i as f32 + 0.5) / chairs.sides as f32 - 0.5);
                for y in [0.2, d - 0.2] {
                    top.with(&plate, Vec3A::new(0.8 * x, y, 0.75));
                }
            }
        }
        let centre = if rng.random_bool(0.5) { bowl(rng) } else { vase(rng) };
        top.with(&centre, Vec3A::new(0.0, d / 2.0, 0.75));
        if let Some(place) = dining_table(rng, style, room, &top, [w, d], chairs) {
            return Some(place);
        }
    }
    None
}
