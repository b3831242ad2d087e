//! Cues against an independent computation: `scripts/cues-oracle.py` wrote inputs and expected maps.

use ndarray::{Array2, Array3, Axis, stack};
use taskonomy_cues::{edges_occlusion, edges_texture, keypoints_2d, luma, reshading};

const ORACLE: &str = include_str!("oracle.csv");

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

#[test]
fn reshading_is_the_oracles() {
    let metres = map("depth").mapv(|v| if v == 65535.0 { f32::INFINITY } else { v / 512.0 });
    let normals = maps(["normal_x", "normal_y", "normal_z"]);
    let found = reshading(metres.view(), normals.view(), 1.2).unwrap();
    assert_equal(&found, "reshading");
}
