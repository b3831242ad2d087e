//! Procedural rooms, cameras and ray-cast views with labels.
