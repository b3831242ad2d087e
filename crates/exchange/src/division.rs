//! Which views belong to which split.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use taskonomy_core::{BuildingSplits, Purpose, Split, SplitCounts};

use crate::error::ExchangeError;
use crate::folder::{Building, Folder, View};

/// What is kept together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// All views of a building are in one split: what one split shows, no other does.
    Building,
    /// All views of a point are in one split; other points of its building may be in another.
    Point,
}

/// The views of a building that are in a split.
#[derive(Debug)]
pub(crate) struct Part {
    /// The building's place in the folder.
    pub(crate) building: usize,
    /// The points that belong to it; none are all of them.
    points: Option<BTreeSet<u32>>,
}

impl Part {
    /// Its views with an image, in order.
    pub(crate) fn views<'f>(&'f self, folder: &'f Folder) -> impl Iterator<Item = View> + 'f {
        let belongs = |view: &View| self.points.as_ref().is_none_or(|p| p.contains(&view.id.point));
        folder.buildings[self.building].images().filter(belongs)
    }

    /// The scene of a view of it: no other split has views of it.
    pub(crate) fn scene(&self, building: &Building, view: View) -> String {
        match self.points {
            None => building.name.clone(),
            Some(_) => format!("{}/point_{}", building.name, view.id.point),
        }
    }
}

/// Which views belong to which split.
#[derive(Debug)]
pub(crate) struct Division {
    /// In the order of the buildings.
    pub(crate) parts: BTreeMap<Split, Vec<Part>>,
    /// What was kept together.
    pub(crate) unit: Unit,
    /// Buildings that the table of splits gives no purpose.
    pub(crate) left_out: Vec<String>,
}

/// What goes to a split as a whole.
struct Piece {
    building: usize,
    point: Option<u32>,
    views: usize,
}

impl Division {
    /// By the table, or else in the proportions of `shares`: whole buildings if there are four,
    /// points otherwise. Buildings for training are divided over networks and transfers in the same
    /// way unless the table does (two suffice). The rest follows from the seed and the names.
    pub(crate) fn new(
        folder: &Folder,
        table: Option<&BuildingSplits>,
        shares: SplitCounts,
        seed: u64,
    ) -> Result<Self, ExchangeError> {
        let parts = Split::ALL.map(|split| (split, Vec::new())).into();
        let mut division = Self { parts, unit: Unit::Building, left_out: Vec::new() };
        let all: Vec<usize> = (0..folder.buildings.len())
            .filter(|&at| folder.buildings[at].images().next().is_some())
            .collect();
        let Some(table) = table else {
            let pieces = division.pieces(folder, &all, Split::ALL.len());
            if pieces.len() < Split::ALL.len() {
                return Err(ExchangeError::FewPoints {
                    views: folder.views(),
                    points: pieces.len(),
                });
            }
            division.share_out(folder, pieces, &Split::ALL, shares, seed);
            return Ok(division);
        };
        let mut train = Vec::new();
        let mut listed = Vec::new();
        for building in all {
            let name = &folder.buildings[building].name;
            let Some(purpose) = table.purpose(name) else {
                division.left_out.push(name.clone());
                continue;
            };
            listed.push(name.clone());
            let split = match purpose {
                Purpose::Train if !table.has_transfers() => {
                    train.push(building);
                    continue;
                }
                Purpose::Train => Split::Networks,
                Purpose::Transfers => Split::Transfers,
                Purpose::Validation => Split::Validation,
                Purpose::Test => Split::Test,
            };
            division.put(split, Part { building, points: None });
        }
        if !train.is_empty() {
            let splits = [Split::Networks, Split::Transfers];
            let pieces = division.pieces(folder, &train, splits.len());
            division.share_out(folder, pieces, &splits, shares, seed);
        }
        match Split::ALL.into_iter().find(|split| division.parts[split].is_empty()) {
            Some(split) => Err(ExchangeError::EmptySplit { split, listed }),
            None => Ok(division),
        }
    }

    /// Whole buildings, or points where there are fewer buildings than splits.
    fn pieces(&mut self, folder: &Folder, buildings: &[usize], splits: usize) -> Vec<Piece> {
        let of = |&building: &usize| {
            let views = folder.buildings[building].images().count();
            Piece { building, point: None, views }
        };
        if buildings.len() >= splits {
            return buildings.iter().map(of).collect();
        }
        self.unit = Unit::Point;
        let mut pieces = Vec::new();
        for &building in buildings {
            let mut points: BTreeMap<u32, usize> = BTreeMap::new();
            for view in folder.buildings[building].images() {
                *points.entry(view.id.point).or_default() += 1;
            }
            let piece = |(point, views)| Piece { building, point: Some(point), views };
            pieces.extend(points.into_iter().map(piece));
        }
        pieces
    }

    /// Large pieces first: the small ones even out what those leave uneven. Every split gets one, if
    /// there are as many.
    fn share_out(
        &mut self,
        folder: &Folder,
        mut pieces: Vec<Piece>,
        splits: &[Split],
        shares: SplitCounts,
        seed: u64,
    ) {
        let total: usize = splits.iter().map(|&split| shares.of(split)).sum();
        let views: usize = pieces.iter().map(|piece| piece.views).sum();
        pieces.sort_by_cached_key(|piece| {
            let name = &folder.buildings[piece.building].name;
            (Reverse(piece.views), draw(seed, name, piece.point))
        });
        // In views times the sum of the shares, so that everything is whole.
        let mut missing: Vec<i128> =
            splits.iter().map(|&split| (views * shares.of(split)) as i128).collect();
        let mut points: BTreeMap<(usize, Split), BTreeSet<u32>> = BTreeMap::new();
        let mut is_empty = vec![true; splits.len()];
        let count = pieces.len();
        for (placed, piece) in pieces.into_iter().enumerate() {
            let must_be_empty = count - placed <= is_empty.iter().filter(|&&empty| empty).count();
            let at = (0..splits.len())
                .filter(|&at| !must_be_empty || is_empty[at])
                .max_by_key(|&at| (missing[at], Reverse(at)))
                .unwrap_or(0);
            is_empty[at] = false;
            missing[at] -= (piece.views * total) as i128;
            match piece.point {
                Some(point) => {
                    points.entry((piece.building, splits[at])).or_default().insert(point);
                }
                None => self.put(splits[at], Part { building: piece.building, points: None }),
            }
        }
        for ((building, split), points) in points {
            self.put(split, Part { building, points: Some(points) });
        }
    }

    fn put(&mut self, split: Split, part: Part) {
        let parts = self.parts.entry(split).or_default();
        let place = parts.partition_point(|other| other.building < part.building);
        parts.insert(place, part);
    }
}

/// A number that follows from the seed and what a piece is called.
fn draw(seed: u64, building: &str, point: Option<u32>) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"splits").update(&seed.to_le_bytes());
    hasher.update(&point.map_or([0; 5], |point| {
        let [a, b, c, d] = point.to_le_bytes();
        [1, a, b, c, d]
    }));
    *hasher.update(building.as_bytes()).finalize().as_bytes()
}
