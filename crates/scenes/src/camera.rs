//! Cameras: where one can stand in a scene and what is worth looking at.

use glam::{Mat3A, Vec3A};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::class::Class;
use crate::room::stream;
use crate::sampling::{DARTS, Disc, FOV, HEIGHT, SPREAD, angle};
use crate::scene::{Group, Scene};
use crate::shape::Ray;
use crate::thing::Thing;

/// A pinhole camera without roll, its image square.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    /// Where it stands, metres.
    pub position: Vec3A,
    /// Where it looks: radians from +x towards +y.
    pub yaw: f32,
    /// Radians above the horizon.
    pub pitch: f32,
    /// Field of view, radians.
    pub fov: f32,
    /// The point of a surface in the middle of its image. Cameras of one scene with the same
    /// fixation are views of one point.
    pub fixation: Vec3A,
}

/// A camera keeps this far from everything, metres.
const CLEARANCE: f32 = 0.3;
/// Of a model no more is asked, metres.
const FREE: f32 = 1.0;
/// What spans more of a model's length and width is the building.
const SPAN: f32 = 0.6;
/// As far as this things of a model are taken to be in the same room, metres.
const ROOM: f32 = 5.0;
/// Views that are tried for a camera.
const TRIES: usize = 24;

impl Camera {
    /// A camera at a position that looks at a point, its field of view in radians.
    pub fn looking_at(position: Vec3A, fixation: Vec3A, fov: f32) -> Self {
        let to = fixation - position;
        let (yaw, pitch) = (to.y.atan2(to.x), to.z.atan2(to.x.hypot(to.y)));
        Self { position, yaw, pitch, fov, fixation }
    }

    /// The rotation from the camera's frame (x right, y up, looking along −z) to the world.
    pub fn rotation(&self) -> Mat3A {
        let (sin, cos) = self.yaw.sin_cos();
        let (up, level) = self.pitch.sin_cos();
        let forward = Vec3A::new(level * cos, level * sin, up);
        let right = Vec3A::new(sin, -cos, 0.0);
        Mat3A::from_cols(right, right.cross(forward), -forward)
    }
}

impl Scene {
    /// The first `n` cameras of the scene, whatever `n`.
    ///
    /// Positions are Poisson-disc samples of the free space, 0.3–2 m high (a normal distribution
    /// around 1.35 m, deviation 0.4 m, cut off), at least 0.3 m from every wall and thing, without
    /// roll. Three or four cameras in turn look at the same visible point of a surface, from
    /// directions at least 10° apart if there is room; pitch and yaw follow from it. Fields of
    /// view are normal, 61° ± 7°, cut off at 30° and 125°. They do not depend on what there is to
    /// see, and heights only where a point is not seen from the height that was drawn; of the
    /// places and points that fit both, one is taken that is no bare wall.
    pub fn cameras(&self, n: usize) -> Vec<Camera> {
        let mut rng = stream(self.seed, self.index, 1);
        let mut disc = Disc { positions: Vec::new(), spread: SPREAD };
        let mut cameras = Vec::new();
        while cameras.len() < n {
            // Whole groups are made, so that those before do not depend on n.
            let members = rng.random_range(3..=4);
            let first = self.camera(&mut rng, &mut disc, &[]);
            let mut group = vec![first];
            for _ in 1..members {
                let next = self.camera(&mut rng, &mut disc, &group);
                group.push(next);
            }
            cameras.extend(group);
        }
        cameras.truncate(n);
        cameras
    }

    /// Distance of a point in the room from the nearest wall or thing, metres; of a model at most
    /// 1 m.
    pub fn clearance(&self, point: Vec3A) -> f32 {
        if self.ground.is_some() {
            let near = |far: f32, group: &Group| {
                if group.bounds.distance(point) < far {
                    group.surface_distance(point, far)
                } else {
                    far
                }
            };
            return self.groups.iter().fold(FREE, near);
        }
        let wall = point.min(self.size - point).min_element();
        self.groups.iter().map(|group| group.distance(point)).fold(wall, f32::min)
    }

    /// The best of several views, or the first that is good enough: of a new point, or of that of
    /// the other cameras of its group.
    fn camera(&self, rng: &mut ChaCha8Rng, disc: &mut Disc, group: &[Camera]) -> Camera {
        let fov = FOV.draw(rng).to_radians();
        let mut height = HEIGHT.draw(rng).min(self.size.z - CLEARANCE);
        let mut best = (f32::NEG_INFINITY, None);
        for attempt in 0..3 * TRIES {
            if attempt >= TRIES {
                if best.1.is_some() {
                    break;
                }
                // The point is not seen from this height, or there is no place at it.
                height = HEIGHT.draw(rng).min(self.size.z - CLEARANCE);
            }
            let Some(position) = self.position(rng, disc, height) else { continue };
            let point = match group.first() {
                Some(first) => Some(first.fixation).filter(|&point| self.sees(position, point)),
                None => self.fixation(rng, position),
            };
            let Some(point) = point else { continue };
            let camera = Camera::looking_at(position, point, fov);
            let mut interest = self.interest(&camera);
            if group.iter().any(|other| angle(other.position - point, position - point) < 0.17) {
                interest -= 1.0;
            }
            if interest > best.0 {
                best = (interest, Some(camera));
            }
            if interest >= 1.0 {
                break;
            }
        }
        let camera = best.1.unwrap_or_else(|| self.last_resort(rng, group, fov, height));
        disc.positions.push(camera.position);
        camera
    }

    /// A camera for a point that is seen from hardly anywhere: beside another one that sees it,
    /// or else anything from the freest of many places.
    fn last_resort(&self, rng: &mut ChaCha8Rng, group: &[Camera], fov: f32, height: f32) -> Camera {
        if let Some(first) = group.first() {
            // On the line of sight of the first, where everything is as free as can be.
            let mut near =
                (0..16).rev().map(|i| first.position.lerp(first.fixation, 0.02 * i as f32));
            let free = near.find(|&at| self.clearance(at) >= CLEARANCE);
            return Camera::looking_at(free.unwrap_or(first.position), first.fixation, fov);
        }
        let mut best = match &self.ground {
            None => (f32::NEG_INFINITY, self.size * 0.5, self.size.with_z(0.0) * 0.5),
            Some(_) => self.farthest_view(self.place(rng, height)),
        };
        for _ in 0..8 * TRIES {
            let position = self.place(rng, height);
            let Some(point) = self.fixation(rng, position) else { continue };
            let clearance = self.clearance(position);
            if clearance > best.0 {
                best = (clearance, position, point);
            }
        }
        Camera::looking_at(best.1, best.2, fov)
    }

    /// From a place in a model, what is farthest away there: a view that is worse than any other.
    fn farthest_view(&self, from: Vec3A) -> (f32, Vec3A, Vec3A) {
        const DIRECTIONS: usize = 16;
        let ahead = (0..DIRECTIONS).map(|i| {
            let (sin, cos) = (std::f32::consts::TAU * i as f32 / DIRECTIONS as f32).sin_cos();
            let direction = Vec3A::new(cos, sin, -0.15);
            (self.cast(&Ray::new(from, direction), 0.0).t, direction)
        });
        let met = ahead.filter(|(t, _)| t.is_finite());
        let (t, direction) = met.max_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((1.0, Vec3A::X));
        (f32::NEG_INFINITY, from, from + t * direction)
    }

    /// A place at this height that is free and as far from the others as the disc demands.
    fn position(&self, rng: &mut ChaCha8Rng, disc: &mut Disc, height: f32) -> Option<Vec3A> {
        for _ in 0..DARTS {
            let point = self.place(rng, height);
            if disc.accepts(point) && self.clearance(point) >= CLEARANCE {
                return Some(point);
            }
        }
        disc.spread *= 0.9;
        None
    }

    /// Anywhere at this height: above the floor of a room, or where one can stand in a model.
    fn place(&self, rng: &mut ChaCha8Rng, height: f32) -> Vec3A {
        if let Some(ground) = &self.ground {
            return ground.place(rng, height);
        }
        let share = Vec3A::new(rng.random(), rng.random(), 0.0);
        (share * self.size).with_z(height)
    }

    /// A point of a surface to look at from here: more often on a piece of furniture than
    /// anywhere, not through a window, neither close by nor straight up or down.
    fn fixation(&self, rng: &mut ChaCha8Rng, from: Vec3A) -> Option<Vec3A> {
        let near: Vec<usize> = match &self.ground {
            Some(_) => self.things_near(from),
            None => Vec::new(),
        };
        let count = if self.ground.is_some() { near.len() } else { self.groups.len() };
        let direction = if count > 0 && rng.random_bool(0.65) {
            let chosen = rng.random_range(0..count);
            let bounds = self.groups[near.get(chosen).copied().unwrap_or(chosen)].bounds;
            let share = Vec3A::new(rng.random(), rng.random(), rng.random());
            bounds.min + share * (bounds.max - bounds.min) - from
        } else {
            let yaw = std::f32::consts::TAU * rng.random::<f32>();
            let slope = rng.random_range(-0.6..0.25);
            Vec3A::new(yaw.cos(), yaw.sin(), slope)
        };
        let direction = direction.normalize_or(Vec3A::X);
        let hit = self.cast(&Ray::new(from, direction), 0.0);
        let steep = !(-0.6..0.3).contains(&direction.z);
        (hit.t.is_finite() && hit.t > 1.5 && !steep).then(|| from + hit.t * direction)
    }

    /// Whether a group is no thing in a building but part of it: of a model also floors, and what
    /// spans most of it.
    fn is_building(&self, group: usize) -> bool {
        let group = &self.groups[group];
        let Some(placed) = group.mesh.as_ref().filter(|_| self.ground.is_some()) else {
            return group.is_structure();
        };
        let size = (group.bounds.max - group.bounds.min) / self.size;
        let class = placed.thing.map(Thing::class);
        group.is_structure()
            || matches!(class, Some(Class::Floor | Class::Window | Class::Door))
            || (size.x > SPAN && size.y > SPAN)
    }

    /// The things of a model that are not far from here.
    fn things_near(&self, from: Vec3A) -> Vec<usize> {
        let near = |&group: &usize| {
            self.groups[group].bounds.distance(from) < ROOM && !self.is_building(group)
        };
        (0..self.groups.len()).filter(near).collect()
    }

    /// Whether a point of a surface is seen from here, not steeply.
    fn sees(&self, from: Vec3A, point: Vec3A) -> bool {
        let to = point - from;
        let distance = to.length();
        let steep = !(-0.65..0.35).contains(&(to.z / distance));
        let hit = self.cast(&Ray::new(from, to), 0.0);
        distance > 1.2 && !steep && (hit.t - 1.0).abs() * distance < 5e-3
    }

    /// How much there is to see, from rays through a coarse grid: 1 and more is good enough.
    fn interest(&self, camera: &Camera) -> f32 {
        const GRID: usize = 8;
        let (rotation, half) = (camera.rotation(), (camera.fov / 2.0).tan());
        let (mut seen, mut near, mut holes, mut sum) = (Vec::new(), 0, 0, 0.0);
        for cell in 0..GRID * GRID {
            let at = |i: usize| (2.0 * (i as f32 + 0.5) / GRID as f32 - 1.0) * half;
            let ray = Vec3A::new(at(cell % GRID), at(cell / GRID), -1.0);
            let hit = self.cast(&Ray::new(camera.position, rotation * ray), 0.0);
            let thing = hit.group().filter(|&group| !self.is_building(group));
            seen.push((thing, hit.class(), hit.normal.to_array().map(|n| n > 0.5)));
            near += usize::from(hit.t < 0.7);
            holes += usize::from(hit.t.is_infinite());
            sum += hit.t.min(7.0);
        }
        let cells = seen.len() as f32;
        seen.sort_unstable();
        let furnished = seen.iter().filter(|cell| cell.0.is_some()).count() as f32;
        let pieces = seen.chunk_by(|a, b| a.0 == b.0).filter(|c| c[0].0.is_some()).count();
        let largest = seen.chunk_by(|a, b| a == b).map(<[_]>::len).max().unwrap_or(0) as f32;
        let empty = self.ground.is_some() && self.things_near(camera.position).is_empty();
        let scores = [
            pieces as f32 / 3.0,
            furnished / (0.25 * cells),
            1.5 - largest / cells,
            sum / cells / 2.2,
            1.2 - 4.0 * near as f32 / cells,
            1.2 - 2.0 * holes as f32 / cells,
        ];
        // Where nothing is known to stand, what is left must do.
        scores[if empty { 2 } else { 0 }..].iter().copied().fold(f32::INFINITY, f32::min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cameras_stand_free_and_see_their_fixation_point_in_the_middle() {
        for index in 0..80 {
            let scene = Scene::room(11, index);
            for camera in scene.cameras(6) {
                let clearance = scene.clearance(camera.position);
                assert!(clearance >= CLEARANCE - 1e-4, "{index}: {clearance} m");
                assert!((0.3..=2.0).contains(&camera.position.z));
                assert!((30.0..=125.0).contains(&camera.fov.to_degrees()));
                let middle = -camera.rotation().z_axis;
                let distance = camera.fixation.distance(camera.position);
                let hit = scene.cast(&Ray::new(camera.position, middle), 0.0);
                assert!((hit.t - distance).abs() < 0.01, "{index}: {} for {distance}", hit.t);
                assert!(distance > 0.5, "{index}: {distance} m");
            }
        }
    }

    #[test]
    fn three_or_four_views_share_a_point_from_different_directions() {
        let (mut groups, mut apart) = (0, 0);
        for index in 0..80 {
            let cameras = Scene::room(6, index).cameras(12);
            // The last group may be cut off.
            let mut shared: Vec<_> = cameras.chunk_by(|a, b| a.fixation == b.fixation).collect();
            shared.pop();
            for group in shared {
                assert!((3..=4).contains(&group.len()), "{index}: {} views", group.len());
                let angle = angle(
                    group[0].position - group[0].fixation,
                    group[1].position - group[1].fixation,
                );
                groups += 1;
                apart += usize::from(angle > 0.17);
            }
        }
        assert!(apart * 10 > groups * 9, "{apart} of {groups}");
    }

    #[test]
    fn heights_and_fields_of_view_are_distributed_as_documented() {
        let cameras: Vec<_> = (0..200).flat_map(|i| Scene::room(3, i).cameras(6)).collect();
        // Means, and shares of the deviation that are left when the ends are cut off: by hand.
        for (values, distribution, [mean, kept]) in [
            (cameras.iter().map(|c| c.fov.to_degrees()).collect::<Vec<_>>(), FOV, [61.0, 1.0]),
            (cameras.iter().map(|c| c.position.z).collect(), HEIGHT, [1.31, 0.878]),
        ] {
            let count = values.len() as f32;
            let found = values.iter().sum::<f32>() / count;
            let variance = values.iter().map(|v| (v - found).powi(2)).sum::<f32>() / count;
            assert!((found / mean - 1.0).abs() < 0.03, "{found} for {mean}");
            let share = variance.sqrt() / distribution.deviation;
            assert!((share / kept - 1.0).abs() < 0.06, "{share} of the deviation, not {kept}");
        }
    }

    #[test]
    fn positions_keep_apart() {
        let (mut pairs, mut near) = (0, 0);
        for index in 0..80 {
            let cameras = Scene::room(8, index).cameras(8);
            for (i, a) in cameras.iter().enumerate() {
                for b in &cameras[..i] {
                    pairs += 1;
                    near += usize::from(a.position.distance(b.position) < 0.25);
                }
            }
        }
        // Independent positions of a room of 12 m² and these heights would be so near in 1 %.
        assert!(near * 250 < pairs, "{near} of {pairs} pairs are nearer than 25 cm");
    }

    #[test]
    fn more_cameras_begin_with_the_same() {
        let scene = Scene::room(2, 4);
        for n in 0..8 {
            assert_eq!(scene.cameras(9)[..n], scene.cameras(n)[..]);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn rotations_are_orthonormal(yaw in -4.0_f32..4.0, pitch in -1.0_f32..1.0) {
            let camera = Camera { yaw, pitch, ..Camera::looking_at(Vec3A::ZERO, Vec3A::X, 1.0) };
            let r = camera.rotation();
            prop_assert!((r.determinant() - 1.0).abs() < 1e-5);
            prop_assert!((r * r.transpose()).abs_diff_eq(Mat3A::IDENTITY, 1e-5));
        }
    }
}
