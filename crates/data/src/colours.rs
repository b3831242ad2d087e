//! Colours as bins: a and b of CIE Lab on a grid, softly encoded (Zhang, Isola, Efros, ECCV 2016).

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::lab::LAB;

/// Distance of neighbouring bins in a and b.
const STEP: f32 = 10.0;
/// Bins over which one colour is spread, the nearest ones.
pub(crate) const NEAREST: usize = 10;
/// Deviation of the Gaussian that spreads it.
const SIGMA: f32 = 5.0;
/// Cells of the grid from 0 to either end: no colour of a screen lies beyond.
const REACH: i32 = 12;
/// Scores are divided by this before a picture shows their mean: the plain mean is grey.
const TEMPERATURE: f32 = 0.38;

/// The bins.
pub(crate) struct Bins {
    /// a and b of each, multiples of [`STEP`], in ascending order.
    centres: Vec<[f32; 2]>,
    /// For every cell of the grid the bins that may be among the nearest ones of its colours.
    candidates: Vec<Vec<usize>>,
}

/// The bins that colours of a screen fall into: of every fifth red, green and blue. Built on first use.
pub(crate) static BINS: LazyLock<Bins> = LazyLock::new(|| {
    let levels = || (0..=255_u8).step_by(5);
    let colours =
        levels().flat_map(|r| levels().flat_map(move |g| levels().map(move |b| [r, g, b])));
    let cells: BTreeSet<[i32; 2]> = colours.map(|rgb| LAB.ab(rgb).map(cell)).collect();
    let centres: Vec<[f32; 2]> =
        cells.into_iter().map(|ab| ab.map(|cell| cell as f32 * STEP)).collect();
    let grid = (-REACH..=REACH).flat_map(|a| (-REACH..=REACH).map(move |b| [a, b]));
    let candidates = grid.map(|ab| within_reach(&centres, ab.map(|cell| cell as f32 * STEP)));
    Bins { candidates: candidates.collect(), centres }
});

fn cell(value: f32) -> i32 {
    (value / STEP).round() as i32
}

fn squared_distance([a, b]: [f32; 2], [c, d]: [f32; 2]) -> f32 {
    (a - c) * (a - c) + (b - d) * (b - d)
}

/// Bins that are among the nearest of any colour of the cell around `centre`: a colour and a bin are
/// nearer to each other or farther apart than centre and bin by at most half the cell's diagonal.
fn within_reach(centres: &[[f32; 2]], centre: [f32; 2]) -> Vec<usize> {
    let distance = |bin: &[f32; 2]| squared_distance(*bin, centre).sqrt();
    let mut sorted: Vec<f32> = centres.iter().map(distance).collect();
    sorted.sort_by(f32::total_cmp);
    let most = sorted[NEAREST - 1] + STEP * std::f32::consts::SQRT_2 + 1e-3;
    (0..centres.len()).filter(|&bin| distance(&centres[bin]) <= most).collect()
}

impl Bins {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.centres.len()
    }

    /// The nearest bins of a colour with their shares, which add up to 1: Gaussian in the distance.
    pub(crate) fn encode(&self, ab: [f32; 2]) -> [(usize, f32); NEAREST] {
        let [row, column] = ab.map(|v| (cell(v).clamp(-REACH, REACH) + REACH) as usize);
        let candidates = &self.candidates[row * (2 * REACH + 1) as usize + column];
        let mut near: Vec<(f32, usize)> =
            candidates.iter().map(|&bin| (squared_distance(self.centres[bin], ab), bin)).collect();
        // Of bins at one distance the first: ties are common on a grid.
        let order = |x: &(f32, usize), y: &(f32, usize)| x.0.total_cmp(&y.0).then(x.1.cmp(&y.1));
        near.select_nth_unstable_by(NEAREST - 1, order);
        near.truncate(NEAREST);
        near.sort_unstable_by(order);
        // Relative to the nearest, so that far colours do not underflow.
        let weight = |i: usize| ((near[0].0 - near[i].0) / (2.0 * SIGMA * SIGMA)).exp();
        let total: f32 = (0..NEAREST).map(weight).sum();
        std::array::from_fn(|i| (near[i].1, weight(i) / total))
    }

    /// Appends the soft encoding of maps of a and b, 2×places, as 2·[`NEAREST`] maps: the bins, then
    /// their shares; 0 where there is no weight.
    pub(crate) fn append(&self, ab: &[f32], weight: &[f32], out: &mut Vec<f32>) {
        let (places, from) = (weight.len(), out.len());
        out.resize(from + 2 * NEAREST * places, 0.0);
        for place in (0..places).filter(|&place| weight[place] != 0.0) {
            for (i, (bin, share)) in
                self.encode([ab[place], ab[places + place]]).into_iter().enumerate()
            {
                out[from + i * places + place] = bin as f32;
                out[from + (NEAREST + i) * places + place] = share;
            }
        }
    }

    /// a and b, 2×places, of soft encodings (as [`Bins::append`] makes them), or of scores of every
    /// bin before the softmax: their mean after the softmax at a low temperature.
    pub(crate) fn mean(&self, values: &[f32], places: usize) -> Vec<f32> {
        let soft = values.len() == 2 * NEAREST * places;
        let colour = |place: usize| -> [f32; 2] {
            let value = |i: usize| values[i * places + place];
            let shares: Vec<(usize, f32)> = if soft {
                (0..NEAREST).map(|i| (value(i) as usize, value(NEAREST + i))).collect()
            } else {
                let highest = (0..self.len()).map(value).fold(f32::NEG_INFINITY, f32::max);
                let share = |bin| ((value(bin) - highest) / TEMPERATURE).exp();
                let total: f32 = (0..self.len()).map(share).sum();
                (0..self.len()).map(|bin| (bin, share(bin) / total)).collect()
            };
            let mean = |c: usize| shares.iter().map(|&(bin, s)| s * self.centres[bin][c]).sum();
            [mean(0), mean(1)]
        };
        let colours: Vec<[f32; 2]> = (0..places).map(colour).collect();
        (0..2).flat_map(|c| colours.iter().map(move |ab| ab[c])).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greys_and_bins_are_what_a_hand_computes() {
        let bins = &*BINS;
        assert!((250..=313).contains(&bins.len()), "{}", bins.len());
        let grey = bins.encode([0.0, 0.0]);
        let at = |i: usize| bins.centres[grey[i].0];
        assert_eq!(at(0), [0.0, 0.0]);
        // Then four bins at 10, four at 14.1, one of those at 20: exp(0, −2, −4, −8).
        let shares: Vec<f32> = [0.0_f32, 2.0, 2.0, 2.0, 2.0, 4.0, 4.0, 4.0, 4.0, 8.0]
            .iter()
            .map(|x| (-x).exp())
            .collect();
        let total: f32 = shares.iter().sum();
        for ((_, found), share) in grey.iter().zip(&shares) {
            assert!((found - share / total).abs() < 1e-6, "{grey:?}");
        }
    }

    #[test]
    fn the_candidates_hold_the_nearest_of_all_bins() {
        let bins = &*BINS;
        for rgb in [[255, 0, 0], [0, 0, 255], [3, 250, 9], [120, 119, 121], [200, 13, 240]] {
            let ab = LAB.ab(rgb);
            let mut all: Vec<f32> =
                bins.centres.iter().map(|&bin| squared_distance(bin, ab)).collect();
            all.sort_by(f32::total_cmp);
            let found = bins.encode(ab).map(|(bin, _)| squared_distance(bins.centres[bin], ab));
            assert_eq!(found[..], all[..NEAREST], "{rgb:?}");
        }
    }

    #[test]
    fn a_soft_encoding_means_about_its_colour_and_no_weight_means_nothing() {
        let bins = &*BINS;
        let mut soft = Vec::new();
        bins.append(&[12.0, 7.0, -8.0, 7.0], &[1.0, 0.0], &mut soft);
        let mean = bins.mean(&soft, 2);
        assert!((mean[0] - 12.0).abs() < 2.0 && (mean[2] + 8.0).abs() < 2.0, "{mean:?}");
        assert!(soft.iter().skip(1).step_by(2).all(|&v| v == 0.0));
        // A score far above the others is the bin itself.
        let mut scores = vec![0.0; bins.len()];
        scores[7] = 50.0;
        assert_eq!(bins.mean(&scores, 1), bins.centres[7]);
    }
}
