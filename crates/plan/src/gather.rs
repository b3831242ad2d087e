//! The jobs' losses side by side: one table per target.

use std::path::Path;

use taskonomy_core::{Contender, LossTable, SCRATCH_SEEDS, TaskId};
use taskonomy_run::{JobKind, JobState, Losses, RunDir, round_folder};

use crate::error::PlanError;
use crate::plan::Plan;

impl Plan {
    /// Gathers a target's losses on the test split and writes `stage2/losses/<target>.csv`: one
    /// row per sample id, one column for `self` (where there is a network), every transfer that is trained
    /// to its end, the seeds of scratch and `self#small` (where the pipeline asks for it).
    ///
    /// # Errors
    /// [`PlanError::Partial`] when a job is not done, unless `partial`, which leaves its column
    /// out.
    pub fn gather_losses(
        &self,
        target: &TaskId,
        ids: &[String],
        partial: bool,
    ) -> Result<LossTable, PlanError> {
        let columns = self.done(target, self.columns(target), partial)?;
        let table = table(&self.run, target, &columns, ids.to_vec(), "test", |l| &l.test)?;
        self.write(Path::new("stage2"), &table)?;
        Ok(table)
    }

    /// Gathers what a race's contenders lost on the validation split after each of its rounds in the same
    /// way and writes `stage2/rounds/<epochs>/losses/<target>.csv`: a column per transfer that ran it, and
    /// scratch. Without a race there are none.
    ///
    /// # Errors
    /// As [`Plan::gather_losses`].
    pub fn gather_rounds(
        &self,
        target: &TaskId,
        ids: &[String],
        partial: bool,
    ) -> Result<Vec<LossTable>, PlanError> {
        let mut tables = Vec::new();
        for round in self.graph.inputs().pipeline.transfers.rounds() {
            let legs = self.graph.nodes().filter_map(|node| match &node.job.kind {
                kind @ JobKind::Leg { of, epochs } if *epochs == round => {
                    let contender = match &**of {
                        JobKind::Transfer { sources, .. } => Contender::Transfer(sources.clone()),
                        JobKind::Scratch { replica, .. } => Contender::Scratch(*replica),
                        _ => return None,
                    };
                    (kind.target() == Some(target)).then(|| (contender, kind.clone()))
                }
                _ => None,
            });
            let mut columns: Vec<_> = legs.collect();
            columns.sort_by(|(a, _), (b, _)| a.cmp(b));
            let columns = self.done(target, columns, partial)?;
            let table =
                table(&self.run, target, &columns, ids.to_vec(), "validation", |l| &l.validation)?;
            self.write(&round_folder(round), &table)?;
            tables.push(table);
        }
        Ok(tables)
    }

    /// The columns whose jobs are done: all, unless `partial`.
    fn done(
        &self,
        target: &TaskId,
        mut columns: Vec<(Contender, JobKind)>,
        partial: bool,
    ) -> Result<Vec<(Contender, JobKind)>, PlanError> {
        let mut missing = Vec::new();
        for (_, kind) in &columns {
            let state = self.graph.get(kind).map(|node| self.run.state(&node.job)).transpose()?;
            if state != Some(JobState::Done) {
                missing.push(kind.clone());
            }
        }
        // A beam that is not known yet lacks transfers that have no name.
        let whole = missing.is_empty() && self.graph.awaited(target).is_empty();
        if !whole && !partial {
            return Err(PlanError::Partial { target: target.clone(), missing });
        }
        columns.retain(|(_, kind)| !missing.contains(kind));
        Ok(columns)
    }

    fn write(&self, folder: &Path, table: &LossTable) -> Result<(), PlanError> {
        let mut bytes = Vec::new();
        table.write(&mut bytes).expect("memory takes everything");
        let name = format!("losses/{}.csv", table.target);
        Ok(self.run.write(folder.join(name), &bytes)?)
    }

    /// The contenders of a target and the jobs that judge them, in the order of columns.
    fn columns(&self, target: &TaskId) -> Vec<(Contender, JobKind)> {
        let network = JobKind::Network { task: target.clone() };
        let mut columns = Vec::new();
        if self.graph.get(&network).is_some() {
            columns.push((Contender::Full, network));
        }
        for node in self.graph.nodes() {
            if let JobKind::Transfer { target: t, sources } = &node.job.kind
                && t == target
            {
                columns.push((Contender::Transfer(sources.clone()), node.job.kind.clone()));
            }
        }
        for replica in 1..=SCRATCH_SEEDS {
            let kind = JobKind::Scratch { target: target.clone(), replica };
            columns.push((Contender::Scratch(replica), kind));
        }
        let small = JobKind::Small { target: target.clone() };
        if self.graph.get(&small).is_some() {
            columns.push((Contender::Small, small));
        }
        columns.sort_by(|(a, _), (b, _)| a.cmp(b));
        columns
    }
}

/// The losses of transfers, or of legs of them, on the validation split: for beam and race.
pub(crate) fn validation_table(
    run: &RunDir,
    target: &TaskId,
    transfers: &[JobKind],
) -> Result<LossTable, PlanError> {
    let columns: Vec<_> = transfers
        .iter()
        .filter_map(|kind| match kind.training() {
            JobKind::Transfer { sources, .. } => {
                Some((Contender::Transfer(sources.clone()), kind.clone()))
            }
            _ => None,
        })
        .collect();
    let samples = match columns.first() {
        Some((_, kind)) => run.job(kind).losses()?.validation.len(),
        None => 0,
    };
    let rows = (0..samples).map(|row| row.to_string()).collect();
    table(run, target, &columns, rows, "validation", |losses| &losses.validation)
}

fn table(
    run: &RunDir,
    target: &TaskId,
    columns: &[(Contender, JobKind)],
    images: Vec<String>,
    split: &'static str,
    part: impl Fn(&Losses) -> &Vec<f32>,
) -> Result<LossTable, PlanError> {
    let mut losses = vec![f64::NAN; images.len() * columns.len()];
    for (column, (_, kind)) in columns.iter().enumerate() {
        let file = run.job(kind).losses()?;
        let part = part(&file);
        if part.len() != images.len() {
            return Err(PlanError::Samples {
                job: kind.clone(),
                split,
                found: part.len(),
                expected: images.len(),
            });
        }
        for (row, &loss) in part.iter().enumerate() {
            if loss.is_infinite() {
                let (job, image) = (kind.clone(), images[row].clone());
                return Err(PlanError::Loss { job, image, found: loss });
            }
            losses[row * columns.len() + column] = widen(loss);
        }
    }
    let contenders = columns.iter().map(|(contender, _)| contender.clone()).collect();
    Ok(LossTable { target: target.clone(), images, contenders, losses })
}

/// The f64 that is written as the f32 is: `0.1` instead of `0.10000000149011612`. Keeps the order
/// of any two losses.
fn widen(loss: f32) -> f64 {
    loss.to_string().parse().unwrap_or_else(|_| f64::from(loss))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_short_as_they_were() {
        assert_eq!(widen(0.1), 0.1);
        assert_eq!(widen(1e-30), 1e-30);
        assert!(widen(f32::NAN).is_nan());
        let next = 0.1_f32.next_up();
        assert!(widen(0.1) < widen(next));
    }
}
