//! A tree of boxes around a scene's primitives, so that a ray looks at few of them.

use glam::Vec3A;

use crate::class::Class;
use crate::scene::{Hit, Met, Scene};
use crate::shape::{Bounds, Ray, Shape};

/// A scene with its tree. Casts as [`Scene::cast`] does, which tries every group in turn.
pub(crate) struct Tree<'a> {
    pub scene: &'a Scene,
    nodes: Vec<Node>,
    leaves: Vec<Leaf>,
}

/// A box with either two children, the first of which follows it, or some leaves.
#[derive(Clone, Copy)]
struct Node {
    bounds: Bounds,
    /// The first leaf, or the second child when there are no leaves.
    first: u32,
    leaves: u32,
}

#[derive(Clone, Copy)]
struct Leaf {
    shape: Shape,
    group: u32,
    primitive: u32,
    /// Lamps do not shade the light that comes out of them.
    blocks: bool,
}

/// Leaves that a box may have: testing one more primitive costs about as much as one more box.
const FEW: usize = 2;
/// More boxes are never waiting: a tree of n leaves that halves no worse than 1:n is n deep, and
/// the sweep below keeps real ones far from that; deeper boxes become large leaves.
const DEPTH: usize = 48;

impl<'a> Tree<'a> {
    pub fn new(scene: &'a Scene) -> Self {
        let mut items: Vec<(Bounds, Leaf)> = Vec::new();
        for (g, group) in scene.groups.iter().enumerate() {
            for (p, (primitive, bounds)) in group.primitives.iter().zip(group.parts()).enumerate() {
                let blocks = primitive.class != Class::Lamp;
                let shape = primitive.shape;
                items.push((bounds, Leaf { shape, group: g as u32, primitive: p as u32, blocks }));
            }
        }
        let mut tree = Self { scene, nodes: Vec::new(), leaves: Vec::new() };
        if !items.is_empty() {
            tree.grow(&mut items, 0);
        }
        tree
    }

    fn grow(&mut self, items: &mut [(Bounds, Leaf)], depth: usize) {
        let bounds = items.iter().fold(Bounds::EMPTY, |all, item| all.union(item.0));
        let (index, first) = (self.nodes.len(), self.leaves.len() as u32);
        self.nodes.push(Node { bounds, first, leaves: items.len() as u32 });
        if items.len() <= FEW || depth >= DEPTH {
            self.leaves.extend(items.iter().map(|item| item.1));
            return;
        }
        let split = split(items);
        let (left, right) = items.split_at_mut(split);
        self.grow(left, depth + 1);
        (self.nodes[index].first, self.nodes[index].leaves) = (self.nodes.len() as u32, 0);
        self.grow(right, depth + 1);
    }

    /// What a ray that begins in the room meets first; `pixel` as in [`Scene::cast`].
    pub fn cast(&self, ray: &Ray, pixel: f32) -> (Hit, u32) {
        let (wall, side) = self.scene.shell(ray);
        match self.nearest(ray, wall) {
            Some((met, leaf)) => (self.scene.seen(ray, &met, pixel), 6 + leaf),
            None => (self.scene.shell_hit(ray, wall, side, pixel), side as u32),
        }
    }

    /// The nearest primitive before `far`, and the number of its leaf.
    pub fn nearest(&self, ray: &Ray, far: f32) -> Option<(Met, u32)> {
        let mut local = Local::new(self.scene);
        let (mut far, mut best) = (far, None);
        self.visit(ray, far, |first, leaves| {
            for index in first..first + leaves {
                let leaf = &self.leaves[index as usize];
                if let Some((t, normal)) = leaf.shape.hit(local.of(ray, leaf.group), far) {
                    far = t;
                    let (group, primitive) = (leaf.group as usize, leaf.primitive as usize);
                    best = Some((Met { t, normal, group, primitive }, index));
                }
            }
            far
        });
        best
    }

    /// Whether anything but a lamp is between a point and another.
    pub fn blocked(&self, from: Vec3A, to: Vec3A) -> bool {
        let ray = Ray::new(from, to - from);
        let mut local = Local::new(self.scene);
        let mut blocked = false;
        self.visit(&ray, 1.0, |first, leaves| {
            blocked |= self.leaves[first as usize..(first + leaves) as usize].iter().any(|leaf| {
                leaf.blocks && leaf.shape.hit(local.of(&ray, leaf.group), 1.0).is_some()
            });
            if blocked { f32::NEG_INFINITY } else { 1.0 }
        });
        blocked
    }

    /// Visits the leaves of the boxes that a ray meets, the nearer child first. `leaf` gets the
    /// leaves' range and returns how far it is still worth to look.
    fn visit(&self, ray: &Ray, mut far: f32, mut leaf: impl FnMut(u32, u32) -> f32) {
        let mut waiting = [(0_u32, 0.0_f32); DEPTH + 1];
        let mut waits = 0;
        let near = |node: u32, far| self.nodes.get(node as usize)?.bounds.enters(ray, far);
        let mut next = near(0, far).map(|_| 0);
        while let Some(index) = next {
            let node = &self.nodes[index as usize];
            next = None;
            if node.leaves > 0 {
                far = leaf(node.first, node.leaves);
            } else {
                let (a, b) = (index + 1, node.first);
                match (near(a, far), near(b, far)) {
                    (Some(to_a), Some(to_b)) => {
                        let (first, second) =
                            if to_a <= to_b { (a, (b, to_b)) } else { (b, (a, to_a)) };
                        waiting[waits] = second;
                        waits += 1;
                        next = Some(first);
                    }
                    (Some(_), None) => next = Some(a),
                    (None, Some(_)) => next = Some(b),
                    (None, None) => {}
                }
            }
            while next.is_none() && waits > 0 {
                waits -= 1;
                let (node, near) = waiting[waits];
                next = (near < far).then_some(node);
            }
        }
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

/// Sorts along the longest side and says where to split, so that the expected number of tests,
/// surface times leaves, is least.
fn split(items: &mut [(Bounds, Leaf)]) -> usize {
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
        if cost < best.0 {
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
            prop_assert_eq!(tree.cast(&ray, 0.01).0, room.cast(&ray, 0.01));
            prop_assert_eq!(tree.blocked(from, to), !room.is_lit(from, to));
        }
    }

    #[test]
    fn an_empty_room_has_walls_only() {
        let mut room = Scene::room(1, 0);
        room.groups.clear();
        let tree = Tree::new(&room);
        let ray = Ray::new(room.size * 0.5, -Vec3A::Z);
        assert_eq!(tree.cast(&ray, 0.0).0.class, Class::Floor);
        assert!(!tree.blocked(room.size * 0.1, room.size * 0.9));
    }
}
