//! Faces of many corners as triangles.

use glam::{Vec2, Vec3A};

/// Larger faces are cut as if they were convex: cutting off ears takes time with the square.
const MOST: usize = 1000;

/// The triangles of a flat polygon, as numbers of its corners: its ears are cut off one by one, so
/// that floors of any outline are filled and nothing beside them.
pub(super) fn triangles(points: &[Vec3A]) -> Vec<[usize; 3]> {
    let n = points.len();
    let fan = |n: usize| (2..n).map(|i| [0, i - 1, i]).collect();
    if !(4..=MOST).contains(&n) {
        return fan(n);
    }
    // The normal by Newell's method, whatever corners are concave; then drop its largest axis.
    let normal = (0..n).fold(Vec3A::ZERO, |sum, i| {
        let (a, b) = (points[i] - points[0], points[(i + 1) % n] - points[0]);
        sum + a.cross(b)
    });
    let size = normal.abs();
    let flat: Vec<Vec2> = points
        .iter()
        .map(|p| {
            if size.z >= size.x && size.z >= size.y {
                Vec2::new(p.x, p.y) * Vec2::new(1.0, normal.z.signum())
            } else if size.x >= size.y {
                Vec2::new(p.y, p.z) * Vec2::new(1.0, normal.x.signum())
            } else {
                Vec2::new(p.z, p.x) * Vec2::new(1.0, normal.y.signum())
            }
        })
        .collect();
    let turn = |a: usize, b: usize, c: usize| (flat[b] - flat[a]).perp_dot(flat[c] - flat[a]);
    let mut left: Vec<usize> = (0..n).collect();
    let mut found = Vec::with_capacity(n - 2);
    while left.len() > 3 {
        let m = left.len();
        let ear = (0..m).find(|&i| {
            let [a, b, c] = [left[(i + m - 1) % m], left[i], left[(i + 1) % m]];
            let inside = |&&p: &&usize| {
                let other = flat[p] != flat[a] && flat[p] != flat[b] && flat[p] != flat[c];
                other && turn(a, b, p) >= 0.0 && turn(b, c, p) >= 0.0 && turn(c, a, p) >= 0.0
            };
            turn(a, b, c) > 0.0 && !left.iter().any(|p| inside(&p))
        });
        // A polygon that crosses itself may have no ear: then any corner.
        let i = ear.unwrap_or(1);
        found.push([left[(i + m - 1) % m], left[i], left[(i + 1) % m]]);
        left.remove(i);
    }
    found.push([left[0], left[1], left[2]]);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(points: &[Vec3A]) -> f32 {
        let one = |[a, b, c]: [usize; 3]| {
            (points[b] - points[a]).cross(points[c] - points[a]).length() / 2.0
        };
        triangles(points).into_iter().map(one).sum()
    }

    #[test]
    fn an_l_shape_is_filled_and_nothing_beside_it() {
        // 3×3 less 2×2; begun at every corner, in both directions, lying and upright.
        let outline = [[0, 0], [3, 0], [3, 1], [1, 1], [1, 3], [0, 3]].map(|p| p.map(|v| v as f32));
        for first in 0..6 {
            for upright in [false, true] {
                let mut points: Vec<_> = outline
                    .map(
                        |[x, y]| {
                            if upright { Vec3A::new(2.0, x, y) } else { Vec3A::new(x, y, 7.0) }
                        },
                    )
                    .into();
                points.rotate_left(first);
                assert_eq!(area(&points), 5.0);
                points.reverse();
                assert_eq!(area(&points), 5.0);
            }
        }
    }

    #[test]
    fn every_polygon_has_two_triangles_less_than_corners() {
        for n in 3..40_usize {
            let star = (0..n).map(|i| {
                let (sin, cos) = (std::f32::consts::TAU * i as f32 / n as f32).sin_cos();
                let r = if i % 2 == 0 { 1.0 } else { 0.4 };
                Vec3A::new(r * cos, r * sin, 0.0)
            });
            assert_eq!(triangles(&star.collect::<Vec<_>>()).len(), n - 2);
        }
        assert_eq!(triangles(&[Vec3A::NAN; 6]).len(), 4);
        assert_eq!(triangles(&[Vec3A::ZERO; 2]).len(), 0);
        assert_eq!(triangles(&vec![Vec3A::ZERO; 5000]).len(), 4998);
    }
}
