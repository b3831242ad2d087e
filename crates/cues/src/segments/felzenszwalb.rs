//! Efficient graph-based segmentation (Felzenszwalb & Huttenlocher, IJCV 2004).

use ndarray::Array3;

/// The regions of an image of features (C×H×W): for every pixel, row after row, the number of its
/// region. Numbers are consecutive, in the order of first pixels.
///
/// Edges join each pixel with its eight neighbours and weigh the Euclidean distance of their
/// features. In ascending order, two regions are joined if the edge between them weighs less than
/// Int + k/|C| of either, where Int is the heaviest edge that a region was joined by. Then regions
/// under `smallest` pixels are joined with the first neighbour in that order.
pub(super) fn felzenszwalb(features: &Array3<f32>, k: f32, smallest: u32) -> Vec<usize> {
    let (_, height, width) = features.dim();
    let edges = edges(features);
    let mut regions = Regions::new(width * height, k);
    let mut left = Vec::new();
    for edge in edges {
        let [a, b] = edge.ends(width).map(|pixel| regions.root(pixel));
        if a == b {
            continue;
        }
        if edge.weight() < regions.rooms[a].min(regions.rooms[b]) {
            regions.join(a, b, edge.weight());
        } else {
            left.push(edge);
        }
    }
    for edge in left {
        let [a, b] = edge.ends(width).map(|pixel| regions.root(pixel));
        if a != b && regions.sizes[a].min(regions.sizes[b]) < smallest {
            regions.join(a, b, edge.weight());
        }
    }
    regions.numbers()
}

/// An edge as a number: the weight's bits (those of floats that are not negative sort as they do), then
/// four times the pixel plus the direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Edge(u64);

impl Edge {
    fn new(weight: f32, pixel: usize, direction: usize) -> Self {
        Self(u64::from(weight.to_bits()) << 32 | (4 * pixel + direction) as u64)
    }

    fn weight(self) -> f32 {
        f32::from_bits((self.0 >> 32) as u32)
    }

    /// Both pixels, for this width of the image.
    fn ends(self, width: usize) -> [usize; 2] {
        let place = self.0 as u32 as usize;
        let pixel = place / 4;
        [pixel, pixel + [1, width - 1, width, width + 1][place % 4]]
    }
}

/// All edges between neighbours, ascending.
fn edges(features: &Array3<f32>) -> Vec<Edge> {
    let (_, height, width) = features.dim();
    let mut edges = Vec::with_capacity(4 * width * height);
    let channels: Vec<Vec<f32>> =
        features.outer_iter().map(|channel| channel.iter().copied().collect()).collect();
    let mut squares = vec![0.0_f32; width];
    for y in 0..height {
        // To the right, and to the three below.
        for (direction, (left, right, down)) in
            [(0, 1, 0), (1, 0, 1), (0, 0, 1), (0, 1, 1)].into_iter().enumerate()
        {
            if y + down >= height || left + right >= width {
                continue;
            }
            let count = width - left - right;
            squares[..count].fill(0.0);
            for channel in &channels {
                let row = |y: usize| &channel[y * width..(y + 1) * width];
                let (from, to) = (&row(y)[left..], &row(y + down)[right..]);
                for (square, (a, b)) in squares[..count].iter_mut().zip(from.iter().zip(to)) {
                    *square += (a - b) * (a - b);
                }
            }
            let first = y * width + left;
            let edge = |(x, square): (usize, &f32)| Edge::new(square.sqrt(), first + x, direction);
            edges.extend(squares[..count].iter().enumerate().map(edge));
        }
    }
    ascending(edges)
}

/// Edges sorted by weight, those of equal weights in the order in which they are given: by counting,
/// eleven bits of the weight at a time.
fn ascending(mut edges: Vec<Edge>) -> Vec<Edge> {
    const DIGITS: [u32; 3] = [32, 43, 54];
    let digit = |edge: Edge, shift: u32| (edge.0 >> shift) as usize & 0x7ff;
    let mut counts = vec![[0_u32; 0x800]; DIGITS.len()];
    for &edge in &edges {
        for (counts, shift) in counts.iter_mut().zip(DIGITS) {
            counts[digit(edge, shift)] += 1;
        }
    }
    let mut sorted = edges.clone();
    for (starts, shift) in counts.iter_mut().zip(DIGITS) {
        let mut sum = 0;
        for start in starts.iter_mut() {
            sum += std::mem::replace(start, sum);
        }
        for &edge in &edges {
            let place = &mut starts[digit(edge, shift)];
            sorted[*place as usize] = edge;
            *place += 1;
        }
        std::mem::swap(&mut edges, &mut sorted);
    }
    edges
}

/// A forest of joined pixels.
struct Regions {
    parents: Vec<u32>,
    /// Pixels of a root's region.
    sizes: Vec<u32>,
    /// Int + k/|C| of a root's region.
    rooms: Vec<f32>,
    k: f32,
}

impl Regions {
    fn new(pixels: usize, k: f32) -> Self {
        let parents = (0..pixels as u32).collect();
        Self { parents, sizes: vec![1; pixels], rooms: vec![k; pixels], k }
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.parents[at] as usize != at {
            self.parents[at] = self.parents[self.parents[at] as usize];
            at = self.parents[at] as usize;
        }
        at
    }

    fn join(&mut self, a: usize, b: usize, weight: f32) {
        let (root, leaf) = if self.sizes[a] >= self.sizes[b] { (a, b) } else { (b, a) };
        self.parents[leaf] = root as u32;
        self.sizes[root] += self.sizes[leaf];
        self.rooms[root] = weight + self.k / self.sizes[root] as f32;
    }

    fn numbers(mut self) -> Vec<usize> {
        let mut numbers = vec![usize::MAX; self.parents.len()];
        let mut count = 0;
        (0..self.parents.len())
            .map(|pixel| {
                let number = &mut numbers[self.root(pixel)];
                if *number == usize::MAX {
                    *number = count;
                    count += 1;
                }
                *number
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array3;
    use proptest::prelude::*;

    fn regions(row: &[f32], k: f32, smallest: u32) -> Vec<usize> {
        let features = Array3::from_shape_vec((1, 1, row.len()), row.to_vec()).unwrap();
        felzenszwalb(&features, k, smallest)
    }

    #[test]
    fn steps_by_hand() {
        // Edges 0.1, 0.1, 0.5, 0.1: single pixels allow k, the three on the left 0.1 + k/3.
        let row = [0.0, 0.1, 0.2, 0.7, 0.8];
        assert_eq!(regions(&row, 0.15, 1), [0, 0, 0, 1, 1]);
        assert_eq!(regions(&row, 0.05, 1), [0, 1, 2, 3, 4]);
        assert_eq!(regions(&row, 3.0, 1), [0; 5]);
        // Pieces of two are too small, so that they are joined over the lightest edge.
        assert_eq!(regions(&row, 0.15, 3), [0; 5]);
    }

    #[test]
    fn a_gradient_adapts_and_a_step_does_not() {
        let ramp: Vec<f32> = (0..40).map(|x| x as f32 * 0.01).collect();
        assert_eq!(regions(&ramp, 0.05, 1), [0; 40]);
        let step: Vec<f32> = (0..40).map(|x| if x < 20 { 0.0 } else { 0.4 }).collect();
        assert_eq!(regions(&step, 0.05, 1)[19..21], [0, 1]);
    }

    /// The rule of the paper, with sets instead of a forest.
    fn by_sets(features: &Array3<f32>, k: f32) -> Vec<usize> {
        let (_, _, width) = features.dim();
        let mut sets: Vec<_> = (0..features.len()).map(|pixel| (vec![pixel], 0.0_f32)).collect();
        for edge in edges(features) {
            let [a, b] = edge
                .ends(width)
                .map(|pixel| sets.iter().position(|(pixels, _)| pixels.contains(&pixel)).unwrap());
            let room = |i: usize| sets[i].1 + k / sets[i].0.len() as f32;
            if a != b && edge.weight() < room(a).min(room(b)) {
                let (pixels, _) = sets.remove(a.max(b));
                let (joined, internal) = &mut sets[a.min(b)];
                joined.extend(pixels);
                *internal = edge.weight();
            }
        }
        sets.sort_by_key(|(pixels, _)| pixels.iter().copied().min());
        let number = |pixel| sets.iter().position(|(pixels, _)| pixels.contains(&pixel)).unwrap();
        (0..features.len()).map(number).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn edges_ascend(weights in prop::collection::vec(0.0_f32..1e6, 60)) {
            let edges: Vec<_> = (0..60).map(|i| Edge::new(weights[i / 2], i, i % 4)).collect();
            let mut expected = edges.clone();
            expected.sort_by(|a, b| a.weight().total_cmp(&b.weight()));
            prop_assert_eq!(ascending(edges), expected);
        }

        #[test]
        fn regions_are_those_of_sets(
            values in prop::collection::vec(0.0_f32..1.0, 54), k in 0.1_f32..2.0,
        ) {
            let features = Array3::from_shape_vec((1, 6, 9), values).unwrap();
            prop_assert_eq!(felzenszwalb(&features, k, 1), by_sets(&features, k));
        }

        #[test]
        fn no_piece_is_too_small(values in prop::collection::vec(0.0_f32..1.0, 96)) {
            let features = Array3::from_shape_vec((2, 6, 8), values).unwrap();
            let regions = felzenszwalb(&features, 0.1, 7);
            for region in 0..=*regions.iter().max().unwrap() {
                prop_assert!(regions.iter().filter(|&&r| r == region).count() >= 7);
            }
        }
    }
}
