use std::sync::Arc;

use glam::{Vec2, Vec3};
use proptest::prelude::*;

use super::*;
use crate::scene::Group;
use crate::shape::Shape;

fn corner(point: Vec3A) -> Corner {
    Corner { point, normal: None, uv: Vec2::ZERO }
}

fn mesh(triangles: impl IntoIterator<Item = [Vec3A; 3]>) -> Mesh {
    let mut draft = Draft::default();
    for triangle in triangles {
        draft.add(triangle.map(corner), 0).unwrap();
    }
    draft.finish(Arc::new([Material::grey("")])).unwrap()
}

/// The twelve triangles of a box.
fn cube(Bounds { min, max }: Bounds) -> Vec<[Vec3A; 3]> {
    let corner = |i: usize| {
        let bit = |axis: usize| if i >> axis & 1 == 1 { max[axis] } else { min[axis] };
        Vec3A::new(bit(0), bit(1), bit(2))
    };
    let sides =
        [[0, 2, 6, 4], [1, 5, 7, 3], [0, 4, 5, 1], [2, 3, 7, 6], [0, 1, 3, 2], [4, 6, 7, 5]];
    let halves = |[a, b, c, d]: [usize; 4]| [[a, b, c], [a, c, d]].map(|t| t.map(corner));
    sides.into_iter().flat_map(halves).collect()
}

/// A ball of triangles between circles of latitude.
fn ball(radius: f32, n: usize) -> Vec<[Vec3A; 3]> {
    let at = |i: usize, j: usize| {
        let (south, down) = (std::f32::consts::PI * j as f32 / n as f32).sin_cos();
        let (sin, cos) = (std::f32::consts::PI * (i % (2 * n)) as f32 / n as f32).sin_cos();
        // At the poles all are one point, to the last digit.
        let south = if j.is_multiple_of(n) { 0.0 } else { south };
        radius * Vec3A::new(south * cos, south * sin, down)
    };
    let patch = |i: usize, j: usize| {
        let [a, b, c, d] = [at(i, j), at(i, j + 1), at(i + 1, j + 1), at(i + 1, j)];
        let upper = (j > 0).then_some([a, c, d]);
        let lower = (j + 1 < n).then_some([a, b, c]);
        upper.into_iter().chain(lower)
    };
    (0..2 * n).flat_map(|i| (0..n).flat_map(move |j| patch(i, j))).collect()
}

/// The curvature and the normal that rays see from all sides towards the middle.
fn sights(mesh: &Mesh, scale: Vec3A, distance: f32) -> Vec<([f32; 2], Vec3A, Vec3A)> {
    let placed = Placed { scale, ..Placed::new(Arc::new(mesh.clone()), None) };
    let group = Group::of_mesh(placed, Vec3A::ZERO, (1.0, 0.0));
    let seen = (0..200).filter_map(|i| {
        let (u, v) = crate::light::even(i);
        let (sin, cos) = (std::f32::consts::TAU * v).sin_cos();
        let z = 1.8 * u - 0.9;
        let from = distance * Vec3A::new((1.0 - z * z).sqrt() * cos, (1.0 - z * z).sqrt() * sin, z);
        let ray = Ray::new(from, -from);
        let met = group.meets_mesh(&ray, f32::INFINITY, 0)?;
        let hit = group.sees_mesh(group.mesh.as_ref()?, &ray, &met, 0.0);
        Some((hit.curvature, hit.normal, ray.at(hit.t)))
    });
    seen.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_box_of_triangles_is_met_as_a_box(
        from in prop::array::uniform3(-3.0_f32..3.0), aim in prop::array::uniform3(0.02_f32..0.98),
    ) {
        let bounds = Bounds { min: Vec3A::new(-0.5, 0.0, 0.25), max: Vec3A::new(1.0, 0.75, 1.0) };
        let triangles = mesh(cube(bounds));
        let from = Vec3A::from(from);
        let to = bounds.min + Vec3A::from(aim) * (bounds.max - bounds.min);
        let ray = Ray::new(from, to - from);
        if bounds.distance(from) > 1e-3 {
            let (t, normal) = Shape::Cuboid(bounds).hit(&ray, f32::INFINITY).unwrap();
            let (other, number) = triangles.hit(&ray, f32::INFINITY).unwrap();
            prop_assert!((t - other).abs() < 1e-4, "{} for {}", other, t);
            let sight = triangles.sight(number, &ray, other, Vec3A::ONE, 0.0);
            // Within a finger's breadth of an edge either side may be met.
            let inner = ray.at(t).clamp(bounds.min, bounds.max);
            let near = (inner - bounds.min).min(bounds.max - inner);
            if near.to_array().iter().filter(|&&v| v < 1e-3).count() < 2 {
                prop_assert!(sight.normal.distance(normal) < 1e-4, "{} for {}", sight.normal, normal);
            }
            prop_assert_eq!(sight.curvature, [0.0; 2]);
            prop_assert!(triangles.blocks(&ray, t + 1e-3) && !triangles.blocks(&ray, t - 1e-3));
        }
        let distance = triangles.distance(from, 9.0);
        let inside = (from - bounds.min).min(bounds.max - from).min_element();
        let expected = if inside > 0.0 { inside } else { bounds.distance(from) };
        prop_assert!((distance - expected).abs() < 1e-4, "{} for {}", distance, expected);
    }
}

#[test]
fn a_ball_is_curved_by_the_inverse_of_its_radius() {
    for radius in [0.1, 0.5, 2.0] {
        let ball = mesh(ball(radius, 16));
        for ([a, b], normal, point) in sights(&ball, Vec3A::ONE, 3.0 * radius) {
            assert!((a * radius - 1.0).abs() < 0.1, "{a} at {point} for radius {radius}");
            assert!((b * radius - 1.0).abs() < 0.1, "{b} at {point} for radius {radius}");
            assert!(normal.dot(point.normalize()) > 0.995, "{normal} at {point}");
        }
    }
}

#[test]
fn from_inside_a_ball_is_hollow() {
    let ball = mesh(ball(1.0, 16));
    let ray = Ray::new(Vec3A::new(0.1, 0.2, 0.0), Vec3A::new(0.6, 0.1, 0.3));
    let (t, number) = ball.hit(&ray, f32::INFINITY).unwrap();
    let sight = ball.sight(number, &ray, t, Vec3A::ONE, 0.0);
    assert!(sight.curvature.iter().all(|k| (k + 1.0).abs() < 0.1), "{:?}", sight.curvature);
    assert!(sight.normal.dot(ray.direction) < 0.0);
}

#[test]
fn a_stretched_ball_is_curved_as_an_ellipsoid() {
    let radii = Vec3A::new(0.5, 1.0, 0.7);
    let exact = Shape::Ellipsoid { centre: Vec3A::ZERO, radii };
    let ball = mesh(ball(1.0, 32));
    // Turned by half a turn too: two scales are negative.
    for scale in [radii, radii * Vec3A::new(-1.0, -1.0, 1.0)] {
        for (found, normal, point) in sights(&ball, scale, 4.0) {
            let out = (point / (radii * radii)).normalize();
            let expected = exact.curvature(point, out);
            for (found, expected) in found.into_iter().zip(expected) {
                assert!((found / expected - 1.0).abs() < 0.12, "{found} for {expected} at {point}");
            }
            assert!(normal.dot(out) > 0.995, "{normal} at {point}");
        }
    }
}

#[test]
fn a_pipe_is_curved_across_and_its_edges_are_sharp() {
    const SIDES: usize = 16;
    let at = |i: usize, z: f32| {
        let (sin, cos) = (std::f32::consts::TAU * (i % SIDES) as f32 / SIDES as f32).sin_cos();
        Vec3A::new(0.25 * cos, 0.25 * sin, z)
    };
    let side = |i: usize| {
        let [a, b, c, d] = [at(i, 0.0), at(i + 1, 0.0), at(i + 1, 1.0), at(i, 1.0)];
        [[a, b, c], [a, c, d], [c, d, Vec3A::Z]]
    };
    let pipe = mesh((0..SIDES).flat_map(side));
    let seen = |from: Vec3A, to: Vec3A| {
        let ray = Ray::new(from, to - from);
        let (t, number) = pipe.hit(&ray, f32::INFINITY).unwrap();
        pipe.sight(number, &ray, t, Vec3A::ONE, 0.0)
    };
    let wall = seen(Vec3A::new(2.0, 0.3, 0.5), Vec3A::new(0.0, 0.02, 0.5));
    assert!((wall.curvature[0] - 4.0).abs() < 0.4 && wall.curvature[1].abs() < 0.4, "{wall:?}");
    let lid = seen(Vec3A::new(0.1, 0.05, 3.0), Vec3A::new(0.1, 0.06, 0.5));
    assert!(lid.normal.distance(Vec3A::Z) < 1e-6 && lid.curvature == [0.0; 2], "{lid:?}");
    assert_ne!(wall.patch, lid.patch);
}

#[test]
fn what_is_no_triangle_is_refused() {
    let mut draft = Draft::default();
    let mut add = |points: [[f32; 3]; 3]| draft.add(points.map(|p| corner(p.into())), 0);
    let [a, b, c] = [[0.0; 3], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]];
    assert_eq!(add([a, b, c]), Ok(()));
    assert_eq!(add([a, b, b]), Err(Unfit::NoArea));
    assert_eq!(add([a, b, [0.5, 0.0, 0.0]]), Err(Unfit::NoArea));
    assert_eq!(add([a, b, [0.0, f32::NAN, 0.0]]), Err(Unfit::NoPlace));
    assert_eq!(add([a, b, [0.0, 1e30, 0.0]]), Err(Unfit::NoPlace));
    assert_eq!(draft.clone().finish(Arc::new([])), None);
    assert_eq!(Draft::default().finish(Arc::new([Material::grey("")])), None);
}

#[test]
fn rays_go_through_the_holes_of_a_texture() {
    // The left half of the square is a hole.
    let image = crate::texture::Image::new(2, 1, 4, &[9, 9, 9, 0, 250, 0, 0, 255]).unwrap();
    let leaf = Material {
        image: Some(Arc::new(image)),
        cut_out: true,
        colour: Vec3::ONE,
        ..Material::grey("leaf")
    };
    let at = |x: f32, y: f32| Corner { uv: Vec2::new(x, y), ..corner(Vec3A::new(x, y, 0.0)) };
    let mut draft = Draft::default();
    for far in [0.0, 1.0] {
        draft.add([at(0.0, 0.0), at(1.0, 1.0), at(far, 1.0 - far)], 0).unwrap();
    }
    let square = draft.finish(Arc::new([leaf])).unwrap();
    let down = |x: f32| Ray::new(Vec3A::new(x, 0.4, 1.0), -Vec3A::Z);
    assert_eq!(square.hit(&down(0.2), 9.0), None);
    assert!(!square.blocks(&down(0.3), 9.0));
    let (t, number) = square.hit(&down(0.8), 9.0).unwrap();
    let sight = square.sight(number, &down(0.8), t, Vec3A::ONE, 0.0);
    assert!(sight.colour.x > 0.8 && sight.colour.y < 0.05, "{sight:?}");
}
