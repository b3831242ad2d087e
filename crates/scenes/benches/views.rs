//! Views per second with all cues, at 64×64 and 256×256.
//!
//! CPU time per view, measured on two cores shared with other builds (load 5 to 9), 40 rooms with
//! 5 cameras each: at 64×64 15 to 19 ms, of which 13 to 14 are the picture, so 105 to 135 views/s
//! on two cores; at 256×256 195 to 285 ms, of which 140 are the picture, so 7 to 10 views/s. A
//! camera costs 0.1 ms.
//!
//! Where a view's time goes at 64×64: 35 % to boxes and primitives that rays are tested against
//! (16,000 rays of the eye, 3 for the light thrown back and about one shadow ray for each lamp and
//! pane per pixel), 14 % to the light of surfaces apart from rays, 10 % to textures, 8 % to exposure
//! and noise, 25 to 30 % to the cues, of which keypoints are half. At 256×256, where light is
//! computed once for 2×2 pixels, half is cues.

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
