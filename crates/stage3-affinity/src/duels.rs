//! Who beats whom on how many samples.

use rayon::prelude::*;
use taskonomy_core::LossTable;

/// Samples that are compared at a time: the transposed columns of 60 contenders stay in the cache.
const BLOCK: usize = 512;

/// For every two columns of a loss table, on how many samples each is strictly below the other.
///
/// Counts are integers, so that neither the number of threads nor the order of samples matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duels {
    columns: usize,
    wins: Vec<u64>,
    common: Vec<u64>,
}

impl Duels {
    /// Compares every column with every other on the samples that both were judged on.
    pub fn count(table: &LossTable) -> Self {
        let columns = table.contenders.len();
        let empty = || Self::empty(columns);
        table
            .losses
            .par_chunks(BLOCK * columns.max(1))
            .fold(empty, |mut duels, rows| {
                duels.add(rows);
                duels
            })
            .reduce(empty, |mut left, right| {
                add_to(&mut left.wins, &right.wins);
                add_to(&mut left.common, &right.common);
                left
            })
    }

    /// Samples on which both columns have a loss; on the diagonal, samples of one column.
    pub fn common(&self, i: usize, j: usize) -> u64 {
        self.common[i * self.columns + j]
    }

    /// Samples on which column `i` is strictly below column `j`.
    pub fn wins(&self, i: usize, j: usize) -> u64 {
        self.wins[i * self.columns + j]
    }

    /// Samples on which both columns have the same loss.
    pub fn ties(&self, i: usize, j: usize) -> u64 {
        self.common(i, j) - self.wins(i, j) - self.wins(j, i)
    }

    /// Share of the common samples on which `i` is below `j`, a tie counting half; 0.5 against
    /// itself, nothing where there is no common sample.
    pub fn win_rate(&self, i: usize, j: usize) -> Option<f64> {
        let common = self.common(i, j);
        // Twice the points, so that half a win is an integer and w_ij + w_ji is exactly 1.
        let points = 2 * self.wins(i, j) + self.ties(i, j);
        (common > 0).then(|| points as f64 / (2 * common) as f64)
    }

    fn empty(columns: usize) -> Self {
        let cells = vec![0; columns * columns];
        Self { columns, wins: cells.clone(), common: cells }
    }

    /// Adds a block of rows (row-major, NaN where a loss is missing).
    fn add(&mut self, rows: &[f64]) {
        let n = self.columns;
        let samples = rows.len() / n;
        let mut losses = vec![0.0; rows.len()];
        for (sample, row) in rows.chunks_exact(n).enumerate() {
            for (column, &loss) in row.iter().enumerate() {
                losses[column * samples + sample] = loss;
            }
        }
        let column = |i: usize| &losses[i * samples..(i + 1) * samples];
        let complete: Vec<bool> =
            (0..n).map(|i| column(i).iter().all(|loss| !loss.is_nan())).collect();
        for i in 0..n {
            for j in i..n {
                let (below, above) = if i == j { (0, 0) } else { compare(column(i), column(j)) };
                let common = if complete[i] && complete[j] {
                    samples as u64
                } else {
                    both(column(i), column(j))
                };
                self.wins[i * n + j] += below;
                self.common[i * n + j] += common;
                if i != j {
                    self.wins[j * n + i] += above;
                    self.common[j * n + i] += common;
                }
            }
        }
    }
}

/// On how many samples `a` is below `b`, and above. A comparison with NaN is neither.
///
/// Without branches and with counters as wide as the losses, so that the compiler uses vectors.
fn compare(a: &[f64], b: &[f64]) -> (u64, u64) {
    a.iter()
        .zip(b)
        .fold((0, 0), |(below, above), (x, y)| (below + u64::from(x < y), above + u64::from(x > y)))
}

fn both(a: &[f64], b: &[f64]) -> u64 {
    a.iter().zip(b).map(|(x, y)| u64::from(!x.is_nan() & !y.is_nan())).sum()
}

/// Share of the samples that both lists have a loss on (NaN is none) on which `left` is below
/// `right`, a tie counting half; nothing where there is no such sample.
pub fn win_rate(
    left: impl IntoIterator<Item = f64>,
    right: impl IntoIterator<Item = f64>,
) -> Option<f64> {
    let pairs = left.into_iter().zip(right).filter(|(a, b)| !a.is_nan() && !b.is_nan());
    let (points, common) = pairs.fold((0_u64, 0_u64), |(points, common), (a, b)| {
        (points + 2 * u64::from(a < b) + u64::from(a == b), common + 1)
    });
    (common > 0).then(|| points as f64 / (2 * common) as f64)
}

fn add_to(left: &mut [u64], right: &[u64]) {
    for (l, r) in left.iter_mut().zip(right) {
        *l += r;
    }
}

#[cfg(test)]
mod tests {
    use taskonomy_core::TaskId;

    use super::*;

    #[test]
    fn wins_ties_and_missing_samples_by_hand() {
        let csv = "image,a,b,c\n1,1,2,\n2,2,2,1\n3,3,2,\n4,1,2,\n";
        let table = LossTable::read(TaskId::new("t").unwrap(), csv.as_bytes()).unwrap();
        let duels = Duels::count(&table);
        assert_eq!((duels.wins(0, 1), duels.wins(1, 0), duels.ties(0, 1)), (2, 1, 1));
        assert_eq!(duels.win_rate(0, 1), Some(0.625));
        assert_eq!(duels.common(0, 2), 1);
        assert_eq!(duels.win_rate(2, 0), Some(1.0));
        assert_eq!(duels.win_rate(2, 2), Some(0.5));
        for (i, j) in [(0, 1), (1, 0), (0, 2), (2, 1), (2, 2)] {
            assert_eq!(win_rate(table.column(i), table.column(j)), duels.win_rate(i, j));
        }
        assert_eq!(win_rate([1.0, f64::NAN], [f64::NAN, 2.0]), None);
    }

    #[test]
    fn blocks_add_up() {
        let n = 3 * BLOCK + 17;
        let losses = (0..n).flat_map(|k| [(k % 7) as f64, (k % 5) as f64]).collect();
        let table = LossTable {
            target: TaskId::new("t").unwrap(),
            images: (0..n).map(|k| k.to_string()).collect(),
            contenders: vec!["a".parse().unwrap(), "b".parse().unwrap()],
            losses,
        };
        let duels = Duels::count(&table);
        let below = (0..n).filter(|k| k % 7 < k % 5).count() as u64;
        let above = (0..n).filter(|k| k % 7 > k % 5).count() as u64;
        assert_eq!((duels.wins(0, 1), duels.wins(1, 0)), (below, above));
        assert_eq!(duels.common(1, 0), n as u64);
    }
}
