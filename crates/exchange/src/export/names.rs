//! How the samples of a dataset are called in a folder.

use std::collections::BTreeMap;

use taskonomy_core::Split;
use taskonomy_data::{Dataset, ValuesRef};

use crate::error::ExchangeError;
use crate::name::{ViewId, parse_view};

/// Where a sample goes.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) split: Split,
    pub(super) row: usize,
    pub(super) building: String,
    pub(super) id: ViewId,
}

/// The places of all samples, in the order of splits and rows; no two are the same.
pub(super) fn places(dataset: &Dataset) -> Result<Vec<Place>, ExchangeError> {
    let mut places = Vec::new();
    let mut taken: BTreeMap<(String, ViewId), String> = BTreeMap::new();
    // The last number given in each building, and what was looked at then.
    let mut last: BTreeMap<String, (ViewId, Option<ValuesRef<'_>>)> = BTreeMap::new();
    for split in Split::ALL {
        for (row, sample) in dataset.samples(split).iter().enumerate() {
            let (building, id) = imported(&sample.id).unwrap_or_else(|| {
                let building = folder_name(&sample.scene);
                let fixation = fixation(dataset, split, row);
                let id = match last.get(&building) {
                    None => ViewId { point: 0, view: 0 },
                    Some((last, same)) if fixation.is_some() && *same == fixation => {
                        ViewId { point: last.point, view: last.view + 1 }
                    }
                    Some((last, _)) => ViewId { point: last.point + 1, view: 0 },
                };
                last.insert(building.clone(), (id, fixation));
                (building, id)
            });
            if let Some(other) = taken.insert((building.clone(), id), sample.id.clone()) {
                let why = format!("it would be written over `{other}`, as {building}/{id}");
                return Err(ExchangeError::Sample { id: sample.id.clone(), why });
            }
            places.push(Place { split, row, building, id });
        }
    }
    Ok(places)
}

/// Building and view of a sample that was imported from such a folder.
fn imported(id: &str) -> Option<(String, ViewId)> {
    let (building, view) = id.rsplit_once('/')?;
    match parse_view(view)? {
        (id, "") => Some((folder_name(building), id)),
        _ => None,
    }
}

/// The last three numbers of the camera: what is in the middle of the image.
fn fixation(dataset: &Dataset, split: Split, row: usize) -> Option<ValuesRef<'_>> {
    match dataset.raw(split, "camera", row)? {
        ValuesRef::F32(numbers) => numbers.get(8..11).map(ValuesRef::F32),
        _ => None,
    }
}

/// A name without what separates folders or hides them: other characters than letters, digits and
/// `_-.` as percent signs and hexadecimal digits, so that different scenes stay different.
fn folder_name(scene: &str) -> String {
    let mut name = String::new();
    for (at, byte) in scene.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' => name.push(char::from(byte)),
            b'.' if at > 0 => name.push('.'),
            _ => name += &format!("%{byte:02x}"),
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenes_become_names_of_folders() {
        assert_eq!(folder_name("room00001"), "room00001");
        assert_eq!(folder_name("../a b.png"), "%2e.%2fa%20b.png");
        assert_eq!(folder_name("é"), "%c3%a9");
    }

    #[test]
    fn samples_that_were_imported_keep_their_names() {
        let id = ViewId { point: 3, view: 11 };
        assert_eq!(imported("allensville/point_3_view_11"), Some(("allensville".into(), id)));
        assert_eq!(imported("replica/a/point_3_view_11"), Some(("replica%2fa".into(), id)));
        assert_eq!(imported("room00001_view03"), None);
        assert_eq!(imported("a/point_3_view_11x"), None);
    }
}
