//! What a ray meets.

use glam::{Vec3, Vec3A};

use crate::class::Class;
use crate::scene::Scene;
use crate::thing::Thing;

/// What a ray meets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// Where along the ray; infinite for what is seen through an opening.
    pub t: f32,
    /// The unit normal, which faces the ray; 0 for what is seen through an opening.
    pub normal: Vec3A,
    /// Which surface is met.
    pub place: Place,
    /// What it is part of.
    pub thing: Thing,
    /// Its principal curvatures in 1/m, the one of larger magnitude first, positive where it bulges
    /// towards the room.
    pub curvature: [f32; 2],
    /// Its colour, linear.
    pub albedo: Vec3,
    /// Light that it gives off, as a factor of its colour.
    pub glow: f32,
    /// How much of a mirror it is, 0 to 1.
    pub gloss: f32,
}

impl Hit {
    /// The class of what is met.
    pub fn class(&self) -> Class {
        self.thing.class()
    }

    /// The index of the group that is met; none for the room itself.
    pub fn group(&self) -> Option<usize> {
        match self.place {
            Place::Part { group, .. } => Some(group),
            Place::Side(_) | Place::Opening(_) => None,
        }
    }
}

/// A surface of a scene.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A side of the room: 2·axis, and 1 more where that axis ends. Of a model, where the box
    /// around it is left: the sky.
    Side(usize),
    /// What is seen through an opening.
    Opening(usize),
    /// A primitive of a group.
    Part {
        /// The group's index.
        group: usize,
        /// The primitive's index within it, or the patch of its mesh: the number of triangles that
        /// go over into each other smoothly.
        primitive: usize,
    },
}

/// A primitive or triangle that a ray meets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Met {
    /// Where along the ray.
    pub t: f32,
    /// The unit normal in the frame of the group.
    pub normal: Vec3A,
    /// Its group.
    pub group: usize,
    /// Its number within the group, or the triangle's within the group's mesh.
    pub primitive: usize,
}

/// The numbers of the things of a scene, the values of `instance`: the six sides of the room, then
/// its openings, then the things of every group in turn.
#[derive(Debug)]
pub(crate) struct Instances {
    /// The first number of each group.
    groups: Vec<u16>,
}

impl Instances {
    const SIDES: u16 = 6;

    pub fn new(scene: &Scene) -> Self {
        let mut next = Self::SIDES + scene.openings.len() as u16;
        let groups = scene.groups.iter().map(|group| {
            let first = next;
            let objects = group.primitives.iter().map(|p| p.object + 1).max();
            next += objects.unwrap_or(u16::from(group.mesh.is_some()));
            first
        });
        Self { groups: groups.collect() }
    }

    /// The number of the thing at a place.
    pub fn of(&self, scene: &Scene, place: Place) -> u16 {
        match place {
            Place::Side(side) => side as u16,
            Place::Opening(opening) => Self::SIDES + opening as u16,
            Place::Part { group, primitive } => {
                let part = scene.groups[group].primitives.get(primitive);
                self.groups[group] + part.map_or(0, |part| part.object)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::Ray;

    #[test]
    fn every_thing_of_a_scene_has_a_number_of_its_own() {
        let scene = Scene::room(1, 4);
        let instances = Instances::new(&scene);
        let mut things = std::collections::BTreeMap::new();
        for (g, group) in scene.groups.iter().enumerate() {
            for (p, primitive) in group.primitives.iter().enumerate() {
                let number = instances.of(&scene, Place::Part { group: g, primitive: p });
                assert!(usize::from(number) >= 6 + scene.openings.len());
                let known = things.insert(number, (g, primitive.object, primitive.thing));
                let same = (g, primitive.object, primitive.thing);
                assert_eq!(known.unwrap_or(same), same);
            }
        }
        // More things than groups: lamps on chests are lamps.
        assert!(things.len() > scene.groups.len() + 3, "{}", things.len());
    }

    #[test]
    fn the_sides_of_an_empty_room_have_the_numbers_0_to_5() {
        let mut scene = Scene::room(1, 4);
        (scene.groups, scene.openings) = Default::default();
        let instances = Instances::new(&scene);
        let axes = Vec3A::AXES.into_iter().flat_map(|axis| [-axis, axis]);
        for (side, direction) in axes.enumerate() {
            let hit = scene.cast(&Ray::new(scene.size * 0.5, direction), 0.0);
            assert_eq!(usize::from(instances.of(&scene, hit.place)), side);
            assert_eq!((hit.group(), hit.curvature), (None, [0.0; 2]));
        }
    }
}
