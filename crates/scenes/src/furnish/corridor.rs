//! Corridors: doors on both sides, coats, a chest, a runner, lamps in a row.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::decorate;
use super::openings::{Window, doors, window};
use crate::fittings::radiator;
use crate::furniture::{
    bench, box_pile, chair, chest, coat_rack, mirror, rug, small_things, wall_lamp,
};
use crate::layout::Layout;
use crate::style::Style;
use glam::Vec3A;

pub(super) fn furnish(rng: &mut ChaCha8Rng, style: &Style, room: &mut Layout) -> bool {
    let wanted = rng.random_range(4..=6);
    if doors(rng, style, room, wanted) < 3 {
        return false;
    }
    if rng.random_bool(0.4) {
        window(rng, room, &Window { width: 0.8, sill: 0.95, curtains: 0.4 });
    }
    let coats = coat_rack(rng, style);
    if let Some(spot) = room.at_wall(&coats, 0.95, rng)
        && rng.random_bool(0.6)
    {
        room.at_spot(&bench(style, 1.0), spot, 0.0);
    }
    let size = [rng.random_range(0.7..1.1), 0.32, rng.random_range(0.75..0.9)];
    let mut low = chest(rng, style, size, 2);
    low.with(&small_things(rng, 0.3, 2), Vec3A::new(0.0, 0.16, size[2]));
    if let Some(spot) = room.at_wall(&low, 0.0, rng) {
        room.at_spot(&mirror(rng, 0.5, 0.8), spot, size[2] + 0.35);
    }
    if rng.random_bool(0.6) {
        room.at_wall(&radiator(0.7), 0.0, rng);
    }
    if rng.random_bool(0.5) {
        room.at_wall(&chair(rng, style), 0.0, rng);
    }
    if rng.random_bool(0.3) {
        room.at_wall(&box_pile(rng, 0.4), 0.0, rng);
    }
    for _ in 0..2 {
        room.at_wall(&wall_lamp(rng), 1.65, rng);
    }
    // The runner, along the corridor.
    if rng.random_bool(0.75) {
        let (x, y) = (room.size.x, room.size.y);
        let (w, d) = if x > y { (0.7 * x, 0.45 * y) } else { (0.45 * x, 0.7 * y) };
        let runner = rug(rng, style, w, d);
        room.lay(&runner, Vec3A::new(x / 2.0, y / 2.0, 0.0), 0.0);
    }
    decorate(rng, room, 3, 0.4);
    true
}
