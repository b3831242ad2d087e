use glam::{Mat3A, Vec2};

use super::*;
use crate::mesh::{Corner, Draft, Material};
use crate::model::{Faults, Object};
use crate::shape::Ray;
use crate::thing::Thing;

/// The twelve triangles of a box, turned about the vertical by `turn`.
fn cuboid(draft: &mut Draft, min: [f32; 3], max: [f32; 3], turn: f32) {
    let corner = |i: usize| {
        let bit = |axis: usize| if i >> axis & 1 == 1 { max[axis] } else { min[axis] };
        let point = Mat3A::from_rotation_z(turn) * Vec3A::new(bit(0), bit(1), bit(2));
        Corner { point, normal: None, uv: Vec2::ZERO }
    };
    let sides =
        [[0, 2, 6, 4], [1, 5, 7, 3], [0, 4, 5, 1], [2, 3, 7, 6], [0, 1, 3, 2], [4, 6, 7, 5]];
    for [a, b, c, d] in sides {
        for triangle in [[a, b, c], [a, c, d]] {
            draft.add(triangle.map(corner), 0).unwrap();
        }
    }
}

/// Two rooms of 4×4 and 5×4 m with a door of 0.9 m between them, a table in the first and a bed in
/// the second; walls are boxes.
fn house(ceiling: bool, turn: f32) -> Model {
    let mut objects = Vec::new();
    let mut add = |name: &str, thing: Option<Thing>, boxes: &[[[f32; 3]; 2]]| {
        let mut draft = Draft::default();
        for &[min, max] in boxes {
            cuboid(&mut draft, min, max, turn);
        }
        let mesh = Arc::new(draft.finish(Arc::new([Material::grey("")])).unwrap());
        objects.push(Object { name: name.to_owned(), thing, mesh });
    };
    let walls = [
        [[-0.2, -0.2, 0.0], [9.4, 0.0, 2.5]],
        [[-0.2, 4.0, 0.0], [9.4, 4.2, 2.5]],
        [[-0.2, 0.0, 0.0], [0.0, 4.0, 2.5]],
        [[9.2, 0.0, 0.0], [9.4, 4.0, 2.5]],
        [[4.0, 0.0, 0.0], [4.2, 2.0, 2.5]],
        [[4.0, 2.9, 0.0], [4.2, 4.0, 2.5]],
        [[4.0, 2.0, 2.1], [4.2, 2.9, 2.5]],
    ];
    add("walls", Some(Thing::Wall), &walls);
    add("floor", Some(Thing::Floor), &[[[-0.2, -0.2, -0.1], [9.4, 4.2, 0.0]]]);
    if ceiling {
        add("ceiling", Some(Thing::Ceiling), &[[[-0.2, -0.2, 2.5], [9.4, 4.2, 2.6]]]);
    }
    add("table", None, &[[[1.0, 1.0, 0.7], [2.6, 2.2, 0.75]], [[1.7, 1.5, 0.0], [1.8, 1.6, 0.7]]]);
    add("box", None, &[[[7.0, 0.2, 0.0], [9.0, 1.8, 0.5]]]);
    Model { file: "house".to_owned(), objects, faults: Faults::default() }
}

#[test]
fn a_house_has_as_many_parts_as_rooms_and_nobody_stands_on_tables() {
    let building = Building::new(&house(true, 0.0), 3).unwrap();
    assert!(building.is_roofed());
    assert_eq!(
        building.parts(),
        2,
        "{:?}",
        building.parts.iter().map(|p| p.area()).collect::<Vec<_>>()
    );
    // 16 and 20 m² less a strip along the walls and what stands there.
    assert!((22.0..36.0).contains(&building.area()), "{}", building.area());
    for part in 0..2 {
        let scene = building.scene(part, part as u64);
        let ground = scene.ground.clone().unwrap();
        // The box begins half a metre before the slab, whose top is 0.1 m above its bottom.
        assert!(ground.spots.iter().all(|spot| (spot.point.z - 0.6).abs() < 1e-3));
        assert!(
            ground
                .spots
                .iter()
                .all(|spot| (spot.headroom - 2.5).abs() < 1e-3 || spot.headroom < 2.2)
        );
        // The wall between the rooms; who stands in the door may belong to either.
        let wall = 0.5 + 0.2 + 4.1;
        let off = |spot: &Spot| spot.point.x - wall;
        let sides: Vec<_> = ground.spots.iter().map(off).filter(|off| off.abs() > 0.7).collect();
        assert!(sides.iter().all(|off| off.signum() == sides[0].signum()));
    }
}

#[test]
fn cameras_stand_free_inside_and_see_things() {
    let building = Building::new(&house(true, 0.0), 3).unwrap();
    for part in 0..2 {
        let scene = building.scene(part, part as u64);
        let cameras = scene.cameras(8);
        assert_eq!(cameras[..5], scene.cameras(5)[..]);
        for camera in cameras {
            assert!(scene.clearance(camera.position) >= 0.3 - 1e-3);
            let height = camera.position.z - 0.6;
            assert!((0.3..=2.15).contains(&height), "{height}");
            let to = camera.fixation - camera.position;
            let hit = scene.cast(&Ray::new(camera.position, to), 0.0);
            assert!((hit.t - 1.0).abs() < 0.01, "{camera:?}: {}", hit.t);
        }
        assert!(!scene.lamps.is_empty());
    }
}

#[test]
fn what_no_name_tells_has_no_class() {
    let building = Building::new(&house(true, 0.0), 3).unwrap();
    let scene = building.scene(0, 0);
    let mut masked = 0;
    for camera in scene.cameras(6) {
        let view = crate::view::render(&scene, &camera, 16).unwrap();
        for (&thing, &class) in view.thing.iter().zip(&view.class) {
            assert_eq!(class == u8::MAX, thing == Thing::Unknown as u8);
            masked += usize::from(class == u8::MAX);
        }
    }
    assert!(masked > 0, "neither the table nor the box was seen");
}

#[test]
fn a_house_without_a_ceiling_is_stood_in_all_the_same() {
    let building = Building::new(&house(false, 0.0), 3).unwrap();
    assert!(!building.is_roofed() && building.parts() == 2);
    let view = crate::view::render(&building.scene(0, 0), &building.scene(0, 0).cameras(1)[0], 16);
    assert!(view.unwrap().room.is_none());
}

#[test]
fn walls_are_turned_to_the_axes() {
    for degrees in [17.0_f32, 40.0, -30.0] {
        let model = house(true, degrees.to_radians());
        let building = Building::new(&model, 3).unwrap();
        let scene = building.scene(0, 0);
        let from = scene.ground.as_ref().unwrap().spots[0].point + Vec3A::Z;
        for direction in [Vec3A::X, Vec3A::Y, -Vec3A::X] {
            let normal = scene.cast(&Ray::new(from, direction), 0.0).normal.abs();
            assert!(normal.max_element() > 0.9999, "{degrees}°: {normal}");
        }
    }
}

#[test]
fn parts_are_halved_until_there_are_enough() {
    let mut building = Building::new(&house(true, 0.0), 3).unwrap();
    let area = building.area();
    building.divide(5);
    assert_eq!(building.parts(), 5);
    assert!((building.area() - area).abs() < 1e-3);
    building.divide(10_000);
    assert!((10..40).contains(&building.parts()), "{}", building.parts());
}

#[test]
fn without_a_floor_there_is_nothing_to_see() {
    let mut model = house(true, 0.0);
    model.objects.retain(|object| object.name == "walls");
    let error = Building::new(&model, 3).unwrap_err();
    assert_eq!(
        error.to_string(),
        "house: there is no floor to stand on: 1 m² of level surface with 1.9 m of room above it \
         and walls around it; the model is 9.6 m long, 4.4 m wide and 2.5 m high"
    );
}
