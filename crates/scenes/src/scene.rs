//! A scene: a room, what stands in it, and what a ray meets there.

use std::f32::consts::FRAC_PI_2;
use std::sync::Arc;

use glam::{Vec3, Vec3A};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::class::{Class, RoomKind};
use crate::ground::Ground;
pub use crate::group::{Group, Primitive};
use crate::hit::{Hit, Met, Place};
use crate::plan::SKIRTING;
use crate::shape::Ray;
use crate::texture::Texture;
use crate::thing::Thing;

/// A hole in a wall.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Opening {
    /// Which wall: 0 at y = 0, 1 at the largest x, 2 at the largest y, 3 at x = 0.
    pub wall: usize,
    /// From where to where along the wall (x or y), metres.
    pub along: (f32, f32),
    /// From which height to which, metres.
    pub up: (f32, f32),
    /// [`Class::Window`] or [`Class::Door`].
    pub class: Class,
    /// What is seen through it at the horizon, above and below; linear colours.
    pub backdrop: [Vec3; 3],
}

/// A ball of light.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lamp {
    /// Where it is.
    pub position: Vec3A,
    /// Light on a surface that faces it from `reach` away.
    pub colour: Vec3,
    /// The distance, in metres, at which it lights as its colour says.
    pub reach: f32,
    /// Whether things block it.
    pub casts_shadow: bool,
    /// The larger, the softer its shadows, metres.
    pub radius: f32,
}

/// A rectangle that gives off light to one side: a window in daylight, a blind, a lit panel.
///
/// A window is both an [`Opening`], which is seen, and a pane, which lights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pane {
    /// Its centre.
    pub centre: Vec3A,
    /// From the centre to the middle of the edge on one side; light goes towards right × up.
    pub right: Vec3A,
    /// From the centre to the middle of the upper edge.
    pub up: Vec3A,
    /// Light on a surface that it fills the whole sky of.
    pub colour: Vec3,
}

/// The sun, which shines through the openings of [`Class::Window`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sun {
    /// Unit vector towards it.
    pub direction: Vec3A,
    /// Light on a surface that faces it.
    pub colour: Vec3,
}

impl Sun {
    /// Shines on every second room with a window, steeply into one of them.
    pub fn shining(rng: &mut ChaCha8Rng, openings: &[Opening]) -> Option<Self> {
        let windows: Vec<_> = openings.iter().filter(|o| o.class == Class::Window).collect();
        if windows.is_empty() || rng.random_bool(0.5) {
            return None;
        }
        let out = windows[rng.random_range(0..windows.len())].wall as f32 * FRAC_PI_2 - FRAC_PI_2;
        let azimuth = out + rng.random_range(-0.9..0.9_f32);
        let (up, level) = rng.random_range(0.35..0.95_f32).sin_cos();
        let direction = Vec3A::new(level * azimuth.cos(), level * azimuth.sin(), up);
        Some(Self { direction, colour: Vec3::new(2.0, 1.75, 1.4) * rng.random_range(0.6..1.2) })
    }
}

/// A furnished room whose floor goes from (0, 0, 0) to (`size.x`, `size.y`, 0), or a part of a model
/// whose box begins at (0, 0, 0); z is up, metres.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// The seed of the dataset.
    pub seed: u64,
    /// The number of the scene within the dataset.
    pub index: u64,
    /// What the room is for; not known of a model.
    pub kind: Option<RoomKind>,
    /// Length, width and height of the room, or of the model's box.
    pub size: Vec3A,
    /// Textures of the four walls.
    pub walls: [Texture; 4],
    /// Texture of the lowest 9 cm of the walls.
    pub skirting: Texture,
    /// Texture of the floor.
    pub floor: Texture,
    /// Texture of the ceiling.
    pub ceiling: Texture,
    /// Holes in the walls.
    pub openings: Vec<Opening>,
    /// Furniture.
    pub groups: Vec<Group>,
    /// Lamps.
    pub lamps: Vec<Lamp>,
    /// Windows and other lit rectangles.
    pub panes: Vec<Pane>,
    /// The sun, when it shines.
    pub sun: Option<Sun>,
    /// Light that comes from everywhere.
    pub ambient: Vec3,
    /// Where one stands in a part of a model. Then the walls of the box are no walls but the sky.
    pub(crate) ground: Option<Arc<Ground>>,
}

impl Scene {
    /// What a ray that begins in the room meets first. `pixel` is the width of a pixel per t, in
    /// metres: finer textures fade.
    pub fn cast(&self, ray: &Ray, pixel: f32) -> Hit {
        let (wall, side) = self.shell(ray);
        let mut best: Option<Met> = None;
        let mut far = wall;
        for (group, piece) in self.groups.iter().enumerate() {
            if !piece.bounds.meets(ray, far) {
                continue;
            }
            let local = piece.local(ray);
            if let Some(met) = piece.meets_mesh(&local, far, group) {
                far = met.t;
                best = Some(met);
            }
            for (primitive, part) in piece.primitives.iter().enumerate() {
                if let Some((t, normal)) = part.shape.hit(&local, far) {
                    far = t;
                    best = Some(Met { t, normal, group, primitive });
                }
            }
        }
        match best {
            Some(met) => self.seen(ray, &met, pixel),
            None => self.shell_hit(ray, wall, side, pixel),
        }
    }

    /// Whether a lamp at `to` lights the point: lamps themselves block nothing.
    pub fn is_lit(&self, from: Vec3A, to: Vec3A) -> bool {
        let ray = Ray::new(from, to - from);
        !self.groups.iter().any(|group| {
            group.bounds.meets(&ray, 1.0) && {
                let local = group.local(&ray);
                if let Some(placed) = &group.mesh {
                    let lamp = placed.thing.is_some_and(|thing| thing.class() == Class::Lamp);
                    return !lamp && placed.blocks(&local, 1.0);
                }
                let blocks = |p: &&Primitive| p.class() != Class::Lamp;
                group.primitives.iter().filter(blocks).any(|p| p.shape.hit(&local, 1.0).is_some())
            }
        })
    }

    /// What a primitive that a ray meets looks like.
    pub(crate) fn seen(&self, ray: &Ray, met: &Met, pixel: f32) -> Hit {
        let group = &self.groups[met.group];
        let local = group.local(ray);
        if let Some(placed) = &group.mesh {
            return group.sees_mesh(placed, &local, met, pixel);
        }
        let primitive = &group.primitives[met.primitive];
        let point = local.at(met.t);
        let slant = met.normal.dot(local.direction).abs() / local.direction.length();
        Hit {
            t: met.t,
            normal: group.outward(met.normal),
            place: Place::Part { group: met.group, primitive: met.primitive },
            thing: primitive.thing,
            curvature: primitive.shape.curvature(point, met.normal),
            albedo: primitive.texture.colour(point, met.normal, footprint(met.t * pixel, slant)),
            glow: primitive.glow,
            gloss: primitive.texture.gloss,
        }
    }

    /// The colour of a primitive or triangle from far away, and how much it glows.
    pub(crate) fn matt(&self, met: &Met) -> (Vec3, f32) {
        let group = &self.groups[met.group];
        if let Some(placed) = &group.mesh {
            let material = placed.mesh.material(met.primitive);
            return (material.mean(), material.glow);
        }
        let primitive = &group.primitives[met.primitive];
        (primitive.texture.mean(), primitive.glow)
    }

    /// Where the ray leaves the room and through which side: 2·axis, and 1 more where that axis
    /// ends.
    pub(crate) fn shell(&self, ray: &Ray) -> (f32, usize) {
        let end = ray.direction.cmpgt(Vec3A::ZERO);
        let t = (Vec3A::select(end, self.size, Vec3A::ZERO) - ray.origin) * ray.inverse;
        let axis = if t.x <= t.y && t.x <= t.z { 0 } else { 1 + usize::from(t.z < t.y) };
        (t[axis], 2 * axis + usize::from(ray.direction[axis] > 0.0))
    }

    /// The opening of a side at a point of it, with its index.
    pub(crate) fn opening(&self, side: usize, point: Vec3A) -> Option<(usize, &Opening)> {
        let wall = WALL_OF_SIDE[side]?;
        let along = if side < 2 { point.y } else { point.x };
        let within = |v: f32, (low, high): (f32, f32)| v > low && v < high;
        self.openings
            .iter()
            .enumerate()
            .find(|(_, o)| o.wall == wall && within(along, o.along) && within(point.z, o.up))
    }

    /// The texture of a side.
    pub(crate) fn lining(&self, side: usize) -> &Texture {
        match WALL_OF_SIDE[side] {
            Some(wall) => &self.walls[wall],
            None if side == 4 => &self.floor,
            None => &self.ceiling,
        }
    }

    /// What the room itself looks like where a ray leaves it through a side.
    pub(crate) fn shell_hit(&self, ray: &Ray, t: f32, side: usize, pixel: f32) -> Hit {
        let point = ray.at(t);
        if let Some(ground) = &self.ground {
            return ground.sky(ray, side);
        }
        if let Some((index, opening)) = self.opening(side, point) {
            return outside(index, opening, ray);
        }
        let mut normal = Vec3A::ZERO;
        normal[side / 2] = if side % 2 == 1 { -1.0 } else { 1.0 };
        let skirted = side < 4 && point.z < SKIRTING;
        let texture = if skirted { &self.skirting } else { self.lining(side) };
        let thing = match side {
            4 => Thing::Floor,
            5 => Thing::Ceiling,
            _ => Thing::Wall,
        };
        let slant = normal.dot(ray.direction).abs() / ray.direction.length();
        let albedo = texture.colour(point, normal, footprint(t * pixel, slant));
        Hit {
            t,
            normal,
            place: Place::Side(side),
            thing,
            curvature: [0.0; 2],
            albedo,
            glow: 0.0,
            gloss: texture.gloss,
        }
    }
}

/// What a pixel covers of a surface that is seen at this cosine: between its width and its length.
fn footprint(width: f32, cos: f32) -> f32 {
    width / cos.max(0.05).sqrt()
}

/// The number of the wall that is a side of the room: see [`Opening::wall`].
const WALL_OF_SIDE: [Option<usize>; 6] = [Some(3), Some(1), Some(0), Some(2), None, None];

/// The backdrop behind an opening: far away, with a soft horizon.
fn outside(index: usize, opening: &Opening, ray: &Ray) -> Hit {
    let thing = if opening.class == Class::Window { Thing::Window } else { Thing::Door };
    backdrop(ray, opening.backdrop, Place::Opening(index), thing)
}

/// What is far away in the direction of a ray: colours at the horizon, above and below.
pub(crate) fn backdrop(ray: &Ray, colours: [Vec3; 3], place: Place, thing: Thing) -> Hit {
    let [horizon, above, below] = colours;
    let slope = ray.direction.normalize().z;
    let albedo = if slope > 0.0 {
        horizon.lerp(above, (3.0 * slope).min(1.0))
    } else {
        horizon.lerp(below, (-12.0 * slope).min(1.0))
    };
    Hit {
        t: f32::INFINITY,
        normal: Vec3A::ZERO,
        place,
        thing,
        curvature: [0.0; 2],
        albedo,
        glow: 1.0,
        gloss: 0.0,
    }
}
