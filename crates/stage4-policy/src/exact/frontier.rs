//! The nodes that wait to be looked at: the best bound first, within a bounded memory.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::rc::Rc;

use crate::exact::core::{Core, Fate};

/// Most bytes of cores that wait best first. Beyond them the best node's subtree is searched depth
/// first, whose memory grows with its depth alone: the proof is the same, with a few nodes more.
pub(super) const MOST_BYTES: usize = 1 << 30;

/// A node that is relaxed and split.
pub(super) struct Parent {
    pub core: Core,
    pub lambda: Vec<i64>,
    pub mean: Vec<f64>,
    pub mu: f64,
}

impl Parent {
    fn bytes(&self) -> usize {
        self.core.bytes() + size_of_val(&self.lambda[..]) + size_of_val(&self.mean[..])
    }
}

/// A node that waits.
pub(super) struct Open {
    /// Nothing in it is worth more.
    pub bound: i64,
    /// From 0 in the order in which nodes came up.
    pub number: u64,
    pub parent: Rc<Parent>,
    /// How it differs from its parent; the root does not.
    pub branch: Option<(usize, Fate)>,
}

/// Where a node is split: at this source, with its likelier fate first and the bound of each.
pub(super) struct Split {
    pub parent: Parent,
    pub source: usize,
    pub fates: [(Fate, i64); 2],
}

pub(super) struct Frontier {
    best_first: BinaryHeap<Open>,
    /// What is left of the subtree that is searched depth first; its deepest nodes come last.
    depth_first: Vec<Open>,
    /// Bytes of the parents of what is in `best_first`.
    held: usize,
    most: usize,
    number: u64,
}

impl Frontier {
    /// The root alone; `most` bytes may wait best first.
    pub fn new(root: Parent, most: usize) -> Self {
        let held = root.bytes();
        let bound = root.core.trivial_bound();
        let root = Open { bound, number: 0, parent: Rc::new(root), branch: None };
        let best_first = BinaryHeap::from([root]);
        Self { best_first, depth_first: Vec::new(), held, most, number: 0 }
    }

    /// The node to look at next.
    pub fn next(&mut self) -> Option<Open> {
        if let Some(node) = self.depth_first.pop() {
            return Some(node);
        }
        let node = self.best_first.pop()?;
        if Rc::strong_count(&node.parent) == 1 {
            self.held -= node.parent.bytes();
        }
        Some(node)
    }

    /// Both sides of a split wait.
    pub fn push(&mut self, Split { parent, source, fates }: Split) {
        let bytes = parent.bytes();
        let parent = Rc::new(parent);
        let mut nodes = fates.map(|(fate, bound)| {
            self.number += 1;
            let (parent, branch) = (Rc::clone(&parent), Some((source, fate)));
            Open { bound, number: self.number, parent, branch }
        });
        if self.depth_first.is_empty() && self.held + bytes <= self.most {
            self.held += bytes;
            self.best_first.extend(nodes);
        } else {
            // What is pushed last is looked at first.
            nodes.reverse();
            self.depth_first.extend(nodes);
        }
    }

    /// Nothing that waits is worth more.
    pub fn bound(&self) -> Option<i64> {
        let deep = self.depth_first.iter().map(|node| node.bound);
        deep.chain(self.best_first.peek().map(|node| node.bound)).max()
    }
}

impl PartialEq for Open {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Open {}

impl PartialOrd for Open {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The largest bound first; among equals the newest, which is the deepest.
impl Ord for Open {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bound.cmp(&other.bound).then(self.number.cmp(&other.number))
    }
}
