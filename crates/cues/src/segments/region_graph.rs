//! Which regions touch, and how alike they are.

use ndarray::Array3;

/// A graph of regions; edges are in the order of their ends.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RegionGraph {
    /// Number of regions.
    pub regions: usize,
    /// Two regions, the first number being less, and the weight of the edge between them in
    /// (0, 1]; every region that touches another one, even at a corner, has an edge with it.
    pub edges: Vec<(usize, usize, f64)>,
    /// Weight of the edge from each region to itself.
    pub own: f64,
}

/// The graph of regions, given for every pixel, of an image of features (C×H×W): edges weigh
/// exp(−‖difference of their mean features‖²/255).
pub(super) fn region_graph(features: &Array3<f32>, regions: &[usize], own: f64) -> RegionGraph {
    let (channels, height, width) = features.dim();
    let count = regions.iter().max().map_or(0, |&last| last + 1);
    let mut sizes = vec![0.0; count];
    for &region in regions {
        sizes[region] += 1.0;
    }
    let mut means = vec![vec![0.0_f64; channels]; count];
    for (c, channel) in features.outer_iter().enumerate() {
        for (&region, &value) in regions.iter().zip(channel) {
            means[region][c] += f64::from(value);
        }
    }
    for (means, size) in means.iter_mut().zip(&sizes) {
        for mean in means {
            *mean /= size;
        }
    }
    let weight = |a: usize, b: usize| {
        let square: f64 = means[a].iter().zip(&means[b]).map(|(a, b)| (a - b) * (a - b)).sum();
        (-square / 255.0).exp()
    };
    let touching = touching(regions, width, height);
    let edges = touching.into_iter().map(|(a, b)| (a, b, weight(a, b))).collect();
    RegionGraph { regions: count, edges, own }
}

/// Pairs of regions that share a side or a corner of a pixel, each once, ascending.
fn touching(regions: &[usize], width: usize, height: usize) -> Vec<(usize, usize)> {
    // Both in one number, which is quick to sort; borders go on, so that most are those just seen.
    let mut pairs: Vec<u64> = Vec::new();
    let mut meet = |here: usize, there: usize, last: &mut u64| {
        if here != there {
            let pair = (here.min(there) as u64) << 32 | here.max(there) as u64;
            if *last != pair {
                pairs.push(pair);
                *last = pair;
            }
        }
    };
    for y in 0..height {
        let row = &regions[y * width..(y + 1) * width];
        for pair in row.windows(2) {
            meet(pair[0], pair[1], &mut 0);
        }
        let below = &regions[width * (y + 1).min(height - 1)..];
        for (left, right) in [(0, 0), (0, 1), (1, 0)] {
            let mut last = 0;
            for (&above, &below) in row.iter().skip(left).zip(below.iter().take(width).skip(right))
            {
                meet(above, below, &mut last);
            }
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs.into_iter().map(|pair| ((pair >> 32) as usize, pair as u32 as usize)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array;

    #[test]
    fn corners_touch_and_weights_fall_with_the_difference() {
        let features = Array::from_vec(vec![0.0, 0.0, 10.0, 16.0, 16.0, 10.0]);
        let features = features.into_shape_with_order((1, 2, 3)).unwrap();
        let graph = region_graph(&features, &[0, 0, 1, 2, 2, 1], 2.0);
        let ends: Vec<_> = graph.edges.iter().map(|&(a, b, _)| (a, b)).collect();
        assert_eq!((graph.regions, ends), (3, vec![(0, 1), (0, 2), (1, 2)]));
        assert!((graph.edges[1].2 - (-256.0_f64 / 255.0).exp()).abs() < 1e-12);
        assert_eq!(touching(&[0, 1, 2, 0], 2, 2), [(0, 1), (0, 2), (1, 2)]);
    }
}
