//! Makes up loss tables of the size of a run, to measure and to try things on.
//!
//! `cargo run --release -p taskonomy-affinity --example losses -- DIR 22 60 2000 1`: into DIR, 22
//! targets with 60 contenders (`self`, every first-order source, sets of a beam of 6) and scratch,
//! 2,000 test samples, seed 1. Losses are written as f32, as a run writes them.

use std::error::Error;
use std::path::Path;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use taskonomy_core::{Contender, LossTable, Sources, TaskId};

const BEAM: usize = 6;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, targets, contenders, samples, seed] = &arguments[..] else {
        return Err("give: folder, targets, contenders, samples, seed".into());
    };
    let (targets, contenders): (usize, usize) = (targets.parse()?, contenders.parse()?);
    let (samples, seed): (usize, u64) = (samples.parse()?, seed.parse()?);
    std::fs::create_dir_all(folder)?;
    let ids: Vec<TaskId> =
        (0..targets).map(|k| TaskId::new(&format!("t{k:02}"))).collect::<Result<_, _>>()?;
    for target in 0..targets {
        let table = table(&ids, target, contenders, samples, seed);
        let file = Path::new(folder).join(format!("{}.csv", table.target));
        table.write(std::io::BufWriter::new(std::fs::File::create(file)?))?;
    }
    Ok(())
}

/// Where a task lies among all tasks: near ones know much of each other.
fn place(task: usize, seed: u64) -> [f64; 3] {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(u64::MAX - task as u64);
    rng.random()
}

/// Losses that share how hard a sample is, and differ by how far a source lies from the target.
fn table(ids: &[TaskId], target: usize, most: usize, samples: usize, seed: u64) -> LossTable {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(target as u64);
    let far = |source: usize| {
        let squares = place(source, seed).into_iter().zip(place(target, seed));
        squares.map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
    };
    let mut singles: Vec<(f64, usize)> =
        (0..ids.len()).filter(|&s| s != target).map(|s| (0.5 + far(s), s)).collect();
    singles.sort_by(|a, b| a.0.total_cmp(&b.0));
    let one = |s: usize| Contender::Transfer(Sources::one(ids[s].clone()));
    let mut columns = vec![(Contender::Full, 0.3), (Contender::Scratch(1), 1.6)];
    columns.extend(singles.iter().map(|&(mean, s)| (one(s), mean)));
    for set in (0_u32..1 << BEAM.min(singles.len())).filter(|set| set.count_ones() > 1) {
        let members: Vec<_> = (0..BEAM).filter(|k| set >> k & 1 == 1).map(|k| singles[k]).collect();
        let mean = members.iter().map(|(mean, _)| mean).sum::<f64>() / members.len() as f64;
        let sources = Sources::new(members.iter().map(|&(_, s)| ids[s].clone()));
        columns.extend(sources.map(|sources| {
            (Contender::Transfer(sources), mean * (0.8 + 0.3 * rng.random::<f64>()))
        }));
    }
    columns.truncate(most + 1);
    let mut losses = Vec::with_capacity(samples * columns.len());
    for _ in 0..samples {
        let hardness: f64 = rng.random();
        for (_, mean) in &columns {
            let loss = (mean * (hardness + rng.random::<f64>())) as f32;
            losses.push(loss.to_string().parse().expect("a number"));
        }
    }
    LossTable {
        target: ids[target].clone(),
        images: (0..samples).map(|k| format!("image{k:05}")).collect(),
        contenders: columns.into_iter().map(|(contender, _)| contender).collect(),
        losses,
    }
}
