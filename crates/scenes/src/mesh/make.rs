//! From triangles to a mesh.

use std::sync::Arc;

use glam::{Vec2, Vec3A};

use crate::bounds::Bounds;
use crate::boxes::{Boxes, MOST_LEAVES};
use crate::mesh::smooth::Fans;
use crate::mesh::{Face, Material, Mesh, Triangle};

/// The most triangles of a model: a gigabyte and a half while it is read.
pub const MOST_TRIANGLES: usize = 1 << 22;
const _: () = assert!(MOST_TRIANGLES <= MOST_LEAVES);
/// Nothing of a building is farther from its origin, metres.
const FARTHEST: f32 = 1e5;
/// Thinner triangles, as a share of their longest side, are lines.
const THINNEST: f32 = 1e-6;

/// A corner of a triangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Corner {
    /// Where it is, metres.
    pub point: Vec3A,
    /// The unit normal that the file gives, on either side.
    pub normal: Option<Vec3A>,
    /// Where it is on the texture: from the left and from the top, 1 is the whole texture.
    pub uv: Vec2,
}

/// Triangles of a mesh that is being made.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    corners: Vec<[Corner; 3]>,
    materials: Vec<u32>,
}

/// Why a triangle cannot be part of a mesh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// A coordinate is no number, or beyond 100 km.
    NoPlace,
    /// Its corners lie on a line.
    NoArea,
}

impl Draft {
    /// Adds a triangle with the number of its material, unless it is unfit.
    pub fn add(&mut self, corners: [Corner; 3], material: u32) -> Result<(), Unfit> {
        // What is no number is not below the limit.
        let placed = |c: &Corner| c.point.abs().cmple(Vec3A::splat(FARTHEST)).all();
        if !corners.iter().all(placed) {
            return Err(Unfit::NoPlace);
        }
        let [a, b, c] = corners.map(|c| c.point);
        let longest =
            [b - a, c - a, c - b].map(Vec3A::length_squared).into_iter().fold(0.0, f32::max);
        let area = (b - a).cross(c - a).length();
        if area.is_nan() || area <= THINNEST * longest || area < 1e-18 {
            return Err(Unfit::NoArea);
        }
        let fit = |v: Vec3A| Some(v).filter(|v| v.is_finite()).and_then(Vec3A::try_normalize);
        let tidy = |c: Corner| Corner {
            normal: c.normal.and_then(fit),
            uv: if c.uv.is_finite() { c.uv } else { Vec2::ZERO },
            ..c
        };
        self.corners.push(corners.map(tidy));
        self.materials.push(material);
        Ok(())
    }

    /// All triangles of both.
    #[must_use]
    pub fn and(mut self, mut other: Self) -> Self {
        self.corners.append(&mut other.corners);
        self.materials.append(&mut other.materials);
        self
    }

    /// Whether there is no triangle.
    pub fn is_empty(&self) -> bool {
        self.corners.is_empty()
    }

    /// What `of` says of the materials of all triangles, if it says the same of all.
    pub fn common<T: PartialEq>(&self, of: impl Fn(u32) -> Option<T>) -> Option<T> {
        let mut materials = self.materials.clone();
        materials.sort_unstable();
        materials.dedup();
        let (&first, others) = materials.split_first()?;
        let first = of(first)?;
        others.iter().all(|&other| of(other).as_ref() == Some(&first)).then_some(first)
    }

    /// The mesh: normals where the file gives none, curvature, and the tree. Every material number
    /// must be one of `materials`; none if one is not, or if there is no triangle.
    pub fn finish(self, materials: Arc<[Material]>) -> Option<Mesh> {
        let Self { corners, materials: numbers } = self;
        if corners.is_empty() || numbers.iter().any(|&m| m as usize >= materials.len()) {
            return None;
        }
        let fans = Fans::new(&corners);
        let (normals, patches) = (fans.normals(), fans.patches());
        let bends = fans.bends(&normals);
        let triangles: Vec<Triangle> = corners
            .iter()
            .map(|[a, b, c]| Triangle {
                corner: a.point,
                sides: [b.point - a.point, c.point - a.point],
            })
            .collect();
        let (boxes, order) = Boxes::new(triangles.iter().map(Triangle::bounds));
        let face = |&item: &u32| {
            let item = item as usize;
            let three = [3 * item, 3 * item + 1, 3 * item + 2];
            Face {
                normals: three.map(|corner| normals[corner].into()),
                uvs: corners[item].map(|corner| corner.uv),
                bends: three.map(|corner| bends[corner]),
                material: numbers[item],
                patch: patches[item],
            }
        };
        let bounds = triangles.iter().fold(Bounds::EMPTY, |all, t| all.union(t.bounds()));
        let faces = order.iter().map(face).collect();
        let triangles = order.iter().map(|&item| triangles[item as usize]).collect();
        Some(Mesh { bounds, boxes, triangles, faces, materials })
    }
}
