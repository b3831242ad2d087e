//! The job graph of a run, the beam and the pool of workers.
