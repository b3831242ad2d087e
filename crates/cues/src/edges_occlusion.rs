//! 3-D (occlusion) edges.

use ndarray::{Array2, ArrayView2, s};

use crate::depth::DEPTH_MASK_BELOW;
use crate::sobel::{sobel, to_u16};

/// Gradient magnitude of √(depth/65536) of a coded depth map (H×W); 0 on the border and beside
/// pixels at or above [`DEPTH_MASK_BELOW`].
///
/// There is no blur: the original computes one and discards it.
pub fn edges_occlusion(depth: ArrayView2<u16>) -> Array2<u16> {
    let root = depth.mapv(|d| (f32::from(d) / 65536.0).sqrt());
    let mut edges = sobel(&root).mapv(to_u16);
    for ((y, x), _) in depth.indexed_iter().filter(|&(_, &d)| d >= DEPTH_MASK_BELOW) {
        let (top, left) = (y.saturating_sub(1), x.saturating_sub(1));
        let (bottom, right) = ((y + 2).min(depth.nrows()), (x + 2).min(depth.ncols()));
        edges.slice_mut(s![top..bottom, left..right]).fill(0);
    }
    edges
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_step_of_depth_by_hand() {
        // √(1024/65536) = 1/8 and √(4096/65536) = 1/4; (1/8)/√2 · 65535 = 5792.5…
        let step = Array2::from_shape_fn((4, 5), |(_, x)| if x < 3 { 1024 } else { 4096 });
        assert_eq!(edges_occlusion(step.view()).row(1).to_vec(), [0, 0, 5793, 5793, 0]);
    }

    #[test]
    fn nothing_is_an_edge_beside_a_hole() {
        let mut depth = Array2::from_shape_fn((7, 7), |(_, x)| 1000 + 400 * x as u16);
        depth[[3, 3]] = 65535;
        let edges = edges_occlusion(depth.view());
        assert!((2..5).all(|y| (2..5).all(|x| edges[[y, x]] == 0)));
        assert!(edges[[1, 3]] > 0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn a_wall_face_on_has_no_edges(depth in 0_u16..) {
            let edges = edges_occlusion(Array2::from_elem((6, 8), depth).view());
            prop_assert!(edges.iter().all(|&e| e == 0));
        }

        #[test]
        fn upside_down_depth_has_upside_down_edges(
            values in prop::collection::vec(100_u16..60_000, 63),
        ) {
            let depth = Array2::from_shape_vec((7, 9), values).unwrap();
            let flip = ndarray::s![..;-1, ..];
            let edges = edges_occlusion(depth.slice(flip));
            for (a, b) in edges.slice(flip).iter().zip(&edges_occlusion(depth.view())) {
                prop_assert!(a.abs_diff(*b) <= 1);
            }
        }
    }
}
