//! The plane through the neighbours of every point that lie on its surface.

use glam::{DVec3, Vec3};

use super::eigen::Covariance;
use super::range_image::{FAR_AWAY, MARGIN, RangeImage};

/// A side of the square of neighbours: pixels up to 2 away, in every scale.
const SIDE: usize = 2 * MARGIN + 1;

/// Neighbours in that square, without the point itself.
const NEIGHBOURS: usize = SIDE * SIDE - 1;

/// How many of them are taken to lie on the point's surface whatever they are: as many as a square of
/// a side of 3 has.
const NEAREST: usize = 8;

/// Pixels that are ranked at once.
const LANES: usize = 8;

/// What is known about the surface at every pixel.
pub(super) struct Surfaces {
    /// The unit normal, towards the eye; 0 where none is known.
    pub normals: Vec<Vec3>,
    /// Distance of the plane from the eye, along the normal.
    pub offsets: Vec<f32>,
    /// The squared distance to the eighth nearest neighbour.
    pub reaches: Vec<f32>,
}

impl Surfaces {
    /// Whether enough neighbours are there to tell.
    pub fn is_known(&self, at: usize) -> bool {
        self.normals[at] != Vec3::ZERO
    }
}

/// For every point: the squared distance to its eighth nearest neighbour of 5×5, and the plane that
/// fits those best that are no more than twice as far.
///
/// Distances, their order and sums are computed for whole rows, so that they run in vector
/// registers.
pub(super) fn surfaces(image: &RangeImage) -> Surfaces {
    let pixels = image.width * image.height;
    let mut surfaces = Surfaces {
        normals: vec![Vec3::ZERO; pixels],
        offsets: vec![0.0; pixels],
        reaches: vec![0.0; pixels],
    };
    let mut row = Row::new(image.width);
    for y in 0..image.height {
        row.measure(image, y);
        row.rank();
        row.sum(image, y);
        for x in 0..image.width {
            let at = y * image.width + x;
            surfaces.reaches[at] = row.reaches[x];
            if !image.is_hit(at) || row.sums[0][x] < 3.0 {
                continue;
            }
            let point = image.points[at];
            let near = row.covariance(x);
            let Some(normal) = near.least() else { continue };
            let normal = if normal.dot(point) > 0.0 { -normal } else { normal };
            surfaces.normals[at] = normal;
            surfaces.offsets[at] = normal.dot(point + near.mean().as_vec3());
        }
    }
    surfaces
}

/// What is computed for a row of pixels at once.
struct Row {
    /// Squared distances to every neighbour.
    distances: Vec<Vec<f32>>,
    reaches: Vec<f32>,
    /// Count, sums of x, y, z, of their squares and of yz, xz, xy over the neighbours on the
    /// surface, from the point on.
    sums: [Vec<f32>; 10],
}

impl Row {
    fn new(width: usize) -> Self {
        let line = || vec![0.0; width];
        Self {
            distances: vec![line(); NEIGHBOURS],
            reaches: line(),
            sums: std::array::from_fn(|_| line()),
        }
    }

    fn measure(&mut self, image: &RangeImage, y: usize) {
        let [x0, y0, z0] = image.row(y as isize, 0).map(|axis| &axis[..image.width]);
        for (i, distances) in self.distances.iter_mut().enumerate() {
            let [x, y, z] = neighbours(image, y, i);
            for (at, distance) in distances.iter_mut().enumerate() {
                let (dx, dy, dz) = (x[at] - x0[at], y[at] - y0[at], z[at] - z0[at]);
                *distance = dx * dx + dy * dy + dz * dz;
            }
        }
    }

    /// Bubbles the nearest up, in eight pixels of the row alike.
    fn rank(&mut self) {
        for first in (0..self.reaches.len()).step_by(LANES) {
            let lanes = LANES.min(self.reaches.len() - first);
            let mut ranked = [[FAR_AWAY; LANES]; NEIGHBOURS];
            for (ranked, distances) in ranked.iter_mut().zip(&self.distances) {
                ranked[..lanes].copy_from_slice(&distances[first..first + lanes]);
            }
            let mut reaches = [0.0; LANES];
            for rank in 0..NEAREST {
                let mut nearest = ranked[rank];
                for other in &mut ranked[rank + 1..] {
                    for (a, b) in nearest.iter_mut().zip(other) {
                        (*a, *b) = if *a < *b { (*a, *b) } else { (*b, *a) };
                    }
                }
                for (reach, distance) in reaches.iter_mut().zip(nearest) {
                    *reach = if distance < FAR_AWAY { distance } else { *reach };
                }
            }
            self.reaches[first..first + lanes].copy_from_slice(&reaches[..lanes]);
        }
    }

    fn sum(&mut self, image: &RangeImage, y: usize) {
        let width = image.width;
        let [x0, y0, z0] = image.row(y as isize, 0).map(|axis| &axis[..width]);
        let reaches = &self.reaches[..width];
        for sums in &mut self.sums {
            sums.fill(0.0);
        }
        // The point itself.
        self.sums[0].fill(1.0);
        let [n, sx, sy, sz, xx, yy, zz, yz, xz, xy] =
            self.sums.each_mut().map(|sums| &mut sums[..width]);
        for (i, distances) in self.distances.iter().enumerate() {
            let [x1, y1, z1] = neighbours(image, y, i).map(|axis| &axis[..width]);
            let distances = &distances[..width];
            for at in 0..width {
                let on = if distances[at] <= 4.0 * reaches[at] { 1.0 } else { 0.0 };
                let x = on * (x1[at] - x0[at]);
                let y = on * (y1[at] - y0[at]);
                let z = on * (z1[at] - z0[at]);
                n[at] += on;
                sx[at] += x;
                sy[at] += y;
                sz[at] += z;
                xx[at] += x * x;
                yy[at] += y * y;
                zz[at] += z * z;
                yz[at] += y * z;
                xz[at] += x * z;
                xy[at] += x * y;
            }
        }
    }

    fn covariance(&self, x: usize) -> Covariance {
        let [n, sx, sy, sz, xx, yy, zz, yz, xz, xy] =
            self.sums.each_ref().map(|sums| f64::from(sums[x]));
        Covariance {
            count: n,
            sum: DVec3::new(sx, sy, sz),
            squares: DVec3::new(xx, yy, zz),
            products: DVec3::new(yz, xz, xy),
        }
    }
}

/// x, y and z of one of the neighbours of every pixel of a row.
fn neighbours(image: &RangeImage, y: usize, i: usize) -> [&[f32]; 3] {
    let margin = MARGIN as isize;
    let i = if i < NEIGHBOURS / 2 { i } else { i + 1 };
    let (rows, columns) = ((i / SIDE) as isize - margin, (i % SIDE) as isize - margin);
    image.row(y as isize + rows, columns).map(|axis| &axis[..image.width])
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn a_slanted_wall_has_its_normal_everywhere() {
        // The plane through (0, 0, −3) with normal (1, 2, 2)/3: n·t·ray = −2.
        let normal = Vec3::new(1.0, 2.0, 2.0) / 3.0;
        let camera = crate::Pinhole::new(20, 16, 1.0);
        let metres =
            Array2::from_shape_fn((16, 20), |(y, x)| -2.0 / normal.dot(camera.ray(x, y).into()));
        let image = RangeImage::new(metres.view(), 1.0);
        let surfaces = surfaces(&image);
        for at in 0..320 {
            assert!((surfaces.normals[at] - normal).length() < 1e-3, "{}", surfaces.normals[at]);
            assert!((surfaces.offsets[at] + 2.0).abs() < 1e-3);
        }
        // Inside, eight neighbours are a pixel away or a diagonal.
        let at = 8 * 20 + 10;
        let mut distances: Vec<_> =
            (0..320).map(|other| image.points[at].distance_squared(image.points[other])).collect();
        distances.sort_by(f32::total_cmp);
        assert!((surfaces.reaches[at] / distances[8] - 1.0).abs() < 1e-4);
    }

    #[test]
    fn beyond_a_step_there_is_another_surface() {
        let metres = Array2::from_shape_fn((9, 12), |(_, x)| if x < 6 { 1.0 } else { 3.0 });
        let surfaces = surfaces(&RangeImage::new(metres.view(), 1.0));
        assert!(surfaces.normals.iter().all(|normal| (*normal - Vec3::Z).length() < 1e-3));
    }

    #[test]
    fn lonely_points_have_no_surface() {
        let mut metres = Array2::from_elem((5, 5), f32::INFINITY);
        metres[[2, 2]] = 1.0;
        metres[[2, 3]] = 1.0;
        let surfaces = surfaces(&RangeImage::new(metres.view(), 1.0));
        assert!((0..25).all(|at| !surfaces.is_known(at)));
        assert!(surfaces.reaches[12] > 0.0 && surfaces.reaches[12] < 0.1);
    }
}
