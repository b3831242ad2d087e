//! Views of many rooms, as a dataset has them.

use std::collections::BTreeMap;

use rayon::prelude::*;
use taskonomy_core::Values;
use taskonomy_scenes::{Class, RoomKind, Scene, Thing, View, annotate, domains, render};

fn views(scenes: std::ops::Range<u64>, size: usize) -> Vec<View> {
    scenes
        .into_par_iter()
        .flat_map_iter(|index| {
            let room = Scene::room(7, index);
            let cameras = room.cameras(3);
            cameras.into_iter().map(move |camera| {
                render(&room, &camera, size).expect("its own cameras can see a scene")
            })
        })
        .collect()
}

#[test]
fn every_domain_has_its_shape_type_and_range() {
    for view in views(0..8, 24) {
        let labels = annotate(&view, &|_| true);
        let domains = domains(24);
        assert_eq!(labels.len(), domains.len());
        for domain in domains {
            let values = &labels[&domain.name];
            assert_eq!((values.dtype(), values.len()), (domain.dtype, domain.len()));
            if let (Values::U8(values), false) = (values, domain.classes.is_empty()) {
                let known = |v: u8| {
                    usize::from(v) < domain.classes.len() || domain.invalid == Some(v.into())
                };
                assert!(values.iter().all(|&v| known(v)), "{}", domain.name);
            }
        }
    }
}

#[test]
fn the_bytes_do_not_depend_on_threads() {
    let bytes = |threads| -> Vec<BTreeMap<String, Values>> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| views(0..4, 16).par_iter().map(|view| annotate(view, &|_| true)).collect())
    };
    assert_eq!(bytes(1), bytes(3));
}

#[test]
fn no_view_is_dark_bare_or_inside_a_thing() {
    for (number, view) in views(0..40, 24).iter().enumerate() {
        let samples = view.class.len() as f32;
        let share = |count: usize| count as f32 / samples;
        let near = view.depth.iter().filter(|&&d| d < 0.25).count();
        assert!(share(near) < 0.02, "{number}: {near} samples nearer than 25 cm");
        let nothing = view.depth.iter().filter(|d| d.is_infinite()).count();
        assert!(share(nothing) < 0.4, "{number}: {nothing} samples without depth");
        let bright = view.rgb.iter().map(|&v| f32::from(v)).sum::<f32>() / view.rgb.len() as f32;
        assert!((40.0..230.0).contains(&bright), "{number}: mean brightness {bright}");
        let mut classes: Vec<_> = view.class.iter().collect();
        classes.sort_unstable();
        classes.dedup();
        assert!(classes.len() >= 3, "{number}: only {classes:?}");
    }
}

#[test]
fn every_class_and_kind_occurs_and_few_samples_lack_depth() {
    let views = views(0..104, 16);
    let mut seen = [0_usize; Class::ALL.len()];
    let mut kinds = [0_usize; RoomKind::ALL.len()];
    let mut nothing = 0;
    for view in &views {
        view.class.iter().for_each(|&class| seen[usize::from(class)] += 1);
        kinds[view.kind.unwrap() as usize] += 1;
        nothing += view.depth.iter().filter(|d| d.is_infinite()).count();
    }
    let samples: usize = seen.iter().sum();
    for class in Class::ALL {
        let share = seen[class as usize] as f32 / samples as f32;
        assert!((0.001..0.5).contains(&share), "{}: {share}", class.name());
    }
    assert!(kinds.iter().all(|&n| n == 39));
    let share = nothing as f32 / samples as f32;
    assert!((0.001..0.06).contains(&share), "{share} of the samples lack depth");
}

#[test]
fn normals_are_unit_vectors_that_face_the_camera() {
    for view in views(0..8, 16) {
        let side = 2 * view.size;
        let f = side as f32 / 2.0 / (view.camera.fov / 2.0).tan();
        for (y, x) in (0..side).flat_map(|y| (0..side).map(move |x| (y, x))) {
            let n = [0, 1, 2].map(|c| view.normal[[c, y, x]]);
            let length = n.iter().map(|v| v * v).sum::<f32>().sqrt();
            if view.depth[[y, x]].is_infinite() {
                assert_eq!(length, 0.0);
                continue;
            }
            assert!((length - 1.0).abs() < 1e-3);
            let centre = (side as f32 - 1.0) / 2.0;
            let ray = [(x as f32 - centre) / f, (centre - y as f32) / f, -1.0];
            let facing: f32 = n.iter().zip(ray).map(|(n, r)| n * r).sum();
            assert!(facing <= 1e-4, "({y}, {x}): {facing}");
        }
    }
}

/// Values of a domain of bytes.
fn bytes(labels: &BTreeMap<String, Values>, name: &str) -> Vec<u8> {
    let Values::U8(values) = &labels[name] else { panic!("{name} are bytes") };
    values.clone()
}

#[test]
fn curvature_outlines_things_in_every_view() {
    let views = views(0..8, 64);
    let bent: Vec<f32> = views
        .par_iter()
        .map(|view| {
            let labels = annotate(view, &|_| true);
            let codes = bytes(&labels, "principal_curvature");
            let (first, second) = codes.split_at(codes.len() / 2);
            let Values::U16(depth) = &labels["depth_zbuffer"] else { panic!("depths are 16-bit") };
            let (mut valid, mut bent) = (0, 0);
            for ((&first, &second), &depth) in first.iter().zip(second).zip(depth) {
                assert_eq!(depth == u16::MAX, first == 0 && second == 0);
                valid += usize::from(depth != u16::MAX);
                bent += usize::from(depth != u16::MAX && first != 127);
                let [first, second] = [first, second].map(|code| (i32::from(code) - 127).abs());
                assert!(first >= second);
            }
            bent as f32 / valid as f32
        })
        .collect();
    let mean = bent.iter().sum::<f32>() / bent.len() as f32;
    assert!((0.1..0.5).contains(&mean), "{mean} of the pixels are bent");
    let least = bent.iter().copied().fold(f32::INFINITY, f32::min);
    assert!(least > 0.02, "{least} of the pixels of one view are bent");
}

#[test]
fn an_instance_is_one_thing_of_one_class() {
    for view in views(0..8, 16) {
        let mut things = BTreeMap::new();
        for (at, &instance) in view.instance.indexed_iter() {
            let thing = Thing::ALL[usize::from(view.thing[at])];
            assert_eq!(*things.entry(instance).or_insert(thing), thing, "{instance}");
            assert_eq!(thing.class() as u8, view.class[at]);
            match instance {
                0..4 => assert_eq!(thing, Thing::Wall),
                4 => assert_eq!(thing, Thing::Floor),
                5 => assert_eq!(thing, Thing::Ceiling),
                _ => {}
            }
        }
        assert!(things.len() >= 4, "{things:?}");
    }
}

#[test]
fn the_object_of_a_view_is_seen_in_it_and_most_kinds_occur() {
    let views = views(0..104, 16);
    let (mut unknown, mut seen) = (0, BTreeMap::<&str, usize>::new());
    for view in &views {
        let labels = annotate(view, &|_| true);
        let of = |name: &str| usize::from(bytes(&labels, name)[0]);
        let (object, class) = (of("class_object"), of("class_object_100"));
        let Some(thing) = Thing::objects().nth(object) else {
            unknown += 1;
            continue;
        };
        let samples = view.thing.iter().filter(|&&t| t == thing as u8).count();
        assert!(samples * 100 >= view.thing.len(), "{}: {samples} samples", thing.name());
        let class = Class::objects().nth(class).expect("a thing that counts has a class");
        assert!(view.class.iter().any(|&c| c == class as u8));
        *seen.entry(thing.name()).or_default() += 1;
    }
    assert!(unknown * 50 < views.len(), "{unknown} of {} views show no object", views.len());
    assert!(seen.len() > 25, "{seen:?}");
    let most = seen.values().max().expect("views have objects");
    assert!(most * 5 < views.len(), "{seen:?}");
}

#[test]
fn the_camera_and_the_fixation_agree_with_the_depth() {
    for view in views(0..8, 32) {
        let Values::F32(numbers) = &annotate(&view, &|_| true)["camera"] else { panic!("numbers") };
        let [x, y, z, qw, qx, qy, qz, fov, fx, fy, fz] = numbers[..].try_into().unwrap();
        let rotation = glam::Quat::from_xyzw(qx, qy, qz, qw);
        let to = rotation.inverse() * (glam::Vec3::new(fx, fy, fz) - glam::Vec3::new(x, y, z));
        assert!(to.x.abs() < 1e-3 && to.y.abs() < 1e-3, "{to}: straight ahead");
        assert_eq!(fov, view.camera.fov);
        // One of the four samples around the middle shows the surface there.
        let middle = view.size;
        let around = [(0, 0), (0, 1), (1, 0), (1, 1)]
            .map(|(dy, dx)| (view.depth[[middle - dy, middle - dx]] + to.z).abs());
        let nearest = around.into_iter().fold(f32::INFINITY, f32::min);
        assert!(nearest < 0.25, "{nearest} m from {}", -to.z);
    }
}
