//! Loss tables read, and their tournaments held, for `scripts/bench-training.py` to time.
//!
//! `tournament_speed DIR` takes a folder of loss tables, as the example `losses` makes them, into memory
//! and says how many megabytes they are. Then it does what the lines on stdin say: `read` makes tables
//! of the texts, on one thread; `hold` holds the tournaments of the tables that were read last.

#![allow(clippy::print_stdout, reason = "a program for scripts")]

use std::error::Error;
use std::hint::black_box;
use std::path::Path;

use taskonomy_affinity::hold_all;
use taskonomy_core::{LossTable, TaskId};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("give a folder of loss tables")?;
    let mut files: Vec<(TaskId, Vec<u8>)> = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        files.push((target(&path)?, std::fs::read(&path)?));
    }
    let bytes: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    println!("{{\"megabytes\": {}}}", bytes as f64 / 1e6);
    let mut tables = Vec::new();
    for line in std::io::stdin().lines() {
        match line?.trim() {
            "read" => {
                let read = files.iter().map(|(t, bytes)| LossTable::read(t.clone(), &bytes[..]));
                tables = read.collect::<Result<_, _>>()?;
            }
            "hold" => drop(black_box(hold_all(&tables)?)),
            other => return Err(format!("`{other}` is none of read, hold").into()),
        }
        println!("{{}}");
    }
    Ok(())
}

fn target(path: &Path) -> Result<TaskId, Box<dyn Error>> {
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    Ok(stem.ok_or_else(|| format!("{}: no name", path.display()))?.parse()?)
}
