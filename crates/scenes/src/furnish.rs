//! Which pieces stand in which kind of room.

use glam::Vec3A;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::class::RoomKind;
use crate::fittings::{
    basin, bath, fridge, kitchen_unit, stove, toilet, wall_cupboard, washing_machine,
};
use crate::furniture::{
    bed, cabinet, ceiling_panel, chair, hanging_lamp, office_chair, picture, plant, rug, screen,
    shelf, sofa, standing_lamp, table,
};
use crate::layout::{FEWEST, Layout, Spot};
use crate::style::Style;

/// Doors and windows first, then what the kind of room is for, then what any room may have.
pub(crate) fn furnish(rng: &mut ChaCha8Rng, kind: RoomKind, style: &Style, room: &mut Layout) {
    openings(rng, kind, style, room);
    match kind {
        RoomKind::Kitchen => kitchen(rng, style, room),
        RoomKind::Bedroom => bedroom(rng, style, room),
        RoomKind::Bathroom => bathroom(rng, style, room),
        RoomKind::Office => office(rng, style, room),
        RoomKind::LivingRoom => living_room(rng, style, room),
        RoomKind::Corridor => corridor(rng, style, room),
    }
    fill(rng, style, room);
    ceiling(rng, kind, room);
}

/// Adds small pieces that find a place anywhere, until a room is not empty.
fn fill(rng: &mut ChaCha8Rng, style: &Style, room: &mut Layout) {
    const TRIES: usize = 60;
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

fn openings(rng: &mut ChaCha8Rng, kind: RoomKind, style: &Style, room: &mut Layout) {
    let doors = if kind == RoomKind::Corridor { rng.random_range(3..=4) } else { 1 };
    for _ in 0..doors {
        let open = rng.random_bool(0.2);
        room.door(rng, style, open);
    }
    let (windows, width, sill) = match kind {
        RoomKind::Bathroom => (rng.random_range(0..=1), 0.6..0.9, 1.2),
        RoomKind::Corridor => (rng.random_range(0..=1), 0.7..1.1, 0.9),
        RoomKind::Kitchen => (1, 0.9..1.4, 1.05),
        _ => (rng.random_range(1..=2), 1.0..1.9, 0.8),
    };
    for _ in 0..windows {
        let (w, drawn) = (rng.random_range(width.clone()), rng.random_bool(0.4));
        room.window(rng, w, sill, drawn);
    }
}

fn kitchen(rng: &mut ChaCha8Rng, style: &Style, room: &mut Layout) {
    for _ in 0..rng.random_range(2..=3) {
        let doors = rng.random_range(2..=4_usize);
        let w = 0.5 * doors as f32;
        let unit = kitchen_unit(rng, style, w, doors);
        let cupboard = wall_cupboard(rng, style, w, doors);
        if let Some(spot) = room.at_wall(&unit, 0.0, rng) {
            room.at_spot(&cupboard, spot, 1.45);
        }
    }
    let appliances = [fridge(rng), stove(rng), washing_machine()];
    for piece in &appliances[..rng.random_range(2..=3)] {
        room.at_wall(piece, 0.0, rng);
    }
    dining(rng, style, room, 3);
    decorate(rng, room, 1, 0.6);
}

/// A table on free floor with chairs around.
fn dining(rng: &mut ChaCha8Rng, style: &Style, room: &mut Layout, chairs: usize) {
    let (w, d) = (rng.random_range(0.8..1.3), rng.random_range(0.7..0.85));
    let round = rng.random_bool(0.3);
    let d = if round { w } else { d };
    let height = rng.random_range(0.7..0.78);
    let mut top = table(rng, style, [w, d, height], round);
    if rng.random_bool(0.5) {
        top.with(&plant(rng, 0.35), Vec3A::new(0.0, d / 2.0 - 0.14, height));
    }
    let seat = chair(rng, style);
    room.table_with_chairs(rng, &top, [w, d], &seat, chairs);
}

fn bedroom(rng: &mut ChaCha8Rng, style: &Style, room: &mut Layout) {
    let bed = bed(rng, style);
    let half = bed.primitives[0].shape.bounds().max.x;
    if let Some(spot) = room.at_wall(&bed, 0.0, rng) {
        for side in [-1.0, 1.0] {
            let size = [0.45, 0.4, rng.random_range(0.45..0.6)];
            let mut stand = cabinet(rng, style, size, 1);
            if rng.random_bool(0.7) {
                stand.with(&standing_lamp(rng, 0.28), Vec3A::new(0.0, 0.05, size[2]));
            }
            let along = spot.along + side * (half + 0.25);
            room.at_spot(&stand, Spot { along, ..spot }, 0.0);
        }
    }
    let wardrobe = [rng.random_range(1.2..1.8), 0.6, rng.random_range(1.9..2.15)];
    room.at_wall(&cabinet(rng, style, wardrobe, 3), 0.0, rng);
    let chest = [rng.random_range(0.8..1.2), 0.45, rng.random_range(0.75..1.0)];
    room.at_wall(&cabinet(rng, style, chest, 2), 0.0, rng);
    if rng.random_bool(0.5) {
        room.at_wall(&shelf(rng, style, 0.8, 1.8), 0.0, rng);
    }
    room.at_wall(&chair(rng, style), 0.0, rng);
    lay_rug(rng, style, room, 0.45);
    decorate(rng, room, 2, 0.7);
}

fn bathroom(rng: &mut ChaCha8Rng, style: &Style, room: &mut Layout) {
    room.at_wall(&bath(rng), 0.0, rng);
    let basin = basin(rng);
    if let Some(spot) = room.at_wall(&basin, 0.0, rng) {
        room.at_spot(&wall_cupboard(rng, style, 0.6, 2), spot, 1.3);
    }
    room.at_wall(&toilet(rng), 0.0, rng);
    if rng.random_bool(0.7) {
        room.at_wall(&washing_machine(), 0.0, rng);
    }
    for _ in 0..rng.random_range(1..=2) {
        let size = [0.5, 0.35, rng.random_range(0.7..1.7)];
        room.at_wall(&cabinet(rng, style, size, 1), 0.0, rng);
    }
    lay_rug(rng, style, room, 0.3);
    decorate(rng, room, 0, 0.5);
}

fn office(rng: &mut ChaCha8Rng, style: &Style, room: &mut Layout) {
    for _ in 0..rng.random_range(2..=4) {
        let w = rng.random_range(1.2..1.7);
        let mut desk = table(rng, style, [w, 0.75, 0.74], false);
        let shift = rng.random_range(-0.2..0.2);
        desk.with(&screen(rng, 0.6), Vec3A::new(shift, 0.0, 0.74));
        if rng.random_bool(0.5) {
            desk.with(&standing_lamp(rng, 0.3), Vec3A::new(0.42 * w, 0.05, 0.74));
        }
        let seat = office_chair(rng);
        if let Some(spot) = room.at_wall(&desk, 0.0, rng) {
            room.before(&seat, spot, 0.85);
        }
    }
    for _ in 0..rng.random_range(1..=2) {
        let (w, h) = (rng.random_range(0.8..1.2), rng.random_range(1.2..2.1));
        room.at_wall(&shelf(rng, style, w, h), 0.0, rng);
    }
    let size = [rng.random_range(0.8..1.4), 0.45, rng.random_range(0.8..1.3)];
    room.at_wall(&cabinet(rng, style, size, 2), 0.0, rng);
    if rng.random_bool(0.4) {
        let seat = chair(rng, style);
        let round = table(rng, style, [1.1, 1.1, 0.74], true);
        room.table_with_chairs(rng, &round, [1.1, 1.1], &seat, 3);
    }
    decorate(rng, room, 1, 0.8);
}

fn living_room(rng: &mut ChaCha8Rng, style: &Style, room: &mut Layout) {
    let w = rng.random_range(1.7..2.4);
    if let Some(spot) = room.at_wall(&sofa(rng, style, w), 0.0, rng) {
        let coffee = table(rng, style, [0.9, 0.55, 0.42], false);
        room.before(&coffee, spot, 1.35);
    }
    room.at_wall(&sofa(rng, style, 0.95), 0.0, rng);
    let mut stand = cabinet(rng, style, [1.5, 0.42, 0.5], 3);
    stand.with(&screen(rng, 1.15), Vec3A::new(0.0, 0.0, 0.5));
    room.at_wall(&stand, 0.0, rng);
    for _ in 0..rng.random_range(1..=2) {
        let (w, h) = (rng.random_range(0.8..1.4), rng.random_range(1.0..2.1));
        room.at_wall(&shelf(rng, style, w, h), 0.0, rng);
    }
    let pole = rng.random_range(1.2..1.4);
    room.at_wall(&standing_lamp(rng, pole), 0.0, rng);
    if rng.random_bool(0.6) {
        dining(rng, style, room, 4);
    }
    lay_rug(rng, style, room, 0.45);
    decorate(rng, room, 3, 0.9);
}

fn corridor(rng: &mut ChaCha8Rng, style: &Style, room: &mut Layout) {
    for _ in 0..rng.random_range(1..=2) {
        let size = [rng.random_range(0.7..1.2), 0.35, rng.random_range(0.75..1.1)];
        let mut chest = cabinet(rng, style, size, 2);
        if rng.random_bool(0.5) {
            chest.with(&standing_lamp(rng, 0.3), Vec3A::new(0.0, 0.05, size[2]));
        }
        room.at_wall(&chest, 0.0, rng);
    }
    for _ in 0..rng.random_range(1..=2) {
        room.at_wall(&chair(rng, style), 0.0, rng);
    }
    room.at_wall(&shelf(rng, style, 0.9, 1.0), 0.0, rng);
    lay_rug(rng, style, room, 0.42);
    decorate(rng, room, 4, 1.0);
}

/// Pictures and plants; the more often, the larger `green`.
fn decorate(rng: &mut ChaCha8Rng, room: &mut Layout, pictures: usize, green: f64) {
    for _ in 0..2 {
        if rng.random_bool(green) {
            let height = rng.random_range(0.6..1.3);
            room.at_wall(&plant(rng, height), 0.0, rng);
        }
    }
    for _ in 0..pictures {
        let (w, h) = (rng.random_range(0.4..1.0), rng.random_range(0.4..0.75));
        room.at_wall(&picture(rng, w, h), 1.25, rng);
    }
}

fn lay_rug(rng: &mut ChaCha8Rng, style: &Style, room: &mut Layout, share: f32) {
    if rng.random_bool(0.75) {
        let rug = rug(rng, style, share * room.size.x, share * room.size.y);
        room.place_freely(&rug, 0.5 * room.size.with_z(0.0), 0.0);
    }
}

/// A hanging lamp, or panels where people work, walk and wash.
fn ceiling(rng: &mut ChaCha8Rng, kind: RoomKind, room: &mut Layout) {
    let long_x = room.size.x > room.size.y;
    let shares: &[f32] = match kind {
        RoomKind::Office | RoomKind::Corridor => &[0.28, 0.72],
        _ => &[0.5],
    };
    for &share in shares {
        let (x, y) = if long_x { (share, 0.5) } else { (0.5, share) };
        let at = room.size * Vec3A::new(x, y, 1.0);
        let lamp = match kind {
            RoomKind::Office => ceiling_panel(0.6, 1.2),
            RoomKind::Bathroom | RoomKind::Corridor => ceiling_panel(0.45, 0.45),
            _ => hanging_lamp(rng, room.size.z - 2.2),
        };
        room.place_freely(&lamp, at, 0.0);
    }
    if shares.len() > 1 {
        // Two lamps share the light of one.
        for lamp in room.lamps.iter_mut().filter(|lamp| lamp.casts_shadow) {
            lamp.colour *= 0.62;
        }
    }
}
