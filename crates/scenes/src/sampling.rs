//! Where cameras are drawn from: distributions with their ends cut off, and Poisson discs.

use glam::Vec3A;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Fields of view, degrees: a normal distribution cut off at both ends, as in Zamir et al. (2018).
/// Nothing in an image tells its field of view from the size of the room: a wide distribution makes
/// depth a guess.
pub(crate) const FOV: Normal = Normal { mean: 61.0, deviation: 7.0, least: 30.0, most: 125.0 };
/// Heights, metres. Low cameras see little but what stands before them, and are rarer than in a
/// uniform distribution.
pub(crate) const HEIGHT: Normal = Normal { mean: 1.35, deviation: 0.4, least: 0.3, most: 2.0 };
/// Positions that are drawn before they may lie nearer to each other.
pub(crate) const DARTS: usize = 12;
/// Distance between the first positions, metres; it shrinks as a room fills up.
pub(crate) const SPREAD: f32 = 1.2;

/// A normal distribution, cut off at both ends.
pub(crate) struct Normal {
    pub mean: f32,
    pub deviation: f32,
    pub least: f32,
    pub most: f32,
}

impl Normal {
    /// By the method of Box and Muller; what lies beyond the ends is drawn again.
    pub fn draw(&self, rng: &mut ChaCha8Rng) -> f32 {
        loop {
            let radius = (-2.0 * (1.0 - rng.random::<f32>()).ln()).sqrt();
            let normal = radius * (std::f32::consts::TAU * rng.random::<f32>()).cos();
            let value = self.mean + self.deviation * normal;
            if (self.least..=self.most).contains(&value) {
                return value;
            }
        }
    }
}

/// Positions that keep a distance from each other, which shrinks when darts find no place.
pub(crate) struct Disc {
    pub positions: Vec<Vec3A>,
    pub spread: f32,
}

impl Disc {
    pub fn accepts(&self, point: Vec3A) -> bool {
        self.positions.iter().all(|other| other.distance(point) >= self.spread)
    }
}

/// The angle between two directions, radians.
pub(crate) fn angle(a: Vec3A, b: Vec3A) -> f32 {
    (a.dot(b) / (a.length() * b.length())).clamp(-1.0, 1.0).acos()
}
