//! Time of each cue at sides of 64, 128 and 256, on a made-up room; a view of a dataset of images 64
//! pixels wide is one of side 128.
//!
//! Of the CPU time of 300 views of rooms with all labels at 64×64, sampled on two cores shared with
//! other builds (load 7 to 8), 48 % went to 3-D keypoints, 15 % to both kinds of segments, 26 % to drawing
//! and all other cues, the rest to statistics and memory. In 3-D keypoints, patches (growing and adding up) take over half, local surfaces
//! a quarter.

use criterion::{Criterion, criterion_group, criterion_main};
use ndarray::{Array2, Array3};
use std::hint::black_box;
use taskonomy_cues::{
    NO_DEPTH, Pinhole, box_sizes, depth_euclidean, depth_zbuffer, edges_occlusion, edges_texture,
    edges_texture_sigma, keypoints_2d, keypoints_3d, luma, normals, reshading, segment_unsup2d,
    segment_unsup25d,
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

fn cues(c: &mut Criterion) {
    for side in [64, 128, 256] {
        let (metres, normal, surface) = room(side);
        let rgb = painted(&surface);
        let (grey, depth) = (luma(rgb.view()), depth_zbuffer(metres.view()));
        assert!(depth.iter().all(|&depth| depth < NO_DEPTH), "the room is closed");
        let sides = box_sizes(side).used;
        let mut bench = |name: &str, cue: &dyn Fn()| {
            c.bench_function(&format!("{name}/{side}"), |b| b.iter(cue));
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
        bench("segment_unsup2d", &|| drop(black_box(segment_unsup2d(rgb.view()))));
        bench("segment_unsup25d", &|| {
            drop(black_box(segment_unsup25d(metres.view(), normal.view())));
        });
    }
}

criterion_group!(benches, cues);
criterion_main!(benches);
