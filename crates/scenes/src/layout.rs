//! Puts pieces of furniture where there is room for them.

use std::f32::consts::FRAC_PI_2;

use glam::{Vec3, Vec3A};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::class::Class;
use crate::fittings;
use crate::piece::Piece;
use crate::scene::{Group, Lamp, Opening, Pane};
use crate::shape::Bounds;
use crate::style::{Style, grey, hsv};

/// Where a piece stands: against a wall, at some metres along it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot {
    pub wall: usize,
    pub along: f32,
}

/// A room that is being furnished.
pub(crate) struct Layout {
    pub size: Vec3A,
    pub groups: Vec<Group>,
    pub lamps: Vec<Lamp>,
    pub panes: Vec<Pane>,
    pub openings: Vec<Opening>,
    /// Space that is used up, furniture and the ways through doors.
    taken: Vec<Bounds>,
}

/// Pieces of furniture in the emptiest and in the fullest room.
pub(crate) const FEWEST: usize = 6;
const MOST: usize = 12;

/// How often a place is drawn before a piece is left out.
const TRIES: usize = 30;

impl Layout {
    pub fn new(size: Vec3A) -> Self {
        let (groups, lamps, panes, openings, taken) = Default::default();
        Self { size, groups, lamps, panes, openings, taken }
    }

    pub fn wall_length(&self, wall: usize) -> f32 {
        if wall.is_multiple_of(2) { self.size.x } else { self.size.y }
    }

    /// Pieces of furniture so far.
    pub fn furniture(&self) -> usize {
        self.groups.iter().filter(|group| group.is_furniture()).count()
    }

    /// The point of a wall, at this height, and the yaw that turns a piece's back to it.
    fn frame(&self, spot: Spot, z: f32) -> (Vec3A, f32) {
        let origin = match spot.wall {
            0 => Vec3A::new(spot.along, 0.0, z),
            1 => Vec3A::new(self.size.x, spot.along, z),
            2 => Vec3A::new(spot.along, self.size.y, z),
            _ => Vec3A::new(0.0, spot.along, z),
        };
        (origin, spot.wall as f32 * FRAC_PI_2)
    }

    /// Whether the group is within the room and meets nothing else.
    fn fits(&self, bounds: &Bounds) -> bool {
        let slack = Vec3A::splat(1e-3);
        bounds.min.cmpge(-slack).all()
            && bounds.max.cmple(self.size + slack).all()
            && !self.taken.iter().any(|other| bounds.overlaps(other))
    }

    /// Places a piece unless something is in the way; its bulb becomes a lamp.
    pub fn place(&mut self, piece: &Piece, origin: Vec3A, yaw: f32) -> bool {
        let group = Group::new(piece.primitives.clone(), origin, yaw);
        let full = group.is_furniture() && self.furniture() >= MOST;
        if full || !self.fits(&group.bounds) {
            return false;
        }
        self.taken.push(group.bounds);
        self.add(piece, group);
        true
    }

    /// Places a piece that is never in the way: rugs and what hangs from the ceiling.
    pub fn place_freely(&mut self, piece: &Piece, origin: Vec3A, yaw: f32) {
        self.add(piece, Group::new(piece.primitives.clone(), origin, yaw));
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

    /// Places a piece against a wall where there is room, and says where.
    pub fn at_wall(&mut self, piece: &Piece, z: f32, rng: &mut ChaCha8Rng) -> Option<Spot> {
        let half = piece
            .primitives
            .iter()
            .map(|p| p.shape.bounds())
            .fold(0.0_f32, |half, b| half.max(b.max.x).max(-b.min.x));
        for _ in 0..TRIES {
            let wall = rng.random_range(0..4);
            let length = self.wall_length(wall);
            let share: f32 = rng.random();
            let spot = Spot { wall, along: half + share * (length - 2.0 * half).max(0.0) };
            if self.at_spot(piece, spot, z) {
                return Some(spot);
            }
        }
        None
    }

    /// Places a piece against a wall at one spot.
    pub fn at_spot(&mut self, piece: &Piece, spot: Spot, z: f32) -> bool {
        let (origin, yaw) = self.frame(spot, z);
        self.place(piece, origin, yaw)
    }

    /// Places a piece `away` metres in front of a spot at a wall.
    pub fn before(&mut self, piece: &Piece, spot: Spot, away: f32) -> bool {
        let (origin, yaw) = self.frame(spot, 0.0);
        let out = Vec3A::new(-yaw.sin(), yaw.cos(), 0.0) * away;
        self.place(piece, origin + out, yaw)
    }

    /// Places a table of this width and depth on free floor, with up to `chairs` chairs.
    pub fn table_with_chairs(
        &mut self,
        rng: &mut ChaCha8Rng,
        table: &Piece,
        [w, d]: [f32; 2],
        chair: &Piece,
        chairs: usize,
    ) -> bool {
        for _ in 0..TRIES {
            let centre = Vec3A::new(
                self.size.x * rng.random_range(0.3..0.7),
                self.size.y * rng.random_range(0.3..0.7),
                0.0,
            );
            let yaw: f32 = f32::from(rng.random_range(0..4_u8)) * FRAC_PI_2;
            let towards = |turn: f32| Vec3A::new(-(yaw + turn).sin(), (yaw + turn).cos(), 0.0);
            if !self.place(table, centre - towards(0.0) * d / 2.0, yaw) {
                continue;
            }
            for side in 0..chairs.min(4) {
                let turn = [0.0, 2.0, 1.0, 3.0][side] * FRAC_PI_2;
                let reach = if side < 2 { d } else { w } / 2.0 + rng.random_range(0.02..0.15);
                self.place(chair, centre + towards(turn) * reach, yaw + turn);
            }
            return true;
        }
        false
    }

    /// Makes a door, closed or open to a dim space behind, and keeps the way to it free.
    pub fn door(&mut self, rng: &mut ChaCha8Rng, style: &Style, open: bool) {
        let (w, h) = (rng.random_range(0.8..0.95), rng.random_range(1.98..2.1));
        let piece =
            if open { fittings::door_frame(style, w, h) } else { fittings::door(style, w, h) };
        let Some(spot) = self.at_wall(&piece, 0.0, rng) else { return };
        let (origin, yaw) = self.frame(spot, 0.0);
        let mut way = Piece::new(Class::Door);
        way.cuboid(-w / 2.0..w / 2.0, 0.0..0.75, 0.0..h, style.wood);
        self.taken.push(Group::new(way.primitives, origin, yaw).bounds);
        if open {
            let dim = hsv(rng.random_range(0.05..0.15), 0.3, rng.random_range(0.3..0.5));
            self.openings.push(Opening {
                wall: spot.wall,
                along: (spot.along - w / 2.0, spot.along + w / 2.0),
                up: (0.0, h),
                class: Class::Door,
                backdrop: [dim, dim * 0.8, dim * 0.45],
            });
        }
    }

    /// Makes a window with what is to be seen through it, and its light.
    pub fn window(&mut self, rng: &mut ChaCha8Rng, w: f32, sill: f32, drawn: bool) {
        let h = rng.random_range(2.0..2.2_f32) - sill;
        let piece = fittings::window(rng, w, h, drawn);
        let Some(spot) = self.at_wall(&piece, sill, rng) else { return };
        let sky = hsv(rng.random_range(0.54..0.62), rng.random_range(0.15..0.6), 0.97);
        if !drawn {
            let green = hsv(rng.random_range(0.2..0.4), 0.5, rng.random_range(0.4..0.7));
            self.openings.push(Opening {
                wall: spot.wall,
                along: (spot.along - w / 2.0, spot.along + w / 2.0),
                up: (sill, sill + h),
                class: Class::Window,
                backdrop: [grey(0.95), sky, green],
            });
        }
        let (centre, yaw) = self.frame(spot, sill + 0.5 * h);
        self.panes.push(Pane {
            centre,
            right: Vec3A::new(-yaw.cos(), -yaw.sin(), 0.0) * 0.5 * w,
            up: Vec3A::Z * 0.5 * h,
            colour: sky * if drawn { 1.2 } else { 4.0 },
        });
    }
}
