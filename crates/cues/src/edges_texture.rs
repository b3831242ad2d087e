//! 2-D (texture) edges: Canny without non-maximum suppression.

use ndarray::{Array2, ArrayView2};

use crate::sobel::{sobel, to_u16};

/// The blur's σ for an image of this width: 3 pixels of 512.
pub fn edges_texture_sigma(width: usize) -> f32 {
    3.0 * width as f32 / 512.0
}

/// Gradient magnitude of the blurred brightness (H×W in [0, 1]); 0 on the border.
///
/// The blur is a Gaussian cut off at 4σ that is normalised by the share of its kernel inside the
/// image. A σ of 0 does not blur.
pub fn edges_texture(luma: ArrayView2<f32>, sigma: f32) -> Array2<u16> {
    let kernel = half_kernel(sigma);
    let blurred = blur_columns(&blur_rows(luma, &kernel), &kernel);
    sobel(&blurred).mapv(to_u16)
}

/// The sum of the kernel as far as it lies within a line of this length, around each place.
fn shares(kernel: &[f32], length: usize) -> Vec<f32> {
    let share = |at: usize| {
        let weights = kernel.iter().enumerate().skip(1);
        weights.fold(kernel[0], |share, (distance, &weight)| {
            let share = if distance <= at { share + weight } else { share };
            if at + distance < length { share + weight } else { share }
        })
    };
    (0..length).map(share).collect()
}

/// `sums[i] += weight·values[i]`, as far as both go.
fn add(sums: &mut [f32], weight: f32, values: &[f32]) {
    for (sum, &value) in sums.iter_mut().zip(values) {
        *sum += weight * value;
    }
}

/// Blurs every row; what the kernel would read outside the row is left out of its sum.
fn blur_rows(values: ArrayView2<f32>, kernel: &[f32]) -> Array2<f32> {
    let shares = shares(kernel, values.ncols());
    let mut blurred = Array2::zeros(values.dim());
    for (input, mut output) in values.outer_iter().zip(blurred.outer_iter_mut()) {
        let row = input.to_vec();
        let sums = output.as_slice_mut().expect("rows of a new array are contiguous");
        add(sums, kernel[0], &row);
        for (distance, &weight) in kernel.iter().enumerate().take(row.len()).skip(1) {
            add(&mut sums[distance..], weight, &row);
            add(sums, weight, &row[distance..]);
        }
        for (sum, share) in sums.iter_mut().zip(&shares) {
            *sum /= share;
        }
    }
    blurred
}

/// Blurs every column likewise, row by row.
fn blur_columns(values: &Array2<f32>, kernel: &[f32]) -> Array2<f32> {
    let height = values.nrows();
    let shares = shares(kernel, height);
    let row = |y: usize| values.row(y).to_slice().expect("rows of a new array are contiguous");
    let mut blurred = Array2::zeros(values.dim());
    for (y, mut output) in blurred.outer_iter_mut().enumerate() {
        let sums = output.as_slice_mut().expect("rows of a new array are contiguous");
        add(sums, kernel[0], row(y));
        for (distance, &weight) in kernel.iter().enumerate().skip(1) {
            if distance <= y {
                add(sums, weight, row(y - distance));
            }
            if y + distance < height {
                add(sums, weight, row(y + distance));
            }
        }
        for sum in sums {
            *sum /= shares[y];
        }
    }
    blurred
}

/// The Gaussian at 0, 1, … ⌊4σ+½⌋; its scale cancels out.
fn half_kernel(sigma: f32) -> Vec<f32> {
    let radius = (4.0 * sigma.max(0.0) + 0.5) as usize;
    (0..=radius)
        .map(|x| if x == 0 { 1.0 } else { (-0.5 * (x as f32 / sigma).powi(2)).exp() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_unblurred_step_of_one_is_one_over_root_two_on_both_sides() {
        let step = Array2::from_shape_fn((5, 6), |(_, x)| if x < 3 { 0.0 } else { 1.0 });
        let edges = edges_texture(step.view(), 0.0);
        // gx = (1+2+1)/4 · 1, gy = 0.
        assert_eq!(edges.row(2).to_vec(), [0, 0, 46340, 46340, 0, 0]);
        assert_eq!(edges.row(0).sum(), 0);
    }

    #[test]
    fn sigma_scales_with_the_width() {
        assert_eq!([512, 128].map(edges_texture_sigma), [3.0, 0.75]);
    }

    #[test]
    fn images_without_an_inside_have_no_edges() {
        for shape in [(0, 0), (1, 7), (2, 2)] {
            let edges = edges_texture(Array2::from_elem(shape, 0.3).view(), 2.0);
            assert_eq!((edges.dim(), edges.iter().all(|&e| e == 0)), (shape, true));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn flat_images_have_no_edges(grey in 0.0_f32..=1.0, sigma in 0.0_f32..3.0) {
            let edges = edges_texture(Array2::from_elem((12, 9), grey).view(), sigma);
            prop_assert!(edges.iter().all(|&e| e == 0));
        }

        #[test]
        fn a_mirrored_image_has_mirrored_edges(
            values in prop::collection::vec(0.0_f32..1.0, 80), sigma in 0.0_f32..2.0,
        ) {
            let image = Array2::from_shape_vec((8, 10), values).unwrap();
            let mirrored = image.slice(ndarray::s![.., ..;-1]);
            let edges = edges_texture(mirrored, sigma);
            let expected = edges_texture(image.view(), sigma);
            for (a, b) in edges.slice(ndarray::s![.., ..;-1]).iter().zip(&expected) {
                prop_assert!(a.abs_diff(*b) <= 1);
            }
        }
    }
}
