//! What a race leaves: losses after each of its rounds, and of those that came to its end.

use std::collections::BTreeSet;

use ndarray::Array2;
use taskonomy_core::{Contender, LossTable, TaskId};

use crate::ahp::CLIP;
use crate::defect::TournamentError;
use crate::duels::Duels;

/// Duels of every round and, last, of the end.
pub(crate) struct Race<'a> {
    /// From the first round to the end; never empty.
    pub(crate) rounds: Vec<(&'a LossTable, Duels)>,
}

/// How contenders met, rows against columns.
pub(crate) struct Meetings {
    /// NaN where two never met.
    pub(crate) win_rates: Array2<f64>,
    /// In which round, counted from 0; of those that never met, 0.
    rounds: Array2<usize>,
}

impl<'a> Race<'a> {
    pub(crate) fn new(rounds: &'a [LossTable], end: &'a LossTable) -> Self {
        let with_duels = |table| (table, Duels::count(table));
        Self { rounds: rounds.iter().chain([end]).map(with_duels).collect() }
    }

    /// The predicted task.
    pub(crate) fn target(&self) -> &TaskId {
        &self.rounds.last().expect("a race has an end").0.target
    }

    /// Who is in some round, in ascending order.
    pub(crate) fn everyone(&self, keep: impl Fn(&Contender) -> bool) -> Vec<Contender> {
        let all = self.rounds.iter().flat_map(|(table, _)| &table.contenders).filter(|c| keep(c));
        all.collect::<BTreeSet<_>>().into_iter().cloned().collect()
    }

    /// Everyone's win rates against everyone in the last round that both ran.
    ///
    /// # Errors
    /// Two columns of a round without a common sample.
    pub(crate) fn meetings(
        &self,
        rows: &[Contender],
        columns: &[Contender],
    ) -> Result<Meetings, TournamentError> {
        let seats = |contenders: &[Contender]| -> Vec<Vec<Option<usize>>> {
            let seat = |(table, _): &(&LossTable, _)| {
                contenders.iter().map(|contender| table.position(contender)).collect()
            };
            self.rounds.iter().map(seat).collect()
        };
        let (of_rows, of_columns) = (seats(rows), seats(columns));
        let shape = (rows.len(), columns.len());
        let (mut win_rates, mut rounds) =
            (Array2::from_elem(shape, f64::NAN), Array2::zeros(shape));
        for (round, (_, duels)) in self.rounds.iter().enumerate() {
            for (r, c) in (0..shape.0).flat_map(|r| (0..shape.1).map(move |c| (r, c))) {
                let (Some(i), Some(j)) = (of_rows[round][r], of_columns[round][c]) else {
                    continue;
                };
                let rate =
                    duels.win_rate(i, j).ok_or_else(|| TournamentError::NoCommonSamples {
                        target: self.target().clone(),
                        left: rows[r].clone(),
                        right: columns[c].clone(),
                    })?;
                (win_rates[[r, c]], rounds[[r, c]]) = (rate, round);
            }
        }
        Ok(Meetings { win_rates, rounds })
    }

    /// The win rates that those who left early would have had at the end: contenders come apart the
    /// longer they are trained, so the log-odds of a round are stretched by a factor of its own.
    pub(crate) fn at_the_end(
        &self,
        Meetings { win_rates, rounds }: &Meetings,
        stretches: &[f64],
    ) -> Array2<f64> {
        // A race that is not over has fewer rounds than others: its last one is not their end.
        let is_over = self.rounds.len() == stretches.len() + 1;
        let stretches = if is_over { stretches } else { &[] };
        Array2::from_shape_fn(win_rates.dim(), |at| match stretches.get(rounds[at]) {
            Some(stretch) => 1.0 / (1.0 + (-stretch * log_odds(win_rates[at])).exp()),
            None => win_rates[at],
        })
    }

    /// The log-odds of pairs after a round, and at the end, of all that both ran and ended.
    fn pairs(&self, round: usize) -> Vec<[f64; 2]> {
        let (early, duels) = &self.rounds[round];
        let (end, duels_at_end) = self.rounds.last().expect("a race has an end");
        let both: Vec<[usize; 2]> = (0..early.contenders.len())
            .filter(|&i| early.contenders[i].competes())
            .filter_map(|i| Some([i, end.position(&early.contenders[i])?]))
            .collect();
        let pairs =
            both.iter().enumerate().flat_map(|(k, i)| both[k + 1..].iter().map(move |j| (i, j)));
        let odds = |(&[i, i_at_end], &[j, j_at_end]): (&[usize; 2], &[usize; 2])| {
            let after = duels_at_end.win_rate(i_at_end, j_at_end)?;
            Some([log_odds(duels.win_rate(i, j)?), log_odds(after)])
        };
        pairs.filter_map(odds).collect()
    }
}

/// Of every round but the end, over all races: the slope, through the origin, of the log-odds at the
/// end by those of the same pairs after the round; 1 where no pair says otherwise. Few come to the end
/// of one race, so that its own slope would be a matter of chance.
pub(crate) fn stretches(races: &[Race]) -> Vec<f64> {
    let rounds = races.iter().map(|race| race.rounds.len() - 1).max().unwrap_or(0);
    let stretch = |round| {
        let ran = races.iter().filter(|race| race.rounds.len() == rounds + 1);
        let (mut product, mut square) = (0.0, 0.0);
        for [before, after] in ran.flat_map(|race| race.pairs(round)) {
            product += before * after;
            square += before * before;
        }
        if product > 0.0 { product / square } else { 1.0 }
    };
    (0..rounds).map(stretch).collect()
}

/// ln w / (1 − w) of a clipped win rate, the logarithm of a ratio of the AHP.
fn log_odds(win_rate: f64) -> f64 {
    let w = win_rate.clamp(CLIP, 1.0 - CLIP);
    (w / (1.0 - w)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ahp::ahp;

    fn table(csv: &str) -> LossTable {
        LossTable::read(TaskId::new("t").unwrap(), csv.as_bytes()).unwrap()
    }

    #[test]
    fn who_left_early_is_taken_to_the_end_as_the_others_went() {
        // a beats b 3 : 1 after the first round and 9 : 1 = (3 : 1)² at the end; b and c are level.
        let first = table("image,a,b,c\n1,1,2,3\n2,1,3,2\n3,1,2,2\n4,3,2,2\n");
        let nine = "1,1,2\n2,1,2\n3,1,2\n4,1,2\n5,1,2\n6,1,2\n7,1,2\n8,1,2\n9,1,2\n";
        let end = table(&format!("image,a,b\n{nine}10,2,1\n"));
        let race = Race::new(std::slice::from_ref(&first), &end);
        let races = [race];
        let stretches = stretches(&races);
        assert!((stretches[0] - 2.0).abs() < 1e-12);
        let [race] = races;
        let all = race.everyone(Contender::competes);
        let meetings = race.meetings(&all, &all).unwrap();
        assert_eq!(meetings.win_rates[[0, 2]], 0.75, "as it was");
        let likely = race.at_the_end(&meetings, &stretches);
        assert_eq!((likely[[0, 1]], likely[[1, 2]]), (0.9, 0.5));
        assert!((likely[[0, 2]] - 0.9).abs() < 1e-12 && (likely[[2, 0]] - 0.1).abs() < 1e-12);
        for (found, elevenths) in ahp(&likely).vector.iter().zip([9.0, 1.0, 1.0]) {
            assert!((found - elevenths / 11.0).abs() < 1e-12);
        }
        // Beside it, a tournament without rounds is what it is.
        let whole = Race::new(&[], &end);
        let meetings = whole.meetings(&all[..2], &all[..2]).unwrap();
        assert_eq!(whole.at_the_end(&meetings, &stretches), meetings.win_rates);
    }

    #[test]
    fn what_says_nothing_or_the_contrary_stretches_nothing() {
        let first = table("image,a,b,c\n1,1,2,3\n2,1,2,3\n3,2,1,3\n");
        for end in ["image,a,b\n1,2,1\n2,2,1\n3,1,2\n", "image,a,d\n1,2,1\n", "image,a,b\n1,1,1\n"]
        {
            let end = table(end);
            assert_eq!(stretches(&[Race::new(std::slice::from_ref(&first), &end)]), [1.0]);
        }
    }
}
