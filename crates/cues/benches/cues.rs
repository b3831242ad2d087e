//! Time of each cue at sides of 64 and 256.
//!
//! Wall time at 64 and 256, on two cores shared with other builds (load 10), in ms: luma 0.01 and
//! 0.23, depth 0.04 and 0.8, normals 0.04 and 1.0, reshading 0.2 and 2.9, 2-D edges 0.08 and 1.6,
//! 3-D edges 0.07 and 0.9, keypoints 0.16 (two filters) and 7.7 (seven).

use criterion::{Criterion, criterion_group, criterion_main};
use ndarray::{Array2, Array3};
use std::hint::black_box;
use taskonomy_cues::{
    box_sizes, depth_zbuffer, edges_occlusion, edges_texture, edges_texture_sigma, keypoints_2d,
    luma, normals, reshading,
};

fn cues(c: &mut Criterion) {
    for side in [64, 256] {
        let rgb = Array3::from_shape_fn((3, side, side), |(k, y, x)| {
            (((x / 9 + y / 7) % 2) * 120 + 40 * k + x % 13) as u8
        });
        let metres = Array2::from_shape_fn((side, side), |(y, x)| 2.0 + (x * y % 17) as f32 / 9.0);
        let facing = Array3::from_shape_fn((3, side, side), |(k, ..)| f32::from(k == 2));
        let (grey, depth) = (luma(rgb.view()), depth_zbuffer(metres.view()));
        let sides = box_sizes(side).used;
        let mut bench = |name: &str, cue: &dyn Fn()| {
            c.bench_function(&format!("{name}/{side}"), |b| b.iter(cue));
        };
        bench("luma", &|| drop(black_box(luma(rgb.view()))));
        bench("depth_zbuffer", &|| drop(black_box(depth_zbuffer(metres.view()))));
        bench("normals", &|| drop(black_box(normals(facing.view()))));
        bench("reshading", &|| drop(black_box(reshading(metres.view(), facing.view(), 1.2))));
        bench("edges_texture", &|| {
            drop(black_box(edges_texture(grey.view(), edges_texture_sigma(side))));
        });
        bench("edges_occlusion", &|| drop(black_box(edges_occlusion(depth.view()))));
        bench("keypoints_2d", &|| drop(black_box(keypoints_2d(grey.view(), &sides))));
    }
}

criterion_group!(benches, cues);
criterion_main!(benches);
