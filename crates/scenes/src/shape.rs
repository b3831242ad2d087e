//! The primitives and where a ray meets them.

use glam::Vec3A;

pub use crate::bounds::{Bounds, Ray};

/// A primitive in the frame of its piece of furniture; lengths in metres. All are convex solids.
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
    /// An ellipsoid with its axes along the frame's.
    Ellipsoid {
        /// Centre.
        centre: Vec3A,
        /// Half the lengths of its axes.
        radii: Vec3A,
    },
    /// A cylinder in any direction.
    Rod {
        /// Centre of one end.
        from: Vec3A,
        /// Centre of the other end.
        to: Vec3A,
        /// Radius.
        radius: f32,
    },
    /// What is left of a box behind a plane: the points p of it with normal·p ≤ offset.
    Wedge {
        /// The box.
        bounds: Bounds,
        /// Unit normal of the plane.
        normal: Vec3A,
        /// Of the plane along its normal.
        offset: f32,
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
            Self::Cuboid(bounds) | Self::Wedge { bounds, .. } => bounds,
            Self::Cylinder { base, radius, height } => upright(base, radius, height),
            Self::Cone { base, bottom, top, height } => upright(base, bottom.max(top), height),
            Self::Sphere { centre, radius } => {
                let r = Vec3A::splat(radius);
                Bounds { min: centre - r, max: centre + r }
            }
            Self::Ellipsoid { centre, radii } => {
                Bounds { min: centre - radii, max: centre + radii }
            }
            Self::Rod { from, to, radius } => {
                let axis = (to - from).normalize_or_zero();
                let r = (Vec3A::ONE - axis * axis).max(Vec3A::ZERO).map(f32::sqrt) * radius;
                Bounds { min: from.min(to) - r, max: from.max(to) + r }
            }
        }
    }

    /// The same, moved.
    #[must_use]
    pub fn moved(self, by: Vec3A) -> Self {
        let shifted = |b: Bounds| Bounds { min: b.min + by, max: b.max + by };
        match self {
            Self::Cuboid(bounds) => Self::Cuboid(shifted(bounds)),
            Self::Cylinder { base, radius, height } => {
                Self::Cylinder { base: base + by, radius, height }
            }
            Self::Cone { base, bottom, top, height } => {
                Self::Cone { base: base + by, bottom, top, height }
            }
            Self::Sphere { centre, radius } => Self::Sphere { centre: centre + by, radius },
            Self::Ellipsoid { centre, radii } => Self::Ellipsoid { centre: centre + by, radii },
            Self::Rod { from, to, radius } => Self::Rod { from: from + by, to: to + by, radius },
            Self::Wedge { bounds, normal, offset } => {
                Self::Wedge { bounds: shifted(bounds), normal, offset: offset + normal.dot(by) }
            }
        }
    }

    /// How far a point is from it at least; 0 within its box, for a wedge also behind its plane.
    pub fn distance(&self, point: Vec3A) -> f32 {
        let from_box = self.bounds().distance(point);
        match *self {
            Self::Wedge { normal, offset, .. } => from_box.max(normal.dot(point) - offset),
            _ => from_box,
        }
    }

    /// The first t below `far` at which the ray enters, and the unit normal there. A ray that
    /// begins inside meets nothing.
    pub fn hit(&self, ray: &Ray, far: f32) -> Option<(f32, Vec3A)> {
        match *self {
            Self::Cuboid(bounds) => {
                let (near, _, enter) = bounds.span(ray, far)?;
                (near > NEAR).then(|| (near, entered(ray, near, enter)))
            }
            Self::Cylinder { base, radius, height } => {
                frustum(ray, far, base, radius, radius, height)
            }
            Self::Cone { base, bottom, top, height } => {
                frustum(ray, far, base, bottom, top, height)
            }
            Self::Sphere { centre, radius } => {
                // From the point of the ray nearest to the centre: precise for small spheres too.
                let (t, at) = ball(ray.origin - centre, ray.direction, far, radius)?;
                Some((t, at.normalize_or_zero()))
            }
            Self::Ellipsoid { centre, radii } => {
                // A unit sphere in a space that is stretched: t stays, normals shrink once more.
                let (t, at) = ball((ray.origin - centre) / radii, ray.direction / radii, far, 1.0)?;
                Some((t, (at / radii).normalize_or_zero()))
            }
            Self::Rod { from, to, radius } => rod(ray, far, from, to - from, radius),
            Self::Wedge { bounds, normal, offset } => {
                let (near, leave, enter) = bounds.span(ray, far)?;
                let towards = normal.dot(ray.direction);
                let t = (offset - normal.dot(ray.origin)) / towards;
                if towards < 0.0 && t > near {
                    return (t <= leave && t > NEAR && t < far).then_some((t, normal));
                }
                let cut = towards >= 0.0 && t < near;
                (near > NEAR && !cut).then(|| (near, entered(ray, near, enter)))
            }
        }
    }
}

/// The normal of the side of a box through which a ray enters.
fn entered(ray: &Ray, near: f32, enter: Vec3A) -> Vec3A {
    let side = enter.cmpeq(Vec3A::splat(near));
    Vec3A::select(side, -ray.direction.signum(), Vec3A::ZERO).normalize()
}

/// Where the line o + t·d enters a ball around 0, as t and the point.
fn ball(o: Vec3A, d: Vec3A, far: f32, radius: f32) -> Option<(f32, Vec3A)> {
    let squared = d.length_squared();
    let middle = -o.dot(d) / squared;
    let inside = radius * radius - (o + middle * d).length_squared();
    if inside < 0.0 || o.length_squared() < radius * radius {
        return None;
    }
    let t = middle - (inside / squared).sqrt();
    (t > NEAR && t < far).then_some((t, o + t * d))
}

/// A cylinder around `axis` from `from` to `from + axis`.
fn rod(ray: &Ray, far: f32, from: Vec3A, axis: Vec3A, radius: f32) -> Option<(f32, Vec3A)> {
    let (o, d) = (ray.origin - from, ray.direction);
    let long = axis.length_squared();
    // Across the axis, everything times the axis's squared length.
    let (along_o, along_d) = (axis.dot(o), axis.dot(d));
    let a = long * d.length_squared() - along_d * along_d;
    let b = long * o.dot(d) - along_o * along_d;
    let c = long * o.length_squared() - along_o * along_o - radius * radius * long;
    let root = b * b - a * c;
    if root < 0.0 {
        return None;
    }
    let t = (-b - root.sqrt()) / a;
    let along = along_o + t * along_d;
    let (t, normal) = if a > 1e-12 && along > 0.0 && along < long {
        (t, o + t * d - axis * (along / long))
    } else {
        // Through the end that the ray comes from, if it is within the end's circle.
        let (end, out) = if along_d > 0.0 { (0.0, -axis) } else { (long, axis) };
        let t = (end - along_o) / along_d;
        let within = (a * t * t + 2.0 * b * t + c) <= 0.0;
        if !within {
            return None;
        }
        (t, out)
    };
    (t > NEAR && t < far).then(|| (t, normal.normalize_or_zero()))
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

    fn shapes() -> [Shape; 7] {
        let base = Vec3A::new(1.0, 2.0, 0.0);
        let bounds = Bounds { min: base, max: base + Vec3A::new(0.5, 1.0, 2.0) };
        // From the lower edge at y = 2 to the upper edge at y = 3, solid below.
        let normal = Vec3A::new(0.0, -2.0, 1.0).normalize();
        [
            Shape::Cuboid(bounds),
            Shape::Cylinder { base, radius: 0.5, height: 2.0 },
            Shape::Cone { base, bottom: 0.5, top: 0.0, height: 1.0 },
            Shape::Sphere { centre: base + Vec3A::Z, radius: 1.0 },
            Shape::Ellipsoid { centre: base + Vec3A::Z, radii: Vec3A::new(1.0, 0.5, 0.25) },
            Shape::Rod { from: base, to: base + Vec3A::new(1.0, 0.5, 1.0), radius: 0.2 },
            Shape::Wedge { bounds, normal, offset: normal.dot(base) },
        ]
    }

    #[test]
    fn straight_down_meets_the_top() {
        let above = Ray::new(Vec3A::new(1.1, 2.1, 10.0), -Vec3A::Z);
        let tops = shapes().map(|s| s.hit(&above, f32::INFINITY).map(|(t, _)| 10.0 - t));
        // Box 2, cylinder 2, cone 1 − r/0.5 with r = √0.02, sphere 1 + √(1 − 0.02), ellipsoid
        // 1 + ¼√(1 − 0.01 − 0.04), the wedge twice as high as it is deep.
        let expected = [
            2.0,
            2.0,
            1.0 - 0.02_f32.sqrt() / 0.5,
            1.0 + 0.98_f32.sqrt(),
            1.0 + 0.25 * 0.95_f32.sqrt(),
        ];
        for (found, expected) in tops.into_iter().zip(expected) {
            assert!((found.unwrap() - expected).abs() < 1e-4, "{found:?} for {expected}");
        }
        assert!((tops[6].unwrap() - 0.2).abs() < 1e-4);
        let (_, normal) = shapes()[1].hit(&above, f32::INFINITY).unwrap();
        assert_eq!(normal, Vec3A::Z);
    }

    #[test]
    fn an_upright_rod_is_a_cylinder_and_a_lying_one_is_met_at_its_ends() {
        let base = Vec3A::new(1.0, 2.0, 0.5);
        let upright = Shape::Rod { from: base, to: base + Vec3A::Z, radius: 0.3 };
        let cylinder = Shape::Cylinder { base, radius: 0.3, height: 1.0 };
        for i in 0..400 {
            let (x, z) = ((i % 20) as f32 * 0.1 + 0.037, (i / 20) as f32 * 0.1 + 0.023);
            let aim = Vec3A::new(x, 2.0, z);
            let ray = Ray::new(Vec3A::new(0.3, -1.0, 2.5), aim - Vec3A::new(0.3, -1.0, 2.5));
            let [a, b] = [upright, cylinder].map(|s| s.hit(&ray, f32::INFINITY));
            match (a, b) {
                (Some((t, n)), Some((u, m))) => {
                    assert!((t - u).abs() < 1e-4 && n.distance(m) < 1e-3, "{i}: {a:?} {b:?}");
                }
                _ => assert_eq!(a.is_some(), b.is_some(), "{i}: {a:?} {b:?}"),
            }
        }
        let lying = Shape::Rod { from: base, to: base + Vec3A::X, radius: 0.3 };
        let ray = Ray::new(Vec3A::new(5.0, 2.1, 0.6), -Vec3A::X);
        let (t, normal) = lying.hit(&ray, f32::INFINITY).unwrap();
        assert!((t - 3.0).abs() < 1e-4 && normal.distance(Vec3A::X) < 1e-4);
        assert_eq!(lying.hit(&ray, 2.9), None);
    }

    #[test]
    fn only_the_solid_half_of_a_wedge_counts() {
        let wedge = shapes()[6];
        // In the cut-away half, 1 m above the slope's middle: 1·cos of the slope's angle.
        let free = Vec3A::new(1.2, 2.25, 1.5);
        assert!((wedge.distance(free) - 1.0 / 5.0_f32.sqrt()).abs() < 1e-5);
        assert!(wedge.distance(Vec3A::new(1.2, 2.9, 0.5)) <= 0.0);
        let level = Ray::new(Vec3A::new(1.2, 0.0, 1.0), Vec3A::Y);
        let (t, normal) = wedge.hit(&level, f32::INFINITY).unwrap();
        assert!((t - 2.5).abs() < 1e-4 && normal.z > 0.0 && normal.y < 0.0);
        assert_eq!(wedge.hit(&Ray::new(Vec3A::new(0.0, 2.1, 1.9), Vec3A::X), 9.0), None);
        let moved = wedge.moved(Vec3A::new(0.0, 1.0, -1.0));
        assert!(
            (moved.distance(free + Vec3A::new(0.0, 1.0, -1.0)) - wedge.distance(free)).abs() < 1e-5
        );
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
                    prop_assert!(shape.distance(ray.at(t)) < 1e-3);
                    prop_assert!((normal.length() - 1.0).abs() < 1e-4);
                    prop_assert!(normal.dot(ray.direction) <= 0.0);
                    prop_assert!(shape.bounds().meets(&ray, f32::INFINITY));
                    prop_assert!(shape.hit(&ray, t * 0.99).is_none());
                    let by = Vec3A::new(0.3, -0.2, 0.1);
                    let beside = Ray::new(ray.origin + by, ray.direction);
                    let (u, _) = shape.moved(by).hit(&beside, f32::INFINITY).unwrap_or((t, normal));
                    prop_assert!((t - u).abs() < 1e-2 * t.max(1.0));
                }
            }
        }
    }
}
