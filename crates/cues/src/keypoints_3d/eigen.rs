//! One eigenvector of a symmetric 3×3 matrix, fast: range images ask for two at every pixel.

use glam::{DVec3, Vec3};

use super::padded::LANES;

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

    /// The variance along the unit vector along which the vectors differ most, and that vector.
    pub fn most(&self) -> Option<(f32, Vec3)> {
        let ([sx, sy, sz], [xx, yy, zz]) = (self.sum.to_array(), self.squares.to_array());
        let [yz, xz, xy] = self.products.to_array();
        let sums = [self.count, sx, sy, sz, xx, yy, zz, yz, xz, xy].map(|sum| [sum]);
        let Matrices { diagonal, beside, .. } = Matrices::new(sums);
        // No eigenvalue is greater than the root of the sum of squares, and of vectors of one line one
        // is as great.
        let square = |v: [[f64; 1]; 3]| v.iter().map(|v| v[0] * v[0]).sum::<f64>();
        let start = (square(diagonal) + 2.0 * square(beside)).sqrt();
        let value = eigenvalues(&diagonal, &beside, [start]);
        let [vector] = eigenvectors(&diagonal, &beside, value);
        Some((value[0] as f32, vector?))
    }
}

/// Of vectors in several lanes: their mean, and the unit vector along which they differ least; none if
/// there are two such. Counts, sums of x, y, z, of xx, yy, zz and of yz, xz, xy are given.
pub(super) fn least(sums: &[[f32; LANES]; 10]) -> [(Vec3, Option<Vec3>); LANES] {
    let Matrices { mean, diagonal, beside } = Matrices::new(sums.map(|sum| sum.map(f64::from)));
    let values = eigenvalues(&diagonal, &beside, [0.0; LANES]);
    let vectors = eigenvectors(&diagonal, &beside, values);
    std::array::from_fn(|l| (DVec3::from_array(mean.map(|m| m[l])).as_vec3(), vectors[l]))
}

/// Covariances in several lanes, which run in vector registers.
struct Matrices<const N: usize> {
    mean: [[f64; N]; 3],
    /// xx, yy, zz.
    diagonal: [[f64; N]; 3],
    /// yz, xz, xy.
    beside: [[f64; N]; 3],
}

/// One number a lane.
fn each<const N: usize>(number: impl Fn(usize) -> f64) -> [f64; N] {
    std::array::from_fn(number)
}

impl<const N: usize> Matrices<N> {
    fn new(sums: [[f64; N]; 10]) -> Self {
        let [n, sx, sy, sz, xx, yy, zz, yz, xz, xy] = sums;
        let mean = [sx, sy, sz].map(|sum| each(|l| sum[l] / n[l]));
        let covariance =
            |sum: [f64; N], i: usize, j: usize| each(|l| sum[l] / n[l] - mean[i][l] * mean[j][l]);
        Self {
            mean,
            diagonal: [covariance(xx, 0, 0), covariance(yy, 1, 1), covariance(zz, 2, 2)],
            beside: [covariance(yz, 1, 2), covariance(xz, 0, 2), covariance(xy, 0, 1)],
        }
    }
}

/// The root of the characteristic polynomial λ³ − tλ² + mλ − d that Newton's method runs into
/// without overshooting: the least one from 0, the greatest one from anywhere above it.
fn eigenvalues<const N: usize>(a: &[[f64; N]; 3], b: &[[f64; N]; 3], start: [f64; N]) -> [f64; N] {
    let trace = each::<N>(|l| a[0][l] + a[1][l] + a[2][l]);
    let minors = each::<N>(|l| {
        let square = b[0][l] * b[0][l] + b[1][l] * b[1][l] + b[2][l] * b[2][l];
        a[1][l] * a[2][l] + a[0][l] * a[2][l] + a[0][l] * a[1][l] - square
    });
    let determinant = each::<N>(|l| {
        let mixed = |k: usize| a[k][l] * b[k][l] * b[k][l];
        a[0][l] * a[1][l] * a[2][l] + 2.0 * b[0][l] * b[1][l] * b[2][l]
            - (mixed(0) + mixed(1) + mixed(2))
    });
    let mut value = start;
    for _ in 0..60 {
        let step = each::<N>(|l| {
            let height = ((value[l] - trace[l]) * value[l] + minors[l]) * value[l] - determinant[l];
            let slope = (3.0 * value[l] - 2.0 * trace[l]) * value[l] + minors[l];
            height / slope
        });
        let mut goes_on = false;
        for l in 0..N {
            // Also ends where the slope is 0 at a double root, and the step no number.
            let is_large = step[l].abs() > 1e-13 * trace[l];
            value[l] -= if is_large { step[l] } else { 0.0 };
            goes_on |= is_large;
        }
        if !goes_on {
            break;
        }
    }
    value
}

/// The unit vectors that the matrices less λ take to 0: the longest cross products of their rows.
fn eigenvectors<const N: usize>(
    diagonal: &[[f64; N]; 3],
    beside: &[[f64; N]; 3],
    value: [f64; N],
) -> [Option<Vec3>; N] {
    let scale = each::<N>(|l| diagonal[0][l] + diagonal[1][l] + diagonal[2][l]);
    let a = diagonal.map(|a| each::<N>(|l| (a[l] - value[l]) / scale[l]));
    let b = beside.map(|b| each::<N>(|l| b[l] / scale[l]));
    let rows = [[a[0], b[2], b[1]], [b[2], a[1], b[0]], [b[1], b[0], a[2]]];
    let (mut longest, mut square) = ([[0.0; N]; 3], [0.0; N]);
    for (u, v) in [(rows[0], rows[1]), (rows[0], rows[2]), (rows[1], rows[2])] {
        let cross = [(1, 2), (2, 0), (0, 1)]
            .map(|(i, j)| each::<N>(|l| u[i][l] * v[j][l] - v[i][l] * u[j][l]));
        for l in 0..N {
            let length =
                cross[0][l] * cross[0][l] + cross[1][l] * cross[1][l] + cross[2][l] * cross[2][l];
            let is_longer = length > square[l];
            square[l] = if is_longer { length } else { square[l] };
            for (longest, cross) in longest.iter_mut().zip(&cross) {
                longest[l] = if is_longer { cross[l] } else { longest[l] };
            }
        }
    }
    let length = square.map(f64::sqrt);
    let vectors = longest.map(|axis| each::<N>(|l| axis[l] / length[l]));
    std::array::from_fn(|l| {
        (length[l] > 1e-9).then(|| DVec3::from_array(vectors.map(|axis| axis[l])).as_vec3())
    })
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

    /// What [`least`] says of vectors that are in one lane, beside others.
    fn least_of(vectors: &[Vec3]) -> Option<Vec3> {
        let mut sums = [[3.0, 1.0, 7.0, 4.0]; 10];
        let one = |_: Vec3| 1.0;
        let terms: [&dyn Fn(Vec3) -> f32; 10] = [
            &one,
            &|v| v.x,
            &|v| v.y,
            &|v| v.z,
            &|v| v.x * v.x,
            &|v| v.y * v.y,
            &|v| v.z * v.z,
            &|v| v.y * v.z,
            &|v| v.x * v.z,
            &|v| v.x * v.y,
        ];
        for (sum, term) in sums.iter_mut().zip(terms) {
            sum[2] = vectors.iter().map(|&v| term(v)).sum();
        }
        least(&sums)[2].1
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
        assert_eq!(least_of(&ball), None);
        assert_eq!(least_of(&[Vec3::ZERO, Vec3::X, 2.0 * Vec3::X]), None);
        assert_eq!(of(&[Vec3::X; 4]).most(), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn vectors_are_eigenvectors(values in prop::collection::vec(-1.0_f32..1.0, 18)) {
            let vectors: Vec<_> = values.chunks(3).map(Vec3::from_slice).collect();
            let covariance = of(&vectors);
            let mean = vectors.iter().sum::<Vec3>() / 6.0;
            let along = |axis: Vec3| {
                let shares = vectors.iter().map(|v| f64::from((v - mean).dot(axis)));
                shares.map(|share| share * share).sum::<f64>() / 6.0
            };
            let (value, most) = covariance.most().unwrap();
            let least = least_of(&vectors).unwrap();
            prop_assert!((along(most) - f64::from(value)).abs() < 1e-5);
            prop_assert!(most.dot(least).abs() < 1e-3);
            for axis in [Vec3::X, Vec3::Y, Vec3::Z, Vec3::ONE.normalize()] {
                prop_assert!(along(axis) <= along(most) + 1e-5 && along(axis) >= along(least) - 1e-5);
            }
        }
    }
}
