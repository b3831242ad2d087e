//! Where one stands in a part of a model, what is around the model, and how light it is there.

use glam::{Vec2, Vec3, Vec3A};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::hit::{Hit, Place};
use crate::light::{Source, even};
use crate::scene::backdrop;
use crate::shape::Ray;
use crate::thing::Thing;
use crate::tree::Tree;

/// Floor on which one can stand, and the sky around the model.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ground {
    /// Pieces of floor; there is at least one.
    pub spots: Vec<Spot>,
    /// Half the side of a piece, metres.
    pub half: f32,
    /// The horizon, the sky and the ground around the model; linear colours.
    pub backdrop: [Vec3; 3],
}

/// A square piece of floor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spot {
    /// Its middle.
    pub point: Vec3A,
    /// How high one can reach there, metres.
    pub headroom: f32,
}

/// Cameras stay this far below what is above them, metres.
const BELOW: f32 = 0.35;
/// How much brighter the sky is than its colour.
const SKY: f32 = 3.0;

impl Ground {
    /// Anywhere at this height above the floor, or lower where there is less room.
    pub fn place(&self, rng: &mut ChaCha8Rng, height: f32) -> Vec3A {
        let spot = self.spots[rng.random_range(0..self.spots.len())];
        let mut aside = || self.half * rng.random_range(-1.0..1.0_f32);
        let (x, y) = (aside(), aside());
        let height = height.min((spot.headroom - BELOW).max(0.3));
        spot.point + Vec3A::new(x, y, height)
    }

    /// What a ray sees that leaves the model.
    pub fn sky(&self, ray: &Ray, side: usize) -> Hit {
        backdrop(ray, self.backdrop, Place::Side(side), Thing::Window)
    }

    /// Light against a ray that leaves the model.
    pub fn skylight(&self, ray: &Ray) -> Vec3 {
        SKY * self.sky(ray, 0).albedo
    }

    /// Light on a surface that looks towards +x, −x, +y, −y, +z, −z, on the average: of what rays from
    /// some places meet, direct light and what comes back of it. Then the light that surfaces throw
    /// back, on the average.
    pub fn light(&self, tree: &Tree, sources: &[Source]) -> ([Vec3; 6], Vec3) {
        const PLACES: usize = 8;
        const RAYS: usize = 12;
        let mut on = [(Vec3::ZERO, 0.0_f32); 6];
        let (mut back, mut colours, mut sky) = (Vec3::ZERO, Vec3::ZERO, Vec3::ZERO);
        for i in 0..PLACES * RAYS {
            let spot = self.spots[(i % PLACES) * self.spots.len() / PLACES];
            let (u, v) = even(i);
            let (sin, cos) = (std::f32::consts::TAU * v).sin_cos();
            let z = 2.0 * u - 1.0;
            let level = (1.0 - z * z).max(0.0).sqrt();
            let from = spot.point + Vec3A::Z * (0.5 * spot.headroom).min(1.3);
            let ray = Ray::new(from, Vec3A::new(level * cos, level * sin, z));
            let (wall, _) = tree.scene.shell(&ray);
            let Some(met) = tree.nearest(&ray, wall) else {
                sky += self.skylight(&ray);
                continue;
            };
            let normal = tree.scene.groups[met.group].outward(met.normal);
            let point = ray.at(met.t) + 1e-3 * normal;
            let mut light = Vec3::ZERO;
            for source in sources {
                let full = source.unblocked(point, normal);
                if full.max_element() > 1e-3 && !tree.blocked(point, source.aim(point, Vec2::ZERO))
                {
                    light += full;
                }
            }
            let colour = tree.scene.matt(&met).0;
            (back, colours) = (back + colour * light, colours + colour);
            let axis = normal.abs().to_array().into_iter().enumerate();
            let axis = axis.fold((0, 0.0), |best, (i, v)| if v > best.1 { (i, v) } else { best }).0;
            let bucket = &mut on[2 * axis + usize::from(normal[axis] < 0.0)];
            *bucket = (bucket.0 + light, bucket.1 + 1.0);
        }
        let all = (PLACES * RAYS) as f32;
        let direct = back;
        let (back, colour) = ((back + sky) / all, (colours / all).min(Vec3::splat(0.8)));
        // What comes back comes back again, and so on: a geometric series.
        let indirect = (0.4 * tree.scene.ambient + back) / (Vec3::ONE - 0.8 * colour);
        let met = on.iter().map(|bucket| bucket.1).sum::<f32>().max(1.0);
        let thrown = (direct + colours * indirect) / met;
        (on.map(|(sum, count)| sum / f32::max(count, 1.0) + indirect), thrown)
    }
}
