//! The gradient magnitude that both edge cues share.

use ndarray::Array2;

/// `√((gₓ²+g_y²)/2)` with the kernels [1 2 1]/4 ⊗ [1 0 −1]; 0 on the image's border.
pub(crate) fn sobel(values: &Array2<f32>) -> Array2<f32> {
    let (height, width) = values.dim();
    let mut magnitude = Array2::zeros((height, width));
    if width < 3 {
        return magnitude;
    }
    let rows = values.windows([3, width]).into_iter().zip(magnitude.outer_iter_mut().skip(1));
    for (three, mut out) in rows {
        // Left, middle and right columns of every 3×3 pixels, in all three rows.
        let [above, here, below] = [0, 1, 2].map(|y| {
            let row = three.row(y).to_slice().expect("rows of an owned array are contiguous");
            [&row[..width - 2], &row[1..width - 1], &row[2..]]
        });
        let out = out.as_slice_mut().expect("rows of a new array are contiguous");
        for (x, out) in out[1..width - 1].iter_mut().enumerate() {
            let gx = (above[2][x] - above[0][x])
                + 2.0 * (here[2][x] - here[0][x])
                + (below[2][x] - below[0][x]);
            let gy = (below[0][x] - above[0][x])
                + 2.0 * (below[1][x] - above[1][x])
                + (below[2][x] - above[2][x]);
            *out = ((gx * gx + gy * gy) / 32.0).sqrt();
        }
    }
    magnitude
}

/// A cue in [0, 1] as 16 bits. The cast rounds towards 0 and keeps to the range of u16; `round`
/// would be a function call.
pub(crate) fn to_u16(value: f32) -> u16 {
    (65535.0 * value + 0.5) as u16
}
