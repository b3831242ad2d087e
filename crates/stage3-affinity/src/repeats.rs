//! The same tournament held again after trainings with other seeds.

use ndarray::{Array2, Axis};
use taskonomy_core::Contender;

use crate::tournament::Tournament;

/// The tournaments of one target, one per repetition of all trainings.
#[derive(Debug, Clone, PartialEq)]
pub struct Repeated {
    /// Win rates and affinities are means over the repetitions, defects those of all of them.
    pub mean: Tournament,
    /// Per contender of the mean its affinity in each repetition.
    pub affinities: Vec<Vec<f64>>,
}

impl Repeated {
    /// The mean of some tournaments of one target.
    ///
    /// Contenders that some repetition lacks, because their training failed there, are left out, and
    /// the affinities of each repetition scaled to sum 1 again. `None` where fewer than two are left.
    pub fn new(held: &[Tournament]) -> Option<Self> {
        let first = held.first()?;
        let contenders = common(held, |t| &t.contenders);
        let scratch = common(held, |t| &t.scratch);
        if contenders.len() < 2 {
            return None;
        }
        let rows = |t: &Tournament| places(&t.contenders, &contenders);
        let mean_rates = |pick: &dyn Fn(&Tournament) -> Array2<f64>| {
            let sum = held.iter().map(pick).reduce(|sum, rates| sum + rates)?;
            Some(sum / held.len() as f64)
        };
        let shares: Vec<Vec<f64>> = held
            .iter()
            .map(|t| {
                let shares: Vec<f64> = rows(t).into_iter().map(|row| t.affinities[row]).collect();
                let whole = shares.len() == t.contenders.len();
                let sum: f64 = if whole { 1.0 } else { shares.iter().sum() };
                shares.into_iter().map(|share| share / sum).collect()
            })
            .collect();
        let affinities: Vec<Vec<f64>> = (0..contenders.len())
            .map(|contender| shares.iter().map(|shares| shares[contender]).collect())
            .collect();
        let mean = |numbers: &[f64]| numbers.iter().sum::<f64>() / numbers.len() as f64;
        let lambdas: Vec<f64> = held.iter().map(|t| t.lambda).collect();
        let mean = Tournament {
            target: first.target.clone(),
            win_rates: mean_rates(&|t| {
                t.win_rates.select(Axis(0), &rows(t)).select(Axis(1), &rows(t))
            })?,
            win_rates_scratch: mean_rates(&|t| {
                let columns = places(&t.scratch, &scratch);
                t.win_rates_scratch.select(Axis(0), &rows(t)).select(Axis(1), &columns)
            })?,
            affinities: affinities.iter().map(|each| mean(each)).collect(),
            contenders: contenders.into_iter().cloned().collect(),
            scratch: scratch.into_iter().cloned().collect(),
            lambda: mean(&lambdas),
            residual: held.iter().map(|t| t.residual).fold(0.0, f64::max),
            iterations: held.iter().map(|t| t.iterations).max().unwrap_or(0),
            defects: held.iter().flat_map(|t| t.defects.clone()).collect(),
        };
        Some(Self { mean, affinities })
    }

    /// The sample standard deviation of a contender's affinity over the repetitions; 0 of one.
    pub fn deviation(&self, contender: usize) -> f64 {
        let (mean, each) = (self.mean.affinities[contender], &self.affinities[contender]);
        let squares: f64 = each.iter().map(|affinity| (affinity - mean).powi(2)).sum();
        (squares / (each.len().max(2) - 1) as f64).sqrt()
    }
}

/// Who is in all of them, in ascending order.
fn common(held: &[Tournament], of: fn(&Tournament) -> &Vec<Contender>) -> Vec<&Contender> {
    let everywhere = |c: &&Contender| held.iter().all(|t| of(t).contains(c));
    held.first().into_iter().flat_map(of).filter(everywhere).collect()
}

fn places(all: &[Contender], wanted: &[&Contender]) -> Vec<usize> {
    wanted.iter().filter_map(|c| all.iter().position(|x| x == *c)).collect()
}

#[cfg(test)]
mod tests {
    use taskonomy_core::LossTable;

    use super::*;

    fn held(csv: &str) -> Tournament {
        Tournament::hold(&LossTable::read("t".parse().unwrap(), csv.as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn means_and_deviations_by_hand() {
        // a beats b on three samples of four, then on one: affinities 3/4 and 1/4 each way.
        let first = held("image,a,b,pixels#1\n1,1,2,3\n2,1,2,3\n3,1,2,3\n4,3,2,1\n");
        let second = held("image,a,b,pixels#1\n1,3,2,1\n2,3,2,1\n3,3,2,1\n4,1,2,3\n");
        let repeated = Repeated::new(&[first.clone(), second]).unwrap();
        let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-9, "{found}");
        near(repeated.mean.affinities[0], 0.5);
        near(repeated.mean.win_rates[[0, 1]], 0.5);
        near(repeated.mean.edge(0).gain.unwrap(), 0.5);
        near(repeated.affinities[0][0], 0.75);
        near(repeated.affinities[0][1], 0.25);
        near(repeated.deviation(0), 0.125_f64.sqrt()); // (1/4² + 1/4²) / 1
        let alone = Repeated::new(std::slice::from_ref(&first)).unwrap();
        assert_eq!((alone.mean.clone(), alone.deviation(1)), (first, 0.0));
    }

    #[test]
    fn who_is_missing_once_is_left_out() {
        let all = held("image,a,b,c\n1,1,2,3\n2,1,2,3\n3,1,2,3\n4,3,2,1\n");
        let some = held("image,c,a\n1,1,2\n2,2,1\n");
        let repeated = Repeated::new(&[all, some]).unwrap();
        assert_eq!(repeated.mean.contenders.len(), 2);
        let sum: f64 = repeated.mean.affinities.iter().sum();
        assert!((sum - 1.0).abs() < 1e-12);
        assert!((repeated.mean.win_rates[[0, 1]] - 0.625).abs() < 1e-12); // 3/4 and 1/2
        assert_eq!(Repeated::new(&[held("image,a,b\n1,1,2\n"), held("image,c,d\n1,1,2\n")]), None);
        assert_eq!(Repeated::new(&[]), None);
    }
}
