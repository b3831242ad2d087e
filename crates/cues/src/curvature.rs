//! Principal curvature.

use ndarray::{Array3, ArrayView2, ArrayView3, Axis};

use crate::error::{CueError, demand};
use crate::pinhole::Pinhole;

/// The radius, in metres, with which creases count as rounded.
pub const CREASE_RADIUS: f32 = 0.05;

/// Codes a curvature in 1/m: round((0.03·k + 1)/2 · 254), 127 for 0, ±1/(3 cm) and beyond at the
/// ends. The lowest code of a surface is 1: 0 means that nothing was hit.
pub fn code_curvature(k: f32) -> u8 {
    if k == 0.0 {
        return 127;
    }
    ((0.03 * k + 1.0) * 127.0).round().clamp(1.0, 254.0) as u8
}

/// The two principal curvatures of what is seen, coded ([`code_curvature`]), 2×H×W: the one of
/// larger magnitude first, positive where a surface bulges towards the viewer; 0 and 0 where
/// nothing was hit.
///
/// `depth` is the z-distance in metres (H×W, infinite where nothing was hit), `normals` are unit
/// vectors of the camera's frame (3×H×W), `curvatures` those of the surfaces themselves in 1/m
/// (2×H×W, the larger magnitude first), `surfaces` numbers that tell surfaces apart (H×W), `fov` is
/// the horizontal field of view in radians.
///
/// The original fits curvature to scanned meshes, over a few centimetres: there the edge of a table
/// and the corner of a room are bent. Exact planes meet in creases of no width instead. So every
/// crease that is seen, convex or concave, counts as rounded with the radius ρ = 5 cm, but not less
/// than a pixel is wide there: places nearer to it than ρ·tan(θ/2), where θ is the angle by which
/// it turns, and at least the pixels beside it, have the curvature ±1/ρ across it. Where nothing
/// else is known of a surface, this is the larger of the two; at a corner there are two creases.
pub fn principal_curvature(
    depth: ArrayView2<f32>,
    normals: ArrayView3<f32>,
    curvatures: ArrayView3<f32>,
    surfaces: ArrayView2<u32>,
    fov: f32,
) -> Result<Array3<u8>, CueError> {
    let (height, width) = depth.dim();
    demand("normals", normals.shape(), &[3, height, width])?;
    demand("curvatures", curvatures.shape(), &[2, height, width])?;
    demand("surfaces", surfaces.shape(), &[height, width])?;
    let (depth, surfaces) = (depth.as_standard_layout(), surfaces.as_standard_layout());
    let [normals, curvatures] = [normals.as_standard_layout(), curvatures.as_standard_layout()];
    let mut map = Map {
        depth: depth.as_slice().expect(ROWS),
        normals: planes(normals.as_slice().expect(ROWS)),
        curvatures: planes(curvatures.as_slice().expect(ROWS)),
        surfaces: surfaces.as_slice().expect(ROWS),
        camera: Pinhole::new(width, height, fov),
        width,
        bent: vec![Bent::default(); height * width],
    };
    for at in 0..height * width {
        if at % width + 1 < width {
            map.crease(at, at + 1);
        }
        if at + width < height * width {
            map.crease(at, at + width);
        }
    }
    let mut coded = Array3::zeros((2, height, width));
    let (mut first, mut second) = coded.view_mut().split_at(Axis(0), 1);
    for (at, (first, second)) in first.iter_mut().zip(&mut second).enumerate() {
        if map.depth[at].is_finite() {
            [*first, *second] =
                map.bent[at].with(map.curvatures.map(|k| k[at])).map(code_curvature);
        }
    }
    Ok(coded)
}

const ROWS: &str = "the standard layout is contiguous";

/// The planes of C×H×W values.
fn planes<const C: usize>(values: &[f32]) -> [&[f32]; C] {
    let size = values.len() / C;
    std::array::from_fn(|c| &values[c * size..(c + 1) * size])
}

/// Creases at a pixel: of two directions, 0 where there is none.
#[derive(Clone, Copy, Default)]
struct Bent {
    first: f32,
    along: [f32; 3],
    second: f32,
}

impl Bent {
    /// Adds a crease of this curvature and direction.
    fn add(&mut self, k: f32, along: [f32; 3]) {
        let larger = |a: f32, b: f32| if b.abs() > a.abs() { b } else { a };
        if self.first == 0.0 {
            (self.first, self.along) = (k, along);
        } else if dot(self.along, along).abs() > 0.7 {
            self.first = larger(self.first, k);
        } else {
            self.second = larger(self.second, k);
        }
    }

    /// The two of largest magnitude, among them those of the surface itself, which are in order.
    fn with(&self, curvature: [f32; 2]) -> [f32; 2] {
        if self.first == 0.0 {
            return curvature;
        }
        let mut all = [self.first, self.second, curvature[0], curvature[1]];
        all.sort_by(|a, b| b.abs().total_cmp(&a.abs()));
        [all[0], all[1]]
    }
}

/// Normals that differ by less than 20° belong to one surface; those of a sheet's two sides do not
/// meet in a crease that is seen.
const CREASES: std::ops::Range<f32> = -0.98..0.94;
/// As far as this, in units of the way from one pixel to the other, two planes may meet beside the
/// way: the planes of curved surfaces only touch them.
const SLACK: f32 = 0.25;

/// What every pixel shows, row after row.
struct Map<'a> {
    depth: &'a [f32],
    normals: [&'a [f32]; 3],
    curvatures: [&'a [f32]; 2],
    surfaces: &'a [u32],
    camera: Pinhole,
    width: usize,
    bent: Vec<Bent>,
}

/// A plane by its unit normal and a point of it.
#[derive(Clone, Copy)]
struct Plane {
    n: [f32; 3],
    p: [f32; 3],
}

impl Plane {
    fn distance(&self, point: [f32; 3]) -> f32 {
        dot(self.n, minus(point, self.p)).abs()
    }
}

impl Map<'_> {
    fn normal(&self, at: usize) -> [f32; 3] {
        self.normals.map(|plane| plane[at])
    }

    fn ray(&self, at: usize) -> [f32; 3] {
        self.camera.ray(at % self.width, at / self.width)
    }

    fn point(&self, at: usize) -> [f32; 3] {
        self.ray(at).map(|v| v * self.depth[at])
    }

    /// Rounds the crease between two neighbouring pixels, the second to the right of the first or
    /// below it, if the surfaces that they show meet there.
    fn crease(&mut self, a: usize, b: usize) {
        let (n, m) = (self.normal(a), self.normal(b));
        if n == m {
            return; // as nearly everywhere
        }
        let cos = dot(n, m);
        let hit = self.depth[a].is_finite() && self.depth[b].is_finite();
        let own = self.curvatures[0];
        let smooth = self.surfaces[a] == self.surfaces[b] && own[a] != 0.0 && own[b] != 0.0;
        if smooth || !(hit && CREASES.contains(&cos)) {
            return;
        }
        let (p, q) = (self.point(a), self.point(b));
        // Along the rays from a's to b's, where the two planes are equally far away.
        let ray = self.ray(a);
        let way = minus(self.ray(b), ray);
        let [near, far] = [dot(n, p), dot(m, q)];
        let share =
            (far * dot(n, ray) - near * dot(m, ray)) / (near * dot(m, way) - far * dot(n, way));
        let apart = minus(q, p);
        let (falls, rises) = (dot(n, apart), dot(m, apart));
        // Each surface is behind the other's plane, or each before it.
        if !(-SLACK..=1.0 + SLACK).contains(&share) || falls * rises > 0.0 {
            return;
        }
        let radius = CREASE_RADIUS.max(self.depth[a].min(self.depth[b]) / self.camera.focal());
        let k = if falls < 0.0 { 1.0 / radius } else { -1.0 / radius };
        let sin = (1.0 - cos * cos).sqrt();
        let along = cross(n, m).map(|v| v / sin);
        let reach = radius * ((1.0 - cos) / (1.0 + cos)).sqrt().min(2.0);
        let step = b - a;
        let (before, after) = if step == 1 {
            (a % self.width, self.width - 1 - b % self.width)
        } else {
            (a / self.width, (self.depth.len() - 1 - b) / self.width)
        };
        let (left, right) = (Plane { n, p }, Plane { n: m, p: q });
        let back = -(step as isize);
        for (first, step, room, own, other) in
            [(a, back, before, left, right), (b, step as isize, after, right, left)]
        {
            self.bent[first].add(k, along);
            // The pixels of the same surface that are within reach of the other's plane.
            for i in 1..=room as isize {
                let at = (first as isize + i * step) as usize;
                let point = self.point(at);
                let flat = own.distance(point) < 0.25 * radius;
                let same = self.depth[at].is_finite() && dot(own.n, self.normal(at)) > 0.9 && flat;
                if !same || other.distance(point) > reach * sin {
                    break;
                }
                self.bent[at].add(k, along);
            }
        }
    }
}

fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn minus(a: [f32; 3], b: [f32; 3]) -> [f32; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn cross(a: [f32; 3], b: [f32; 3]) -> [f32; 3] {
    let part = |i: usize, j: usize| a[i] * b[j] - a[j] * b[i];
    [part(1, 2), part(2, 0), part(0, 1)]
}

#[cfg(test)]
mod tests;
