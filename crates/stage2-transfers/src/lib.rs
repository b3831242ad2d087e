//! Stage 2: feature cache, readouts, per-sample losses.
