//! Whole runs with a worker that makes up its losses.
#![allow(clippy::unwrap_used, reason = "a test that meets an error there fails")]

mod changes;
mod faults;
mod fixture;
mod race;
#[path = "../../fake/toy.rs"]
mod toy;
mod whole;
