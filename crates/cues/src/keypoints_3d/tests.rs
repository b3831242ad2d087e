//! What interest must be on surfaces whose corners are known.

use super::*;
use crate::pinhole::Pinhole;
use glam::Vec3;
use ndarray::s;
use proptest::prelude::*;

const FOV: f32 = 1.0;

/// z-distances to the nearest of planes, each given by its unit normal towards the eye and its
/// distance.
fn room(side: usize, planes: &[(Vec3, f32)]) -> Array2<f32> {
    let camera = Pinhole::new(side, side, FOV);
    Array2::from_shape_fn((side, side), |(y, x)| {
        let ray = Vec3::from(camera.ray(x, y));
        let hits = planes.iter().map(|(normal, distance)| -distance / normal.dot(ray));
        hits.filter(|&hit| hit > 0.0).fold(f32::INFINITY, f32::min)
    })
}

/// Three walls at right angles whose corner is two metres ahead; the edges leave it at 120° from
/// each other, one of them at `turn` from the left.
fn corner(side: usize, turn: f32) -> Array2<f32> {
    let walls = [1.0, 3.0, 5.0].map(|third| {
        let (sin, cos) = (turn + third * std::f32::consts::FRAC_PI_3).sin_cos();
        let (along, ahead) = ((2.0_f32 / 3.0).sqrt(), (1.0_f32 / 3.0).sqrt());
        (Vec3::new(along * cos, along * sin, ahead), 2.0 * ahead)
    });
    room(side, &walls)
}

/// A wall at two metres with a box before it that has a slanted top.
fn boxed(side: usize) -> Array2<f32> {
    Array2::from_shape_fn((side, side), |(y, x)| {
        let (u, v) = (x as f32 / side as f32, y as f32 / side as f32);
        let on_box = (0.3..0.62).contains(&u) && v > 0.4 + 0.1 * u;
        if on_box { 1.2 } else { 2.0 + 0.4 * u }
    })
}

fn greatest(
    map: &Array2<u16>,
    rows: std::ops::Range<usize>,
    columns: std::ops::Range<usize>,
) -> u16 {
    map.slice(s![rows, columns]).iter().copied().max().unwrap()
}

#[test]
fn corners_are_above_edges_and_edges_above_walls() {
    for degrees in 0..6 {
        let turn = (degrees as f32 / 3.0).to_radians();
        let interest = keypoints_3d(corner(128, turn).view(), FOV);
        let at_corner = greatest(&interest, 54..74, 54..74);
        let on_edge = greatest(&interest, 54..74, 18..28);
        let on_wall = greatest(&interest, 58..70, 100..120);
        assert!(at_corner > 15_000, "{at_corner}");
        assert!(on_edge < at_corner / 2, "{on_edge} on the edge, {at_corner} at the corner");
        assert_eq!(on_wall, 0);
    }
}

#[test]
fn the_corners_of_a_box_stand_out_from_its_borders() {
    let interest = keypoints_3d(boxed(128).view(), FOV);
    let upper_left = greatest(&interest, 46..66, 38..50);
    let left_border = greatest(&interest, 85..95, 30..50);
    assert!(upper_left > 30_000 && left_border < upper_left / 2, "{upper_left} {left_border}");
    assert_eq!(greatest(&interest, 0..20, 0..128), 0);
}

#[test]
fn near_corners_are_seen_in_coarser_images() {
    // At a quarter of the distance the ball covers four times as many pixels.
    let near = corner(128, 0.3).mapv(|metres| metres / 4.0);
    let interest = keypoints_3d(near.view(), FOV);
    assert!(greatest(&interest, 40..88, 40..88) > 12_000);
}

#[test]
fn what_hits_nothing_has_no_interest_and_its_corners_have() {
    let mut metres = Array2::from_elem((96, 96), 2.0);
    metres.slice_mut(s![30..60, 30..60]).fill(f32::INFINITY);
    let interest = keypoints_3d(metres.view(), FOV);
    assert_eq!(greatest(&interest, 30..60, 30..60), 0);
    assert!(greatest(&interest, 20..30, 20..30) > 25_000);
    assert!(greatest(&interest, 42..48, 20..30) < 10_000);
    assert!(keypoints_3d(Array2::from_elem((9, 9), f32::NAN).view(), FOV).iter().all(|&i| i == 0));
}

#[test]
fn picked_interest_is_that_of_the_whole() {
    for metres in [corner(64, 0.3), corner(63, 0.3) / 3.0, boxed(66)] {
        let whole = keypoints_3d(metres.view(), FOV);
        let picked = keypoints_3d_picked(metres.view(), FOV);
        assert!(picked.iter().any(|&interest| interest > 0));
        assert_eq!(picked, whole.slice(s![..;2, ..;2]));
    }
}

#[test]
fn images_of_any_size_are_answered() {
    for shape in [(0, 0), (1, 1), (1, 5), (3, 2), (4, 300)] {
        let interest = keypoints_3d(Array2::from_elem(shape, 0.05).view(), 2.9);
        assert_eq!((interest.dim(), interest.iter().all(|&i| i == 0)), (shape, true));
    }
}

/// The share of values that differ by more than a hundredth.
fn share_unlike(a: ArrayView2<u16>, b: ArrayView2<u16>) -> f64 {
    let unlike = a.iter().zip(&b).filter(|(a, b)| a.abs_diff(**b) > 655).count();
    unlike as f64 / a.len() as f64
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_bare_wall_has_no_interest(
        distance in 0.3_f32..6.0, x in -0.6_f32..0.6, y in -0.6_f32..0.6,
    ) {
        let wall = (Vec3::new(x, y, 1.0).normalize(), distance);
        let interest = keypoints_3d(room(48, &[wall]).view(), FOV);
        prop_assert!(interest.iter().all(|&interest| interest == 0));
    }

    // Rounding moves single directions across the end of a bin.
    #[test]
    fn a_mirrored_scene_has_mirrored_interest(turn in 0.0_f32..2.0, boxes: bool) {
        let metres = if boxes { boxed(64) } else { corner(64, turn) };
        let mirrored = keypoints_3d(metres.slice(s![.., ..;-1]), FOV);
        let interest = keypoints_3d(metres.view(), FOV);
        prop_assert!(share_unlike(mirrored.slice(s![.., ..;-1]), interest.view()) < 0.01);
    }

    #[test]
    fn units_do_not_matter(turn in 0.0_f32..2.0, unit in 0.01_f32..100.0) {
        let interest = |metres: Array2<f32>, support| {
            let image = RangeImage::new(metres.view(), FOV);
            interest_image(&image, FOV / 64.0, support, &[true; 64 * 64]).mapv(|i| (i * 65536.0) as u16)
        };
        let metres = corner(64, turn);
        let scaled = interest(metres.mapv(|metres| unit * metres), unit * KEYPOINT_SUPPORT);
        let interest = interest(metres, KEYPOINT_SUPPORT);
        prop_assert!(share_unlike(scaled.view(), interest.view()) < 0.01);
    }
}
