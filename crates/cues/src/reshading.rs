//! Reshading: the scene in grey, lit by one lamp at the camera.

use ndarray::{Array2, ArrayView2, ArrayView3, s};

use crate::error::{CueError, demand};
use crate::pinhole::Pinhole;

/// Grey Lambert shading by a point lamp at the camera, without texture, specularity or shadow:
/// 255·clip(1.6·cosθ·8/(8+d²), 0, 1), where d is the Euclidean distance in metres and
/// cosθ = −n·r/‖r‖.
///
/// `depth` is the z-distance in metres (H×W, infinite where nothing was hit, which gives 0),
/// `normals` are unit vectors of the camera's frame (3×H×W), `fov` is the horizontal field of
/// view in radians.
pub fn reshading(
    depth: ArrayView2<f32>,
    normals: ArrayView3<f32>,
    fov: f32,
) -> Result<Array2<u8>, CueError> {
    let (height, width) = depth.dim();
    demand("normals", normals.shape(), &[3, height, width])?;
    let camera = Pinhole::new(width, height, fov);
    let mut shading = Array2::zeros((height, width));
    for (y, mut row) in shading.outer_iter_mut().enumerate() {
        let [nx, ny, nz] = [0, 1, 2].map(|axis| normals.slice(s![axis, y, ..]));
        let surface = depth.row(y).into_iter().zip(nx).zip(ny.into_iter().zip(nz));
        for ((x, shade), ((&z, &nx), (&ny, &nz))) in row.iter_mut().enumerate().zip(surface) {
            let [rx, ry, _] = camera.ray(x, y);
            let length = (rx * rx + ry * ry + 1.0).sqrt();
            let (cos, distance) = ((nz - nx * rx - ny * ry) / length, z * length);
            let light = 1.6 * cos * 8.0 / (8.0 + distance * distance);
            let light = if z.is_finite() { light.clamp(0.0, 1.0) } else { 0.0 };
            *shade = (255.0 * light + 0.5) as u8;
        }
    }
    Ok(shading)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array3;

    fn wall(metres: f32) -> u8 {
        let depth = Array2::from_elem((1, 1), metres);
        let mut normals = Array3::zeros((3, 1, 1));
        normals[[2, 0, 0]] = 1.0;
        reshading(depth.view(), normals.view(), 1.0).unwrap()[[0, 0]]
    }

    #[test]
    fn a_facing_wall_darkens_with_the_square_of_its_distance() {
        // 1.6·8/(8+16) = 0.5333; nearer than √4.8 m it is clipped to white.
        assert_eq!([wall(4.0), wall(1.0), wall(f32::INFINITY)], [136, 255, 0]);
    }

    #[test]
    fn maps_must_have_one_size() {
        let depth = Array2::zeros((4, 5));
        let error = reshading(depth.view(), Array3::zeros((3, 5, 4)).view(), 1.0).unwrap_err();
        assert!(error.to_string().contains("[3, 5, 4]: it must be [3, 4, 5]"), "{error}");
    }
}
