//! How a mesh is curved at its corners: a quadric fitted to what is around.

use glam::{DMat3, DVec3, Mat3A, Vec3A};

use crate::light::across;

/// The second form of a surface at a corner, in the frame [`across`] its normal: positive where it
/// bulges towards the normal, 1/m.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Bend([f32; 3]);

/// A corner near another one: the way there, and its normal.
pub(super) struct Neighbour {
    pub way: Vec3A,
    pub normal: Vec3A,
}

/// Curvatures beyond this, 1/m, are noise: a radius of a millimetre.
const MOST: f64 = 1000.0;

impl Bend {
    /// Fits z = ½(p·x² + 2q·xy + r·y²) over the plane across `normal` to the neighbours: to their
    /// heights, and its slopes to their normals (as do Goldfeather and Interrante, 2004, who add
    /// cubic terms). In a direction in which there are none a surface counts as straight.
    pub fn fit(normal: Vec3A, neighbours: &[Neighbour]) -> Self {
        if neighbours.iter().all(|n| n.normal.dot(normal) > 0.999_999) {
            return Self::default(); // a plane, as nearly everywhere
        }
        let (a, b) = across(normal);
        let (mut matrix, mut right) = (DMat3::ZERO, DVec3::ZERO);
        let mut equation = |row: DVec3, value: f64| {
            matrix += DMat3::from_cols(row * row.x, row * row.y, row * row.z);
            right += row * value;
        };
        for Neighbour { way, normal: other } in neighbours {
            let local = |v: Vec3A| [v.dot(a), v.dot(b), v.dot(normal)].map(f64::from);
            let ([x, y, z], [nx, ny, nz]) = (local(*way), local(*other));
            let far = x.hypot(y);
            if far < 1e-9 || nz < 0.2 {
                continue;
            }
            // Heights as shares of the distance, and slopes: all without a unit.
            let height = DVec3::new(0.5 * x * x, x * y, 0.5 * y * y) / far;
            equation(2.0 * height, 2.0 * z / far);
            equation(DVec3::new(x, y, 0.0), -nx / nz);
            equation(DVec3::new(0.0, x, y), -ny / nz);
        }
        let trace = matrix.x_axis.x + matrix.y_axis.y + matrix.z_axis.z;
        if trace <= 0.0 || !trace.is_finite() {
            return Self::default();
        }
        let fitted = (matrix + DMat3::from_diagonal(DVec3::splat(1e-6 * trace))).inverse() * right;
        let bounded = fitted.clamp(DVec3::splat(-MOST), DVec3::splat(MOST));
        if bounded.is_finite() { Self((-bounded).as_vec3().to_array()) } else { Self::default() }
    }

    /// The form as a matrix, at a corner with this unit normal.
    pub fn matrix(self, normal: Vec3A) -> Mat3A {
        let [p, q, r] = self.0;
        if self.0 == [0.0; 3] {
            return Mat3A::ZERO;
        }
        let (a, b) = across(normal);
        let outer = |u: Vec3A, v: Vec3A| Mat3A::from_cols(u * v.x, u * v.y, u * v.z);
        outer(a, a) * p + (outer(a, b) + outer(b, a)) * q + outer(b, b) * r
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points around (0, 0, 0) of z = ½(p·x² + 2q·xy + r·y²), in a frame across `normal`.
    fn around(normal: Vec3A, [p, q, r]: [f32; 3]) -> Vec<Neighbour> {
        let (a, b) = across(normal);
        let at = |i: usize| {
            let (y, x) = (1.1 * i as f32).sin_cos();
            let (x, y) = (0.01 * x, 0.008 * y);
            let z = 0.5 * (p * x * x + 2.0 * q * x * y + r * y * y);
            let slope = [p * x + q * y, q * x + r * y];
            let way = a * x + b * y + normal * z;
            Neighbour { way, normal: (normal - a * slope[0] - b * slope[1]).normalize() }
        };
        (0..6).map(at).collect()
    }

    #[test]
    fn a_quadric_is_found_again() {
        for normal in [Vec3A::Z, Vec3A::new(0.6, -0.48, 0.64), -Vec3A::Y] {
            for form in [[4.0, 0.0, 4.0], [-2.0, 1.0, 5.0], [0.0, 3.0, 0.0], [10.0, 0.0, 0.0]] {
                let Bend(found) = Bend::fit(normal, &around(normal, form));
                let close =
                    found.iter().zip(form).all(|(f, e)| (f + e).abs() < 0.01 * (1.0 + e.abs()));
                assert!(close, "{found:?} for −{form:?}");
            }
        }
    }

    #[test]
    fn where_nothing_is_known_a_surface_is_straight() {
        // Neighbours along one line only, on a circle of radius ½ m: curved along it, not across.
        let (a, _) = across(Vec3A::Z);
        let near: Vec<_> = around(Vec3A::Z, [2.0, 0.0, 0.0])
            .into_iter()
            .map(|n| Neighbour { way: a * n.way.dot(a) + Vec3A::Z * n.way.z, ..n })
            .collect();
        let Bend([p, q, r]) = Bend::fit(Vec3A::Z, &near);
        assert!((p + 2.0).abs() < 0.05 && q.abs() < 0.05 && r.abs() < 0.05, "{p} {q} {r}");
        assert_eq!(Bend::fit(Vec3A::Z, &[]), Bend::default());
    }
}
