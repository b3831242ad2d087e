//! sRGB to CIE Lab (D65) by table, and back for pictures.

use std::sync::LazyLock;

/// Linear RGB to XYZ, IEC 61966-2-1.
const TO_XYZ: [[f32; 3]; 3] = [
    [0.412_456_4, 0.357_576_1, 0.180_437_5],
    [0.212_672_9, 0.715_152_2, 0.072_175],
    [0.019_333_9, 0.119_192, 0.950_304_1],
];
const TO_RGB: [[f32; 3]; 3] = [
    [3.240_454_2, -1.537_138_5, -0.498_531_4],
    [-0.969_266, 1.876_010_8, 0.041_556],
    [0.055_643_4, -0.204_025_9, 1.057_225_2],
];

/// Steps of the table of `f`; interpolated between them L is off by less than 0.001.
const STEPS: usize = 1 << 12;
/// Bits behind the point of a position in that table.
const BITS: u32 = 16;

/// The tables: batches are made while networks train, and powers and roots are slow.
pub(crate) struct Lab {
    /// What each value of red, green and blue adds to X, Y and Z: shares of white's, as positions
    /// in the table of roots.
    shares: [[[u32; 3]; 256]; 3],
    /// [`f`] at 0, 1/[`STEPS`], …, 1, and once more the last.
    roots: Vec<f32>,
}

/// Built on first use.
pub(crate) static LAB: LazyLock<Lab> = LazyLock::new(|| {
    let unit = (STEPS << BITS) as f64;
    let share = |channel: usize, value: usize, row: usize| {
        let of_white = TO_XYZ[row][channel] / TO_XYZ[row].iter().sum::<f32>();
        (f64::from(to_linear(value as f32 / 255.0) * of_white) * unit).round() as u32
    };
    let of_value = |c, v| std::array::from_fn(|row| share(c, v, row));
    Lab {
        shares: std::array::from_fn(|c| std::array::from_fn(|v| of_value(c, v))),
        roots: (0..STEPS + 2).map(|i| f((i as f32 / STEPS as f32).min(1.0))).collect(),
    }
});

impl Lab {
    /// L of a colour, in [0, 100].
    #[inline]
    pub(crate) fn lightness(&self, rgb: [u8; 3]) -> f32 {
        116.0 * self.root(self.of_white(rgb)[1]) - 16.0
    }

    /// a and b of a colour, about -100 to 100.
    #[inline]
    pub(crate) fn ab(&self, rgb: [u8; 3]) -> [f32; 2] {
        let [x, y, z] = self.of_white(rgb);
        let (x, y, z) = (self.root(x), self.root(y), self.root(z));
        [500.0 * (x - y), 200.0 * (y - z)]
    }

    /// X, Y and Z as shares of white's.
    #[inline]
    fn of_white(&self, [r, g, b]: [u8; 3]) -> [u32; 3] {
        let [red, green, blue] = &self.shares;
        let (r, g, b) = (&red[usize::from(r)], &green[usize::from(g)], &blue[usize::from(b)]);
        [r[0] + g[0] + b[0], r[1] + g[1] + b[1], r[2] + g[2] + b[2]]
    }

    /// [`f`] of a share of at most 1, give or take the rounding of three.
    #[inline]
    fn root(&self, share: u32) -> f32 {
        let (at, rest) = ((share >> BITS) as usize, share & ((1 << BITS) - 1));
        let [below, above] = [self.roots[at], self.roots[at + 1]];
        below + rest as f32 * (1.0 / (1 << BITS) as f32) * (above - below)
    }
}

/// The sRGB curve, from [0, 1] to linear light.
fn to_linear(v: f32) -> f32 {
    if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
}

/// CIE's cube root with a straight foot.
fn f(t: f32) -> f32 {
    const FOOT: f32 = 6.0 / 29.0;
    if t > FOOT.powi(3) { t.cbrt() } else { t / (3.0 * FOOT * FOOT) + 4.0 / 29.0 }
}

/// The colour of a Lab triple, the nearest that a screen can show.
pub(crate) fn to_rgb([l, a, b]: [f32; 3]) -> [u8; 3] {
    const FOOT: f32 = 6.0 / 29.0;
    let y = (l + 16.0) / 116.0;
    let back = |t: f32| {
        if t > FOOT { t.powi(3) } else { 3.0 * FOOT * FOOT * (t - 4.0 / 29.0) }
    };
    let xyz = [y + a / 500.0, y, y - b / 200.0].map(back);
    let white = TO_XYZ.map(|m| m[0] + m[1] + m[2]);
    TO_RGB.map(|m| {
        let v: f32 = (0..3).map(|i| m[i] * xyz[i] * white[i]).sum();
        let v = if v <= 0.003_130_8 { 12.92 * v } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 };
        (v * 255.0).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_colours() {
        // Lindbloom's calculator: sRGB, D65, no adaptation.
        let known = [
            ([255, 0, 0], [53.2408, 80.0925, 67.2032]),
            ([0, 255, 0], [87.7347, -86.1827, 83.1793]),
            ([0, 0, 255], [32.297, 79.1875, -107.8602]),
            ([255, 255, 255], [100.0, 0.0, 0.0]),
            ([119, 119, 119], [50.034, 0.0, 0.0]),
            ([0, 0, 0], [0.0, 0.0, 0.0]),
        ];
        for (rgb, [l, a, b]) in known {
            let ab = LAB.ab(rgb);
            let found = [LAB.lightness(rgb), ab[0], ab[1]];
            for (found, expected) in found.iter().zip([l, a, b]) {
                assert!((found - expected).abs() < 0.03, "{rgb:?}: {found} {expected}");
            }
            assert_eq!(to_rgb(found), rgb);
        }
    }

    #[test]
    fn the_table_is_the_cube_root() {
        for i in 0..10_000 {
            let t = i as f32 / 9_999.0;
            let share = f64::from(t) * (STEPS << BITS) as f64;
            assert!((LAB.root(share as u32) - f(t)).abs() < 1e-5, "{t}");
        }
    }
}
