//! The invariants of the published numbers, and their known defects, looked for in any set.

use std::collections::BTreeMap;

use super::defect::Defect;
use super::fraction::denominator;
use super::published::Row;
use super::scores::{Key, Scores};
use crate::contender::{Contender, Sources};
use crate::id::TaskId;

/// How far the affinities of a target may be from 1 together.
const SUM: f64 = 1e-9;

/// A run has failed when its gain is this share of what its worst source reaches alone...
const FAILED: f64 = 0.1;

/// ... where that is worth the name: below, scratch wins nearly always anyway.
const ALONE: f64 = 0.05;

type Rows<'a> = Vec<(&'a Key, &'a Row)>;

/// Ids that neither the authors nor we know; the same key stands in up to three files.
pub(super) fn unknown_ids(files: &[&Scores]) -> Vec<Defect> {
    let mut unknown: BTreeMap<&TaskId, usize> = BTreeMap::new();
    for (id, keys) in files.iter().flat_map(|file| &file.unknown) {
        *unknown.entry(id).or_default() += keys;
    }
    unknown.into_iter().map(|(id, keys)| Defect::UnknownId { id: id.clone(), keys }).collect()
}

/// Everything else, target by target.
pub(super) fn all(rows: &BTreeMap<Key, Row>, has_gain: bool, has_quality: bool) -> Vec<Defect> {
    let mut targets: BTreeMap<&TaskId, Rows> = BTreeMap::new();
    for (key, row) in rows {
        targets.entry(&key.target).or_default().push((key, row));
    }
    let usual = usual_counts(&targets);
    let mut defects = Vec::new();
    for (&target, rows) in &targets {
        defects.extend(always_wins(target, rows));
        defects.extend(failed_runs(target, rows));
        defects.extend(missing(target, rows, has_gain, has_quality));
        defects.extend(extra_edges(target, rows, &usual));
        defects.extend(sum(target, rows));
        defects.extend(own_win_rates(target, rows));
        defects.extend(no_counts(target, rows));
    }
    defects
}

fn sources(key: &Key) -> Option<&Sources> {
    match &key.contender {
        Contender::Transfer(sources) => Some(sources),
        _ => None,
    }
}

/// The sources of the rows that satisfy the condition.
fn written(rows: &Rows, condition: impl Fn(&Key, &Row) -> bool) -> Vec<String> {
    let rows = rows.iter().filter(|(key, row)| condition(key, row));
    rows.map(|(key, _)| key.written.clone()).collect()
}

fn always_wins(target: &TaskId, rows: &Rows) -> Option<Defect> {
    let wins = |row: &Row| row.gain == Some(1.0) && row.quality == Some(1.0);
    let edges = written(rows, |key, row| sources(key).is_some() && wins(row));
    let affinity = rows.iter().filter(|(_, row)| wins(row)).filter_map(|(_, row)| row.affinity);
    (!edges.is_empty()).then(|| Defect::AlwaysWins {
        target: target.clone(),
        edges,
        affinity: affinity.sum(),
    })
}

fn failed_runs(target: &TaskId, rows: &Rows) -> Vec<Defect> {
    let alone: BTreeMap<&TaskId, f64> = rows
        .iter()
        .filter_map(|(key, row)| match sources(key) {
            Some(sources) if sources.order() == 1 => Some((sources.iter().next()?, row.gain?)),
            _ => None,
        })
        .collect();
    let failed = rows.iter().filter_map(|(key, row)| {
        let sources = sources(key).filter(|sources| sources.order() > 1)?;
        let gain = row.gain?;
        let worst = sources.iter().filter_map(|s| alone.get(s)).copied().reduce(f64::min)?;
        (worst >= ALONE && gain < FAILED * worst).then(|| Defect::FailedRun {
            target: target.clone(),
            edges: vec![key.written.clone()],
            affinity: row.affinity,
            gain,
            alone: worst,
        })
    });
    failed.collect()
}

fn missing(target: &TaskId, rows: &Rows, has_gain: bool, has_quality: bool) -> Vec<Defect> {
    let no_affinity = written(rows, |key, row| key.contender.competes() && row.affinity.is_none());
    let no_rate = written(rows, |_, row| {
        row.affinity.is_some()
            && (has_gain && row.gain.is_none() || has_quality && row.quality.is_none())
    });
    let target = || target.clone();
    let no_affinity = (!no_affinity.is_empty())
        .then(|| Defect::NoAffinity { target: target(), edges: no_affinity });
    let no_rate =
        (!no_rate.is_empty()).then(|| Defect::NoWinRate { target: target(), edges: no_rate });
    no_affinity.into_iter().chain(no_rate).collect()
}

/// How many edges of each order the target has.
fn counts(rows: &Rows) -> BTreeMap<usize, usize> {
    let mut counts = BTreeMap::new();
    for sources in rows.iter().filter_map(|(key, _)| sources(key)) {
        *counts.entry(sources.order()).or_default() += 1;
    }
    counts
}

/// Per order the count that most targets share; of equally frequent ones the smaller.
fn usual_counts(targets: &BTreeMap<&TaskId, Rows>) -> BTreeMap<usize, usize> {
    let mut votes: BTreeMap<usize, BTreeMap<usize, usize>> = BTreeMap::new();
    for (order, count) in targets.values().flat_map(counts) {
        *votes.entry(order).or_default().entry(count).or_default() += 1;
    }
    let winner = |votes: BTreeMap<usize, usize>| {
        votes.into_iter().rev().max_by_key(|(_, votes)| *votes).map_or(0, |(count, _)| count)
    };
    votes.into_iter().map(|(order, votes)| (order, winner(votes))).collect()
}

fn extra_edges(target: &TaskId, rows: &Rows, usual: &BTreeMap<usize, usize>) -> Vec<Defect> {
    let extra = counts(rows).into_iter().filter(|(order, found)| *found > usual[order]);
    extra
        .map(|(order, found)| Defect::ExtraEdges {
            target: target.clone(),
            order,
            found,
            usual: usual[&order],
        })
        .collect()
}

fn sum(target: &TaskId, rows: &Rows) -> Option<Defect> {
    let sum: f64 = rows.iter().filter_map(|(_, row)| row.affinity).sum();
    let off = rows.iter().any(|(_, row)| row.affinity.is_some()) && (sum - 1.0).abs() > SUM;
    off.then(|| Defect::Sum { target: target.clone(), sum })
}

fn own_win_rates(target: &TaskId, rows: &Rows) -> Vec<Defect> {
    let own = rows.iter().filter_map(|(key, row)| match key.contender {
        Contender::Full => Some(("self", row.quality?)),
        Contender::Scratch(_) => Some(("pixels", row.gain?)),
        Contender::Transfer(_) | Contender::Small => None,
    });
    own.filter(|(_, found)| *found != 0.5)
        .map(|(contender, found)| Defect::OwnWinRate { target: target.clone(), contender, found })
        .collect()
}

fn no_counts(target: &TaskId, rows: &Rows) -> Option<Defect> {
    let counted = |rate: Option<f64>| rate.is_none_or(|rate| denominator(rate).is_some());
    let edges = written(rows, |_, row| !counted(row.gain) || !counted(row.quality));
    (!edges.is_empty()).then(|| Defect::NoCount { target: target.clone(), edges })
}
