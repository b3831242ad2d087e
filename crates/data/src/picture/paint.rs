//! Values as colours. Display ranges are fixed, so that pictures of different samples compare.

use std::sync::LazyLock;

use taskonomy_core::{Dictionary, Domain, Dtype, Encoding};

use super::RgbImage;
use crate::lab::to_rgb;
use crate::values::ValuesRef;

/// Encoded depths from 0.5 m to 6.5 m: most of what rooms have.
const DEPTHS: [f32; 2] = [0.5, 0.73];
/// Lightness at which a and b are shown.
const LIGHTNESS: f32 = 65.0;
/// Side of the picture of a vector.
const SIDE: usize = 64;
/// Segments have no number known beforehand: more of them than u8 names.
const SEGMENTS: usize = 256;
/// The domain of numbers of things, which are no classes.
const INSTANCE: &str = "instance";
/// Where nothing is known.
const UNKNOWN: [u8; 3] = [0; 3];

/// Encoded values (not whitened) of shape C×h×w as colours: images and normals as they are, depth
/// from yellow (near) to blue (far), other maps in grey, a and b at a fixed lightness, labels by a
/// fixed palette, classes and vectors as bars.
///
/// `classes` is the number of classes, 0 where values are no classes. A single place with as many
/// values as classes is understood as scores before the softmax. Missing values count as 0.
pub fn paint(encoding: Encoding, classes: usize, values: &[f32], shape: [usize; 3]) -> RgbImage {
    let [channels, height, width] = shape;
    if height * width <= 1 {
        return match (classes, values) {
            (0, _) => bars(values, true),
            (_, &[label]) => {
                let hit = |k: usize| f32::from(u8::from(k == label as usize));
                bars(&(0..classes).map(hit).collect::<Vec<_>>(), false)
            }
            _ => bars(&softmax(values), false),
        };
    }
    let plane = height * width;
    let value = |c: usize, i: usize| values.get(c * plane + i).copied().unwrap_or(0.0);
    let colour = |i: usize| match (encoding, channels) {
        (Encoding::AbBins, 2) => to_rgb([LIGHTNESS, value(0, i), value(1, i)]),
        (Encoding::Labels, _) => label_colour(value(0, i), classes),
        (Encoding::Segments, 1) => label_colour(value(0, i), SEGMENTS),
        (_, 2..) => {
            [0, 1, 2].map(|c| byte(if c < channels { value(c, i) } else { 0.0 } * 0.5 + 0.5))
        }
        (Encoding::Image | Encoding::Signed | Encoding::Plain, _) => {
            [byte(value(0, i) * 0.5 + 0.5); 3]
        }
        (Encoding::LogDepth, _) => {
            depth_colour((value(0, i) - DEPTHS[0]) / (DEPTHS[1] - DEPTHS[0]))
        }
        _ => [byte(value(0, i)); 3],
    };
    let mut image = RgbImage::new(width, height);
    (0..plane).for_each(|i| image.set(i % width, i / width, colour(i)));
    image
}

/// Stored values of a domain as colours, encoded as by the first task of the built-in dictionary
/// that predicts it; numbers of segments by the palette of labels; places that hold the invalid value
/// are black.
pub fn paint_domain(domain: &Domain, values: ValuesRef<'_>) -> RgbImage {
    // Numbers of segments and instances are told apart as labels are, as many as there are.
    let segments = domain.unit == "segment" && domain.dtype == Dtype::U8;
    let encoding = if segments { Encoding::Labels } else { encoding_of(domain) };
    let numbers = encoding == Encoding::Labels && domain.classes.is_empty();
    let encoded: Vec<f32> =
        (0..values.len()).filter_map(|i| values.get(i)).map(|v| encoding.encode(v)).collect();
    let [channels, height, width] = domain.shape;
    let plane = height * width;
    let classes = if numbers { usize::from(u16::MAX) } else { domain.classes.len() };
    if plane == 1 {
        // A vector's scale is its own: a stored one may be in metres.
        let most = encoded.iter().fold(1.0_f32, |most, v| most.max(v.abs()));
        let scale = if classes > 0 { 1.0 } else { most };
        let scaled: Vec<_> = encoded.iter().map(|v| v / scale).collect();
        return paint(encoding, classes, &scaled, domain.shape);
    }
    let mut image = paint(encoding, classes, &encoded, domain.shape);
    if let Some(invalid) = domain.invalid {
        for i in 0..plane {
            if (0..channels).all(|c| values.get(c * plane + i) == Some(invalid as f32)) {
                image.set(i % width, i / width, UNKNOWN);
            }
        }
    }
    image
}

fn encoding_of(domain: &Domain) -> Encoding {
    static TASKS: LazyLock<Dictionary> = LazyLock::new(Dictionary::builtin);
    let targets = TASKS.iter().filter_map(|task| task.target.as_ref());
    let fits = |encoding: Encoding| match encoding {
        Encoding::Image | Encoding::Signed | Encoding::Unit => domain.dtype == Dtype::U8,
        Encoding::LogDepth | Encoding::Clip { .. } | Encoding::SqrtClip { .. } => {
            domain.dtype == Dtype::U16
        }
        Encoding::Plain => domain.dtype == Dtype::F32,
        Encoding::Labels | Encoding::AbBins | Encoding::Segments | Encoding::Permutation => false,
    };
    let known = targets.filter(|t| t.domain == domain.name).map(|t| t.encoding).find(|&e| fits(e));
    known.unwrap_or(match domain.dtype {
        _ if !domain.classes.is_empty() || domain.name == INSTANCE => Encoding::Labels,
        Dtype::U8 if domain.shape[0] == 1 => Encoding::Unit,
        Dtype::U8 => Encoding::Image,
        Dtype::U16 => Encoding::Clip { max: 1.0 },
        Dtype::F32 => Encoding::Plain,
    })
}

/// [0, 1] to a byte.
fn byte(share: f32) -> u8 {
    (share * 255.0).round() as u8
}

/// Near (0) is light and yellow, far (1) dark and blue, with lightness falling evenly between.
fn depth_colour(share: f32) -> [u8; 3] {
    let t = share.clamp(0.0, 1.0);
    polar(92.0 - 80.0 * t, 45.0 + 25.0 * (std::f32::consts::PI * t).sin(), 95.0 - 165.0 * t)
}

/// Neighbouring classes are far apart on the colour circle; what is no class is black.
fn label_colour(label: f32, classes: usize) -> [u8; 3] {
    if !(label >= 0.0 && (label as usize) < classes) {
        return UNKNOWN;
    }
    let class = label as usize;
    polar([72.0, 52.0, 86.0][class % 3], 48.0, 137.508 * class as f32)
}

/// A colour by lightness, chroma and hue in degrees.
fn polar(lightness: f32, chroma: f32, hue: f32) -> [u8; 3] {
    let (sin, cos) = hue.to_radians().sin_cos();
    to_rgb([lightness, chroma * cos, chroma * sin])
}

/// Values in [-1, 1] as bars from the middle, or in [0, 1] as bars from the bottom.
fn bars(values: &[f32], signed: bool) -> RgbImage {
    let mut image = RgbImage::new(SIDE, SIDE);
    image.fill(0, 0, SIDE, SIDE, [245; 3]);
    let room = if signed { SIDE / 2 } else { SIDE };
    let count = values.len().max(1);
    for (k, &value) in values.iter().enumerate() {
        let (left, right) = (k * SIDE / count, (k + 1) * SIDE / count);
        let length = (value.abs().min(1.0) * room as f32).round() as usize;
        let top = if value < 0.0 { room } else { room - length };
        let gap = usize::from(right - left > 2);
        // More bars than pixels: neighbours share a column.
        let width = (right - left).max(1) - gap;
        image.fill(left, top, width, length, label_colour(k as f32, count));
    }
    image.fill(0, room.min(SIDE - 1), SIDE, 1, [120; 3]);
    image
}

fn softmax(scores: &[f32]) -> Vec<f32> {
    let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let odds: Vec<f32> = scores.iter().map(|s| (s - highest).exp()).collect();
    let sum: f32 = odds.iter().sum();
    odds.iter().map(|o| o / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_one_of_many_classes_has_a_bar() {
        for class in 0..100 {
            let image = paint(Encoding::Labels, 100, &[class as f32], [1, 1, 1]);
            assert_eq!(image.get(class * SIDE / 100, 0), label_colour(class as f32, 100));
        }
    }

    #[test]
    fn maps_have_fixed_colours() {
        let image = paint(Encoding::Image, 0, &[-1.0, 1.0, 1.0, 1.0, -1.0, 0.0], [3, 1, 2]);
        assert_eq!(image.pixels(), [0, 255, 0, 255, 255, 128]);
        let grey = paint(Encoding::Clip { max: 0.1 }, 0, &[0.0, 2.0], [1, 1, 2]);
        assert_eq!(grey.pixels(), [0, 0, 0, 255, 255, 255]);
        let lightness = |[r, g, b]: [u8; 3]| u32::from(r) * 2 + u32::from(g) * 5 + u32::from(b);
        let depths: Vec<f32> = (0..8).map(|i| 0.5 + 0.03 * i as f32).collect();
        let depth = paint(Encoding::LogDepth, 0, &depths, [1, 1, 8]);
        let light: Vec<_> = (0..8).map(|x| lightness(depth.get(x, 0))).collect();
        assert!(light.windows(2).all(|w| w[0] > w[1]), "{light:?}");
    }

    #[test]
    fn labels_are_told_apart_and_no_class_is_black() {
        let values: Vec<f32> = (0..20).map(|k| k as f32).chain([20.0, -1.0, f32::NAN]).collect();
        let image = paint(Encoding::Labels, 20, &values, [1, 1, 23]);
        for a in 0..20 {
            for b in 0..a {
                let (x, y) = (image.get(a, 0), image.get(b, 0));
                let apart: u32 = (0..3).map(|c| u32::from(x[c].abs_diff(y[c]))).sum();
                assert!(apart > 20, "{a} {b}: {x:?} {y:?}");
            }
        }
        assert_eq!([20, 21, 22].map(|x| image.get(x, 0)), [UNKNOWN; 3]);
    }

    #[test]
    fn vectors_and_classes_are_bars() {
        let vector = paint(Encoding::Plain, 0, &[1.0, -1.0], [2, 1, 1]);
        assert_ne!(vector.get(5, 5), vector.get(5, 60)); // up on the left
        assert_eq!(vector.get(5, 5), label_colour(0.0, 2));
        assert_eq!(vector.get(40, 60), label_colour(1.0, 2)); // down on the right
        let label = paint(Encoding::Labels, 2, &[1.0], [1, 1, 1]);
        let scores = paint(Encoding::Labels, 2, &[-50.0, 50.0], [2, 1, 1]);
        assert_eq!(label, scores);
    }

    #[test]
    fn instances_have_colours_of_their_own() {
        let domain = Domain {
            name: "instance".into(),
            dtype: Dtype::U16,
            shape: [1, 1, 3],
            unit: String::new(),
            invalid: None,
            classes: vec![],
            views: 1,
            note: String::new(),
        };
        let image = paint_domain(&domain, ValuesRef::U16(&[[0, 0], [7, 1], [8, 1]]));
        let [a, b, c] = [0, 1, 2].map(|x| image.get(x, 0));
        assert!(a != b && b != c && a != c && !image.pixels().contains(&0), "{a:?} {b:?} {c:?}");
    }

    #[test]
    fn the_invalid_value_of_a_domain_is_black() {
        let domain = Domain {
            name: "depth_zbuffer".into(),
            dtype: Dtype::U16,
            shape: [1, 1, 2],
            unit: String::new(),
            invalid: Some(65535),
            classes: vec![],
            views: 1,
            note: String::new(),
        };
        let image = paint_domain(&domain, ValuesRef::U16(&[[0, 4], [255, 255]])); // 2 m, unknown
        assert_eq!(image.get(1, 0), UNKNOWN);
        assert_ne!(image.get(0, 0), UNKNOWN);
    }
}
