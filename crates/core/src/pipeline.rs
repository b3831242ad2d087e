//! The pipeline file: one experiment from images to taxonomy.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::dictionary::{Dictionary, DictionaryError};
use crate::id::TaskId;
use crate::nearest::nearest;
use crate::split::Split;
use crate::task::{Role, Task};

/// An experiment, checked; `to_toml` writes it with every default spelled out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pipeline {
    /// Names the run directory, `results/<name>`.
    pub name: String,
    /// Every random number of the run follows from it.
    #[serde(default = "one")]
    pub seed: u64,
    /// The images.
    pub data: DataConfig,
    /// The task dictionary of the run.
    pub tasks: TasksConfig,
    /// Stage 1.
    #[serde(default)]
    pub networks: NetworksConfig,
    /// Stage 2.
    #[serde(default)]
    pub transfers: TransfersConfig,
    /// Stage 4.
    #[serde(default)]
    pub policy: PolicyConfig,
}

/// Where the images are, and how they are made when they are not there yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataConfig {
    /// Folder of the dataset.
    pub path: String,
    /// Makes the dataset when the folder is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub make: Option<Maker>,
    /// Height and width of the images in pixels.
    #[serde(default = "size")]
    pub size: usize,
    /// Scenes per split.
    #[serde(default)]
    pub scenes: SplitCounts,
    /// Views per scene.
    #[serde(default = "views")]
    pub views: usize,
}

/// A generator of datasets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Maker {
    /// Procedural rooms.
    Rooms,
}

/// A number per split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SplitCounts {
    /// For [`Split::Networks`].
    pub networks: usize,
    /// For [`Split::Transfers`].
    pub transfers: usize,
    /// For [`Split::Validation`].
    pub validation: usize,
    /// For [`Split::Test`].
    pub test: usize,
}

impl SplitCounts {
    /// The number of one split.
    pub fn of(&self, split: Split) -> usize {
        match split {
            Split::Networks => self.networks,
            Split::Transfers => self.transfers,
            Split::Validation => self.validation,
            Split::Test => self.test,
        }
    }
}

impl Default for SplitCounts {
    fn default() -> Self {
        Self { networks: 240, transfers: 60, validation: 24, test: 100 }
    }
}

/// Which tasks take part, and as what.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TasksConfig {
    /// Sources and targets.
    #[serde(default)]
    pub both: Vec<TaskId>,
    /// Sources that are not wanted in themselves.
    #[serde(default)]
    pub source_only: Vec<TaskId>,
    /// Targets whose labels are too few to train an encoder on.
    #[serde(default)]
    pub target_only: Vec<TaskId>,
    /// Label costs other than the dictionary's.
    #[serde(default)]
    pub cost: BTreeMap<TaskId, f64>,
    /// Importances of targets other than 1.
    #[serde(default)]
    pub importance: BTreeMap<TaskId, f64>,
}

/// Stage 1: task-specific networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NetworksConfig {
    /// Architecture of the encoder.
    pub encoder: EncoderKind,
    /// Passes over the networks split.
    pub epochs: usize,
    /// Samples per step.
    pub batch: usize,
    /// Highest learning rate (`AdamW`; linear warm-up, then cosine).
    pub lr: f64,
    /// Number type of activations and gradients; weights are always f32.
    pub precision: Precision,
}

impl Default for NetworksConfig {
    fn default() -> Self {
        let (encoder, precision) = (EncoderKind::Small, Precision::Auto);
        Self { encoder, epochs: 6, batch: 32, lr: 3e-3, precision }
    }
}

/// Architecture of the encoders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EncoderKind {
    /// Five convolutions and two residual blocks to 16 channels at an eighth of the resolution.
    Small,
}

/// Number type of activations and gradients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// bf16 where the CPU has AMX, else f32; decided once, when the run is created.
    Auto,
    /// 32-bit.
    F32,
    /// bfloat16 activations over f32 weights.
    Bf16,
}

/// Stage 2: transfers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TransfersConfig {
    /// Most sources of one transfer.
    pub order: usize,
    /// Sets of order k are made of the max(beam, k) best first-order sources.
    pub beam: usize,
    /// Beams of single orders: `{ 4 = 6 }` is what the paper's authors ran.
    pub beam_by_order: BTreeMap<usize, usize>,
    /// Passes over the transfers split.
    pub epochs: usize,
    /// Samples per step.
    pub batch: usize,
    /// Highest learning rate.
    pub lr: f64,
    /// Which readouts' weights stay on disk.
    pub keep_weights: KeepWeights,
}

impl Default for TransfersConfig {
    fn default() -> Self {
        Self {
            order: 2,
            beam: 5,
            beam_by_order: BTreeMap::new(),
            epochs: 8,
            batch: 32,
            lr: 1e-2,
            keep_weights: KeepWeights::Best,
        }
    }
}

impl TransfersConfig {
    /// The number of first-order sources that sets of this order are made of.
    pub fn beam_of(&self, order: usize) -> usize {
        self.beam_by_order.get(&order).copied().unwrap_or(self.beam).max(order)
    }
}

/// Which readouts' weights stay on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeepWeights {
    /// Those of the best transfer of each target.
    Best,
    /// All.
    All,
    /// None.
    None,
}

/// Stage 4: the policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PolicyConfig {
    /// Largest total label cost.
    pub budget: f64,
    /// What is maximised.
    pub objective: Objective,
}

impl Default for PolicyConfig {
    fn default() -> Self {
        Self { budget: 4.0, objective: Objective::Raw }
    }
}

/// What the programme maximises over the chosen edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Objective {
    /// Importance × affinity (the paper's).
    Raw,
    /// Importance × log affinity.
    Log,
    /// Raw, where a bought target's own network counts 0.
    NoSelf,
}

fn one() -> u64 {
    1
}
fn size() -> usize {
    64
}
fn views() -> usize {
    10
}

/// What is wrong with a pipeline file.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// The text is not TOML, or a key is unknown, missing or of the wrong kind.
    #[error("{message}")]
    Syntax {
        /// With line and column where they are known.
        message: String,
        /// The known key that is most like an unknown one.
        nearest: Option<String>,
    },
    /// A `key=value` on the command line is none.
    #[error("`--set {0}`: write key=value, as in `--set networks.epochs=3`")]
    Override(String),
    /// A value is out of its range.
    #[error("`{key}` is {found}: {allowed}")]
    Range {
        /// Dotted.
        key: &'static str,
        /// The value.
        found: String,
        /// What is allowed.
        allowed: String,
    },
    /// A task is not in the dictionary.
    #[error("`tasks.{list}`: {source}")]
    Task {
        /// The list in which it stands.
        list: &'static str,
        /// What is wrong.
        source: DictionaryError,
    },
    /// The lists of tasks contradict one another.
    #[error("`tasks`: {0}")]
    Tasks(String),
}

impl Pipeline {
    /// Reads a pipeline, applies `key=value` overrides, and checks it.
    ///
    /// A value is read as TOML and, failing that, as text: `name=new` and `name="new"` are one.
    pub fn parse(
        text: &str,
        overrides: &[String],
        dictionary: &Dictionary,
    ) -> Result<Self, PipelineError> {
        let mut pipeline: Self = if overrides.is_empty() {
            toml::from_str(text).map_err(syntax)?
        } else {
            let mut table: toml::Table = toml::from_str(text).map_err(syntax)?;
            for setting in overrides {
                set(&mut table, setting)?;
            }
            // Through text: a table's keys are texts, and a number read from one is not a number.
            toml::from_str(&table.to_string()).map_err(syntax)?
        };
        pipeline.check(dictionary)?;
        Ok(pipeline)
    }

    /// The pipeline as a file that reads back as the same.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("keys are texts and numbers, values are plain")
    }

    /// The tasks that take part with their roles and costs as this pipeline has them, in
    /// ascending order of their ids.
    pub fn roster(&self, dictionary: &Dictionary) -> Vec<Task> {
        let lists = [
            (&self.tasks.both, Role::Both),
            (&self.tasks.source_only, Role::SourceOnly),
            (&self.tasks.target_only, Role::TargetOnly),
        ];
        let mut tasks: Vec<Task> = lists
            .into_iter()
            .flat_map(|(ids, role)| ids.iter().map(move |id| (id, role)))
            .map(|(id, role)| {
                let task = dictionary.find(id.as_str()).expect("checked when it was read");
                let cost = self.tasks.cost.get(id).copied().unwrap_or(task.cost);
                Task { role, cost, ..task.clone() }
            })
            .collect();
        tasks.sort_by(|a, b| a.id.cmp(&b.id));
        tasks
    }

    fn check(&mut self, dictionary: &Dictionary) -> Result<(), PipelineError> {
        let name_is_fine = !self.name.is_empty()
            && self.name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
            && !self.name.starts_with('.');
        range("name", &self.name, name_is_fine, "letters, digits, - and _ (it names a folder)")?;
        range(
            "data.size",
            self.data.size,
            self.data.size.is_multiple_of(8) && (32..=1024).contains(&self.data.size),
            "a multiple of 8 (the encoder's stride) from 32 to 1024",
        )?;
        at_least_one("data.views", self.data.views)?;
        at_least_one("data.scenes.networks", self.data.scenes.networks)?;
        at_least_one("data.scenes.transfers", self.data.scenes.transfers)?;
        at_least_one("data.scenes.validation", self.data.scenes.validation)?;
        at_least_one("data.scenes.test", self.data.scenes.test)?;
        at_least_one("networks.epochs", self.networks.epochs)?;
        at_least_one("transfers.epochs", self.transfers.epochs)?;
        at_least_one("transfers.order", self.transfers.order)?;
        at_least_one("transfers.beam", self.transfers.beam)?;
        // Batch normalisation needs two samples to have a variance.
        range("networks.batch", self.networks.batch, self.networks.batch >= 2, "2 or more")?;
        range("transfers.batch", self.transfers.batch, self.transfers.batch >= 2, "2 or more")?;
        for (key, lr) in [("networks.lr", self.networks.lr), ("transfers.lr", self.transfers.lr)] {
            range(key, lr, lr > 0.0 && lr.is_finite(), "a number above 0")?;
        }
        let budget = self.policy.budget;
        range("policy.budget", budget, budget >= 0.0 && budget.is_finite(), "0 or more")?;
        self.check_tasks(dictionary)
    }

    fn check_tasks(&mut self, dictionary: &Dictionary) -> Result<(), PipelineError> {
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
        let mut seen = std::collections::BTreeSet::new();
        for id in tasks.both.iter().chain(&tasks.source_only).chain(&tasks.target_only) {
            if !seen.insert(id.clone()) {
                return Err(PipelineError::Tasks(format!("`{id}` stands twice")));
            }
        }
        for id in tasks.both.iter().chain(&tasks.target_only) {
            if !dictionary.find(id.as_str()).is_ok_and(Task::is_trained) {
                let why = format!("`{id}` predicts nothing: it can only stand in source_only");
                return Err(PipelineError::Tasks(why));
            }
        }
        if tasks.both.len() + tasks.target_only.len() == 0 {
            let why = "no target: name at least one task in `both` or `target_only`";
            return Err(PipelineError::Tasks(why.into()));
        }
        if tasks.both.len() + tasks.source_only.len() == 0 {
            let why = "no source: name at least one task in `both` or `source_only`";
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
                range(key, value, value >= 0.0 && value.is_finite(), "numbers of 0 or more")?;
                renamed.insert(task.id.clone(), value);
            }
            *table = renamed;
        }
        Ok(())
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

fn at_least_one(key: &'static str, found: usize) -> Result<(), PipelineError> {
    range(key, found, found >= 1, "1 or more")
}

/// Sets a dotted key of the table, making the tables on the way.
fn set(table: &mut toml::Table, setting: &str) -> Result<(), PipelineError> {
    let wrong = || PipelineError::Override(setting.to_owned());
    let (key, value) = setting.split_once('=').ok_or_else(wrong)?;
    let value = format!("x = {value}")
        .parse::<toml::Table>()
        .ok()
        .and_then(|mut t| t.remove("x"))
        .unwrap_or_else(|| toml::Value::String(value.to_owned()));
    let mut path: Vec<&str> = key.trim().split('.').collect();
    let last = path.pop().filter(|last| !last.is_empty()).ok_or_else(wrong)?;
    let mut inner = table;
    for part in path {
        inner = inner
            .entry(part)
            .or_insert_with(|| toml::Value::Table(toml::Table::new()))
            .as_table_mut()
            .ok_or_else(wrong)?;
    }
    inner.insert(last.to_owned(), value);
    Ok(())
}

/// Serde names an unknown key and all known ones between backquotes: the first is the unknown.
fn syntax(error: toml::de::Error) -> PipelineError {
    let mut quoted = error.message().split('`').skip(1).step_by(2);
    let nearest = (error.message().starts_with("unknown field")
        || error.message().starts_with("unknown variant"))
    .then(|| quoted.next().and_then(|unknown| nearest(unknown, quoted)))
    .flatten()
    .map(str::to_owned);
    let mut message = error.to_string().trim_end().to_owned();
    for (ours, theirs) in
        [("usize", "a whole number"), ("u64", "a whole number"), ("f64", "a number")]
    {
        message = message.replace(&format!("expected {ours}"), &format!("expected {theirs}"));
    }
    PipelineError::Syntax { message, nearest }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUICK: &str = r#"
name = "quick"
[data]
path = "data/quick"
make = "rooms"
[tasks]
both = ["normals", "rgb2depth"]
source_only = ["random"]
[transfers]
order = 4
beam_by_order = { 4 = 6 }
"#;

    fn parse(text: &str, overrides: &[&str]) -> Result<Pipeline, PipelineError> {
        let overrides: Vec<_> = overrides.iter().map(|&s| s.to_owned()).collect();
        Pipeline::parse(text, &overrides, &Dictionary::builtin())
    }

    #[test]
    fn defaults_official_ids_and_beams() {
        let p = parse(QUICK, &[]).unwrap();
        assert_eq!(p.tasks.both[1].as_str(), "depth_zbuffer");
        assert_eq!((p.networks.epochs, p.data.size, p.seed), (6, 64, 1));
        assert_eq!([2, 4, 7].map(|k| p.transfers.beam_of(k)), [5, 6, 7]);
        let roster = p.roster(&Dictionary::builtin());
        assert_eq!(roster.iter().map(|t| t.cost).collect::<Vec<_>>(), [1.0, 1.0, 0.0]);
        assert_eq!(parse(&p.to_toml(), &[]).unwrap(), p);
    }

    #[test]
    fn overrides_are_toml_values_or_plain_text() {
        let p = parse(QUICK, &["networks.epochs=3", "name=other", "tasks.cost.normals=2"]).unwrap();
        assert_eq!((p.networks.epochs, p.name.as_str()), (3, "other"));
        assert_eq!(p.tasks.cost[&TaskId::new("normals").unwrap()], 2.0);
        assert!(matches!(parse(QUICK, &["epochs"]), Err(PipelineError::Override(_))));
    }

    #[test]
    fn an_unknown_key_is_answered_with_its_line_and_the_nearest() {
        let error = parse(&format!("{QUICK}\n[networks]\nepoch = 3\n"), &[]).unwrap_err();
        let PipelineError::Syntax { message, nearest } = error else { panic!("{error}") };
        assert!(message.contains("line 14") && message.contains("epoch = 3"), "{message}");
        assert_eq!(nearest.as_deref(), Some("epochs"));
    }

    #[test]
    fn values_out_of_range_name_key_value_and_range() {
        let cases = [
            ("data.size=60", "`data.size` is 60: it must be a multiple of 8"),
            ("transfers.order=0", "`transfers.order` is 0: it must be 1 or more"),
            ("policy.budget=-1", "`policy.budget` is -1"),
            ("networks.lr=0", "`networks.lr` is 0"),
            ("name=a/b", "`name` is a/b"),
            ("tasks.both=[\"normls\"]", "did you mean `normals`?"),
            ("tasks.both=[\"normals\", \"rgb2sfnorm\"]", "`normals` stands twice"),
            ("tasks.both=[\"random\"]", "stands twice"),
            ("tasks.both=[]", "no target"),
            ("tasks.cost.normals=-2", "`tasks.cost` is -2"),
        ];
        for (setting, expected) in cases {
            let error = parse(QUICK, &[setting]).unwrap_err().to_string();
            assert!(error.contains(expected), "{setting}: {error}");
        }
        let only_random = QUICK.replace("\"normals\", \"rgb2depth\"", "\"random\"");
        let error = parse(&only_random.replace("source_only", "target_only"), &[]);
        assert!(error.is_err());
    }
}
