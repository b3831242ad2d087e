//! Rooms: what makes a kitchen a kitchen.

use glam::{Vec3, Vec3A};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::class::RoomKind;
use crate::furnish;
use crate::layout::Layout;
use crate::plan::{Plan, Surfaces};
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

/// How often a room is drawn again when what makes it what it is finds no place.
const ATTEMPTS: usize = 12;

impl Scene {
    /// A furnished room, a function of the seed and the scene's number alone.
    ///
    /// Kinds take turns, so that any run of eight scenes has one of each. Rooms measure 1.6–7.5 m
    /// and hold 4–18 pieces of furniture besides doors, windows, pictures, curtains and lamps.
    /// A quarter of those that are wide enough are L-shaped, others have a niche, a chimney breast
    /// or a sloped ceiling, and some living rooms, dining rooms and kitchens have beams.
    pub fn room(seed: u64, index: u64) -> Self {
        let mut rng = stream(seed, index, 0);
        let kind = RoomKind::ALL[(index % RoomKind::ALL.len() as u64) as usize];
        let hue = hue(&mut rng, kind);
        let style = Style::new(&mut rng, hue);
        let shell = shell(&mut rng, kind, hue);
        let mut layout = draw(&mut rng, kind, &style, &shell, false);
        for attempt in 1..ATTEMPTS {
            if layout.is_some() {
                break;
            }
            // A box without alcoves has more room than any other plan.
            layout = draw(&mut rng, kind, &style, &shell, attempt >= ATTEMPTS / 2);
        }
        let empty = || Layout::new(size(&mut rng, kind));
        let Layout { size, groups, lamps, panes, openings, .. } = layout.unwrap_or_else(empty);
        let sun = Sun::shining(&mut stream(seed, index, 2), &openings);
        let ambient = Vec3::new(0.23, 0.24, 0.27) * rng.random_range(0.8..1.15);
        let Shell { walls, skirting, floor, ceiling } = shell;
        Self {
            seed,
            index,
            kind: Some(kind),
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
            ground: None,
        }
    }
}

/// One attempt at a room.
fn draw(
    rng: &mut ChaCha8Rng,
    kind: RoomKind,
    style: &Style,
    shell: &Shell,
    plain: bool,
) -> Option<Layout> {
    let mut layout = Layout::new(size(rng, kind));
    let drawn = Plan::draw(rng, kind);
    let plan = if plain { Plan::Box } else { drawn };
    let surfaces =
        Surfaces { walls: &shell.walls, skirting: shell.skirting, ceiling: shell.ceiling };
    layout.apply(rng, plan, &surfaces);
    let rustic = matches!(kind, RoomKind::Kitchen | RoomKind::LivingRoom | RoomKind::DiningRoom);
    if rustic && rng.random_bool(0.25) {
        layout.beams(rng, style);
    }
    furnish::furnish(rng, kind, plan, style, &surfaces, &mut layout).then_some(layout)
}

/// Length, width, height; the longer side lies along x or y.
fn size(rng: &mut ChaCha8Rng, kind: RoomKind) -> Vec3A {
    let (length, width, height) = match kind {
        RoomKind::Kitchen => (3.4..4.8, 2.7..3.8, 2.4..2.7),
        RoomKind::Bedroom => (3.6..5.0, 3.1..4.3, 2.4..2.7),
        RoomKind::Bathroom => (2.7..3.6, 2.2..3.0, 2.3..2.5),
        RoomKind::Office => (4.0..6.5, 3.2..5.0, 2.6..3.0),
        RoomKind::LivingRoom => (4.8..7.0, 3.9..5.8, 2.5..3.1),
        RoomKind::Corridor => (5.5..7.5, 1.6..2.2, 2.3..2.6),
        RoomKind::DiningRoom => (4.0..5.8, 3.4..4.4, 2.5..3.0),
        RoomKind::Staircase => (5.0..6.2, 2.9..3.8, 3.8..4.4),
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
        RoomKind::DiningRoom => rng.random_range(0.0..1.0),
        RoomKind::Staircase => rng.random_range(0.08..0.6),
    }
}

/// A floor of wood: boards, parquet or a zigzag.
fn parquet(rng: &mut ChaCha8Rng) -> Texture {
    let boards = wood(rng, 0.15);
    match rng.random_range(0..4) {
        0 => Texture { pattern: Pattern::Parquet, period: 0.4, ..boards },
        1 => Texture { pattern: Pattern::Herringbone, period: 0.45, ..boards },
        _ => boards,
    }
    .gloss(0.25)
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
            let pattern = if rng.random_bool(0.5) { Pattern::Stripes } else { Pattern::Wallpaper };
            let paper = two(rng, pattern, pale, pale.lerp(strong, 0.4), period);
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
                two(rng, Pattern::Tiles, strong * 0.6, grey(0.85), wide).gloss(0.35),
            )
        }
        RoomKind::Office => {
            let carpet = hsv(hue, rng.random_range(0.1..0.5), rng.random_range(0.3..0.55));
            (Texture::plain(white), two(rng, Pattern::Clouds, carpet, carpet * 1.5, 0.1))
        }
        RoomKind::LivingRoom => {
            let plaster = two(rng, Pattern::Plaster, pale, pale * 0.85, 0.3);
            (if rng.random_bool(0.5) { plaster } else { Texture::plain(pale) }, parquet(rng))
        }
        RoomKind::DiningRoom => {
            let period = rng.random_range(0.12..0.3);
            let pattern = if rng.random_bool(0.5) { Pattern::Stripes } else { Pattern::Wallpaper };
            let paper = two(rng, pattern, pale, pale.lerp(strong, 0.3), period);
            (if rng.random_bool(0.5) { paper } else { Texture::plain(pale) }, parquet(rng))
        }
        RoomKind::Staircase => {
            let (light, dark) = (grey(0.85), hsv(hue, 0.3, 0.3));
            let period = rng.random_range(0.6..0.9);
            let floor = two(rng, Pattern::Checker, light, dark, period);
            (Texture::plain(pale), if rng.random_bool(0.5) { floor } else { wood(rng, 0.16) })
        }
        RoomKind::Corridor => {
            let stone = hsv(rng.random_range(0.05..0.12), 0.35, rng.random_range(0.5..0.75));
            let period = rng.random_range(0.5..0.8);
            (Texture::plain(pale), two(rng, Pattern::Bricks, stone, stone * 0.45, period))
        }
    };
    let mut walls = [wall; 4];
    match kind {
        // One wall of another colour, or of bricks.
        RoomKind::LivingRoom | RoomKind::Office | RoomKind::DiningRoom if rng.random_bool(0.7) => {
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
        let kinds: Vec<_> = (0..8).map(|index| Scene::room(1, index).kind).collect();
        assert_eq!(kinds, RoomKind::ALL.map(Some));
    }

    #[test]
    fn rooms_are_as_large_and_as_full_as_promised() {
        for index in 0..600 {
            let room = Scene::room(5, index);
            assert!(room.size.x.min(room.size.y) >= 1.6 && room.size.max_element() <= 7.5);
            let furniture = room.groups.iter().filter(|g| g.is_furniture()).count();
            assert!((4..=18).contains(&furniture), "{index}: {furniture} pieces");
            assert!(!room.lamps.is_empty(), "{index}: {:?} {}", room.kind, room.size);
            for group in &room.groups {
                let inside = group.bounds.min.cmpge(Vec3A::splat(-0.01)).all()
                    && group.bounds.max.cmple(room.size + 0.01).all();
                assert!(inside, "{index}: {:?} in {}", group.bounds, room.size);
            }
        }
    }
}
