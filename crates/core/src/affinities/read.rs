//! Reading `affinities.csv`, ours or anyone's.

use std::collections::BTreeMap;
use std::io::Read;

use super::{AffinityError, AffinityTable, COLUMNS, Edge, NEEDED, Note};
use crate::contender::Contender;
use crate::id::TaskId;
use crate::nearest::nearest;
use crate::quote::quote;
use crate::rows::Rows;

/// Affinities are printed with few digits: a sum this near to 1 is meant to be 1.
const SUM: f64 = 0.01;

/// As many cases are named in a note, the rest is counted.
const NAMED: usize = 3;

impl AffinityTable {
    /// Reads a table with the columns `target,sources,affinity[,win_vs_scratch,win_vs_full]`, in
    /// any order and among any others.
    ///
    /// Rows of `pixels` and rows with an empty affinity are no edges: they are skipped and
    /// counted. Of rows with the same target and set of sources, in whatever order, the one with
    /// the largest affinity is kept. The notes say so.
    pub fn read(input: impl Read) -> Result<Self, AffinityError> {
        let mut rows = Rows::new(input)?;
        let columns = Columns::find(&rows)?;
        let mut kept: BTreeMap<(TaskId, Contender), (Edge, u64)> = BTreeMap::new();
        let (mut skipped, mut twice) = (0, Vec::new());
        while let Some((line, row)) = rows.next()? {
            let cell = |column: usize| columns.place[column].map_or("", |place| &row[place]);
            let share = |column: usize| share(cell(column), line, COLUMNS[column]);
            let Some(affinity) = share(2)? else {
                skipped += 1;
                continue;
            };
            let id = |column, source| AffinityError::Id { line, column: COLUMNS[column], source };
            let edge = Edge {
                target: cell(0).parse().map_err(|e| id(0, e))?,
                contender: cell(1).parse().map_err(|e| id(1, e))?,
                affinity,
                gain: share(3)?,
                quality: share(4)?,
            };
            if !edge.contender.competes() {
                skipped += 1;
                continue;
            }
            let key = (edge.target.clone(), edge.contender.clone());
            match kept.get(&key) {
                Some((other, first)) => {
                    twice.push(format!("{} -> {} in lines {first} and {line}", key.1, key.0));
                    if edge.affinity > other.affinity {
                        kept.insert(key, (edge, line));
                    }
                }
                None => _ = kept.insert(key, (edge, line)),
            }
        }
        if kept.is_empty() {
            return Err(AffinityError::Empty { skipped });
        }
        let edges: Vec<_> = kept.into_values().map(|(edge, _)| edge).collect();
        let notes = [columns.unread, same_edge(twice), no_edge(skipped)];
        let notes = notes.into_iter().chain(other_sums(&edges)).flatten().collect();
        Ok(Self { edges, notes })
    }
}

/// Where the columns are that are read, in the order of [`COLUMNS`].
struct Columns {
    place: [Option<usize>; COLUMNS.len()],
    unread: Option<Note>,
}

impl Columns {
    fn find<R: Read>(rows: &Rows<R>) -> Result<Self, AffinityError> {
        let (header, line) = (&rows.header, rows.header_line);
        if header.is_empty() {
            return Err(AffinityError::NoHeader);
        }
        let unread: Vec<&str> = header.iter().filter(|name| !COLUMNS.contains(name)).collect();
        let place = COLUMNS.map(|column| header.iter().position(|name| name == column));
        for (column, place) in COLUMNS.into_iter().zip(place) {
            if header.iter().filter(|name| *name == column).count() > 1 {
                return Err(AffinityError::TwoColumns { line, column });
            }
            if place.is_none() && NEEDED.contains(&column) {
                let found = quote(&header.iter().collect::<Vec<_>>().join(","));
                let nearest = meant(column, &unread).map(quote);
                return Err(AffinityError::Header { line, missing: column, found, nearest });
            }
        }
        let unread: Vec<_> = unread.into_iter().map(|name| format!("`{}`", quote(name))).collect();
        let unread = (!unread.is_empty())
            .then(|| Note::detail(format!("columns that are not read: {}", named(&unread))));
        Ok(Self { place, unread })
    }
}

/// The column that may be meant by a missing one.
fn meant<'a>(missing: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let plain = |name: &&&str| {
        name.len() > 2 && name.chars().all(|c| c.is_alphanumeric() || " _".contains(c))
    };
    let candidates: Vec<_> = candidates.iter().filter(plain).collect();
    let small: Vec<_> = candidates.iter().map(|name| name.to_lowercase()).collect();
    let found = nearest(missing, small.iter().map(String::as_str))?;
    let place = small.iter().position(|name| name == found)?;
    Some(candidates[place])
}

/// An empty cell is nothing; any other must be a number in [0, 1].
fn share(cell: &str, line: u64, column: &'static str) -> Result<Option<f64>, AffinityError> {
    if cell.is_empty() {
        return Ok(None);
    }
    match cell.parse::<f64>() {
        // Adding 0 turns -0 into 0.
        Ok(number) if (0.0..=1.0).contains(&number) => Ok(Some(number + 0.0)),
        _ => Err(AffinityError::Number { line, column, found: quote(cell) }),
    }
}

fn same_edge(twice: Vec<String>) -> Option<Note> {
    (!twice.is_empty()).then(|| {
        let edges = named(&twice);
        Note::new(format!("the same edge twice, the larger affinity is kept: {edges}"))
    })
}

fn no_edge(skipped: usize) -> Option<Note> {
    match skipped {
        0 => None,
        1 => Some(Note::new("1 row without an affinity, or of `pixels`, is no edge".to_owned())),
        _ => Some(Note::new(format!(
            "{skipped} rows without an affinity, or of `pixels`, are no edges"
        ))),
    }
}

/// One line for everyone, and all sums for those who ask for more.
fn other_sums(edges: &[Edge]) -> [Option<Note>; 2] {
    let mut sums: BTreeMap<&TaskId, f64> = BTreeMap::new();
    for edge in edges {
        *sums.entry(&edge.target).or_default() += edge.affinity;
    }
    let targets = sums.len();
    let off: Vec<_> = sums.into_iter().filter(|(_, sum)| (sum - 1.0).abs() > SUM).collect();
    let far = |sum: f64| (sum - 1.0).abs();
    let Some((worst, sum)) = off.iter().max_by(|a, b| far(a.1).total_cmp(&far(b.1))) else {
        return [None, None];
    };
    let text = format!(
        "the affinities of {} of {targets} target{} do not sum to 1 (farthest: {worst}, {sum:.3}); they are taken as they are",
        off.len(),
        if targets == 1 { "" } else { "s" }
    );
    let all: Vec<_> = off.iter().map(|(target, sum)| format!("{target} {sum:.3}")).collect();
    let all = format!("sums of affinities other than 1: {}", all.join(", "));
    [Some(Note::new(text)), Some(Note::detail(all))]
}

fn named(cases: &[String]) -> String {
    let first = cases[..cases.len().min(NAMED)].join(", ");
    match cases.len().saturating_sub(NAMED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}
