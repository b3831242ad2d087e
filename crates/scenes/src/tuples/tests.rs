use std::collections::BTreeSet;

use glam::{Mat3A, Vec3A};

use super::*;
use crate::shape::Ray;

const VIEWS: usize = 10;

fn scenes(count: u64) -> Vec<(Scene, Vec<Camera>)> {
    (0..count)
        .map(|index| {
            let scene = Scene::room(5, index);
            let cameras = scene.cameras(VIEWS);
            (scene, cameras)
        })
        .collect()
}

fn numbers(tuple: &Tuple) -> &[f32] {
    let Values::F32(numbers) = &tuple.values else { panic!("poses are numbers") };
    numbers
}

#[test]
fn domains_and_tuples_fit() {
    let (scene, cameras) = &scenes(1)[0];
    let split = [SceneViews { index: 0, cameras: cameras.clone() }];
    let mut tuples = scene.tuples(cameras);
    tuples.insert(POINT_MATCHING.into(), point_matching(5, &split));
    let domains = tuple_domains();
    assert_eq!(domains.len(), tuples.len());
    for domain in domains {
        let tuples = &tuples[&domain.name];
        assert!(!tuples.is_empty() && tuples.len() <= VIEWS, "{}: {}", domain.name, tuples.len());
        for tuple in tuples {
            assert_eq!((tuple.values.dtype(), tuple.values.len()), (domain.dtype, domain.len()));
            let views: BTreeSet<_> = tuple.views.iter().collect();
            assert_eq!((views.len(), tuple.views.len()), (domain.views, domain.views));
            assert!(tuple.views.iter().all(|&view| view < VIEWS));
        }
        let different: BTreeSet<_> = tuples.iter().map(|tuple| &tuple.views).collect();
        assert_eq!(different.len(), tuples.len());
    }
}

#[test]
fn there_are_about_as_many_tuples_as_views() {
    let all = scenes(16);
    let mut counts = BTreeMap::<String, usize>::new();
    for (scene, cameras) in &all {
        for (name, tuples) in scene.tuples(cameras) {
            *counts.entry(name).or_default() += tuples.len();
        }
    }
    for (name, least) in [(FIXATED, 14), (EGOMOTION, 10), (NONFIXATED, 12)] {
        assert!(counts[name] > least * VIEWS, "{counts:?}");
    }
}

#[test]
fn fixated_views_have_the_point_straight_ahead() {
    for (scene, cameras) in scenes(6) {
        for tuple in &scene.tuples(&cameras)[FIXATED] {
            let [a, b, c, x, y, z] = numbers(tuple).try_into().unwrap();
            let turn =
                Mat3A::from_rotation_z(c) * Mat3A::from_rotation_y(b) * Mat3A::from_rotation_x(a);
            let [one, two] = [0, 1].map(|i| &cameras[tuple.views[i]]);
            // The point is (0, 0, −d) of both frames.
            let ahead = |camera: &Camera| -Vec3A::Z * camera.position.distance(camera.fixation);
            let moved = turn * ahead(one) + Vec3A::new(x, y, z);
            assert!(moved.distance(ahead(two)) < 1e-3, "{moved} for {}", ahead(two));
        }
    }
}

#[test]
fn the_poses_of_a_triplet_compose() {
    let moves = |six: &[f32]| {
        let turn = Mat3A::from_rotation_z(six[2])
            * Mat3A::from_rotation_y(six[1])
            * Mat3A::from_rotation_x(six[0]);
        (turn, Vec3A::from_slice(&six[3..]))
    };
    for (scene, cameras) in scenes(6) {
        for tuple in &scene.tuples(&cameras)[EGOMOTION] {
            let [first, second, third] = [0, 1, 2].map(|i| cameras[tuple.views[i]].fixation);
            assert!(first == second && second == third);
            let [p12, p13, p23] = [0, 6, 12].map(|at| moves(&numbers(tuple)[at..at + 6]));
            assert!((p23.0 * p12.0).abs_diff_eq(p13.0, 1e-3));
            assert!((p23.0 * p12.1 + p23.1).abs_diff_eq(p13.1, 1e-3));
            let angles = numbers(tuple).chunks(6).flat_map(|six| &six[..3]);
            assert!(angles.copied().all(|angle| angle.abs() < FRAC_PI_2));
        }
    }
}

/// A finer grid than the one that decides, and casting without the tree.
#[test]
fn nonfixated_views_share_what_they_see_but_not_their_centre() {
    const GRID: usize = 24;
    for (scene, cameras) in scenes(6) {
        for tuple in &scene.tuples(&cameras)[NONFIXATED] {
            let [one, two] = [0, 1].map(|i| &cameras[tuple.views[i]]);
            assert_ne!(one.fixation, two.fixation);
            let half = |camera: &Camera| (camera.fov / 2.0).tan();
            let mut shared = 0;
            for cell in 0..GRID * GRID {
                let at = |i: usize| (2.0 * (i as f32 + 0.5) / GRID as f32 - 1.0) * half(one);
                let direction = one.rotation() * Vec3A::new(at(cell % GRID), at(cell / GRID), -1.0);
                let point = one.position
                    + scene.cast(&Ray::new(one.position, direction), 0.0).t * direction;
                let local = two.rotation().transpose() * (point - two.position);
                let ahead = local.x.abs().max(local.y.abs()) <= -local.z * half(two);
                let met = scene.cast(&Ray::new(two.position, point - two.position), 0.0).t;
                shared += usize::from(ahead && (met - 1.0).abs() < 0.01);
            }
            assert!(shared > 10, "only {shared} of {}", GRID * GRID);
        }
    }
}

#[test]
fn matching_is_balanced_and_half_of_the_different_pairs_are_hard() {
    let cameras: Vec<_> = scenes(16).into_iter().map(|(_, cameras)| cameras).collect();
    let split: Vec<_> =
        (0..).zip(cameras).map(|(index, cameras)| SceneViews { index, cameras }).collect();
    let tuples = point_matching(5, &split);
    assert_eq!(tuples, point_matching(5, &split));
    let camera = |row: usize| &split[row / VIEWS].cameras[row % VIEWS];
    let (mut same, mut hard, mut easy) = (0, 0, 0);
    for Tuple { views, values } in &tuples {
        let [one, two] = [camera(views[0]), camera(views[1])];
        let one_scene = views[0] / VIEWS == views[1] / VIEWS;
        let one_point = one_scene && one.fixation == two.fixation;
        assert_eq!(*values, Values::U8(vec![u8::from(one_point)]));
        same += usize::from(one_point);
        hard += usize::from(one_scene && !one_point);
        easy += usize::from(!one_scene);
        assert!(one_point || !one_scene || one.fixation.distance(two.fixation) >= APART);
    }
    assert_eq!((same, hard + easy), (16 * VIEWS / 2, 16 * VIEWS / 2));
    assert!(hard.abs_diff(easy) < 16, "{hard} and {easy}");
}

#[test]
fn few_views_have_the_tuples_that_they_can_have() {
    let scene = Scene::room(5, 0);
    let count = |views: usize| {
        let cameras = scene.cameras(views);
        let tuples = scene.tuples(&cameras);
        let alone = [SceneViews { index: 0, cameras: cameras.clone() }];
        let two = [alone[0].clone(), SceneViews { index: 1, cameras }];
        let poses = [FIXATED, NONFIXATED, EGOMOTION].map(|name| tuples[name].len());
        (poses, point_matching(5, &alone).len(), point_matching(5, &two).len())
    };
    assert_eq!(count(0), ([0, 0, 0], 0, 0));
    assert_eq!(count(1), ([0, 0, 0], 0, 0));
    // One point: no other to tell it from in a scene alone, and no pair of two.
    assert_eq!((count(2).1, count(2).2), (0, 4));
    assert_eq!((count(3).1, count(3).2), (0, 8));
    for views in [2, 3] {
        assert!(count(views).0[0] <= views && count(views).0[1] == 0);
    }
}

#[test]
fn other_scenes_do_not_matter_to_poses() {
    let (scene, cameras) = &scenes(3)[2];
    assert_eq!(scene.tuples(cameras), Scene::room(5, 2).tuples(&Scene::room(5, 2).cameras(VIEWS)));
}
