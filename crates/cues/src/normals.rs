//! Surface normals.

use ndarray::{Array3, ArrayView3};

use crate::error::{CueError, demand};

/// Codes a unit normal of the camera's frame (x right, y up, z towards the viewer) that faces the
/// camera: `R = 127.5(1+nₓ), G = 127.5(1−n_y), B = 127.5(1−n_z)`, rounded down.
///
/// The zero vector, no hit, is (127, 127, 127); a wall seen face on (127, 127, 0).
pub fn code_normal([x, y, z]: [f32; 3]) -> [u8; 3] {
    [x, -y, -z].map(code)
}

fn code(component: f32) -> u8 {
    (127.5 * (1.0 + component)).clamp(0.0, 255.0) as u8
}

/// Codes a map of normals, 3×H×W, zero where nothing was hit.
pub fn normals(map: ArrayView3<f32>) -> Result<Array3<u8>, CueError> {
    let (channels, height, width) = map.dim();
    demand("normals", &[channels, height, width], &[3, height, width])?;
    let mut coded = Array3::zeros((3, height, width));
    for ((mut coded, values), sign) in
        coded.outer_iter_mut().zip(map.outer_iter()).zip([1.0, -1.0, -1.0])
    {
        coded.zip_mut_with(&values, |coded, value| *coded = code(sign * value));
    }
    Ok(coded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wall_floor_ceiling_and_nothing() {
        assert_eq!(code_normal([0.0, 0.0, 1.0]), [127, 127, 0]);
        assert_eq!(code_normal([0.0, 1.0, 0.0]), [127, 0, 127]);
        assert_eq!(code_normal([0.0, -1.0, 0.0]), [127, 255, 127]);
        assert_eq!(code_normal([1.0, 0.0, 0.0]), [255, 127, 127]);
        assert_eq!(code_normal([0.0; 3]), [127, 127, 127]);
    }

    #[test]
    fn a_map_needs_three_channels() {
        let error = normals(Array3::zeros((2, 4, 4)).view()).unwrap_err();
        assert!(error.to_string().contains("[2, 4, 4]: it must be [3, 4, 4]"), "{error}");
    }
}
