//! Procedural textures: two colours, a pattern that says how much of each, and wear.
//!
//! Every pattern is averaged over what a pixel covers, so that it fades into its mean colour with
//! distance instead of flickering.

mod boards;
mod cloth;
mod image;
mod noise;
mod stone;

use glam::{Vec2, Vec3, Vec3A};

pub use image::Image;
use noise::turbulence;

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

    /// The colour at a point of a surface with this normal, averaged over `footprint`, the metres
    /// that a pixel covers.
    pub fn colour(&self, point: Vec3A, normal: Vec3A, footprint: f32) -> Vec3 {
        let across = normal.abs();
        let at = if across.z >= across.x && across.z >= across.y {
            Vec2::new(point.x, point.y)
        } else if across.x > across.y {
            Vec2::new(point.y, point.z)
        } else {
            Vec2::new(point.x, point.z)
        };
        let clean = if self.pattern == Pattern::Plain {
            self.first
        } else {
            let share = self.second_share(at / self.period, footprint / self.period);
            self.first.lerp(self.second, share)
        };
        if self.wear > 0.0 { self.worn(clean, at, footprint) } else { clean }
    }

    /// Stains of a hand's and an arm's size, darker and browner.
    fn worn(&self, clean: Vec3, at: Vec2, footprint: f32) -> Vec3 {
        let large = turbulence(at / 0.8, self.seed ^ 0x77, footprint / 0.8);
        let small = turbulence(at / 0.12, self.seed ^ 0x99, footprint / 0.12);
        let stain = ((0.6 * large + 0.4 * small - 0.38) * 3.0).clamp(0.0, 1.0);
        clean * (Vec3::ONE - self.wear * stain * STAIN)
    }

    /// The colour of the surface from far away.
    pub fn mean(&self) -> Vec3 {
        let clean = self.first.lerp(self.second, self.pattern.mean());
        // Of the noise in a stain 0.36 is left on the average.
        clean * (Vec3::ONE - 0.36 * self.wear * STAIN)
    }

    /// Share of the second colour at a point in periods, over a width of `w` periods.
    fn second_share(&self, at: Vec2, w: f32) -> f32 {
        match self.pattern {
            Pattern::Plain => 0.0,
            Pattern::Stripes => cloth::stripes(at, w),
            Pattern::Checker => cloth::checker(at, w),
            Pattern::Dots => cloth::dots(at, w),
            Pattern::Clouds => cloth::clouds(at, self.seed, w),
            Pattern::Weave => cloth::weave(at, self.seed, w),
            Pattern::Wallpaper => cloth::wallpaper(at, w),
            Pattern::Tiles => stone::tiles(at, self.seed, w),
            Pattern::Bricks => stone::bricks(at, self.seed, w),
            Pattern::Marble => stone::marble(at, self.seed, w),
            Pattern::Terrazzo => stone::terrazzo(at, self.seed, w),
            Pattern::Plaster => stone::plaster(at, self.seed, w),
            Pattern::Wood => boards::planks(at, self.seed, w),
            Pattern::Grain => boards::piece(at, self.seed, w),
            Pattern::Parquet => boards::parquet(at, self.seed, w),
            Pattern::Herringbone => boards::herringbone(at, self.seed, w),
        }
    }
}

/// What a full stain takes from each channel.
const STAIN: Vec3 = Vec3::new(0.42, 0.5, 0.58);

impl Pattern {
    /// The share of the second colour from far away.
    fn mean(self) -> f32 {
        // Joints of these shares leave the rest to what is between them.
        let jointed = |a: f32, b: f32, rest: f32| {
            let joints = noise::either(a, b);
            joints + (1.0 - joints) * rest
        };
        match self {
            Self::Plain => 0.0,
            Self::Stripes | Self::Checker | Self::Clouds | Self::Weave | Self::Plaster => 0.5,
            Self::Dots => cloth::MEAN_DOTS,
            Self::Wallpaper => cloth::MEAN_WALLPAPER,
            Self::Tiles => jointed(0.07, 0.07, 0.11),
            Self::Bricks => jointed(0.18, 0.08, 0.28),
            Self::Marble => 0.232,
            Self::Terrazzo => stone::MEAN_TERRAZZO,
            Self::Wood => jointed(0.06, 0.008, 0.435),
            Self::Grain => 0.45,
            Self::Parquet => jointed(0.07, 0.014, 0.475),
            Self::Herringbone => jointed(0.06, 0.02, 0.47),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Pattern; 16] = [
        Pattern::Plain,
        Pattern::Stripes,
        Pattern::Checker,
        Pattern::Tiles,
        Pattern::Bricks,
        Pattern::Wood,
        Pattern::Clouds,
        Pattern::Dots,
        Pattern::Grain,
        Pattern::Parquet,
        Pattern::Herringbone,
        Pattern::Marble,
        Pattern::Terrazzo,
        Pattern::Weave,
        Pattern::Wallpaper,
        Pattern::Plaster,
    ];

    fn black_and_white(pattern: Pattern) -> Texture {
        Texture::new(pattern, Vec3::ZERO, Vec3::ONE, 0.3, 7)
    }

    /// Shares at 20,000 points of 6 × 6 m.
    fn shares(texture: &Texture, footprint: f32) -> Vec<f32> {
        (0..20_000)
            .map(crate::light::even)
            .map(|(u, v)| Vec3A::new(6.0 * u - 3.0, 6.0 * v - 3.0, 0.0))
            .map(|point| texture.colour(point, Vec3A::Z, footprint).x)
            .collect()
    }

    fn moments(shares: &[f32]) -> (f32, f32) {
        let n = shares.len() as f32;
        let mean = shares.iter().sum::<f32>() / n;
        (mean, (shares.iter().map(|s| (s - mean).powi(2)).sum::<f32>() / n).sqrt())
    }

    #[test]
    fn patterns_vary_within_bounds_around_their_mean() {
        for pattern in ALL {
            let texture = black_and_white(pattern);
            let shares = shares(&texture, 0.0);
            assert!(shares.iter().all(|s| (0.0..=1.0).contains(s)), "{pattern:?}");
            let (mean, deviation) = moments(&shares);
            let stated = texture.mean().x;
            assert!((mean - stated).abs() < 0.03, "{pattern:?}: {mean} near, {stated} stated");
            assert_eq!(deviation > 0.05, pattern != Pattern::Plain, "{pattern:?}: {deviation}");
        }
    }

    #[test]
    fn patterns_fade_with_distance_and_keep_their_mean() {
        for pattern in ALL {
            let texture = black_and_white(pattern).wear(0.5);
            let near = moments(&shares(&texture, 0.0));
            let mut last = near.1 + 0.02;
            for footprint in [0.05, 0.15, 0.4, 1.5] {
                let (mean, deviation) = moments(&shares(&texture, footprint));
                assert!((mean - near.0).abs() < 0.04, "{pattern:?}: {mean} at {footprint}");
                assert!(deviation < last + 0.02, "{pattern:?}: {deviation} at {footprint}");
                last = deviation;
            }
            assert!(last < 0.06, "{pattern:?}: {last}");
        }
    }

    #[test]
    fn stripes_repeat_and_begin_with_the_first_colour() {
        let stripes = Texture::new(Pattern::Stripes, Vec3::X, Vec3::Y, 0.2, 0);
        let colours =
            [0.05, 0.15, 0.25].map(|x| stripes.colour(Vec3A::new(x, 0.0, 0.0), Vec3A::Z, 0.0));
        assert_eq!(colours, [Vec3::X, Vec3::Y, Vec3::X]);
    }

    #[test]
    fn herringbone_boards_are_four_by_one() {
        const ROOT: f32 = 4.0 * std::f32::consts::SQRT_2;
        // Along a board the tone stays: from its middle a step of a board's width along it.
        let at = |x: f32, y: f32| boards::herringbone(Vec2::new(x, y), 3, 0.0);
        let turned = |u: f32, v: f32| at((u + v) / ROOT, (v - u) / ROOT);
        // The board along u with i − j from 0 to 3 in row 0, and its ends at 0 and 4.
        assert!(turned(0.01, 0.5) > 0.95 && turned(3.99, 0.5) > 0.95);
        assert!((1..4).all(|u| turned(u as f32, 0.5) < 0.95));
    }

    #[test]
    fn wear_darkens_and_gloss_is_held() {
        let white = Texture::plain(Vec3::ONE);
        let (new, old) = (moments(&shares(&white, 0.0)), moments(&shares(&white.wear(1.0), 0.0)));
        assert!(new == (1.0, 0.0) && old.0 < 0.95 && old.1 > 0.05, "{old:?}");
        assert!((white.wear(1.0).mean().x - old.0).abs() < 0.03, "{old:?}");
        assert_eq!((white.gloss(3.0).gloss, white.wear(-1.0).wear), (1.0, 0.0));
    }
}
