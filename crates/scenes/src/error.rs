//! What can be wrong with what is asked of a scene.

use std::ops::RangeInclusive;

use crate::camera::Camera;
use crate::scene::Scene;

/// What can be wrong with what is asked of a scene.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SceneError {
    /// The encoder shrinks images eight times, so their side must be divisible by that.
    #[error("an image of {found}×{found} pixels: the side must be a multiple of 8 from 8 to 1024")]
    Size {
        /// The side that was asked for.
        found: usize,
    },
    /// A pinhole camera cannot see so little or so much.
    #[error("a field of view of {found}°: it must be from 10° to 150°")]
    FieldOfView {
        /// The field of view of the camera, degrees.
        found: f32,
    },
    /// Views are of the inside of a room.
    #[error("a camera at {found:?}: it must be in the room, from [0, 0, 0] to {size:?}")]
    Position {
        /// Where the camera is, metres.
        found: [f32; 3],
        /// Length, width and height of the room.
        size: [f32; 3],
    },
    /// Angles that are no numbers.
    #[error("a camera that looks {yaw} to the side and {pitch} up: both must be finite")]
    Direction {
        /// Radians from +x towards +y.
        yaw: f32,
        /// Radians above the horizon.
        pitch: f32,
    },
}

/// Sides of images.
const SIZES: RangeInclusive<usize> = 8..=1024;
/// Fields of view, degrees.
const FIELDS: RangeInclusive<f32> = 10.0..=150.0;

/// Whether a camera can take an image of this side in the scene.
pub(crate) fn check(scene: &Scene, camera: &Camera, size: usize) -> Result<(), SceneError> {
    if !SIZES.contains(&size) || !size.is_multiple_of(8) {
        return Err(SceneError::Size { found: size });
    }
    let degrees = camera.fov.to_degrees();
    if !FIELDS.contains(&degrees) {
        return Err(SceneError::FieldOfView { found: degrees });
    }
    let position = camera.position;
    let inside = position.cmpge(glam::Vec3A::ZERO) & position.cmple(scene.size);
    if !inside.all() {
        let (found, size) = (position.to_array(), scene.size.to_array());
        return Err(SceneError::Position { found, size });
    }
    if !(camera.yaw.is_finite() && camera.pitch.is_finite()) {
        return Err(SceneError::Direction { yaw: camera.yaw, pitch: camera.pitch });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::render;

    fn refusal(change: impl Fn(&mut Camera), size: usize) -> String {
        let scene = Scene::room(1, 0);
        let mut camera = scene.cameras(1)[0];
        change(&mut camera);
        render(&scene, &camera, size).expect_err("it must be refused").to_string()
    }

    #[test]
    fn impossible_sizes_and_cameras_are_refused() {
        for size in [0, 1, 12, 63, 1032, usize::MAX] {
            let text = refusal(|_| {}, size);
            assert!(text.contains(&size.to_string()) && text.contains("multiple of 8"), "{text}");
        }
        for fov in [0.0, -1.0, 0.1, 2.7, std::f32::consts::PI, f32::NAN, f32::INFINITY] {
            let text = refusal(|camera| camera.fov = fov, 16);
            assert!(text.contains("from 10° to 150°"), "{text}");
        }
        for x in [-0.1, 100.0, f32::NAN] {
            let text = refusal(|camera| camera.position.x = x, 16);
            assert!(text.contains("must be in the room"), "{text}");
        }
        assert!(refusal(|camera| camera.yaw = f32::NAN, 16).contains("NaN to the side"));
        assert!(refusal(|camera| camera.pitch = f32::INFINITY, 16).contains("inf up"));
    }
}
