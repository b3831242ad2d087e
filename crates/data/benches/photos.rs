//! Crops per second of one core, from JPEGs of two megapixels to a finished dataset of 64×64 with
//! all labels but 2-D segments, whose time stands among those of the cues. The time is that of the
//! thread on a core, so that a busy machine hardly matters.
//!
//! Measured on an otherwise idle core of a shared Xeon of 2023: 37 crops/s with one crop a photo,
//! 117 with four, 191 with eight. A photo costs 26 ms, however many crops are cut from it, and a crop
//! 1 to 2 ms.
//!
//! Where the time goes with eight crops: 34 % to the JPEG decoder, 15 % to halving the photo again
//! and again, 20 % to resampling crops, 9 % to the cues, most of it keypoints, and the rest to
//! memory and files.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::Duration;
use taskonomy_core::SplitCounts;
use taskonomy_data::photos::{LocalDisk, PhotosSpec, make_photos};

const PHOTOS: usize = 6;

/// A JPEG of 1920×1080 with edges and fine grain, about 0.3 bytes a pixel.
fn jpeg(number: usize) -> Vec<u8> {
    let (width, height) = (1920, 1080);
    let mut pixels = Vec::with_capacity(3 * width * height);
    let mut noise = number as u32 + 1;
    for y in 0..height {
        for x in 0..width {
            let block = (x / 160 + 12 * (y / 120) + 1) * (number + 3) * 2_654_435;
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let grain = noise >> 27;
            for shift in [3, 7, 11] {
                pixels.push((block >> shift) as u8 / 2 + (x % 160) as u8 / 2 + grain as u8);
            }
        }
    }
    let mut file = Vec::new();
    jpeg_encoder::Encoder::new(&mut file, 85)
        .encode(&pixels, width as u16, height as u16, jpeg_encoder::ColorType::Rgb)
        .expect("the sides are right");
    file
}

/// How long this thread has been on a core, as Linux counts it.
fn on_cpu() -> Duration {
    let times = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux has it");
    let nanos = times.split(' ').next().and_then(|n| n.parse().ok()).expect("its first is in ns");
    Duration::from_nanos(nanos)
}

fn bench(c: &mut Criterion) {
    let place = tempfile::tempdir().expect("there is room");
    let folder = place.path().join("photos");
    std::fs::create_dir(&folder).expect("it is new");
    for number in 0..PHOTOS {
        std::fs::write(folder.join(format!("{number}.jpg")), jpeg(number)).expect("there is room");
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    let pool = pool.expect("the system gives threads");
    let mut group = c.benchmark_group("photos of 2 megapixels, one thread");
    for each in [1, 4, 8] {
        let crops = PHOTOS * each;
        let (size, seed) = (64, 1);
        let shares = SplitCounts { networks: 3, transfers: 1, validation: 1, test: 1 };
        let domains = BTreeSet::from(["rgb", "edge_texture", "keypoints2d"].map(str::to_owned));
        let (folder, domains) = (folder.clone(), Some(domains));
        let spec = PhotosSpec { folder, crops, size, shares, seed, domains };
        let set = place.path().join("set");
        group.throughput(Throughput::Elements(crops as u64)).sample_size(10);
        group.bench_function(format!("{each} crops each"), |b| {
            b.iter_custom(|times| {
                let once = |_| {
                    let start = on_cpu();
                    let made = make_photos(&set, &spec, &LocalDisk, &|_| true);
                    black_box(made.expect("the photos are good"));
                    let taken = on_cpu().saturating_sub(start);
                    std::fs::remove_dir_all(&set).expect("it was just made");
                    taken
                };
                pool.install(|| (0..times).map(once).sum())
            });
        });
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
