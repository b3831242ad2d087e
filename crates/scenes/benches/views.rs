//! Views per second with all cues, at 64×64 and 256×256.
//!
//! Measured figures follow.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rayon::prelude::*;
use std::hint::black_box;
use taskonomy_scenes::{Scene, annotate, render};

/// Views of one room of each kind, cameras included.
fn views(cameras: usize, size: usize) -> usize {
    (0..8_u64)
        .into_par_iter()
        .map(|index| {
            let room = Scene::room(1, index);
            let cameras = room.cameras(cameras);
            cameras
                .par_iter()
                .map(|camera| {
                    annotate(&render(&room, camera, size).expect("cameras of a scene can be")).len()
                })
                .sum::<usize>()
        })
        .sum()
}

fn bench(c: &mut Criterion) {
    for (size, cameras) in [(64, 4), (256, 1)] {
        for threads in [1, 2] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            let pool = pool.expect("the system gives threads");
            let mut group = c.benchmark_group(format!("views at {size}x{size}"));
            group.throughput(Throughput::Elements(8 * cameras as u64)).sample_size(10);
            group.bench_function(format!("{threads} threads"), |b| {
                b.iter(|| black_box(pool.install(|| views(cameras, size))));
            });
            group.finish();
        }
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
