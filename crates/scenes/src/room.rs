//! Rooms: what makes a kitchen a kitchen.

use glam::{Vec3, Vec3A};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::class::RoomKind;
use crate::furnish;
use crate::layout::Layout;
use crate::scene::{Scene, Sun};
use crate::style::{Style, grey, hsv, two, wood};
use crate::texture::{Pattern, Texture};

/// The random stream of one purpose of one scene: independent of every other scene's.
pub(crate) fn stream(seed: u64, index: u64, purpose: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(index.wrapping_mul(4).wrapping_add(purpose));
    rng
}

/// Surfaces of a room.
struct Shell {
    walls: [Texture; 4],
    skirting: Texture,
    floor: Texture,
    ceiling: Texture,
}

impl Scene {
    /// A furnished box room, a function of the seed and the scene's number alone.
    ///
    /// Kinds take turns, so that any run of six scenes has one of each. Rooms measure 2.5–7 m and
    /// hold 6–12 pieces of furniture besides doors, windows, pictures and lamps.
    pub fn room(seed: u64, index: u64) -> Self {
        let mut rng = stream(seed, index, 0);
        let kind = RoomKind::ALL[(index % RoomKind::ALL.len() as u64) as usize];
        let size = size(&mut rng, kind);
        let hue = hue(&mut rng, kind);
        let style = Style::new(&mut rng, hue);
        let shell = shell(&mut rng, kind, hue);
        let mut layout = Layout::new(size);
        furnish::furnish(&mut rng, kind, &style, &mut layout);
        let Layout { groups, lamps, panes, openings, .. } = layout;
        let sun = Sun::shining(&mut stream(seed, index, 2), &openings);
        let ambient = Vec3::new(0.23, 0.24, 0.27) * rng.random_range(0.8..1.15);
        let Shell { walls, skirting, floor, ceiling } = shell;
        Self {
            seed,
            index,
            kind,
            size,
            walls,
            skirting,
            floor,
            ceiling,
            openings,
            groups,
            lamps,
            panes,
            sun,
            ambient,
        }
    }
}

/// Length, width, height; the longer side lies along x or y.
fn size(rng: &mut ChaCha8Rng, kind: RoomKind) -> Vec3A {
    let (length, width, height) = match kind {
        RoomKind::Kitchen => (3.0..4.6, 2.6..3.6, 2.4..2.7),
        RoomKind::Bedroom => (3.4..4.8, 3.0..4.2, 2.4..2.7),
        RoomKind::Bathroom => (2.7..3.4, 2.5..3.0, 2.3..2.5),
        RoomKind::Office => (4.0..6.5, 3.2..5.0, 2.6..3.0),
        RoomKind::LivingRoom => (4.6..7.0, 3.8..5.8, 2.5..3.1),
        RoomKind::Corridor => (5.5..7.0, 2.5..2.8, 2.3..2.6),
    };
    let [length, width, height] = [length, width, height].map(|range| rng.random_range(range));
    if rng.random_bool(0.5) {
        Vec3A::new(length, width, height)
    } else {
        Vec3A::new(width, length, height)
    }
}

/// The leading hue, typical of the kind.
fn hue(rng: &mut ChaCha8Rng, kind: RoomKind) -> f32 {
    match kind {
        RoomKind::Kitchen => rng.random_range(0.0..0.2),
        RoomKind::Bedroom => rng.random_range(0.62..0.95),
        RoomKind::Bathroom => rng.random_range(0.42..0.6),
        RoomKind::Office => rng.random_range(0.5..0.68),
        RoomKind::LivingRoom => rng.random_range(0.95..1.15),
        RoomKind::Corridor => rng.random_range(0.1..0.4),
    }
}

fn shell(rng: &mut ChaCha8Rng, kind: RoomKind, hue: f32) -> Shell {
    let pale = hsv(hue + rng.random_range(-0.05..0.05), rng.random_range(0.08..0.35), 0.92);
    let strong = hsv(hue, rng.random_range(0.4..0.7), rng.random_range(0.65..0.9));
    let white = grey(rng.random_range(0.88..0.96));
    let (wall, floor) = match kind {
        RoomKind::Kitchen => {
            let (a, b) = (grey(0.9), hsv(hue, 0.6, rng.random_range(0.4..0.75)));
            let period = rng.random_range(0.5..0.8);
            (Texture::plain(pale), two(rng, Pattern::Checker, a, b, period))
        }
        RoomKind::Bedroom => {
            let carpet = hsv(hue + 0.05, 0.4, rng.random_range(0.45..0.7));
            let (period, brown) = (rng.random_range(0.2..0.4), wood(rng, 0.14));
            let paper = two(rng, Pattern::Stripes, pale, pale.lerp(strong, 0.4), period);
            let floor = two(rng, Pattern::Clouds, carpet, carpet * 0.7, 0.12);
            (
                if rng.random_bool(0.6) { paper } else { Texture::plain(pale) },
                if rng.random_bool(0.6) { floor } else { brown },
            )
        }
        RoomKind::Bathroom => {
            let (wide, small) = (rng.random_range(0.3..0.5), rng.random_range(0.18..0.28));
            let grout = if rng.random_bool(0.5) { grey(0.95) } else { grey(0.35) };
            (
                two(rng, Pattern::Tiles, pale.lerp(strong, 0.5), grout, small),
                two(rng, Pattern::Tiles, strong * 0.6, grey(0.85), wide),
            )
        }
        RoomKind::Office => {
            let carpet = hsv(hue, rng.random_range(0.1..0.5), rng.random_range(0.3..0.55));
            (Texture::plain(white), two(rng, Pattern::Clouds, carpet, carpet * 1.5, 0.1))
        }
        RoomKind::LivingRoom => (Texture::plain(pale), wood(rng, 0.16)),
        RoomKind::Corridor => {
            let stone = hsv(rng.random_range(0.05..0.12), 0.35, rng.random_range(0.5..0.75));
            let period = rng.random_range(0.5..0.8);
            (Texture::plain(pale), two(rng, Pattern::Bricks, stone, stone * 0.45, period))
        }
    };
    let mut walls = [wall; 4];
    match kind {
        // One wall of another colour, or of bricks.
        RoomKind::LivingRoom | RoomKind::Office if rng.random_bool(0.7) => {
            let bricks = hsv(0.03, 0.65, 0.65);
            let other = if rng.random_bool(0.4) {
                two(rng, Pattern::Bricks, bricks, grey(0.8), 0.4)
            } else {
                Texture::plain(strong)
            };
            walls[rng.random_range(0..4_usize)] = other;
        }
        RoomKind::Kitchen if rng.random_bool(0.6) => {
            let tiles = two(rng, Pattern::Tiles, strong, grey(0.92), 0.2);
            walls[rng.random_range(0..4_usize)] = tiles;
        }
        _ => {}
    }
    let ceiling = if kind == RoomKind::Office {
        two(rng, Pattern::Tiles, white, grey(0.6), 0.6)
    } else {
        Texture::plain(white)
    };
    let skirting = Texture::plain(match kind {
        RoomKind::Bathroom | RoomKind::Kitchen => strong * 0.5,
        _ if rng.random_bool(0.5) => grey(0.95),
        _ => hsv(0.07, 0.6, 0.4),
    });
    Shell { walls, skirting, floor, ceiling }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_index_give_the_same_room_and_others_another() {
        assert_eq!(Scene::room(3, 8), Scene::room(3, 8));
        assert_ne!(Scene::room(3, 8).groups, Scene::room(3, 14).groups);
        assert_ne!(Scene::room(3, 8).groups, Scene::room(4, 8).groups);
    }

    #[test]
    fn kinds_take_turns() {
        let kinds: Vec<_> = (0..6).map(|index| Scene::room(1, index).kind).collect();
        assert_eq!(kinds, RoomKind::ALL);
    }

    #[test]
    fn rooms_are_as_large_and_as_full_as_promised() {
        for index in 0..600 {
            let room = Scene::room(5, index);
            assert!(room.size.x.min(room.size.y) >= 2.5 && room.size.max_element() <= 7.0);
            let furniture = room.groups.iter().filter(|g| g.is_furniture()).count();
            assert!((6..=12).contains(&furniture), "{index}: {furniture} pieces");
            assert!(!room.lamps.is_empty());
            for group in &room.groups {
                let inside = group.bounds.min.cmpge(Vec3A::splat(-0.01)).all()
                    && group.bounds.max.cmple(room.size + 0.01).all();
                assert!(inside, "{index}: {:?} in {}", group.bounds, room.size);
            }
        }
    }
}
