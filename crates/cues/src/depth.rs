//! Depth: distance along the view axis (z-buffer), or from the eye (Euclidean).

use ndarray::{Array2, ArrayView2};

use crate::pinhole::Pinhole;

/// Units of a coded depth per metre.
pub const UNITS_PER_METRE: f32 = 512.0;

/// The code of a pixel whose ray hits nothing.
pub const NO_DEPTH: u16 = 65535;

/// Codes from here on carry no weight in cues made from depth (a margin below [`NO_DEPTH`], as in
/// the original, whose maps are interpolated).
pub const DEPTH_MASK_BELOW: u16 = 65036;

/// Codes a depth in metres: round(512·m), at most 65534; anything that is no finite number of 0
/// or more means "no hit".
pub fn code_depth(metres: f32) -> u16 {
    if !metres.is_finite() || metres < 0.0 {
        return NO_DEPTH;
    }
    (metres * UNITS_PER_METRE + 0.5).min(f32::from(NO_DEPTH - 1)) as u16
}

/// Codes a map of z-distances in metres (H×W), infinite where nothing was hit.
pub fn depth_zbuffer(metres: ArrayView2<f32>) -> Array2<u16> {
    metres.mapv(code_depth)
}

/// Codes the distances from the eye in the same way: z·‖r‖, for z-distances in metres (H×W, infinite
/// where nothing was hit) and a horizontal field of view in radians, where r is the ray of
/// [`Pinhole`].
pub fn depth_euclidean(metres: ArrayView2<f32>, fov: f32) -> Array2<u16> {
    let (height, width) = metres.dim();
    let camera = Pinhole::new(width, height, fov);
    let mut coded = Array2::zeros((height, width));
    for (y, (mut row, metres)) in coded.outer_iter_mut().zip(metres.outer_iter()).enumerate() {
        for (x, (code, metres)) in row.iter_mut().zip(metres).enumerate() {
            let [rx, ry, _] = camera.ray(x, y);
            *code = code_depth(metres * (rx * rx + ry * ry + 1.0).sqrt());
        }
    }
    coded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_a_corner_is_longer_than_its_depth() {
        // Rays of a right angle over two pixels: (±1/2, ±1/2, −1), √1.5 long.
        let metres = ndarray::array![[2.0, f32::INFINITY], [0.0, 1.0]];
        let coded = depth_euclidean(metres.view(), std::f32::consts::FRAC_PI_2);
        assert_eq!(coded, ndarray::array![[1254, NO_DEPTH], [0, 627]]);
    }

    #[test]
    fn codes_at_points_computed_by_hand() {
        let codes = [0.0, 1.0, 2.5, 127.9, 500.0, f32::INFINITY, f32::NAN, -1.0].map(code_depth);
        assert_eq!(codes, [0, 512, 1280, 65485, 65534, 65535, 65535, 65535]);
    }
}
