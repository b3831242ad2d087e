//! Files that one would expect in a folder and that are not there.

use serde::Serialize;

use crate::folder::Folder;
use crate::known::{KNOWN, RGB};

/// So many missing files of a domain are named.
const NAMED: usize = 20;

/// What a domain lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// The domain, as its folder is called.
    pub domain: String,
    /// Buildings that it is missing from altogether.
    pub buildings: Vec<String>,
    /// Number of files that are missing from the other buildings.
    pub files: usize,
    /// The first of those files.
    pub named: Vec<String>,
}

/// The gaps of all domains that the folder holds at all: views with an image lack a file of the
/// domain, views with files lack an image.
pub(crate) fn gaps(folder: &Folder) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for (place, known) in KNOWN.iter().enumerate() {
        if place != RGB && !folder.holds(place) {
            continue;
        }
        let domain = known.folders[0].to_owned();
        let mut gap = Gap { domain, buildings: Vec::new(), files: 0, named: Vec::new() };
        for building in &folder.buildings {
            if !building.views.iter().any(|view| view.has(place)) {
                gap.buildings.push(building.name.clone());
                continue;
            }
            let wanted = building.views.iter().filter(|view| place == RGB || view.has(RGB));
            for view in wanted.filter(|view| !view.has(place)) {
                gap.files += 1;
                if gap.named.len() < NAMED {
                    gap.named.push(building.path(place, view.id));
                }
            }
        }
        if gap.files > 0 || !gap.buildings.is_empty() {
            gaps.push(gap);
        }
    }
    gaps
}
