//! Makes a dataset of so many GiB of labelled views of a room, reads all of it once in random order as
//! training does, and prints how much memory of its own (apart from mapped files) the process had.
//!
//! ```text
//! cargo run --release --example larger_than_memory -p taskonomy-data -- FOLDER [GIB]
//! ```
//!
//! Measured with 8.05 GiB (81,074 samples of 20 domains at 64×64) on two cores shared with other builds:
//! 30 shards of at most 512 MiB, made in 241 s with at most 25 MiB of memory; read by 23 tasks in 465 s
//! with at most 23 MiB. Mapped files come and go as the system sees fit.
#![allow(clippy::print_stdout, reason = "an example that reports to the terminal")]

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use taskonomy_core::{Dictionary, Split};
use taskonomy_data::{Dataset, DatasetWriter, Provenance, Sample, TaskView};
use taskonomy_scenes::{Scene, annotate, domains, render};

const SIZE: usize = 64;

const BATCH: usize = 32;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("which folder shall the dataset be made in?")?;
    let gib: f64 = arguments.next().map_or(Ok(8.0), |n| n.parse())?;

    let start = Instant::now();
    let (samples, writing) = write(Path::new(&path), gib * f64::from(1 << 30))?;
    let dataset = Dataset::open(Path::new(&path))?;
    let files = &dataset.manifest().files;
    let bytes: u64 = files.values().map(|record| record.bytes).sum();
    let largest = files.values().map(|record| record.bytes).max().unwrap_or(0);
    println!(
        "{samples} samples, {:.2} GiB in {} shards of at most {} MiB, made in {:.0} s: at most {writing} MiB of memory",
        bytes as f64 / f64::from(1 << 30),
        files.len(),
        largest.div_ceil(1 << 20),
        start.elapsed().as_secs_f64(),
    );

    let start = Instant::now();
    let dictionary = Dictionary::builtin();
    let views: Vec<_> =
        dictionary.iter().filter_map(|task| TaskView::new(&dataset, task).ok()).collect();
    let (mut input, mut target, mut weight) = (vec![], vec![], vec![]);
    let (mut order, mut most, mut valid) = ((0..samples).collect::<Vec<_>>(), anonymous()?, 0.0);
    shuffle(&mut order);
    for rows in order.chunks(BATCH) {
        views[0].input(Split::Networks, rows, 1, &mut input);
        for view in &views {
            view.target(Split::Networks, rows, &mut target, &mut weight);
            valid += weight.iter().map(|&w| f64::from(w)).sum::<f64>();
        }
        most = most.max(anonymous()?);
    }
    println!(
        "read by {} tasks in batches of {BATCH} in {:.0} s ({valid} valid places): at most {most} MiB of memory",
        views.len(),
        start.elapsed().as_secs_f64(),
    );
    Ok(())
}

/// Writes views until there are so many bytes of them; all are in one split, so that the order in which
/// they are read leads anywhere. Says how many, and how much memory that took.
fn write(path: &Path, bytes: f64) -> Result<(usize, usize), Box<dyn Error>> {
    let room = Scene::room(1, 0);
    let views = room.cameras(64);
    let views = views.iter().map(|camera| render(&room, camera, SIZE));
    let labels = views
        .map(|view| view.map(|view| annotate(&view, &|_| true)))
        .collect::<Result<Vec<_>, _>>()?;
    let domains = domains(SIZE);
    let each: usize = domains.iter().map(|domain| domain.len() * domain.dtype.size()).sum();
    let samples = (bytes / each as f64).ceil() as usize;
    let provenance = Provenance { generator: "the same views again and again".into(), seed: 1 };
    let mut writer = DatasetWriter::create(path, provenance, domains, SIZE)?;
    let mut most = 0;
    for number in 0..samples {
        let sample = Sample { id: format!("view{number}"), scene: "room".into() };
        writer.append(Split::Networks, sample, &labels[number % labels.len()])?;
        if number % BATCH == 0 {
            most = most.max(anonymous()?);
        }
    }
    writer.finish()?;
    Ok((samples, most.max(anonymous()?)))
}

fn shuffle(order: &mut [usize]) {
    let mut state = 1_u64;
    for last in (1..order.len()).rev() {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        order.swap(last, (state >> 33) as usize % (last + 1));
    }
}

/// MiB of resident memory that belong to no file, as Linux counts them.
fn anonymous() -> Result<usize, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    let kib = line.and_then(|line| line.split_whitespace().next()).ok_or("Linux tells RssAnon")?;
    Ok(kib.parse::<usize>()?.div_ceil(1024))
}
