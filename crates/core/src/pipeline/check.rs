//! Whether the values of a pipeline make sense.

use std::collections::BTreeMap;

use crate::dictionary::Dictionary;
use crate::id::TaskId;
use crate::pipeline::{Constraint, DataConfig, Pipeline, PipelineError};
use crate::task::Input;

impl Pipeline {
    /// Refuses values out of range; official ids become ours.
    pub(super) fn check(&mut self, dictionary: &Dictionary) -> Result<(), PipelineError> {
        let name_is_fine = !self.name.is_empty()
            && self.name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
            && !self.name.starts_with('.');
        range("name", &self.name, name_is_fine, "letters, digits, - and _ (it names a folder)")?;
        range("repeats", self.repeats, (1..=100).contains(&self.repeats), "1 to 100")?;
        range(
            "data.size",
            self.data.size,
            self.data.size.is_multiple_of(8) && (32..=1024).contains(&self.data.size),
            "a multiple of 8 (the encoder's stride) from 32 to 1024",
        )?;
        let fits = self.data.size.is_multiple_of(self.networks.encoder.stride());
        range("data.size", self.data.size, fits, "a multiple of 16, the stride of ResNets")?;
        self.data.settle()?;
        let DataConfig { scenes, views, crops, shares, images, .. } = &self.data;
        if let Some(scenes) = scenes {
            at_least_one("data.scenes.networks", scenes.networks)?;
            at_least_one("data.scenes.transfers", scenes.transfers)?;
            at_least_one("data.scenes.validation", scenes.validation)?;
            at_least_one("data.scenes.test", scenes.test)?;
        }
        if let Some(views) = *views {
            at_least_one("data.views", views)?;
        }
        if let Some(crops) = *crops {
            let fits = (4..=1_000_000).contains(&crops);
            range("data.crops", crops, fits, "4 (one for each split) to 1000000")?;
        }
        if let Some(shares) = shares {
            at_least_one("data.shares.networks", shares.networks)?;
            at_least_one("data.shares.transfers", shares.transfers)?;
            at_least_one("data.shares.validation", shares.validation)?;
            at_least_one("data.shares.test", shares.test)?;
        }
        if let Some(images) = images {
            at_least_one("data.images.networks", images.networks)?;
            at_least_one("data.images.transfers", images.transfers)?;
            at_least_one("data.images.validation", images.validation)?;
            at_least_one("data.images.test", images.test)?;
        }
        at_least_one("networks.epochs", self.networks.epochs)?;
        at_least_one("transfers.epochs", self.transfers.epochs)?;
        at_least_one("transfers.order", self.transfers.order)?;
        at_least_one("transfers.beam", self.transfers.beam)?;
        for (&order, &beam) in &self.transfers.beam_by_order {
            range("transfers.beam_by_order", order, order >= 2, "of orders from 2 on")?;
            at_least_one("transfers.beam_by_order", beam)?;
        }
        // Batch normalisation needs two samples to have a variance.
        range("networks.batch", self.networks.batch, self.networks.batch >= 2, "2 or more")?;
        range("transfers.batch", self.transfers.batch, self.transfers.batch >= 2, "2 or more")?;
        for (key, lr) in [("networks.lr", self.networks.lr), ("transfers.lr", self.transfers.lr)] {
            range(key, lr, lr > 0.0 && lr.is_finite(), "a number above 0")?;
        }
        self.check_descents()?;
        let budget = self.policy.budget;
        range("policy.budget", budget, budget >= 0.0 && budget.is_finite(), "0 or more")?;
        self.check_tasks(dictionary)
    }

    fn check_descents(&self) -> Result<(), PipelineError> {
        let Self { networks, transfers, .. } = self;
        for (key, at) in
            [("networks.drop_at", networks.drop_at), ("transfers.drop_at", transfers.drop_at)]
        {
            at.map_or(Ok(()), |at| at_least_one(key, at))?;
        }
        let by_order = "transfers.weight_decay_by_order";
        for (&order, &decay) in &transfers.weight_decay_by_order {
            range(by_order, order, order >= 1, "of orders from 1 on")?;
            decay_in_range(by_order, decay)?;
        }
        decay_in_range("networks.weight_decay", networks.weight_decay)?;
        decay_in_range("transfers.weight_decay", transfers.weight_decay)
    }

    fn check_tasks(&mut self, builtin: &Dictionary) -> Result<(), PipelineError> {
        let dictionary = &self.extended(builtin)?;
        // Official ids become ours here, so that nothing later meets two names of one task.
        let canonical = |ids: &mut Vec<TaskId>, list| -> Result<(), PipelineError> {
            for id in ids {
                let found = dictionary.find(id.as_str());
                *id = found.map_err(|source| PipelineError::Task { list, source })?.id.clone();
            }
            Ok(())
        };
        let tasks = &mut self.tasks;
        canonical(&mut tasks.both, "both")?;
        canonical(&mut tasks.source_only, "source_only")?;
        canonical(&mut tasks.target_only, "target_only")?;
        tasks.enlist(&self.own_tasks, &self.own_sources)?;
        let mut seen = std::collections::BTreeSet::new();
        for id in tasks.both.iter().chain(&tasks.source_only).chain(&tasks.target_only) {
            if !seen.insert(id.clone()) {
                return Err(PipelineError::Tasks(format!("`{id}` stands twice")));
            }
        }
        for id in tasks.both.iter().chain(&tasks.target_only) {
            let task = dictionary.find(id.as_str()).ok();
            let why = match task {
                Some(task) if task.input == Input::Jigsaw => "is seen by its own encoder alone",
                Some(task) if task.is_trained() => continue,
                _ => "predicts nothing",
            };
            let why = format!("`{id}` {why}: it can only stand in source_only");
            return Err(PipelineError::Tasks(why));
        }
        if tasks.both.len() + tasks.target_only.len() == 0 {
            let why = "no target: name at least one task in `both` or `target_only`";
            return Err(PipelineError::Tasks(why.into()));
        }
        if tasks.both.len() + tasks.source_only.len() == 0 {
            let why = "no source: name at least one task in `both` or `source_only`";
            return Err(PipelineError::Tasks(why.into()));
        }
        if tasks.both.is_empty() && tasks.source_only.len() == 1 {
            let why = "one source and no target's own network: nothing is there to choose from; \
                       name another task in `both` or `source_only`";
            return Err(PipelineError::Tasks(why.into()));
        }
        for (key, table) in
            [("tasks.cost", &mut tasks.cost), ("tasks.importance", &mut tasks.importance)]
        {
            let mut renamed = BTreeMap::new();
            for (id, &value) in table.iter() {
                let list = key.trim_start_matches("tasks.");
                let task = dictionary
                    .find(id.as_str())
                    .map_err(|source| PipelineError::Task { list, source })?;
                range(key, value, (0.0..=1e12).contains(&value), "numbers from 0 to 1e12")?;
                if renamed.insert(task.id.clone(), value).is_some() {
                    let why = format!("`{key}` has `{}` twice, by two of its names", task.id);
                    return Err(PipelineError::Tasks(why));
                }
            }
            *table = renamed;
        }
        for constraint in &mut self.policy.constraints {
            canonical(&mut constraint.tasks, "policy.constraint")?;
            let sources = || self.tasks.both.iter().chain(&self.tasks.source_only);
            if let Some(id) = constraint.tasks.iter().find(|id| !sources().any(|s| s == *id)) {
                let why = format!(
                    "`{id}` cannot be bought: it stands neither in `tasks.both` nor in `tasks.source_only`"
                );
                return Err(PipelineError::Constraint(why));
            }
            constraint.check().map_err(PipelineError::Constraint)?;
        }
        Ok(())
    }
}

impl Constraint {
    /// Says what is wrong with the bounds, if something is.
    pub fn check(&self) -> Result<(), String> {
        let tasks = self.tasks.len();
        let list = self.tasks.iter().map(TaskId::as_str).collect::<Vec<_>>().join(", ");
        if let Some(id) =
            self.tasks.iter().find(|id| self.tasks.iter().filter(|o| o == id).count() > 1)
        {
            return Err(format!("`{id}` stands twice in [{list}]"));
        }
        match (self.at_least, self.at_most) {
            (None, None) => Err(format!("[{list}] needs at_least or at_most")),
            (Some(least), _) if least > tasks => {
                Err(format!("at_least = {least} of [{list}]: these are only {tasks}"))
            }
            (Some(least), Some(most)) if least > most => {
                Err(format!("at_least = {least} of [{list}] is more than at_most = {most}"))
            }
            _ => Ok(()),
        }
    }
}

fn range(
    key: &'static str,
    found: impl ToString,
    holds: bool,
    allowed: &str,
) -> Result<(), PipelineError> {
    if holds {
        return Ok(());
    }
    let allowed = format!("it must be {allowed}");
    Err(PipelineError::Range { key, found: found.to_string(), allowed })
}

fn decay_in_range(key: &'static str, decay: f64) -> Result<(), PipelineError> {
    range(key, decay, (0.0..1.0).contains(&decay), "from 0 to below 1")
}

fn at_least_one(key: &'static str, found: usize) -> Result<(), PipelineError> {
    range(key, found, found >= 1, "1 or more")
}
