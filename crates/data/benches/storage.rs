//! A batch of 32 random samples of rooms at 64×64 from the mapped shards to tensors: all domains as
//! plain f32, and the input and the targets and weights of all tasks of the dictionary. Times are those
//! of the thread on a core.
//!
//! Measured on one of two cores while the other was in use: 0.60 ms for all domains, 9.4 ms for all 23
//! tasks of single views together (encoded, masked and whitened; a training reads one of them).

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use taskonomy_core::{Dictionary, Split};
use taskonomy_data::{Dataset, DatasetWriter, Provenance, Sample, TaskView, ValuesRef};
use taskonomy_scenes::{Scene, annotate, domains, render};

const SIZE: usize = 64;

const BATCH: usize = 32;

/// Samples to choose from: more than fit into the caches.
const SAMPLES: usize = 1024;

/// Values of a sample as numbers.
fn extend(out: &mut Vec<f32>, values: ValuesRef<'_>) {
    match values {
        ValuesRef::U8(v) => out.extend(v.iter().map(|&v| f32::from(v))),
        ValuesRef::U16(v) => out.extend(v.iter().map(|&v| f32::from(u16::from_le_bytes(v)))),
        ValuesRef::F32(v) => out.extend(v.iter().map(|&v| f32::from_le_bytes(v))),
    }
}

/// How long this thread has been on a core, as Linux counts it.
fn on_cpu() -> Duration {
    let times = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux has it");
    let nanos = times.split(' ').next().and_then(|n| n.parse().ok()).expect("its first is in ns");
    Duration::from_nanos(nanos)
}

/// The time on a core that something takes so many times, so that a busy machine hardly matters.
fn timed(times: u64, mut work: impl FnMut()) -> Duration {
    let start = on_cpu();
    (0..times).for_each(|_| work());
    on_cpu().saturating_sub(start)
}

fn bench(c: &mut Criterion) {
    let place = tempfile::tempdir().expect("there is room");
    let path = place.path().join("rooms");
    let provenance = Provenance { generator: "bench".into(), seed: 1 };
    let mut writer =
        DatasetWriter::create(&path, provenance, domains(SIZE), SIZE).expect("the path is new");
    let room = Scene::room(1, 0);
    let views: Vec<_> = (room.cameras(16).iter())
        .map(|camera| render(&room, camera, SIZE).expect("cameras of a scene can be"))
        .map(|view| annotate(&view, &|_| true))
        .collect();
    for number in 0..SAMPLES {
        let sample = Sample { id: number.to_string(), scene: "0".into() };
        let values = &views[number % views.len()];
        writer.append(Split::Networks, sample, values).expect("labels fit their domains");
    }
    writer.finish().expect("there is room");
    let dataset = Dataset::open(&path).expect("it was just written");
    let mut next = 0_u64;
    let mut batch = || -> [usize; BATCH] {
        std::array::from_fn(|_| {
            next = next
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (next >> 33) as usize % SAMPLES
        })
    };

    let mut group = c.benchmark_group("32 samples of 64x64");
    group.throughput(Throughput::Elements(BATCH as u64));
    let mut tensors = vec![Vec::new(); dataset.manifest().domains.len()];
    group.bench_function("all domains", |b| {
        b.iter_custom(|times| {
            timed(times, || {
                let rows = batch();
                for (tensor, domain) in tensors.iter_mut().zip(&dataset.manifest().domains) {
                    tensor.clear();
                    for row in rows {
                        if let Some(values) = dataset.raw(Split::Networks, &domain.name, row) {
                            extend(tensor, values);
                        }
                    }
                }
                black_box(&mut tensors);
            })
        });
    });

    let tasks = Dictionary::builtin();
    let views: Vec<_> =
        tasks.iter().filter_map(|task| TaskView::new(&dataset, task).ok()).collect();
    assert!(views.len() > 20, "nearly all tasks are of single views");
    let mut targets = vec![(Vec::new(), Vec::new()); views.len()];
    let mut input = Vec::new();
    group.bench_function("input and targets of all tasks", |b| {
        b.iter_custom(|times| {
            timed(times, || {
                let rows = batch();
                views[0].input(Split::Networks, &rows, 1, &mut input);
                for (view, (target, weight)) in views.iter().zip(&mut targets) {
                    view.target(Split::Networks, &rows, target, weight);
                }
                black_box((&mut input, &mut targets));
            })
        });
    });
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
