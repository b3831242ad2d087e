//! One published set: affinities and win rates joined, and what is wrong with them.

use std::collections::BTreeMap;

use super::checks;
use super::defect::Defect;
use super::fraction::denominator;
use super::scores::{Key, Scores};
use crate::affinities::{AffinityTable, Edge};
use crate::id::TaskId;

/// A row of a set, before anything is left out of it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Row {
    pub affinity: Option<f64>,
    pub gain: Option<f64>,
    pub quality: Option<f64>,
}

/// A published set as a table, with what a user should know before believing it.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// All edges with an affinity, with our ids.
    pub table: AffinityTable,
    /// What is wrong, or looks wrong.
    pub defects: Vec<Defect>,
    /// Test images per target: the largest denominator of its win rates.
    pub images: BTreeMap<TaskId, u32>,
}

impl Published {
    /// Joins the files of one set: affinities, win rates against scratch (the files
    /// `wins_vs_pixels`) and against full supervision (`wins_vs_task`), where they are there.
    ///
    /// Edges without an affinity (`pixels` has none by definition) are left out of the table. Of
    /// two orders of the same sources the larger affinity is kept.
    pub fn join(affinities: &Scores, gain: Option<&Scores>, quality: Option<&Scores>) -> Self {
        let mut rows: BTreeMap<Key, Row> = BTreeMap::new();
        let mut fill = |scores: Option<&Scores>, cell: fn(&mut Row) -> &mut Option<f64>| {
            for (key, value) in scores.iter().flat_map(|scores| &scores.of) {
                *cell(rows.entry(key.clone()).or_default()) = Some(*value);
            }
        };
        fill(Some(affinities), |row| &mut row.affinity);
        fill(gain, |row| &mut row.gain);
        fill(quality, |row| &mut row.quality);

        let files: Vec<_> = [Some(affinities), gain, quality].into_iter().flatten().collect();
        let mut defects = checks::unknown_ids(&files);
        defects.extend(checks::all(&rows, gain.is_some(), quality.is_some()));
        let (edges, same) = edges(&rows);
        defects.extend(same);
        let table = AffinityTable { edges, notes: Vec::new() };
        Self { table, defects, images: images(&rows) }
    }
}

/// The rows with an affinity, one per set of sources.
fn edges(rows: &BTreeMap<Key, Row>) -> (Vec<Edge>, Vec<Defect>) {
    let mut kept: BTreeMap<_, (&Key, Edge)> = BTreeMap::new();
    let mut same = Vec::new();
    for (key, row) in rows {
        let Some(affinity) = row.affinity.filter(|_| key.contender.competes()) else {
            continue;
        };
        let edge = Edge {
            target: key.target.clone(),
            contender: key.contender.clone(),
            affinity,
            gain: row.gain,
            quality: row.quality,
        };
        let place = (&key.target, &key.contender);
        if let Some((first, other)) = kept.get(&place) {
            let edges = vec![first.written.clone(), key.written.clone()];
            same.push(Defect::SameSet { target: key.target.clone(), edges });
            if other.affinity >= edge.affinity {
                continue;
            }
        }
        kept.insert(place, (key, edge));
    }
    (kept.into_values().map(|(_, edge)| edge).collect(), same)
}

fn images(rows: &BTreeMap<Key, Row>) -> BTreeMap<TaskId, u32> {
    let mut images = BTreeMap::new();
    for (key, row) in rows {
        for rate in [row.gain, row.quality].into_iter().flatten() {
            let most: &mut u32 = images.entry(key.target.clone()).or_default();
            *most = denominator(rate).unwrap_or(0).max(*most);
        }
    }
    images
}
