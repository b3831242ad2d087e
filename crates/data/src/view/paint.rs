//! Pictures of targets and predictions.

use taskonomy_core::Encoding;

use super::TaskView;
use crate::colours::BINS;
use crate::picture::{RgbImage, paint};

/// As many deviations from the mean are the longest bar in the picture of a vector.
const BAR: f32 = 2.5;

impl TaskView<'_> {
    /// A picture of one target (of `target_shape`, whitened) or of one prediction (for
    /// cross-entropy `width` scores per place, for an embedding its numbers): maps as `paint` shows
    /// them, vectors and classes as bars, the first three numbers of an embedding as colours.
    pub fn paint(&self, values: &[f32]) -> RgbImage {
        let Some((supervision, _)) = &self.target else { return RgbImage::new(1, 1) };
        let [c, h, w] = supervision.shape();
        let (classes, places) = (supervision.classes, h * w);
        if supervision.embedding >= 3 && values.len() >= 3 * places {
            let shown = values.chunks(places).take(3).flat_map(spread_out).collect::<Vec<_>>();
            return paint(Encoding::Image, 0, &shown, [3, h, w]);
        }
        if supervision.encoding == Encoding::AbBins {
            return paint(Encoding::AbBins, 0, &BINS.mean(values, places), [2, h, w]);
        }
        if classes == 0 {
            // Numbers of anyone's own have a range of their own: they are shown as vectors are.
            let shown = if self.is_map && supervision.encoding != Encoding::Plain {
                supervision.decode(values)
            } else {
                values.iter().map(|v| v / BAR).collect()
            };
            return paint(supervision.encoding, 0, &shown, [c, h, w]);
        }
        if !self.is_map || values.len() < classes * places {
            return paint(supervision.encoding, classes, values, [values.len() / places, h, w]);
        }
        let score = |class: usize, place: usize| values[class * places + place];
        let likeliest = |place: usize| {
            let by_score = |&a: &usize, &b: &usize| score(a, place).total_cmp(&score(b, place));
            (0..classes).max_by(by_score).unwrap_or(0) as f32
        };
        let labels: Vec<f32> = (0..places).map(likeliest).collect();
        paint(supervision.encoding, classes, &labels, [1, h, w])
    }
}

/// Values brought to [-1, 1] by their own range.
fn spread_out(values: &[f32]) -> impl Iterator<Item = f32> + '_ {
    let low = values.iter().copied().fold(f32::INFINITY, f32::min);
    let high = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let range = if high > low { high - low } else { 1.0 };
    values.iter().map(move |v| 2.0 * (v - low) / range - 1.0)
}
