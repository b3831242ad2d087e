//! The square in the middle of an image, brought to another size.

/// A square of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Square {
    left: usize,
    top: usize,
    pub(crate) side: usize,
}

impl Square {
    /// The largest one in the middle.
    pub(crate) fn centred(width: usize, height: usize) -> Self {
        let side = width.min(height);
        Self { left: (width - side) / 2, top: (height - side) / 2, side }
    }
}

/// An image that is brought to another size: rows of `width` pixels of `channels` values.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'s, T> {
    pub(crate) samples: &'s [T],
    pub(crate) width: usize,
    pub(crate) channels: usize,
    pub(crate) square: Square,
}

impl<T: Copy> Source<'_, T> {
    /// The pixel in the middle of each new one, channel after channel (the first `kept` of them):
    /// for values of which a mean is the value of nothing. All domains of a view pick the same.
    pub(crate) fn pick(&self, size: usize, kept: usize) -> Vec<T> {
        let Square { left, top, side } = self.square;
        let place = |i: usize| (2 * i + 1) * side / (2 * size);
        let mut picked = Vec::with_capacity(kept * size * size);
        for channel in 0..kept {
            for y in 0..size {
                let row = (top + place(y)) * self.width + left;
                picked.extend(
                    (0..size).map(|x| self.samples[(row + place(x)) * self.channels + channel]),
                );
            }
        }
        picked
    }
}

impl<T: Copy + Into<u32>> Source<'_, T> {
    /// The rounded mean over the area of each new pixel, channel after channel (the first `kept`).
    ///
    /// In units of 1/size of a pixel everything is whole: a new pixel covers `side` of them a side,
    /// so that means are exact.
    pub(crate) fn mean(&self, size: usize, kept: usize) -> Vec<u32> {
        let Square { left, top, side } = self.square;
        let covers: Vec<Cover> = (0..size).map(|i| Cover::of(i, size, side)).collect();
        // Sums along each row, at most side · 65535 and so below 2³².
        let mut across = vec![0_u32; side * size * kept];
        for (y, sums) in across.chunks_exact_mut(size * kept).enumerate() {
            let start = ((top + y) * self.width + left) * self.channels;
            let row = &self.samples[start..start + side * self.channels];
            for (cover, sums) in covers.iter().zip(sums.chunks_exact_mut(kept)) {
                let pixels = row[cover.first * self.channels..].chunks_exact(self.channels);
                for (pixel, weight) in pixels.zip(cover.weights()) {
                    for (sum, &value) in sums.iter_mut().zip(pixel) {
                        *sum += weight * value.into();
                    }
                }
            }
        }
        let area = (side * side) as u64;
        let mut means = vec![0; kept * size * size];
        let mut column = vec![0_u64; size * kept];
        for (y, cover) in covers.iter().enumerate() {
            column.fill(0);
            let rows = across[cover.first * size * kept..].chunks_exact(size * kept);
            for (row, weight) in rows.zip(cover.weights()) {
                for (sum, &value) in column.iter_mut().zip(row) {
                    *sum += u64::from(weight) * u64::from(value);
                }
            }
            for (x, sums) in column.chunks_exact(kept).enumerate() {
                for (channel, sum) in sums.iter().enumerate() {
                    means[(channel * size + y) * size + x] = ((sum + area / 2) / area) as u32;
                }
            }
        }
        means
    }
}

/// Which pixels a new one covers, and how much of each: `head` of the first, all of those between
/// (`whole`), `tail` of the last.
#[derive(Debug, Clone, Copy)]
struct Cover {
    first: usize,
    count: usize,
    head: u32,
    whole: u32,
    tail: u32,
}

impl Cover {
    fn of(i: usize, size: usize, side: usize) -> Self {
        let (from, to) = (i * side, (i + 1) * side);
        let (first, last) = (from / size, (to - 1) / size);
        let head = to.min((first + 1) * size) - from;
        let tail = to - (last * size).max(from);
        let count = last - first + 1;
        Self { first, count, head: head as u32, whole: size as u32, tail: tail as u32 }
    }

    fn weights(self) -> impl Iterator<Item = u32> {
        let Self { count, head, whole, tail, .. } = self;
        (0..count).map(move |k| match k {
            0 => head,
            k if k + 1 == count => tail,
            _ => whole,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn source<T>(samples: &[T], width: usize, channels: usize) -> Source<'_, T> {
        let square = Square::centred(width, samples.len() / width / channels);
        Source { samples, width, channels, square }
    }

    #[test]
    fn means_and_picks_by_hand() {
        // 4×2: the middle 2×2 counts.
        let image = source(&[9_u8, 1, 2, 9, 9, 3, 5, 9], 4, 1);
        assert_eq!(image.mean(1, 1), [3]); // 11/4
        assert_eq!((image.pick(1, 1), image.pick(2, 1)), (vec![5], vec![1, 2, 3, 5]));
        assert_eq!(image.mean(2, 1), [1, 2, 3, 5]);
        // Enlarged: every old pixel covers two by two.
        let large = [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 5, 5, 3, 3, 5, 5];
        assert_eq!(image.mean(4, 1), large);
        assert_eq!(image.pick(4, 1), large.map(|v| v as u8));
        // Three to two: the corner is 4/9 of itself, 2/9 of each neighbour, 1/9 of the middle.
        let three = source(&[90_u16, 9, 0, 9, 900, 0, 0, 0, 0], 3, 1);
        assert_eq!(three.mean(2, 1)[0], 40 + 2 + 2 + 100);
        // Channels come apart, and those beyond the kept ones are dropped.
        let colours = source(&[1_u8, 10, 100, 3, 30, 200, 5, 50, 0, 7, 70, 0], 2, 3);
        assert_eq!((colours.mean(1, 3), colours.pick(1, 2)), (vec![4, 40, 75], vec![7, 70]));
        assert_eq!(colours.pick(2, 2), [1, 3, 5, 7, 10, 30, 50, 70]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn means_agree_with_every_covered_area(side in 1_usize..12, size in 1_usize..12, seed: u32) {
            let value = |i: usize| ((i as u32 + 1).wrapping_mul(2_654_435_761) ^ seed) >> 16;
            let samples: Vec<u16> = (0..side * side).map(|i| value(i) as u16).collect();
            let found = source(&samples, side, 1).mean(size, 1);
            // Each new pixel as side×side parts, each of which lies in one old pixel.
            for (at, found) in found.into_iter().enumerate() {
                let (y, x) = (at / size, at % size);
                let mut sum = 0_u64;
                for part in 0..side * side {
                    let row = (y * side + part / side) / size;
                    let column = (x * side + part % side) / size;
                    sum += u64::from(samples[row * side + column]);
                }
                let area = (side * side) as u64;
                prop_assert_eq!(u64::from(found), (sum + area / 2) / area);
            }
        }
    }
}
