//! The four primitives and where a ray meets them.

use glam::Vec3A;

/// A ray o + t·d; d need not have unit length.
#[derive(Debug, Clone, Copy)]
pub struct Ray {
    /// Where it begins.
    pub origin: Vec3A,
    /// Where it goes; no component is 0 (see [`Ray::new`]).
    pub direction: Vec3A,
    inverse: Vec3A,
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
    fn span(&self, ray: &Ray, far: f32) -> Option<(f32, f32, Vec3A)> {
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

/// A primitive, upright in the frame of its piece of furniture; lengths in metres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape {
    /// A box.
    Cuboid(Bounds),
    /// An upright cylinder on its base.
    Cylinder {
        /// Centre of the base.
        base: Vec3A,
        /// Radius.
        radius: f32,
        /// Height.
        height: f32,
    },
    /// An upright cone, possibly cut off.
    Cone {
        /// Centre of the base.
        base: Vec3A,
        /// Radius at the base.
        bottom: f32,
        /// Radius at the top; 0 for a pointed cone.
        top: f32,
        /// Height.
        height: f32,
    },
    /// A sphere.
    Sphere {
        /// Centre.
        centre: Vec3A,
        /// Radius.
        radius: f32,
    },
}

/// Nearer than this a ray sees nothing: it may have begun on that very surface.
const NEAR: f32 = 1e-4;

impl Shape {
    /// The smallest box around it.
    pub fn bounds(&self) -> Bounds {
        let upright = |base: Vec3A, r: f32, height: f32| Bounds {
            min: base - Vec3A::new(r, r, 0.0),
            max: base + Vec3A::new(r, r, height),
        };
        match *self {
            Self::Cuboid(bounds) => bounds,
            Self::Cylinder { base, radius, height } => upright(base, radius, height),
            Self::Cone { base, bottom, top, height } => upright(base, bottom.max(top), height),
            Self::Sphere { centre, radius } => {
                let r = Vec3A::splat(radius);
                Bounds { min: centre - r, max: centre + r }
            }
        }
    }

    /// The first t below `far` at which the ray enters, and the unit normal there. A ray that
    /// begins inside meets nothing.
    pub fn hit(&self, ray: &Ray, far: f32) -> Option<(f32, Vec3A)> {
        match *self {
            Self::Cuboid(bounds) => {
                let (near, _, enter) = bounds.span(ray, far)?;
                let side = Vec3A::select(
                    enter.cmpeq(Vec3A::splat(near)),
                    -ray.direction.signum(),
                    Vec3A::ZERO,
                );
                (near > NEAR).then(|| (near, side.normalize()))
            }
            Self::Cylinder { base, radius, height } => {
                frustum(ray, far, base, radius, radius, height)
            }
            Self::Cone { base, bottom, top, height } => {
                frustum(ray, far, base, bottom, top, height)
            }
            Self::Sphere { centre, radius } => {
                // From the point of the ray nearest to the centre: precise for small spheres too.
                let o = ray.origin - centre;
                let squared = ray.direction.length_squared();
                let middle = -o.dot(ray.direction) / squared;
                let inside = radius * radius - (o + middle * ray.direction).length_squared();
                if inside < 0.0 || o.length_squared() < radius * radius {
                    return None;
                }
                let t = middle - (inside / squared).sqrt();
                let normal = (o + t * ray.direction).normalize_or_zero();
                (t > NEAR && t < far).then_some((t, normal))
            }
        }
    }
}

/// An upright cone with the radius r(z) = bottom + slope·z, cut off at both ends.
fn frustum(
    ray: &Ray,
    far: f32,
    base: Vec3A,
    bottom: f32,
    top: f32,
    height: f32,
) -> Option<(f32, Vec3A)> {
    let (o, d) = (ray.origin - base, ray.direction);
    let slope = (top - bottom) / height;
    let radius = bottom + slope * o.z;
    let a = d.x * d.x + d.y * d.y - slope * slope * d.z * d.z;
    let b = o.x * d.x + o.y * d.y - slope * d.z * radius;
    let c = o.x * o.x + o.y * o.y - radius * radius;
    let mut best: Option<(f32, Vec3A)> = None;
    let mut keep = |t: f32, normal: Vec3A| {
        // Only where the ray goes in: the inside is never seen.
        if t > NEAR && t < best.map_or(far, |b| b.0) && normal.dot(d) < 0.0 {
            best = Some((t, normal));
        }
    };
    let root = b * b - a * c;
    if root >= 0.0 && a.abs() > 1e-12 {
        for t in [(-b - root.sqrt()) / a, (-b + root.sqrt()) / a] {
            let p = o + t * d;
            if p.z > 0.0 && p.z < height {
                let r = (p.x * p.x + p.y * p.y).sqrt();
                keep(t, Vec3A::new(p.x, p.y, -slope * r).normalize_or_zero());
            }
        }
    }
    for (z, r, normal) in [(0.0, bottom, -Vec3A::Z), (height, top, Vec3A::Z)] {
        let t = (z - o.z) / d.z;
        let p = o + t * d;
        if p.x * p.x + p.y * p.y <= r * r {
            keep(t, normal);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shapes() -> [Shape; 4] {
        let base = Vec3A::new(1.0, 2.0, 0.0);
        [
            Shape::Cuboid(Bounds { min: base, max: base + Vec3A::new(0.5, 1.0, 2.0) }),
            Shape::Cylinder { base, radius: 0.5, height: 2.0 },
            Shape::Cone { base, bottom: 0.5, top: 0.0, height: 1.0 },
            Shape::Sphere { centre: base + Vec3A::Z, radius: 1.0 },
        ]
    }

    #[test]
    fn straight_down_meets_the_top() {
        let above = Ray::new(Vec3A::new(1.1, 2.1, 10.0), -Vec3A::Z);
        let tops = shapes().map(|s| s.hit(&above, f32::INFINITY).map(|(t, _)| 10.0 - t));
        // Box 2, cylinder 2, cone 1 − r/0.5 with r = √0.02, sphere 1 + √(1 − 0.02).
        let expected = [2.0, 2.0, 1.0 - 0.02_f32.sqrt() / 0.5, 1.0 + 0.98_f32.sqrt()];
        for (found, expected) in tops.into_iter().zip(expected) {
            assert!((found.unwrap() - expected).abs() < 1e-4, "{found:?} for {expected}");
        }
        let (_, normal) = shapes()[1].hit(&above, f32::INFINITY).unwrap();
        assert_eq!(normal, Vec3A::Z);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn hits_lie_on_the_bounds_or_within_and_face_the_ray(
            o in prop::array::uniform3(-4.0_f32..6.0), to in prop::array::uniform3(0.0_f32..1.0),
        ) {
            for shape in shapes() {
                let Bounds { min, max } = shape.bounds();
                let aim = min + Vec3A::from(to) * (max - min);
                let ray = Ray::new(Vec3A::from(o), aim - Vec3A::from(o));
                if let Some((t, normal)) = shape.hit(&ray, f32::INFINITY) {
                    prop_assert!(shape.bounds().distance(ray.at(t)) < 1e-3);
                    prop_assert!((normal.length() - 1.0).abs() < 1e-4);
                    prop_assert!(normal.dot(ray.direction) <= 0.0);
                    prop_assert!(shape.bounds().meets(&ray, f32::INFINITY));
                    prop_assert!(shape.hit(&ray, t * 0.99).is_none());
                }
            }
        }
    }
}
