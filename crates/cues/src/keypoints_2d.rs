//! 2-D keypoints: the SURF response before non-maximum suppression.

use ndarray::{Array2, ArrayView2};

/// The original's filter scales σ, for images 512 pixels wide: ten from 1 to 30.
const SCALES: std::ops::RangeInclusive<u32> = 0..=9;

/// Which box filters an image of some width is given.
#[derive(Debug, Clone, PartialEq)]
pub struct BoxSizes {
    /// Sides of the filters in pixels, ascending: odd multiples of 3.
    pub used: Vec<usize>,
    /// The scales (σ in pixels of an image 512 wide) whose filter would be under 3 pixels.
    pub left_out: Vec<f64>,
}

/// The box filters of an image of this width: the original's scales times W/512, each side ⌊3σ⌋
/// moved to the nearest odd multiple of 3.
///
/// With other sides the lobes of a second derivative have unequal areas (or unequal centres), so
/// that a flat area (or a ramp) responds and the label leaks brightness.
pub fn box_sizes(width: usize) -> BoxSizes {
    let (mut used, mut left_out) = (Vec::new(), Vec::new());
    for step in SCALES {
        let scale = 1.0 + 29.0 * f64::from(step) / f64::from(*SCALES.end());
        let side = 3.0 * scale * width as f64 / 512.0;
        if side < 3.0 {
            left_out.push(scale);
        } else {
            used.push(3 * (2 * (side / 6.0) as usize + 1));
        }
    }
    used.dedup();
    BoxSizes { used, left_out }
}

/// The largest positive box-filter determinant of the Hessian over the filters of these sides:
/// max over s of `DₓₓD_yy − 0.81Dₓᵧ²`, at least 0, of a brightness map H×W in [0, 1].
///
/// Sides under 3 are ignored. Beyond its border the image goes on with the border's values (the
/// original cuts the boxes off there, so that its flat images respond in the corners). As in the
/// original, whose integral image has no row of zeros, the response lies half a pixel to a pixel
/// up and left of the filter's centre.
pub fn keypoints_2d(luma: ArrayView2<f32>, sides: &[usize]) -> Array2<u16> {
    let (height, width) = luma.dim();
    let sides: Vec<usize> = sides.iter().copied().filter(|&side| side >= 3).collect();
    let margin = sides.iter().max().map_or(0, |side| side / 2 + 1);
    if height == 0 || width == 0 {
        return Array2::zeros((height, width));
    }
    let integral = Integral::of(luma, margin);
    let mut rows = Rows::new(integral.stride);
    let mut largest = vec![0.0; width];
    let mut response = Vec::with_capacity(height * width);
    for y in 0..height {
        largest.fill(0.0);
        for &side in &sides {
            rows.fill(&integral, y + margin, side);
            rows.raise(&mut largest, margin, side);
        }
        response.extend(largest.iter().map(|&largest| (65535.0 * largest + 0.5) as u16));
    }
    Array2::from_shape_vec((height, width), response).expect("a response for every pixel")
}

/// Sums of all pixels above and left, of the image with its border repeated `margin` times.
///
/// Brightness of 8-bit colours is a multiple of 2⁻³⁵, so that up to 2¹⁸ pixels of it add up without
/// rounding: the order of sums and differences hardly ever matters.
struct Integral {
    sums: Vec<f64>,
    stride: usize,
}

impl Integral {
    fn of(luma: ArrayView2<f32>, margin: usize) -> Self {
        let (height, width) = luma.dim();
        let stride = width + 2 * margin;
        let mut sums = vec![0.0; stride * (height + 2 * margin)];
        let mut row = vec![0.0; stride];
        for v in 0..height + 2 * margin {
            let line = luma.row(v.saturating_sub(margin).min(height - 1));
            let mut left = 0.0;
            for (u, sum) in row.iter_mut().enumerate() {
                left += f64::from(line[u.saturating_sub(margin).min(width - 1)]);
                *sum += left;
            }
            sums[v * stride..(v + 1) * stride].copy_from_slice(&row);
        }
        Self { sums, stride }
    }

    fn row(&self, r: usize) -> &[f64] {
        &self.sums[r * self.stride..(r + 1) * self.stride]
    }
}

/// What the boxes of one filter around one row of the image have in common: differences between
/// rows of the integral image, by column.
///
/// With t = ⌊s/3⌋ and h = ⌊(s−1)/2⌋ for side s, and box(r,c,a,b) the sum over a rows from r and b
/// columns from c, the filters around row r are
/// Dₓₓ = box(r−t+1, c−h, 2t−1, s) − 3·box(r−t+1, c−⌊t/2⌋, 2t−1, t), `D_yy` its transpose, and
/// Dₓᵧ = box(r−t, c+1, t, t) + box(r+1, c−t, t, t) − box(r−t, c−t, t, t) − box(r+1, c+1, t, t).
struct Rows {
    xx: Vec<f64>,
    yy: Vec<f64>,
    xy: Vec<f64>,
}

impl Rows {
    fn new(stride: usize) -> Self {
        Self { xx: vec![0.0; stride], yy: vec![0.0; stride], xy: vec![0.0; stride] }
    }

    fn fill(&mut self, integral: &Integral, r: usize, s: usize) {
        let (t, h) = (s / 3, (s - 1) / 2);
        let between = |out: &mut [f64], top: usize, bottom: usize| {
            for ((out, a), b) in out.iter_mut().zip(integral.row(top)).zip(integral.row(bottom)) {
                *out = b - a;
            }
        };
        let less = |out: &mut [f64], factor: f64, top: usize, bottom: usize| {
            for ((out, a), b) in out.iter_mut().zip(integral.row(top)).zip(integral.row(bottom)) {
                *out -= factor * (b - a);
            }
        };
        between(&mut self.xx, r + 1 - t, r + t);
        between(&mut self.yy, r - h, r - h + s);
        less(&mut self.yy, 3.0, r - t / 2, r - t / 2 + t);
        between(&mut self.xy, r - t, r);
        less(&mut self.xy, 1.0, r + 1, r + 1 + t);
    }

    /// Raises the values of a row to this filter's determinants; its first column is `c`.
    fn raise(&self, largest: &mut [f64], c: usize, s: usize) {
        let (t, h) = (s / 3, (s - 1) / 2);
        let width = largest.len();
        let xx = |at: usize| &self.xx[at..at + width];
        let yy = |at: usize| &self.yy[at..at + width];
        let xy = |at: usize| &self.xy[at..at + width];
        let [xx0, xx1, xx2, xx3] = [c - h, c - h + s, c - t / 2, c - t / 2 + t].map(xx);
        let [yy0, yy1] = [c + 1 - t, c + t].map(yy);
        let [xy0, xy1, xy2, xy3] = [c - t, c, c + 1, c + 1 + t].map(xy);
        let area = (s * s) as f64;
        let area = area * area;
        for (x, largest) in largest.iter_mut().enumerate() {
            let dxx = (xx1[x] - xx0[x]) - 3.0 * (xx3[x] - xx2[x]);
            let dyy = yy1[x] - yy0[x];
            let dxy = (xy3[x] - xy2[x]) - (xy1[x] - xy0[x]);
            let determinant = (dxx * dyy - 0.81 * dxy * dxy) / area;
            *largest = if determinant > *largest { determinant } else { *largest };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn small_images_lose_the_small_scales() {
        let at_128 = box_sizes(128);
        assert_eq!((at_128.used, at_128.left_out), (vec![3, 9, 15, 21], vec![1.0]));
        assert_eq!(box_sizes(512).left_out, [0.0; 0]);
        assert_eq!(box_sizes(512).used[..3], [3, 15, 21]);
        assert_eq!(box_sizes(0).used, [0; 0]);
    }

    #[test]
    fn one_bright_pixel_by_hand() {
        let mut image = Array2::zeros((9, 9));
        image[[4, 4]] = 1.0_f32;
        let response = keypoints_2d(image.view(), &[3]);
        // At the filter's centre Dxx = Dyy = −(1−3)/9 and Dxy = 0.
        let centre = (65535.0 * 4.0 / 81.0_f64).round() as u16;
        assert_eq!(response[[3, 3]], centre);
        assert_eq!(response.iter().filter(|&&r| r == centre).count(), 1);
        assert_eq!(response[[0, 0]], 0);
    }

    #[test]
    fn corners_respond_and_straight_edges_do_not() {
        let corner = Array2::from_shape_fn((40, 40), |(y, x)| f32::from(y >= 20 && x >= 20));
        let response = keypoints_2d(corner.view(), &box_sizes(128).used);
        let around = |y: usize, x: usize| {
            (y - 4..y + 4).flat_map(move |v| (x - 4..x + 4).map(move |u| (v, u)))
        };
        assert!(around(20, 20).map(|at| response[at]).max() > Some(500));
        assert_eq!(around(35, 20).map(|at| response[at]).max(), Some(0));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn flat_images_and_ramps_do_not_respond(grey in 0.0_f32..0.5, slope in 0.0_f32..0.01) {
            let sides = box_sizes(128).used;
            let ramp = Array2::from_shape_fn((50, 50), |(y, x)| grey + slope * (x + y) as f32 / 2.0);
            let inside = keypoints_2d(ramp.view(), &sides);
            prop_assert!(inside.slice(ndarray::s![24..26, 24..26]).iter().all(|&r| r == 0));
            let flat = keypoints_2d(Array2::from_elem((30, 20), grey).view(), &sides);
            prop_assert!(flat.iter().all(|&r| r == 0));
        }
    }
}
