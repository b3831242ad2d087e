//! Cameras: what the labels of their pose are made of.
//!
//! The world's z is up. A camera's frame is x right, y up, looking along −z, and its rotation goes
//! from there to the world. Euler angles are those of turns about the fixed axes x, y and z, in this
//! order (`sxyz`), as in the files of the Taskonomy dataset.

use glam::{DMat3, DQuat, DVec3};

/// A pinhole camera.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pose {
    /// Where it stands, metres.
    pub(crate) location: DVec3,
    /// From its frame to the world.
    pub(crate) rotation: DMat3,
    /// Horizontal field of view, radians.
    pub(crate) fov: f64,
    /// The point in the middle of its image.
    pub(crate) fixation: DVec3,
}

/// The box of a room in the world.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct RoomBox {
    pub(crate) min: DVec3,
    pub(crate) max: DVec3,
}

impl Pose {
    /// The 11 numbers of the domain `camera`: location, quaternion (w, x, y, z; w ≥ 0), field of
    /// view, fixation.
    pub(crate) fn camera(&self) -> [f64; 11] {
        let turn = DQuat::from_mat3(&self.rotation).normalize();
        let turn = if turn.w < 0.0 { -turn } else { turn };
        let (c, p) = (self.location, self.fixation);
        [c.x, c.y, c.z, turn.w, turn.x, turn.y, turn.z, self.fov, p.x, p.y, p.z]
    }

    /// From the numbers of the domain `camera`; none if the quaternion has no direction.
    pub(crate) fn from_camera(numbers: [f64; 11]) -> Option<Self> {
        let [cx, cy, cz, w, x, y, z, fov, px, py, pz] = numbers;
        let turn = DQuat::from_xyzw(x, y, z, w);
        let length = turn.length();
        if !(1e-6..1e6).contains(&length) {
            return None;
        }
        Some(Self {
            location: DVec3::new(cx, cy, cz),
            rotation: DMat3::from_quat(turn.normalize()),
            fov,
            fixation: DVec3::new(px, py, pz),
        })
    }

    /// The quarter turns about the vertical that bring the view nearest to +x: 0 to 3.
    fn quarters(&self) -> i32 {
        let forward = -self.rotation.z_axis;
        let yaw = forward.y.atan2(forward.x);
        let quarter = std::f64::consts::FRAC_PI_2;
        (-(yaw / quarter).round() as i32).rem_euclid(4)
    }

    /// The rotation to the world, the world turned so that the view is nearest to +x.
    fn canonical(&self) -> DMat3 {
        DMat3::from_cols_array(&quarter_turn(self.quarters())) * self.rotation
    }

    /// The three vanishing directions: the axes of the turned world in the camera's frame.
    pub(crate) fn vanishing_points(&self) -> [f64; 9] {
        // The rows of the rotation.
        self.canonical().transpose().to_cols_array()
    }

    /// The room's layout: centre of its box in the camera's frame, Euler angles of the camera in the
    /// turned world, extents of the box there.
    pub(crate) fn room_layout(&self, room: &RoomBox) -> [f64; 9] {
        let centre = self.rotation.transpose() * ((room.min + room.max) / 2.0 - self.location);
        let angles = euler(&self.canonical());
        let size = room.max - room.min;
        let across = if self.quarters() % 2 == 0 { [size.x, size.y] } else { [size.y, size.x] };
        let [x, y] = across;
        [centre.x, centre.y, centre.z, angles[0], angles[1], angles[2], x, y, size.z]
    }

    /// The box in the world that a room's layout tells of.
    pub(crate) fn room_box(&self, layout: [f64; 9]) -> RoomBox {
        let [x, y, z, _, _, _, across, along, high] = layout;
        let centre = self.rotation * DVec3::new(x, y, z) + self.location;
        let size = if self.quarters() % 2 == 0 {
            DVec3::new(across, along, high)
        } else {
            DVec3::new(along, across, high)
        };
        RoomBox { min: centre - size / 2.0, max: centre + size / 2.0 }
    }
}

/// Columns of a turn about z by whole quarters, without a rounding error.
fn quarter_turn(quarters: i32) -> [f64; 9] {
    let (cos, sin) =
        [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)][quarters.rem_euclid(4) as usize];
    [cos, sin, 0.0, -sin, cos, 0.0, 0.0, 0.0, 1.0]
}

/// The rotation with these Euler angles: Rz·Ry·Rx.
pub(crate) fn from_euler([x, y, z]: [f64; 3]) -> DMat3 {
    DMat3::from_rotation_z(z) * DMat3::from_rotation_y(y) * DMat3::from_rotation_x(x)
}

/// The Euler angles of a rotation; where they are not unique, z is 0.
pub(crate) fn euler(rotation: &DMat3) -> [f64; 3] {
    let (x, y, z) = (rotation.x_axis, rotation.y_axis, rotation.z_axis);
    let level = x.x.hypot(x.y);
    let up = (-x.z).atan2(level);
    if level > 1e-9 { [y.z.atan2(z.z), up, x.y.atan2(x.x)] } else { [(-z.y).atan2(y.y), up, 0.0] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::f64::consts::{FRAC_PI_2, PI};

    fn near(a: &[f64], b: &[f64]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9)
    }

    fn pose(angles: [f64; 3]) -> Pose {
        let (location, fixation) = (DVec3::new(1.0, 2.0, 1.5), DVec3::new(4.0, 2.0, 1.5));
        Pose { location, rotation: from_euler(angles), fov: 1.0, fixation }
    }

    #[test]
    fn a_level_camera_by_hand() {
        // Tilted up by 90° from looking down, then turned to look along +x.
        let east = pose([FRAC_PI_2, 0.0, -FRAC_PI_2]);
        assert!(near(&(-east.rotation.z_axis).to_array(), &[1.0, 0.0, 0.0]));
        assert!(near(&east.rotation.y_axis.to_array(), &[0.0, 0.0, 1.0]));
        // x is −z of the camera, y is to the left, z is up.
        assert!(near(&east.vanishing_points(), &[0.0, 0.0, -1.0, -1.0, 0.0, 0.0, 0.0, 1.0, 0.0]));
        let north = pose([FRAC_PI_2, 0.0, 0.0]);
        assert!(near(&north.vanishing_points(), &east.vanishing_points()));

        // A room of 5×4×3 m from (0, 0, 0): the middle is 1.5 m ahead of the one that looks east.
        let room = RoomBox { min: DVec3::ZERO, max: DVec3::new(5.0, 4.0, 3.0) };
        let layout = east.room_layout(&room);
        let expected = [0.0, 0.0, -1.5, FRAC_PI_2, 0.0, -FRAC_PI_2, 5.0, 4.0, 3.0];
        assert!(near(&layout, &expected), "{layout:?}");
        // For the one that looks north it is to the right, and x and y change places.
        let layout = north.room_layout(&room);
        let expected = [1.5, 0.0, 0.0, FRAC_PI_2, 0.0, -FRAC_PI_2, 4.0, 5.0, 3.0];
        assert!(near(&layout, &expected), "{layout:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn everything_goes_back_and_forth(
            x in -PI..PI, y in -1.5_f64..1.5, z in -PI..PI, sides in prop::array::uniform6(-9.0_f64..9.0),
        ) {
            let pose = pose([x, y, z]);
            prop_assert!(near(&euler(&pose.rotation), &[x, y, z]));
            let again = Pose::from_camera(pose.camera()).unwrap();
            let numbers = |pose: &Pose| [pose.rotation.to_cols_array().to_vec(), pose.camera().to_vec()].concat();
            prop_assert!(near(&numbers(&again), &numbers(&pose)));
            let (a, b) = (DVec3::from_slice(&sides[..3]), DVec3::from_slice(&sides[3..]));
            let room = RoomBox { min: a.min(b), max: a.max(b) };
            let back = pose.room_box(pose.room_layout(&room));
            prop_assert!(near(&back.min.to_array(), &room.min.to_array()));
            prop_assert!(near(&back.max.to_array(), &room.max.to_array()));
            // The view of the turned world is within 45° of +x.
            let points = pose.vanishing_points();
            let forward = [-points[2], -points[5]];
            prop_assert!(forward[0] >= forward[1].abs() - 1e-9);
        }
    }

    #[test]
    fn angles_that_are_not_unique_give_the_same_rotation() {
        for y in [FRAC_PI_2, -FRAC_PI_2] {
            let rotation = from_euler([0.3, y, 1.1]);
            let again = from_euler(euler(&rotation));
            assert!(near(&again.to_cols_array(), &rotation.to_cols_array()));
        }
        assert_eq!(Pose::from_camera([0.0; 11]), None);
    }
}
