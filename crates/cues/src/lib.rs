//! Cue maps from images and geometry: edges, keypoints, segments, reshading, depth and normal codings.
//!
//! Pure functions on [`ndarray`], one file per cue. The definitions are those of the Omnidata
//! annotator and the Taskonomy dataset (Zamir et al., CVPR 2018, supplement 14), which are written
//! for images 512 pixels wide: constants in pixels are multiplied by W/512, see
//! [`edges_texture_sigma`], [`box_sizes`] and
//! [`segment_unsup2d`]; constants that are areas by its square.
//!
//! Conventions: images are C×H×W or H×W in row-major order; the camera's frame is x right, y up,
//! looking along −z; a 16-bit cue holds round(65535·v).
//!
//! ```
//! use ndarray::Array3;
//! use taskonomy_cues::{edges_texture, edges_texture_sigma, luma};
//!
//! // Black on the left, white on the right: the edge is where they meet.
//! let rgb = Array3::from_shape_fn((3, 16, 16), |(_, _, x)| if x < 8 { 0 } else { 255 });
//! let edges = edges_texture(luma(rgb.view()).view(), edges_texture_sigma(128));
//! assert!(edges[[8, 8]] > 20_000 && edges[[8, 2]] == 0);
//! ```

mod blur;
mod curvature;
mod depth;
mod edges_occlusion;
mod edges_texture;
mod error;
mod image_only;
mod keypoints_2d;
mod keypoints_3d;
mod luma;
mod normals;
mod pinhole;
mod reshading;
mod segments;
mod sobel;

pub use curvature::{CREASE_RADIUS, code_curvature, principal_curvature};
pub use depth::{
    DEPTH_MASK_BELOW, NO_DEPTH, UNITS_PER_METRE, code_depth, depth_euclidean, depth_zbuffer,
};
pub use edges_occlusion::edges_occlusion;
pub use edges_texture::{edges_texture, edges_texture_sigma};
pub use error::CueError;
pub use image_only::{
    image_domains, label_image, map_domain, mean_2x2, picked_2x2, picked_segments,
};
pub use keypoints_2d::{BoxSizes, box_sizes, keypoints_2d};
pub use keypoints_3d::{KEYPOINT_SUPPORT, keypoints_3d, keypoints_3d_picked};
pub use luma::luma;
pub use normals::{code_normal, normals};
pub use pinhole::Pinhole;
pub use reshading::reshading;
pub use segments::{segment_unsup2d, segment_unsup25d};
