//! Brightness of an image.

use ndarray::{Array2, ArrayView3, s};

/// .299R + .587G + .114B in [0, 1] of an image 3×H×W; an image without three channels is averaged.
pub fn luma(rgb: ArrayView3<u8>) -> Array2<f32> {
    let (channels, height, width) = rgb.dim();
    let weights = if channels == 3 {
        vec![0.299, 0.587, 0.114]
    } else {
        vec![1.0 / channels.max(1) as f32; channels]
    };
    let mut grey = Array2::zeros((height, width));
    for (channel, weight) in weights.into_iter().enumerate() {
        grey.zip_mut_with(&rgb.slice(s![channel, .., ..]), |sum, &v| {
            *sum += weight * f32::from(v);
        });
    }
    grey / 255.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array3;

    #[test]
    fn white_is_one_and_green_is_the_brightest_primary() {
        let at = |r, g, b| {
            let rgb = Array3::from_shape_vec((3, 1, 1), vec![r, g, b]).unwrap();
            luma(rgb.view())[[0, 0]]
        };
        assert!((at(255, 255, 255) - 1.0).abs() < 1e-6);
        assert!((at(0, 255, 0) - 0.587).abs() < 1e-6);
        assert!((at(255, 0, 0) - 0.299).abs() < 1e-6);
    }
}
