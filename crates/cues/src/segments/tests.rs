//! Segments of images whose segments are known.

use super::*;
use ndarray::s;
use proptest::prelude::*;

/// The adjusted Rand index of two labellings: 1 if they are the same up to names, 0 by chance.
fn rand_index(a: &Array2<u8>, b: &Array2<u8>) -> f64 {
    let mut table = vec![[0_u32; 256]; 256];
    a.iter().zip(b).for_each(|(&a, &b)| table[usize::from(a)][usize::from(b)] += 1);
    let pairs = |n: u32| f64::from(n) * (f64::from(n) - 1.0) / 2.0;
    let both: f64 = table.iter().flatten().map(|&n| pairs(n)).sum();
    let rows: f64 = table.iter().map(|row| pairs(row.iter().sum())).sum();
    let columns: f64 = (0..256).map(|j| pairs(table.iter().map(|row| row[j]).sum())).sum();
    let chance = rows * columns / pairs(a.len() as u32);
    let most = f64::midpoint(rows, columns);
    if most == chance { 1.0 } else { (both - chance) / (most - chance) }
}

/// Numbers in [0, 1) that look random.
fn noise(seed: u64, i: usize) -> f32 {
    let mut state = seed.wrapping_add(i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    state = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ state >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((state ^ state >> 31) >> 40) as f32 / (1 << 24) as f32
}

/// A wall, a floor, a door, a ball and the lamp.
fn pieces(side: usize) -> Array2<u8> {
    let at = |fraction: f32| (fraction * side as f32) as usize;
    Array2::from_shape_fn((side, side), |(y, x)| {
        let from =
            |cx: f32, cy: f32| (x as f32 / side as f32 - cx).hypot(y as f32 / side as f32 - cy);
        match (y, x) {
            _ if from(0.3, 0.75) < 0.15 => 3,
            _ if from(0.6, 0.12) < 0.08 => 4,
            (y, x) if y < at(0.62) && (at(0.7)..at(0.9)).contains(&x) => 2,
            (y, _) if y < at(0.62) => 0,
            _ => 1,
        }
    })
}

const COLOURS: [[f32; 3]; 5] =
    [[190., 185., 170.], [120., 85., 60.], [90., 110., 130.], [30., 60., 160.], [250., 245., 200.]];

fn painted(pieces: &Array2<u8>, seed: u64, amount: f32) -> Array3<u8> {
    let (height, width) = pieces.dim();
    Array3::from_shape_fn((3, height, width), |(c, y, x)| {
        let noise = noise(seed, (c * height + y) * width + x) - 0.5;
        (COLOURS[usize::from(pieces[[y, x]])][c] + amount * noise) as u8
    })
}

#[test]
fn indices_by_hand() {
    let a = ndarray::array![[0, 0, 1, 1]];
    assert_eq!(rand_index(&a, &ndarray::array![[5, 5, 2, 2]]), 1.0);
    assert!((rand_index(&a, &ndarray::array![[0, 1, 0, 1]]) + 0.5).abs() < 1e-12);
}

#[test]
fn native_images_take_the_constants_as_they_are() {
    assert_eq!([area(20.0, 1.0), area(200.0, 0.25), area(20.0, 0.125)], [20, 13, 1]);
}

#[test]
fn maps_must_have_one_size() {
    let error = segment_unsup25d(Array2::zeros((4, 5)).view(), Array3::zeros((3, 5, 4)).view());
    assert!(error.unwrap_err().to_string().contains("[3, 5, 4]: it must be [3, 4, 5]"));
}

#[test]
fn images_of_any_size_are_answered() {
    for (height, width) in [(0, 0), (1, 1), (1, 7), (5, 2)] {
        for channels in [0, 1, 3] {
            let segments = segment_unsup2d(Array3::zeros((channels, height, width)).view());
            assert_eq!(segments, Array2::<u8>::zeros((height, width)));
        }
        let metres = Array2::from_elem((height, width), f32::INFINITY);
        let segments = segment_unsup25d(metres.view(), Array3::zeros((3, height, width)).view());
        let segments = segments.unwrap();
        assert_eq!(segments, Array2::<u8>::zeros((height, width)));
    }
}

#[test]
fn geometry_is_segmented_by_depth_and_normals() {
    let pieces = pieces(128);
    // The floor is another plane, the door and the ball are nearer, behind the lamp is nothing.
    let metres = Array2::from_shape_fn((128, 128), |(y, x)| match pieces[[y, x]] {
        0 => 4.0,
        1 => 4.0 * (0.62 * 128.0 - 20.0) / (y as f32 - 20.0),
        2 => 3.0,
        3 => 1.5,
        _ => f32::INFINITY,
    });
    let normal = Array3::from_shape_fn((3, 128, 128), |(c, y, x)| match (pieces[[y, x]], c) {
        (1, 1) | (0 | 2, 2) => 1.0,
        (3, c) => [0.8, 0.0, 0.6][c],
        _ => 0.0,
    });
    let found = segment_unsup25d(metres.view(), normal.view()).unwrap();
    let index = rand_index(&found, &pieces);
    assert!(index > 0.8, "{index}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn pieces_of_colour_are_found_in_noise(seed: u64, amount in 0.0_f32..12.0, large: bool) {
        let pieces = pieces(if large { 256 } else { 128 });
        let image = painted(&pieces, seed, amount);
        let found = segment_unsup2d(image.view());
        let index = rand_index(&found, &pieces);
        prop_assert!(index > 0.8, "{}", index);
    }

    #[test]
    fn a_bare_wall_is_one_segment(
        grey in 20_u8..230, seed: u64, distance in 0.5_f32..6.0, slope in -0.5_f32..0.5,
    ) {
        let wall = Array3::from_shape_fn((3, 64, 64), |(c, y, x)| {
            grey + (3.0 * noise(seed, c * 4096 + y * 64 + x)) as u8
        });
        prop_assert!(segment_unsup2d(wall.view()).iter().all(|&label| label == 0));
        let metres = Array2::from_shape_fn((64, 64), |(_, x)| distance / (1.0 + slope * x as f32 / 64.0));
        let normal = Array3::from_shape_fn((3, 64, 64), |(c, ..)| [0.6, 0.0, 0.8][c]);
        let found = segment_unsup25d(metres.view(), normal.view()).unwrap();
        prop_assert!(found.iter().all(|&label| label == 0));
    }

    // Up to ties between edges of equal weight.
    #[test]
    fn mirrored_images_have_mirrored_segments(seed: u64, amount in 1.0_f32..12.0) {
        let image = painted(&pieces(96), seed, amount);
        let found = segment_unsup2d(image.view());
        let mirrored = segment_unsup2d(image.slice(s![.., .., ..;-1]));
        let back = mirrored.slice(s![.., ..;-1]).to_owned();
        prop_assert!(rand_index(&found, &back) > 0.95);
    }

    #[test]
    fn the_order_of_channels_does_not_matter(seed: u64, amount in 1.0_f32..12.0) {
        let image = painted(&pieces(96), seed, amount);
        let other = image.select(Axis(0), &[2, 0, 1]);
        let [found, other] = [image, other].map(|image| segment_unsup2d(image.view()));
        prop_assert!(rand_index(&found, &other) > 0.95);
    }

    #[test]
    fn labels_start_at_0_and_leave_none_out(
        values in prop::collection::vec(0_u8..=255, 3 * 12 * 14),
    ) {
        let image = Array3::from_shape_vec((3, 12, 14), values).unwrap();
        let found = segment_unsup2d(image.view());
        let mut next = 0;
        for &label in &found {
            prop_assert!(label <= next);
            next = next.max(label + 1);
        }
    }
}
