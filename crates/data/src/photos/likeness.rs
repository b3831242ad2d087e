//! Which photos show the same: copies at other sizes, bursts, other croppings by a little.

use rayon::prelude::*;

use super::photo::Photo;
use crate::picture::RgbImage;

const SIDE: usize = 16;

/// Hashes that differ in more than this many of 64 bits are of different photos: quickly told, and
/// generous, for in areas without contrast a bit is chance.
const MOST_BITS: u32 = 20;

/// Thumbnails that correlate less are of different photos.
const LEAST_CORRELATION: f32 = 0.9;

/// A deviation under this many levels of 255 is no picture to correlate.
const FLAT: f32 = 0.5;

/// Photos that are compared with all others before what is alike is put together.
const AT_ONCE: usize = 64;

/// What a photo looks like from afar.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Look {
    /// Which of 9×8 means of the brightness are darker than their right neighbours: 64 bits.
    hash: u64,
    /// 16×16 brightnesses with mean 0 and length 1; zeros for a photo without contrast.
    thumbnail: Vec<f32>,
}

impl Look {
    /// Of the whole photo, squeezed into a square.
    pub(super) fn of(photo: &Photo) -> Self {
        let image = photo.levels.last().expect("a photo has at least one level");
        let coarse = means(image, 9, 8);
        let brighter =
            coarse.chunks_exact(9).flat_map(|row| row.array_windows().map(|[a, b]| a < b));
        let hash = brighter.fold(0, |hash, bit| hash << 1 | u64::from(bit));
        let mut thumbnail = means(image, SIDE, SIDE);
        let mean = thumbnail.iter().sum::<f32>() / thumbnail.len() as f32;
        for v in &mut thumbnail {
            *v -= mean;
        }
        let length = thumbnail.iter().map(|v| v * v).sum::<f32>().sqrt();
        let scale = if length < FLAT * SIDE as f32 { 0.0 } else { 1.0 / length };
        for v in &mut thumbnail {
            *v *= scale;
        }
        Self { hash, thumbnail }
    }

    fn is_flat(&self) -> bool {
        self.thumbnail.iter().all(|&v| v == 0.0)
    }

    /// Whether both show the same.
    pub(super) fn resembles(&self, other: &Self) -> bool {
        if self.is_flat() || other.is_flat() {
            return self.is_flat() && other.is_flat();
        }
        (self.hash ^ other.hash).count_ones() <= MOST_BITS
            && self.correlation(other) >= LEAST_CORRELATION
    }

    fn correlation(&self, other: &Self) -> f32 {
        self.thumbnail.iter().zip(&other.thumbnail).map(|(a, b)| a * b).sum()
    }
}

/// Brightness, 0 to 255, averaged over `columns`×`rows` tiles that overlap by the pixels they cut.
fn means(image: &RgbImage, columns: usize, rows: usize) -> Vec<f32> {
    let range = |k: usize, parts: usize, length: usize| {
        let (start, end) = (k * length / parts, ((k + 1) * length).div_ceil(parts));
        start..end.max(start + 1).min(length)
    };
    let tile = |y: usize, x: usize| {
        let (ys, xs) = (range(y, rows, image.height()), range(x, columns, image.width()));
        let count = (ys.len() * xs.len()).max(1) as f32;
        let at = |(y, x)| {
            let [r, g, b] = image.get(x, y).map(f32::from);
            0.299 * r + 0.587 * g + 0.114 * b
        };
        ys.flat_map(|y| xs.clone().map(move |x| (y, x))).map(at).sum::<f32>() / count
    };
    (0..rows).flat_map(|y| (0..columns).map(move |x| tile(y, x))).collect()
}

/// The groups of photos that resemble one another, directly or through others: positions, in
/// ascending order of their first.
pub(super) fn groups(looks: &[Look]) -> Vec<Vec<usize>> {
    // The smallest position of each group stands for it.
    let mut first: Vec<usize> = (0..looks.len()).collect();
    // Some at a time: of photos that are all alike there are as many pairs as their square.
    for start in (0..looks.len()).step_by(AT_ONCE) {
        let alike: Vec<(usize, usize)> = (start..looks.len().min(start + AT_ONCE))
            .into_par_iter()
            .flat_map_iter(|a| {
                (a + 1..looks.len())
                    .filter(move |&b| looks[a].resembles(&looks[b]))
                    .map(move |b| (a, b))
            })
            .collect();
        for (a, b) in alike {
            let (a, b) = (root(&mut first, a), root(&mut first, b));
            first[a.max(b)] = a.min(b);
        }
    }
    let mut groups = std::collections::BTreeMap::<usize, Vec<usize>>::new();
    for at in 0..looks.len() {
        groups.entry(root(&mut first, at)).or_default().push(at);
    }
    groups.into_values().collect()
}

/// The position that stands for the group of this one.
fn root(first: &mut [usize], mut at: usize) -> usize {
    while first[at] != at {
        first[at] = first[first[at]];
        at = first[at];
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_go_across_those_that_are_compared_at_once() {
        // Three kinds in turn, and the last one like none.
        let look = |i: usize| {
            let mut thumbnail = vec![0.0; SIDE * SIDE];
            thumbnail[if i == 3 * AT_ONCE { 3 } else { i % 3 }] = 1.0;
            Look { hash: 0, thumbnail }
        };
        let looks: Vec<Look> = (0..=3 * AT_ONCE).map(look).collect();
        let kind = |k: usize| (0..AT_ONCE).map(|i| 3 * i + k).collect::<Vec<_>>();
        assert_eq!(groups(&looks), [kind(0), kind(1), kind(2), vec![3 * AT_ONCE]]);
        assert!(groups(&[]).is_empty());
    }
}
