//! What a camera sees: colour and geometry of every sample.

mod surfels;

use glam::{Vec3, Vec3A};
use ndarray::{Array2, Array3};
use taskonomy_cues::Pinhole;

use crate::camera::Camera;
use crate::class::{Class, RoomKind};
use crate::error::{SceneError, check};
use crate::film::{Film, luminance};
use crate::hit::{Hit, Instances, Place};
use crate::light::{Light, RAYS, across};
use crate::room::stream;
use crate::scene::Scene;
use crate::shape::Ray;
use crate::thing::Thing;
use crate::view::surfels::{Surfel, Surfels};

/// The class of what no name tells: it may be a wall as well as an object.
pub(crate) const NO_CLASS: u8 = u8::MAX;

/// A ray-cast view at twice the side of the image that is made of it: S = 2·size samples a side.
///
/// [`crate::annotate`] computes cues at this size and then shrinks them.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// Side of the image in pixels.
    pub size: usize,
    /// The camera.
    pub camera: Camera,
    /// What the room is for, if it is known.
    pub kind: Option<RoomKind>,
    /// Length, width and height of the room, metres; none for a model.
    pub room: Option<Vec3A>,
    /// Colour, 3×S×S, exposed and with the noise of a sensor.
    pub rgb: Array3<u8>,
    /// z-distance in metres, S×S; infinite where nothing is hit.
    pub depth: Array2<f32>,
    /// Unit normals in the camera's frame, 3×S×S; 0 where nothing is hit.
    pub normal: Array3<f32>,
    /// Principal curvatures of the surfaces themselves in 1/m, 2×S×S: see [`Hit::curvature`].
    pub curvature: Array3<f32>,
    /// A number for every primitive and side of the room, S×S.
    pub surface: Array2<u32>,
    /// [`crate::Class`] of every sample, S×S; 255 for [`Thing::Unknown`].
    pub class: Array2<u8>,
    /// [`crate::Thing`] of every sample, S×S.
    pub thing: Array2<u8>,
    /// The number of the thing within the scene, S×S: 0 to 5 are the sides of the room (at 0 and at
    /// the end of x, y, z), then what is seen through its openings, then the things in it.
    pub instance: Array2<u16>,
}

/// A sample: what its ray meets, and the surfel that has its light.
struct Sample {
    hit: Hit,
    surfel: Option<u32>,
}

/// Casts one ray for each of the (2·size)² samples; an error if the side is not a multiple of 8
/// from 8 to 1024, or if the camera cannot be.
///
/// Light is computed once for each surface of a pixel, colour, sun and mirrors for every sample.
/// Geometry has no noise: depth, normals and classes are those of the sample's ray.
pub fn render(scene: &Scene, camera: &Camera, size: usize) -> Result<View, SceneError> {
    check(scene, camera, size)?;
    let side = 2 * size;
    let pinhole = Pinhole::new(side, side, camera.fov);
    let rotation = camera.rotation();
    let to_camera = rotation.transpose();
    let pixel = 1.0 / pinhole.focal();
    let light = Light::new(scene);
    // Samples are taken cell by cell.
    let across = 2 * if size >= COARSE { 2 } else { 1 };
    let cells = side / across;
    let place = |i: usize| {
        let (cell, within) = (i / (across * across), i % (across * across));
        (across * (cell % cells) + within % across, across * (cell / cells) + within / across)
    };
    let mut surfels = Surfels::new(cells);
    let mut samples = Vec::with_capacity(side * side);
    // The ray's z is −1 in the camera's frame, so that t is the z-distance.
    let ray_of = |i: usize| {
        let (x, y) = place(i);
        Ray::new(camera.position, rotation * Vec3A::from(pinhole.ray(x, y)))
    };
    for i in 0..side * side {
        if i % (across * across) == 0 {
            surfels.next_cell();
        }
        let ray = ray_of(i);
        let hit = light.tree.cast(&ray, pixel);
        let surfel = hit.t.is_finite().then(|| {
            let point = ray.at(hit.t) + 1e-3 * hit.normal;
            let footprint = across as f32 * pixel * hit.t;
            surfels.of_sample(Surfel { point, normal: hit.normal, footprint })
        });
        samples.push(Sample { hit, surfel });
    }
    let lit = surfels.lit(&light);
    let colours: Vec<Vec3> = samples
        .iter()
        .enumerate()
        .map(|(i, sample)| light.towards_eye(&ray_of(i), sample, &lit, i, pixel))
        .collect();

    let film = Film::new(&mut stream(scene.seed ^ bits(camera), scene.index, 3));
    let measured = samples.iter().zip(&colours).filter(|(s, _)| s.surfel.is_some());
    let exposure = film.exposure(measured.map(|(_, &colour)| luminance(colour)).collect());
    let mut view = View {
        size,
        camera: *camera,
        kind: scene.kind,
        room: scene.ground.is_none().then_some(scene.size),
        rgb: Array3::zeros((3, side, side)),
        depth: Array2::zeros((side, side)),
        normal: Array3::zeros((3, side, side)),
        curvature: Array3::zeros((2, side, side)),
        surface: Array2::zeros((side, side)),
        class: Array2::zeros((side, side)),
        thing: Array2::zeros((side, side)),
        instance: Array2::zeros((side, side)),
    };
    let instances = Instances::new(scene);
    for (i, (sample, colour)) in samples.iter().zip(colours).enumerate() {
        let (x, y) = place(i);
        let normal = to_camera * sample.hit.normal;
        for (channel, value) in film.values(exposure * colour, i as u32).into_iter().enumerate() {
            view.rgb[[channel, y, x]] = value;
            view.normal[[channel, y, x]] = normal[channel];
        }
        view.depth[[y, x]] = sample.hit.t;
        view.curvature[[0, y, x]] = sample.hit.curvature[0];
        view.curvature[[1, y, x]] = sample.hit.curvature[1];
        view.surface[[y, x]] = number(sample.hit.place);
        let thing = sample.hit.thing;
        view.class[[y, x]] = if thing == Thing::Unknown { NO_CLASS } else { thing.class() as u8 };
        view.thing[[y, x]] = thing as u8;
        view.instance[[y, x]] = instances.of(scene, sample.hit.place);
    }
    Ok(view)
}

/// A number that tells surfaces of a scene apart.
fn number(place: Place) -> u32 {
    match place {
        Place::Side(side) | Place::Opening(side) => side as u32,
        Place::Part { group, primitive } => (group as u32 + 1) << 16 | primitive as u32,
    }
}

/// A number that tells cameras of a scene apart.
fn bits(camera: &Camera) -> u64 {
    let Camera { position, yaw, pitch, fov, .. } = *camera;
    [position.x, position.y, position.z, yaw, pitch, fov].into_iter().fold(0, |all, value| {
        (all ^ u64::from(value.to_bits())).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    })
}

/// From this side on, images get their light once for 2×2 pixels.
const COARSE: usize = 128;

impl Light<'_> {
    /// Light of a sample towards the eye.
    fn towards_eye(
        &self,
        ray: &Ray,
        Sample { hit, surfel }: &Sample,
        lit: &[Vec3],
        number: usize,
        pixel: f32,
    ) -> Vec3 {
        let Some(surfel) = *surfel else { return outdoors(hit) };
        let point = ray.at(hit.t) + 1e-3 * hit.normal;
        let light = lit[surfel as usize] + self.sunlight(point, hit.normal);
        let matt = hit.albedo * (light + GLOW * hit.glow);
        if hit.gloss < 0.02 {
            return matt;
        }
        let towards = ray.direction.normalize();
        let cos = -towards.dot(hit.normal);
        let mirror = towards + 2.0 * cos * hit.normal;
        let share = reflected(hit.gloss, cos);
        let shine = self.highlights(point, hit, mirror);
        if share <= 0.0 {
            return matt + shine;
        }
        matt.lerp(self.mirrored(point, mirror, hit, number, pixel), share) + shine
    }

    /// What a glossy surface mirrors, the duller the more blurred.
    fn mirrored(&self, point: Vec3A, mirror: Vec3A, hit: &Hit, number: usize, pixel: f32) -> Vec3 {
        let rough = roughness(hit.gloss);
        let at = self.disc[number % RAYS];
        let (a, b) = across(mirror);
        let direction = mirror + rough * (a * at.x + b * at.y);
        // A blurred ray must not go into the surface.
        let into = direction.dot(hit.normal).min(0.02) - 0.02;
        let ray = Ray::new(point, direction - into * hit.normal);
        let other = self.tree.cast(&ray, pixel + rough);
        if other.t.is_infinite() {
            return outdoors(&other);
        }
        let light = self.coarse(ray.at(other.t) + 1e-3 * other.normal, other.normal, rough == 0.0);
        other.albedo * (light + GLOW * other.glow)
    }

    /// Images of lamps, blurred by the roughness.
    fn highlights(&self, point: Vec3A, hit: &Hit, mirror: Vec3A) -> Vec3 {
        let sharp = 1.0 / roughness(hit.gloss).max(0.05).powi(2);
        let lamps = self.tree.scene.lamps.iter();
        lamps
            .map(|lamp| {
                let to = lamp.position - point;
                let along = mirror.dot(to.normalize_or_zero()).max(0.0);
                let shine = along.powf(2.0 * sharp);
                if shine < 0.02 || self.tree.blocked(point, lamp.position) {
                    return Vec3::ZERO;
                }
                lamp.colour * (0.5 * hit.gloss * shine)
            })
            .sum()
    }
}

/// How much brighter than a white wall things that glow are.
const GLOW: f32 = 2.0;

/// Light from what is behind an opening: bright behind windows, dim behind doors.
fn outdoors(hit: &Hit) -> Vec3 {
    hit.albedo * if hit.class() == Class::Window { 4.0 } else { 0.7 }
}

/// The share of light that is mirrored at this cosine: as polished things do, and more than that
/// for a gloss near 1, which is a mirror.
fn reflected(gloss: f32, cos: f32) -> f32 {
    let straight = if gloss > 0.9 { 0.04 + 8.6 * (gloss - 0.9) } else { 0.05 * gloss };
    let grazing = (1.0 - cos.clamp(0.0, 1.0)).powi(5);
    // What would not be seen is left out.
    (straight + (gloss * gloss - straight).max(0.0) * grazing - 0.015).clamp(0.0, 0.95)
}

/// By how much mirrored rays deviate, as a tangent.
fn roughness(gloss: f32) -> f32 {
    let dull = 1.0 - gloss.min(0.98) / 0.98;
    0.5 * dull * dull
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_and_normals_agree_with_the_room() {
        let mut scene = Scene::room(1, 3);
        (scene.groups, scene.openings) = Default::default();
        let camera = Camera {
            position: scene.size.with_z(2.0) * Vec3A::new(0.5, 0.5, 0.5),
            yaw: 0.0,
            pitch: 0.0,
            fov: 1.0,
            fixation: Vec3A::ZERO,
        };
        let view = render(&scene, &camera, 8).unwrap();
        assert!((view.depth[[8, 8]] - scene.size.x / 2.0).abs() < 1e-4);
        assert!((view.normal[[2, 8, 8]] - 1.0).abs() < 1e-6);
        assert!(view.depth.iter().all(|d| d.is_finite()));
    }
}
