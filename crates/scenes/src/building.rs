//! Buildings: a model as a place to take pictures in.

mod floor;
mod lights;
mod parts;

use std::sync::Arc;

use glam::{Vec3, Vec3A};
use rand::RngExt;

use crate::bounds::Bounds;
use crate::class::Class;
use crate::ground::{Ground, Spot};
use crate::mesh::Placed;
use crate::model::{Model, ModelError};
use crate::room::stream;
use crate::scene::{Group, Lamp, Scene, Sun};
use crate::style::{grey, hsv};
use crate::texture::Texture;
use floor::Floor;

/// A model of a building, with the parts of its floor on which cameras stand.
///
/// Its walls are turned to the axes, as those of procedural rooms are, and the box around it, with
/// half a metre of air, begins at (0, 0, 0).
#[derive(Debug, Clone)]
pub struct Building {
    /// Without a part of the floor yet.
    scene: Scene,
    parts: Vec<Arc<Ground>>,
    lamps: Vec<Lamp>,
    roofed: bool,
}

/// Air around a model, metres: what lies in the plane of its box is not missed.
const AIR: f32 = 0.5;
/// Lamps farther away than this from a part light it too little to be asked, metres.
const FAR: f32 = 10.0;
/// Told apart from the streams of rooms.
const BUILDINGS: u64 = 0x6275_696c_6469_6e67;

impl Building {
    /// Finds where one can stand: level floor of 1 m² and more with 1.9 m of air above it and walls
    /// around it, below a ceiling if anything has one; not the tops of furniture. Floors that only
    /// meet in a doorway are different parts.
    ///
    /// Every part gets lamps below its ceiling; the sky is bright, and the sun shines on half of
    /// all seeds.
    pub fn new(model: &Model, seed: u64) -> Result<Self, ModelError> {
        let mut groups: Vec<Group> = Vec::with_capacity(model.objects.len());
        let turn = aligned(model);
        for object in &model.objects {
            let placed = Placed::new(Arc::clone(&object.mesh), object.thing);
            groups.push(Group::of_mesh(placed, Vec3A::ZERO, turn));
        }
        let all = groups.iter().fold(Bounds::EMPTY, |all, group| all.union(group.bounds));
        let shift = AIR - all.min;
        for group in &mut groups {
            group.origin += shift;
            group.bounds = Bounds { min: group.bounds.min + shift, max: group.bounds.max + shift };
        }
        let mut rng = stream(seed ^ BUILDINGS, 0, 0);
        let sky = hsv(rng.random_range(0.54..0.62), rng.random_range(0.15..0.6), 0.97);
        let green = hsv(rng.random_range(0.2..0.4), 0.3, rng.random_range(0.4..0.7));
        let backdrop = [grey(0.95), sky, green];
        let sun = rng.random_bool(0.5).then(|| {
            let azimuth = rng.random_range(0.0..std::f32::consts::TAU);
            let (up, level) = rng.random_range(0.35..0.95_f32).sin_cos();
            let direction = Vec3A::new(level * azimuth.cos(), level * azimuth.sin(), up);
            Sun { direction, colour: Vec3::new(2.0, 1.75, 1.4) * rng.random_range(0.6..1.2) }
        });
        let plain = Texture::plain(grey(0.7));
        let nowhere = Ground { spots: Vec::new(), half: 0.0, backdrop };
        let mut scene = Scene {
            seed,
            index: 0,
            kind: None,
            size: all.max - all.min + 2.0 * AIR,
            walls: [plain; 4],
            skirting: plain,
            floor: plain,
            ceiling: plain,
            openings: Vec::new(),
            groups,
            lamps: Vec::new(),
            panes: Vec::new(),
            sun,
            ambient: Vec3::new(0.23, 0.24, 0.27),
            ground: Some(Arc::new(nowhere)),
        };
        let floor = Floor::find(&scene);
        let found = parts::divide(&floor);
        if found.is_empty() {
            let size = (all.max - all.min).to_array().map(|v| (100.0 * v).round() / 100.0);
            return Err(ModelError::NoFloor { file: model.file.clone(), size });
        }
        let lamps = lights::hang(&found);
        let half = 0.5 * floor.cell;
        let parts = found.into_iter().map(|part| {
            let spots = part.into_iter().map(|place| place.spot).collect();
            Arc::new(Ground { spots, half, backdrop })
        });
        let parts = parts.collect();
        scene.index = 0;
        Ok(Self { scene, parts, lamps, roofed: floor.roofed })
    }

    /// How many parts its floor has.
    pub fn parts(&self) -> usize {
        self.parts.len()
    }

    /// Whether cameras stand below a ceiling: else there was none that could be found.
    pub fn is_roofed(&self) -> bool {
        self.roofed
    }

    /// How much floor there is to stand on, m².
    pub fn area(&self) -> f32 {
        self.parts.iter().map(|part| part.area()).sum()
    }

    /// Halves the largest parts across their longer side until there are as many as wanted, or all
    /// are smaller than 2 m².
    pub fn divide(&mut self, parts: usize) {
        while self.parts.len() < parts {
            let area = |i: usize| self.parts[i].area();
            let largest = (0..self.parts.len()).max_by(|&a, &b| area(a).total_cmp(&area(b)));
            let divisible = |&i: &usize| area(i) >= 2.0 && self.parts[i].spots.len() > 1;
            let Some(largest) = largest.filter(divisible) else { return };
            let Ground { mut spots, half, backdrop } = (*self.parts[largest]).clone();
            let around = spots.iter().fold(Bounds::EMPTY, |all, spot| {
                all.union(Bounds { min: spot.point, max: spot.point })
            });
            let size = around.max - around.min;
            let axis = usize::from(size.y > size.x);
            spots.sort_by(|a, b| a.point[axis].total_cmp(&b.point[axis]));
            let other = spots.split_off(spots.len() / 2);
            let ground = |spots: Vec<Spot>| Arc::new(Ground { spots, half, backdrop });
            self.parts[largest] = ground(spots);
            self.parts.push(ground(other));
        }
    }

    /// One part of the floor as a scene of a dataset.
    ///
    /// # Panics
    ///
    /// If there is no such part.
    pub fn scene(&self, part: usize, index: u64) -> Scene {
        let ground = &self.parts[part];
        let near =
            |lamp: &&Lamp| ground.spots.iter().any(|spot| spot.point.distance(lamp.position) < FAR);
        let lamps = self.lamps.iter().filter(near).copied().collect();
        Scene { index, lamps, ground: Some(Arc::clone(ground)), ..self.scene.clone() }
    }
}

impl Ground {
    /// How much floor it is, m².
    fn area(&self) -> f32 {
        4.0 * self.half * self.half * self.spots.len() as f32
    }
}

/// The turn about the vertical, cosine and sine, that brings most walls into the planes of the axes;
/// none where walls look in all directions, or nearly none is needed.
fn aligned(model: &Model) -> (f32, f32) {
    const BINS: usize = 90;
    let mut areas = [0.0_f32; BINS];
    let meshes = || model.objects.iter().map(|object| &object.mesh);
    for (area, normal) in meshes().flat_map(|mesh| mesh.areas()).filter(|(_, n)| n.z.abs() < 0.2) {
        let degrees = normal.y.atan2(normal.x).to_degrees().rem_euclid(90.0);
        areas[(degrees.round() as usize) % BINS] += area;
    }
    let whole: f32 = areas.iter().sum();
    let around = |bin: usize| -> f32 {
        [BINS - 1, 0, 1].into_iter().map(|by| areas[(bin + by) % BINS]).sum()
    };
    let best = (0..BINS).fold(0, |best, bin| if around(bin) > around(best) { bin } else { best });
    if best == 0 || around(best) < 0.5 * whole {
        return (1.0, 0.0);
    }
    // The mean of the walls around the peak, to a fraction of a degree.
    let (mut sum, mut weight) = (0.0, 0.0);
    for (area, normal) in meshes().flat_map(|mesh| mesh.areas()).filter(|(_, n)| n.z.abs() < 0.2) {
        let degrees = normal.y.atan2(normal.x).to_degrees().rem_euclid(90.0) - best as f32;
        let off = (degrees + 45.0).rem_euclid(90.0) - 45.0;
        if off.abs() < 1.5 {
            (sum, weight) = (sum + area * off, weight + area);
        }
    }
    let angle = best as f32 + sum / f32::max(weight, f32::MIN_POSITIVE);
    let angle = if angle > 45.0 { angle - 90.0 } else { angle };
    if angle.abs() < 0.2 {
        return (1.0, 0.0);
    }
    let (sin, cos) = (-angle).to_radians().sin_cos();
    (cos, sin)
}

/// Whether one does not stand on things of this class.
fn is_no_floor(class: Class) -> bool {
    class.is_furniture() || matches!(class, Class::Lamp | Class::Curtain | Class::Heater)
}

#[cfg(test)]
mod tests;
