//! Interest: surface that changes in two directions near a point, but not at it.

use glam::{Mat4, Vec3, Vec4};
use ndarray::Array2;

use super::change::Change;
use super::padded::LANES;
use super::patch::{BitRows, Patch, REACH};
use super::range_image::RangeImage;

/// Bins of directions modulo 180°.
const BINS: usize = 18;

/// The share of the radius that a point should keep from great changes.
const DISTANCE_TO_CHANGES: f32 = 0.25;

/// The directions up to 90° at which bins end: bins are centred on multiples of 10°, so that a
/// mirrored image has mirrored bins and an upright edge is in the middle of one.
struct Bins {
    sines: [f32; BINS / 2],
    cosines: [f32; BINS / 2],
}

impl Bins {
    fn new() -> Self {
        let end = |bin: usize| (bin as f32 + 0.5) * std::f32::consts::PI / BINS as f32;
        Self {
            sines: std::array::from_fn(|bin| end(bin).sin()),
            cosines: std::array::from_fn(|bin| end(bin).cos()),
        }
    }

    /// The bins of the directions (a, b); [`BINS`] is the same as 0.
    fn of(&self, a: Vec4, b: Vec4) -> [usize; LANES] {
        let (right, up) = (a.abs(), b.abs());
        let mut bin = Vec4::ZERO;
        for (&sin, &cos) in self.sines.iter().zip(&self.cosines) {
            let past = (cos * up).cmpge(sin * right);
            bin += Vec4::select(past, Vec4::ONE, Vec4::ZERO);
        }
        let falling = a.cmplt(Vec4::ZERO) ^ b.cmplt(Vec4::ZERO);
        let bin = Vec4::select(falling, Vec4::splat(BINS as f32) - bin, bin);
        // The last bits of a number from 2²³ on are those of a whole number: the quickest way to it.
        let bits = (bin + Vec4::splat((1 << 23) as f32)).to_array().map(f32::to_bits);
        bits.map(|bits| bits as usize % SLOTS)
    }
}

/// More than [`BINS`], and a power of two.
const SLOTS: usize = 32;

/// The interest of every wanted point in [0, 1]; 0 where nothing is hit and on far sides of borders.
///
/// Over the connected points within `radius` (or two pixels) whose surface changes by w ≥ 0.2, at
/// the distance φ in radii: the least (1 − w/2·max(0, 1 − φ/0.25))², times the root of the largest
/// hᵢ·hⱼ·Δᵢⱼ, where hᵢ is the largest w(1 − φ) (w, if it is at most a pixel away) among those that
/// change in a direction of bin i, across the viewing ray, and Δ grows from 0 for one direction to 1
/// for directions at right angles.
pub(super) fn interest(
    image: &RangeImage,
    changes: &[Change],
    hidden: &[bool],
    radius: f32,
    wanted: impl Fn(usize) -> bool,
) -> Array2<f32> {
    let (width, height) = (image.width, image.height);
    let open = BitRows::new(width, height, |at| image.is_hit(at) && !hidden[at]);
    let changing = BitRows::new(width, height, |at| changes[at].score > 0.0);
    let sums = Sums::new(width, height, |at| changes[at].score > 0.0);
    let points = image.points.iter().zip(changes);
    let changed: Vec<Changed> = points
        .map(|(point, change)| [point.extend(change.score), change.direction.extend(0.0)])
        .collect();
    let (bins, mut patch) = (Bins::new(), Patch::new(image, radius));
    Array2::from_shape_fn((height, width), |(y, x)| {
        let at = y * width + x;
        if !image.is_hit(at) || hidden[at] || !wanted(at) {
            return 0.0;
        }
        // Interest takes two changes.
        let window = patch.move_to(x, y);
        if sums.within(window.columns, window.rows) < 2 {
            return 0.0;
        }
        let mut histogram = Histogram::new(image.points[at], radius, &bins);
        let mut queue = Queue::new();
        patch.grow(&open, &changing, |row, mut bits| {
            let first = (row * width + x).wrapping_sub(REACH);
            let beside = if row.abs_diff(y) <= 1 { 0b111 << (REACH - 1) } else { 0 };
            while bits != 0 {
                let column = bits.trailing_zeros();
                let is_beside = (beside >> column & 1_u64) as f32;
                queue.push(first.wrapping_add(column as usize), is_beside);
                if queue.len == LANES {
                    histogram.add(&changed, &mut queue);
                }
                bits &= bits - 1;
            }
        });
        histogram.add(&changed, &mut queue);
        histogram.interest()
    })
}

/// A point and the score of its change, and the direction of that.
type Changed = [Vec4; 2];

/// Changes that wait until there are four.
struct Queue {
    len: usize,
    pixels: [usize; LANES],
    /// 1 for what is beside the point in the image, else 0.
    beside: [f32; LANES],
}

impl Queue {
    fn new() -> Self {
        Self { len: 0, pixels: [0; LANES], beside: [0.0; LANES] }
    }

    fn push(&mut self, pixel: usize, beside: f32) {
        (self.pixels[self.len % LANES], self.beside[self.len % LANES]) = (pixel, beside);
        self.len += 1;
    }

    /// What waits; in lanes without, there is no change.
    fn take(&mut self, changed: &[Changed]) -> ([Changed; LANES], Vec4) {
        let nothing = [Vec4::ZERO; 2];
        let lane = |lane: usize| {
            if lane < self.len { changed[self.pixels[lane]] } else { nothing }
        };
        let lanes = std::array::from_fn(lane);
        self.len = 0;
        (lanes, Vec4::from_array(self.beside))
    }
}

/// What is gathered around one point.
struct Histogram<'a> {
    bins: &'a Bins,
    point: Vec3,
    per_radius: f32,
    /// Right and up, seen from the eye.
    axes: [Vec3; 2],
    positive: [f32; SLOTS],
    negative: Vec4,
}

impl<'a> Histogram<'a> {
    fn new(point: Vec3, radius: f32, bins: &'a Bins) -> Self {
        let ray = point.normalize_or_zero();
        let right = ray.cross(Vec3::Y).normalize_or_zero();
        let axes = [right, right.cross(ray)];
        let per_radius = 1.0 / radius;
        Self { bins, point, per_radius, axes, positive: [0.0; SLOTS], negative: Vec4::ONE }
    }

    /// Adds the changes that wait.
    fn add(&mut self, changed: &[Changed], queue: &mut Queue) {
        let ([a, b, c, d], beside) = queue.take(changed);
        let [places, directions] =
            [0, 1].map(|k| Mat4::from_cols(a[k], b[k], c[k], d[k]).transpose());
        let score = places.w_axis;
        let ways = [
            places.x_axis - self.point.x,
            places.y_axis - self.point.y,
            places.z_axis - self.point.z,
        ];
        let [x, y, z] = ways.map(|way| way * way);
        let phi = (x + y + z).sqrt() * self.per_radius;
        // Only pixels that are close in the image can be farther away than the radius.
        let positive = score * (Vec4::ONE - phi).max(beside);
        let too_near = 1.0 - 0.5 * score * (1.0 - phi / DISTANCE_TO_CHANGES);
        let is_near = phi.cmplt(Vec4::splat(DISTANCE_TO_CHANGES));
        let negative = Vec4::select(is_near, too_near * too_near, Vec4::ONE);
        self.negative = self.negative.min(negative);
        let [a, b] = self.axes.map(|axis| {
            directions.x_axis * axis.x + directions.y_axis * axis.y + directions.z_axis * axis.z
        });
        for (bin, positive) in self.bins.of(a, b).into_iter().zip(positive.to_array()) {
            let most = &mut self.positive[bin];
            *most = if positive > *most { positive } else { *most };
        }
    }

    fn interest(&mut self) -> f32 {
        self.positive[0] = self.positive[0].max(self.positive[BINS]);
        let (mut bins, mut count) = ([(0, 0.0); BINS], 0);
        let positive = self.positive[..BINS].iter().enumerate();
        for (bin, &value) in positive.filter(|&(_, &value)| value > 0.0) {
            bins[count] = (bin, value);
            count += 1;
        }
        let mut largest = 0.0_f32;
        for (k, &(i, a)) in bins[..count].iter().enumerate() {
            for &(j, b) in &bins[k + 1..count] {
                let apart = (j - i).min(BINS - (j - i));
                largest = largest.max(a * b * (2 * apart) as f32 / BINS as f32);
            }
        }
        self.negative.min_element() * largest.sqrt()
    }
}

/// Sums over all pixels above and left: how many pixels of a rectangle are marked.
struct Sums {
    stride: usize,
    sums: Vec<u32>,
}

impl Sums {
    fn new(width: usize, height: usize, marked: impl Fn(usize) -> bool) -> Self {
        let stride = width + 1;
        let mut sums = vec![0; stride * (height + 1)];
        for y in 0..height {
            let mut left = 0;
            for x in 0..width {
                left += u32::from(marked(y * width + x));
                sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1] + left;
            }
        }
        Self { stride, sums }
    }

    fn within(&self, columns: [usize; 2], rows: [usize; 2]) -> u32 {
        let sum = |x: usize, y: usize| self.sums[y * self.stride + x];
        let ([left, right], [top, bottom]) = (columns, rows);
        sum(right, bottom) + sum(left, top) - sum(left, bottom) - sum(right, top)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_are_centred_on_multiples_of_ten_degrees() {
        let bins = Bins::new();
        for degrees in 0..360 {
            let (sin, cos) = (degrees as f32 + 0.01).to_radians().sin_cos();
            let found = bins.of(Vec4::splat(cos), Vec4::splat(sin)).map(|bin| bin % BINS);
            assert_eq!(found, [(degrees + 5) / 10 % BINS; LANES], "{degrees}");
        }
    }

    #[test]
    fn two_edges_at_right_angles_by_hand() {
        let bins = Bins::new();
        let mut histogram = Histogram::new(-3.0 * Vec3::Z, 1.0, &bins);
        let mut add = |direction: Vec3, phi: f32, beside: f32| {
            let point = Vec3::new(0.0, phi, -3.0);
            let mut queue = Queue::new();
            queue.push(0, beside);
            histogram.add(&[[point.extend(0.8), direction.extend(0.0)]], &mut queue);
            histogram.interest()
        };
        add(Vec3::X, 0.5, 0.0);
        assert_eq!(add(Vec3::NEG_X, 0.75, 0.0), 0.0); // both are the same direction
        let found = add(Vec3::Y, 0.2, 0.0);
        // √(0.8·0.5 · 0.8·0.8 · 1) · (1 − 0.8/2·(1 − 0.2/0.25))²
        let expected = (0.4_f32 * 0.64).sqrt() * (1.0_f32 - 0.4 * 0.2).powi(2);
        assert!((found - expected).abs() < 1e-6, "{found}");
        // Beyond the radius nothing counts but what is beside the point.
        assert_eq!(add(Vec3::new(1.0, 1.0, 0.0).normalize(), 1.2, 0.0), found);
        let found = add(Vec3::new(1.0, 1.0, 0.0).normalize(), 0.0, 1.0);
        // Beside the point: √(0.8 · 0.64 · ½), but (1 − 0.4)² for being too near.
        let expected = (0.8_f32 * 0.64 / 2.0).sqrt().max((0.4_f32 * 0.64).sqrt()) * 0.36;
        assert!((found - expected).abs() < 2e-2, "{found}");
    }

    #[test]
    fn sums_count_what_is_marked() {
        let sums = Sums::new(5, 4, |at| at % 3 == 0);
        let marked = |x: [usize; 2], y: [usize; 2]| {
            let rows = (y[0]..y[1]).flat_map(|v| (x[0]..x[1]).map(move |u| 5 * v + u));
            rows.filter(|at| at % 3 == 0).count() as u32
        };
        for (x, y) in [([0, 5], [0, 4]), ([1, 4], [2, 3]), ([2, 2], [0, 4])] {
            assert_eq!(sums.within(x, y), marked(x, y));
        }
    }
}
