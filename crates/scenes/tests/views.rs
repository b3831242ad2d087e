//! Views of many rooms, as a dataset has them.

use std::collections::BTreeMap;

use rayon::prelude::*;
use taskonomy_core::Values;
use taskonomy_scenes::{Class, RoomKind, Scene, View, annotate, domains, render};

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
        let labels = annotate(&view);
        let domains = domains(24);
        assert_eq!(labels.len(), domains.len());
        for domain in domains {
            let values = &labels[&domain.name];
            assert_eq!((values.dtype(), values.len()), (domain.dtype, domain.len()));
            if let (Values::U8(values), false) = (values, domain.classes.is_empty()) {
                assert!(values.iter().all(|&v| usize::from(v) < domain.classes.len()));
            }
        }
    }
}

#[test]
fn the_bytes_do_not_depend_on_threads() {
    let bytes = |threads| -> Vec<BTreeMap<String, Values>> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| views(0..4, 16).par_iter().map(annotate).collect())
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
        kinds[view.kind as usize] += 1;
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
