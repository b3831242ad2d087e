//! Statistics of a task's targets: the whitening, and the average guess that ignores the image.

use rayon::prelude::*;
use taskonomy_core::{Encoding, Loss, Split};

use crate::dataset::Dataset;
use crate::loss::{candidates, distance, same_pairs};
use crate::supervision::{Moments, Supervision};

/// Statistics of maps and vectors are taken from at most this many samples, evenly spaced over those
/// of a split that are labelled.
const SAMPLES: usize = 512;

/// At most [`SAMPLES`] of `rows` rows, evenly spaced.
fn spaced(rows: usize) -> impl Iterator<Item = usize> {
    let taken = rows.min(SAMPLES);
    (0..taken).map(move |i| i * rows / taken)
}

/// The items that statistics of a split are taken from, all of them labelled.
///
/// Where an item has a single class every item counts: it costs next to nothing, and classes that
/// come in turn would be missed by even steps.
fn counted(dataset: &Dataset, supervision: &Supervision, split: Split) -> Vec<usize> {
    let items = 0..supervision.items(dataset, split).len();
    let known: Vec<usize> =
        items.filter(|&item| supervision.is_labelled(dataset, split, item)).collect();
    if supervision.encoding == Encoding::Labels && supervision.shape() == [1, 1, 1] {
        return known;
    }
    spaced(known.len()).map(|i| known[i]).collect()
}

/// The split that statistics are taken from: `networks`, or `transfers` for a task whose labels
/// are too few to train an encoder on; none when neither holds a valid value.
pub(crate) fn statistics_split(dataset: &Dataset, supervision: &Supervision) -> Option<Split> {
    let (mut values, mut weight) = (Vec::new(), Vec::new());
    [Split::Networks, Split::Transfers].into_iter().find(|&split| {
        counted(dataset, supervision, split).into_iter().any(|item| {
            values.clear();
            weight.clear();
            supervision.append(dataset, split, item, false, &mut values, &mut weight);
            weight.iter().any(|&w| w != 0.0)
        })
    })
}

/// Mean and deviation per channel of the valid targets, which are not whitened yet.
///
/// A channel that does not vary has the deviation 1.
pub(crate) fn moments(dataset: &Dataset, supervision: &Supervision, split: Split) -> Vec<Moments> {
    let [channels, h, w] = supervision.shape();
    let mut sums = vec![(0.0_f64, 0.0_f64); channels];
    let mut count = 0.0_f64;
    let (mut values, mut weight) = (Vec::new(), Vec::new());
    for item in counted(dataset, supervision, split) {
        values.clear();
        weight.clear();
        supervision.append(dataset, split, item, false, &mut values, &mut weight);
        for (plane, (sum, squares)) in values.chunks(h * w).zip(&mut sums) {
            for &value in plane {
                let value = f64::from(value); // 0 where the weight is 0
                *sum += value;
                *squares += value * value;
            }
        }
        count += weight.iter().map(|&w| f64::from(w)).sum::<f64>();
    }
    let moments = |(sum, squares): (f64, f64)| {
        let mean = sum / count.max(1.0);
        let deviation = (squares / count.max(1.0) - mean * mean).max(0.0).sqrt();
        let varies = deviation > 1e-6 * mean.abs().max(1e-6);
        Moments { mean: mean as f32, deviation: if varies { deviation as f32 } else { 1.0 } }
    };
    sums.into_iter().map(moments).collect()
}

/// The best guess without an image: per value the median (L1) or mean (L2) of the valid targets, per
/// place the point of the smallest mean distance to them (length),
/// per class the log of its frequency (cross-entropy; a class that does not occur counts one), the
/// share of pairs of places that are of one segment (metric; the mean over samples).
pub(crate) fn constant(dataset: &Dataset, supervision: &Supervision, split: Split) -> Vec<f32> {
    let (mut values, mut weight) = (Vec::new(), Vec::new());
    for item in counted(dataset, supervision, split) {
        supervision.append(dataset, split, item, false, &mut values, &mut weight);
    }
    if supervision.loss == Loss::Metric {
        let plane = supervision.shape()[1..].iter().product();
        let shares = values.chunks(plane).zip(weight.chunks(plane)).map(|(v, w)| same_pairs(v, w));
        let known: Vec<f32> = shares.filter(|s| !s.is_nan()).map(|s| s as f32).collect();
        // Neither certainty, at which a single pair would cost without end.
        return vec![mean(&known).clamp(0.001, 0.999)];
    }
    if supervision.loss == Loss::CrossEntropy {
        return log_frequencies(supervision.classes, supervision.shape(), &values, &weight);
    }
    let [channels, h, w] = supervision.shape();
    let (plane, len) = (h * w, channels * h * w);
    if supervision.loss == Loss::Length {
        let mut guess = vec![0.0; len];
        for place in 0..plane {
            let points: Vec<Vec<f32>> = (values.chunks(len).zip(weight.chunks(plane)))
                .filter(|(_, weight)| weight[place] != 0.0)
                .map(|(values, _)| values.iter().skip(place).step_by(plane).copied().collect())
                .collect();
            let centre = geometric_median(&points, channels);
            guess.iter_mut().skip(place).step_by(plane).zip(centre).for_each(|(g, c)| *g = c);
        }
        return guess;
    }
    let guess = |place: usize| {
        let valid = weight.iter().skip(place % plane).step_by(plane).map(|&w| w != 0.0);
        let column = values.iter().skip(place).step_by(len).copied();
        let mut column: Vec<f32> =
            column.zip(valid).filter(|(_, ok)| *ok).map(|(v, _)| v).collect();
        match supervision.loss {
            Loss::L2 => mean(&column),
            _ => median(&mut column),
        }
    };
    (0..len).into_par_iter().map(guess).collect()
}

/// `labels` are N×C×h×w: a class each, or candidates with their shares (see [`candidates`]).
fn log_frequencies(classes: usize, shape: [usize; 3], labels: &[f32], weight: &[f32]) -> Vec<f32> {
    let [channels, h, w] = shape;
    let mut counts = vec![0.0_f64; classes];
    for (labels, weight) in labels.chunks(channels * h * w).zip(weight.chunks(h * w)) {
        for place in (0..h * w).filter(|&place| weight[place] != 0.0) {
            candidates(labels, h * w, place).for_each(|(class, share)| counts[class] += share);
        }
    }
    let total: f64 = counts.iter().map(|n| n.max(1.0)).sum();
    counts.iter().map(|n| (n.max(1.0) / total).ln() as f32).collect()
}

/// 0, the mean of whitened values, where there are none.
fn mean(values: &[f32]) -> f32 {
    let sum: f64 = values.iter().map(|&v| f64::from(v)).sum();
    (sum / values.len().max(1) as f64) as f32
}

/// The point of the smallest sum of distances to others, by Weiszfeld's iteration from their mean; 0
/// where there are none.
fn geometric_median(points: &[Vec<f32>], dimensions: usize) -> Vec<f32> {
    /// Closer than this is as good as there, in deviations of whitened values.
    const NEAR: f64 = 1e-6;
    let axis = |d: usize| points.iter().map(|point| point[d]).collect::<Vec<_>>();
    let mut centre: Vec<f32> = (0..dimensions).map(|d| mean(&axis(d))).collect();
    for _ in 0..200 {
        let pulls: Vec<f64> =
            points.iter().map(|point| 1.0 / distance(point, &centre).max(NEAR)).collect();
        let all: f64 = pulls.iter().sum();
        let next: Vec<f32> = (0..dimensions)
            .map(|d| {
                let sum: f64 = points.iter().zip(&pulls).map(|(p, w)| f64::from(p[d]) * w).sum();
                if all > 0.0 { (sum / all) as f32 } else { 0.0 }
            })
            .collect();
        let moved = distance(&next, &centre);
        centre = next;
        if moved < NEAR {
            break;
        }
    }
    centre
}

/// The middle value, or half-way between the two in the middle; 0 where there are none.
fn median(values: &mut [f32]) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let middle = values.len() / 2;
    let even = values.len().is_multiple_of(2);
    let (below, &mut upper, _) = values.select_nth_unstable_by(middle, f32::total_cmp);
    if even {
        let lower = below.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        f32::midpoint(lower, upper)
    } else {
        upper
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_frequencies_computed_by_hand() {
        assert_eq!(median(&mut [3.0, 1.0, 9.0]), 3.0);
        assert_eq!(median(&mut [3.0, 1.0, 9.0, 4.0]), 3.5);
        assert_eq!((median(&mut []), mean(&[]), mean(&[1.0, 2.0])), (0.0, 0.0, 1.5));
        // The corners of a square have their middle, and three points on a line the one between.
        let median = |points: &[[f32; 2]]| {
            geometric_median(&points.iter().map(|p| p.to_vec()).collect::<Vec<_>>(), 2)
        };
        let near = |found: Vec<f32>, x: f32, y: f32| {
            (found[0] - x).abs() < 1e-3 && (found[1] - y).abs() < 1e-3
        };
        assert!(near(median(&[[0.0, 0.0], [2.0, 0.0], [0.0, 2.0], [2.0, 2.0]]), 1.0, 1.0));
        assert!(near(median(&[[0.0, 0.0], [1.0, 1.0], [9.0, 9.0]]), 1.0, 1.0));
        assert_eq!(geometric_median(&[], 2), [0.0, 0.0]);
        let (labels, weight) = ([0.0, 0.0, 0.0, 1.0, 2.0], [1.0, 1.0, 1.0, 1.0, 0.0]);
        let found = log_frequencies(3, [1, 1, 5], &labels, &weight);
        let expected = [0.6_f32.ln(), 0.2_f32.ln(), 0.2_f32.ln()]; // 3, 1 and (0, counted) 1 of 5
        assert!(found.iter().zip(expected).all(|(f, e)| (f - e).abs() < 1e-6), "{found:?}");
    }

    #[test]
    fn rows_are_spaced_evenly() {
        assert_eq!(spaced(3).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(spaced(0).count(), 0);
        let rows: Vec<_> = spaced(1024).collect();
        assert_eq!((rows.len(), rows[1], rows[511]), (512, 2, 1022));
    }
}
