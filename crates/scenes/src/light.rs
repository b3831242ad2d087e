//! Light: what lamps, panes and the sun give to a point, and what the room throws back.

mod bounce;
mod source;

pub(crate) use bounce::Bounce;
pub(crate) use source::Source;

use std::f32::consts::TAU;

use glam::{Vec2, Vec3, Vec3A};

use crate::class::Class;
use crate::scene::Scene;
use crate::shape::Ray;
use crate::tree::Tree;

/// All light of a scene.
pub(crate) struct Light<'a> {
    pub tree: Tree<'a>,
    /// Lamps and panes.
    pub sources: Vec<Source>,
    pub bounce: Bounce,
    /// Directions about +z of [`RAYS`] points of the even sequence, by [`cosine`].
    pub dome: Vec<Vec3A>,
    /// As many points of the unit disc.
    pub disc: Vec<Vec2>,
}

/// Rays that a block of pixels may send for one purpose.
pub(crate) const RAYS: usize = 36;

impl<'a> Light<'a> {
    pub fn new(scene: &'a Scene) -> Self {
        let tree = Tree::new(scene);
        let lamps = scene.lamps.iter().map(|&lamp| Source::Ball(lamp));
        let panes = scene.panes.iter().map(|&pane| Source::Sheet(pane));
        let sources: Vec<_> = lamps.chain(panes).collect();
        let bounce = Bounce::new(&tree, &sources);
        let dome = (0..RAYS).map(|i| cosine(Vec3A::Z, even(i))).collect();
        let disc = (0..RAYS)
            .map(|i| {
                let (u, v) = even(i);
                u.sqrt() * Vec2::from_angle(TAU * v)
            })
            .collect();
        Self { tree, sources, bounce, dome, disc }
    }

    /// Light of the sun on a point with this normal: through windows only, with sharp shadows.
    pub fn sunlight(&self, point: Vec3A, normal: Vec3A) -> Vec3 {
        let Some(sun) = self.tree.scene.sun else { return Vec3::ZERO };
        let cos = normal.dot(sun.direction);
        if cos <= 0.0 {
            return Vec3::ZERO;
        }
        let ray = Ray::new(point, sun.direction);
        let (t, side) = self.tree.scene.shell(&ray);
        let out = ray.at(t);
        if self.tree.scene.ground.is_some() {
            return if self.tree.blocked(point, out) { Vec3::ZERO } else { sun.colour * cos };
        }
        let window =
            self.tree.scene.opening(side, out).is_some_and(|(_, o)| o.class == Class::Window);
        if window && !self.tree.blocked(point, out) { sun.colour * cos } else { Vec3::ZERO }
    }

    /// Light on a point as a mirror's image needs it: at most one shadow ray a source, and for the
    /// rest what the room throws back on the average.
    pub fn coarse(&self, point: Vec3A, normal: Vec3A, shadows: bool) -> Vec3 {
        let mut sum = 0.8 * self.bounce.ambient(normal) + self.sunlight(point, normal);
        for source in &self.sources {
            let light = source.unblocked(point, normal);
            if !shadows {
                sum += 0.7 * light;
            } else if light.max_element() < WEAK
                || !self.tree.blocked(point, source.aim(point, Vec2::ZERO))
            {
                sum += light;
            }
        }
        sum
    }
}

/// Light too weak for its shadow to be seen.
pub(crate) const WEAK: f32 = 0.015;

/// Two unit vectors across a unit vector, and each other.
pub(crate) fn across(n: Vec3A) -> (Vec3A, Vec3A) {
    let sign = if n.z < 0.0 { -1.0 } else { 1.0 };
    let a = -1.0 / (sign + n.z);
    let b = n.x * n.y * a;
    (
        Vec3A::new(1.0 + sign * n.x * n.x * a, sign * b, -sign * n.x),
        Vec3A::new(b, sign + n.y * n.y * a, -n.y),
    )
}

/// Point `i` of a sequence that fills the unit square evenly however many are taken: steps of the
/// inverse powers of the plastic number.
pub(crate) fn even(i: usize) -> (f32, f32) {
    let i = i as f32;
    ((0.5 + i * 0.754_877_7).fract(), (0.5 + i * 0.569_840_3).fract())
}

/// A vector of a frame whose third axis is `normal`.
pub(crate) fn turned(normal: Vec3A, v: Vec3A) -> Vec3A {
    let (a, b) = across(normal);
    a * v.x + b * v.y + normal * v.z
}

/// The direction about `normal` at a point of the unit square, so that equal areas get equal
/// shares of the light that counts: proportional to the cosine.
pub(crate) fn cosine(normal: Vec3A, (u, v): (f32, f32)) -> Vec3A {
    let (sin, cos) = (TAU * v).sin_cos();
    let r = u.sqrt();
    turned(normal, Vec3A::new(r * cos, r * sin, (1.0 - u).max(0.0).sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_orthonormal() {
        for i in 0..200 {
            let (u, v) = even(i);
            let n = cosine(if i % 2 == 0 { Vec3A::Z } else { -Vec3A::Z }, (u, v));
            let (a, b) = across(n);
            for (x, y, dot) in [(a, a, 1.0), (b, b, 1.0), (a, b, 0.0), (a, n, 0.0), (b, n, 0.0)] {
                assert!((x.dot(y) - dot).abs() < 1e-5, "{n}");
            }
        }
    }

    #[test]
    fn directions_have_the_mean_of_the_cosine() {
        // ∫cos·(cos/π)dω over the hemisphere is 2/3, and nothing lies sideways on the average.
        let mean = (0..900).map(|i| cosine(Vec3A::Y, even(i))).sum::<Vec3A>() / 900.0;
        assert!((mean - Vec3A::Y * 2.0 / 3.0).length() < 0.01, "{mean}");
    }

    #[test]
    fn the_sun_shines_through_windows_only() {
        let lit = |scene: &Scene| {
            let light = Light::new(scene);
            (0..2000)
                .map(|i| {
                    let (u, v) = even(i);
                    light.sunlight(scene.size * Vec3A::new(u, v, 0.0) + Vec3A::Z * 0.01, Vec3A::Z)
                })
                .filter(|light| light.x > 0.0)
                .count()
        };
        let mut found = 0;
        for index in 0..40 {
            let mut room = Scene::room(1, index);
            let count = lit(&room);
            found += count;
            assert!(count < 1000);
            room.openings.clear();
            assert_eq!(lit(&room), 0);
        }
        assert!(found > 500);
    }
}
