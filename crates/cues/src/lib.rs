//! Cue maps from images and geometry: edges, keypoints, reshading, depth.
