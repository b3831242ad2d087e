//! Living rooms: a sofa before a low table, a television or a fireplace, bookcases.

use std::f32::consts::PI;

use glam::Vec3A;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::openings::{Window, doors, window};
use super::{breakfast, decorate, hang_above};
use crate::fittings::fireplace;
use crate::furniture::{
    armchair, bookcase, cabinet, coffee_table, mirror, rug, screen, sofa, standing_lamp,
};
use crate::layout::{Layout, Spot};
use crate::plan::Plan;
use crate::style::Style;

pub(super) fn furnish(rng: &mut ChaCha8Rng, plan: Plan, style: &Style, room: &mut Layout) -> bool {
    doors(rng, style, room, 1);
    let fire = if plan == Plan::Chimney { hearth(rng, room) } else { None };
    // Across from the fire, or where there is room.
    let width = rng.random_range(1.6..2.3);
    let couch = sofa(rng, style, width);
    let across = fire.and_then(|spot| room.opposite(spot));
    let spot = across.filter(|&spot| room.at_spot(&couch, spot, 0.0));
    let Some(spot) = spot.or_else(|| room.at_wall(&couch, 0.0, rng)) else { return false };
    if !television(rng, style, room, spot) && fire.is_none() {
        return false;
    }
    seats(rng, style, room, spot, width);
    for _ in 0..rng.random_range(1..=2) {
        let width = rng.random_range(1.1..1.9);
        window(rng, room, &Window { width, sill: 0.75, curtains: 0.75 });
    }
    hang_above(rng, room, spot, 1.3);
    for _ in 0..rng.random_range(1..=2) {
        let (w, h) = (rng.random_range(0.8..1.4), rng.random_range(1.0..2.1));
        room.at_wall(&bookcase(rng, style, w, h), 0.0, rng);
    }
    let large = room.size.x * room.size.y > 24.0;
    if large && rng.random_bool(0.4) {
        breakfast(rng, style, room);
    }
    decorate(rng, room, 2, 0.8);
    true
}

/// A fireplace at a chimney breast, the wall's face that looks into the room, below a mirror.
fn hearth(rng: &mut ChaCha8Rng, room: &mut Layout) -> Option<Spot> {
    let breast = |f: &&crate::plan::Face| !f.outer && f.length() > 1.0;
    let face = *room.faces.iter().find(breast)?;
    let spot = Spot { face, along: 0.5 * (face.from + face.to) };
    if !room.at_spot(&fireplace(rng), spot, 0.0) {
        return None;
    }
    let size = [rng.random_range(0.5..0.9), rng.random_range(0.5..0.7)];
    if rng.random_bool(0.6) {
        room.at_spot(&mirror(rng, size[0], size[1]), spot, 1.5);
    } else {
        hang_above(rng, room, spot, 1.5);
    }
    Some(spot)
}

/// A screen on a low cabinet, across from the sofa if possible.
fn television(rng: &mut ChaCha8Rng, style: &Style, room: &mut Layout, sofa: Spot) -> bool {
    let w = rng.random_range(0.95..1.3);
    let mut stand = cabinet(rng, style, [1.5, 0.42, 0.48], 3);
    stand.with(&screen(rng, w), Vec3A::new(0.0, 0.0, 0.48));
    let across = room.opposite(sofa);
    across.is_some_and(|spot| room.at_spot(&stand, spot, 0.0))
        || room.at_wall(&stand, 0.0, rng).is_some()
}

/// What stands around the sofa: low table, rug, armchairs turned to the table, a lamp.
fn seats(rng: &mut ChaCha8Rng, style: &Style, room: &mut Layout, spot: Spot, width: f32) {
    let (low, depth) = coffee_table(rng, style);
    let away = 1.3 + rng.random_range(0.0..0.2);
    let tabled = room.before(&low, spot, away, 0.0);
    let centre = spot.point(away + depth / 2.0, 0.0);
    if rng.random_bool(0.8) {
        let rug = rug(rng, style, width + 0.5, 1.9);
        room.lay(&rug, spot.point(1.75, 0.0), spot.yaw());
    }
    let seat = armchair(rng, style);
    for side in [-1.0, 1.0] {
        if tabled && rng.random_bool(0.6) {
            // Beside the table, its back away from it and a little from the sofa.
            let turn = side * rng.random_range(1.2..2.2);
            let yaw = spot.yaw() + turn;
            let back = Vec3A::new(yaw.sin(), -yaw.cos(), 0.0);
            room.place(&seat, centre + back * 1.55, yaw);
        }
    }
    if !tabled {
        room.at_wall(&seat, 0.0, rng);
    }
    let pole = rng.random_range(1.15..1.4);
    let lamp = standing_lamp(rng, pole);
    let side = if rng.random_bool(0.5) { 1.0 } else { -1.0 };
    let beside = [side, -side].map(|side| spot.beside(side * (width / 2.0 + 0.26)));
    if !beside.into_iter().any(|spot| room.at_spot(&lamp, spot, 0.0)) {
        room.before(&lamp, spot, 2.6, PI);
    }
}
