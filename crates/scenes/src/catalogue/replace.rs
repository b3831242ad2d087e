//! Models in the place of primitives.

use std::collections::BTreeMap;

use glam::Vec3A;
use rand::RngExt;

use super::Catalogue;
use crate::bounds::Bounds;
use crate::mesh::Placed;
use crate::room::stream;
use crate::scene::{Group, Primitive, Scene};
use crate::thing::Thing;

/// Where the front of a model looks that takes the place of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Front {
    /// Into the room, away from the wall that its frame begins at.
    Room,
    /// To where its frame begins: chairs look at tables.
    Origin,
}

/// Told apart from the streams of rooms and cameras.
const FURNITURE: u64 = 0x6675_726e_6974_7572;
/// No side of a model is stretched so much more than another one, or in all.
const MOST_UNEVEN: f32 = 1.5;
const STRETCH: std::ops::RangeInclusive<f32> = 0.6..=1.7;

/// How models stand for things of a kind; none for what is part of the building, hangs at a window,
/// lights or mirrors, or is fitted together of units.
pub(super) fn front(thing: Thing) -> Option<Front> {
    match thing {
        Thing::Chair | Thing::OfficeChair | Thing::Stool => Some(Front::Origin),
        Thing::Table
        | Thing::RoundTable
        | Thing::CoffeeTable
        | Thing::Desk
        | Thing::Bench
        | Thing::Sofa
        | Thing::Armchair
        | Thing::SingleBed
        | Thing::DoubleBed
        | Thing::Cabinet
        | Thing::ChestOfDrawers
        | Thing::Nightstand
        | Thing::DeskDrawers
        | Thing::Wardrobe
        | Thing::Bookcase
        | Thing::FloorLamp
        | Thing::TableLamp
        | Thing::DeskLamp
        | Thing::Plant
        | Thing::SmallPlant
        | Thing::Monitor
        | Thing::Television
        | Thing::Fridge
        | Thing::Stove
        | Thing::WashingMachine
        | Thing::Dishwasher
        | Thing::Toilet
        | Thing::Bath
        | Thing::Basin
        | Thing::Radiator
        | Thing::Fireplace
        | Thing::Bowl
        | Thing::Vase
        | Thing::Bottle
        | Thing::Boxes
        | Thing::Keyboard
        | Thing::Clock => Some(Front::Room),
        _ => None,
    }
}

/// Things whose models may stand for each other: what names of catalogues do not tell apart.
fn kin(thing: Thing) -> Thing {
    match thing {
        Thing::RoundTable => Thing::Table,
        Thing::SingleBed => Thing::DoubleBed,
        Thing::TableLamp => Thing::FloorLamp,
        Thing::SmallPlant => Thing::Plant,
        Thing::DeskDrawers | Thing::Nightstand => Thing::ChestOfDrawers,
        Thing::Television => Thing::Monitor,
        other => other,
    }
}

impl Catalogue {
    /// The room with models in the place of its furniture: a function of the room and the
    /// catalogue. A thing becomes one of the models of its kind that need be stretched least
    /// unevenly to fill its box; where there is none, it stays.
    pub fn furnish(&self, mut scene: Scene) -> Scene {
        let mut found = Vec::new();
        for (number, group) in scene.groups.iter_mut().enumerate() {
            let mut rng = stream(scene.seed ^ FURNITURE, scene.index, 0);
            rng.set_word_pos(64 * number as u128);
            let mut boxes: BTreeMap<u16, (Thing, Bounds)> = BTreeMap::new();
            for Primitive { shape, thing, object, .. } in &group.primitives {
                let all = boxes.entry(*object).or_insert((*thing, Bounds::EMPTY));
                all.1 = all.1.union(shape.bounds());
            }
            for (object, (thing, bounds)) in boxes {
                let Some(front) = front(thing) else { continue };
                let size = bounds.max - bounds.min;
                let mut fits = self.fitting(thing, size);
                let mesh = loop {
                    if fits.is_empty() {
                        break None;
                    }
                    let piece = fits.swap_remove(rng.random_range(0..fits.len()));
                    if let Some(mesh) = self.mesh(piece) {
                        break Some(mesh);
                    }
                };
                let Some(mesh) = mesh else { continue };
                let own = mesh.bounds();
                // As it is, a model looks to −y; half a turn makes it look into the room.
                let turn = if front == Front::Room { -1.0 } else { 1.0 };
                let scale = size / (own.max - own.min) * Vec3A::new(turn, turn, 1.0);
                let offset = 0.5 * (bounds.min + bounds.max) - scale * 0.5 * (own.min + own.max);
                let placed = Placed { mesh, scale, offset, thing: Some(thing) };
                found.push(Group::of_mesh(placed, group.origin, group.turn));
                group.primitives.retain(|primitive| primitive.object != object);
            }
        }
        scene.groups.retain_mut(|group| {
            // What stays has the box of what stays.
            group.bounds = group.parts().fold(Bounds::EMPTY, Bounds::union);
            !group.primitives.is_empty()
        });
        scene.groups.append(&mut found);
        scene
    }

    /// The pieces of a kind that fill a box of this size without becoming ugly.
    fn fitting(&self, thing: Thing, size: Vec3A) -> Vec<usize> {
        let fits = |&piece: &usize| {
            let piece = &self.pieces[piece];
            let stretch = size / piece.size;
            let (least, most) = (stretch.min_element(), stretch.max_element());
            kin(piece.thing) == kin(thing)
                && STRETCH.contains(&least)
                && STRETCH.contains(&most)
                && most <= MOST_UNEVEN * least
        };
        (0..self.pieces.len()).filter(fits).collect()
    }
}
