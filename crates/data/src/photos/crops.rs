//! Which squares are cut from a photo: those where there is something to see.

use super::photo::{NARROWEST, Photo, Square};
use crate::noise::Stream;

/// Squares that one crop is chosen from.
const CANDIDATES: usize = 12;

/// Bounds between the widths of crops, as shares of the photo's shorter side; crops take turns.
const WIDTHS: [f64; 5] = [1.0, 0.85, 0.7, 0.55, NARROWEST];

/// Chooses `n` squares of a photo for crops that are made of `side`×`side` pixels.
///
/// Each crop is the best of 12 random squares of its turn's widths: the mean gradient of the
/// brightness inside, less by the square of the share that an earlier crop has seen already.
/// Crops are no narrower than `side` pixels where the photo has as many.
pub(super) fn choose(photo: &Photo, n: usize, side: usize, stream: &mut Stream) -> Vec<Square> {
    let (width, height) = photo.dimensions();
    let (width, height) = (width as f64, height as f64);
    let short = width.min(height);
    let detail = Detail::of(photo);
    let first = stream.below(WIDTHS.len() - 1);
    let mut chosen: Vec<Square> = Vec::with_capacity(n);
    for turn in 0..n {
        let [wide, narrow] = [0, 1].map(|end| WIDTHS[(first + turn) % (WIDTHS.len() - 1) + end]);
        let mut best = (f64::NEG_INFINITY, None);
        for _ in 0..CANDIDATES {
            let share = narrow + (wide - narrow) * unit(stream);
            let extent = (share * short).max(short.min(side as f64));
            let (x, y) = ((width - extent) * unit(stream), (height - extent) * unit(stream));
            let square = Square { x, y, side: extent };
            let seen = chosen.iter().map(|&c| overlap(c, square)).fold(0.0, f64::max);
            // Where nothing is to be seen, still the freshest square.
            let score = (1e-6 + detail.mean(square)) * (1.0 - seen * seen);
            if score > best.0 {
                best = (score, Some(square));
            }
        }
        chosen.extend(best.1);
    }
    chosen
}

/// A number in [0, 1).
fn unit(stream: &mut Stream) -> f64 {
    (stream.next() >> 11) as f64 / (1_u64 << 53) as f64
}

/// Intersection over union.
fn overlap(a: Square, b: Square) -> f64 {
    let along = |p: f64, q: f64| (p + a.side).min(q + b.side) - p.max(q);
    let common = along(a.x, b.x).max(0.0) * along(a.y, b.y).max(0.0);
    common / (a.side * a.side + b.side * b.side - common)
}

/// Sums of gradients above and left of every pixel of a photo's coarsest level.
struct Detail {
    sums: Vec<f64>,
    stride: usize,
    /// Pixels of the photo's first level for one of these.
    scale: [f64; 2],
}

impl Detail {
    fn of(photo: &Photo) -> Self {
        let image = photo.levels.last().expect("a photo has at least one level");
        let (width, height) = (image.width(), image.height());
        let grey = |x: usize, y: usize| {
            let [r, g, b] = image.get(x.min(width - 1), y.min(height - 1)).map(f64::from);
            0.299 * r + 0.587 * g + 0.114 * b
        };
        let stride = width + 1;
        let mut sums = vec![0.0; stride * (height + 1)];
        for y in 0..height {
            let mut row = 0.0;
            for x in 0..width {
                let here = grey(x, y);
                row += (grey(x + 1, y) - here).abs() + (grey(x, y + 1) - here).abs();
                sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1] + row;
            }
        }
        let (columns, rows) = photo.dimensions();
        let scale = [columns as f64 / width as f64, rows as f64 / height as f64];
        Self { sums, stride, scale }
    }

    /// The mean gradient within the square, to whole pixels.
    fn mean(&self, square: Square) -> f64 {
        let rows = self.sums.len() / self.stride;
        let bounds = |start: f64, scale: f64, end: usize| {
            let first = ((start / scale).round() as usize).min(end - 2);
            let last = ((start + square.side) / scale).round() as usize;
            (first, last.clamp(first + 1, end - 1))
        };
        let (left, right) = bounds(square.x, self.scale[0], self.stride);
        let (top, bottom) = bounds(square.y, self.scale[1], rows);
        let at = |y: usize, x: usize| self.sums[y * self.stride + x];
        let sum = at(bottom, right) + at(top, left) - at(top, right) - at(bottom, left);
        sum / ((right - left) * (bottom - top)) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::RgbImage;

    fn photo(width: usize, height: usize, colour: impl Fn(usize, usize) -> u8) -> Photo {
        let mut image = RgbImage::new(width, height);
        for y in 0..height {
            for x in 0..width {
                image.set(x, y, [colour(x, y); 3]);
            }
        }
        Photo { levels: vec![image] }
    }

    #[test]
    fn crops_are_where_something_is_to_be_seen() {
        // Stripes on the right third, nothing elsewhere.
        let stripes = photo(300, 100, |x, _| if x > 200 && x % 4 < 2 { 255 } else { 0 });
        let squares = choose(&stripes, 4, 16, &mut Stream::new(&[b"a"]));
        let in_stripes = |s: &&Square| s.x + s.side / 2.0 > 200.0;
        assert!(squares.iter().filter(in_stripes).count() >= 3, "{squares:?}");
    }

    #[test]
    fn crops_stay_inside_have_their_turns_widths_and_differ() {
        for (width, height) in [(64, 64), (80, 64), (64, 200), (400, 300), (129, 1000)] {
            let plain = photo(width, height, |x, y| (x ^ y) as u8);
            let squares = choose(&plain, 9, 64, &mut Stream::new(&[b"b"]));
            assert_eq!(squares.len(), 9);
            let (w, h) = (width as f64, height as f64);
            for s in &squares {
                assert!(s.x >= 0.0 && s.y >= 0.0, "{s:?}");
                assert!(s.x + s.side <= w + 1e-9 && s.y + s.side <= h + 1e-9, "{s:?}");
                assert!(s.side >= 64.0_f64.min(w.min(h)) && s.side >= NARROWEST * w.min(h));
            }
            let wide = squares.iter().filter(|s| s.side > 0.85 * w.min(h)).count();
            assert!(wide >= 2, "each width has its turn: {squares:?}");
            if width > 100 {
                let same = squares[1..].iter().filter(|&&s| overlap(s, squares[0]) > 0.99).count();
                assert_eq!(same, 0, "{squares:?}");
            }
        }
    }

    #[test]
    fn overlaps_by_hand() {
        let square = |x, y, side| Square { x, y, side };
        assert_eq!(overlap(square(0.0, 0.0, 2.0), square(1.0, 0.0, 2.0)), 2.0 / 6.0);
        assert_eq!(overlap(square(0.0, 0.0, 2.0), square(2.0, 2.0, 2.0)), 0.0);
        assert_eq!(overlap(square(1.0, 1.0, 3.0), square(1.0, 1.0, 3.0)), 1.0);
    }

    #[test]
    fn detail_is_the_mean_gradient_inside() {
        let ramp = photo(8, 8, |x, y| (10 * x + 2 * y) as u8);
        let detail = Detail::of(&ramp);
        assert!((detail.mean(Square { x: 1.0, y: 2.0, side: 4.0 }) - 12.0).abs() < 1e-9);
        // Nothing lies beyond the last column and row.
        let last = detail.mean(Square { x: 7.0, y: 7.0, side: 1.0 });
        assert_eq!(last, 0.0);
    }
}
