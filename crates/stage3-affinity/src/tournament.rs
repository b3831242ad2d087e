//! The tournament of one target.

use ndarray::Array2;
use rayon::prelude::*;
use taskonomy_core::{Contender, Edge, LossTable, TaskId};

use crate::ahp::{CLIP, ahp, unconnected};
use crate::defect::{Defect, TournamentError};
use crate::duels::Duels;
use crate::race::{Race, stretches};

/// The tournament of one target: everyone against everyone on the same samples.
#[derive(Debug, Clone, PartialEq)]
pub struct Tournament {
    /// The predicted task.
    pub target: TaskId,
    /// Who takes part, in ascending order; n.
    pub contenders: Vec<Contender>,
    /// n × n, share of samples on which row beats column; 0.5 on the diagonal, NaN where two never met.
    /// Not clipped.
    pub win_rates: Array2<f64>,
    /// Scratch and its replicas, in ascending order; s.
    pub scratch: Vec<Contender>,
    /// n × s, share of samples on which row beats scratch; NaN where they never met.
    pub win_rates_scratch: Array2<f64>,
    /// Length n, positive, sum 1.
    pub affinities: Vec<f64>,
    /// Largest eigenvalue of the ratio matrix: n where the win rates are consistent, else more.
    pub lambda: f64,
    /// ‖W′p − λp‖₁ / λ.
    pub residual: f64,
    /// Steps of the power iteration.
    pub iterations: usize,
    /// What a user should look at.
    pub defects: Vec<Defect>,
}

impl Tournament {
    /// Holds the tournament on a loss table.
    ///
    /// Contenders are sorted first, so that the order of columns and rows changes no bit.
    ///
    /// # Errors
    /// Fewer than two contenders; two columns without a common sample.
    pub fn hold(table: &LossTable) -> Result<Self, TournamentError> {
        Self::hold_race(&Race::new(&[], table), &[])
    }

    /// Holds the tournament on what a race left. Two meet in the last round that both ran; their win rate
    /// is not known where there is none. Win rates are told as they were; for the affinities those of a
    /// round are taken to the end by its stretch.
    ///
    /// # Errors
    /// As [`Tournament::hold`]; contenders that no chain of meetings connects.
    fn hold_race(race: &Race, stretches: &[f64]) -> Result<Self, TournamentError> {
        let contenders = race.everyone(Contender::competes);
        let scratch = race.everyone(Contender::is_scratch);
        let target = race.target().clone();
        if contenders.len() < 2 {
            return Err(TournamentError::FewContenders { target, found: contenders.len() });
        }
        let meetings = race.meetings(&contenders, &contenders)?;
        let win_rates_scratch = race.meetings(&contenders, &scratch)?.win_rates;
        let likely = race.at_the_end(&meetings, stretches);
        let win_rates = meetings.win_rates;
        if let Some(alone) = unconnected(&win_rates) {
            let (left, right) = (contenders[0].clone(), contenders[alone].clone());
            return Err(TournamentError::NeverMet { target, left, right });
        }
        let principal = ahp(&likely);
        let mut defects = always_wins(&target, &contenders, &win_rates);
        for (round, (table, duels)) in race.rounds.iter().enumerate() {
            // Each where it came to its end.
            let is_last = |contender: &Contender| {
                race.rounds[round + 1..]
                    .iter()
                    .all(|(later, _)| later.position(contender).is_none())
            };
            let of = |keep: fn(&Contender) -> bool| {
                sorted_columns(table, |contender| keep(contender) && is_last(contender))
            };
            let (columns, scratch) = (of(Contender::competes), of(Contender::is_scratch));
            for defect in odd_columns(table, &columns, &scratch, duels) {
                if !defects.contains(&defect) {
                    defects.push(defect);
                }
            }
        }
        if !principal.converged {
            let (iterations, residual) = (principal.iterations, principal.residual);
            defects.push(Defect::NotConverged { target: target.clone(), iterations, residual });
        }
        Ok(Self {
            target,
            contenders,
            win_rates,
            scratch,
            win_rates_scratch,
            affinities: principal.vector,
            lambda: principal.lambda,
            residual: principal.residual,
            iterations: principal.iterations,
            defects,
        })
    }

    /// A contender's row of the affinity table: gain is the mean of its win rates against
    /// scratch's seeds, quality its win rate against `self`, each where the opponent exists.
    pub fn edge(&self, contender: usize) -> Edge {
        let full = self.contenders.iter().position(|c| *c == Contender::Full);
        Edge {
            target: self.target.clone(),
            contender: self.contenders[contender].clone(),
            affinity: self.affinities[contender],
            gain: self.win_rates_scratch.row(contender).mean().filter(|gain| !gain.is_nan()),
            quality: full
                .map(|full| self.win_rates[[contender, full]])
                .filter(|quality| !quality.is_nan()),
        }
    }
}

/// Holds the tournaments of many targets in parallel, in the order of the tables.
///
/// # Errors
/// Of the first table that has one.
pub fn hold_all(tables: &[LossTable]) -> Result<Vec<Tournament>, TournamentError> {
    let held: Vec<_> = tables.par_iter().map(Tournament::hold).collect();
    held.into_iter().collect()
}

/// The same of races: per target the losses after each of its rounds, from the first, and those of the
/// contenders that came to the end, on whatever samples.
///
/// # Errors
/// Of the first target that has one: as [`Tournament::hold`]; contenders that no chain of meetings
/// connects.
pub fn hold_all_in_rounds(
    races: &[(Vec<LossTable>, LossTable)],
) -> Result<Vec<Tournament>, TournamentError> {
    let races: Vec<Race> = races.par_iter().map(|(rounds, end)| Race::new(rounds, end)).collect();
    let stretches = stretches(&races);
    let hold = |race| Tournament::hold_race(race, &stretches);
    let held: Vec<_> = races.par_iter().map(hold).collect();
    held.into_iter().collect()
}

/// The columns to keep, in ascending order of their contenders.
pub(crate) fn sorted_columns(table: &LossTable, keep: impl Fn(&Contender) -> bool) -> Vec<usize> {
    let mut columns: Vec<usize> =
        (0..table.contenders.len()).filter(|&c| keep(&table.contenders[c])).collect();
    columns.sort_by_key(|&c| &table.contenders[c]);
    columns
}

/// Contenders that reach the clip against everyone but those that tie with them on every sample,
/// as in the published `base` table, where broken losses of one target all win and tie.
fn always_wins(target: &TaskId, contenders: &[Contender], win_rates: &Array2<f64>) -> Vec<Defect> {
    let wins = |w: f64| w >= 1.0 - CLIP;
    contenders
        .iter()
        .enumerate()
        .filter(|&(i, _)| {
            let row = win_rates.row(i);
            let others = || row.iter().enumerate().filter(|&(j, w)| j != i && !w.is_nan());
            others().any(|(_, &w)| wins(w)) && others().all(|(_, &w)| wins(w) || w == 0.5)
        })
        .map(|(_, contender)| Defect::AlwaysWins {
            target: target.clone(),
            contender: contender.clone(),
        })
        .collect()
}

fn odd_columns(
    table: &LossTable,
    columns: &[usize],
    scratch: &[usize],
    duels: &Duels,
) -> Vec<Defect> {
    let all: Vec<usize> = columns.iter().chain(scratch).copied().collect();
    let samples = table.losses.chunks(table.contenders.len().max(1));
    // What nobody was judged on has no label: no contender's defect.
    let of = samples.filter(|losses| losses.iter().any(|loss| !loss.is_nan())).count() as u64;
    let target = &table.target;
    let mut defects = Vec::new();
    if of < table.images.len() as u64 {
        let (missing, of) = (table.images.len() as u64 - of, table.images.len() as u64);
        defects.push(Defect::NoLabel { target: target.clone(), missing, of });
    }
    for (k, &i) in all.iter().enumerate() {
        let contender = table.contenders[i].clone();
        let missing = of - duels.common(i, i);
        if missing > 0 {
            let (target, contender) = (target.clone(), contender.clone());
            defects.push(Defect::MissingSamples { target, contender, missing, of });
        }
        let mut known = table.column(i).filter(|loss| !loss.is_nan());
        if let (true, Some(loss)) = (of > 1, known.next())
            && known.all(|other| other == loss)
        {
            defects.push(Defect::ConstantColumn { target: target.clone(), contender, loss });
        }
        for &j in &all[k + 1..] {
            if duels.common(i, j) == of && duels.ties(i, j) == of {
                defects.push(Defect::IdenticalColumns {
                    target: target.clone(),
                    left: table.contenders[i].clone(),
                    right: table.contenders[j].clone(),
                });
            }
        }
    }
    defects
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(csv: &str) -> LossTable {
        LossTable::read(TaskId::new("t").unwrap(), csv.as_bytes()).unwrap()
    }

    #[test]
    fn gain_is_the_mean_over_seeds_and_quality_against_self() {
        let t = Tournament::hold(&table(
            "image,pixels#2,b,self,pixels#1\n1,2,1,0,3\n2,2,3,4,4\n3,1,2,1,2\n4,1,2,1,2\n",
        ));
        let t = t.unwrap();
        let names: Vec<_> = t.contenders.iter().map(ToString::to_string).collect();
        assert_eq!(names, ["self", "b"]);
        let b = t.edge(1);
        // Against #1: win, win, tie, tie; against #2: one win.
        assert_eq!(b.gain, Some(f64::midpoint(0.75, 0.25)));
        assert_eq!(b.quality, Some(0.25));
        assert_eq!(t.edge(0).quality, Some(0.5));
        assert!((b.affinity - 0.25).abs() < 1e-14);
    }

    #[test]
    fn gain_and_quality_are_absent_with_their_opponents() {
        let t = Tournament::hold(&table("image,a,b\n1,1,2\n2,2,1\n")).unwrap();
        assert_eq!((t.edge(0).gain, t.edge(0).quality), (None, None));
        assert!(t.defects.is_empty());
    }

    #[test]
    fn defects_are_named() {
        let t =
            Tournament::hold(&table("image,self,a,b,c,d\n1,3,0,0,5,\n2,4,0,0,6,2\n3,5,0,0,4,9\n"));
        let text: Vec<String> = t.unwrap().defects.iter().map(ToString::to_string).collect();
        assert_eq!(
            text,
            [
                "target `t`: `a` beats every other contender on at least 99.9% of the samples: a broken loss, or a target that is easy",
                "target `t`: `b` beats every other contender on at least 99.9% of the samples: a broken loss, or a target that is easy",
                "target `t`: `a` has the loss 0 on every sample",
                "target `t`: `a` and `b` have the same losses",
                "target `t`: `b` has the loss 0 on every sample",
                "target `t`: `d` has no loss on 1 of 3 samples",
            ]
        );
    }

    #[test]
    fn samples_without_a_label_are_told_once_and_change_nothing() {
        let all =
            Tournament::hold(&table("image,self,a,b,pixels\n1,1,1,3,4\n2,2,2,1,\n3,3,3,2,5\n"))
                .unwrap();
        let some = "image,self,a,b,pixels\n0,,,,\n1,1,1,3,4\n2,2,2,1,\n3,3,3,2,5\n4,,,,\n";
        let some = Tournament::hold(&table(some)).unwrap();
        assert_eq!(some.affinities, all.affinities);
        let text: Vec<String> = some.defects.iter().map(ToString::to_string).collect();
        assert_eq!(
            text,
            [
                "target `t`: 2 of 5 samples have no label: nothing has a loss on them",
                "target `t`: `self` and `a` have the same losses",
                "target `t`: `pixels` has no loss on 1 of 3 samples",
            ]
        );
    }

    #[test]
    fn what_cannot_be_compared_is_an_error() {
        let alone = Tournament::hold(&table("image,a,pixels\n1,1,2\n")).unwrap_err();
        assert!(alone.to_string().contains("at least 2 contenders, its table has 1"));
        let apart = Tournament::hold(&table("image,a,b\n1,1,\n2,,1\n")).unwrap_err();
        assert!(apart.to_string().contains("`a` and `b` have no sample in common"));
    }

    #[test]
    fn two_meet_in_the_last_round_that_both_ran() {
        let first = table("image,a,b,c,pixels#1\n1,1,2,3,1\n2,1,2,3,4\n3,2,1,3,2\n4,3,2,1,4\n");
        let last = table("image,self,a,b,pixels#1\n1,2,3,1,1\n2,1,3,1,4\n3,1,3,1,4\n4,1,3,1,4\n");
        let hold = |first: &LossTable, last: &LossTable| {
            Ok::<_, TournamentError>(
                hold_all_in_rounds(&[(vec![first.clone()], last.clone())])?.remove(0),
            )
        };
        let t = hold(&first, &last).unwrap();
        let names: Vec<_> = t.contenders.iter().map(ToString::to_string).collect();
        assert_eq!(names, ["self", "a", "b", "c"]);
        assert_eq!(t.win_rates[[1, 2]], 0.0, "not the half of the first round");
        assert_eq!((t.win_rates[[1, 3]], t.win_rates[[3, 2]]), (0.75, 0.25));
        assert!(t.win_rates[[0, 3]].is_nan() && t.win_rates[[3, 0]].is_nan());
        let c = t.edge(3);
        assert_eq!((c.gain, c.quality), (Some(0.5), None), "scratch of its own round");
        assert_eq!((t.edge(1).gain, t.edge(1).quality), (Some(0.75), Some(0.0)));
        assert!((t.affinities.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(t.lambda > 4.0 && t.residual < 1e-12);
        // Where all came to the end, earlier rounds change nothing.
        let all = table("image,a,b,pixels#1\n1,1,2,1\n2,1,2,4\n3,2,1,2\n4,3,2,4\n");
        let same = hold(&all, &last).unwrap();
        assert_eq!(same, Tournament::hold(&last).unwrap());
        let nobody = table("image,self,d\n1,1,2\n2,1,2\n");
        let apart = hold(&first, &nobody).unwrap_err().to_string();
        assert!(apart.contains("connects `self` with `a`"), "{apart}");
    }
}
