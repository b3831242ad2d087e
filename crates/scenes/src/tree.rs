//! A tree of boxes around a scene's primitives, so that a ray looks at few of them.

use glam::{Vec3A, Vec4};

use crate::class::Class;
use crate::hit::{Hit, Met};
use crate::scene::Scene;
use crate::shape::{Bounds, Ray, Shape};

/// A scene with its tree. Casts as [`Scene::cast`] does, which tries every group in turn.
pub(crate) struct Tree<'a> {
    pub scene: &'a Scene,
    nodes: Vec<Node>,
    leaves: Vec<Leaf>,
}

/// Four boxes, side by side so that a ray meets them in one go. Each holds a node or a leaf.
#[derive(Clone, Copy)]
struct Node {
    min: [Vec4; 3],
    max: [Vec4; 3],
    children: [u32; 4],
}

#[derive(Clone, Copy)]
struct Leaf {
    shape: Shape,
    group: u32,
    primitive: u32,
    /// Lamps do not shade the light that comes out of them.
    blocks: bool,
}

/// Marks children that are leaves.
const LEAF: u32 = 1 << 31;
/// Where boxes are that hold nothing: no ray gets there.
const NOWHERE: f32 = 1e30;
/// Children that wait: at most three a level. Each of the two splits of a level leaves at most
/// three quarters, so that even a million leaves are no deeper than 25 levels.
const WAITING: usize = 80;

impl<'a> Tree<'a> {
    pub fn new(scene: &'a Scene) -> Self {
        let mut items: Vec<(Bounds, Leaf)> = Vec::new();
        for (g, group) in scene.groups.iter().enumerate() {
            for (p, (primitive, bounds)) in group.primitives.iter().zip(group.parts()).enumerate() {
                let blocks = primitive.class() != Class::Lamp;
                let shape = primitive.shape;
                items.push((bounds, Leaf { shape, group: g as u32, primitive: p as u32, blocks }));
            }
        }
        let mut tree = Self { scene, nodes: Vec::new(), leaves: Vec::new() };
        tree.grow(&mut items);
        tree
    }

    /// Adds the node of these items and what is below it.
    fn grow(&mut self, items: &mut [(Bounds, Leaf)]) -> u32 {
        let index = self.nodes.len();
        let empty = [Vec4::splat(NOWHERE); 3];
        self.nodes.push(Node { min: empty, max: empty, children: [0; 4] });
        let middle = split(items);
        let (low, high) = items.split_at_mut(middle);
        let middles = [split(low), split(high)];
        let (a, b) = low.split_at_mut(middles[0]);
        let (c, d) = high.split_at_mut(middles[1]);
        for (slot, part) in [a, b, c, d].into_iter().enumerate() {
            if part.is_empty() {
                continue;
            }
            let bounds = part.iter().fold(Bounds::EMPTY, |all, item| all.union(item.0));
            let child = if let [(_, leaf)] = part {
                self.leaves.push(*leaf);
                (self.leaves.len() - 1) as u32 | LEAF
            } else {
                self.grow(part)
            };
            let node = &mut self.nodes[index];
            node.children[slot] = child;
            for axis in 0..3 {
                node.min[axis][slot] = bounds.min[axis];
                node.max[axis][slot] = bounds.max[axis];
            }
        }
        index as u32
    }

    /// What a ray that begins in the room meets first; `pixel` as in [`Scene::cast`].
    pub fn cast(&self, ray: &Ray, pixel: f32) -> Hit {
        let (wall, side) = self.scene.shell(ray);
        match self.nearest(ray, wall) {
            Some(met) => self.scene.seen(ray, &met, pixel),
            None => self.scene.shell_hit(ray, wall, side, pixel),
        }
    }

    /// The nearest primitive before `far`.
    pub fn nearest(&self, ray: &Ray, mut far: f32) -> Option<Met> {
        let wide = Wide::new(ray);
        let mut local = Local::new(self.scene);
        let mut best = None;
        let mut waiting = [(0_u32, 0.0_f32); WAITING];
        let mut waits = 1;
        while waits > 0 {
            waits -= 1;
            let (child, near) = waiting[waits];
            if near >= far {
                continue;
            }
            if child & LEAF != 0 {
                let leaf = &self.leaves[(child & !LEAF) as usize];
                if let Some((t, normal)) = leaf.shape.hit(local.of(ray, leaf.group), far) {
                    far = t;
                    let (group, primitive) = (leaf.group as usize, leaf.primitive as usize);
                    best = Some(Met { t, normal, group, primitive });
                }
                continue;
            }
            let node = &self.nodes[child as usize];
            let (near, mut met) = wide.meets(node, far);
            let first = waits;
            while met != 0 {
                let slot = met.trailing_zeros() as usize;
                met &= met - 1;
                // The farthest first, so that the nearest is looked at next.
                let mut at = waits;
                while at > first && waiting[at - 1].1 < near[slot] {
                    waiting[at] = waiting[at - 1];
                    at -= 1;
                }
                waiting[at] = (node.children[slot], near[slot]);
                waits += 1;
            }
        }
        best
    }

    /// Whether anything but a lamp is between a point and another.
    pub fn blocked(&self, from: Vec3A, to: Vec3A) -> bool {
        let ray = Ray::new(from, to - from);
        let wide = Wide::new(&ray);
        let mut local = Local::new(self.scene);
        let mut waiting = [0_u32; WAITING];
        let mut waits = 1;
        while waits > 0 {
            waits -= 1;
            let node = &self.nodes[waiting[waits] as usize];
            let mut met = wide.meets(node, 1.0).1;
            while met != 0 {
                let child = node.children[met.trailing_zeros() as usize];
                met &= met - 1;
                if child & LEAF == 0 {
                    waiting[waits] = child;
                    waits += 1;
                    continue;
                }
                let leaf = &self.leaves[(child & !LEAF) as usize];
                if leaf.blocks && leaf.shape.hit(local.of(&ray, leaf.group), 1.0).is_some() {
                    return true;
                }
            }
        }
        false
    }
}

/// A ray as four boxes need it.
struct Wide {
    origin: [Vec4; 3],
    inverse: [Vec4; 3],
}

impl Wide {
    fn new(ray: &Ray) -> Self {
        Self {
            origin: [
                Vec4::splat(ray.origin.x),
                Vec4::splat(ray.origin.y),
                Vec4::splat(ray.origin.z),
            ],
            inverse: [
                Vec4::splat(ray.inverse.x),
                Vec4::splat(ray.inverse.y),
                Vec4::splat(ray.inverse.z),
            ],
        }
    }

    /// Where the ray enters the boxes, and a bit for each that it meets between 0 and `far`.
    fn meets(&self, node: &Node, far: f32) -> ([f32; 4], u32) {
        let mut near = Vec4::ZERO;
        let mut leave = Vec4::splat(far);
        for axis in 0..3 {
            let a = (node.min[axis] - self.origin[axis]) * self.inverse[axis];
            let b = (node.max[axis] - self.origin[axis]) * self.inverse[axis];
            near = near.max(a.min(b));
            leave = leave.min(a.max(b));
        }
        (near.to_array(), near.cmple(leave).bitmask())
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

/// Sorts along the longest side and says where to split: where the expected number of tests,
/// surface times leaves, is least, but neither part gets less than a quarter.
fn split(items: &mut [(Bounds, Leaf)]) -> usize {
    if items.len() < 2 {
        return items.len();
    }
    let middle = |b: &Bounds| b.min + b.max;
    let extent = items
        .iter()
        .fold(Bounds::EMPTY, |all, (b, _)| all.union(Bounds { min: middle(b), max: middle(b) }));
    let size = extent.max - extent.min;
    let axis = (0..3).fold(0, |best, axis| if size[axis] > size[best] { axis } else { best });
    items.sort_by(|a, b| middle(&a.0)[axis].total_cmp(&middle(&b.0)[axis]));
    let surface = |b: &Bounds| {
        let d = b.max - b.min;
        d.x * d.y + d.y * d.z + d.z * d.x
    };
    let mut right = vec![0.0; items.len()];
    let mut all = Bounds::EMPTY;
    for (i, item) in items.iter().enumerate().rev() {
        all = all.union(item.0);
        right[i] = surface(&all) * (items.len() - i) as f32;
    }
    let (mut best, mut left) = ((f32::INFINITY, items.len() / 2), Bounds::EMPTY);
    for i in 1..items.len() {
        left = left.union(items[i - 1].0);
        let cost = surface(&left) * i as f32 + right[i];
        if cost < best.0 && (items.len() / 4..=items.len() * 3 / 4).contains(&i) {
            best = (cost, i);
        }
    }
    best.1
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
