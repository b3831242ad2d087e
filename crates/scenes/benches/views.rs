//! Views per second with all cues, at 64×64 and 256×256, and what labels cost.
//!
//! On two otherwise idle cores of a shared Xeon of 2023, in one of its faster hours: 92 views/s on one
//! thread and 180 on two at 64×64 without 3-D keypoints and segments, 8.6 and 16.8 at 256×256; 44 and 88
//! with all labels at 64×64, 3.6 and 7.1 at 256×256. In slower hours about half. A dataset of 10,000 views
//! of the quick pipeline took 85 s in such an hour, files and checksums included. A camera costs 0.1 ms.
//!
//! CPU time of a view with all labels, on that machine shared with other builds (load 7 to 11, which
//! makes runs differ by half), before and after the keypoints and segments were made faster, in turn: 35,
//! 39 and 42 ms before, 23, 27 and 31 ms after at 64×64, 440 and 371 ms at 256×256. Drawing is 10 to 12 of
//! them at 64×64, 100 at 256×256.
//!
//! Where a view's time goes at 64×64: 26 % to the rays of the eye (16,000), 17 % to 3 rays for the
//! light thrown back and 17 % to about one shadow ray for each lamp and pane per pixel, 10 % to light
//! apart from rays, 8 % to textures, 9 % to gloss, sun, exposure and noise, 11 % to the cues. At
//! 256×256, where light is computed once for 2×2 pixels, 36 % goes to rays of the eye and textures,
//! 16 % to light, 20 % to the cues, of which keypoints are 8 %.
//!
//! Curvature, layout, objects, instances and tuples came later: 440 views of 44 rooms at 64×64 then
//! took 8.05 s of CPU time to make and write instead of 7.64 (means of four runs each, in turn, on a
//! busy machine). Wall time, as busy: all labels of a view 2.8 ms, of which curvature 0.9, at 64×64,
//! 60 and 18 ms at 256×256; the tuples of 10 views of a room 0.5 ms.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rayon::prelude::*;
use std::hint::black_box;
use taskonomy_cues::principal_curvature;
use taskonomy_scenes::{Scene, annotate, render};

/// Labels that cost more than all others together.
const SLOW: [&str; 3] = ["keypoints3d", "segment_unsup2d", "segment_unsup25d"];

/// Views of one room of each kind, cameras included.
fn views(cameras: usize, size: usize, slow: bool) -> usize {
    (0..8_u64)
        .into_par_iter()
        .map(|index| {
            let room = Scene::room(1, index);
            let cameras = room.cameras(cameras);
            cameras
                .par_iter()
                .map(|camera| {
                    let view = render(&room, camera, size).expect("cameras of a scene can be");
                    annotate(&view, &|name| slow || !SLOW.contains(&name)).len()
                })
                .sum::<usize>()
        })
        .sum()
}

fn bench(c: &mut Criterion) {
    for (size, cameras) in [(64, 4), (256, 1)] {
        for (threads, slow) in [(1, false), (2, false), (1, true), (2, true)] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            let pool = pool.expect("the system gives threads");
            let labels = if slow { "all labels" } else { "but keypoints3d and segments" };
            let mut group = c.benchmark_group(format!("views at {size}x{size}, {labels}"));
            group.throughput(Throughput::Elements(8 * cameras as u64)).sample_size(10);
            group.bench_function(format!("{threads} threads"), |b| {
                b.iter(|| black_box(pool.install(|| views(cameras, size, slow))));
            });
            group.finish();
        }
    }
    labels(c);
}

/// The labels of one view that are not made in `taskonomy-cues` alone, and of tuples of a scene.
fn labels(c: &mut Criterion) {
    let room = Scene::room(1, 4);
    let cameras = room.cameras(10);
    c.bench_function("tuples of 10 views", |b| b.iter(|| black_box(room.tuples(&cameras))));
    for size in [64, 256] {
        let view = render(&room, &cameras[0], size).expect("cameras of a scene can be");
        let name = format!("annotate/{size}");
        c.bench_function(&name, |b| b.iter(|| black_box(annotate(&view, &|_| true))));
        let curvature = || {
            let (depth, normal) = (view.depth.view(), view.normal.view());
            let (own, surface) = (view.curvature.view(), view.surface.view());
            principal_curvature(depth, normal, own, surface, view.camera.fov)
        };
        let name = format!("principal_curvature/{size}");
        c.bench_function(&name, |b| b.iter(|| black_box(curvature())));
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
