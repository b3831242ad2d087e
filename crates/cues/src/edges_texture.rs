//! 2-D (texture) edges: Canny without non-maximum suppression.

use ndarray::{Array2, ArrayView2};

use crate::blur::blur;
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
    sobel(&blur(luma, sigma)).mapv(to_u16)
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
