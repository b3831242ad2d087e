//! Views per second at 64×64 with all cues.
//!
//! Measured on two cores shared with other builds (load about 4): 101 views/s with one thread, 145
//! with two. CPU time per view, which other programs disturb less, is 7 to 8 ms: half of it the
//! rays, half the cues, of which keypoints are the largest part. That makes about 250 views/s on
//! two cores of one's own. A scene costs 0.04 ms and a camera 0.05 ms.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rayon::prelude::*;
use std::hint::black_box;
use taskonomy_scenes::{Scene, annotate, render};

/// 32 views: 4 of one room of each kind, cameras included.
fn views() -> usize {
    (0..8_u64)
        .into_par_iter()
        .map(|index| {
            let room = Scene::room(1, index);
            let cameras = room.cameras(4);
            cameras
                .par_iter()
                .map(|camera| {
                    annotate(&render(&room, camera, 64).expect("cameras of a scene can be")).len()
                })
                .sum::<usize>()
        })
        .sum()
}

fn bench(c: &mut Criterion) {
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.expect("the system gives threads");
        let mut group = c.benchmark_group("views at 64x64");
        group.throughput(Throughput::Elements(32)).sample_size(10);
        group.bench_function(format!("{threads} threads"), |b| {
            b.iter(|| black_box(pool.install(views)));
        });
        group.finish();
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
