//! What is asked for beside what a run was made with.

use taskonomy_core::{Dictionary, Pipeline};

use super::{Session, run_failure};
use crate::failure::{Explain, Fail, Failure};
use crate::output::Output;

impl Session {
    /// Takes of what is asked for only what stage 4 reads, policy, costs and importances; the rest is
    /// as the run was made, so that its config.toml never speaks of what nobody trained. What else
    /// differs is told.
    pub fn keep_trainings(&mut self, output: Output) -> Result<(), Failure> {
        let Some(text) = self.run.config().map_err(run_failure)? else { return Ok(()) };
        let builtin = Dictionary::builtin();
        let place = self.run.path("config.toml");
        let mut kept = Pipeline::parse(&text, &[], &builtin).input().at(place.display())?;
        let asked = &self.pipeline;
        kept.policy.clone_from(&asked.policy);
        kept.tasks.cost.clone_from(&asked.tasks.cost);
        kept.tasks.importance.clone_from(&asked.tasks.importance);
        let others = [
            ("seed", kept.seed != asked.seed),
            ("repeats", kept.repeats != asked.repeats),
            ("data", kept.data != asked.data),
            ("tasks", kept.tasks != asked.tasks),
            ("networks", kept.networks != asked.networks),
            ("transfers", kept.transfers != asked.transfers),
            ("task", kept.own_tasks != asked.own_tasks),
            ("source", kept.own_sources != asked.own_sources),
        ];
        let others: Vec<_> = others
            .iter()
            .filter(|(_, differs)| *differs)
            .map(|(key, _)| format!("`{key}`"))
            .collect();
        if !others.is_empty() {
            output.warn(format_args!(
                "{} of the pipeline: stage 4 leaves it as the run was made, {}; it takes policy, \
                 costs and importances",
                others.join(", "),
                place.display()
            ));
        }
        // A constraint may speak of a task that the run does not have.
        let checked = Pipeline::parse(&kept.to_toml(), &[], &builtin).input();
        self.pipeline = checked.at(format_args!("{}, with this policy", place.display()))?;
        self.roster = self.pipeline.roster(&self.pipeline.dictionary(&builtin));
        Ok(())
    }
}
