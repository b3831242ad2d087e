//! Solves of synthetic instances, from a parsed table.

mod instances;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use instances::{SIZES, instance};
use taskonomy_policy::Problem;

fn solves(c: &mut Criterion) {
    let mut group = c.benchmark_group("solve");
    group.sample_size(10);
    for (size, budget) in SIZES.into_iter().zip([8.0, 20.0, 50.0, 50.0]) {
        let problem = Problem::new(instance(size, 1)).budget(budget);
        let any = Problem { any_optimum: true, ..problem.clone() };
        group.bench_function(format!("{} any optimum", size.name), |b| {
            b.iter(|| black_box(&any).solve());
        });
        group.bench_function(format!("{} with the tie rules", size.name), |b| {
            b.iter(|| black_box(&problem).solve());
        });
    }
    group.finish();
}

fn sweeps(c: &mut Criterion) {
    let budgets: Vec<f64> = (1..=26).map(f64::from).collect();
    let problem = Problem::new(instance(SIZES[0], 1));
    let any = Problem { any_optimum: true, ..problem };
    c.bench_function("sweep p26, 26 budgets x 4 orders", |b| {
        b.iter(|| black_box(&any).sweep(&budgets, &[1, 2, 3, 4]));
    });
}

fn significance(c: &mut Criterion) {
    let budgets: Vec<f64> = (1..=26).map(f64::from).collect();
    let problem = Problem::new(instance(SIZES[0], 1));
    let mut group = c.benchmark_group("significance");
    group.sample_size(10);
    group.bench_function("p26, 26 budgets x 1000 random taxonomies", |b| {
        b.iter(|| black_box(&problem).significance(&budgets, 1000, 1));
    });
    group.finish();
}

criterion_group!(benches, solves, sweeps, significance);
criterion_main!(benches);
