//! The loss of one sample.

use taskonomy_core::Loss;

/// The mean loss over the valid values of one sample; NaN where nothing is valid.
///
/// `target` is C×h×w and `prediction` likewise; for cross-entropy `target` is 1×h×w labels, or
/// candidates with their shares, and `prediction` K×h×w scores before the softmax; for the metric
/// loss `target` is 1×h×w segments and `prediction` one number, the likelihood of being of one
/// segment, the same for all pairs. `weight` is 1×h×w, 0 or 1. Sums are made in f64 in the order of
/// the values. Values beyond the shorter of two slices do not count.
pub fn sample_loss(loss: Loss, prediction: &[f32], target: &[f32], weight: &[f32]) -> f32 {
    let plane = weight.len().max(1);
    let (mut sum, mut count) = (0.0_f64, 0.0_f64);
    if loss == Loss::Metric {
        let share = same_pairs(target, weight);
        let likelihood = f64::from(prediction.first().copied().unwrap_or(f32::NAN));
        return -(share * likelihood.ln() + (1.0 - share) * (1.0 - likelihood).ln()) as f32;
    }
    if loss == Loss::CrossEntropy {
        let classes = prediction.len() / plane;
        let known = |&i: &usize| {
            weight[i] != 0.0 && candidates(target, plane, i).all(|(label, _)| label < classes)
        };
        for i in (0..weight.len().min(target.len())).filter(known) {
            let score = |k: usize| f64::from(prediction[k * plane + i]);
            let all = log_sum_exp((0..classes).map(score));
            sum += candidates(target, plane, i)
                .map(|(k, share)| share * (all - score(k)))
                .sum::<f64>();
            count += 1.0;
        }
        return (sum / count) as f32;
    }
    if loss == Loss::Length {
        for place in (0..weight.len()).filter(|&place| weight[place] != 0.0) {
            let of = |values: &[f32]| {
                values.iter().skip(place).step_by(plane).copied().collect::<Vec<_>>()
            };
            sum += distance(&of(prediction), &of(target));
            count += 1.0;
        }
        return (sum / count) as f32;
    }
    for (p, t) in prediction.chunks(plane).zip(target.chunks(plane)) {
        for ((&p, &t), &w) in p.iter().zip(t).zip(weight) {
            if w != 0.0 {
                let difference = f64::from(p) - f64::from(t);
                sum += if loss == Loss::L2 { difference * difference } else { difference.abs() };
                count += 1.0;
            }
        }
    }
    (sum / count) as f32
}

/// The distance of two points.
pub(crate) fn distance(a: &[f32], b: &[f32]) -> f64 {
    let squares = a.iter().zip(b).map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2));
    squares.sum::<f64>().sqrt()
}

/// The classes of one place with their shares, which add up to 1: of C×h×w values the first half of
/// the channels are classes, the second half their shares; a single channel is a class for certain.
pub(crate) fn candidates(
    labels: &[f32],
    plane: usize,
    place: usize,
) -> impl Iterator<Item = (usize, f64)> {
    let (channels, at) = (labels.len() / plane, move |c: usize| labels[c * plane + place]);
    let count = (channels / 2).max(1);
    let share = move |i: usize| if channels == 1 { 1.0 } else { f64::from(at(count + i)) };
    (0..count).map(move |i| (at(i) as usize, share(i)))
}

/// The share of pairs of places with a weight that are of one segment; NaN where there is no pair.
pub(crate) fn same_pairs(segments: &[f32], weight: &[f32]) -> f64 {
    let mut known: Vec<f32> =
        segments.iter().zip(weight).filter(|(_, w)| **w != 0.0).map(|(s, _)| *s).collect();
    known.sort_by(f32::total_cmp);
    let pairs = |n: usize| (n * n.saturating_sub(1)) as f64;
    let same: f64 = known.chunk_by(|a, b| a == b).map(|segment| pairs(segment.len())).sum();
    same / pairs(known.len())
}

/// ln Σ exp, without overflow.
fn log_sum_exp(scores: impl Iterator<Item = f64> + Clone) -> f64 {
    let highest = scores.clone().fold(f64::NEG_INFINITY, f64::max);
    highest + scores.map(|s| (s - highest).exp()).sum::<f64>().ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_over_valid_values_computed_by_hand() {
        // Two channels of two places; the second place does not count.
        let (p, t, w) = ([1.0, 9.0, 4.0, 9.0], [0.0, 0.0, 1.0, 0.0], [1.0, 0.0]);
        assert_eq!(sample_loss(Loss::L1, &p, &t, &w), 2.0); // (1 + 3) / 2
        assert_eq!(sample_loss(Loss::L2, &p, &t, &w), 5.0); // (1 + 9) / 2
        assert!(sample_loss(Loss::L1, &p, &t, &[0.0, 0.0]).is_nan());
        let root = sample_loss(Loss::Length, &p, &t, &w); // of 1 + 9
        assert!((root - 10_f32.sqrt()).abs() < 1e-6, "{root}");
        // Two classes, three places: even odds, a certain hit, and one without weight.
        let scores = [0.0, -1000.0, 5.0, 0.0, 1000.0, 7.0];
        let loss = sample_loss(Loss::CrossEntropy, &scores, &[0.0, 1.0, 0.0], &[1.0, 1.0, 0.0]);
        assert!((loss - 2_f32.ln() / 2.0).abs() < 1e-6, "{loss}");
        assert!(sample_loss(Loss::CrossEntropy, &[0.0], &[7.0], &[1.0]).is_nan());
        // Three quarters of class 1, a quarter of class 0, of one place; odds of 1 to 3.
        let soft = [1.0, 0.0, 0.75, 0.25];
        let loss = sample_loss(Loss::CrossEntropy, &[0.0, 3_f32.ln()], &soft, &[1.0]);
        let expected = -(0.75 * 0.75_f32.ln() + 0.25 * 0.25_f32.ln());
        assert!((loss - expected).abs() < 1e-6, "{loss}");
        assert!(sample_loss(Loss::L1, &[], &[], &[]).is_nan());
        // Segments 3 3 7 and one that does not count: one of three pairs is of one segment.
        let (segments, weight) = ([3.0, 3.0, 7.0, 7.0], [1.0, 1.0, 1.0, 0.0]);
        let loss = sample_loss(Loss::Metric, &[0.25], &segments, &weight);
        let expected = -(0.25_f32.ln() + 2.0 * 0.75_f32.ln()) / 3.0;
        assert!((loss - expected).abs() < 1e-6, "{loss}");
        assert!(sample_loss(Loss::Metric, &[0.5], &[1.0], &[1.0]).is_nan());
    }
}
