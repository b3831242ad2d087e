//! Which samples of a split the values of a domain belong to.

use crate::manifest::Sample;
use crate::shards::Shards;

/// What the values of one domain belong to in one split: tuples of views, or tuples of one, of which
/// there are as many as rows and in their order. The value of tuple `i` is
/// [`crate::Dataset::raw`]`(split, domain, i)`.
#[derive(Debug, Clone, Copy)]
pub struct Tuples<'d> {
    /// None for a split without samples.
    pub(crate) shards: Option<&'d Shards>,
    pub(crate) samples: &'d [Sample],
    pub(crate) views: usize,
    pub(crate) len: usize,
}

impl Tuples<'_> {
    /// Number of tuples.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Samples of a tuple.
    pub fn views(&self) -> usize {
        self.views
    }

    /// The rows of a tuple, all different rows of the split; `None` where there is no such tuple.
    pub fn rows(&self, tuple: usize) -> Option<Vec<usize>> {
        if self.views == 1 {
            return (tuple < self.len).then(|| vec![tuple]);
        }
        self.shards?.rows(tuple)
    }

    /// The ids of all tuples.
    pub fn ids(&self) -> Vec<String> {
        (0..self.len).filter_map(|tuple| self.id(tuple)).collect()
    }

    /// The id of a tuple, unique in the domain: those of its samples, joined by `+`.
    pub fn id(&self, tuple: usize) -> Option<String> {
        let ids = self.rows(tuple)?.into_iter().map(|row| self.samples.get(row));
        let ids: Option<Vec<&str>> = ids.map(|sample| sample.map(|s| s.id.as_str())).collect();
        ids.map(|ids| ids.join("+"))
    }
}
