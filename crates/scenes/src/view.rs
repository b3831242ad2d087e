//! What a camera sees: colour and geometry of every sample.

use glam::{Vec3, Vec3A};
use ndarray::{Array2, Array3};
use taskonomy_cues::Pinhole;

use crate::camera::Camera;
use crate::class::RoomKind;
use crate::error::{SceneError, check};
use crate::scene::{Hit, Scene};
use crate::shape::Ray;

/// A ray-cast view at twice the side of the image that is made of it: S = 2·size samples a side.
///
/// [`crate::annotate`] computes cues at this size and then shrinks them.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// Side of the image in pixels.
    pub size: usize,
    /// The camera.
    pub camera: Camera,
    /// What the room is for.
    pub kind: RoomKind,
    /// Colour, 3×S×S.
    pub rgb: Array3<u8>,
    /// z-distance in metres, S×S; infinite where nothing is hit.
    pub depth: Array2<f32>,
    /// Unit normals in the camera's frame, 3×S×S; 0 where nothing is hit.
    pub normal: Array3<f32>,
    /// [`crate::Class`] of every sample, S×S.
    pub class: Array2<u8>,
}

/// Casts one ray for each of the (2·size)² samples; an error if the side is not a multiple of 8
/// from 8 to 1024, or if the camera cannot be.
pub fn render(scene: &Scene, camera: &Camera, size: usize) -> Result<View, SceneError> {
    check(scene, camera, size)?;
    let side = 2 * size;
    let pinhole = Pinhole::new(side, side, camera.fov);
    let rotation = camera.rotation();
    let to_camera = rotation.transpose();
    let pixel = 1.0 / pinhole.focal();
    let mut view = View {
        size,
        camera: *camera,
        kind: scene.kind,
        rgb: Array3::zeros((3, side, side)),
        depth: Array2::zeros((side, side)),
        normal: Array3::zeros((3, side, side)),
        class: Array2::zeros((side, side)),
    };
    for y in 0..side {
        for x in 0..side {
            // The ray's z is −1 in the camera's frame, so that t is the z-distance.
            let ray = Ray::new(camera.position, rotation * Vec3A::from(pinhole.ray(x, y)));
            let hit = scene.cast(&ray, pixel);
            let light = scene.light(&ray, &hit);
            let normal = to_camera * hit.normal;
            for (channel, value) in developed(light).into_iter().enumerate() {
                view.rgb[[channel, y, x]] = value;
                view.normal[[channel, y, x]] = normal[channel];
            }
            view.depth[[y, x]] = hit.t;
            view.class[[y, x]] = hit.class as u8;
        }
    }
    Ok(view)
}

/// Linear light as the values of a picture: a soft shoulder, then a gamma of 2.
fn developed(light: Vec3) -> [u8; 3] {
    light.to_array().map(|v| {
        let v = if v < 0.6 { v } else { 0.6 + 0.4 * (1.0 - (-(v - 0.6) / 0.4).exp()) };
        (255.0 * v.max(0.0).sqrt() + 0.5) as u8
    })
}

impl Scene {
    /// Light from a hit towards the eye: ambient light, lamps with shadow, windows without.
    fn light(&self, ray: &Ray, hit: &Hit) -> Vec3 {
        if hit.t.is_infinite() {
            return hit.albedo;
        }
        let point = ray.at(hit.t) + 1e-3 * hit.normal;
        // Surfaces that look up get a little more than those that look down.
        let mut light = self.ambient * (0.9 + 0.15 * hit.normal.z + 0.08 * hit.normal.x);
        for lamp in &self.lamps {
            let to = lamp.position - point;
            let square = to.length_squared();
            let cos = hit.normal.dot(to) / square.sqrt();
            let reach = lamp.reach * lamp.reach;
            // Inverse squares, held back near the lamp.
            let strength = 1.15 * cos * reach / (square + 0.4 * reach);
            if strength > 0.01 && (!lamp.casts_shadow || self.is_lit(point, lamp.position)) {
                light += strength * lamp.colour;
            }
        }
        hit.albedo * (light + hit.glow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn development_is_monotone_from_black_to_white() {
        let values: Vec<u8> =
            (0..400).map(|i| developed(Vec3::splat(i as f32 / 100.0))[0]).collect();
        assert!(values.is_sorted());
        assert_eq!((values[0], values[25]), (0, 128)); // √0.25 = ½
        assert!(values[399] >= 254);
    }

    #[test]
    fn depth_and_normals_agree_with_the_room() {
        let mut scene = Scene::room(1, 3);
        (scene.groups, scene.openings) = Default::default();
        let position = scene.size.with_z(2.0) * Vec3A::new(0.5, 0.5, 0.5);
        let camera = Camera::looking_at(position, position + Vec3A::X, 1.0);
        let view = render(&scene, &camera, 8).unwrap();
        assert!((view.depth[[8, 8]] - scene.size.x / 2.0).abs() < 1e-4);
        assert!((view.normal[[2, 8, 8]] - 1.0).abs() < 1e-6);
        assert!(view.depth.iter().all(|d| d.is_finite()));
    }
}
