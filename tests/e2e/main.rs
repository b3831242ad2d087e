//! Whole runs: `taskonomy` with its real workers, on images small enough for seconds.
//!
//! What must repeat is compared with one finished run that all tests share: see
//! [`place::Reference`] for it, and [`tree`] for what is compared.
#![cfg(feature = "torch")]
#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod checkpoints;
mod disk;
mod divergence;
mod interruption;
mod own;
mod photos;
mod place;
mod programs;
mod race;
mod repeats;
mod tree;
mod whole;
mod workers;
