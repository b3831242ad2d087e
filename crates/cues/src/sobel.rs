//! The gradient magnitude that both edge cues share.

use ndarray::Array2;

/// `√((gₓ²+g_y²)/2)` with the kernels [1 2 1]/4 ⊗ [1 0 −1]; 0 on the image's border and wherever one
/// of the 3×3 pixels around is not `valid`.
pub(crate) fn sobel(values: &Array2<f32>, valid: impl Fn(usize, usize) -> bool) -> Array2<f32> {
    let (height, width) = values.dim();
    let mut magnitude = Array2::zeros((height, width));
    for y in 1..height.saturating_sub(1) {
        for x in 1..width.saturating_sub(1) {
            if (y - 1..=y + 1).any(|v| (x - 1..=x + 1).any(|u| !valid(v, u))) {
                continue;
            }
            let at = |dy: usize, dx: usize| values[[y + dy - 1, x + dx - 1]];
            let gx = (at(0, 2) - at(0, 0)) + 2.0 * (at(1, 2) - at(1, 0)) + (at(2, 2) - at(2, 0));
            let gy = (at(2, 0) - at(0, 0)) + 2.0 * (at(2, 1) - at(0, 1)) + (at(2, 2) - at(0, 2));
            magnitude[[y, x]] = ((gx * gx + gy * gy) / 32.0).sqrt();
        }
    }
    magnitude
}

/// A cue in [0, 1] as 16 bits. The cast rounds towards 0 and keeps to the range of u16; `round`
/// would be a function call.
pub(crate) fn to_u16(value: f32) -> u16 {
    (65535.0 * value + 0.5) as u16
}
