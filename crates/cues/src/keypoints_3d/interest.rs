//! Interest: surface that changes in two directions near a point, but not at it.

use glam::Vec3;
use ndarray::Array2;

use super::change::Change;
use super::patch::{BitRows, Patch};
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

    /// The bin of the direction (a, b).
    fn of(&self, a: f32, b: f32) -> usize {
        let (right, up) = (a.abs(), b.abs());
        let ends = self.sines.iter().zip(&self.cosines);
        let bin: u32 = ends.map(|(sin, cos)| u32::from(cos * up >= sin * right)).sum();
        let bin = bin as usize;
        if (a < 0.0) == (b < 0.0) { bin } else { (BINS - bin) % BINS }
    }
}

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
    let per_radius = 1.0 / radius;
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
        let mut histogram = Histogram::new(image.points[at], &bins);
        patch.grow(&open, &changing, |column, row| {
            let other = row * width + column;
            let phi = image.points[other].distance(image.points[at]) * per_radius;
            let beside = x.abs_diff(column).max(y.abs_diff(row)) <= 1;
            histogram.add(changes[other], phi, beside);
        });
        histogram.interest()
    })
}

/// What is gathered around one point.
struct Histogram<'a> {
    bins: &'a Bins,
    /// Right and up, seen from the eye.
    axes: [Vec3; 2],
    positive: [f32; BINS],
    negative: f32,
}

impl<'a> Histogram<'a> {
    fn new(point: Vec3, bins: &'a Bins) -> Self {
        let ray = point.normalize_or_zero();
        let right = ray.cross(Vec3::Y).normalize_or_zero();
        let axes = [right, right.cross(ray)];
        Self { bins, axes, positive: [0.0; BINS], negative: 1.0 }
    }

    fn add(&mut self, Change { score, direction }: Change, phi: f32, beside: bool) {
        let positive = if beside { score } else { score * (1.0 - phi) };
        // Only pixels that are close in the image can be farther away than the radius.
        if positive <= 0.0 {
            return;
        }
        if phi < DISTANCE_TO_CHANGES {
            let negative = 1.0 - 0.5 * score * (1.0 - phi / DISTANCE_TO_CHANGES);
            self.negative = self.negative.min(negative * negative);
        }
        let [a, b] = self.axes.map(|axis| axis.dot(direction));
        let bin = &mut self.positive[self.bins.of(a, b)];
        *bin = if positive > *bin { positive } else { *bin };
    }

    fn interest(&self) -> f32 {
        let (mut bins, mut count) = ([(0, 0.0); BINS], 0);
        for (bin, &value) in self.positive.iter().enumerate().filter(|&(_, &value)| value > 0.0) {
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
        self.negative * largest.sqrt()
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
            assert_eq!(bins.of(cos, sin), (degrees + 5) / 10 % BINS, "{degrees}");
        }
    }

    #[test]
    fn two_edges_at_right_angles_by_hand() {
        let bins = Bins::new();
        let mut histogram = Histogram::new(-3.0 * Vec3::Z, &bins);
        let edge = |direction| Change { score: 0.8, direction };
        histogram.add(edge(Vec3::X), 0.5, false);
        histogram.add(edge(Vec3::NEG_X), 0.75, false);
        assert_eq!(histogram.interest(), 0.0); // both are the same direction
        histogram.add(edge(Vec3::Y), 0.2, false);
        // √(0.8·0.5 · 0.8·0.8 · 1) · (1 − 0.8/2·(1 − 0.2/0.25))²
        let expected = (0.4_f32 * 0.64).sqrt() * (1.0_f32 - 0.4 * 0.2).powi(2);
        assert!((histogram.interest() - expected).abs() < 1e-6, "{}", histogram.interest());
        histogram.add(edge(Vec3::new(1.0, 1.0, 0.0).normalize()), 0.0, true);
        // Beside the point: √(0.8 · 0.64 · ½), but (1 − 0.4)² for being too near.
        let expected = (0.8_f32 * 0.64 / 2.0).sqrt().max((0.4_f32 * 0.64).sqrt()) * 0.36;
        assert!((histogram.interest() - expected).abs() < 2e-2, "{}", histogram.interest());
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
