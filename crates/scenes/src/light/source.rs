//! Lamps and panes: light without shadow, and where shadow rays aim.

use glam::{Vec2, Vec3, Vec3A};

use crate::light::across;
use crate::scene::{Lamp, Pane};

/// Something that gives off light and has a size, so that its shadows are soft.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source {
    Ball(Lamp),
    Sheet(Pane),
}

/// Panes shine from so far in front of their wall, metres: past frames and blinds.
const IN_FRONT: f32 = 0.15;

impl Source {
    /// Light on a point with this normal when nothing is between.
    pub fn unblocked(&self, point: Vec3A, normal: Vec3A) -> Vec3 {
        match self {
            Self::Ball(lamp) => {
                let to = lamp.position - point;
                let square = to.length_squared();
                let cos = normal.dot(to) / square.sqrt().max(1e-4);
                // A ball lights a little beyond the horizon of its centre.
                let soft = (lamp.radius / square.sqrt().max(lamp.radius)).min(0.5);
                let cos = ((cos + soft) / (1.0 + soft)).max(0.0);
                let reach = lamp.reach * lamp.reach;
                // Inverse squares, held back near the lamp.
                lamp.colour * (1.2 * cos * reach / (square + 0.2 * reach))
            }
            Self::Sheet(pane) => {
                // The form factor of four quarters, each as a disc of the same area.
                let (right, up) = (pane.right * 0.5, pane.up * 0.5);
                let area = 4.0 * right.cross(up).length();
                let out = right.cross(up).normalize_or_zero();
                let centre = pane.centre + IN_FRONT * out;
                let factor: f32 = [right + up, right - up, up - right, -right - up]
                    .into_iter()
                    .map(|corner| {
                        let to = centre + corner - point;
                        let square = to.length_squared();
                        let facing = (normal.dot(to) * -out.dot(to)).max(0.0);
                        let away = out.dot(to) < 0.0;
                        let form = area / (std::f32::consts::PI * square + area);
                        if away { form * facing / square.max(1e-6) } else { 0.0 }
                    })
                    .sum();
                pane.colour * factor
            }
        }
    }

    /// Whether things between cast shadows.
    pub fn casts_shadow(&self) -> bool {
        match self {
            Self::Ball(lamp) => lamp.casts_shadow,
            Self::Sheet(_) => true,
        }
    }

    /// The point of the source, seen from `point`, for a point of the unit disc.
    pub fn aim(&self, point: Vec3A, at: Vec2) -> Vec3A {
        match self {
            Self::Ball(lamp) => {
                let (a, b) = across((lamp.position - point).normalize_or(Vec3A::Z));
                lamp.position + lamp.radius * (a * at.x + b * at.y)
            }
            Self::Sheet(pane) => {
                let out = pane.right.cross(pane.up).normalize_or_zero();
                // An ellipse: corners of a window give little light.
                pane.centre + pane.right * at.x + pane.up * at.y + IN_FRONT * out
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lamp() -> Source {
        Source::Ball(Lamp {
            position: Vec3A::new(0.0, 0.0, 2.0),
            colour: Vec3::ONE,
            reach: 2.0,
            casts_shadow: true,
            radius: 0.1,
        })
    }

    fn pane() -> Source {
        // Shines towards +y.
        Source::Sheet(Pane {
            centre: Vec3A::new(0.0, 0.0, 1.5),
            right: Vec3A::new(-0.6, 0.0, 0.0),
            up: Vec3A::new(0.0, 0.0, 0.7),
            colour: Vec3::ONE,
        })
    }

    #[test]
    fn a_pane_lights_what_is_before_it_the_more_the_nearer() {
        let at = |y: f32| pane().unblocked(Vec3A::new(0.0, y, 1.5), -Vec3A::Y).x;
        let lights = [0.8, 1.2, 2.0, 3.0, 5.0].map(at);
        assert!(lights.is_sorted_by(|a, b| a > b) && lights[0] < 1.0, "{lights:?}");
        assert_eq!(at(0.1), 0.0);
    }

    #[test]
    fn far_away_a_pane_follows_the_inverse_square() {
        let at = |y: f32| pane().unblocked(Vec3A::new(0.0, y, 1.5), -Vec3A::Y).x;
        let ratio = at(8.0) / at(16.0);
        assert!((3.6..4.1).contains(&ratio), "{ratio}");
        // Area / (π r²) = 1.68 / (π 15.85²).
        assert!((at(16.0) - 1.68 / (std::f32::consts::PI * 15.85 * 15.85)).abs() < 1e-4);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn light_is_bounded_and_not_negative(
            p in prop::array::uniform3(-3.0_f32..3.0), u in 0.0_f32..1.0, v in 0.0_f32..1.0,
        ) {
            let normal = crate::light::cosine(Vec3A::Z, (u, v));
            for (source, most) in [(lamp(), 6.0), (pane(), 1.0)] {
                let light = source.unblocked(Vec3A::from(p), normal).x;
                prop_assert!((0.0..=most + 1e-5).contains(&light), "{light}");
                let aim = source.aim(Vec3A::from(p), Vec2::new(u - 0.5, v - 0.5));
                prop_assert!(aim.distance(source.aim(Vec3A::from(p), Vec2::ZERO)) < 0.7);
            }
        }
    }
}
