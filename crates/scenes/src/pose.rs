//! Where cameras stand and look, as numbers: of one camera, of a camera in its room, of one
//! camera as seen by another.

use std::f32::consts::FRAC_PI_2;

use glam::{Mat3A, Quat, Vec3A};

use crate::camera::Camera;

impl Camera {
    /// Everything about the camera: location x, y, z (metres, z up); the rotation from its frame
    /// (x right, y up, looking along −z) to the world as a unit quaternion w, x, y, z with w ≥ 0;
    /// horizontal field of view (radians); the fixation point x, y, z.
    pub fn numbers(&self) -> [f32; 11] {
        let rotation = Quat::from_mat3a(&self.rotation());
        let rotation = if rotation.w < 0.0 { -rotation } else { rotation };
        let [x, y, z, w] = rotation.to_array();
        let ([a, b, c], [d, e, f]) = (self.position.to_array(), self.fixation.to_array());
        [a, b, c, w, x, y, z, self.fov, d, e, f]
    }

    /// The three vanishing directions: the world's axes in the camera's frame, the world turned as
    /// in [`Camera::room_layout`] (definition 14).
    pub fn vanishing_points(&self) -> [f32; 9] {
        let to_camera = Self { yaw: self.yaw - self.quarters(), ..*self }.rotation().transpose();
        let mut nine = [0.0; 9];
        for (three, axis) in nine.chunks_exact_mut(3).zip(Vec3A::AXES) {
            three.copy_from_slice(&(to_camera * axis).to_array());
        }
        nine
    }

    /// The box of a room from (0, 0, 0) to `size` as the camera sees it (definition 15): its centre
    /// in the camera's frame (metres), the camera's Euler angles sxyz (radians), the box's extents
    /// along x, y and z (metres); angles and extents in a world that is turned by the multiple of
    /// 90° that brings the view nearest to +x.
    ///
    /// The second angle, roll, is 0 for a camera of a scene; the first is 90° and the pitch.
    pub fn room_layout(&self, size: Vec3A) -> [f32; 9] {
        let centre = self.rotation().transpose() * (0.5 * size - self.position);
        let quarters = self.quarters();
        let angles = euler_sxyz(&Self { yaw: self.yaw - quarters, ..*self }.rotation());
        let odd = (quarters / FRAC_PI_2).round() as i64 % 2 != 0;
        let extents = if odd { Vec3A::new(size.y, size.x, size.z) } else { size };
        let three = [centre.to_array(), angles, extents.to_array()];
        std::array::from_fn(|i| three[i / 3][i % 3])
    }

    /// The pose of this camera as another sees it (definition 16): with R, c of this one and R₂, c₂
    /// of the other, the Euler angles sxyz of `R₂ᵀR` (radians) and `R₂ᵀ(c − c₂)` (metres).
    ///
    /// A point p of this camera's frame is `R₂ᵀR·p + R₂ᵀ(c − c₂)` in the other's.
    pub fn pose_seen_by(&self, other: &Self) -> [f32; 6] {
        let to_other = other.rotation().transpose();
        let [a, b, c] = euler_sxyz(&(to_other * self.rotation()));
        let [x, y, z] = (to_other * (self.position - other.position)).to_array();
        [a, b, c, x, y, z]
    }

    /// The angle that is taken from the yaw so that the view lies within 45° of +x.
    fn quarters(&self) -> f32 {
        FRAC_PI_2 * (self.yaw / FRAC_PI_2).round()
    }
}

/// The angles of `R = R_z(c)·R_y(b)·R_x(a)`, turns about the fixed axes x, y, z in this order: a, b, c
/// with b from −90° to 90°. Where b is ±90° only a combination of a and c is known: c is 0 then.
fn euler_sxyz(r: &Mat3A) -> [f32; 3] {
    let level = r.x_axis.x.hypot(r.x_axis.y);
    let b = (0.0 - r.x_axis.z).atan2(level);
    if level > 1e-6 {
        [r.y_axis.z.atan2(r.z_axis.z), b, r.x_axis.y.atan2(r.x_axis.x)]
    } else {
        [(-r.z_axis.y).atan2(r.y_axis.y), b, 0.0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::f32::consts::PI;

    fn near<const N: usize>(found: [f32; N], expected: [f32; N]) {
        let apart = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(apart < 1e-5, "{found:?} for {expected:?}");
    }

    fn camera(position: [f32; 3], fixation: [f32; 3]) -> Camera {
        Camera::looking_at(position.into(), fixation.into(), 1.0)
    }

    #[test]
    fn numbers_by_hand() {
        // Looking along +y is looking along −z, turned by 90° about x: cos 45° and sin 45°.
        let half = 0.5_f32.sqrt();
        let north = camera([1.0, 2.0, 1.5], [1.0, 5.0, 1.5]).numbers();
        near(north, [1.0, 2.0, 1.5, half, half, 0.0, 0.0, 1.0, 1.0, 5.0, 1.5]);
        // Looking along +x: then by −90° about z. The product of both turns.
        let east = camera([0.0; 3], [1.0, 0.0, 0.0]).numbers();
        near(east, [0.0, 0.0, 0.0, 0.5, 0.5, -0.5, -0.5, 1.0, 1.0, 0.0, 0.0]);
    }

    #[test]
    fn a_mirrored_view_changes_the_signs_that_the_dictionary_says() {
        for (yaw, pitch) in [(0.3, 0.1), (-2.1, -0.4), (1.2, 0.0)] {
            let camera = Camera { yaw, pitch, ..Camera::looking_at(Vec3A::ZERO, Vec3A::X, 1.0) };
            let mut nine = camera.vanishing_points();
            for k in [0, 4, 5, 6] {
                nine[k] = -nine[k];
            }
            let twin = Camera { yaw: -yaw, ..camera }.vanishing_points();
            assert!(nine.iter().zip(twin).all(|(a, b)| (a - b).abs() < 1e-6), "{nine:?} {twin:?}");
        }
    }

    #[test]
    fn vanishing_points_by_hand() {
        let camera = camera([0.0; 3], [1.0, 0.0, 0.0]);
        let east = camera.vanishing_points();
        // Looking along +x: x is −z of the camera, y is to the left, z is up.
        assert_eq!(east.map(|v| v + 0.0), [0.0, 0.0, -1.0, -1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
        let west = Camera { yaw: PI, ..camera }.vanishing_points();
        assert!(east.iter().zip(west).all(|(a, b)| (a - b).abs() < 1e-6));
    }

    #[test]
    fn room_layout_by_hand() {
        let size = Vec3A::new(4.0, 3.0, 2.5);
        // From the middle of the wall x = 0, level, along the room: the centre is 2 m away.
        let along = camera([0.0, 1.5, 1.25], [4.0, 1.5, 1.25]).room_layout(size);
        near(along, [0.0, 0.0, -2.0, FRAC_PI_2, 0.0, -FRAC_PI_2, 4.0, 3.0, 2.5]);
        // Across it: the world is turned, so that the room is 3 m long.
        let across = camera([2.0, 0.0, 1.0], [2.0, 3.0, 1.0]).room_layout(size);
        near(across, [0.0, 0.25, -1.5, FRAC_PI_2, 0.0, -FRAC_PI_2, 3.0, 4.0, 2.5]);
        // 30° down, along the diagonal of the world at 40°.
        let tilted =
            Camera { yaw: 40_f32.to_radians(), pitch: -PI / 6.0, ..camera([0.0; 3], [1.0; 3]) };
        let [.., a, b, c, x, _, _] = tilted.room_layout(size);
        near([a, b, c, x], [PI / 3.0, 0.0, -50_f32.to_radians(), 4.0]);
    }

    #[test]
    fn poses_by_hand() {
        let first = camera([0.0, 0.0, 1.0], [0.0, 2.0, 1.0]);
        // One metre to the right, looking the same way.
        let beside = camera([1.0, 0.0, 1.0], [1.0, 2.0, 1.0]);
        near(first.pose_seen_by(&beside), [0.0, 0.0, 0.0, -1.0, 0.0, 0.0]);
        // Around the point at (0, 2): from the right, looking to the left. What the first has
        // ahead (−z), this one has to the right: a turn by −90° about y.
        let right = camera([2.0, 2.0, 1.0], [0.0, 2.0, 1.0]);
        near(first.pose_seen_by(&right), [0.0, -FRAC_PI_2, 0.0, -2.0, 0.0, -2.0]);
        near(first.pose_seen_by(&first), [0.0; 6]);
    }

    #[test]
    fn euler_angles_are_turns_about_fixed_axes() {
        let turned = |[a, b, c]: [f32; 3]| {
            Mat3A::from_rotation_z(c) * Mat3A::from_rotation_y(b) * Mat3A::from_rotation_x(a)
        };
        near(euler_sxyz(&turned([0.3, -0.7, 2.0])), [0.3, -0.7, 2.0]);
        // At 90° about y a turn about x is one about −z.
        let [a, b, c] = euler_sxyz(&turned([0.5, FRAC_PI_2, 0.2]));
        assert!((b - FRAC_PI_2).abs() < 1e-3);
        assert!(turned([a, b, c]).abs_diff_eq(turned([0.5, FRAC_PI_2, 0.2]), 1e-3));
    }

    fn some_camera() -> impl Strategy<Value = Camera> {
        (prop::array::uniform3(0.0_f32..4.0), -PI..PI, -0.7_f32..0.4).prop_map(
            |(position, yaw, pitch)| Camera { yaw, pitch, ..camera(position, [9.0, 0.0, 0.0]) },
        )
    }

    /// The rotation and the translation that six numbers mean.
    fn moves([a, b, c, x, y, z]: [f32; 6]) -> (Mat3A, Vec3A) {
        let r = Mat3A::from_rotation_z(c) * Mat3A::from_rotation_y(b) * Mat3A::from_rotation_x(a);
        (r, Vec3A::new(x, y, z))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn poses_compose(one in some_camera(), two in some_camera(), three in some_camera()) {
            let (r12, t12) = moves(one.pose_seen_by(&two));
            let (r23, t23) = moves(two.pose_seen_by(&three));
            let (r13, t13) = moves(one.pose_seen_by(&three));
            prop_assert!((r23 * r12).abs_diff_eq(r13, 1e-3));
            prop_assert!((r23 * t12 + t23).abs_diff_eq(t13, 1e-3));
        }

        #[test]
        fn a_pose_brings_points_of_one_frame_into_the_other(
            one in some_camera(), two in some_camera(), point in prop::array::uniform3(-3.0_f32..3.0),
        ) {
            let point = Vec3A::from(point);
            let (r, t) = moves(one.pose_seen_by(&two));
            let [seen, expected] = [(&one, point), (&two, r * point + t)]
                .map(|(camera, p)| camera.position + camera.rotation() * p);
            prop_assert!(seen.abs_diff_eq(expected, 1e-3));
        }

        /// In a mirror (y to −y) left is right: turns about y and z and the way to the right change
        /// their sign, and so does where the room's centre is to the right.
        #[test]
        fn a_mirrored_scene_has_mirrored_poses(one in some_camera(), two in some_camera()) {
            let size = Vec3A::new(4.0, 3.0, 2.5);
            let mirrored = |c: &Camera| {
                let position = c.position.with_y(size.y - c.position.y);
                Camera { position, yaw: -c.yaw, ..*c }
            };
            let (r, t) = moves(one.pose_seen_by(&two));
            let (s, u) = moves(mirrored(&one).pose_seen_by(&mirrored(&two)));
            let flip = Mat3A::from_diagonal(glam::Vec3::new(-1.0, 1.0, 1.0));
            prop_assert!((flip * r * flip).abs_diff_eq(s, 1e-3));
            prop_assert!((flip * t).abs_diff_eq(u, 1e-3));
            let (here, there) = (one.room_layout(size), mirrored(&one).room_layout(size));
            prop_assert!((here[0] + there[0]).abs() < 1e-3 && (here[2] - there[2]).abs() < 1e-3);
            // Mirrored about the view's axis: −90° is straight ahead.
            let turn = here[5] + there[5] + PI;
            let edge = (one.yaw / FRAC_PI_2).fract().abs() - 0.5;
            prop_assert!(turn.abs() < 1e-3 || edge.abs() < 1e-3, "{turn}");
        }

        #[test]
        fn numbers_and_layout_describe_the_camera(one in some_camera()) {
            let [.., w, x, y, z, fov, _, _, _] = one.numbers();
            prop_assert!(w >= 0.0 && fov == one.fov);
            let rotation = Mat3A::from_quat(Quat::from_xyzw(x, y, z, w));
            prop_assert!(rotation.abs_diff_eq(one.rotation(), 1e-4));
            let [_, _, _, pitch, roll, yaw, ..] = one.room_layout(Vec3A::new(4.0, 3.0, 2.5));
            prop_assert!((pitch - FRAC_PI_2 - one.pitch).abs() < 1e-4 && roll.abs() < 1e-5);
            prop_assert!((yaw + FRAC_PI_2).abs() <= FRAC_PI_2 / 2.0 + 1e-4);
        }

        #[test]
        fn vanishing_points_are_unit_and_the_view_is_near_the_first(one in some_camera()) {
            let points = one.vanishing_points();
            for three in points.chunks(3) {
                prop_assert!((Vec3A::from_slice(three).length() - 1.0).abs() < 1e-5);
            }
            // The view lies within 45° of the first axis, level with the horizon.
            prop_assert!(points[2] <= -(0.5_f32.sqrt()) * one.pitch.cos() + 1e-4);
        }
    }
}
