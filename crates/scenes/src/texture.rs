//! Procedural textures: two colours and a pattern.

use glam::{Vec2, Vec3, Vec3A};

/// How the two colours of a texture alternate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pattern {
    /// Only the first colour.
    Plain,
    /// Stripes of equal width.
    Stripes,
    /// A chessboard.
    Checker,
    /// Square tiles of slightly different tone; the second colour is the grout.
    Tiles,
    /// Staggered bricks; the second colour is the mortar.
    Bricks,
    /// Boards with grain.
    Wood,
    /// Soft blotches.
    Clouds,
    /// Discs on a grid.
    Dots,
    /// One piece of wood: grain without joints.
    Grain,
    /// Short boards, all along one direction or in squares of alternating direction.
    Parquet,
    /// Boards that meet at right angles in a zigzag.
    Herringbone,
    /// Polished stone with veins of the second colour.
    Marble,
    /// Stone chips of the second colour.
    Terrazzo,
    /// Threads over and under each other.
    Weave,
    /// A repeated ornament.
    Wallpaper,
    /// Rough paint or render: faint mottles of the second colour.
    Plaster,
}

/// A texture of a surface: colours are linear, [0, 1] per channel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Texture {
    /// How the colours alternate.
    pub pattern: Pattern,
    /// The first colour.
    pub first: Vec3,
    /// The second colour.
    pub second: Vec3,
    /// Metres after which the pattern repeats.
    pub period: f32,
    /// Tells textures of the same pattern apart.
    pub seed: u32,
    /// How much of a mirror the surface is: 0 is matt, 1 is polished.
    pub gloss: f32,
    /// How worn and stained the surface is: 0 is new, 1 is old.
    pub wear: f32,
}

impl Texture {
    /// A matt and new pattern of two colours that repeats after `period` metres.
    pub const fn new(pattern: Pattern, first: Vec3, second: Vec3, period: f32, seed: u32) -> Self {
        Self { pattern, first, second, period, seed, gloss: 0.0, wear: 0.0 }
    }

    /// One colour.
    pub const fn plain(colour: Vec3) -> Self {
        Self::new(Pattern::Plain, colour, colour, 1.0, 0)
    }

    /// The same with this gloss, held within [0, 1].
    #[must_use]
    pub fn gloss(self, gloss: f32) -> Self {
        Self { gloss: gloss.clamp(0.0, 1.0), ..self }
    }

    /// The same with this wear, held within [0, 1].
    #[must_use]
    pub fn wear(self, wear: f32) -> Self {
        Self { wear: wear.clamp(0.0, 1.0), ..self }
    }

    /// The colour at a point of a surface with this normal. A pattern finer than `footprint`, the
    /// metres that a pixel covers, fades into its mean.
    pub fn colour(&self, point: Vec3A, normal: Vec3A, footprint: f32) -> Vec3 {
        if self.pattern == Pattern::Plain {
            return self.first;
        }
        let across = normal.abs();
        let at = if across.z >= across.x && across.z >= across.y {
            Vec2::new(point.x, point.y)
        } else if across.x > across.y {
            Vec2::new(point.y, point.z)
        } else {
            Vec2::new(point.x, point.z)
        } / self.period;
        let (share, mean) = self.second_share(at);
        let sharp = (1.5 - 2.0 * footprint / self.period).clamp(0.0, 1.0);
        self.first.lerp(self.second, mean + sharp * (share - mean))
    }

    /// The colour of the surface from far away.
    pub fn mean(&self) -> Vec3 {
        self.first.lerp(self.second, self.second_share(Vec2::ZERO).1)
    }

    /// Share of the second colour at a point in periods, and its mean over the pattern.
    fn second_share(&self, at: Vec2) -> (f32, f32) {
        let (cell, inside) = (at.floor(), at - at.floor());
        let tone = |x: f32, y: f32| hash(x as i32, y as i32, self.seed);
        let line = |v: f32, width: f32| v < width || v > 1.0 - width;
        match self.pattern {
            Pattern::Plain => (0.0, 0.0),
            Pattern::Stripes => (f32::from(inside.x >= 0.5), 0.5),
            Pattern::Checker => (f32::from((inside.x >= 0.5) != (inside.y >= 0.5)), 0.5),
            Pattern::Tiles => {
                let grout = line(inside.x, 0.035) || line(inside.y, 0.035);
                (if grout { 1.0 } else { 0.12 * tone(cell.x, cell.y) }, 0.18)
            }
            Pattern::Bricks => {
                let row = (2.0 * at.y).floor();
                let x = at.x + 0.5 * (row.rem_euclid(2.0));
                let mortar = line(2.0 * at.y - row, 0.1) || line(x - x.floor(), 0.05);
                (if mortar { 1.0 } else { 0.3 * tone(x.floor(), row) }, 0.35)
            }
            Pattern::Wood => {
                let joint = at.x * 0.12 + tone(0.0, cell.y) * 7.0;
                let board = tone(joint.floor(), cell.y);
                let grain = noise(Vec2::new(at.x * 0.7, at.y * 6.0), self.seed);
                let gap = line(inside.y, 0.04) || joint - joint.floor() < 0.006;
                (if gap { 1.0 } else { 0.45 * board + 0.4 * grain }, 0.45)
            }
            Pattern::Clouds => {
                let share = 0.65 * noise(at, self.seed) + 0.35 * noise(at * 2.7, self.seed + 1);
                (share, 0.5)
            }
            // The families of these follow.
            Pattern::Grain | Pattern::Parquet | Pattern::Herringbone => {
                (0.8 * noise(Vec2::new(at.x * 0.7, at.y * 6.0), self.seed), 0.4)
            }
            Pattern::Marble
            | Pattern::Terrazzo
            | Pattern::Weave
            | Pattern::Wallpaper
            | Pattern::Plaster => (noise(at, self.seed), 0.5),
            Pattern::Dots => (f32::from((inside - 0.5).length() < 0.3), 0.28),
        }
    }
}

/// Smooth value noise in [0, 1] with a period of about 1.
fn noise(at: Vec2, seed: u32) -> f32 {
    let cell = at.floor();
    let f = at - cell;
    let f = f * f * (3.0 - 2.0 * f);
    let corner = |x: i32, y: i32| hash(cell.x as i32 + x, cell.y as i32 + y, seed);
    let low = corner(0, 0) * (1.0 - f.x) + corner(1, 0) * f.x;
    let high = corner(0, 1) * (1.0 - f.x) + corner(1, 1) * f.x;
    low * (1.0 - f.y) + high * f.y
}

/// A number in [0, 1) for every cell of a grid.
fn hash(x: i32, y: i32, seed: u32) -> f32 {
    let mut h = (x as u32).wrapping_mul(0x8da6_b343)
        ^ (y as u32).wrapping_mul(0xd816_3841)
        ^ seed.wrapping_mul(0xcb1a_b31f);
    h = (h ^ (h >> 15)).wrapping_mul(0x2c1b_3c6d);
    h = (h ^ (h >> 12)).wrapping_mul(0x297a_2d39);
    ((h ^ (h >> 15)) >> 8) as f32 / (1 << 24) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Pattern; 8] = [
        Pattern::Plain,
        Pattern::Stripes,
        Pattern::Checker,
        Pattern::Tiles,
        Pattern::Bricks,
        Pattern::Wood,
        Pattern::Clouds,
        Pattern::Dots,
    ];

    fn shares(pattern: Pattern, footprint: f32) -> Vec<f32> {
        let black_to_white = Texture::new(pattern, Vec3::ZERO, Vec3::ONE, 0.3, 7);
        (0..4000)
            .map(|i| Vec3A::new((i % 61) as f32 * 0.037, (i / 61) as f32 * 0.043, 0.0))
            .map(|point| black_to_white.colour(point, Vec3A::Z, footprint).x)
            .collect()
    }

    #[test]
    fn patterns_vary_within_bounds_around_their_stated_mean() {
        for pattern in ALL {
            let shares = shares(pattern, 0.0);
            assert!(shares.iter().all(|s| (0.0..=1.0).contains(s)), "{pattern:?}");
            let mean = shares.iter().sum::<f32>() / shares.len() as f32;
            let far = self::shares(pattern, 1.0)[0];
            assert!((mean - far).abs() < 0.08, "{pattern:?}: {mean} near, {far} far");
            let varied = shares.iter().any(|s| (s - mean).abs() > 0.1);
            assert_eq!(varied, pattern != Pattern::Plain, "{pattern:?}");
        }
    }

    #[test]
    fn stripes_by_hand() {
        let stripes = Texture::new(Pattern::Stripes, Vec3::X, Vec3::Y, 0.2, 0);
        let colours =
            [0.05, 0.15, 0.25].map(|x| stripes.colour(Vec3A::new(x, 0.0, 0.0), Vec3A::Z, 0.0));
        assert_eq!(colours, [Vec3::X, Vec3::Y, Vec3::X]);
    }
}
