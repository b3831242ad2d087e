//! The best transfer into a target beside what it should beat.

use taskonomy_core::{Contender, LossTable, Sources, TaskId};

use crate::duels::win_rate;

/// A baseline of a target on the test samples.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Baseline {
    /// Its mean loss; of scratch over all seeds.
    pub loss: Option<f64>,
    /// Share of samples on which the best transfer beats it; of scratch the mean over the seeds.
    pub beaten: Option<f64>,
}

/// The best transfer into a target beside its baselines, from the weakest to the strongest. What
/// the table does not have is not known.
#[derive(Debug, Clone, PartialEq)]
pub struct Baselines {
    /// The predicted task.
    pub target: TaskId,
    /// What the best transfer reads.
    pub best: Sources,
    /// Its mean loss.
    pub loss: Option<f64>,
    /// The best answer that does not look at the image.
    pub constant: Baseline,
    /// A readout's architecture on the small set, from the image alone: `beaten` is the gain.
    pub scratch: Baseline,
    /// The target's own network on the small set.
    pub small: Baseline,
    /// The target's own network on the large set: `beaten` is the quality.
    pub full: Baseline,
}

impl Baselines {
    /// From the target's losses and, sample by sample, those of the constant answer; nothing where
    /// the table lacks the transfer.
    pub fn of(table: &LossTable, best: &Sources, constant: Option<&[f32]>) -> Option<Self> {
        let place = table.position(&Contender::Transfer(best.clone()))?;
        let against = |is_it: fn(&Contender) -> bool| {
            let columns: Vec<usize> =
                (0..table.contenders.len()).filter(|&c| is_it(&table.contenders[c])).collect();
            let losses = columns.iter().flat_map(|&c| table.column(c));
            let wins = columns.iter().map(|&c| win_rate(table.column(place), table.column(c)));
            Baseline { loss: mean(losses), beaten: mean(wins.flatten()) }
        };
        let constant = constant.map(|losses| Baseline {
            loss: mean(losses.iter().map(|&loss| f64::from(loss))),
            // As numbers of 32 bits, so that equal losses are equal: a table holds their decimals.
            beaten: win_rate(
                table.column(place).map(|loss| f64::from(loss as f32)),
                losses.iter().map(|&loss| f64::from(loss)),
            ),
        });
        Some(Self {
            target: table.target.clone(),
            best: best.clone(),
            loss: mean(table.column(place)),
            constant: constant.unwrap_or_default(),
            scratch: against(Contender::is_scratch),
            small: against(|contender| *contender == Contender::Small),
            full: against(|contender| *contender == Contender::Full),
        })
    }
}

/// The mean of the numbers that are known.
fn mean(numbers: impl Iterator<Item = f64>) -> Option<f64> {
    let known = numbers.filter(|number| !number.is_nan());
    let (sum, count) = known.fold((0.0, 0_u64), |(sum, n), x| (sum + x, n + 1));
    (count > 0).then(|| sum / count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "image,self,a,a+b,pixels#1,pixels#2,self#small\n\
                         1,1,9,2,3,2,2\n2,1,9,2,1,1,3\n3,0.1,9,0.1,4,5,1\n4,,9,,4,4,\n";

    fn table(csv: &str) -> LossTable {
        LossTable::read("t".parse().unwrap(), csv.as_bytes()).unwrap()
    }

    #[test]
    fn wins_and_losses_by_hand() {
        let best: Sources = "a+b".parse().unwrap();
        let found = Baselines::of(&table(TABLE), &best, Some(&[3.0, 3.0, 0.1, f32::NAN])).unwrap();
        assert_eq!(found.loss, Some(4.1 / 3.0));
        // Loses, loses, ties.
        assert_eq!(found.full, Baseline { loss: Some(2.1 / 3.0), beaten: Some(0.5 / 3.0) });
        // Ties, wins, wins.
        assert_eq!(found.small, Baseline { loss: Some(2.0), beaten: Some(2.5 / 3.0) });
        // Wins two of three against the first seed; half, a loss and a win against the second.
        let gain = f64::midpoint(2.0 / 3.0, 1.5 / 3.0);
        assert_eq!(found.scratch, Baseline { loss: Some(3.0), beaten: Some(gain) });
        // Wins twice and ties with 0.1, which is no number of 64 bits.
        assert_eq!(found.constant.beaten, Some(2.5 / 3.0));
        assert!((found.constant.loss.unwrap() - 6.1 / 3.0).abs() < 1e-7);
    }

    #[test]
    fn what_is_not_there_is_not_known() {
        let table = table("image,a,b\n1,1,2\n2,1,2\n");
        let found = Baselines::of(&table, &"a".parse().unwrap(), None).unwrap();
        for baseline in [found.constant, found.scratch, found.small, found.full] {
            assert_eq!(baseline, Baseline::default());
        }
        assert_eq!(Baselines::of(&table, &"c".parse().unwrap(), None), None);
    }
}
