//! Cues against an independent computation: `scripts/cues-oracle.py` and `scripts/narf-oracle.py`
//! wrote inputs and expected maps.

use ndarray::{Array2, Array3, Axis, stack};
use taskonomy_cues::{
    depth_euclidean, edges_occlusion, edges_texture, keypoints_2d, keypoints_3d, luma, reshading,
    segment_unsup2d,
};

const ORACLE: &str = concat!(include_str!("oracle.csv"), include_str!("narf.csv"));

fn map(name: &str) -> Array2<f32> {
    let rows: Vec<Vec<f32>> = ORACLE
        .lines()
        .filter_map(|line| line.strip_prefix(name)?.strip_prefix(','))
        .map(|line| line.split(',').map(|v| v.parse().expect("a number")).collect())
        .collect();
    let shape = (rows.len(), rows[0].len());
    Array2::from_shape_vec(shape, rows.concat()).expect("rows of one length")
}

fn maps(names: [&str; 3]) -> Array3<f32> {
    let [a, b, c] = names.map(map);
    stack(Axis(0), &[a.view(), b.view(), c.view()]).expect("maps of one size")
}

fn brightness() -> Array2<f32> {
    luma(maps(["red", "green", "blue"]).mapv(|v| v as u8).view())
}

/// At most one unit apart everywhere, and not trivially so.
fn assert_equal<T: Copy + Into<f32>>(found: &Array2<T>, name: &str) {
    let expected = map(name);
    assert_eq!(found.dim(), expected.dim());
    assert!(expected.iter().filter(|&&v| v > 20.0).count() > 100, "{name} is nearly empty");
    for ((at, &found), &expected) in found.indexed_iter().zip(&expected) {
        let found: f32 = found.into();
        assert!((found - expected).abs() <= 1.0, "{name} at {at:?}: {found} for {expected}");
    }
}

#[test]
fn edges_texture_is_the_oracles() {
    assert_equal(&edges_texture(brightness().view(), 0.75), "edges_texture");
}

#[test]
fn edges_occlusion_is_the_oracles() {
    let depth = map("depth").mapv(|v| v as u16);
    assert_equal(&edges_occlusion(depth.view()), "edges_occlusion");
}

#[test]
fn keypoints_2d_is_the_oracles() {
    assert_equal(&keypoints_2d(brightness().view(), &[3, 9, 15]), "keypoints_2d");
}

/// z-distances in metres of a coded depth.
fn metres() -> Array2<f32> {
    map("depth").mapv(|v| if v == 65535.0 { f32::INFINITY } else { v / 512.0 })
}

#[test]
fn depth_euclidean_is_the_oracles() {
    assert_equal(&depth_euclidean(metres().view(), 1.2), "depth_euclidean");
}

#[test]
fn reshading_is_the_oracles_to_half_a_step() {
    let normals = maps(["normal_x", "normal_y", "normal_z"]);
    let found = reshading(metres().view(), normals.view(), 1.2).unwrap();
    let expected = map("reshading");
    assert!(expected.iter().filter(|&&v| v > 20.0).count() > 100);
    for (&found, expected) in found.iter().zip(&expected) {
        assert!((f32::from(found) - expected).abs() < 0.501, "{found} for {expected}");
    }
}

#[test]
fn keypoints_3d_is_the_oracles() {
    let found = keypoints_3d(map("metres").view(), 1.0);
    let expected = map("keypoints_3d");
    assert!(expected.iter().filter(|&&v| v > 6000.0).count() > 500);
    // Rounding moves a direction across the end of a bin now and then.
    let unlike = found.iter().zip(&expected).filter(|(f, e)| (f32::from(**f) - **e).abs() > 66.0);
    assert!(unlike.count() <= expected.len() / 200);
}

/// The adjusted Rand index of two labellings: 1 if they are the same up to names, 0 by chance.
fn rand_index(a: &Array2<u16>, b: &Array2<u16>) -> f64 {
    let pairs = |counts: Vec<u64>| counts.iter().map(|n| n * (n - 1) / 2).sum::<u64>() as f64;
    let counts = |key: &dyn Fn(u16, u16) -> (u16, u16)| {
        let mut counts = std::collections::BTreeMap::<_, u64>::new();
        a.iter().zip(b).for_each(|(&a, &b)| *counts.entry(key(a, b)).or_default() += 1);
        pairs(counts.into_values().collect())
    };
    let (of_a, of_b) = (counts(&|a, _| (a, 0)), counts(&|_, b| (0, b)));
    let chance = of_a * of_b / pairs(vec![a.len() as u64]);
    (counts(&|a, b| (a, b)) - chance) / (f64::midpoint(of_a, of_b) - chance)
}

#[test]
fn segments_are_those_of_scikit_image() {
    let image = maps(["pieces_red", "pieces_green", "pieces_blue"]).mapv(|v| v as u8);
    let found = segment_unsup2d(image.view()).mapv(u16::from);
    let expected = map("segment_unsup2d").mapv(|v| v as u16);
    let index = rand_index(&found, &expected);
    assert!(index > 0.95, "{index}");
}
