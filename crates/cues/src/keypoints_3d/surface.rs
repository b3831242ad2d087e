//! The plane through the neighbours of every point that lie on its surface.

use glam::{Vec3, Vec4};

use super::eigen::least;
use super::padded::{LANES, Padded, block, put};
use super::range_image::{FAR_AWAY, RangeImage};

/// Neighbours are pixels up to so many away, in every scale.
const REACH: isize = 2;

/// Neighbours in that square, without the point itself.
const NEIGHBOURS: usize = 24;

/// How many of them are taken to lie on the point's surface whatever they are: as many as a square of
/// a side of 3 has.
const NEAREST: usize = 8;

/// What is known about the surface at every pixel.
pub(super) struct Surfaces {
    /// The unit normal, towards the eye; 0 where none is known.
    pub normals: Vec<Vec3>,
    /// The same; 0 beyond the image, too.
    pub padded: Padded<3>,
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
pub(super) fn surfaces(image: &RangeImage) -> Surfaces {
    let (width, height) = (image.width, image.height);
    let pixels = width * height;
    let mut surfaces = Surfaces {
        normals: vec![Vec3::ZERO; pixels],
        padded: Padded::new(width, height, 0.0),
        offsets: vec![0.0; pixels],
        reaches: vec![0.0; pixels],
    };
    for y in 0..height {
        let middle = image.coordinates.row(y as isize, 0);
        let steps = (-REACH..=REACH).flat_map(|v| (-REACH..=REACH).map(move |u| (u, v)));
        let mut steps = steps.filter(|&step| step != (0, 0));
        let neighbours: [_; NEIGHBOURS] = std::array::from_fn(|_| {
            let (columns, rows) = steps.next().expect("a square has so many pixels");
            image.coordinates.row(y as isize + rows, columns)
        });
        let row = y * width..(y + 1) * width;
        for (number, first) in (0..width).step_by(LANES).enumerate() {
            let [x0, y0, z0, _] = block(&middle, number);
            let ways = neighbours.each_ref().map(|rows| {
                let [x, y, z, _] = block(rows, number);
                [x - x0, y - y0, z - z0]
            });
            let distances = ways.map(|[x, y, z]| x * x + y * y + z * z);
            let reach = eighth(&distances);
            put(&mut surfaces.reaches[row.clone()], first, reach);
            let near = sums(&ways, &distances, 4.0 * reach).map(|sum| sum.to_array());
            for (lane, (mean, normal)) in least(&near).into_iter().enumerate().take(width - first) {
                let at = row.start + first + lane;
                let Some(normal) = normal.filter(|_| image.is_hit(at) && near[0][lane] >= 3.0)
                else {
                    continue;
                };
                let point = image.points[at];
                let normal = if normal.dot(point) > 0.0 { -normal } else { normal };
                surfaces.normals[at] = normal;
                surfaces.padded.set(first + lane, y, normal.to_array());
                surfaces.offsets[at] = normal.dot(point + mean);
            }
        }
    }
    surfaces
}

/// Batcher's network: pairs that put eight values into order.
const SORT: [(usize, usize); 19] = [
    (0, 1),
    (2, 3),
    (4, 5),
    (6, 7),
    (0, 2),
    (1, 3),
    (4, 6),
    (5, 7),
    (1, 2),
    (5, 6),
    (0, 4),
    (1, 5),
    (2, 6),
    (3, 7),
    (2, 4),
    (3, 5),
    (1, 2),
    (3, 4),
    (5, 6),
];

/// The same for values that first rise, then fall, or the other way round.
const MERGE: [(usize, usize); 12] = [
    (0, 4),
    (1, 5),
    (2, 6),
    (3, 7),
    (0, 2),
    (1, 3),
    (4, 6),
    (5, 7),
    (0, 1),
    (2, 3),
    (4, 5),
    (6, 7),
];

/// The eighth least of the distances to pixels with points; the greatest if they are fewer, 0 if there
/// are none.
///
/// Three lists of eight are sorted; of two sorted ones, one reversed, the lesser of each pair are the
/// eight least of both.
fn eighth(distances: &[Vec4; NEIGHBOURS]) -> Vec4 {
    let (lists, _) = distances.as_chunks::<NEAREST>();
    let sorted = |list: &[Vec4; NEAREST]| in_order(*list, &SORT);
    let least = |a: [Vec4; NEAREST], b: [Vec4; NEAREST]| {
        std::array::from_fn(|i| a[i].min(b[NEAREST - 1 - i]))
    };
    let both = in_order(least(sorted(&lists[0]), sorted(&lists[1])), &MERGE);
    let near: [Vec4; NEAREST] = least(both, sorted(&lists[2]));
    near.into_iter().fold(Vec4::ZERO, |greatest, distance| {
        let is_point = distance.cmplt(Vec4::splat(FAR_AWAY));
        greatest.max(Vec4::select(is_point, distance, Vec4::ZERO))
    })
}

fn in_order(mut values: [Vec4; NEAREST], network: &[(usize, usize)]) -> [Vec4; NEAREST] {
    for &(i, j) in network {
        (values[i], values[j]) = (values[i].min(values[j]), values[i].max(values[j]));
    }
    values
}

/// Count, sums of x, y, z, of their squares and of yz, xz, xy over the neighbours that are near enough,
/// from the point on; the point itself counts.
fn sums(ways: &[[Vec4; 3]; NEIGHBOURS], distances: &[Vec4; NEIGHBOURS], most: Vec4) -> [Vec4; 10] {
    let mut sums = [Vec4::ZERO; 10];
    sums[0] = Vec4::ONE;
    for (way, distance) in ways.iter().zip(distances) {
        let on = distance.cmple(most);
        let [x, y, z] = way.map(|way| Vec4::select(on, way, Vec4::ZERO));
        let one = Vec4::select(on, Vec4::ONE, Vec4::ZERO);
        let terms = [one, x, y, z, x * x, y * y, z * z, y * z, x * z, x * y];
        for (sum, term) in sums.iter_mut().zip(terms) {
            *sum += term;
        }
    }
    sums
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
    fn the_eighth_of_any_distances() {
        let mut seed = 1_u32;
        for points in [24, 24, 24, 24, 12, 8, 7, 1, 0] {
            let mut distances = [[FAR_AWAY; LANES]; NEIGHBOURS];
            for lane in 0..LANES {
                for i in 0..points {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    distances[(5 * i + lane) % NEIGHBOURS][lane] = (seed >> 24) as f32;
                }
            }
            let found = eighth(&distances.map(Vec4::from_array));
            for lane in 0..LANES {
                let mut all = distances.map(|lanes| lanes[lane]);
                all.sort_by(f32::total_cmp);
                let expected = all[..8].iter().copied().rfind(|&d| d < FAR_AWAY);
                assert_eq!(found[lane], expected.unwrap_or(0.0));
            }
        }
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
