//! Rays, boxes along the axes, and where the ones meet the others.

use glam::Vec3A;

/// A ray o + t·d; d need not have unit length.
#[derive(Debug, Clone, Copy)]
pub struct Ray {
    /// Where it begins.
    pub origin: Vec3A,
    /// Where it goes; no component is 0 (see [`Ray::new`]).
    pub direction: Vec3A,
    pub(crate) inverse: Vec3A,
}

impl Ray {
    /// A ray; components of the direction too small to divide by become 1e-8.
    pub fn new(origin: Vec3A, direction: Vec3A) -> Self {
        let tiny = direction.abs().cmplt(Vec3A::splat(1e-8));
        let direction = Vec3A::select(tiny, Vec3A::splat(1e-8), direction);
        Self { origin, direction, inverse: direction.recip() }
    }

    /// The point at t.
    pub fn at(&self, t: f32) -> Vec3A {
        self.origin + t * self.direction
    }
}

/// A box with its sides along the axes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// The corner with the smallest coordinates.
    pub min: Vec3A,
    /// The corner with the largest coordinates.
    pub max: Vec3A,
}

impl Bounds {
    /// Contains nothing.
    pub const EMPTY: Self =
        Self { min: Vec3A::splat(f32::INFINITY), max: Vec3A::splat(f32::NEG_INFINITY) };

    /// The smallest box around both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self { min: self.min.min(other.min), max: self.max.max(other.max) }
    }

    /// Whether the insides meet.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.min.cmplt(other.max).all() && other.min.cmplt(self.max).all()
    }

    /// Distance of a point from the box, 0 inside.
    pub fn distance(&self, point: Vec3A) -> f32 {
        (point - point.clamp(self.min, self.max)).length()
    }

    /// Where a ray enters and leaves, if it does at some t between 0 and `far`.
    pub(crate) fn span(&self, ray: &Ray, far: f32) -> Option<(f32, f32, Vec3A)> {
        let a = (self.min - ray.origin) * ray.inverse;
        let b = (self.max - ray.origin) * ray.inverse;
        let enter = a.min(b);
        let (near, leave) = (enter.max_element(), a.max(b).min_element());
        (near <= leave && leave > 0.0 && near < far).then_some((near, leave, enter))
    }

    /// Whether a ray meets the box at some t between 0 and `far`.
    pub fn meets(&self, ray: &Ray, far: f32) -> bool {
        self.span(ray, far).is_some()
    }
}
