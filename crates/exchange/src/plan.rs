//! Which domains a dataset gets from a folder.

use std::collections::BTreeMap;

use taskonomy_core::{Dictionary, Domain, Dtype, TaskId};
use taskonomy_cues::map_domain;

use crate::error::ExchangeError;
use crate::folder::Folder;
use crate::known::{Coding, KNOWN, POSE, SEMANTIC};
use crate::npy::Scores;
use crate::point_info::{MADE, PointInfo};
use crate::raster::{Raster, Samples};
use crate::tree::Tree;

/// The file at the top of a folder that names the classes of its domains, if somebody put one there:
/// an object with a list of names for each such domain.
pub(crate) const CLASSES: &str = "classes.json";

/// So many files are looked at for what a domain's files are like.
const PROBES: usize = 16;

/// What is made of a folder.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Height and width of the images.
    pub(crate) size: usize,
    /// The domains of the dataset, the image first.
    pub(crate) domains: Vec<Domain>,
}

impl Plan {
    /// Looks at a few files of the domains that are not always the same.
    pub(crate) fn new(
        tree: &dyn Tree,
        folder: &Folder,
        size: usize,
    ) -> Result<Self, ExchangeError> {
        let names = class_names(tree)?;
        let mut domains = Vec::new();
        for (place, known) in KNOWN.iter().enumerate().filter(|(place, _)| folder.holds(*place)) {
            let probes = || probes(tree, folder, place);
            let domain = |dtype, channels, unit: &str, note: &str| Domain {
                note: note.into(),
                ..map_domain(known.name, dtype, channels, size, unit)
            };
            let (mean, picked) = ("mean over the area of a pixel", "one pixel of the original");
            domains.push(match known.coding {
                Coding::Colour => domain(Dtype::U8, 3, "255 = white", mean),
                Coding::Grey => domain(Dtype::U8, 1, "255 = white", picked),
                Coding::Normal => domain(
                    Dtype::U8,
                    3,
                    "127.5 per unit, 127 = 0",
                    "camera's frame: R right, G down, B away; one pixel of the original",
                ),
                Coding::Curvature => Domain {
                    invalid: Some(0),
                    ..domain(Dtype::U8, 2, "round(127 + 3.81 k), k in 1/m", picked)
                },
                Coding::Depth => Domain {
                    invalid: Some(u32::from(u16::MAX)),
                    ..domain(Dtype::U16, 1, "512 per metre", picked)
                },
                Coding::Response => domain(Dtype::U16, 1, "65535 = 1", mean),
                Coding::Semantic => {
                    let default = || SEMANTIC.map(str::to_owned).to_vec();
                    let classes = names.get(known.name).cloned().unwrap_or_else(default);
                    if classes.len() > usize::from(u8::MAX) {
                        let why =
                            format!("{} classes of `{}`: at most 255", classes.len(), known.name);
                        return Err(ExchangeError::Classes { file: CLASSES.into(), why });
                    }
                    let unknown = Some(u32::from(u8::MAX));
                    Domain { invalid: unknown, classes, ..domain(Dtype::U8, 1, "class", picked) }
                }
                Coding::Segments => {
                    let is_wide = |bytes: &[u8]| {
                        let raster = Raster::decode(bytes, known.coding).ok()?;
                        Some(matches!(raster.samples, Samples::U16(_)))
                    };
                    let wide = probes().any(|bytes| is_wide(&bytes) == Some(true));
                    let dtype = if wide { Dtype::U16 } else { Dtype::U8 };
                    domain(dtype, 1, "number of the segment", picked)
                }
                Coding::Class => {
                    let classes = match names.get(known.name) {
                        Some(names) => names.clone(),
                        None => numbered(probes(), known.name)?,
                    };
                    let dtype = if classes.len() > 255 { Dtype::U16 } else { Dtype::U8 };
                    let shape = [1, 1, 1];
                    Domain { shape, classes, ..domain(dtype, 1, "class", "the highest score") }
                }
                // No domain of these folders holds what users label themselves.
                Coding::Pose | Coding::Indices => continue,
            });
        }
        if folder.holds(POSE) {
            let infos: Vec<_> =
                probes(tree, folder, POSE).filter_map(|b| PointInfo::read(&b).ok()).collect();
            let can = |domain: &str| infos.iter().any(|i| i.numbers(domain, 1.0).is_ok());
            domains.extend(MADE.into_iter().filter(|domain| can(domain)).map(pose_domain));
        }
        Ok(Self { size, domains })
    }

    /// The domain of this name.
    pub(crate) fn find(&self, name: &str) -> Option<&Domain> {
        self.domains.iter().find(|domain| domain.name == name)
    }
}

/// For each task that is trained, in the order of the ids, which of the domains that it needs are
/// not among those; nothing where it can be fed.
pub(crate) fn feeds(domains: &[Domain], tasks: &Dictionary) -> BTreeMap<TaskId, Vec<String>> {
    let is_there = |name: &str| domains.iter().any(|domain| domain.name == name);
    let trained = tasks.iter().filter_map(|task| Some((task, task.target.as_ref()?)));
    trained
        .map(|(task, target)| {
            let needed = ["rgb", &target.domain].into_iter().chain(target.mask.as_deref());
            let mut missing: Vec<_> = needed.filter(|n| !is_there(n)).map(str::to_owned).collect();
            missing.dedup();
            (task.id.clone(), missing)
        })
        .collect()
}

/// A domain that is made of the camera's file.
fn pose_domain(name: &str) -> Domain {
    let (length, unit, note) = match name {
        "camera" => (
            11,
            "metres, unit quaternion, radians, metres",
            "location, rotation from the camera's frame to the world (w, x, y, z), horizontal field of view, fixation point",
        ),
        "vanishing_points" => (
            9,
            "unit vectors",
            "the world's axes in the camera's frame, the world turned by the multiple of 90 degrees that brings the view nearest to +x",
        ),
        _ => (
            9,
            "metres, radians, metres",
            "centre of the room's box in the camera's frame, the camera's Euler angles sxyz, extents of the box, the world turned as for vanishing_points",
        ),
    };
    let shape = [length, 1, 1];
    Domain { shape, note: note.into(), ..map_domain(name, Dtype::F32, length, 1, unit) }
}

/// The first few files of a domain that can be read.
fn probes<'t>(
    tree: &'t dyn Tree,
    folder: &'t Folder,
    known: usize,
) -> impl Iterator<Item = Vec<u8>> + 't {
    let files = folder.buildings.iter().flat_map(move |building| {
        let views = building.views.iter().filter(move |view| view.has(known));
        views.map(move |view| building.path(known, view.id))
    });
    files.filter_map(|file| tree.read(&file).ok()).take(PROBES)
}

/// Names of classes that have none: their numbers.
fn numbered(
    files: impl Iterator<Item = Vec<u8>>,
    domain: &str,
) -> Result<Vec<String>, ExchangeError> {
    let mut lengths = files.filter_map(|bytes| Scores::read(&bytes).ok()).map(|s| s.len());
    match lengths.find(|&length| length > 1) {
        Some(length) => Ok((0..length).map(|class| class.to_string()).collect()),
        None => Err(ExchangeError::Classes {
            file: domain.to_owned(),
            why: format!(
                "none of its first files holds a score for each class, so that nothing tells how many there are: name them in {CLASSES}"
            ),
        }),
    }
}

fn class_names(tree: &dyn Tree) -> Result<BTreeMap<String, Vec<String>>, ExchangeError> {
    let wrong = |why: String| ExchangeError::Classes { file: CLASSES.into(), why };
    let bytes = match tree.read(CLASSES) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(wrong(error.to_string())),
    };
    let names: BTreeMap<String, Vec<String>> = serde_json::from_slice(&bytes)
        .map_err(|e| wrong(format!("no object with a list of names for each domain: {e}")))?;
    for (domain, names) in &names {
        if names.is_empty() || names.len() > usize::from(u16::MAX) {
            let domain = domain.escape_debug();
            return Err(wrong(format!("{} classes of `{domain}`: 1 to 65535", names.len())));
        }
    }
    Ok(names)
}
