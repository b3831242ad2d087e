//! Synthetic instances: low-rank log-affinities with noise, normalised per target, sets of higher
//! order from the best few sources, 15 % of the tasks source-only, and an edge for full supervision.

#![allow(dead_code, reason = "everyone who includes this takes a part of it")]

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use taskonomy_core::{AffinityTable, Contender, Edge, Sources, TaskId};

const RANK: usize = 4;

/// The size of an instance.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub name: &'static str,
    pub tasks: usize,
    pub order: usize,
    /// From how many of the best sources the sets of 2, 3, 4 sources are made.
    pub beams: [usize; 3],
    /// First-order sources that are kept per target, the best; and an edge from `random`, so that
    /// every purchase reaches all targets.
    pub top: Option<usize>,
}

pub const SIZES: [Size; 4] = [
    Size { name: "p26", tasks: 26, order: 4, beams: [6, 6, 5], top: None },
    Size { name: "p100", tasks: 100, order: 3, beams: [5; 3], top: None },
    Size { name: "p300", tasks: 300, order: 3, beams: [5; 3], top: None },
    Size { name: "p1000", tasks: 1000, order: 2, beams: [5; 3], top: Some(120) },
];

/// An instance; the same size and seed make the same table.
pub fn instance(size: Size, seed: u64) -> AffinityTable {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let n = size.tasks;
    let ids: Vec<TaskId> =
        (0..n).map(|k| TaskId::new(&format!("t{k:04}")).expect("an id")).collect();
    let vectors = |rng: &mut ChaCha8Rng| -> Vec<[f64; RANK]> {
        (0..n).map(|_| std::array::from_fn(|_| normal(rng))).collect()
    };
    let (of_target, of_source) = (vectors(&mut rng), vectors(&mut rng));
    let targets = n - (n * 15).div_ceil(100);
    let mut edges = Vec::new();
    for t in 0..targets {
        let mut singles: Vec<(f64, usize)> = (0..n)
            .filter(|&s| s != t)
            .map(|s| {
                let dot: f64 = of_target[t].iter().zip(&of_source[s]).map(|(a, b)| a * b).sum();
                ((0.5 * dot + 0.3 * normal(&mut rng)).exp(), s)
            })
            .collect();
        singles.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let best = singles[0].0;
        let mut contenders = vec![(Contender::Full, best * (1.5 + rng.random::<f64>()))];
        for set in 3..1_u32 << 6 {
            let (order, last) = (set.count_ones() as usize, set.ilog2() as usize);
            if order < 2 || order > size.order || last >= size.beams[order - 2] {
                continue;
            }
            let members: Vec<_> =
                (0..=last).filter(|k| set >> k & 1 == 1).map(|k| singles[k]).collect();
            let mean = members.iter().map(|(a, _)| a).sum::<f64>() / order as f64;
            let boost = (0.12 * order as f64 + 0.15 * normal(&mut rng)).exp();
            let sources = Sources::new(members.iter().map(|&(_, s)| ids[s].clone()));
            contenders.push((Contender::Transfer(sources.expect("two or more")), mean * boost));
        }
        if size.top.is_some() {
            let random = Sources::one(TaskId::random());
            contenders.push((Contender::Transfer(random), singles[n - 2].0));
        }
        for &(affinity, s) in singles.iter().take(size.top.unwrap_or(n)) {
            contenders.push((Contender::Transfer(Sources::one(ids[s].clone())), affinity));
        }
        let total: f64 = contenders.iter().map(|(_, affinity)| affinity).sum();
        contenders.sort_by(|a, b| a.0.cmp(&b.0));
        edges.extend(contenders.into_iter().map(|(contender, affinity)| Edge {
            target: ids[t].clone(),
            contender,
            affinity: affinity / total,
            gain: None,
            quality: None,
        }));
    }
    AffinityTable { edges, notes: Vec::new() }
}

/// Box and Muller.
fn normal(rng: &mut impl Rng) -> f64 {
    let (u, v): (f64, f64) = (1.0 - rng.random::<f64>(), rng.random());
    (-2.0 * u.ln()).sqrt() * (2.0 * std::f64::consts::PI * v).cos()
}
