//! How primitives are curved.

use glam::Vec3A;

use crate::shape::Shape;

impl Shape {
    /// The principal curvatures in 1/m at a point of the surface with this unit normal, the larger
    /// first. Primitives are convex, so none is negative.
    ///
    /// 0 and 0 on a plane, 1/r and 1/r on a sphere, 1/r and 0 on a cylinder; on a cone cos(α)/r and
    /// 0, r from the axis where its side leans by α.
    pub fn curvature(&self, point: Vec3A, normal: Vec3A) -> [f32; 2] {
        match *self {
            Self::Cuboid(_) | Self::Wedge { .. } => [0.0; 2],
            Self::Sphere { radius, .. } => [1.0 / radius; 2],
            Self::Ellipsoid { centre, radii } => ellipsoid(point - centre, radii),
            Self::Cylinder { base, .. } | Self::Cone { base, .. } => {
                // The part of the normal across the axis: cos(α) on the side, 0 on the ends.
                let across = normal.with_z(0.0).length();
                [across / (point - base).with_z(0.0).length().max(THIN), 0.0]
            }
            Self::Rod { from, to, radius } => {
                let axis = (to - from).normalize_or_zero();
                let end = normal.dot(axis).abs() > 0.5;
                [if end { 0.0 } else { 1.0 / radius.max(THIN) }, 0.0]
            }
        }
    }
}

/// Nothing is thinner, metres: the tip of a cone has no curvature.
const THIN: f32 = 1e-4;

/// At a point of an ellipsoid around 0, from its Gaussian curvature K and mean curvature H:
/// with q = x²/a⁴ + y²/b⁴ + z²/c⁴, K = 1/(abc·q)² and H = (a²+b²+c² − x²−y²−z²) / (2(abc)²·q^{3/2}).
fn ellipsoid(point: Vec3A, radii: Vec3A) -> [f32; 2] {
    let squares = radii * radii;
    let product = radii.element_product().powi(2);
    let gradient = point / squares;
    let q = gradient.length_squared();
    let gauss = 1.0 / (product * q * q);
    let mean = (squares.element_sum() - point.length_squared()) / (2.0 * product * q.powf(1.5));
    let apart = (mean * mean - gauss).max(0.0).sqrt();
    [mean + apart, (mean - apart).max(0.0)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::{Bounds, Ray};
    use proptest::prelude::*;

    fn near(found: [f32; 2], expected: [f32; 2]) {
        let close = |k: usize| (found[k] - expected[k]).abs() < 1e-3 * (1.0 + expected[k].abs());
        assert!(close(0) && close(1), "{found:?} for {expected:?}");
    }

    #[test]
    fn planes_spheres_and_cylinders() {
        let bounds = Bounds { min: Vec3A::ZERO, max: Vec3A::ONE };
        near(Shape::Cuboid(bounds).curvature(Vec3A::X, Vec3A::X), [0.0; 2]);
        let sphere = Shape::Sphere { centre: Vec3A::ONE, radius: 0.25 };
        near(sphere.curvature(Vec3A::new(1.25, 1.0, 1.0), Vec3A::X), [4.0, 4.0]);
        let cylinder = Shape::Cylinder { base: Vec3A::ONE, radius: 0.5, height: 2.0 };
        near(cylinder.curvature(Vec3A::new(1.0, 1.5, 1.7), Vec3A::Y), [2.0, 0.0]);
        near(cylinder.curvature(Vec3A::new(1.1, 1.0, 3.0), Vec3A::Z), [0.0, 0.0]);
        let rod = Shape::Rod { from: Vec3A::ZERO, to: Vec3A::X, radius: 0.02 };
        near(rod.curvature(Vec3A::new(0.3, 0.0, 0.02), Vec3A::Z), [50.0, 0.0]);
        near(rod.curvature(Vec3A::new(1.0, 0.0, 0.01), Vec3A::X), [0.0, 0.0]);
    }

    #[test]
    fn a_cone_is_curved_across_only() {
        // From radius 1 at the base to 0 at height 1: half way up, r = ½ and the side leans 45°.
        let cone = Shape::Cone { base: Vec3A::ZERO, bottom: 1.0, top: 0.0, height: 1.0 };
        let normal = Vec3A::new(1.0, 0.0, 1.0).normalize();
        near(cone.curvature(Vec3A::new(0.5, 0.0, 0.5), normal), [0.5_f32.sqrt() / 0.5, 0.0]);
        near(cone.curvature(Vec3A::new(0.5, 0.0, 0.0), -Vec3A::Z), [0.0, 0.0]);
    }

    #[test]
    fn an_ellipsoid_at_its_poles_and_a_round_one() {
        // At the end of the axis c the sections are ellipses of curvature c/a² and c/b².
        let radii = Vec3A::new(1.0, 0.5, 0.25);
        let ellipsoid = Shape::Ellipsoid { centre: Vec3A::ONE, radii };
        near(ellipsoid.curvature(Vec3A::ONE + 0.25 * Vec3A::Z, Vec3A::Z), [1.0, 0.25]);
        near(ellipsoid.curvature(Vec3A::ONE + Vec3A::X, Vec3A::X), [16.0, 4.0]);
        let round = Shape::Ellipsoid { centre: Vec3A::ZERO, radii: Vec3A::splat(0.2) };
        near(round.curvature(Vec3A::splat(0.2 / 3.0_f32.sqrt()), Vec3A::ONE.normalize()), [5.0; 2]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// The normal turns by the curvature times the way: Δn·Δp ≈ k·|Δp|², k between the two.
        #[test]
        fn normals_turn_as_the_curvature_says(
            aim in prop::array::uniform3(-0.6_f32..0.6), by in prop::array::uniform2(-1.0_f32..1.0),
        ) {
            prop_assume!(by[0].hypot(by[1]) > 0.1);
            let base = Vec3A::new(0.0, 0.0, -1.0);
            for shape in [
                Shape::Sphere { centre: Vec3A::ZERO, radius: 0.7 },
                Shape::Ellipsoid { centre: Vec3A::ZERO, radii: Vec3A::new(0.9, 0.7, 1.1) },
                Shape::Cylinder { base, radius: 0.8, height: 2.0 },
                Shape::Cone { base, bottom: 0.9, top: 0.4, height: 2.0 },
                Shape::Rod { from: base, to: Vec3A::new(0.2, 0.3, 1.0), radius: 0.7 },
            ] {
                let from = Vec3A::new(4.0, 0.3, 0.2);
                let to = Vec3A::from(aim).with_x(0.0);
                let step = 0.01 * Vec3A::new(0.0, by[0], by[1]);
                let rays = [to, to + step].map(|to| Ray::new(from, to - from));
                let hits = rays.map(|ray| shape.hit(&ray, f32::INFINITY).map(|(t, n)| (ray.at(t), n)));
                let [Some((p, n)), Some((q, m))] = hits else { continue };
                if n.dot(m) < 0.99 || n.x < 0.3 {
                    continue; // over an edge, or grazing
                }
                let [k1, k2] = shape.curvature(p, n);
                let turned = (m - n).dot(q - p) / (q - p).length_squared();
                prop_assert!(turned < k1 + 0.05 && turned > k2 - 0.05, "{shape:?}: {turned} {k1} {k2}");
            }
        }
    }
}
