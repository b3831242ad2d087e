//! Depth z-buffer: distance along the view axis.

use ndarray::{Array2, ArrayView2};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_at_points_computed_by_hand() {
        let codes = [0.0, 1.0, 2.5, 127.9, 500.0, f32::INFINITY, f32::NAN, -1.0].map(code_depth);
        assert_eq!(codes, [0, 512, 1280, 65485, 65534, 65535, 65535, 65535]);
    }
}
