//! Stored values as what a task predicts of them.

use crate::lab::LAB;
use crate::values::ValuesRef;

/// Encodes every stored value by itself.
pub(super) fn encode<T>(out: &mut [f32], stored: &[T], code: impl Fn(&T) -> f32) {
    out.iter_mut().zip(stored).for_each(|(o, v)| *o = code(v));
}

/// a and b of a 3×H×W image, into 2×H×W.
pub(super) fn encode_ab(values: ValuesRef<'_>, out: &mut [f32]) {
    let ValuesRef::U8(rgb) = values else { return };
    let lab = &*LAB;
    let (red, rest) = rgb.split_at(rgb.len() / 3);
    let (green, blue) = rest.split_at(red.len());
    let (a, b) = out.split_at_mut(red.len());
    let colours = red.iter().zip(green).zip(blue);
    for ((a, b), ((&red, &green), &blue)) in a.iter_mut().zip(b).zip(colours) {
        [*a, *b] = lab.ab([red, green, blue]);
    }
}

/// Sets the weight to 0 where all channels hold the invalid value.
pub(super) fn clear(values: ValuesRef<'_>, channels: usize, invalid: u32, weight: &mut [f32]) {
    fn apply(channels: usize, weight: &mut [f32], is_invalid: impl Fn(usize) -> bool) {
        let plane = weight.len();
        for (i, w) in weight.iter_mut().enumerate() {
            if (0..channels).all(|c| is_invalid(c * plane + i)) {
                *w = 0.0;
            }
        }
    }
    match values {
        ValuesRef::U8(v) => apply(channels, weight, |i| u32::from(v[i]) == invalid),
        ValuesRef::U16(v) => {
            apply(channels, weight, |i| u32::from(u16::from_le_bytes(v[i])) == invalid);
        }
        ValuesRef::F32(v) => {
            apply(channels, weight, |i| f32::from_le_bytes(v[i]) == invalid as f32);
        }
    }
}
