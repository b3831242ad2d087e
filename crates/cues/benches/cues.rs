//! Time of each cue at sides of 64, 128 and 256, on a made-up room; a view of a dataset of images 64
//! pixels wide is one of side 128. Times are those of the thread on a core, so that a busy machine matters
//! less.
//!
//! Measured on an otherwise idle machine in one of its faster hours, in milliseconds (`--quick`):
//!
//! | cue | 128×128 | 256×256 |
//! | --- | --- | --- |
//! | luma | 0.01 | 0.05 |
//! | `depth_zbuffer` | 0.04 | 0.16 |
//! | `depth_euclidean` | 0.11 | 0.44 |
//! | normals | 0.05 | 0.22 |
//! | reshading | 0.14 | 0.54 |
//! | `edges_texture` | 0.07 | 0.33 |
//! | `edges_occlusion` | 0.05 | 0.21 |
//! | `keypoints_2d` | 0.22 | 1.4 |
//! | `keypoints_3d` | 8.0 | 36 |
//! | `keypoints_3d_picked` | 4.7 | 23 |
//! | `principal_curvature` | 0.25 | 0.95 |
//! | `segment_unsup2d` | 2.1 | 8.2 |
//! | `segment_unsup25d` | 2.2 | 9.4 |
//!
//! Of the CPU time of 40 views of rooms with all labels at 64×64, sampled on it while it was busy, 40 % went to
//! drawing, 28 % to 3-D keypoints (patches 11, local surfaces 8, changes 5), 17 % to both kinds of segments.

use criterion::{Criterion, criterion_group, criterion_main};
use ndarray::{Array2, Array3};
use std::hint::black_box;
use std::time::Duration;
use taskonomy_cues::{
    NO_DEPTH, Pinhole, box_sizes, depth_euclidean, depth_zbuffer, edges_occlusion, edges_texture,
    edges_texture_sigma, keypoints_2d, keypoints_3d, keypoints_3d_picked, luma, normals,
    principal_curvature, reshading, segment_unsup2d, segment_unsup25d,
};

const FOV: f32 = 1.1;

/// A room of 5×2.6×5 metres seen from its middle, with boxes on its floor: z-distances, normals and
/// which surface is seen.
fn room(side: usize) -> (Array2<f32>, Array3<f32>, Array2<u8>) {
    let camera = Pinhole::new(side, side, FOV);
    let mut metres = Array2::from_elem((side, side), f32::INFINITY);
    let (mut normal, mut surface) = (Array3::zeros((3, side, side)), Array2::zeros((side, side)));
    for y in 0..side {
        for x in 0..side {
            let ray = camera.ray(x, y);
            // The walls, each an axis and a plane, from within.
            for (k, (axis, at)) in
                [(0, -2.1), (0, 2.4), (1, -1.4), (1, 1.2), (2, -4.0)].into_iter().enumerate()
            {
                let hit = at / ray[axis];
                if hit > 0.0 && hit < metres[[y, x]] {
                    metres[[y, x]] = hit;
                    surface[[y, x]] = k as u8;
                    (0..3).for_each(|a| normal[[a, y, x]] = 0.0);
                    normal[[axis, y, x]] = -f32::signum(at);
                }
            }
            // Boxes: their front sides and their tops.
            for k in 0..7 {
                let (left, front) = (-1.9 + 0.6 * k as f32, 2.0 + 0.27 * ((k * 3) % 7) as f32);
                let (right, top) = (left + 0.4, -1.3 + 0.15 * (k % 4 + 1) as f32);
                let up = top / ray[1];
                for (hit, axis) in [(front, 2), (up, 1)] {
                    let point = ray.map(|r| r * hit);
                    let on = (left..right).contains(&point[0])
                        && point[1] <= top + 1e-4
                        && (front..front + 0.5).contains(&(-point[2] + 1e-4));
                    if on && hit > 0.0 && hit < metres[[y, x]] {
                        metres[[y, x]] = hit;
                        surface[[y, x]] = 8 + 2 * k as u8 + axis;
                        (0..3).for_each(|a| normal[[a, y, x]] = 0.0);
                        normal[[usize::from(axis), y, x]] = 1.0;
                    }
                }
            }
        }
    }
    (metres, normal, surface)
}

/// The surfaces in colours of their own, lit from above and with some grain.
fn painted(surface: &Array2<u8>) -> Array3<u8> {
    let (height, width) = surface.dim();
    Array3::from_shape_fn((3, height, width), |(c, y, x)| {
        let base = 60 + (usize::from(surface[[y, x]]) * [67, 151, 211][c]) % 130;
        (base + 30 * (height - y) / height + (x * 7 + y * 13 + x * y) % 5) as u8
    })
}

/// How long this thread has been on a core, as Linux counts it.
fn on_cpu() -> Duration {
    let times = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux has it");
    let nanos = times.split(' ').next().and_then(|n| n.parse().ok()).expect("its first is in ns");
    Duration::from_nanos(nanos)
}

fn cues(c: &mut Criterion) {
    for side in [64, 128, 256] {
        let (metres, normal, surface) = room(side);
        let rgb = painted(&surface);
        let (grey, depth) = (luma(rgb.view()), depth_zbuffer(metres.view()));
        assert!(depth.iter().all(|&depth| depth < NO_DEPTH), "the room is closed");
        let sides = box_sizes(side).used;
        let mut bench = |name: &str, cue: &dyn Fn()| {
            c.bench_function(&format!("{name}/{side}"), |b| {
                b.iter_custom(|times| {
                    let start = on_cpu();
                    (0..times).for_each(|_| cue());
                    on_cpu().saturating_sub(start)
                });
            });
        };
        bench("luma", &|| drop(black_box(luma(rgb.view()))));
        bench("depth_zbuffer", &|| drop(black_box(depth_zbuffer(metres.view()))));
        bench("depth_euclidean", &|| drop(black_box(depth_euclidean(metres.view(), FOV))));
        bench("normals", &|| drop(black_box(normals(normal.view()))));
        bench("reshading", &|| drop(black_box(reshading(metres.view(), normal.view(), FOV))));
        bench("edges_texture", &|| {
            drop(black_box(edges_texture(grey.view(), edges_texture_sigma(side))));
        });
        bench("edges_occlusion", &|| drop(black_box(edges_occlusion(depth.view()))));
        bench("keypoints_2d", &|| drop(black_box(keypoints_2d(grey.view(), &sides))));
        bench("keypoints_3d", &|| drop(black_box(keypoints_3d(metres.view(), FOV))));
        bench("keypoints_3d_picked", &|| {
            drop(black_box(keypoints_3d_picked(metres.view(), FOV)));
        });
        // Flat, but for creases where surfaces meet.
        let (flat, surfaces) = (Array3::zeros((2, side, side)), surface.mapv(u32::from));
        bench("principal_curvature", &|| {
            let (metres, normal) = (metres.view(), normal.view());
            drop(black_box(principal_curvature(metres, normal, flat.view(), surfaces.view(), FOV)));
        });
        bench("segment_unsup2d", &|| drop(black_box(segment_unsup2d(rgb.view()))));
        bench("segment_unsup25d", &|| {
            drop(black_box(segment_unsup25d(metres.view(), normal.view())));
        });
    }
}

criterion_group!(benches, cues);
criterion_main!(benches);
