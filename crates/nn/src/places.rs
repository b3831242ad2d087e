//! Which place of one view is which place of another.

use tch::{Kind, Tensor};

/// Channels that a comparison of one view with another gives.
const CHANNELS: usize = 3;

/// Sharpness of the choice among places whose similarity is a cosine, -1 to 1.
const SHARPNESS: f64 = 10.0;

/// Channels of [`correspondences`].
pub(crate) fn channels(views: usize) -> usize {
    CHANNELS * views * views.saturating_sub(1)
}

/// For every ordered pair of views of an item and every place of the first: how far right and down
/// of it, in halves of the image, the places of the second lie that look like it, weighted by a
/// softmax of their similarity, and the greatest similarity.
///
/// Similarity is the cosine of representations whose means over the item are taken off.
/// (N·views)×C×h×w in, N×(3·views·(views-1))×h×w out, f32; nothing for one view.
pub(crate) fn correspondences(x: &Tensor, views: usize) -> Tensor {
    let (_, c, h, w) = x.size4().expect("representations have four dimensions");
    let x = x.to_kind(Kind::Float).reshape([-1, views as i64, c, h * w]);
    let x = &x - x.mean_dim([1_i64, 3].as_slice(), true, Kind::Float);
    let length = x.square().sum_dim_intlist([2_i64].as_slice(), true, Kind::Float);
    let x = x / (length + 1e-6).sqrt();
    let grid = grid(h, w).to_device(x.device());
    let mut maps = Vec::new();
    for from in 0..views as i64 {
        for to in (0..views as i64).filter(|&to| to != from) {
            let similarity = x.select(1, from).transpose(1, 2).matmul(&x.select(1, to));
            let shares = (&similarity * SHARPNESS).softmax(-1, Kind::Float);
            let shift = shares.matmul(&grid) - &grid; // N×hw×2
            let greatest = similarity.amax([-1_i64].as_slice(), true);
            maps.push(Tensor::cat(&[shift, greatest], 2));
        }
    }
    Tensor::cat(&maps, 2).transpose(1, 2).unflatten(2, [h, w])
}

/// Where places are: hw×2, right and down, from -1 to 1 at the image's borders.
fn grid(h: i64, w: i64) -> Tensor {
    let axis = |n: i64| {
        let centres = Tensor::arange(n, (Kind::Float, tch::Device::Cpu)) * 2.0 + 1.0;
        centres / n as f64 - 1.0
    };
    let right = axis(w).unsqueeze(0).expand([h, w], false).reshape(-1);
    let down = axis(h).unsqueeze(1).expand([h, w], false).reshape(-1);
    Tensor::stack(&[right, down], 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One view of 4×4 places, each of a kind of its own.
    fn distinct() -> Tensor {
        Tensor::eye(16, (Kind::Float, tch::Device::Cpu)).view([1, 16, 4, 4])
    }

    #[test]
    fn places_that_look_alike_are_found_where_they_went() {
        let first = distinct();
        let second = first.roll([1], [3]); // everything one place to the right
        let found = correspondences(&Tensor::cat(&[&first, &second], 0), 2);
        assert_eq!(found.size(), [1, 6, 4, 4]);
        let at = |channel: i64, y: i64, x: i64| found.double_value(&[0, channel, y, x]);
        for y in 0..4 {
            // A place is half as wide as half of the image; what left on the right is on the left.
            for (x, right) in [(0, 0.5), (1, 0.5), (2, 0.5), (3, -1.5)] {
                assert!((at(0, y, x) - right).abs() < 0.05, "{y} {x}: {}", at(0, y, x));
                assert!(at(1, y, x).abs() < 0.05);
                assert!((at(2, y, x) - 1.0).abs() < 1e-3);
            }
            assert!((at(3, y, 1) + 0.5).abs() < 0.05, "and back from the second to the first");
        }
    }

    #[test]
    fn views_without_anything_in_common_look_at_the_middle() {
        let flat = Tensor::ones([2, 5, 4, 4], (Kind::Float, tch::Device::Cpu));
        let found = correspondences(&flat, 2);
        let shift = found.select(1, 0) + grid(4, 4).select(1, 0).view([4, 4]);
        assert!(shift.abs().max().double_value(&[]) < 1e-6, "the mean of all places is the middle");
    }

    #[test]
    fn every_ordered_pair_is_compared() {
        assert_eq!([1, 2, 3].map(channels), [0, 6, 18]);
        let views = Tensor::cat(&[distinct(), distinct(), distinct()], 0);
        assert_eq!(correspondences(&views, 3).size(), [1, 18, 4, 4]);
    }
}
