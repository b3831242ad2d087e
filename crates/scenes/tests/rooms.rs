//! What stands in a room, over many seeds.

use std::collections::BTreeMap;

use proptest::prelude::*;
use taskonomy_scenes::{Bounds, Class, Group, RoomKind, Scene, Shape};

/// Groups whose first primitive is of the class.
fn count(room: &Scene, class: Class) -> usize {
    room.groups.iter().filter(|group| group.primitives[0].class() == class).count()
}

/// Whether some primitive is of the class.
fn has(room: &Scene, class: Class) -> bool {
    room.groups.iter().any(|group| group.primitives.iter().any(|p| p.class() == class))
}

#[test]
fn every_kind_has_what_makes_it_what_it_is() {
    for index in 0..1600 {
        let room = Scene::room(21, index);
        let whole = match room.kind.unwrap() {
            RoomKind::Kitchen => has(&room, Class::Appliance) && has(&room, Class::Sanitary),
            RoomKind::Bedroom => count(&room, Class::Bed) == 1,
            // Toilet and bath or shower; a basin may stand on a cabinet.
            RoomKind::Bathroom => count(&room, Class::Sanitary) >= 2 && has(&room, Class::Mirror),
            RoomKind::Office => has(&room, Class::Screen) && count(&room, Class::Table) >= 1,
            RoomKind::LivingRoom => {
                count(&room, Class::Sofa) >= 1
                    && (has(&room, Class::Screen) || has(&room, Class::Heater))
            }
            RoomKind::Corridor => count(&room, Class::Door) >= 3,
            RoomKind::DiningRoom => {
                count(&room, Class::Table) == 1 && count(&room, Class::Chair) >= 3
            }
            RoomKind::Staircase => count(&room, Class::Stairs) >= 3,
        };
        assert!(whole, "{index}: {}", room.kind.unwrap().name());
        assert!(count(&room, Class::Door) >= 1, "{index}: no door");
    }
}

#[test]
fn furniture_does_not_reach_into_other_furniture_or_the_building() {
    let mut tucked = 0;
    for index in 0..800 {
        let room = Scene::room(22, index);
        // What is flat on the floor lies under what stands on it.
        let solid: Vec<_> =
            room.groups.iter().filter(|g| g.primitives[0].class() != Class::Rug).collect();
        for (i, a) in solid.iter().enumerate() {
            for b in &solid[..i] {
                if !shrunk(&a.bounds).overlaps(&b.bounds) {
                    continue;
                }
                if a.is_structure() && b.is_structure() {
                    continue;
                }
                let (meet, name) = (meeting(a, b), |g: &Group| g.primitives[0].class().name());
                assert!(meet.is_none(), "{index}: {} in {}: {meet:?}", name(a), name(b));
                if a.is_furniture() && b.is_furniture() {
                    let classes = [a, b].map(|g| g.primitives[0].class());
                    assert!(classes.contains(&Class::Table), "{index}: {classes:?}");
                    assert!(classes.contains(&Class::Chair), "{index}: {classes:?}");
                    tucked += 1;
                }
            }
        }
    }
    assert!(tucked > 400, "only {tucked} chairs are drawn up to tables");
}

/// A little smaller: things may touch.
fn shrunk(bounds: &Bounds) -> Bounds {
    // The skirting of a block stands out by 12 mm, as it does everywhere.
    Bounds { min: bounds.min + 0.0125, max: bounds.max - 0.0125 }
}

/// The boxes around two primitives that meet. Of a slope, only what is behind it counts.
fn meeting(a: &Group, b: &Group) -> Option<(Bounds, Bounds)> {
    for (first, whole) in a.primitives.iter().zip(a.parts()) {
        for (second, other) in b.primitives.iter().zip(b.parts()) {
            let behind = [(a, first, &other), (b, second, &whole)].into_iter().any(
                |(group, primitive, bounds)| {
                    group.is_structure() && is_before_slope(group, &primitive.shape, bounds)
                },
            );
            if shrunk(&whole).overlaps(&shrunk(&other)) && !behind {
                return Some((whole, other));
            }
        }
    }
    None
}

/// Whether all corners of a box are on the free side of a sloped ceiling.
fn is_before_slope(group: &Group, shape: &Shape, bounds: &Bounds) -> bool {
    let Shape::Wedge { normal, offset, .. } = *shape else { return false };
    let normal = group.outward(normal);
    (0..8).all(|corner| {
        let mut point = bounds.min;
        for axis in 0..3 {
            if corner >> axis & 1 == 1 {
                point[axis] = bounds.max[axis];
            }
        }
        normal.dot(point - group.origin) > offset - 2e-3
    })
}

#[test]
fn plans_occur_as_often_as_documented() {
    let mut seen = BTreeMap::<&str, usize>::new();
    let rooms = 1600;
    for index in 0..rooms {
        let room = Scene::room(23, index);
        if room.kind == Some(RoomKind::Staircase) {
            continue;
        }
        let walls: Vec<_> =
            room.groups.iter().filter(|g| g.primitives[0].class() == Class::Wall).collect();
        let corner = |g: &&&Group| {
            let b = g.bounds;
            let sides = [b.min.x < 0.01, b.max.x > room.size.x - 0.01];
            let others = [b.min.y < 0.01, b.max.y > room.size.y - 0.01];
            sides.contains(&true) && others.contains(&true)
        };
        let plan = match (walls.len(), walls.iter().filter(corner).count()) {
            (1, 1) => "corner",
            (1, 0) => "chimney",
            (2, 2) => "niche",
            (0, 0) => "none",
            _ => "other",
        };
        *seen.entry(plan).or_default() += 1;
        let wedge = |g: &Group| matches!(g.primitives[0].shape, Shape::Wedge { .. });
        let sloped = room.groups.iter().any(|g| g.is_structure() && wedge(g));
        *seen.entry("slope").or_default() += usize::from(sloped);
        let beams = room.groups.iter().any(|g| {
            g.primitives[0].class() == Class::Ceiling && !wedge(g) && g.primitives.len() > 2
        });
        *seen.entry("beams").or_default() += usize::from(beams);
    }
    let share = |plan: &str| seen.get(plan).copied().unwrap_or(0) as f32 / (rooms * 7 / 8) as f32;
    // Rooms in which something finds no place are drawn again: some plans lose a little.
    assert!((0.17..0.28).contains(&share("corner")), "{seen:?}");
    assert!((0.06..0.12).contains(&share("niche")), "{seen:?}");
    assert!((0.06..0.12).contains(&share("chimney")), "{seen:?}");
    assert!((0.07..0.16).contains(&share("slope")), "{seen:?}");
    assert!((0.05..0.12).contains(&share("beams")), "{seen:?}");
    assert_eq!(share("other"), 0.0, "{seen:?}");
}

#[test]
fn rooms_have_as_many_primitives_as_can_be_drawn_quickly() {
    let mut counts: Vec<usize> = (0..400)
        .map(|index| Scene::room(24, index).groups.iter().map(|g| g.primitives.len()).sum())
        .collect();
    counts.sort_unstable();
    assert!((60..=160).contains(&counts[200]), "median {}", counts[200]);
    assert!(counts[0] >= 30 && counts[399] <= 340, "{} to {}", counts[0], counts[399]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_seed_and_number_make_a_room_with_cameras(seed in any::<u64>(), index in any::<u64>()) {
        let room = Scene::room(seed, index);
        prop_assert_eq!(&room, &Scene::room(seed, index));
        prop_assert_eq!(room.kind, Some(RoomKind::ALL[(index % 8) as usize]));
        for camera in room.cameras(5) {
            prop_assert!(room.clearance(camera.position) >= 0.2);
            prop_assert!(camera.yaw.is_finite() && camera.pitch.abs() < 1.2);
        }
    }
}
