//! Recursive two-way normalised cuts (Shi & Malik, PAMI 2000).

use super::elimination::Elimination;
use super::lanczos::{Rows, second_eigenvector};
use super::region_graph::RegionGraph;

/// Regions that only edges lighter than this join are taken apart without an eigenvector: thousands of
/// such edges do not make up an Ncut that would keep them together.
const NOTHING: f64 = 1e-6;

/// The part of the graph that every region ends up in, numbered in the order of their first regions.
///
/// Parts that are hardly connected fall apart. Others are cut where, of `trials` thresholds evenly
/// spaced over the second eigenvector's values, Ncut(A, B) = cut(A, B)/assoc(A) + cut(A, B)/assoc(B)
/// is least, if that is below `threshold`; assoc is the sum of all edges of a part, those of its
/// regions to themselves included.
pub(super) fn normalised_cut(graph: &RegionGraph, threshold: f64, trials: usize) -> Vec<usize> {
    let mut links: Rows = vec![Vec::new(); graph.regions];
    for &(a, b, weight) in &graph.edges {
        links[a].push((b, weight));
        links[b].push((a, weight));
    }
    let mut parts: Vec<Vec<usize>> = Vec::new();
    let mut open: Vec<Vec<usize>> = vec![(0..graph.regions).collect()];
    while let Some(part) = open.pop() {
        let mut pieces = connected(&links, &part);
        if pieces.len() == 1 {
            let piece = pieces.remove(0);
            match Part::new(&links, &piece, graph.own).best_cut(threshold, trials) {
                Some(cut) if cut.ncut < threshold => {
                    let side = |on: bool| {
                        let regions =
                            piece.iter().zip(&cut.above).filter(|&(_, &above)| above == on);
                        regions.map(|(&region, _)| region).collect()
                    };
                    pieces.extend([side(false), side(true)]);
                }
                _ => parts.push(piece),
            }
        }
        open.append(&mut pieces);
    }
    parts.sort_unstable_by_key(|part| part[0]);
    let mut numbers = vec![0; graph.regions];
    for (number, part) in parts.iter().enumerate() {
        for &region in part {
            numbers[region] = number;
        }
    }
    numbers
}

/// The connected pieces of a part, each ascending.
fn connected(links: &Rows, part: &[usize]) -> Vec<Vec<usize>> {
    let mut left: Vec<Option<usize>> = vec![None; links.len()];
    for &region in part {
        left[region] = Some(region);
    }
    let mut pieces = Vec::new();
    for &first in part {
        let mut queue: Vec<usize> = left[first].take().into_iter().collect();
        let mut piece = Vec::new();
        while let Some(region) = queue.pop() {
            piece.push(region);
            let heavy = links[region].iter().filter(|(_, weight)| *weight >= NOTHING);
            queue.extend(heavy.filter_map(|&(other, _)| left[other].take()));
        }
        if !piece.is_empty() {
            piece.sort_unstable();
            pieces.push(piece);
        }
    }
    pieces
}

/// A cut in two.
struct Cut {
    ncut: f64,
    /// On which side each region of the part is.
    above: Vec<bool>,
}

/// A part of the graph with its own numbers.
struct Part {
    links: Rows,
    /// Sum of each region's edges within the part, the one to itself included.
    degrees: Vec<f64>,
    own: f64,
}

impl Part {
    /// The regions in ascending order.
    fn new(links: &Rows, regions: &[usize], own: f64) -> Self {
        let within = |&region: &usize| {
            let number = |&(other, weight): &(usize, f64)| {
                Some((regions.binary_search(&other).ok()?, weight))
            };
            links[region].iter().filter_map(number).collect::<Vec<_>>()
        };
        let links: Rows = regions.iter().map(within).collect();
        let degree = |links: &Vec<(usize, f64)>| own + links.iter().map(|link| link.1).sum::<f64>();
        Self { degrees: links.iter().map(degree).collect(), links, own }
    }

    /// The trial cut with the least Ncut; none if there is nothing to cut, or none has an Ncut below the
    /// threshold.
    fn best_cut(&self, threshold: f64, trials: usize) -> Option<Cut> {
        if self.is_whole(threshold) {
            return None;
        }
        let values = self.second_vector()?;
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (mut best, mut last): (Option<Cut>, usize) = (None, 0);
        for trial in 0..trials {
            let at = low + (high - low) * trial as f64 / trials as f64;
            let above: Vec<bool> = values.iter().map(|&value| value > at).collect();
            // Thresholds rise, so that as many above are the same ones.
            let count = above.iter().filter(|&&above| above).count();
            if std::mem::replace(&mut last, count) == count {
                continue;
            }
            let ncut = self.ncut(&above);
            if best.as_ref().is_none_or(|best| ncut < best.ncut) {
                best = Some(Cut { ncut, above });
            }
        }
        best.filter(|best| best.above.contains(&true) && best.above.contains(&false))
    }

    /// Whether no cut at all can have an Ncut below the threshold τ, found without an eigenvector: Ncut is
    /// never less than the second smallest eigenvalue λ of (D − W)y = λDy (Shi & Malik, section 2.1), and
    /// as many of those are below τ as D − W − τD has negative eigenvalues. One of them is 0.
    fn is_whole(&self, threshold: f64) -> bool {
        // A little more, so that rounding is on the safe side.
        let elimination = self.shifted(1.0 - threshold * (1.0 + 1e-9));
        elimination.is_some_and(|elimination| elimination.negative() < 2)
    }

    /// The elimination of sD − W.
    fn shifted(&self, scale: f64) -> Option<Elimination> {
        let diagonal = self.degrees.iter().map(|degree| scale * degree - self.own).collect();
        let minus = |row: &Vec<(usize, f64)>| row.iter().map(|&(j, weight)| (j, -weight)).collect();
        Elimination::new(diagonal, self.links.iter().map(minus).collect())
    }

    /// The vector y of the second smallest eigenvalue of (D − W)y = λDy. Its sign is chosen so that the
    /// value farthest from 0 is positive.
    ///
    /// Found as D^½y, the second greatest eigenvector of D^½(D − W + σD)⁻¹D^½, whose first one is D^½1.
    /// The eigenvalues of that matrix are 1/(λ + σ): where λ is small, and many are in graphs of parts that
    /// hang together little, those are far apart, so that few steps are needed.
    fn second_vector(&self) -> Option<Vec<f64>> {
        let roots: Vec<f64> = self.degrees.iter().map(|degree| degree.sqrt()).collect();
        let elimination = self.shifted(1.0 + NOTHING)?;
        let image_of = |vector: &[f64]| {
            let mut image: Vec<f64> = vector.iter().zip(&roots).map(|(v, root)| v * root).collect();
            elimination.solve(&mut image);
            image.iter_mut().zip(&roots).for_each(|(v, root)| *v *= root);
            image
        };
        let length = self.degrees.iter().sum::<f64>().sqrt();
        let first: Vec<f64> = roots.iter().map(|root| root / length).collect();
        let mut values = second_eigenvector(image_of, &first)?;
        values.iter_mut().zip(&roots).for_each(|(value, root)| *value /= root);
        let farthest =
            values.iter().fold(0.0_f64, |far, &v| if v.abs() > far.abs() { v } else { far });
        for value in &mut values {
            *value *= farthest.signum();
        }
        Some(values)
    }

    fn ncut(&self, above: &[bool]) -> f64 {
        let mut cut = 0.0;
        let mut sums = [0.0, 0.0];
        for ((links, &side), degree) in self.links.iter().zip(above).zip(&self.degrees) {
            sums[usize::from(side)] += degree;
            if side {
                cut += links.iter().filter(|link| !above[link.0]).map(|link| link.1).sum::<f64>();
            }
        }
        cut / sums[0] + cut / sums[1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn graph(regions: usize, edges: &[(usize, usize, f64)], own: f64) -> RegionGraph {
        RegionGraph { regions, edges: edges.to_vec(), own }
    }

    #[test]
    fn ncut_by_hand() {
        let graph = graph(3, &[(0, 1, 0.5), (1, 2, 0.25)], 1.0);
        let links = vec![vec![(1, 0.5)], vec![(0, 0.5), (2, 0.25)], vec![(1, 0.25)]];
        let part = Part::new(&links, &[0, 1, 2], graph.own);
        assert_eq!(part.degrees, [1.5, 1.75, 1.25]);
        // cut 1/4; assoc 3.25 and 1.25.
        let expected = 0.25 / 3.25 + 0.25 / 1.25;
        assert!((part.ncut(&[false, false, true]) - expected).abs() < 1e-12);
        assert!((part.best_cut(0.28, 10).unwrap().ncut - expected).abs() < 1e-12);
        assert_eq!(normalised_cut(&graph, 0.27, 10), [0, 0, 0]);
        assert_eq!(normalised_cut(&graph, 0.28, 10), [0, 0, 1]);
    }

    #[test]
    fn two_groups_are_cut_where_they_hang_together_least() {
        // Two squares with diagonals, joined by one light edge.
        let square = |first: usize| {
            (0..4).flat_map(move |a| (a + 1..4).map(move |b| (first + a, first + b, 0.9)))
        };
        let mut edges: Vec<_> = square(0).chain(square(4)).collect();
        edges.push((2, 5, 0.01));
        let found = normalised_cut(&graph(8, &edges, 2.0), 0.005, 10);
        assert_eq!(found, [0, 0, 0, 0, 1, 1, 1, 1]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        // Why 2.5-D segments need no cuts.
        #[test]
        fn below_one_any_graph_of_light_edges_is_cut_to_single_regions(
            regions in 1_usize..24, weights in prop::collection::vec(0.8_f64..0.999, 24 * 24),
            density in 1_usize..12,
        ) {
            let pairs = (0..regions).flat_map(|a| (a + 1..regions).map(move |b| (a, b)));
            let edges: Vec<_> = pairs
                .filter(|&(a, b)| b == a + 1 || (7 * a + 5 * b) % 12 < density)
                .map(|(a, b)| (a, b, weights[24 * a + b]))
                .collect();
            let found = normalised_cut(&graph(regions, &edges, 1.0), 1.0, 100);
            prop_assert_eq!(found, (0..regions).collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_is_hardly_connected_falls_apart() {
        let found = normalised_cut(&graph(4, &[(0, 2, 1.0), (1, 3, 1e-7)], 2.0), 1e-3, 10);
        assert_eq!(found, [0, 1, 0, 2]);
        assert_eq!(normalised_cut(&graph(0, &[], 2.0), 1.0, 10), [0; 0]);
        assert_eq!(normalised_cut(&graph(1, &[], 2.0), 1.0, 10), [0]);
    }
}
