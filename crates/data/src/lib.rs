//! Datasets on disk: shards, splits, the inputs, targets and masks of tasks, pictures.
