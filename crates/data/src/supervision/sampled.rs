//! The places of an image that the metric loss compares.

use crate::noise::Stream;

/// Places of each sample that are compared with one another (of up to 300 in the paper, on images of
/// sixteen times as many pixels).
const PLACES: usize = 128;

/// Takes the weight of all valid places but [`PLACES`] random ones: a function of the sample and the
/// task, so that all contenders are judged by the same pairs.
pub(super) fn keep_some(id: &str, task: &str, weight: &mut [f32]) {
    let mut valid: Vec<usize> = (0..weight.len()).filter(|&i| weight[i] != 0.0).collect();
    let mut stream = Stream::new(&[id.as_bytes(), task.as_bytes()]);
    let kept = PLACES.min(valid.len());
    for i in 0..kept {
        let other = i + stream.below(valid.len() - i);
        valid.swap(i, other);
    }
    for &place in &valid[kept..] {
        weight[place] = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_valid_places_as_promised_stay_and_ids_differ() {
        let mut valid = vec![1.0_f32; 400];
        valid[..100].fill(0.0);
        let kept = |id: &str, weight: &[f32]| {
            let mut weight = weight.to_vec();
            keep_some(id, "segmentation_2d", &mut weight);
            weight
        };
        let [a, again, b] = ["a", "a", "b"].map(|id| kept(id, &valid));
        assert_eq!(a.iter().sum::<f32>(), PLACES as f32);
        assert!(a[..100].iter().all(|&w| w == 0.0));
        assert!(a == again && a != b);
        let few = [0.0, 1.0, 1.0];
        assert_eq!(kept("a", &few), few, "fewer than asked for all stay");
    }
}
