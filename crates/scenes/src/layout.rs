//! Puts pieces of furniture where there is room for them.

use std::f32::consts::FRAC_PI_2;

use glam::{Vec3, Vec3A};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::piece::Piece;
use crate::plan::Face;
use crate::scene::{Group, Lamp, Opening, Pane};
use crate::shape::{Bounds, Shape};

/// Where a piece stands: against a stretch of wall, at some metres along it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot {
    pub face: Face,
    pub along: f32,
}

impl Spot {
    /// The spot `x` metres further in the frame of a piece that stands here.
    pub fn beside(self, x: f32) -> Self {
        Self { along: self.along + self.face.direction() * x, ..self }
    }

    /// The yaw that turns a piece's back to the wall.
    pub fn yaw(self) -> f32 {
        self.face.side as f32 * FRAC_PI_2
    }

    /// The point `out` metres before the wall at height z.
    pub fn point(self, out: f32, z: f32) -> Vec3A {
        self.face.point(self.along, z) + out * self.face.normal()
    }
}

/// A room that is being furnished.
pub(crate) struct Layout {
    pub size: Vec3A,
    /// Where things can stand against a wall.
    pub faces: Vec<Face>,
    pub groups: Vec<Group>,
    pub lamps: Vec<Lamp>,
    pub panes: Vec<Pane>,
    pub openings: Vec<Opening>,
    /// Space that is used up, and by which group: furniture, structure, the ways through doors.
    pub(crate) taken: Vec<(Bounds, Option<usize>)>,
    /// Sloped ceilings: unit normal into the room and offset; nothing may reach behind.
    pub(crate) slopes: Vec<(Vec3A, f32)>,
}

/// Pieces of furniture in the fullest room, chairs and what stands at walls.
pub(crate) const MOST: usize = 18;

/// How often a place is drawn before the walls are searched from end to end.
const TRIES: usize = 24;

impl Layout {
    pub fn new(size: Vec3A) -> Self {
        let (groups, lamps, panes, openings, taken, slopes) = Default::default();
        Self { size, faces: Face::shell(size), groups, lamps, panes, openings, taken, slopes }
    }

    /// Pieces of furniture so far.
    pub fn furniture(&self) -> usize {
        self.groups.iter().filter(|group| group.is_furniture()).count()
    }

    /// Whether the box is within the room and meets nothing else, `host` left aside.
    pub fn is_free(&self, bounds: &Bounds, host: Option<usize>) -> bool {
        let slack = Vec3A::splat(1e-3);
        let (min, max) = (bounds.min + slack, bounds.max - slack);
        let shrunk = Bounds { min, max };
        min.cmpge(Vec3A::ZERO).all()
            && max.cmple(self.size).all()
            && self.slopes.iter().all(|&(normal, offset)| {
                // The corner that reaches furthest behind the slope.
                let corner = Vec3A::select(normal.cmpgt(Vec3A::ZERO), min, max);
                normal.dot(corner) >= offset
            })
            && !self
                .taken
                .iter()
                .any(|(other, owner)| (host.is_none() || *owner != host) && shrunk.overlaps(other))
    }

    /// Whether nothing is in a piece's way.
    pub fn has_room(&self, piece: &Piece, origin: Vec3A, yaw: f32) -> bool {
        self.is_free(&Group::new(piece.primitives.clone(), origin, yaw).bounds, None)
    }

    /// Places a piece unless something is in the way; its bulb becomes a lamp.
    pub fn place(&mut self, piece: &Piece, origin: Vec3A, yaw: f32) -> bool {
        let group = Group::new(piece.primitives.clone(), origin, yaw);
        let full = group.is_furniture() && self.furniture() >= MOST;
        if full || !self.is_free(&group.bounds, None) {
            return false;
        }
        self.taken.push((group.bounds, Some(self.groups.len())));
        self.add(piece, group);
        true
    }

    /// Places a piece that may reach under or over the parts of the group `host` (a chair under a
    /// table), but not into them.
    pub fn tuck(&mut self, piece: &Piece, origin: Vec3A, yaw: f32, host: usize) -> bool {
        let group = Group::new(piece.primitives.clone(), origin, yaw);
        let meets =
            group.parts().any(|part| self.groups[host].parts().any(|other| part.overlaps(&other)));
        if meets || self.furniture() >= MOST || !self.is_free(&group.bounds, Some(host)) {
            return false;
        }
        self.taken.push((group.bounds, Some(self.groups.len())));
        self.add(piece, group);
        true
    }

    /// Adds a part of the building: parts of it take up space, sloped ones behind their plane.
    pub fn build(&mut self, piece: &Piece, origin: Vec3A, yaw: f32) {
        let group = Group::new(piece.primitives.clone(), origin, yaw);
        for (primitive, bounds) in group.primitives.iter().zip(group.parts()) {
            if let Shape::Wedge { normal, offset, .. } = primitive.shape {
                let normal = group.outward(normal);
                self.slopes.push((normal, offset + normal.dot(origin)));
            } else {
                self.taken.push((bounds, Some(self.groups.len())));
            }
        }
        self.add(piece, group);
    }

    fn add(&mut self, piece: &Piece, group: Group) {
        if let Some(bulb) = piece.bulb {
            let position = group.origin + group.outward(bulb);
            let high = position.z > 1.7;
            self.lamps.push(Lamp {
                position,
                colour: if high { Vec3::new(0.95, 0.9, 0.8) } else { Vec3::new(0.5, 0.4, 0.25) },
                reach: if high { 0.25 * (self.size.x + self.size.y) + 0.6 } else { 1.0 },
                casts_shadow: high,
                radius: if high { 0.14 } else { 0.07 },
            });
        }
        self.groups.push(group);
    }

    /// Finds a spot at a wall where a piece has room, by chance or else by searching all walls;
    /// `outer` excludes walls that have a room on both sides.
    pub fn seek(&self, piece: &Piece, z: f32, rng: &mut ChaCha8Rng, outer: bool) -> Option<Spot> {
        let half = piece.half_width();
        let fits = |face: &&Face| face.length() >= 2.0 * half && (face.outer || !outer);
        let faces: Vec<Face> = self.faces.iter().filter(fits).copied().collect();
        let free = |spot: &Spot| {
            let group = Group::new(piece.primitives.clone(), spot.point(0.0, z), spot.yaw());
            group.bounds.max.z <= spot.face.top && self.is_free(&group.bounds, None)
        };
        let total: f32 = faces.iter().map(Face::length).sum();
        for _ in 0..TRIES {
            // A point of all walls laid end to end.
            let mut share = total * rng.random::<f32>();
            for &face in &faces {
                if share < face.length() {
                    let along = (face.from + share).clamp(face.from + half, face.to - half);
                    let spot = Spot { face, along };
                    if free(&spot) {
                        return Some(spot);
                    }
                    break;
                }
                share -= face.length();
            }
        }
        faces.iter().find_map(|&face| {
            let steps = ((face.length() - 2.0 * half) / 0.1) as usize;
            (0..=steps).map(|i| Spot { face, along: face.from + half + 0.1 * i as f32 }).find(free)
        })
    }

    /// Places a piece against a wall where there is room, and says where.
    pub fn at_wall(&mut self, piece: &Piece, z: f32, rng: &mut ChaCha8Rng) -> Option<Spot> {
        let full = piece.primitives.first().is_some_and(|p| p.class().is_furniture())
            && self.furniture() >= MOST;
        let spot = if full { None } else { self.seek(piece, z, rng, false) }?;
        self.at_spot(piece, spot, z).then_some(spot)
    }

    /// Places a piece against a wall at one spot, if it does not reach beyond the wall's ends.
    pub fn at_spot(&mut self, piece: &Piece, spot: Spot, z: f32) -> bool {
        let (half, face) = (piece.half_width() - 1e-3, spot.face);
        spot.along - half >= face.from
            && spot.along + half <= face.to
            && z + piece.height() <= face.top
            && self.place(piece, spot.point(0.0, z), spot.yaw())
    }

    /// Lays a rug: furniture may stand on it, walls not.
    pub fn lay(&mut self, piece: &Piece, origin: Vec3A, yaw: f32) -> bool {
        let group = Group::new(piece.primitives.clone(), origin, yaw);
        let flat = group.bounds;
        let built =
            |owner: &Option<usize>| owner.is_some_and(|index| self.groups[index].is_structure());
        let meets = self.taken.iter().any(|(other, owner)| built(owner) && flat.overlaps(other));
        let inside = flat.min.cmpge(Vec3A::ZERO).all() && flat.max.cmple(self.size).all();
        if inside && !meets {
            self.add(piece, group);
        }
        inside && !meets
    }

    /// Places a piece `away` metres in front of a spot at a wall, turned by `turn`.
    pub fn before(&mut self, piece: &Piece, spot: Spot, away: f32, turn: f32) -> bool {
        self.place(piece, spot.point(away, 0.0), spot.yaw() + turn)
    }

    /// The spot on the wall that one sees with the back to this one.
    pub fn opposite(&self, spot: Spot) -> Option<Spot> {
        let side = (spot.face.side + 2) % 4;
        let across =
            |face: &&Face| face.side == side && face.from < spot.along && spot.along < face.to;
        let face = *self.faces.iter().find(across)?;
        Some(Spot { face, ..spot })
    }

    /// The group that was placed last.
    pub fn last(&self) -> usize {
        self.groups.len().saturating_sub(1)
    }
}
