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
/// (2×H×W, the larger magnitude first), `surfaces` numbers that tell surfaces apart (H×W), `fov` is the horizontal field of
/// view in radians.
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
    let camera = Pinhole::new(width, height, fov);
    let [nx, ny, nz] = [0, 1, 2].map(|axis| normals.index_axis_move(Axis(0), axis));
    let [k1, k2] = [0, 1].map(|axis| curvatures.index_axis_move(Axis(0), axis));
    let surface = nx.iter().zip(&ny).zip(&nz).zip(&surfaces);
    let places = depth.indexed_iter().zip(surface).zip(k1.iter().zip(&k2));
    let samples = places.map(|((((y, x), &z), (((&nx, &ny), &nz), &surface)), (&k1, &k2))| {
        let ray = camera.ray(x, y);
        Sample {
            ray,
            point: ray.map(|v| v * z),
            normal: [nx, ny, nz],
            curvature: [k1, k2],
            surface,
            hit: z.is_finite(),
        }
    });
    let mut map =
        Map { bent: vec![Bent::default(); height * width], samples: samples.collect(), width };
    for at in 0..height * width {
        if at % width + 1 < width {
            map.crease(at, at + 1, 1.0 / camera.focal());
        }
        if at + width < height * width {
            map.crease(at, at + width, 1.0 / camera.focal());
        }
    }
    let mut coded = Array3::zeros((2, height, width));
    let (mut first, mut second) = coded.view_mut().split_at(Axis(0), 1);
    let places = first.iter_mut().zip(&mut second).zip(map.samples.iter().zip(&map.bent));
    for ((first, second), (sample, bent)) in places.filter(|(_, (sample, _))| sample.hit) {
        [*first, *second] = bent.with(sample.curvature).map(code_curvature);
    }
    Ok(coded)
}

/// What a pixel shows.
struct Sample {
    ray: [f32; 3],
    point: [f32; 3],
    normal: [f32; 3],
    curvature: [f32; 2],
    surface: u32,
    hit: bool,
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

struct Map {
    samples: Vec<Sample>,
    bent: Vec<Bent>,
    width: usize,
}

/// A surface that ends in a crease: a pixel beside it, and the plane of the surface beyond.
struct Side {
    own: usize,
    other: usize,
    /// From the own pixel away from the crease, and how many pixels there are that way.
    step: isize,
    room: usize,
}

impl Map {
    /// Rounds the crease between two neighbouring pixels, the second to the right of the first or
    /// below it, if the surfaces that they show meet there.
    fn crease(&mut self, a: usize, b: usize, pixel: f32) {
        let (p, q) = (&self.samples[a], &self.samples[b]);
        let cos = dot(p.normal, q.normal);
        let smooth = p.surface == q.surface && p.curvature[0] != 0.0 && q.curvature[0] != 0.0;
        if smooth || !(p.hit && q.hit && CREASES.contains(&cos)) {
            return;
        }
        // Along the rays from p's to q's, where the two planes are equally far away.
        let way = minus(q.ray, p.ray);
        let [near, far] = [dot(p.normal, p.point), dot(q.normal, q.point)];
        let from = far * dot(p.normal, p.ray) - near * dot(q.normal, p.ray);
        let share = from / (near * dot(q.normal, way) - far * dot(p.normal, way));
        let apart = minus(q.point, p.point);
        let (falls, rises) = (dot(p.normal, apart), dot(q.normal, apart));
        // Each surface is behind the other's plane, or each before it.
        if !(-SLACK..=1.0 + SLACK).contains(&share) || falls * rises > 0.0 {
            return;
        }
        let radius = CREASE_RADIUS.max(pixel * -p.point[2].max(q.point[2]));
        let k = if falls < 0.0 { 1.0 / radius } else { -1.0 / radius };
        let sin = (1.0 - cos * cos).sqrt();
        let along = cross(p.normal, q.normal).map(|v| v / sin);
        let reach = radius * ((1.0 - cos) / (1.0 + cos)).sqrt().min(2.0);
        let step = b - a;
        let (before, after) = if step == 1 {
            (a % self.width, self.width - 1 - b % self.width)
        } else {
            (a / self.width, (self.samples.len() - 1 - b) / self.width)
        };
        let sides = [
            Side { own: a, other: b, step: -(step as isize), room: before },
            Side { own: b, other: a, step: step as isize, room: after },
        ];
        for side in sides {
            for at in self.band(&side, sin, reach, radius) {
                self.bent[at].add(k, along);
            }
        }
    }

    /// The pixels of one side that are within reach of the crease, the nearest first.
    fn band(&self, side: &Side, sin: f32, reach: f32, radius: f32) -> Vec<usize> {
        let (own, other) = (&self.samples[side.own], &self.samples[side.other]);
        let within = |at: &usize| {
            let sample = &self.samples[*at];
            let flat = dot(own.normal, minus(sample.point, own.point)).abs() < 0.25 * radius;
            let same = sample.hit && dot(own.normal, sample.normal) > 0.9 && flat;
            let distance = dot(other.normal, minus(sample.point, other.point)).abs() / sin;
            same && distance <= reach
        };
        let next = (1..=side.room as isize).map(|i| (side.own as isize + i * side.step) as usize);
        std::iter::once(side.own).chain(next.take_while(within)).collect()
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
