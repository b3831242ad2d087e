//! Stage 1: executes the training of task-specific networks.
