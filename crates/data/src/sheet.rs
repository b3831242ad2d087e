//! The data sheet: what the values of a dataset are like, and which labels teach nothing.

mod flags;
mod tally;

use rayon::prelude::*;
use serde::Serialize;
use taskonomy_core::{Domain, Split};

use crate::dataset::Dataset;
use tally::Tally;

/// What the values of a dataset are like.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sheet {
    /// One per domain and split with samples, in the order of the manifest.
    pub entries: Vec<Entry>,
    /// What is wrong with some labels.
    pub flags: Vec<Flag>,
}

/// One domain in one split. Values are the stored ones, see the domain's unit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// The domain.
    pub domain: String,
    /// The split.
    pub split: Split,
    /// Number of samples, or of tuples of them.
    pub samples: usize,
    /// Number of samples that the domain is absent from.
    pub absent: usize,
    /// Share of the values of present samples that mean "unknown" or are not finite.
    pub invalid: f64,
    /// The smallest valid value, if there is a valid one.
    pub min: Option<f64>,
    /// The largest.
    pub max: Option<f64>,
    /// Their mean; none for classes.
    pub mean: Option<f64>,
    /// Their standard deviation; none for classes.
    pub deviation: Option<f64>,
    /// Share of each class among the valid values; empty for other domains.
    pub classes: Vec<f64>,
    /// Number of samples, of maps that are no classes, with one valid value throughout.
    pub flat: usize,
    /// The commonest valid value and its share; zeros for 32-bit numbers, which are not counted.
    #[serde(skip)]
    commonest: (f64, f64),
    /// Channels (not of classes) with one value throughout, and that value.
    #[serde(skip)]
    constant: Vec<(usize, f64)>,
}

/// A label that a network cannot learn from, or hardly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Flag {
    /// The domain; none where a split has no samples at all.
    pub domain: Option<String>,
    /// The split; none where it is so in all of them.
    pub split: Option<Split>,
    /// What is wrong, for people.
    pub what: String,
}

impl Sheet {
    /// Reads every value once.
    pub fn of(dataset: &Dataset) -> Self {
        let splits = || Split::ALL.into_iter().filter(|&split| !dataset.is_empty(split));
        let domains = &dataset.manifest().domains;
        let pairs: Vec<_> =
            domains.iter().flat_map(|domain| splits().map(move |split| (domain, split))).collect();
        let entries: Vec<Entry> =
            pairs.into_par_iter().map(|(domain, split)| entry(dataset, domain, split)).collect();
        let flags = flags::flags(dataset, &entries);
        Self { entries, flags }
    }
}

fn entry(dataset: &Dataset, domain: &Domain, split: Split) -> Entry {
    let samples = dataset.manifest().count(split, domain);
    let mut tallies: Vec<Tally> =
        (0..domain.shape[0]).map(|_| Tally::new(domain.dtype, domain.invalid)).collect();
    let places = domain.shape[1] * domain.shape[2];
    let is_map = places > 1 && domain.classes.is_empty();
    let (mut absent, mut flat) = (0, 0);
    for row in 0..samples {
        let Some(values) = dataset.raw(split, &domain.name, row) else {
            absent += 1;
            continue;
        };
        let mut is_flat = is_map;
        for (channel, tally) in tallies.iter_mut().enumerate() {
            is_flat &= tally.add(values, channel * places..(channel + 1) * places);
        }
        flat += usize::from(is_flat);
    }
    let is_class = !domain.classes.is_empty();
    let constant = tallies.iter().enumerate().filter(|_| !is_class);
    let constant = constant.filter_map(|(c, tally)| tally.only().map(|v| (c, v))).collect();
    let all = tallies.into_iter().reduce(Tally::with).expect("a domain has at least one channel");
    let summary = all.summary();
    Entry {
        domain: domain.name.clone(),
        split,
        samples,
        absent,
        invalid: summary.invalid,
        min: summary.min,
        max: summary.max,
        mean: summary.mean.filter(|_| !is_class),
        deviation: summary.deviation.filter(|_| !is_class),
        classes: (0..domain.classes.len()).map(|class| all.share(class)).collect(),
        flat,
        commonest: all.commonest(),
        constant,
    }
}
