//! Images from outside the dataset.

use super::TaskView;
use crate::picture::RgbImage;

impl TaskView<'_> {
    /// What the task's encoder sees of an image from anywhere: the largest centred square, brought
    /// to the dataset's size, 3×H×W values in [-1, 1]. Noise and hole depend on `id`.
    pub fn foreign_input(&self, id: &str, image: &RgbImage, seed: u64) -> Vec<f32> {
        let square = image.centred(self.dataset.manifest().size);
        let plane = |c: usize| square.pixels().iter().skip(c).step_by(3).copied();
        let planes: Vec<u8> = plane(0).chain(plane(1)).chain(plane(2)).collect();
        let mut values = Vec::with_capacity(planes.len());
        self.input.append(id, &planes, seed, &mut values);
        values
    }
}

impl RgbImage {
    /// The largest centred square, brought to `size`×`size` pixels by the mean over the area that
    /// each new pixel covers.
    #[must_use]
    pub fn centred(&self, size: usize) -> Self {
        let side = self.width().min(self.height());
        let (left, top) = ((self.width() - side) / 2, (self.height() - side) / 2);
        let scale = side as f64 / size.max(1) as f64;
        let covers: Vec<Vec<(usize, f64)>> = (0..size).map(|i| cover(i, scale, side)).collect();
        let mut small = Self::new(size, size);
        for (y, down) in covers.iter().enumerate() {
            for (x, across) in covers.iter().enumerate() {
                let mut sum = [0.0; 3];
                for &(row, share_y) in down {
                    for &(column, share_x) in across {
                        let colour = self.get(left + column, top + row);
                        for (sum, value) in sum.iter_mut().zip(colour) {
                            *sum += share_x * share_y * f64::from(value);
                        }
                    }
                }
                small.set(x, y, sum.map(|s| (s / (scale * scale)).round() as u8));
            }
        }
        small
    }
}

/// The old pixels below new pixel `i`, and how much of each.
fn cover(i: usize, scale: f64, side: usize) -> Vec<(usize, f64)> {
    let (from, to) = (i as f64 * scale, (i + 1) as f64 * scale);
    (from as usize..side)
        .map(|p| (p, (to.min((p + 1) as f64) - from.max(p as f64)).max(0.0)))
        .take_while(|(_, share)| *share > 0.0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_centre_is_cut_out_and_areas_are_averaged() {
        // 4×2: only the middle 2×2 counts; their mean is (10+20+30+40)/4.
        let mut image = RgbImage::new(4, 2);
        for (i, (x, y)) in [(1, 0), (2, 0), (1, 1), (2, 1)].into_iter().enumerate() {
            image.set(x, y, [10 * (i as u8 + 1); 3]);
        }
        image.set(0, 0, [255; 3]);
        assert_eq!(image.centred(1).get(0, 0), [25; 3]);
        assert_eq!(image.centred(2).get(1, 1), [40; 3]);
        // Enlarged: every old pixel covers two by two.
        assert_eq!(image.centred(4).get(1, 1), [10; 3]);
        assert_eq!(image.centred(4).get(2, 1), [20; 3]);
        // Three to two: the corner is 4/9 of itself and parts of its neighbours.
        let mut three = RgbImage::new(3, 3);
        three.set(0, 0, [90; 3]);
        assert_eq!(three.centred(2).get(0, 0), [40; 3]);
    }
}
