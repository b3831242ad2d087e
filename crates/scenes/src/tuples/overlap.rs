//! Whether two cameras see the same part of a scene.

use glam::{Mat3A, Vec3A};

use crate::camera::Camera;
use crate::shape::Ray;
use crate::tree::Tree;

/// Rays a side through an image.
const GRID: usize = 8;
/// Two views overlap where at least this share of the points of both is seen by the other.
const SHARED: f32 = 0.1;
/// A point is seen where a ray to it ends as near to it as this, metres.
const TOLERANCE: f32 = 0.01;

/// What a camera sees: points of surfaces on a coarse grid of its image.
pub(super) struct Sights {
    position: Vec3A,
    to_camera: Mat3A,
    half: f32,
    points: Vec<Vec3A>,
}

impl Sights {
    pub fn new(tree: &Tree, camera: &Camera) -> Self {
        let (rotation, half) = (camera.rotation(), (camera.fov / 2.0).tan());
        let at = |i: usize| (2.0 * (i as f32 + 0.5) / GRID as f32 - 1.0) * half;
        let points = (0..GRID * GRID).filter_map(|cell| {
            let direction = rotation * Vec3A::new(at(cell % GRID), at(cell / GRID), -1.0);
            let ray = Ray::new(camera.position, direction);
            let t = tree.cast(&ray, 0.0).t;
            t.is_finite().then(|| ray.at(t))
        });
        let points = points.collect();
        Self { position: camera.position, to_camera: rotation.transpose(), half, points }
    }

    /// Whether a tenth of the points of both views is seen in the other too.
    pub fn overlap(&self, other: &Self, tree: &Tree) -> bool {
        let seen = |camera: &Self, points: &[Vec3A]| {
            points.iter().filter(|&&point| camera.sees(point, tree)).count()
        };
        let shared = seen(self, &other.points) + seen(other, &self.points);
        shared as f32 >= SHARED * (2 * GRID * GRID) as f32
    }

    /// Whether a point is in the frustum and in line of sight.
    fn sees(&self, point: Vec3A, tree: &Tree) -> bool {
        let local = self.to_camera * (point - self.position);
        let edge = -local.z * self.half;
        if local.z >= 0.0 || local.x.abs() > edge || local.y.abs() > edge {
            return false;
        }
        let to = point - self.position;
        let met = tree.cast(&Ray::new(self.position, to), 0.0).t;
        (met - 1.0).abs() * to.length() < TOLERANCE
    }
}
