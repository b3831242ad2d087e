//! Bedrooms: a bed with nightstands, a wardrobe, a chest, curtains.

use std::f32::consts::PI;

use glam::Vec3A;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::openings::{Window, doors, window};
use super::{decorate, hang_above};
use crate::furniture::{
    Bed, armchair, bed, bench, box_pile, chest, mirror, rug, small_things, standing_lamp, stool,
    wall_board, wardrobe,
};
use crate::layout::{Layout, Spot};
use crate::style::Style;

pub(super) fn furnish(rng: &mut ChaCha8Rng, style: &Style, room: &mut Layout) -> bool {
    doors(rng, style, room, 1);
    let double = rng.random_bool(0.65);
    let mut spot = None;
    for double in [double, false] {
        let bed = bed(rng, style, double);
        spot = room.at_wall(&bed.piece, 0.0, rng);
        if let Some(spot) = spot {
            around(rng, style, room, &bed, spot);
            break;
        }
    }
    let Some(spot) = spot else { return false };
    room.at_wall(&wardrobe(rng, style), 0.0, rng);
    for _ in 0..rng.random_range(1..=2) {
        let width = rng.random_range(1.0..1.7);
        window(rng, room, &Window { width, sill: 0.85, curtains: 0.75 });
    }
    hang_above(rng, room, spot, 1.35);
    if rng.random_bool(0.75) {
        let size = [rng.random_range(0.8..1.2), 0.45, rng.random_range(0.75..0.95)];
        let mut drawers = chest(rng, style, size, 3);
        drawers.with(&small_things(rng, 0.35, 2), Vec3A::new(0.0, 0.22, size[2]));
        if let Some(spot) = room.at_wall(&drawers, 0.0, rng)
            && rng.random_bool(0.7)
        {
            room.at_spot(&mirror(rng, 0.6, 0.8), spot, size[2] + 0.32);
            if rng.random_bool(0.5) {
                room.before(&stool(style, 0.45), spot, 0.55, 0.0);
            }
        }
    }
    if rng.random_bool(0.4) {
        room.at_wall(&armchair(rng, style), 0.0, rng);
    }
    if rng.random_bool(0.4) {
        room.at_wall(&wall_board(rng, style, 0.8), 1.5, rng);
    }
    if rng.random_bool(0.3) {
        room.at_wall(&box_pile(rng, 0.45), 0.0, rng);
    }
    decorate(rng, room, 1, 0.45);
    true
}

/// Nightstands with lamps at both sides, a bench at the foot, a rug below.
fn around(rng: &mut ChaCha8Rng, style: &Style, room: &mut Layout, bed: &Bed, spot: Spot) {
    let size = [0.45, 0.4, rng.random_range(0.45..0.6)];
    for side in [-1.0, 1.0] {
        let mut stand = chest(rng, style, size, 2);
        if rng.random_bool(0.8) {
            stand.with(&standing_lamp(rng, 0.28), Vec3A::new(0.0, 0.06, size[2]));
        } else {
            stand.with(&small_things(rng, 0.1, 1), Vec3A::new(0.0, 0.2, size[2]));
        }
        room.at_spot(&stand, spot.beside(side * (bed.half + 0.26)), 0.0);
    }
    if bed.double && rng.random_bool(0.35) {
        room.before(&bench(style, 1.2), spot, 2.65, PI);
    }
    if rng.random_bool(0.8) {
        let rug = rug(rng, style, 2.0 * bed.half + 1.0, 1.7);
        room.lay(&rug, spot.point(1.5, 0.0), spot.yaw());
    }
}
