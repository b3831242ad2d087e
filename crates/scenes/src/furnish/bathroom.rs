//! Bathrooms: bath or shower, basin below a mirror, toilet, towels.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::openings::{Window, doors, window};
use super::{decorate, lay_rug};
use crate::fittings::{basin, bath, radiator, shower, toilet, towel_rail, washing_machine};
use crate::furniture::{bottle, box_pile, cabinet, mirror, wall_board, wall_lamp};
use crate::layout::Layout;
use crate::style::Style;

pub(super) fn furnish(rng: &mut ChaCha8Rng, style: &Style, room: &mut Layout) -> bool {
    doors(rng, style, room, 1);
    let (tub, stall) = (bath(rng, style), shower(rng, style));
    let bathed = rng.random_bool(0.6) && room.at_wall(&tub, 0.0, rng).is_some();
    let showered = (!bathed || rng.random_bool(0.3)) && room.at_wall(&stall, 0.0, rng).is_some();
    let washed = wash(rng, style, room);
    let seated = room.at_wall(&toilet(rng), 0.0, rng).is_some();
    if !((bathed || showered) && washed && seated) {
        return false;
    }
    if rng.random_bool(0.6) {
        let width = rng.random_range(0.55..0.9);
        window(rng, room, &Window { width, sill: 1.2, curtains: 0.2 });
    }
    if rng.random_bool(0.45) {
        room.at_wall(&washing_machine(), 0.0, rng);
    }
    for _ in 0..rng.random_range(0..=2) {
        let height = rng.random_range(0.7..1.7);
        let mut side = cabinet(rng, style, [0.45, 0.35, height], 1);
        if height < 1.2 {
            side.with(&bottle(rng), glam::Vec3A::new(0.0, 0.18, height));
        }
        room.at_wall(&side, 0.0, rng);
    }
    room.at_wall(&towel_rail(rng), 0.75, rng);
    if rng.random_bool(0.5) {
        room.at_wall(&radiator(0.5), 0.0, rng);
    }
    if rng.random_bool(0.3) {
        room.at_wall(&wall_board(rng, style, 0.5), 1.5, rng);
    }
    if rng.random_bool(0.3) {
        room.at_wall(&box_pile(rng, 0.4), 0.0, rng);
    }
    if rng.random_bool(0.7) {
        lay_rug(rng, style, room, 0.3);
    }
    decorate(rng, room, 0, 0.3);
    true
}

/// A basin, a mirror above it, lamps beside the mirror.
fn wash(rng: &mut ChaCha8Rng, style: &Style, room: &mut Layout) -> bool {
    let basin = basin(rng, style);
    let height = rng.random_range(0.6..0.85);
    let mirror = mirror(rng, 0.55, height);
    let mut all = basin.clone();
    all.with(&mirror, glam::Vec3A::Z * 1.15);
    // Where the mirror has room too, unless ceilings slope down to every free wall.
    let spot = room.seek(&all, 0.0, rng, false).or_else(|| room.seek(&basin, 0.0, rng, false));
    let Some(spot) = spot else { return false };
    room.at_spot(&basin, spot, 0.0);
    if room.at_spot(&mirror, spot, 1.15) && rng.random_bool(0.5) {
        for x in [-0.4, 0.4] {
            room.at_spot(&wall_lamp(rng), spot.beside(x), 1.6);
        }
    }
    true
}
