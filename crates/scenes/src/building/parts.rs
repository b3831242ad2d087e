//! The floor in parts: rooms, as far as doors are narrower than they are.

use super::floor::{Floor, Place};

/// Two parts are one if what joins them is this share as wide as the narrower of them.
const NECK: f32 = 0.65;
/// Smaller parts, m², become part of the one that they are joined to most widely.
const SMALL: f32 = 3.0;

/// The places of every part, in the order of their first ones: where floor is widest parts begin,
/// and they grow towards where it is narrower until they meet.
pub(super) fn divide(floor: &Floor) -> Vec<Vec<Place>> {
    let count = floor.places.len();
    let free = |place: usize| floor.places[place].free;
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|&a, &b| free(b).total_cmp(&free(a)).then(a.cmp(&b)));
    let mut parts = Parts { parents: vec![usize::MAX; count], widths: vec![0.0; count] };
    for &place in &order {
        (parts.parents[place], parts.widths[place]) = (place, free(place));
        for &other in &floor.near[place] {
            let other = other as usize;
            if parts.parents[other] == usize::MAX {
                continue; // narrower: it comes later
            }
            let (a, b) = (parts.root(place), parts.root(other));
            if a == b {
                continue;
            }
            let width = parts.widths[a].min(parts.widths[b]);
            // What begins just here has no width of its own.
            if a == place || free(place) >= NECK * width {
                parts.join(a, b);
            }
        }
    }
    let whole: Vec<usize> = (0..count).map(|place| parts.root(place)).collect();
    let merged = merge_small(floor, whole);
    let mut numbers = std::collections::BTreeMap::new();
    let mut found: Vec<Vec<Place>> = Vec::new();
    for (place, root) in merged.into_iter().enumerate() {
        let number = *numbers.entry(root).or_insert_with(|| {
            found.push(Vec::new());
            found.len() - 1
        });
        found[number].push(floor.places[place]);
    }
    found
}

/// Joins parts that are too small to the one that they share the widest passage with, the smallest
/// first. What is joined to nothing stays.
fn merge_small(floor: &Floor, mut roots: Vec<usize>) -> Vec<usize> {
    let least = SMALL / (floor.cell * floor.cell);
    let mut alone = std::collections::BTreeSet::new();
    loop {
        let mut sizes = std::collections::BTreeMap::new();
        for &root in &roots {
            *sizes.entry(root).or_insert(0_usize) += 1;
        }
        let small =
            sizes.iter().filter(|(root, size)| (**size as f32) < least && !alone.contains(*root));
        let Some((&small, _)) = small.min_by_key(|(root, size)| (**size, **root)) else {
            return roots;
        };
        let mut best: Option<(f32, usize)> = None;
        for (place, _) in roots.iter().enumerate().filter(|(_, root)| **root == small) {
            for &other in &floor.near[place] {
                let (other, width) = (other as usize, floor.places[place].free);
                let width = width.min(floor.places[other].free);
                if roots[other] != small && best.is_none_or(|best| width > best.0) {
                    best = Some((width, roots[other]));
                }
            }
        }
        match best {
            Some((_, into)) => {
                roots.iter_mut().filter(|root| **root == small).for_each(|root| *root = into);
            }
            None => {
                alone.insert(small);
            }
        }
    }
}

/// Sets of places, each with the width of its widest place.
struct Parts {
    parents: Vec<usize>,
    widths: Vec<f32>,
}

impl Parts {
    fn root(&mut self, mut place: usize) -> usize {
        while self.parents[place] != place {
            let above = self.parents[self.parents[place]];
            self.parents[place] = above;
            place = above;
        }
        place
    }

    fn join(&mut self, a: usize, b: usize) {
        // The root is the widest place, of equally wide ones the first.
        let (root, other) = if (self.widths[a], b) > (self.widths[b], a) { (a, b) } else { (b, a) };
        self.parents[other] = root;
    }
}
