//! The Gaussian blur that cues share: normalised by the share of its kernel that counts.

use ndarray::{Array2, ArrayView2};

/// Blurs a map (H×W) by a Gaussian that is cut off at 4σ and normalised by the share of its kernel
/// inside the image. A σ of 0 does not blur.
pub(crate) fn blur(values: ArrayView2<f32>, sigma: f32) -> Array2<f32> {
    let kernel = half_kernel(sigma);
    blur_columns(&blur_rows(values, &kernel), &kernel)
}

/// Blurs what a mask of zeros and ones leaves of a map: G(x·m)/G(m); 0 where no 1 is near.
pub(crate) fn masked_blur(
    values: ArrayView2<f32>,
    mask: ArrayView2<f32>,
    sigma: f32,
) -> Array2<f32> {
    let mut blurred = blur((&values * &mask).view(), sigma);
    blurred.zip_mut_with(&blur(mask, sigma), |sum, &share| {
        *sum = if share > 0.0 { *sum / share } else { 0.0 };
    });
    blurred
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

    #[test]
    fn what_is_masked_does_not_leak() {
        let values = Array2::from_shape_fn((8, 9), |(_, x)| if x < 5 { 3.0 } else { 1e6 });
        let mask = Array2::from_shape_fn((8, 9), |(_, x)| if x < 5 { 1.0 } else { 0.0 });
        let blurred = masked_blur(values.view(), mask.view(), 0.5);
        assert!((0..7).all(|x| (blurred[[4, x]] - 3.0).abs() < 1e-5), "{blurred}");
        assert_eq!(blurred[[4, 8]], 0.0);
    }
}
