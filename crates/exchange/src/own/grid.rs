//! Representations brought to the grid of ours.

/// C×H×W values on a grid of `side`×`side` places: the mean over each new place's area where it is
/// larger than the old ones, else linear between their middles.
pub(super) fn resample(values: &[f64], height: usize, width: usize, side: usize) -> Vec<f64> {
    if [height, width] == [side, side] {
        return values.to_vec();
    }
    let (down, across) = (axis(height, side), axis(width, side));
    let mut resampled = Vec::with_capacity(values.len() / (height * width) * side * side);
    for plane in values.chunks_exact(height * width) {
        for rows in &down {
            for columns in &across {
                let mut sum = 0.0;
                for &(y, share_y) in rows {
                    for &(x, share_x) in columns {
                        sum += share_y * share_x * plane[y * width + x];
                    }
                }
                resampled.push(sum);
            }
        }
    }
    resampled
}

/// For each of `to` new places the old ones that it is made of, with shares that add up to 1.
fn axis(from: usize, to: usize) -> Vec<Vec<(usize, f64)>> {
    let scale = from as f64 / to as f64;
    let area = |i: usize| {
        let (start, end) = (i as f64 * scale, (i + 1) as f64 * scale);
        let share = |p: usize| (end.min((p + 1) as f64) - start.max(p as f64)) / scale;
        let last = (end.ceil() as usize).min(from);
        (start as usize..last).map(|p| (p, share(p))).filter(|(_, s)| *s > 1e-9).collect()
    };
    let linear = |i: usize| {
        let middle = ((i as f64 + 0.5) * scale - 0.5).clamp(0.0, (from - 1) as f64);
        let (below, share) = (middle as usize, middle.fract());
        match share {
            0.0 => vec![(below, 1.0)],
            _ => vec![(below, 1.0 - share), (below + 1, share)],
        }
    };
    (0..to).map(|i| if scale > 1.0 { area(i) } else { linear(i) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn means_and_lines_by_hand() {
        // 2×4 to 2×2: pairs of columns; 1×2 to 2×2: old middles are at 0.5 and 1.5 of 2.
        let halves = resample(&[1.0, 3.0, 5.0, 7.0, 2.0, 4.0, 6.0, 8.0], 2, 4, 2);
        assert_eq!(halves, [2.0, 6.0, 3.0, 7.0]);
        assert_eq!(resample(&[1.0, 9.0], 1, 2, 4), [1.0, 3.0, 7.0, 9.0].repeat(4));
        // Three to two: a place and half of the one in the middle.
        assert_eq!(axis(3, 2)[0], [(0, 1.0 / 1.5), (1, 0.5 / 1.5)]);
        assert_eq!(resample(&[1.0, 2.0], 1, 1, 2), [[1.0; 4], [2.0; 4]].concat());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn shares_add_up_and_stay_inside(from in 1_usize..40, to in 1_usize..40) {
            for places in axis(from, to) {
                let sum: f64 = places.iter().map(|(_, share)| share).sum();
                prop_assert!((sum - 1.0).abs() < 1e-6, "{sum}");
                prop_assert!(places.iter().all(|(place, share)| *place < from && *share > 0.0));
            }
        }
    }
}
