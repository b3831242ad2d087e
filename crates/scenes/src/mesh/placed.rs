//! A mesh in the frame of a group.

use std::sync::Arc;

use glam::Vec3A;

use crate::bounds::{Bounds, Ray};
use crate::hit::{Hit, Met, Place};
use crate::mesh::{Mesh, Sight};
use crate::scene::Group;
use crate::thing::Thing;

/// A mesh in the frame of a group: its point p is at scale·p + offset.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// The triangles.
    pub mesh: Arc<Mesh>,
    /// By how much it is stretched along each axis, none of them 0; two negative ones turn it.
    pub scale: Vec3A,
    /// Where its origin is.
    pub offset: Vec3A,
    /// What it is, whatever its materials say.
    pub thing: Option<Thing>,
}

impl Placed {
    /// A mesh as it is.
    pub fn new(mesh: Arc<Mesh>, thing: Option<Thing>) -> Self {
        Self { mesh, scale: Vec3A::ONE, offset: Vec3A::ZERO, thing }
    }

    /// The smallest box around it.
    pub fn bounds(&self) -> Bounds {
        let Bounds { min, max } = self.mesh.bounds();
        let [a, b] = [min, max].map(|corner| self.scale * corner + self.offset);
        Bounds { min: a.min(b), max: a.max(b) }
    }

    /// A ray of the group's frame in that of the mesh; t stays.
    fn inward(&self, ray: &Ray) -> Ray {
        Ray::new((ray.origin - self.offset) / self.scale, ray.direction / self.scale)
    }

    /// Whether a ray of the group's frame meets it before `far`.
    pub(crate) fn blocks(&self, ray: &Ray, far: f32) -> bool {
        self.mesh.blocks(&self.inward(ray), far)
    }

    /// Distance of a point of the group's frame from it, or `far` if that is less; as if it were
    /// stretched evenly.
    pub(crate) fn distance(&self, point: Vec3A, far: f32) -> f32 {
        let least = self.scale.abs().min_element();
        let at = (point - self.offset) / self.scale;
        least * self.mesh.distance(at, far / least)
    }
}

impl Group {
    /// Where a ray of the group's frame meets the group's mesh before `far`: the number of the
    /// triangle takes the place of the primitive's.
    pub(crate) fn meets_mesh(&self, local: &Ray, far: f32, group: usize) -> Option<Met> {
        let placed = self.mesh.as_ref()?;
        let ray = placed.inward(local);
        let (t, primitive) = placed.mesh.hit(&ray, far)?;
        let normal = placed.mesh.flat_normal(primitive, &ray) / placed.scale;
        Some(Met { t, normal: normal.normalize_or(Vec3A::Z), group, primitive })
    }

    /// What a ray of the group's frame sees of the mesh where it meets it.
    pub(crate) fn sees_mesh(&self, placed: &Placed, local: &Ray, met: &Met, pixel: f32) -> Hit {
        let ray = placed.inward(local);
        // Along the ray lengths of the mesh are to those of the group as t·direction are.
        let shrink = ray.direction.length() / local.direction.length();
        let slant = met.normal.dot(local.direction).abs() / local.direction.length();
        let footprint = met.t * pixel * shrink / slant.max(0.05).sqrt();
        let Sight { normal, curvature, material, colour, patch } =
            placed.mesh.sight(met.primitive, &ray, met.t, placed.scale, footprint);
        Hit {
            t: met.t,
            normal: self.outward(normal),
            place: Place::Part { group: met.group, primitive: usize::from(patch) },
            thing: placed.thing.or(material.thing).unwrap_or(Thing::Unknown),
            curvature,
            albedo: colour,
            glow: material.glow,
            gloss: material.gloss,
        }
    }
}
