//! Networks, losses and training through the public interface.

mod checkpoints;
mod losses;
mod models;
mod toy;
mod training;
