//! Offices: desks with screens and chairs, bookcases, cabinets.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::openings::{Window, doors, window};
use super::{Chairs, decorate, dining_table};
use crate::furniture::{
    bookcase, box_pile, chest, clock, desk, office_chair, small_things, table, wall_board,
};
use crate::layout::Layout;
use crate::style::Style;
use glam::Vec3A;

pub(super) fn furnish(rng: &mut ChaCha8Rng, style: &Style, room: &mut Layout) -> bool {
    doors(rng, style, room, 1);
    let mut desks = 0;
    for _ in 0..rng.random_range(2..=4) {
        let w = rng.random_range(1.3..1.7);
        let desk = desk(rng, style, w);
        let seat = office_chair(rng);
        let Some(spot) = room.at_wall(&desk, 0.0, rng) else { continue };
        desks += 1;
        let host = room.last();
        let turn = rng.random_range(-0.6..0.6);
        for (out, turn) in [(0.62, turn), (0.75, 0.5 * turn), (0.85, 0.0)] {
            let at = spot.beside(-0.08).point(out, 0.0);
            if room.tuck(&seat, at, spot.yaw() + turn, host) {
                break;
            }
        }
        if rng.random_bool(0.4) {
            room.at_spot(&wall_board(rng, style, 1.0), spot, 1.5);
        }
    }
    if desks == 0 {
        return false;
    }
    for _ in 0..rng.random_range(1..=2) {
        let width = rng.random_range(1.1..1.9);
        window(rng, room, &Window { width, sill: 0.9, curtains: 0.15 });
    }
    for _ in 0..rng.random_range(1..=2) {
        let (w, h) = (rng.random_range(0.8..1.2), rng.random_range(1.2..2.1));
        room.at_wall(&bookcase(rng, style, w, h), 0.0, rng);
    }
    if rng.random_bool(0.8) {
        let size = [rng.random_range(0.45..0.9), 0.5, rng.random_range(0.7..1.35)];
        let mut files = chest(rng, style, size, 3);
        files.with(&small_things(rng, 0.15, 1), Vec3A::new(0.0, 0.25, size[2]));
        room.at_wall(&files, 0.0, rng);
    }
    if rng.random_bool(0.4) {
        let round = table(rng, style, [1.1, 1.1, 0.74], true);
        let chairs = Chairs { sides: 1, ends: true };
        dining_table(rng, style, room, &round, [1.1, 1.1], chairs);
    }
    if rng.random_bool(0.4) {
        room.at_wall(&box_pile(rng, 0.5), 0.0, rng);
    }
    if rng.random_bool(0.5) {
        room.at_wall(&clock(rng), 1.9, rng);
    }
    decorate(rng, room, 1, 0.7);
    true
}
