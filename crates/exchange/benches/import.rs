//! Files per second of one core, from a folder of PNGs to a finished dataset of 64×64, and back. The
//! time is that of the thread on a core, so that a busy machine hardly matters.
//!
//! Measured on a core of a Xeon of 2023 that was shared with other builds: importing 3,900 files/s of
//! 64×64 and 335 of 512×512, checking 12,300 and 417, exporting 1,280 of 64×64. Of large files four
//! fifths of the time go to reading them.

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use png::{BitDepth, ColorType};
use taskonomy_core::{Dictionary, SplitCounts};
use taskonomy_data::Dataset;
use taskonomy_exchange::{ImportSpec, Layout, LocalTree, check, export, import};

const DOMAINS: [(&str, ColorType, BitDepth); 8] = [
    ("rgb", ColorType::Rgb, BitDepth::Eight),
    ("normal", ColorType::Rgb, BitDepth::Eight),
    ("depth_zbuffer", ColorType::Grayscale, BitDepth::Sixteen),
    ("depth_euclidean", ColorType::Grayscale, BitDepth::Sixteen),
    ("edge_texture", ColorType::Grayscale, BitDepth::Sixteen),
    ("keypoints2d", ColorType::Grayscale, BitDepth::Sixteen),
    ("reshading", ColorType::Grayscale, BitDepth::Eight),
    ("segment_semantic", ColorType::Grayscale, BitDepth::Eight),
];

const POINTS: usize = 8;

/// A map of smooth areas with edges and, in images, responses and depths, fine grain.
fn values(domain: usize, seed: usize, side: usize) -> Vec<u8> {
    let (name, colour, depth) = DOMAINS[domain];
    let channels = colour.samples();
    let is_wide = depth == BitDepth::Sixteen;
    let mut noise = (seed * 8 + domain + 1) as u32;
    let mut bytes = Vec::with_capacity(side * side * channels * 2);
    for y in 0..side {
        for x in 0..side {
            let block = (x * 9 / side + 9 * (y * 7 / side) + 1) * (seed + domain + 3) * 2_654_435;
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            for channel in 0..channels {
                let area = (block >> (3 + 4 * channel)) as u16 & 255;
                match name {
                    "segment_semantic" => bytes.push((area % 18) as u8),
                    "normal" | "reshading" => bytes.push(area as u8),
                    "rgb" => bytes.push((area / 2) as u8 + (noise >> (25 + channel)) as u8 / 4),
                    _ => bytes
                        .extend((area * 16 + (x + y) as u16 + (noise >> 30) as u16).to_be_bytes()),
                }
            }
        }
    }
    assert_eq!(bytes.len(), side * side * channels * if is_wide { 2 } else { 1 });
    bytes
}

fn make(root: &Path, side: usize) {
    for (at, (domain, colour, depth)) in DOMAINS.into_iter().enumerate() {
        for building in 0..4 {
            let folder = root.join(domain).join(format!("b{building}"));
            std::fs::create_dir_all(&folder).expect("there is room");
            for point in 0..POINTS {
                let mut file = Vec::new();
                let mut encoder = png::Encoder::new(&mut file, side as u32, side as u32);
                encoder.set_color(colour);
                encoder.set_depth(depth);
                let mut writer = encoder.write_header().expect("memory takes it");
                let data = values(at, 97 * building + point, side);
                writer.write_image_data(&data).expect("it is as long as the sides ask");
                drop(writer);
                let name = format!("point_{point}_view_0_domain_{domain}.png");
                std::fs::write(folder.join(name), file).expect("there is room");
            }
        }
    }
}

/// How long this thread has been on a core, as Linux counts it.
fn on_cpu() -> Duration {
    let times = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux has it");
    let nanos = times.split(' ').next().and_then(|n| n.parse().ok()).expect("its first is in ns");
    Duration::from_nanos(nanos)
}

/// The time of the thread for so many turns; what a turn leaves is removed outside of it.
fn timed(turns: u64, mut turn: impl FnMut()) -> Duration {
    let mut sum = Duration::ZERO;
    for _ in 0..turns {
        let start = on_cpu();
        turn();
        sum += on_cpu().saturating_sub(start);
    }
    sum
}

fn bench(c: &mut Criterion) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    let pool = pool.expect("the system gives threads");
    let mut group = c.benchmark_group("files of a folder, one thread");
    group.sample_size(10);
    group.throughput(Throughput::Elements((DOMAINS.len() * 4 * POINTS) as u64));
    for side in [64, 512] {
        let place = tempfile::tempdir().expect("there is room");
        let root = place.path().join("folder");
        make(&root, side);
        let tree = LocalTree::new(&root);
        let spec = ImportSpec {
            name: "folder".into(),
            size: 64,
            splits: None,
            shares: SplitCounts::SHARES,
            seed: 1,
        };
        group.bench_function(format!("import {side}x{side}"), |b| {
            b.iter_custom(|turns| {
                pool.install(|| {
                    timed(turns, || {
                        let place = tempfile::tempdir().expect("there is room");
                        let made = import(&place.path().join("set"), &tree, &spec, &|_| true);
                        assert_eq!(made.expect("it is whole").faults.total(), 0);
                    })
                })
            });
        });
        group.bench_function(format!("check {side}x{side}"), |b| {
            let tasks = Dictionary::builtin();
            b.iter_custom(|turns| {
                pool.install(|| {
                    timed(turns, || {
                        let checked = check(&tree, "folder", &tasks, &|_| true);
                        assert!(black_box(checked).expect("it is readable").is_whole());
                    })
                })
            });
        });
    }
    let place = tempfile::tempdir().expect("there is room");
    make(&place.path().join("folder"), 64);
    let tree = LocalTree::new(place.path().join("folder"));
    let (name, splits, shares) = ("folder".into(), None, SplitCounts::SHARES);
    let spec = ImportSpec { name, size: 64, splits, shares, seed: 1 };
    let set = place.path().join("set");
    import(&set, &tree, &spec, &|_| true).expect("it is whole");
    let dataset = Dataset::open(&set).expect("it was just made");
    group.bench_function("export 64x64", |b| {
        b.iter_custom(|turns| {
            pool.install(|| {
                timed(turns, || {
                    let place = tempfile::tempdir().expect("there is room");
                    let root = place.path().join("out");
                    let written = export(&dataset, &root, Layout::Taskonomy, &|_| true);
                    black_box(written).expect("there is room");
                })
            })
        });
    });
    group.finish();
}

criterion_group! { name = benches; config = Criterion::default(); targets = bench }
criterion_main!(benches);
