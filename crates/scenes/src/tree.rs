//! A tree of boxes around what is in a scene, so that a ray looks at little of it.

use glam::Vec3A;

use crate::boxes::Boxes;
use crate::class::Class;
use crate::hit::{Hit, Met};
use crate::scene::Scene;
use crate::shape::{Ray, Shape};

/// A scene with its tree. Casts as [`Scene::cast`] does, which tries every group in turn.
pub(crate) struct Tree<'a> {
    pub scene: &'a Scene,
    boxes: Boxes,
    leaves: Vec<Leaf>,
}

#[derive(Clone, Copy)]
struct Leaf {
    /// None stands for the group's mesh, which has a tree of its own.
    shape: Option<Shape>,
    group: u32,
    primitive: u32,
    /// Lamps do not shade the light that comes out of them.
    blocks: bool,
}

impl<'a> Tree<'a> {
    pub fn new(scene: &'a Scene) -> Self {
        let (mut bounds, mut items) = (Vec::new(), Vec::new());
        for (g, group) in (0..).zip(&scene.groups) {
            if let Some(placed) = &group.mesh {
                let blocks = placed.thing.is_none_or(|thing| thing.class() != Class::Lamp);
                bounds.push(group.bounds);
                items.push(Leaf { shape: None, group: g, primitive: 0, blocks });
            }
            for (p, (primitive, part)) in group.primitives.iter().zip(group.parts()).enumerate() {
                let blocks = primitive.class() != Class::Lamp;
                let shape = Some(primitive.shape);
                bounds.push(part);
                items.push(Leaf { shape, group: g, primitive: p as u32, blocks });
            }
        }
        let (boxes, order) = Boxes::new(bounds);
        let leaves = order.into_iter().map(|item| items[item as usize]).collect();
        Self { scene, boxes, leaves }
    }

    /// What a ray that begins in the room meets first; `pixel` as in [`Scene::cast`].
    pub fn cast(&self, ray: &Ray, pixel: f32) -> Hit {
        let (wall, side) = self.scene.shell(ray);
        match self.nearest(ray, wall) {
            Some(met) => self.scene.seen(ray, &met, pixel),
            None => self.scene.shell_hit(ray, wall, side, pixel),
        }
    }

    /// The nearest primitive or triangle before `far`.
    pub fn nearest(&self, ray: &Ray, far: f32) -> Option<Met> {
        let mut local = Local::new(self.scene);
        let mut best = None;
        self.boxes.nearest(ray, far, |leaf, far| {
            let leaf = &self.leaves[leaf as usize];
            let (group, local) = (leaf.group as usize, local.of(ray, leaf.group));
            let met = match leaf.shape {
                Some(shape) => shape.hit(local, far).map(|(t, normal)| Met {
                    t,
                    normal,
                    group,
                    primitive: leaf.primitive as usize,
                }),
                None => self.scene.groups[group].meets_mesh(local, far, group),
            }?;
            best = Some(met);
            Some(met.t)
        });
        best
    }

    /// Whether anything but a lamp is between a point and another.
    pub fn blocked(&self, from: Vec3A, to: Vec3A) -> bool {
        let ray = Ray::new(from, to - from);
        let mut local = Local::new(self.scene);
        self.boxes.any(&ray, 1.0, |leaf| {
            let leaf = &self.leaves[leaf as usize];
            if !leaf.blocks {
                return false;
            }
            let local = local.of(&ray, leaf.group);
            match (leaf.shape, &self.scene.groups[leaf.group as usize].mesh) {
                (Some(shape), _) => shape.hit(local, 1.0).is_some(),
                (None, Some(placed)) => placed.blocks(local, 1.0),
                (None, None) => false,
            }
        })
    }
}

/// A ray in the frame of the group last asked for: neighbours in the tree share groups.
struct Local<'a> {
    scene: &'a Scene,
    last: Option<(u32, Ray)>,
}

impl<'a> Local<'a> {
    fn new(scene: &'a Scene) -> Self {
        Self { scene, last: None }
    }

    fn of(&mut self, ray: &Ray, group: u32) -> &Ray {
        if self.last.is_none_or(|(last, _)| last != group) {
            self.last = None;
        }
        let scene = self.scene;
        &self.last.get_or_insert_with(|| (group, scene.groups[group as usize].local(ray))).1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn the_tree_meets_what_trying_everything_meets(
            index in 0_u64..24, from in prop::array::uniform3(0.05_f32..0.95),
            to in prop::array::uniform3(0.0_f32..1.0),
        ) {
            let room = Scene::room(3, index);
            let tree = Tree::new(&room);
            let (from, to) = (Vec3A::from(from) * room.size, Vec3A::from(to) * room.size);
            let ray = Ray::new(from, to - from);
            // Of two surfaces in one plane either may be met: only the distance is one number.
            prop_assert_eq!(tree.cast(&ray, 0.01).t, room.cast(&ray, 0.01).t);
            prop_assert_eq!(tree.blocked(from, to), !room.is_lit(from, to));
        }
    }

    #[test]
    fn an_empty_room_has_walls_only() {
        let mut room = Scene::room(1, 0);
        room.groups.clear();
        let tree = Tree::new(&room);
        let ray = Ray::new(room.size * 0.5, -Vec3A::Z);
        assert_eq!(tree.cast(&ray, 0.0).class(), Class::Floor);
        assert!(!tree.blocked(room.size * 0.1, room.size * 0.9));
    }
}
