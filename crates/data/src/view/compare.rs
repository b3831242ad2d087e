//! Truth and predictions side by side.

use taskonomy_core::{Encoding, Split};

use super::TaskView;
use crate::picture::{RgbImage, grid, paint};

/// Pictures are enlarged to at least this many pixels a side.
const SIDE: usize = 128;

impl TaskView<'_> {
    /// A sheet of some items, one row each: what the task's encoder sees, the truth, and
    /// predictions under their captions. Predictions are N×C×h×w numbers as a network puts them
    /// out (for cross-entropy a score per class); a row for which there are too few is left out.
    pub fn compare(
        &self,
        split: Split,
        items: &[usize],
        seed: u64,
        predictions: &[(&str, &[f32])],
    ) -> RgbImage {
        let size = self.dataset.manifest().size;
        let [c, h, w] = self.target_shape();
        let (mut input, mut truth, mut weight) = (vec![], vec![], vec![]);
        let mut captions = vec!["input"; self.views()];
        captions.push("truth");
        captions.extend(predictions.iter().map(|(caption, _)| caption));
        let pictures = |(i, &item): (usize, &usize)| {
            self.input(split, &[item], seed, &mut input);
            self.target(split, &[item], &mut truth, &mut weight);
            let views = input.chunks(3 * size * size);
            let mut pictures: Vec<_> =
                views.map(|view| paint(Encoding::Image, 0, view, [3, size, size])).collect();
            pictures.push(self.paint(&truth[..c * h * w]));
            for (_, values) in predictions {
                let each = values.len() / items.len();
                pictures.push(self.paint(&values[i * each..(i + 1) * each]));
            }
            pictures.iter().map(|p| p.scaled(SIDE.div_ceil(p.width()))).collect()
        };
        let rows: Vec<Vec<RgbImage>> = items.iter().enumerate().map(pictures).collect();
        grid(&captions, &rows)
    }
}
