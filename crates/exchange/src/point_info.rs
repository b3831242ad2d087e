//! The JSON file of a view: where the camera stood, and what it looked at.

use glam::{DMat3, DVec3};
use serde_json::{Map, Value, json};

use crate::fault::{Defect, Fault};
use crate::name::ViewId;
use crate::pose::{Pose, RoomBox, euler, from_euler};

/// The domains that are made of such a file.
pub(crate) const MADE: [&str; 3] = ["camera", "vanishing_points", "room_layout"];

/// The key under which our own files hold the numbers of these domains, as they are stored: angles
/// and boxes do not bring them back to the last bit.
const EXACT: &str = "as_stored";

/// What a file says; fields that it lacks are none.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PointInfo {
    location: Option<DVec3>,
    rotation: Option<DMat3>,
    fov: Option<f64>,
    fixation: Option<DVec3>,
    room: Option<RoomBox>,
    exact: [Option<Vec<f32>>; 3],
}

impl PointInfo {
    /// Reads a file. Fields may be missing; those that are there must make sense.
    pub fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let value: Value = serde_json::from_slice(bytes)
            .map_err(|e| Fault::new(Defect::Damaged, format!("no readable JSON: {e}")))?;
        let Value::Object(object) = value else {
            return Err(Fault::new(Defect::Damaged, "its JSON is no object"));
        };
        let vector = |key| Ok(numbers::<3>(&object, key)?.map(DVec3::from_array));
        let fov = numbers::<1>(&object, "field_of_view_rads")?.map(|[fov]| fov);
        if let Some(fov) = fov
            && !(fov > 0.0 && fov < std::f64::consts::PI)
        {
            let why = format!("`field_of_view_rads` is {fov}: it must be from 0 to pi");
            return Err(Fault::new(Defect::Field, why));
        }
        let mut exact = [None, None, None];
        if let Some(stored) = object.get(EXACT).and_then(Value::as_object) {
            exact[0] = single(numbers::<11>(stored, MADE[0])?)?;
            exact[1] = single(numbers::<9>(stored, MADE[1])?)?;
            exact[2] = single(numbers::<9>(stored, MADE[2])?)?;
        }
        Ok(Self {
            location: vector("camera_location")?,
            rotation: numbers::<3>(&object, "camera_rotation_final")?.map(from_euler),
            fov,
            fixation: vector("point_location")?,
            room: room(&object)?,
            exact,
        })
    }

    /// The numbers of a domain of [`MADE`] for the square in the middle of an image, whose side is
    /// this share of the image's width; an error that names the fields that are missing.
    pub fn numbers(&self, domain: &str, share: f64) -> Result<Vec<f32>, Fault> {
        if let Some(place) = MADE.iter().position(|made| *made == domain)
            && let Some(exact) = &self.exact[place]
        {
            return Ok(exact.clone());
        }
        let fields = [
            ("camera_location", self.location.is_some()),
            ("camera_rotation_final", self.rotation.is_some()),
            ("field_of_view_rads", self.fov.is_some()),
            ("point_location", self.fixation.is_some()),
            ("bounding_box_ranges", self.room.is_some()),
        ];
        let needed: &[usize] = match domain {
            "camera" => &[0, 1, 2, 3],
            "vanishing_points" => &[1],
            _ => &[0, 1, 4],
        };
        let missing: Vec<_> =
            needed.iter().map(|&i| fields[i]).filter(|(_, is_there)| !is_there).collect();
        if !missing.is_empty() {
            let names: Vec<_> = missing.iter().map(|(name, _)| format!("`{name}`")).collect();
            let why = format!("no {domain}: it lacks {}", names.join(", "));
            return Err(Fault::new(Defect::Field, why));
        }
        let fov = self.fov.unwrap_or(1.0);
        let pose = Pose {
            location: self.location.unwrap_or_default(),
            rotation: self.rotation.unwrap_or_default(),
            fov: 2.0 * (share * (fov / 2.0).tan()).atan(),
            fixation: self.fixation.unwrap_or_default(),
        };
        let made = match (domain, &self.room) {
            ("camera", _) => pose.camera().to_vec(),
            ("vanishing_points", _) => pose.vanishing_points().to_vec(),
            (_, room) => {
                let nowhere = RoomBox { min: DVec3::ZERO, max: DVec3::ZERO };
                pose.room_layout(room.as_ref().unwrap_or(&nowhere)).to_vec()
            }
        };
        all_single(&made)
    }

    /// The file of a view of ours: fields as in the published files, as far as they follow from the
    /// stored numbers of the domains of [`MADE`], and these numbers themselves.
    pub(crate) fn write(id: ViewId, size: usize, stored: [Option<Vec<f32>>; 3]) -> Vec<u8> {
        let wide = |at: usize| -> Option<Vec<f64>> {
            stored[at].as_ref().map(|numbers| numbers.iter().copied().map(f64::from).collect())
        };
        let nine = |at: usize| wide(at).and_then(|numbers| <[f64; 9]>::try_from(numbers).ok());
        let pose = wide(0).and_then(|n| n.try_into().ok()).and_then(Pose::from_camera);
        let mut object = Map::new();
        let mut put = |key: &str, value: Value| _ = object.insert(key.to_owned(), value);
        put("point_id", json!(id.point));
        put("view_id", json!(id.view));
        put("resolution", json!(size));
        if let Some(pose) = &pose {
            put("camera_location", json!(pose.location.to_array()));
            put("camera_rotation_final", json!(euler(&pose.rotation)));
            put("field_of_view_rads", json!(pose.fov));
            put("point_location", json!(pose.fixation.to_array()));
            put("camera_distance", json!(pose.location.distance(pose.fixation)));
            // In the world as it is, not turned by quarters.
            let rows = pose.rotation.transpose();
            let axes = [rows.x_axis, rows.y_axis, rows.z_axis].map(|axis| axis.to_array());
            let points = json!({ "x": axes[0], "y": axes[1], "z": axes[2] });
            put("vanishing_points_gaussian_sphere", points);
            if let Some(layout) = nine(2) {
                let RoomBox { min, max } = pose.room_box(layout);
                let range = |i: usize| [min[i], max[i]];
                let ranges = json!({ "x": range(0), "y": range(1), "z": range(2) });
                put("bounding_box_ranges", ranges);
            }
        }
        let exact: Map<_, _> = MADE
            .iter()
            .enumerate()
            .filter_map(|(at, name)| Some(((*name).to_owned(), json!(wide(at)?))))
            .collect();
        put(EXACT, Value::Object(exact));
        let mut bytes = Value::Object(object).to_string().into_bytes();
        bytes.push(b'\n');
        bytes
    }
}

/// So many numbers under a key; a single one may stand without brackets.
fn numbers<const N: usize>(
    object: &Map<String, Value>,
    key: &str,
) -> Result<Option<[f64; N]>, Fault> {
    let value = match object.get(key) {
        None | Some(Value::Null) => return Ok(None),
        Some(value) => value,
    };
    let found: Option<Vec<f64>> = match value {
        Value::Array(values) => values.iter().map(Value::as_f64).collect(),
        value => value.as_f64().map(|number| vec![number]),
    };
    found.and_then(|found| found.try_into().ok()).map(Some).ok_or_else(|| {
        let what = if N == 1 { "a number is".to_owned() } else { format!("{N} numbers are") };
        let shown: String = value.to_string().chars().take(60).collect();
        Fault::new(Defect::Field, format!("`{key}` is {shown}: {what} needed"))
    })
}

fn room(object: &Map<String, Value>) -> Result<Option<RoomBox>, Fault> {
    let Some(Value::Object(ranges)) = object.get("bounding_box_ranges") else { return Ok(None) };
    let (mut min, mut max) = (DVec3::ZERO, DVec3::ZERO);
    for (axis, key) in ["x", "y", "z"].into_iter().enumerate() {
        let Some([low, high]) = numbers::<2>(ranges, key)? else { return Ok(None) };
        if low > high {
            let why = format!("`bounding_box_ranges` runs from {low} to {high} along {key}");
            return Err(Fault::new(Defect::Field, why));
        }
        (min[axis], max[axis]) = (low, high);
    }
    Ok(Some(RoomBox { min, max }))
}

fn single<const N: usize>(numbers: Option<[f64; N]>) -> Result<Option<Vec<f32>>, Fault> {
    numbers.map(|numbers| all_single(&numbers)).transpose()
}

/// 32-bit numbers, which must still be finite.
fn all_single(numbers: &[f64]) -> Result<Vec<f32>, Fault> {
    match numbers.iter().find(|&&number| !(number as f32).is_finite()) {
        Some(number) => {
            let why = format!("{number} is too large for a 32-bit number");
            Err(Fault::new(Defect::NotFinite, why))
        }
        // No negative zeros: they are no other values.
        None => Ok(numbers.iter().map(|&number| number as f32 + 0.0).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"{"camera_location": [1, 2, 1.5], "camera_rotation_final":
        [1.5707963267948966, 0, -1.5707963267948966], "field_of_view_rads": 1.0,
        "point_location": [4, 2, 1.5], "room": "kitchen",
        "bounding_box_ranges": {"x": [0, 5], "y": [0, 4], "z": [0, 3]}}"#;

    fn read(text: &str) -> PointInfo {
        PointInfo::read(text.as_bytes()).unwrap()
    }

    fn near(found: &[f32], expected: &[f32]) {
        assert_eq!(found.len(), expected.len());
        let is_near = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-5);
        assert!(is_near, "{found:?} {expected:?}");
    }

    #[test]
    fn the_domains_by_hand() {
        let info = read(FILE);
        let camera = info.numbers("camera", 1.0).unwrap();
        // From (right, up, back) to (−y, z, −x): by 120° about (1, −1, −1), w = ½.
        near(&camera, &[1.0, 2.0, 1.5, 0.5, 0.5, -0.5, -0.5, 1.0, 4.0, 2.0, 1.5]);
        let points = info.numbers("vanishing_points", 1.0).unwrap();
        near(&points, &[0.0, 0.0, -1.0, -1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
        let layout = info.numbers("room_layout", 1.0).unwrap();
        near(&layout[..3], &[0.0, 0.0, -1.5]);
        near(&layout[6..], &[5.0, 4.0, 3.0]);
        // The middle square of an image twice as wide as high sees less.
        let narrow = info.numbers("camera", 0.5).unwrap();
        near(&narrow[7..8], &[2.0 * (0.5 * 0.5_f32.tan()).atan()]);
    }

    #[test]
    fn what_is_missing_or_impossible_is_named() {
        let info = read(r#"{"camera_location": [1, 2, 3]}"#);
        let missing = info.numbers("camera", 1.0).unwrap_err();
        assert_eq!(missing.defect, Defect::Field);
        assert_eq!(
            missing.why,
            "no camera: it lacks `camera_rotation_final`, `field_of_view_rads`, `point_location`"
        );
        let why = |text: &str| PointInfo::read(text.as_bytes()).unwrap_err().why;
        assert_eq!(
            why(r#"{"camera_location": [1, 2]}"#),
            "`camera_location` is [1,2]: 3 numbers are needed"
        );
        assert_eq!(
            why(r#"{"field_of_view_rads": "a"}"#),
            "`field_of_view_rads` is \"a\": a number is needed"
        );
        assert_eq!(
            why(r#"{"field_of_view_rads": 4}"#),
            "`field_of_view_rads` is 4: it must be from 0 to pi"
        );
        assert_eq!(
            why(r#"{"bounding_box_ranges": {"x": [1, 0], "y": [0, 1], "z": [0, 1]}}"#),
            "`bounding_box_ranges` runs from 1 to 0 along x"
        );
        assert_eq!(why("[]"), "its JSON is no object");
        assert!(
            why("{\"camera_location\": [NaN, 0, 0]}")
                .starts_with("no readable JSON: expected value")
        );
        let far = read(
            r#"{"camera_rotation_final": [0, 0, 0], "camera_location": [1e300, 0, 0],
            "field_of_view_rads": [1], "point_location": [0, 0, 0]}"#,
        );
        assert_eq!(far.numbers("camera", 1.0).unwrap_err().defect, Defect::NotFinite);
    }

    #[test]
    fn what_is_written_brings_back_every_bit_and_says_the_same_to_others() {
        let info = read(FILE);
        let stored = MADE.map(|domain| info.numbers(domain, 1.0).ok());
        let id = ViewId { point: 3, view: 4 };
        let bytes = PointInfo::write(id, 64, stored.clone());
        let again = PointInfo::read(&bytes).unwrap();
        assert_eq!(MADE.map(|domain| again.numbers(domain, 1.0).ok()), stored);
        // Without the exact numbers, from the published fields alone.
        let mut value: Value = serde_json::from_slice(&bytes).unwrap();
        value.as_object_mut().unwrap().remove(EXACT).unwrap();
        let others = read(&value.to_string());
        for (domain, stored) in MADE.iter().zip(&stored) {
            near(&others.numbers(domain, 1.0).unwrap(), stored.as_ref().unwrap());
        }
        let nothing = PointInfo::write(id, 64, [None, None, None]);
        assert_eq!(PointInfo::read(&nothing).unwrap(), PointInfo::default());
    }
}
