//! Writes a synthetic instance as `affinities.csv` to stdout, so that other programs can solve
//! what the benchmarks solve: `cargo run --example instance -- p26 1 > affinities.csv`.

#[path = "../benches/instances/mod.rs"]
mod instances;

use instances::{SIZES, instance};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [name, seed] = &args[..] else { return Err("usage: instance NAME SEED".into()) };
    let size = SIZES.iter().find(|size| size.name == name).ok_or("one of p26 p100 p300 p1000")?;
    instance(*size, seed.parse()?).write(std::io::stdout().lock())?;
    Ok(())
}
