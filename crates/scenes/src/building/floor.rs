//! Where one can stand in a building.

use glam::Vec3A;

use super::is_no_floor;
use crate::ground::Spot;
use crate::scene::Scene;
use crate::shape::Ray;
use crate::thing::Thing;
use crate::tree::Tree;

/// A place of the grid where one can stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub spot: Spot,
    /// Distance of the nearest surface at the height of the chest, at most 1 m.
    pub free: f32,
    /// The column of the grid that it is in.
    pub column: usize,
}

/// All places where one can stand, column by column, from the top.
pub(super) struct Floor {
    /// Side of a cell, metres.
    pub cell: f32,
    pub places: Vec<Place>,
    /// Numbers of the places that are one step away, for each.
    pub near: Vec<Vec<u32>>,
    /// Whether all are below a ceiling.
    pub roofed: bool,
}

/// One stands where there is so much air, metres.
const HEADROOM: f32 = 1.9;
/// How high the chest is, metres: above tables and chairs, below the upper edges of doors.
const CHEST: f32 = 1.5;
/// Below the sills of windows, metres.
const KNEES: f32 = 0.4;
/// Nearer to a surface one does not stand, metres; nor within a wall that is hollow.
const NARROWEST: f32 = 0.2;
/// A step is no higher, metres.
const STEP: f32 = 0.3;
/// The least floor that counts, m².
const LEAST: f32 = 1.0;
/// Cells are at least so wide, metres, and wider in models so large that there would be more.
const CELL: f32 = 0.25;
const MOST_CELLS: f32 = 90_000.0;
/// Surfaces above each other that are looked at.
const LAYERS: usize = 64;

/// A level surface in a column.
struct Level {
    z: f32,
    headroom: f32,
    roofed: bool,
    /// Whether one can stand on it.
    stands: bool,
}

impl Floor {
    pub fn find(scene: &Scene) -> Self {
        let tree = Tree::new(scene);
        let cell = CELL.max((scene.size.x * scene.size.y / MOST_CELLS).sqrt());
        let [nx, ny] = [scene.size.x, scene.size.y].map(|side| (side / cell).ceil() as usize);
        // Not in the middle of a cell: walls often stand at round numbers.
        let at = |column: usize| {
            Vec3A::new((column % nx) as f32 + 0.47, (column / nx) as f32 + 0.47, 0.0) * cell
        };
        let columns: Vec<Vec<Level>> = (0..nx * ny).map(|c| levels(&tree, at(c))).collect();
        let mut all = Vec::new();
        for (column, levels) in columns.iter().enumerate() {
            for level in levels.iter().filter(|level| level.stands) {
                let point = at(column).with_z(level.z);
                if is_enclosed(&tree, point) {
                    let spot = Spot { point, headroom: level.headroom };
                    let free = scene.clearance(point + CHEST * Vec3A::Z);
                    if free >= NARROWEST {
                        all.push((Place { spot, free, column }, level.roofed));
                    }
                }
            }
        }
        let below = all.iter().filter(|place| place.1).count();
        let roofed = 5 * below >= all.len().max(1);
        let places: Vec<Place> =
            all.into_iter().filter(|place| place.1 || !roofed).map(|place| place.0).collect();
        let mut starts = vec![0_usize; nx * ny + 1];
        for place in &places {
            starts[place.column + 1] += 1;
        }
        for i in 0..nx * ny {
            starts[i + 1] += starts[i];
        }
        let mut near: Vec<Vec<u32>> = vec![Vec::new(); places.len()];
        for (a, place) in places.iter().enumerate() {
            let (x, y) = (place.column % nx, place.column / nx);
            let right = (x + 1 < nx).then_some(place.column + 1);
            let above = (y + 1 < ny).then_some(place.column + nx);
            for column in [right, above].into_iter().flatten() {
                for b in starts[column]..starts[column + 1] {
                    let (from, to) = (place.spot.point, places[b].spot.point);
                    let chest = CHEST * Vec3A::Z;
                    if (from.z - to.z).abs() < STEP && !tree.blocked(from + chest, to + chest) {
                        near[a].push(b as u32);
                        near[b].push(a as u32);
                    }
                }
            }
        }
        let mut floor = Self { cell, places, near, roofed };
        floor.keep_floors(&columns, nx);
        floor
    }

    /// Groups of places that are joined, as the number of the group of each place.
    fn joined(&self) -> (Vec<usize>, usize) {
        let mut groups = vec![usize::MAX; self.places.len()];
        let mut count = 0;
        for first in 0..groups.len() {
            if groups[first] != usize::MAX {
                continue;
            }
            let mut waiting = vec![first];
            groups[first] = count;
            while let Some(at) = waiting.pop() {
                for &next in &self.near[at] {
                    if groups[next as usize] == usize::MAX {
                        groups[next as usize] = count;
                        waiting.push(next as usize);
                    }
                }
            }
            count += 1;
        }
        (groups, count)
    }

    /// Drops what is too small to stand on, and tops of things: level surfaces that fall off at most
    /// of their edge to a lower one, not as deep as a storey.
    fn keep_floors(&mut self, columns: &[Vec<Level>], nx: usize) {
        let (groups, count) = self.joined();
        let (mut sizes, mut edges, mut drops) = (vec![0; count], vec![0; count], vec![0; count]);
        for (i, place) in self.places.iter().enumerate() {
            let (group, z) = (groups[i], place.spot.point.z);
            sizes[group] += 1;
            let c = place.column;
            let beside = [
                (c % nx > 0).then(|| c - 1),
                (c % nx + 1 < nx).then_some(c + 1),
                c.checked_sub(nx),
                Some(c + nx).filter(|&c| c < columns.len()),
            ];
            for column in beside.into_iter().flatten() {
                let stays = |&&other: &&u32| self.places[other as usize].column == column;
                if self.near[i].iter().any(|other| stays(&other)) {
                    continue;
                }
                edges[group] += 1;
                let lower = |level: &Level| (STEP..1.3).contains(&(z - level.z));
                drops[group] += usize::from(columns[column].iter().any(lower));
            }
        }
        let least = (LEAST / (self.cell * self.cell)).ceil() as usize;
        let kept = |group: usize| sizes[group] >= least && 2 * drops[group] <= edges[group];
        let mut numbers = vec![None; self.places.len()];
        let mut next = 0;
        for (number, &group) in numbers.iter_mut().zip(&groups) {
            if kept(group) {
                *number = Some(next);
                next += 1;
            }
        }
        let keep = |i: &usize| numbers[*i].is_some();
        let left: Vec<usize> = (0..self.places.len()).filter(keep).collect();
        self.places = left.iter().map(|&i| self.places[i]).collect();
        let renumbered = |others: &Vec<u32>| -> Vec<u32> {
            others.iter().filter_map(|&other| numbers[other as usize]).collect()
        };
        self.near = left.iter().map(|&i| renumbered(&self.near[i])).collect();
    }
}

/// The level surfaces below a point at the top of the model.
fn levels(tree: &Tree, at: Vec3A) -> Vec<Level> {
    let mut levels = Vec::new();
    let top = tree.scene.size.z;
    let (mut from, mut roofed) = (top - 1e-3, false);
    let mut above = top;
    for _ in 0..LAYERS {
        let ray = Ray::new(at.with_z(from), -Vec3A::Z);
        let Some(met) = tree.nearest(&ray, from) else { break };
        let z = from - met.t;
        if met.normal.z.abs() > 0.85 {
            let headroom = above - z;
            let thing = tree.scene.groups[met.group]
                .mesh
                .as_ref()
                .and_then(|placed| placed.thing.or(placed.mesh.material(met.primitive).thing));
            let on = !thing.is_some_and(|thing: Thing| is_no_floor(thing.class()));
            let stands = on && headroom >= HEADROOM;
            levels.push(Level { z, headroom, roofed, stands });
        }
        (above, roofed) = (z, true);
        from = z - 2e-3;
    }
    levels
}

/// Whether there are walls around a point of the floor, in three of four directions.
fn is_enclosed(tree: &Tree, point: Vec3A) -> bool {
    const DIRECTIONS: usize = 12;
    let walls = (0..DIRECTIONS).filter(|&i| {
        let (sin, cos) = (std::f32::consts::TAU * (i as f32 + 0.3) / DIRECTIONS as f32).sin_cos();
        [KNEES, CHEST].into_iter().any(|height| {
            let ray = Ray::new(point + height * Vec3A::Z, Vec3A::new(cos, sin, 0.05));
            let (out, _) = tree.scene.shell(&ray);
            tree.blocked(ray.origin, ray.at(out))
        })
    });
    4 * walls.count() >= 3 * DIRECTIONS
}
