//! Meshes: triangles of a model, where a ray meets them and what it sees there.

mod bend;
mod make;
mod material;
mod placed;
mod smooth;

use glam::{Mat3A, Vec2, Vec3, Vec3A};

use crate::bounds::{Bounds, Ray};
use crate::boxes::Boxes;
use crate::light::across;

pub use make::{Corner, Draft, MOST_TRIANGLES, Unfit};
pub use material::Material;
pub use placed::Placed;

use bend::Bend;

/// Triangles with their materials, seen from both sides, and a tree over them.
#[derive(Debug, Clone, PartialEq)]
pub struct Mesh {
    bounds: Bounds,
    boxes: Boxes,
    /// In the order of the leaves.
    triangles: Vec<Triangle>,
    /// As many.
    faces: Vec<Face>,
    materials: std::sync::Arc<[Material]>,
}

/// What a ray needs to know of a triangle: a corner and the way from it to the two others.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Triangle {
    corner: Vec3A,
    sides: [Vec3A; 2],
}

/// What is seen of a triangle, by corner.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Face {
    normals: [Vec3; 3],
    /// Where it is on its texture: from the left, from the top, 1 is the whole texture.
    uvs: [Vec2; 3],
    bends: [Bend; 3],
    material: u32,
    /// Triangles that go over into each other smoothly have one number.
    patch: u16,
}

/// A point of a mesh, as a ray sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sight<'a> {
    /// Unit normal towards the ray's origin, smoothed.
    pub normal: Vec3A,
    /// Principal curvatures, the larger magnitude first, positive where it bulges to the viewer.
    pub curvature: [f32; 2],
    pub material: &'a Material,
    pub colour: Vec3,
    pub patch: u16,
}

/// Nearer than this a ray sees nothing: it may have begun on that very surface.
const NEAR: f32 = 1e-4;
/// Triangles reach so far beyond their edges, as a share of them, that no ray slips between two.
const OVERLAP: f32 = 1e-5;

impl Mesh {
    /// The smallest box around it.
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// How many triangles it has.
    pub fn triangles(&self) -> usize {
        self.triangles.len()
    }

    /// Area and unit normal of every triangle.
    pub fn areas(&self) -> impl Iterator<Item = (f32, Vec3A)> {
        self.triangles.iter().map(|triangle| {
            let cross = triangle.sides[0].cross(triangle.sides[1]);
            (0.5 * cross.length(), cross.normalize_or(Vec3A::Z))
        })
    }

    /// The first triangle that a ray meets before `far`, and where.
    pub(crate) fn hit(&self, ray: &Ray, far: f32) -> Option<(f32, usize)> {
        let mut best = None;
        self.boxes.nearest(ray, far, |leaf, far| {
            let t = self.meets(leaf as usize, ray, far)?;
            best = Some((t, leaf as usize));
            Some(t)
        });
        best
    }

    /// Whether a ray meets anything before `far`.
    pub(crate) fn blocks(&self, ray: &Ray, far: f32) -> bool {
        self.boxes.any(ray, far, |leaf| self.meets(leaf as usize, ray, far).is_some())
    }

    /// Distance of a point from it, or `far` if that is less.
    pub(crate) fn distance(&self, point: Vec3A, far: f32) -> f32 {
        self.boxes.distance(point, far, |leaf| self.triangles[leaf as usize].distance(point))
    }

    fn meets(&self, number: usize, ray: &Ray, far: f32) -> Option<f32> {
        let (t, weights) = self.triangles[number].hit(ray, far)?;
        let face = &self.faces[number];
        let material = &self.materials[face.material as usize];
        // Where a texture has holes, leaves in the air, the ray goes through.
        let hole = material.cut_out && material.is_hole(face.uv(weights));
        (!hole).then_some(t)
    }

    /// The unit normal of a triangle, towards the ray's origin.
    pub(crate) fn flat_normal(&self, number: usize, ray: &Ray) -> Vec3A {
        let normal = self.triangles[number].normal();
        if normal.dot(ray.direction) > 0.0 { -normal } else { normal }
    }

    /// The material of a triangle.
    pub(crate) fn material(&self, number: usize) -> &Material {
        &self.materials[self.faces[number].material as usize]
    }

    /// What a ray sees of a triangle that it meets at t, the mesh being stretched by `scale`:
    /// normal and curvature are those of the stretched mesh. `footprint` is what a pixel covers, in
    /// units of the mesh.
    pub(crate) fn sight(
        &self,
        number: usize,
        ray: &Ray,
        t: f32,
        scale: Vec3A,
        footprint: f32,
    ) -> Sight<'_> {
        let (triangle, face) = (&self.triangles[number], &self.faces[number]);
        let weights = triangle.weights(ray.at(t));
        let own = triangle.normal();
        let smooth = face.normals.iter().zip(weights).map(|(&n, w)| Vec3A::from(n) * w);
        let smooth = smooth.sum::<Vec3A>().normalize_or(own);
        let bend = (0..3).map(|k| face.bends[k].matrix(face.normals[k].into()) * weights[k]);
        let bend = bend.fold(Mat3A::ZERO, |all, part| all + part);
        // A plane's normal and a surface's second form shrink where lengths grow.
        let shrink = scale.recip();
        let by = Mat3A::from_diagonal(shrink.into());
        let length = (smooth * shrink).length().max(f32::MIN_POSITIVE);
        let (smooth, own) = (smooth * shrink / length, (own * shrink).normalize_or(Vec3A::Z));
        let (direction, bend) = (ray.direction * scale, by * bend * by * (1.0 / length));
        // At a silhouette the smoothed normal may look away where the triangle itself does not.
        let side = if own.dot(direction) > 0.0 { -1.0 } else { 1.0 };
        let normal = if side * smooth.dot(direction) < 0.0 { smooth } else { own };
        let curvature = principal(&bend, smooth).map(|k| side * k);
        let material = &self.materials[face.material as usize];
        let texels = face.stretch(triangle) * footprint;
        Sight {
            normal: side * normal,
            curvature,
            material,
            colour: material.colour_at(face.uv(weights), texels),
            patch: face.patch,
        }
    }
}

impl Triangle {
    fn normal(&self) -> Vec3A {
        self.sides[0].cross(self.sides[1]).normalize_or(Vec3A::Z)
    }

    /// Where a ray meets it before `far`, and the weights of its corners there, by the method of
    /// Möller and Trumbore (1997).
    fn hit(&self, ray: &Ray, far: f32) -> Option<(f32, [f32; 3])> {
        let [a, b] = self.sides;
        let p = ray.direction.cross(b);
        let inverse = 1.0 / a.dot(p);
        let from = ray.origin - self.corner;
        let u = from.dot(p) * inverse;
        if !(-OVERLAP..=1.0 + OVERLAP).contains(&u) {
            return None; // also where the ray lies in its plane and u is no number
        }
        let q = from.cross(a);
        let v = ray.direction.dot(q) * inverse;
        let t = b.dot(q) * inverse;
        let inside = v >= -OVERLAP && u + v <= 1.0 + OVERLAP;
        (inside && t > NEAR && t < far).then_some((t, [1.0 - u - v, u, v]))
    }

    /// The weights of the corners at a point of it.
    fn weights(&self, point: Vec3A) -> [f32; 3] {
        let [a, b] = self.sides;
        let to = point - self.corner;
        let (aa, ab, bb) = (a.dot(a), a.dot(b), b.dot(b));
        let (at, bt) = (a.dot(to), b.dot(to));
        let inverse = 1.0 / (aa * bb - ab * ab).max(f32::MIN_POSITIVE);
        let u = ((bb * at - ab * bt) * inverse).clamp(0.0, 1.0);
        let v = ((aa * bt - ab * at) * inverse).clamp(0.0, 1.0 - u);
        [1.0 - u - v, u, v]
    }

    /// Distance of a point from it: from its inside, or else from its nearest side.
    fn distance(&self, point: Vec3A) -> f32 {
        let [a, b] = self.sides;
        let (to, normal) = (point - self.corner, a.cross(b));
        let within = |from: Vec3A, side: Vec3A| normal.cross(side).dot(from) >= 0.0;
        if within(to, a) && within(to - a, b - a) && within(to - b, -b) {
            let length = normal.length();
            if length > 0.0 {
                return (normal.dot(to) / length).abs();
            }
        }
        let from_side = |from: Vec3A, side: Vec3A| {
            let along = from.dot(side) / side.length_squared().max(f32::MIN_POSITIVE);
            (from - along.clamp(0.0, 1.0) * side).length()
        };
        from_side(to, a).min(from_side(to, b)).min(from_side(to - a, b - a))
    }

    fn bounds(&self) -> Bounds {
        let [a, b] = self.sides.map(|side| self.corner + side);
        Bounds { min: self.corner.min(a).min(b), max: self.corner.max(a).max(b) }
    }
}

impl Face {
    fn uv(&self, weights: [f32; 3]) -> Vec2 {
        self.uvs.iter().zip(weights).map(|(&uv, w)| uv * w).sum()
    }

    /// Shares of the texture's side per unit of length.
    fn stretch(&self, triangle: &Triangle) -> f32 {
        let [a, b, c] = self.uvs;
        let area = triangle.sides[0].cross(triangle.sides[1]).length();
        ((b - a).perp_dot(c - a).abs() / area.max(f32::MIN_POSITIVE)).sqrt()
    }
}

/// The eigenvalues of a second form in the plane across a unit vector, the larger magnitude first.
fn principal(bend: &Mat3A, normal: Vec3A) -> [f32; 2] {
    let (a, b) = across(normal);
    let [p, q, r] = [a.dot(*bend * a), a.dot(*bend * b), b.dot(*bend * b)];
    let (mean, apart) = (0.5 * (p + r), (0.25 * (p - r) * (p - r) + q * q).sqrt());
    if mean < 0.0 { [mean - apart, mean + apart] } else { [mean + apart, mean - apart] }
}

#[cfg(test)]
mod tests;
