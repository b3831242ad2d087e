//! How far affinities move with the choice of the test samples: the bootstrap.
//!
//! Every draw takes as many samples as there are, with replacement, and holds the tournaments
//! again. A draw is a column of counts, how often it took which sample; with the points of every
//! two contenders on every sample as another matrix, the win rates of all draws are one product.

use nalgebra::DMatrix;
use ndarray::Array2;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use taskonomy_core::{Contender, LossTable};

use crate::ahp::ahp;
use crate::defect::TournamentError;
use crate::tournament::{Tournament, sorted_columns};

/// Draws of one job, and samples of one product: their matrices stay small however many there are.
const DRAWS: usize = 256;
const SAMPLES: usize = 1024;

/// The affinities of one target over all draws.
#[derive(Debug, Clone, PartialEq)]
pub struct Bootstrap {
    /// The tournament on the samples as they are.
    pub tournament: Tournament,
    /// Draws × contenders, in the order of the tournament's contenders; every row sums to 1.
    pub affinities: Array2<f64>,
    /// Pairs of contenders, summed over the draws, of which a draw took no common sample: their
    /// win rate is 0.5 there. Only where losses are missing.
    pub undecided: usize,
}

/// Resamples the tables and holds their tournaments again, in the order of the tables.
///
/// Tables of the same images share every draw, in whatever order their rows are; tables of other
/// images have draws of their own. A draw depends on the seed, its number and the images alone.
///
/// # Errors
/// As [`Tournament::hold`].
pub fn bootstrap(
    tables: &[LossTable],
    draws: usize,
    seed: u64,
) -> Result<Vec<Bootstrap>, TournamentError> {
    let tournaments = crate::hold_all(tables)?;
    let jobs: Vec<(usize, usize)> = (0..tables.len())
        .flat_map(|table| (0..draws).step_by(DRAWS).map(move |first| (table, first)))
        .collect();
    let held: Vec<Resampled> = jobs
        .par_iter()
        .map(|&(table, first)| {
            let count = DRAWS.min(draws - first);
            let counts = counts(&tables[table], first, count, seed);
            resampled(&tables[table], &counts)
        })
        .collect();
    let mut held = jobs.iter().zip(held).peekable();
    let gather = |(table, tournament): (usize, Tournament)| {
        let contenders = tournament.contenders.len();
        let (mut affinities, mut undecided) = (Vec::with_capacity(draws * contenders), 0);
        while let Some((_, part)) = held.next_if(|((of, _), _)| *of == table) {
            affinities.extend(part.affinities);
            undecided += part.undecided;
        }
        let affinities = Array2::from_shape_vec((draws, contenders), affinities)
            .expect("a row per draw and an affinity per contender");
        Bootstrap { tournament, affinities, undecided }
    };
    Ok(tournaments.into_iter().enumerate().map(gather).collect())
}

/// How often each draw takes each sample: samples × draws.
fn counts(table: &LossTable, first: usize, draws: usize, seed: u64) -> DMatrix<f32> {
    let samples = table.images.len();
    let mut by_name: Vec<usize> = (0..samples).collect();
    by_name.sort_by_key(|&row| &table.images[row]);
    let images = fingerprint(by_name.iter().map(|&row| table.images[row].as_str()));
    let mut counts = DMatrix::zeros(samples, draws);
    for (k, mut column) in counts.column_iter_mut().enumerate() {
        let mut rng = ChaCha8Rng::seed_from_u64(seed ^ images);
        rng.set_stream((first + k) as u64);
        for _ in 0..samples {
            column[by_name[rng.random_range(0..samples)]] += 1.0;
        }
    }
    counts
}

/// FNV-1a of the names, each with an end.
fn fingerprint<'a>(names: impl Iterator<Item = &'a str>) -> u64 {
    let bytes = names.flat_map(|name| name.bytes().chain([0xff]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The affinities of some draws, row-major, draws × contenders.
struct Resampled {
    affinities: Vec<f64>,
    undecided: usize,
}

fn resampled(table: &LossTable, counts: &DMatrix<f32>) -> Resampled {
    let rates = WinRates::of(table, counts);
    let mut all = Resampled { affinities: Vec::new(), undecided: 0 };
    for draw in 0..counts.ncols() {
        let (rates, undecided) = rates.of_draw(draw);
        all.affinities.extend(ahp(&rates).vector);
        all.undecided += undecided;
    }
    all
}

/// Points of the contenders, two by two, in some draws.
///
/// In f32, yet exact: all are whole numbers below 2²⁴ for up to 8 million samples.
struct WinRates {
    contenders: usize,
    /// For each pair i < j, twice the points of i: 2 for a win, 1 for a tie. Pairs × draws.
    points: DMatrix<f32>,
    /// Twice the samples that both were judged on; one row for all pairs where nothing is missing.
    most: DMatrix<f32>,
}

impl WinRates {
    fn of(table: &LossTable, counts: &DMatrix<f32>) -> Self {
        let columns = sorted_columns(table, Contender::competes);
        let n = columns.len();
        let pairs = n * (n - 1) / 2;
        let complete = !table.losses.iter().any(|loss| loss.is_nan());
        let mut points = DMatrix::zeros(pairs, counts.ncols());
        let mut most = DMatrix::zeros(if complete { 1 } else { pairs }, counts.ncols());
        let rows: Vec<&[f64]> = table.losses.chunks(table.contenders.len()).collect();
        for (block, rows) in rows.chunks(SAMPLES).enumerate() {
            let losses: Vec<Vec<f64>> =
                rows.iter().map(|row| columns.iter().map(|&c| row[c]).collect()).collect();
            let counts = counts.rows(block * SAMPLES, rows.len());
            let points_of =
                |below: bool, above: bool| f32::from(1 + i8::from(below) - i8::from(above));
            let won = by_pair(&losses, pairs, |a, b| {
                if a.is_nan() || b.is_nan() { 0.0 } else { points_of(a < b, a > b) }
            });
            points.gemm(1.0, &won, &counts, 1.0);
            if complete {
                let twice = DMatrix::from_element(1, rows.len(), 2.0);
                most.gemm(1.0, &twice, &counts, 1.0);
            } else {
                let common =
                    by_pair(
                        &losses,
                        pairs,
                        |a, b| if a.is_nan() || b.is_nan() { 0.0 } else { 2.0 },
                    );
                most.gemm(1.0, &common, &counts, 1.0);
            }
        }
        Self { contenders: n, points, most }
    }

    /// Contenders × contenders, as in [`Tournament::win_rates`], and how many pairs have no common
    /// sample.
    fn of_draw(&self, draw: usize) -> (Array2<f64>, usize) {
        let n = self.contenders;
        let mut rates = Array2::from_elem((n, n), 0.5);
        let mut undecided = 0;
        let pairs = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j)));
        for (pair, (i, j)) in pairs.enumerate() {
            let points = f64::from(self.points[(pair, draw)]);
            let most = f64::from(self.most[(pair.min(self.most.nrows() - 1), draw)]);
            if most > 0.0 {
                rates[[i, j]] = points / most;
                rates[[j, i]] = (most - points) / most;
            } else {
                undecided += 1;
            }
        }
        (rates, undecided)
    }
}

/// A number for every two losses of every sample: pairs × samples.
fn by_pair(losses: &[Vec<f64>], pairs: usize, number: impl Fn(f64, f64) -> f32) -> DMatrix<f32> {
    let mut numbers = Vec::with_capacity(pairs * losses.len());
    for sample in losses {
        for (i, &a) in sample.iter().enumerate() {
            numbers.extend(sample[i + 1..].iter().map(|&b| number(a, b)));
        }
    }
    DMatrix::from_vec(pairs, losses.len(), numbers)
}

#[cfg(test)]
mod tests;
