//! Lamps for a building that has none: below the ceilings, wherever one can stand.

use glam::{Vec3, Vec3A};

use super::floor::Place;
use crate::scene::Lamp;

/// Lamps hang so far apart, metres, farther where there would be more than [`MOST`].
const APART: f32 = 3.2;
const MOST: usize = 80;
/// So far below a ceiling, and at most so high above the floor, metres.
const BELOW: f32 = 0.35;
const HIGHEST: f32 = 2.7;

/// Lamps for every part of the floor, the widest places first.
pub(super) fn hang(parts: &[Vec<Place>]) -> Vec<Lamp> {
    let mut apart = APART;
    loop {
        let lamps: Vec<Lamp> = parts.iter().flat_map(|part| of_part(part, apart)).collect();
        if lamps.len() <= MOST.max(parts.len()) {
            return lamps;
        }
        apart *= 1.5;
    }
}

fn of_part(part: &[Place], apart: f32) -> Vec<Lamp> {
    let centre = part.iter().map(|p| p.spot.point).sum::<Vec3A>() / part.len().max(1) as f32;
    let mut order: Vec<&Place> = part.iter().collect();
    // Where there is most room, and there in the middle of the part.
    let off = |place: &Place| place.spot.point.distance(centre);
    order.sort_by(|a, b| b.free.total_cmp(&a.free).then(off(a).total_cmp(&off(b))));
    let mut hung: Vec<Vec3A> = Vec::new();
    for place in order {
        let height = (place.spot.headroom - BELOW).min(HIGHEST);
        let position = place.spot.point + height * Vec3A::Z;
        if hung.iter().all(|other| other.distance(position) >= apart) {
            hung.push(position);
        }
    }
    let reach = (0.4 * apart + 0.6).max(1.4);
    // Several lamps share the light of one.
    let share = [1.0, 1.0, 0.8, 0.6][hung.len().min(3)];
    let colour = Vec3::new(0.95, 0.9, 0.8) * share;
    let lamp = |position| Lamp { position, colour, reach, casts_shadow: true, radius: 0.14 };
    hung.into_iter().map(lamp).collect()
}
