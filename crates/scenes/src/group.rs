//! What stands together in a scene: primitives, or a mesh.

use glam::Vec3A;

use crate::class::Class;
use crate::mesh::Placed;
use crate::shape::{Bounds, Ray, Shape};
use crate::texture::Texture;
use crate::thing::Thing;

/// A primitive with its material.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Primitive {
    /// Where it is, in the frame of its group.
    pub shape: Shape,
    /// What it looks like.
    pub texture: Texture,
    /// What it is part of.
    pub thing: Thing,
    /// Which of the things of its group that is: there may be several of a kind.
    pub object: u16,
    /// Light it gives off, as a factor of its colour.
    pub glow: f32,
}

impl Primitive {
    /// The class of the thing that it is part of.
    pub fn class(&self) -> Class {
        self.thing.class()
    }
}

/// Primitives that stand together, a piece of furniture, or else an object of a model.
///
/// Its frame is the world's turned by `yaw` about the vertical and moved to `origin`.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Where its frame begins.
    pub origin: Vec3A,
    /// Cosine and sine of its yaw.
    pub turn: (f32, f32),
    /// Its primitives.
    pub primitives: Vec<Primitive>,
    /// Its triangles; where there are some, there are no primitives.
    pub mesh: Option<Placed>,
    /// The smallest upright box around it, in the world.
    pub bounds: Bounds,
}

impl Group {
    /// Puts primitives at a place, turned by `yaw` radians about the vertical.
    pub fn new(primitives: Vec<Primitive>, origin: Vec3A, yaw: f32) -> Self {
        let (turn, bounds) = (quarter(yaw), Bounds::EMPTY);
        let mut group = Self { origin, turn, primitives, mesh: None, bounds };
        group.bounds = group.parts().fold(Bounds::EMPTY, Bounds::union);
        group
    }

    /// Puts a mesh at a place, turned as another group is.
    pub fn of_mesh(mesh: Placed, origin: Vec3A, turn: (f32, f32)) -> Self {
        let (primitives, bounds) = (Vec::new(), mesh.bounds());
        let mut group = Self { origin, turn, primitives, mesh: Some(mesh), bounds };
        group.bounds = group.around(bounds);
        group
    }

    /// The smallest upright box around each primitive, in the world.
    pub fn parts(&self) -> impl Iterator<Item = Bounds> {
        self.primitives.iter().map(|primitive| self.around(primitive.shape.bounds()))
    }

    /// The smallest upright box, in the world, around one of the group's frame.
    fn around(&self, Bounds { min, max }: Bounds) -> Bounds {
        let (centre, half) = (0.5 * (min + max), 0.5 * (max - min));
        let (cos, sin) = (self.turn.0.abs(), self.turn.1.abs());
        let reach = Vec3A::new(cos * half.x + sin * half.y, sin * half.x + cos * half.y, half.z);
        let middle = self.origin + self.outward(centre);
        Bounds { min: middle - reach, max: middle + reach }
    }

    /// The class of what it is: of its first primitive, or of its mesh.
    fn class(&self) -> Option<Class> {
        let first = self.primitives.first().map(Primitive::class);
        first.or_else(|| Some(self.mesh.as_ref()?.thing?.class()))
    }

    /// Whether it is part of the building: then it may be hollow, and each of its parts counts.
    pub fn is_structure(&self) -> bool {
        self.class().is_some_and(Class::is_structure)
    }

    /// Distance of a point from it, in metres: from the box around a piece of furniture, from the
    /// parts of a structure.
    pub fn distance(&self, point: Vec3A) -> f32 {
        if !self.is_structure() {
            return self.bounds.distance(point);
        }
        self.surface_distance(point, f32::INFINITY)
    }

    /// Distance of a point from its surfaces, or from the boxes around its primitives; `far` if
    /// that is less.
    pub(crate) fn surface_distance(&self, point: Vec3A, far: f32) -> f32 {
        let local = self.inward(point - self.origin);
        if let Some(placed) = &self.mesh {
            return placed.distance(local, far);
        }
        self.primitives.iter().map(|p| p.shape.distance(local)).fold(far, f32::min)
    }

    /// Whether it is a piece of furniture: a thing with a lamp on it is, a lamp alone is none.
    pub fn is_furniture(&self) -> bool {
        self.class().is_some_and(Class::is_furniture)
    }

    /// A direction of the group's frame in the world.
    pub fn outward(&self, v: Vec3A) -> Vec3A {
        let (cos, sin) = self.turn;
        Vec3A::new(cos * v.x - sin * v.y, sin * v.x + cos * v.y, v.z)
    }

    /// A direction of the world in the group's frame.
    fn inward(&self, v: Vec3A) -> Vec3A {
        let (cos, sin) = self.turn;
        Vec3A::new(cos * v.x + sin * v.y, cos * v.y - sin * v.x, v.z)
    }

    /// A ray in the group's frame.
    pub(crate) fn local(&self, ray: &Ray) -> Ray {
        Ray::new(self.inward(ray.origin - self.origin), self.inward(ray.direction))
    }
}

/// Cosine and sine, exact for quarter turns so that boxes along walls stay along them.
fn quarter(yaw: f32) -> (f32, f32) {
    let snap = |v: f32| if v.abs() < 1e-6 { 0.0 } else { v };
    (snap(yaw.cos()), snap(yaw.sin()))
}
