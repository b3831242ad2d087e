//! Cameras: where one can stand in a scene and what is worth looking at.

use glam::{Mat3A, Vec3A};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::room::stream;
use crate::scene::Scene;
use crate::shape::Ray;

/// A pinhole camera without roll, its image square.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    /// Where it stands, metres.
    pub position: Vec3A,
    /// Where it looks: radians from +x towards +y.
    pub yaw: f32,
    /// Radians above the horizon.
    pub pitch: f32,
    /// Field of view, radians.
    pub fov: f32,
}

/// A camera keeps this far from everything, metres.
const CLEARANCE: f32 = 0.3;
/// Places, and then views, that are tried for a camera.
const TRIES: usize = 60;

impl Camera {
    /// The rotation from the camera's frame (x right, y up, looking along −z) to the world.
    pub fn rotation(&self) -> Mat3A {
        let (sin, cos) = self.yaw.sin_cos();
        let (up, level) = self.pitch.sin_cos();
        let forward = Vec3A::new(level * cos, level * sin, up);
        let right = Vec3A::new(sin, -cos, 0.0);
        Mat3A::from_cols(right, right.cross(forward), -forward)
    }

    /// The three vanishing directions: the world's axes in the camera's frame, after a turn of
    /// the world by the multiple of 90° that brings the view nearest to +x (definition 14).
    pub fn vanishing_points(&self) -> [f32; 9] {
        let quarter = std::f32::consts::FRAC_PI_2;
        let yaw = self.yaw - quarter * (self.yaw / quarter).round();
        let to_camera = Self { yaw, ..*self }.rotation().transpose();
        let mut nine = [0.0; 9];
        for (three, axis) in nine.chunks_exact_mut(3).zip(Vec3A::AXES) {
            three.copy_from_slice(&(to_camera * axis).to_array());
        }
        nine
    }
}

impl Scene {
    /// The first `n` cameras of the scene, whatever `n`: 1–1.8 m high, without roll, 55–85° wide,
    /// looking at a point of the room, at least 0.3 m from every wall and thing, and not at a
    /// bare wall close by.
    pub fn cameras(&self, n: usize) -> Vec<Camera> {
        let mut rng = stream(self.seed, self.index, 1);
        (0..n).map(|_| self.camera(&mut rng)).collect()
    }

    /// Distance of a point in the room from the nearest wall or bounds of a piece, metres.
    pub fn clearance(&self, point: Vec3A) -> f32 {
        let wall = point.min(self.size - point).min_element();
        self.groups.iter().map(|group| group.bounds.distance(point)).fold(wall, f32::min)
    }

    /// The best of several views, or the first that is good enough.
    fn camera(&self, rng: &mut ChaCha8Rng) -> Camera {
        let mut best = (f32::NEG_INFINITY, None);
        for _ in 0..TRIES {
            let camera = self.draw(rng);
            let interest = self.interest(&camera);
            if interest > best.0 {
                best = (interest, Some(camera));
            }
            if interest >= 1.0 {
                break;
            }
        }
        best.1.expect("interest is a number above minus infinity")
    }

    fn draw(&self, rng: &mut ChaCha8Rng) -> Camera {
        let mut place = (f32::NEG_INFINITY, self.size * 0.5);
        for _ in 0..TRIES {
            let share = Vec3A::new(rng.random(), rng.random(), 0.0);
            let height = rng.random_range(1.0..1.8_f32.min(self.size.z - CLEARANCE));
            let point = (share * self.size).with_z(height);
            let clearance = self.clearance(point);
            if clearance > place.0 {
                place = (clearance, point);
            }
            if clearance >= CLEARANCE {
                break;
            }
        }
        let position = place.1;
        let target = self.target(rng);
        let to = target - position;
        Camera {
            position,
            yaw: to.y.atan2(to.x),
            pitch: to.z.atan2(to.x.hypot(to.y)).clamp(-0.75, 0.35),
            fov: rng.random_range(55.0..85.0_f32).to_radians(),
        }
    }

    /// A point to look at: on a piece of furniture, or else anywhere but in the highest metre.
    fn target(&self, rng: &mut ChaCha8Rng) -> Vec3A {
        let share = Vec3A::new(rng.random(), rng.random(), rng.random());
        if !self.groups.is_empty() && rng.random_bool(0.6) {
            let bounds = self.groups[rng.random_range(0..self.groups.len())].bounds;
            // Lamps at the ceiling would fill the view with ceiling.
            if bounds.min.z < 1.6 {
                return bounds.min + share * (bounds.max - bounds.min);
            }
        }
        share * self.size.with_z(self.size.z - 1.0) + Vec3A::Z * 0.1
    }

    /// How much there is to see, from rays through a coarse grid: 1 and more is good enough.
    fn interest(&self, camera: &Camera) -> f32 {
        const GRID: usize = 8;
        let (rotation, half) = (camera.rotation(), (camera.fov / 2.0).tan());
        let (mut seen, mut near, mut holes, mut sum) = (Vec::new(), 0, 0, 0.0);
        for cell in 0..GRID * GRID {
            let at = |i: usize| (2.0 * (i as f32 + 0.5) / GRID as f32 - 1.0) * half;
            let ray = Vec3A::new(at(cell % GRID), at(cell / GRID), -1.0);
            let hit = self.cast(&Ray::new(camera.position, rotation * ray), 0.0);
            seen.push((hit.group, hit.class, hit.normal.to_array().map(|n| n > 0.5)));
            near += usize::from(hit.t < 0.7);
            holes += usize::from(hit.t.is_infinite());
            sum += hit.t.min(7.0);
        }
        let cells = seen.len() as f32;
        seen.sort_unstable();
        let pieces = seen.chunk_by(|a, b| a.0 == b.0).filter(|c| c[0].0.is_some()).count();
        let largest = seen.chunk_by(|a, b| a == b).map(<[_]>::len).max().unwrap_or(0) as f32;
        let scores = [
            pieces as f32 / 3.0,
            1.5 - largest / cells,
            sum / cells / 1.6,
            1.2 - 4.0 * near as f32 / cells,
            1.2 - 2.0 * holes as f32 / cells,
        ];
        scores.into_iter().fold(f32::INFINITY, f32::min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn vanishing_points_by_hand() {
        let camera = Camera { position: Vec3A::ZERO, yaw: 0.0, pitch: 0.0, fov: 1.0 };
        let east = camera.vanishing_points();
        // Looking along +x: x is −z of the camera, y is to the left, z is up.
        assert_eq!(east.map(|v| v + 0.0), [0.0, 0.0, -1.0, -1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
        let west = Camera { yaw: std::f32::consts::PI, ..camera }.vanishing_points();
        assert!(east.iter().zip(west).all(|(a, b)| (a - b).abs() < 1e-6));
    }

    #[test]
    fn cameras_stand_free_and_see_something() {
        for index in 0..60 {
            let scene = Scene::room(11, index);
            for camera in scene.cameras(5) {
                let clearance = scene.clearance(camera.position);
                assert!(clearance >= CLEARANCE - 1e-4, "{index}: {clearance} m");
                assert!((1.0..=1.8).contains(&camera.position.z));
                let ray = Ray::new(camera.position, -camera.rotation().z_axis);
                assert!(scene.cast(&ray, 0.0).t > CLEARANCE);
            }
        }
    }

    #[test]
    fn more_cameras_begin_with_the_same() {
        let scene = Scene::room(2, 4);
        assert_eq!(scene.cameras(6)[..3], scene.cameras(3)[..]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn rotations_are_orthonormal_and_vanishing_points_unit(
            yaw in -4.0_f32..4.0, pitch in -1.0_f32..1.0,
        ) {
            let camera = Camera { position: Vec3A::ZERO, yaw, pitch, fov: 1.0 };
            let r = camera.rotation();
            prop_assert!((r.determinant() - 1.0).abs() < 1e-5);
            prop_assert!((r * r.transpose()).abs_diff_eq(Mat3A::IDENTITY, 1e-5));
            let points = camera.vanishing_points();
            for three in points.chunks(3) {
                prop_assert!((Vec3A::from_slice(three).length() - 1.0).abs() < 1e-5);
            }
            // The view lies within 45° of the first axis, level with the horizon.
            prop_assert!(points[2] <= -(0.5_f32.sqrt()) * pitch.cos() + 1e-4);
        }
    }
}
