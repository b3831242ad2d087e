//! Kitchens: a run of units with sink and stove, wall units and a hood, a fridge, a table.

use glam::Vec3A;
use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::openings::{Window, doors, window};
use super::{breakfast, decorate};
use crate::fittings::{Unit, fridge, kitchen_run, wall_units, washing_machine};
use crate::furniture::{cabinet, small_things, stool, wall_board};
use crate::layout::{Layout, Spot};
use crate::piece::plain;
use crate::style::{Style, grey, two};
use crate::texture::Pattern;

/// Where wall units begin, metres.
const UPPER: f32 = 1.42;

pub(super) fn furnish(rng: &mut ChaCha8Rng, style: &Style, room: &mut Layout) -> bool {
    doors(rng, style, room, 1);
    let Some((spot, half)) = run(rng, style, room) else { return false };
    let cold = fridge(rng);
    // Beside the run, or else where there is room.
    let beside = [1.0, -1.0].map(|side| spot.beside(side * (half + 0.32)));
    if !beside.into_iter().any(|spot| room.at_spot(&cold, spot, 0.0))
        && room.at_wall(&cold, 0.0, rng).is_none()
    {
        return false;
    }
    let sill = rng.random_range(0.95..1.1);
    for _ in 0..rng.random_range(1..=2) {
        let width = rng.random_range(0.9..1.4);
        window(rng, room, &Window { width, sill, curtains: 0.3 });
    }
    breakfast(rng, style, room);
    if rng.random_bool(0.3) {
        let high = stool(style, 0.65);
        for _ in 0..2 {
            room.at_wall(&high, 0.0, rng);
        }
    }
    if rng.random_bool(0.25) {
        room.at_wall(&washing_machine(), 0.0, rng);
    }
    if rng.random_bool(0.5) {
        let mut side = cabinet(rng, style, [0.9, 0.45, 0.9], 2);
        side.with(&small_things(rng, 0.4, 3), Vec3A::new(0.0, 0.22, 0.9));
        room.at_wall(&side, 0.0, rng);
    }
    if rng.random_bool(0.5) {
        room.at_wall(&wall_board(rng, style, 0.8), 1.5, rng);
    }
    decorate(rng, room, 1, 0.35);
    true
}

/// The longest run that fits, three to six units, one of them the sink and one the stove; and half
/// its length.
fn run(rng: &mut ChaCha8Rng, style: &Style, room: &mut Layout) -> Option<(Spot, f32)> {
    let worktop = match rng.random_range(0..3) {
        0 => style.wood,
        1 => plain(grey(0.22)).gloss(0.4),
        _ => two(rng, Pattern::Marble, grey(0.9), grey(0.55), 0.5).gloss(0.5),
    };
    let upper = rng.random_bool(0.75);
    for count in (3..=rng.random_range(4..=6_usize)).rev() {
        let mut units = vec![Unit::Sink, Unit::Stove, Unit::Drawers];
        while units.len() < count {
            units.push([Unit::Doors, Unit::Drawers, Unit::Washer][rng.random_range(0..3_usize)]);
        }
        units.shuffle(rng);
        let mut below = kitchen_run(rng, style, &units, worktop);
        for (i, unit) in units.iter().enumerate() {
            if matches!(unit, Unit::Doors | Unit::Drawers | Unit::Washer) && rng.random_bool(0.5) {
                let x = 0.6 * (i as f32 + 0.5) - 0.3 * count as f32;
                below.with(&small_things(rng, 0.15, 1), Vec3A::new(x, 0.3, 0.9));
            }
        }
        let above = wall_units(style, &units, room.size.z - UPPER - 0.005);
        // Where the wall units have room too, if there is such a place.
        let mut all = below.clone();
        all.with(&above, Vec3A::Z * UPPER);
        let spot = if upper { room.seek(&all, 0.0, rng, false) } else { None };
        if let Some(spot) = spot
            && room.at_spot(&below, spot, 0.0)
        {
            room.at_spot(&above, spot, UPPER);
            return Some((spot, 0.3 * count as f32));
        }
        if let Some(spot) = room.at_wall(&below, 0.0, rng) {
            room.at_spot(&above, spot, UPPER);
            return Some((spot, 0.3 * count as f32));
        }
    }
    None
}
