//! The plan of a room: a box with blocks of wall in it, sloped ceilings and beams.

use glam::Vec3A;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::class::RoomKind;
use crate::layout::Layout;
use crate::piece::Piece;
use crate::shape::Bounds;
use crate::style::{Style, wood};
use crate::texture::Texture;
use crate::thing::Thing;

/// A stretch of wall that things can stand at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Face {
    /// Which way it looks: 0 to +y, 1 to −x, 2 to −y, 3 to +x, as the walls of the shell.
    pub side: usize,
    /// Its y (sides 0 and 2) or x.
    pub at: f32,
    /// Where it begins, in x (sides 0 and 2) or y.
    pub from: f32,
    /// Where it ends.
    pub to: f32,
    /// How high the wall is there.
    pub top: f32,
    /// Whether it belongs to the shell, so that doors and windows can be in it.
    pub outer: bool,
}

impl Face {
    /// The four walls of an empty room.
    pub fn shell(size: Vec3A) -> Vec<Self> {
        let top = size.z;
        let face = |side, at, to| Self { side, at, from: 0.0, to, top, outer: true };
        vec![
            face(0, 0.0, size.x),
            face(1, size.x, size.y),
            face(2, size.y, size.x),
            face(3, 0.0, size.y),
        ]
    }

    pub fn length(&self) -> f32 {
        self.to - self.from
    }

    /// Into the room.
    pub fn normal(&self) -> Vec3A {
        [Vec3A::Y, -Vec3A::X, -Vec3A::Y, Vec3A::X][self.side % 4]
    }

    /// The sign of the x axis of pieces at this face, along it.
    pub fn direction(&self) -> f32 {
        if self.side < 2 { 1.0 } else { -1.0 }
    }

    pub fn point(&self, along: f32, z: f32) -> Vec3A {
        if self.side.is_multiple_of(2) {
            Vec3A::new(along, self.at, z)
        } else {
            Vec3A::new(self.at, along, z)
        }
    }

    /// What a block from the floor up leaves of the face.
    pub fn without(self, block: &Bounds) -> Vec<Self> {
        let (along, across) = if self.side.is_multiple_of(2) { (0, 1) } else { (1, 0) };
        let (low, high) = (block.min[across] - 1e-3, block.max[across] + 1e-3);
        if !(low..high).contains(&self.at) {
            return vec![self];
        }
        let before = Self { to: self.to.min(block.min[along]), ..self };
        let after = Self { from: self.from.max(block.max[along]), ..self };
        // Too short for anything to stand there.
        [before, after].into_iter().filter(|face| face.length() > 0.25).collect()
    }

    /// The sides of a block that are not in a wall of the room.
    fn of_block(block: &Bounds, size: Vec3A) -> Vec<Self> {
        let (min, max) = (block.min, block.max);
        let all = [
            (0, max.y, min.x, max.x, max.y < size.y - 0.05),
            (1, min.x, min.y, max.y, min.x > 0.05),
            (2, min.y, min.x, max.x, min.y > 0.05),
            (3, max.x, min.y, max.y, max.x < size.x - 0.05),
        ];
        let free = all.into_iter().filter(|face| face.4);
        let top = max.z;
        free.map(|(side, at, from, to, _)| Self { side, at, from, to, top, outer: false }).collect()
    }
}

/// What the walls of a room do besides being a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plan {
    /// Nothing.
    Box,
    /// A corner is missing.
    LShape,
    /// One wall has a recess.
    Niche,
    /// A chimney breast stands before a wall.
    Chimney,
    /// The ceiling slopes down to one wall.
    Slope,
}

impl Plan {
    /// 35 % boxes, 25 % L-shapes, 10 % niches, 15 % chimney breasts, 15 % slopes, except that
    /// bathrooms, kitchens and corridors, too narrow for some of them, are boxes more often and
    /// a staircase always is a box of its own plan.
    pub fn draw(rng: &mut ChaCha8Rng, kind: RoomKind) -> Self {
        let drawn = match rng.random_range(0..20) {
            0..7 => Self::Box,
            7..12 => Self::LShape,
            12..14 => Self::Niche,
            14..17 => Self::Chimney,
            _ => Self::Slope,
        };
        match (kind, drawn) {
            (RoomKind::Staircase, _)
            | (RoomKind::Corridor, Self::Chimney | Self::Slope)
            | (RoomKind::Bathroom | RoomKind::Kitchen, Self::Chimney) => Self::Box,
            _ => drawn,
        }
    }
}

/// The surfaces that a plan continues.
pub(crate) struct Surfaces<'a> {
    pub walls: &'a [Texture; 4],
    pub skirting: Texture,
    pub ceiling: Texture,
}

/// Height of the skirting boards, metres.
pub(crate) const SKIRTING: f32 = 0.09;

impl Layout {
    /// Fills a box of the room, from the floor to the ceiling or to `block.max.z`, with wall.
    pub fn wall_block(&mut self, block: Bounds, wall: Texture, skirting: Texture) {
        let (min, max) = (block.min, block.max);
        let mut piece = Piece::new(Thing::Wall);
        piece.cuboid(min.x..max.x, min.y..max.y, min.z..max.z, wall);
        // Its skirting: a finger's breadth before it, but not beyond the room.
        let low = (min - 0.012).max(Vec3A::ZERO);
        let high = (max + 0.012).min(self.size);
        piece.cuboid(low.x..high.x, low.y..high.y, 0.0..SKIRTING, skirting);
        // The skirting is so flat that furniture may touch the wall behind it.
        let taken = self.taken.len();
        self.build(&piece, Vec3A::ZERO, 0.0);
        self.taken.truncate(taken + 1);
        self.faces = self.faces.iter().flat_map(|face| face.without(&block)).collect();
        self.faces
            .extend(Face::of_block(&block, self.size).into_iter().filter(|f| f.length() > 0.25));
    }

    /// Builds the plan into an empty room.
    pub fn apply(&mut self, rng: &mut ChaCha8Rng, plan: Plan, surfaces: &Surfaces<'_>) {
        let side = rng.random_range(0..4_usize);
        match plan {
            Plan::Box => {}
            Plan::LShape => self.corner(rng, surfaces),
            Plan::Niche => self.niche(rng, side, surfaces),
            Plan::Chimney => {
                let length = self.faces[side].length();
                let half = rng.random_range(0.55..0.8);
                let centre = rng.random_range(0.4..0.6) * length;
                self.before_wall(
                    side,
                    centre - half..centre + half,
                    rng.random_range(0.3..0.45),
                    surfaces,
                );
            }
            Plan::Slope => self.slope(rng, side, surfaces.ceiling),
        }
    }

    /// An L-shape: wall fills a corner, up to 45 % of each side and never leaving less than 1.2 m.
    fn corner(&mut self, rng: &mut ChaCha8Rng, surfaces: &Surfaces<'_>) {
        let mut block = Bounds { min: Vec3A::ZERO, max: self.size };
        for axis in 0..2 {
            let length = self.size[axis];
            let most = (0.45 * length).min(length - 1.2);
            let reach = rng.random_range(0.2 * length..most.max(0.21 * length));
            if rng.random_bool(0.5) {
                block.max[axis] = reach;
            } else {
                block.min[axis] = length - reach;
            }
        }
        self.wall_block(block, surfaces.walls[0], surfaces.skirting);
    }

    /// A recess: wall on both sides of it.
    fn niche(&mut self, rng: &mut ChaCha8Rng, side: usize, surfaces: &Surfaces<'_>) {
        let length = self.faces[side].length();
        let depth = rng.random_range(0.3..0.5);
        let wide = rng.random_range(0.45..0.65) * length;
        let from = rng.random_range(0.15..0.85) * (length - wide);
        self.before_wall(side, 0.0..from, depth, surfaces);
        self.before_wall(side, from + wide..length, depth, surfaces);
    }

    /// Wall of this depth before a stretch of a wall of the shell.
    fn before_wall(
        &mut self,
        side: usize,
        along: std::ops::Range<f32>,
        depth: f32,
        surfaces: &Surfaces<'_>,
    ) {
        let (x, y) = (self.size.x, self.size.y);
        let (low, high) = match side {
            0 => ([along.start, 0.0], [along.end, depth]),
            1 => ([x - depth, along.start], [x, along.end]),
            2 => ([along.start, y - depth], [along.end, y]),
            _ => ([0.0, along.start], [depth, along.end]),
        };
        let min = Vec3A::new(low[0], low[1], 0.0);
        let max = Vec3A::new(high[0], high[1], self.size.z);
        self.wall_block(Bounds { min, max }, surfaces.walls[side], surfaces.skirting);
    }

    /// A ceiling that comes down to 1.1–1.6 m at one of the longer walls.
    fn slope(&mut self, rng: &mut ChaCha8Rng, side: usize, ceiling: Texture) {
        let long = if self.size.x > self.size.y { side / 2 * 2 } else { side / 2 * 2 + 1 };
        let face = self.faces[long];
        let knee = rng.random_range(1.1..1.6);
        let depth = rng.random_range(0.3..0.45) * self.size.x.min(self.size.y);
        let (half, rise) = (face.length() / 2.0, self.size.z - knee);
        let mut piece = Piece::new(Thing::Ceiling);
        let planks = rng.random_bool(0.35);
        let texture = if planks { wood(rng, 0.14) } else { ceiling };
        let all = [-half..half, 0.0..depth, knee..self.size.z];
        piece.wedge(all, [0.0, rise, -depth], [0.0, 0.0, knee], texture);
        let yaw = long as f32 * std::f32::consts::FRAC_PI_2;
        self.build(&piece, face.point(half, 0.0), yaw);
    }

    /// Beams under the ceiling, across the shorter side; a slope leaves no room for them.
    pub fn beams(&mut self, rng: &mut ChaCha8Rng, style: &Style) {
        if !self.slopes.is_empty() || self.size.z < 2.45 {
            return;
        }
        let count = rng.random_range(3..=4);
        let (thick, deep) = (rng.random_range(0.1..0.18), rng.random_range(0.1..0.16));
        let along_y = self.size.x > self.size.y;
        let (long, z) = (self.size.x.max(self.size.y), self.size.z);
        let mut piece = Piece::new(Thing::Beams);
        for i in 0..count {
            let at = long * (i as f32 + 0.5) / count as f32;
            let (side, top) = (at - thick / 2.0..at + thick / 2.0, z - deep..z);
            if along_y {
                piece.cuboid(side, 0.0..self.size.y, top, style.wood);
            } else {
                piece.cuboid(0.0..self.size.x, side, top, style.wood);
            }
        }
        self.build(&piece, Vec3A::ZERO, 0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glam::Vec3;

    fn empty() -> Layout {
        Layout::new(Vec3A::new(4.0, 3.0, 2.5))
    }

    #[test]
    fn a_corner_block_shortens_two_walls_and_adds_two() {
        let mut room = empty();
        let grey = Texture::plain(Vec3::splat(0.5));
        let block = Bounds { min: Vec3A::ZERO, max: Vec3A::new(1.5, 1.0, 2.5) };
        room.wall_block(block, grey, grey);
        let walls: Vec<_> = room.faces.iter().map(|f| (f.side, f.at, f.from, f.to)).collect();
        let expected = [
            (0, 0.0, 1.5, 4.0),
            (1, 4.0, 0.0, 3.0),
            (2, 3.0, 0.0, 4.0),
            (3, 0.0, 1.0, 3.0),
            (0, 1.0, 0.0, 1.5),
            (3, 1.5, 0.0, 1.0),
        ];
        assert_eq!(walls, expected);
        let inside =
            |x: f32| Bounds { min: Vec3A::new(x, 0.5, 0.1), max: Vec3A::new(x + 0.3, 0.8, 1.0) };
        assert!(!room.is_free(&inside(1.4), None) && room.is_free(&inside(1.52), None));
    }

    #[test]
    fn under_a_slope_only_low_things_are_free() {
        let mut room = empty();
        // From 1 m at y = 0 up to 2.5 m at y = 1.5.
        let mut piece = Piece::new(Thing::Ceiling);
        let all = [0.0..4.0, 0.0..1.5, 1.0..2.5];
        let grey = Texture::plain(Vec3::splat(0.5));
        piece.wedge(all, [0.0, 1.0, -1.0], [0.0, 0.0, 1.0], grey);
        room.build(&piece, Vec3A::ZERO, 0.0);
        let box_at = |y: f32, height: f32| Bounds {
            min: Vec3A::new(1.0, y, 0.0),
            max: Vec3A::new(1.5, y + 0.4, height),
        };
        assert!(room.is_free(&box_at(0.0, 0.99), None) && !room.is_free(&box_at(0.0, 1.05), None));
        assert!(room.is_free(&box_at(0.5, 1.45), None) && !room.is_free(&box_at(0.5, 1.55), None));
    }
}
