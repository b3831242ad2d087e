//! A tree of boxes: what a ray or a point is near to, without looking at everything.

use glam::{Vec3A, Vec4};

use crate::bounds::{Bounds, Ray};

/// A tree of boxes whose leaves are numbers, 0 and up.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Boxes {
    nodes: Vec<Node>,
}

/// Four boxes, side by side so that a ray meets them in one go. Each holds a node or a leaf.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Node {
    min: [Vec4; 3],
    max: [Vec4; 3],
    children: [u32; 4],
}

/// Marks children that are leaves.
const LEAF: u32 = 1 << 31;
/// Where boxes are that hold nothing, and a t that no ray reaches them at.
const NOWHERE: f32 = 1e30;
const FARTHEST: f32 = 1e20;
/// The most leaves of a tree.
pub(crate) const MOST_LEAVES: usize = 1 << 24;
/// Children that wait: at most three a level. Each of the two splits of a level leaves at most
/// three quarters, so that even the most leaves are no deeper than 29 levels.
const WAITING: usize = 96;

/// An item while the tree grows: its box and its number.
type Item = (Bounds, u32);

impl Boxes {
    /// The tree over these boxes, of which it takes at most [`MOST_LEAVES`], and the order of its
    /// leaves: leaf k is item `order[k]`. Leaves that are near to each other have near numbers.
    pub fn new(bounds: impl IntoIterator<Item = Bounds>) -> (Self, Vec<u32>) {
        let mut items: Vec<Item> = bounds.into_iter().take(MOST_LEAVES).zip(0..).collect();
        let mut tree = Self { nodes: Vec::new() };
        let mut order = Vec::with_capacity(items.len());
        tree.grow(&mut items, &mut order);
        (tree, order)
    }

    /// Adds the node of these items and what is below it.
    fn grow(&mut self, items: &mut [Item], order: &mut Vec<u32>) -> u32 {
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
            let child = if let [(_, item)] = part {
                order.push(*item);
                (order.len() - 1) as u32 | LEAF
            } else {
                self.grow(part, order)
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

    /// Tries the leaves whose boxes the ray meets before `far`, the nearer boxes first. `test` gets
    /// a leaf and what is `far` by then, and says what is `far` now.
    pub fn nearest(&self, ray: &Ray, far: f32, mut test: impl FnMut(u32, f32) -> Option<f32>) {
        let mut far = far.min(FARTHEST);
        let wide = Wide::new(ray);
        let mut waiting = [(0_u32, 0.0_f32); WAITING];
        let mut waits = 1;
        while waits > 0 {
            waits -= 1;
            let (child, near) = waiting[waits];
            if near >= far {
                continue;
            }
            if child & LEAF != 0 {
                if let Some(t) = test(child & !LEAF, far) {
                    far = t;
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
    }

    /// Whether `test` holds for any leaf whose box the ray meets before `far`.
    pub fn any(&self, ray: &Ray, far: f32, mut test: impl FnMut(u32) -> bool) -> bool {
        let (wide, far) = (Wide::new(ray), far.min(FARTHEST));
        let mut waiting = [0_u32; WAITING];
        let mut waits = 1;
        while waits > 0 {
            waits -= 1;
            let node = &self.nodes[waiting[waits] as usize];
            let mut met = wide.meets(node, far).1;
            while met != 0 {
                let child = node.children[met.trailing_zeros() as usize];
                met &= met - 1;
                if child & LEAF == 0 {
                    waiting[waits] = child;
                    waits += 1;
                } else if test(child & !LEAF) {
                    return true;
                }
            }
        }
        false
    }

    /// The least distance below `far` of a point from what the leaves hold, or else `far`;
    /// `distance` is that from a leaf.
    pub fn distance(&self, point: Vec3A, far: f32, mut distance: impl FnMut(u32) -> f32) -> f32 {
        let mut least = far;
        let mut waiting = vec![0_u32];
        while let Some(index) = waiting.pop() {
            let node = &self.nodes[index as usize];
            let mut square = Vec4::ZERO;
            for axis in 0..3 {
                let at = Vec4::splat(point[axis]);
                let out = (node.min[axis] - at).max(at - node.max[axis]).max(Vec4::ZERO);
                square += out * out;
            }
            let mut near = square.cmplt(Vec4::splat(least * least)).bitmask();
            while near != 0 {
                let child = node.children[near.trailing_zeros() as usize];
                near &= near - 1;
                if child & LEAF == 0 {
                    waiting.push(child);
                } else {
                    least = least.min(distance(child & !LEAF));
                }
            }
        }
        least
    }
}

/// A ray as four boxes need it.
struct Wide {
    origin: [Vec4; 3],
    inverse: [Vec4; 3],
}

impl Wide {
    fn new(ray: &Ray) -> Self {
        let wide = |v: Vec3A| [v.x, v.y, v.z].map(Vec4::splat);
        Self { origin: wide(ray.origin), inverse: wide(ray.inverse) }
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

/// Sorts along the longest side and says where to split: where the expected number of tests,
/// surface times leaves, is least, but neither part gets less than a quarter.
fn split(items: &mut [Item]) -> usize {
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
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn the_tree_finds_what_trying_everything_finds(
            corners in prop::collection::vec(prop::array::uniform3(0.0_f32..4.0), 0..40),
            from in prop::array::uniform3(-1.0_f32..5.0), to in prop::array::uniform3(-1.0_f32..5.0),
        ) {
            let bounds: Vec<_> = corners.iter().map(|&c| {
                let min = Vec3A::from(c);
                Bounds { min, max: min + 0.3 }
            }).collect();
            let (tree, order) = Boxes::new(bounds.iter().copied());
            let leaf = |leaf: u32| &bounds[order[leaf as usize] as usize];
            let (point, ray) = (Vec3A::from(from), Ray::new(from.into(), Vec3A::from(to) - Vec3A::from(from)));
            let brute = bounds.iter().filter_map(|b| b.span(&ray, 1e9)).map(|s| s.0.max(0.0));
            let brute = brute.fold(f32::INFINITY, f32::min);
            let mut found = f32::INFINITY;
            tree.nearest(&ray, f32::INFINITY, |l, far| {
                let t = leaf(l).span(&ray, far)?.0.max(0.0);
                found = found.min(t);
                Some(t)
            });
            prop_assert_eq!(found, brute);
            prop_assert_eq!(tree.any(&ray, 1e9, |l| leaf(l).meets(&ray, 1e9)), brute.is_finite());
            let least = bounds.iter().map(|b| b.distance(point)).fold(2.0, f32::min);
            prop_assert_eq!(tree.distance(point, 2.0, |l| leaf(l).distance(point)), least);
        }
    }

    #[test]
    fn equal_boxes_are_no_problem() {
        let bounds = Bounds { min: Vec3A::ZERO, max: Vec3A::ONE };
        let (tree, order) = Boxes::new(std::iter::repeat_n(bounds, 1000));
        let ray = Ray::new(Vec3A::splat(-1.0), Vec3A::ONE);
        let mut seen = 0;
        tree.nearest(&ray, f32::INFINITY, |_, _| {
            seen += 1;
            None
        });
        assert_eq!((seen, order.len()), (1000, 1000));
    }
}
