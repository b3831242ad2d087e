//! One eigenvector of a symmetric 3×3 matrix, fast: range images ask for two at every pixel.

use glam::{DVec3, Vec3};

/// A symmetric positive semi-definite 3×3 matrix: covariances of vectors that are added one by one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Covariance {
    pub count: f64,
    pub sum: DVec3,
    /// Sums of xx, yy, zz and of yz, xz, xy.
    pub squares: DVec3,
    pub products: DVec3,
}

impl Covariance {
    /// Takes another vector in.
    pub fn add(&mut self, vector: Vec3) {
        let vector = vector.as_dvec3();
        self.count += 1.0;
        self.sum += vector;
        self.squares += vector * vector;
        self.products += DVec3::new(vector.y * vector.z, vector.x * vector.z, vector.x * vector.y);
    }

    /// Mean of the vectors.
    pub fn mean(&self) -> DVec3 {
        self.sum / self.count
    }

    /// Diagonal (xx, yy, zz) and what is beside it (yz, xz, xy) of the covariance.
    fn matrix(&self) -> (DVec3, DVec3) {
        let mean = self.mean();
        let beside = DVec3::new(mean.y * mean.z, mean.x * mean.z, mean.x * mean.y);
        (self.squares / self.count - mean * mean, self.products / self.count - beside)
    }

    /// The unit vector along which the vectors differ least; none if there are two such.
    pub fn least(&self) -> Option<Vec3> {
        let (diagonal, beside) = self.matrix();
        eigenvector(diagonal, beside, eigenvalue(diagonal, beside, 0.0))
    }

    /// The variance along the unit vector along which the vectors differ most, and that vector.
    pub fn most(&self) -> Option<(f32, Vec3)> {
        let (diagonal, beside) = self.matrix();
        let value = eigenvalue(diagonal, beside, diagonal.element_sum());
        Some((value as f32, eigenvector(diagonal, beside, value)?))
    }
}

/// The root of the characteristic polynomial λ³ − tλ² + mλ − d that Newton's method runs into
/// without overshooting: the least one from 0, the greatest one from the trace t.
fn eigenvalue(diagonal: DVec3, beside: DVec3, start: f64) -> f64 {
    let (a, b) = (diagonal, beside);
    let trace = a.element_sum();
    let minors = a.y * a.z + a.x * a.z + a.x * a.y - b.length_squared();
    let determinant = a.x * a.y * a.z + 2.0 * b.x * b.y * b.z - (a * b * b).element_sum();
    let mut value = start;
    for _ in 0..60 {
        let height = ((value - trace) * value + minors) * value - determinant;
        let slope = (3.0 * value - 2.0 * trace) * value + minors;
        let step = height / slope;
        // Also ends where the slope is 0 at a double root.
        if step.is_nan() || step.abs() <= 1e-13 * trace {
            break;
        }
        value -= step;
    }
    value
}

/// The unit vector that the matrix less λ takes to 0: the longest cross product of its rows.
fn eigenvector(diagonal: DVec3, beside: DVec3, value: f64) -> Option<Vec3> {
    let scale = diagonal.element_sum();
    let (a, b) = ((diagonal - value) / scale, beside / scale);
    let rows = [DVec3::new(a.x, b.z, b.y), DVec3::new(b.z, a.y, b.x), DVec3::new(b.y, b.x, a.z)];
    let crosses = [rows[0].cross(rows[1]), rows[0].cross(rows[2]), rows[1].cross(rows[2])];
    let longest = crosses.into_iter().fold(DVec3::ZERO, |longest, cross| {
        if cross.length_squared() > longest.length_squared() { cross } else { longest }
    });
    let length = longest.length();
    (length > 1e-9).then(|| (longest / length).as_vec3())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(vectors: &[Vec3]) -> Covariance {
        let mut covariance = Covariance::default();
        for &vector in vectors {
            covariance.add(vector);
        }
        covariance
    }

    #[test]
    fn two_walls_by_hand() {
        // Normals of two walls that meet at a right angle: they differ along (1, −1, 0)/√2 alone,
        // by √2, so that the variance is (√2/2)².
        let (value, vector) = of(&[Vec3::X, Vec3::Y, Vec3::X, Vec3::Y]).most().unwrap();
        assert!((value - 0.5).abs() < 1e-6 && vector.dot(Vec3::new(1.0, -1.0, 0.0)).abs() > 1.414);
    }

    #[test]
    fn points_of_a_line_or_of_a_ball_have_no_normal() {
        let axes = [Vec3::X, Vec3::Y, Vec3::Z];
        let ball: Vec<_> = axes.into_iter().chain(axes.map(|axis| -axis)).collect();
        assert_eq!(of(&ball).least(), None);
        assert_eq!(of(&[Vec3::ZERO, Vec3::X, 2.0 * Vec3::X]).least(), None);
        assert_eq!(of(&[Vec3::X; 4]).most(), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn vectors_are_eigenvectors(values in prop::collection::vec(-1.0_f32..1.0, 18)) {
            let vectors: Vec<_> = values.chunks(3).map(Vec3::from_slice).collect();
            let covariance = of(&vectors);
            let along = |axis: Vec3| {
                let shares = vectors.iter().map(|v| f64::from((v - covariance.mean().as_vec3()).dot(axis)));
                shares.map(|share| share * share).sum::<f64>() / 6.0
            };
            let (value, most) = covariance.most().unwrap();
            let least = covariance.least().unwrap();
            prop_assert!((along(most) - f64::from(value)).abs() < 1e-5);
            prop_assert!(most.dot(least).abs() < 1e-3);
            for axis in [Vec3::X, Vec3::Y, Vec3::Z, Vec3::ONE.normalize()] {
                prop_assert!(along(axis) <= along(most) + 1e-5 && along(axis) >= along(least) - 1e-5);
            }
        }
    }
}
