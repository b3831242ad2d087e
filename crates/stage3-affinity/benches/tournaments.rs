//! The tournaments of a paper-sized run: 22 targets, 60 contenders, 17,000 test samples; and
//! those of resamples of 2,000.

use criterion::{Criterion, criterion_group, criterion_main};
use taskonomy_affinity::{bootstrap, hold_all};
use taskonomy_core::{Contender, LossTable, Sources, TaskId};

fn tables(targets: usize, contenders: usize, samples: usize) -> Vec<LossTable> {
    let mut state = 1_u64;
    let mut uniform = move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let id = |name: String| TaskId::new(&name).expect("letters and digits");
    (0..targets)
        .map(|t| LossTable {
            target: id(format!("t{t}")),
            images: (0..samples).map(|k| k.to_string()).collect(),
            contenders: (0..contenders)
                .map(|c| Contender::Transfer(Sources::one(id(format!("s{c}")))))
                .collect(),
            losses: (0..samples * contenders).map(|_| uniform()).collect(),
        })
        .collect()
}

fn bench(criterion: &mut Criterion) {
    let tables = tables(22, 60, 17_000);
    let mut group = criterion.benchmark_group("tournaments");
    group.sample_size(10);
    group.bench_function("22 targets, 60 contenders, 17,000 samples", |b| {
        b.iter(|| hold_all(&tables).expect("every table is complete"));
    });
    let tables: Vec<LossTable> = tables.iter().map(|table| first_samples(table, 2000)).collect();
    group.bench_function("22 targets, 60 contenders, 2,000 samples, 100 resamples", |b| {
        b.iter(|| bootstrap(&tables, 100, 1).expect("every table is complete"));
    });
    group.finish();
}

fn first_samples(table: &LossTable, samples: usize) -> LossTable {
    let mut table = table.clone();
    table.images.truncate(samples);
    table.losses.truncate(samples * table.contenders.len());
    table
}

criterion_group!(benches, bench);
criterion_main!(benches);
