//! In which order sources and targets stand, so that few lines cross.

use taskonomy_core::Taxonomy;

/// Indices into the taxonomy's nodes and edges, from top to bottom.
pub(crate) struct Layout {
    /// Bought tasks.
    pub sources: Vec<usize>,
    /// Tasks that could only have been sources and were not bought.
    pub unused: Vec<usize>,
    /// Edges of the policy, one per target.
    pub edges: Vec<usize>,
}

/// Passes of the barycentre method; the order has settled long before.
const PASSES: usize = 24;

/// Sorts targets by the mean place of their sources and sources by the mean place of their
/// targets, in turn; the best order seen is kept. Ties by id.
pub(crate) fn layout(taxonomy: &Taxonomy) -> Layout {
    let nodes = &taxonomy.nodes;
    let mut sources: Vec<usize> = (0..nodes.len()).filter(|&k| nodes[k].bought).collect();
    let needs: Vec<Vec<usize>> = taxonomy
        .policy
        .edges
        .iter()
        .map(|edge| {
            let needs = edge.needs();
            sources.iter().copied().filter(|&k| needs.contains(&nodes[k].id)).collect()
        })
        .collect();
    let mut edges: Vec<usize> = (0..needs.len()).collect();
    let mut best = (usize::MAX, sources.clone(), edges.clone());
    for _ in 0..PASSES {
        let place = places(&sources, nodes.len());
        edges.sort_by(|&a, &b| {
            let mean = |e: usize| mean(needs[e].iter().map(|&s| place[s]));
            mean(a).total_cmp(&mean(b)).then(a.cmp(&b))
        });
        let place = places(&edges, needs.len());
        sources.sort_by(|&a, &b| {
            let mean = |s: usize| {
                mean((0..needs.len()).filter(|&e| needs[e].contains(&s)).map(|e| place[e]))
            };
            mean(a).total_cmp(&mean(b)).then(a.cmp(&b))
        });
        let crossings = crossings(&sources, &edges, &needs, nodes.len());
        if crossings < best.0 {
            best = (crossings, sources.clone(), edges.clone());
        }
    }
    let unused =
        (0..nodes.len()).filter(|&k| !nodes[k].bought && !nodes[k].role.is_target()).collect();
    Layout { sources: best.1, unused, edges: best.2 }
}

/// Where each index stands.
fn places(order: &[usize], n: usize) -> Vec<f64> {
    let mut place = vec![0.0; n];
    for (at, &k) in order.iter().enumerate() {
        place[k] = at as f64 / order.len() as f64;
    }
    place
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0), |(sum, count), v| (sum + v, count + 1));
    if count == 0 { 1.0 } else { sum / f64::from(count) }
}

fn crossings(sources: &[usize], edges: &[usize], needs: &[Vec<usize>], n: usize) -> usize {
    let place = places(sources, n);
    let lines: Vec<(f64, usize)> = edges
        .iter()
        .enumerate()
        .flat_map(|(at, &e)| needs[e].iter().map(move |&s| (s, at)))
        .map(|(s, at)| (place[s], at))
        .collect();
    let pairs = lines.iter().enumerate().flat_map(|(k, a)| lines[..k].iter().map(move |b| (a, b)));
    pairs.filter(|(a, b)| (a.0 - b.0) * (a.1 as f64 - b.1 as f64) < 0.0).count()
}
