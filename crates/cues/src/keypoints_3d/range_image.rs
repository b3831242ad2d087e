//! The planar range image: a point in space for every pixel.

use glam::Vec3;
use ndarray::ArrayView2;

use super::padded::Padded;
use crate::pinhole::Pinhole;

/// Coordinates of a pixel without a point: nothing is near it, and squares of it are numbers.
pub(super) const FAR: f32 = 1e18;

/// Squared distances from here on are those to a pixel without a point.
pub(super) const FAR_AWAY: f32 = 1e30;

/// Points in metres in the camera's frame, row after row.
pub(super) struct RangeImage {
    pub width: usize,
    pub height: usize,
    fov: f32,
    camera: Pinhole,
    /// Pixels by which a point may lie beside its pixel's ray.
    pub slack: usize,
    /// 0 where nothing is hit.
    pub points: Vec<Vec3>,
    /// Distance from the eye; infinite where nothing is hit.
    pub ranges: Vec<f32>,
    /// x, y, z and distance of the points; [`FAR`] where there are none.
    pub coordinates: Padded<4>,
    /// The column of every pixel: a table is faster than a division.
    columns: Vec<u32>,
}

impl RangeImage {
    /// The points of a map of z-distances; what is no positive number, or too far away to be squared,
    /// is no hit.
    pub fn new(metres: ArrayView2<f32>, fov: f32) -> Self {
        let (height, width) = metres.dim();
        let camera = Pinhole::new(width, height, fov);
        let mut hits = Vec::with_capacity(width * height);
        for (y, row) in metres.outer_iter().enumerate() {
            hits.extend(row.iter().enumerate().map(|(x, &z)| {
                let point = z * Vec3::from(camera.ray(x, y));
                (z > 0.0 && point.length() < FAR).then_some(point)
            }));
        }
        Self::of(width, height, fov, 0, hits)
    }

    fn of(width: usize, height: usize, fov: f32, slack: usize, hits: Vec<Option<Vec3>>) -> Self {
        let mut coordinates = Padded::new(width, height, FAR);
        let mut ranges = Vec::with_capacity(hits.len());
        let mut columns = Vec::with_capacity(hits.len());
        (0..height).for_each(|_| columns.extend(0..width as u32));
        for (y, row) in hits.chunks(width.max(1)).enumerate() {
            for (x, hit) in row.iter().enumerate() {
                let range = hit.map_or(f32::INFINITY, Vec3::length);
                if let Some(point) = hit {
                    coordinates.set(x, y, [point.x, point.y, point.z, range]);
                }
                ranges.push(range);
            }
        }
        Self {
            width,
            height,
            fov,
            slack,
            camera: Pinhole::new(width, height, fov),
            ranges,
            points: hits.into_iter().map(Option::unwrap_or_default).collect(),
            coordinates,
            columns,
        }
    }

    /// The image with half as many pixels a side, each the nearest to the eye of 2×2 points.
    pub fn half(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let nearest = |i: usize| {
            let corner = 2 * (i / width) * self.width + 2 * (i % width);
            [0, 1, self.width, self.width + 1]
                .map(|step| corner + step)
                .into_iter()
                .filter(|&at| self.is_hit(at))
                .min_by(|&a, &b| self.ranges[a].total_cmp(&self.ranges[b]))
                .map(|at| self.points[at])
        };
        Self::of(width, height, self.fov, 1, (0..width * height).map(nearest).collect())
    }

    /// Whether a pixel has a point.
    pub fn is_hit(&self, at: usize) -> bool {
        self.ranges[at] < f32::INFINITY
    }

    /// The pixel so many columns and rows from a pixel, if the image has it.
    pub fn beside(&self, at: usize, (columns, rows): (isize, isize)) -> Option<usize> {
        let x = self.columns[at] as isize + columns;
        let to = at as isize + rows * self.width as isize + columns;
        let inside = (0..self.width as isize).contains(&x) && to >= 0;
        (inside && to < self.points.len() as isize).then_some(to as usize)
    }

    /// The ray through a pixel's centre, or through that of one beside it, even outside the image;
    /// its z is −1.
    pub fn ray(&self, at: usize, (columns, rows): (isize, isize)) -> Vec3 {
        let ray = Vec3::from(self.camera.ray(at % self.width, at / self.width));
        ray + Vec3::new(columns as f32, -rows as f32, 0.0) / self.camera.focal()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn points_by_hand() {
        // A right angle over two columns: the rays go 1/2 to each side of the axis.
        let metres = array![[2.0, f32::INFINITY], [-1.0, 4.0]];
        let image = RangeImage::new(metres.view(), std::f32::consts::FRAC_PI_2);
        assert!((image.points[0] - Vec3::new(-1.0, 1.0, -2.0)).length() < 1e-5);
        assert_eq!([0, 1, 2, 3].map(|at| image.is_hit(at)), [true, false, false, true]);
        let half = image.half();
        assert_eq!((half.width, half.height), (1, 1));
        assert_eq!(half.points[0], image.points[0]); // at √6 m, the other at √24 m
    }

    #[test]
    fn pixels_beside_by_hand() {
        let image = RangeImage::new(array![[1.0, 1.0], [1.0, 1.0]].view(), 1.0);
        assert_eq!(image.beside(3, (-1, -1)), Some(0));
        assert_eq!((image.beside(3, (1, 0)), image.beside(3, (0, 1))), (None, None));
        assert!((image.ray(0, (1, 1)) - image.ray(3, (0, 0))).length() < 1e-6);
        assert_eq!(image.coordinates.row(1, 1)[2][0][..2], [-1.0, FAR]);
    }
}
