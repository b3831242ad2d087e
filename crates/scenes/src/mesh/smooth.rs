//! What is smooth in a mesh and what is an edge: corner normals, patches, curvature.

use std::ops::Range;

use glam::Vec3A;

use crate::mesh::bend::{Bend, Neighbour};
use crate::mesh::make::Corner;

/// Triangles that meet at a smaller angle go over into each other smoothly, cos 40°.
const SMOOTH: f32 = 0.766;
/// Where a file gives normals, they say where a surface is smooth: those of one corner differ by
/// less than this, cos 8°.
const SAME: f32 = 0.99;

/// Where more triangles meet in a point, nothing is smooth: a tip, or no surface at all.
const WIDEST: usize = 256;

/// The corners of all triangles, by the points that they share.
pub(super) struct Fans<'a> {
    corners: &'a [[Corner; 3]],
    /// Unit normals of the triangles.
    flat: Vec<Vec3A>,
    /// Every corner (3·triangle + which), those of one point together.
    order: Vec<u32>,
    /// Where the fan of each corner is.
    places: Vec<Range<u32>>,
}

impl<'a> Fans<'a> {
    pub fn new(corners: &'a [[Corner; 3]]) -> Self {
        let flat = corners
            .iter()
            .map(|[a, b, c]| (b.point - a.point).cross(c.point - a.point).normalize_or(Vec3A::Z));
        let flat = flat.collect();
        // The same coordinates are the same point; 0 and −0 are one number.
        let key = |corner: u32| {
            let point = corners[corner as usize / 3][corner as usize % 3].point + 0.0;
            point.to_array().map(f32::to_bits)
        };
        let mut order: Vec<u32> = (0..3 * corners.len() as u32).collect();
        order.sort_by_cached_key(|&corner| (key(corner), corner));
        let mut places = vec![0..0; order.len()];
        let mut start = 0;
        for fan in order.chunk_by(|&a, &b| key(a) == key(b)) {
            let place = start..start + fan.len() as u32;
            for &corner in fan {
                places[corner as usize] = place.clone();
            }
            start = place.end;
        }
        Self { corners, flat, order, places }
    }

    fn at(&self, corner: u32) -> &Corner {
        &self.corners[corner as usize / 3][corner as usize % 3]
    }

    fn flat(&self, corner: u32) -> Vec3A {
        self.flat[corner as usize / 3]
    }

    /// The corners of the same point, as a rule the corner itself among them, whose triangles go over into
    /// its triangle smoothly.
    fn smooth(&self, corner: u32) -> impl Iterator<Item = u32> {
        let place = self.places[corner as usize].clone();
        let mut fan = &self.order[place.start as usize..place.end as usize];
        if fan.len() > WIDEST {
            fan = &[];
        }
        let given = self.at(corner).normal;
        fan.iter().copied().filter(move |&other| {
            self.flat(corner).dot(self.flat(other)) > SMOOTH
                && match (given, self.at(other).normal) {
                    (Some(a), Some(b)) => a.dot(b).abs() > SAME,
                    _ => true,
                }
        })
    }

    /// The unit normal of every corner: that of the file, or the mean of the triangles that go over
    /// into its own, by their angles at the point (Thürmer and Wüthrich, 1998). All look to the
    /// side to which their triangle's points run counterclockwise.
    pub fn normals(&self) -> Vec<Vec3A> {
        let normal = |corner: u32| {
            let flat = self.flat(corner);
            if let Some(given) = self.at(corner).normal {
                let given = given * given.dot(flat).signum();
                return given.normalize_or(flat);
            }
            let fan = self.smooth(corner);
            let sum = fan.map(|other| self.flat(other) * self.angle(other)).sum::<Vec3A>();
            sum.normalize_or(flat)
        };
        (0..self.places.len() as u32).map(normal).collect()
    }

    /// The angle of a triangle at a corner.
    fn angle(&self, corner: u32) -> f32 {
        let point = self.at(corner).point;
        let [a, b] = others(corner).map(|other| (self.at(other).point - point).normalize_or_zero());
        a.dot(b).clamp(-1.0, 1.0).acos()
    }

    /// The curvature at every corner, given the normals of all.
    pub fn bends(&self, normals: &[Vec3A]) -> Vec<Bend> {
        let mut near = Vec::new();
        let bend = |corner: u32| {
            let point = self.at(corner).point;
            near.clear();
            for other in self.smooth(corner).flat_map(others) {
                let (way, normal) = (self.at(other).point - point, normals[other as usize]);
                near.push(Neighbour { way, normal });
            }
            Bend::fit(normals[corner as usize], &near)
        };
        (0..self.places.len() as u32).map(bend).collect()
    }

    /// The number of the patch of every triangle: those that go over into each other smoothly have
    /// one. Beyond 65,535 numbers begin again.
    pub fn patches(&self) -> Vec<u16> {
        let mut parents: Vec<u32> = (0..self.corners.len() as u32).collect();
        for corner in 0..self.places.len() as u32 {
            for other in self.smooth(corner) {
                let (a, b) = (root(&mut parents, corner / 3), root(&mut parents, other / 3));
                // The least number of a patch is its root.
                parents[a.max(b) as usize] = a.min(b);
            }
        }
        let mut next = 0_u32;
        let mut numbers = vec![0_u16; parents.len()];
        for triangle in 0..parents.len() as u32 {
            let root = root(&mut parents, triangle);
            if root == triangle {
                numbers[triangle as usize] = (next % (1 << 16)) as u16;
                next += 1;
            } else {
                numbers[triangle as usize] = numbers[root as usize];
            }
        }
        numbers
    }
}

/// The root of a tree of numbers; ways to it become shorter.
fn root(parents: &mut [u32], mut number: u32) -> u32 {
    while parents[number as usize] != number {
        let above = parents[parents[number as usize] as usize];
        parents[number as usize] = above;
        number = above;
    }
    number
}

/// The two other corners of a corner's triangle.
fn others(corner: u32) -> [u32; 2] {
    let (first, which) = (corner - corner % 3, corner % 3);
    [first + (which + 1) % 3, first + (which + 2) % 3]
}
