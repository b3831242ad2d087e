//! A pipeline at work: its settings, its images, its run directory.

mod asked;
mod images;
mod settings;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use taskonomy_core::{Dictionary, KeepWeights, Maker, Pipeline, Split, Task, TaskId};
use taskonomy_data::Dataset;
use taskonomy_data::photos::photo_domains;
use taskonomy_plan::{Graph, Inputs, Plan, PlanError, Selection, Stages};
use taskonomy_run::{Formats, RunDir, RunError, RunLock, RunRecord, RunState, StageRecord};

use crate::args::Stage;
use crate::commands::data::{self, data_failure};
use crate::failure::{Exit, Failure, full_disk};
use crate::output::Output;
use crate::{machine, own, runs};
use images::{needed_domains, open_or_make};

/// A pipeline at work.
pub struct Session {
    /// The settings, every `auto` decided.
    pub pipeline: Pipeline,
    /// The tasks that take part.
    pub roster: Vec<Task>,
    /// Where results go.
    pub run: RunDir,
    /// What run.json will say.
    pub record: RunRecord,
    /// The images; absent in a dry run before they are made.
    dataset: Option<Dataset>,
    /// Checksums of the domains of the user's own tasks and sources.
    own: BTreeMap<String, String>,
    /// The run that this one repeats with another seed.
    leader: Option<RunDir>,
    /// What is done about own labels that are others than before.
    labels: own::Update,
    /// Held while this program writes into the run; none in a dry run.
    lock: Option<RunLock>,
}

/// Whether a command works on the images or only on what was made of them.
#[derive(Clone, Copy)]
enum Images {
    Needed,
    IfThere,
}

impl Session {
    /// Reads the pipeline, takes the run's lock and makes the images where they are missing. A dry
    /// run writes nothing.
    pub fn open(args: &Stage, output: Output) -> Result<Self, Failure> {
        Self::with_images(args, Images::Needed, output)
    }

    /// The same for what does not look into the images: they may be gone.
    pub fn look(args: &Stage, output: Output) -> Result<Self, Failure> {
        Self::with_images(args, Images::IfThere, output)
    }

    fn with_images(args: &Stage, need: Images, output: Output) -> Result<Self, Failure> {
        let builtin = Dictionary::builtin();
        let mut pipeline = settings::pipeline(args, &builtin, output)?;
        let folder = args.run.clone().unwrap_or_else(|| Path::new("results").join(&pipeline.name));
        let run = RunDir::new(folder);
        refuse_foreign(&run)?;
        settings::decide_precision(&mut pipeline, &run, &builtin)?;
        settings::check_device(&args.device)?;

        let lock = if args.dry_run { None } else { Some(run.lock().map_err(run_failure)?) };
        let known = run.record().map_err(run_failure)?;
        let version = env!("CARGO_PKG_VERSION");
        let mut record = known.unwrap_or_else(|| RunRecord::new(version, pipeline.seed, ""));
        let dataset = match need {
            Images::Needed => open_or_make(&pipeline, args.dry_run, &mut record, output)?,
            Images::IfThere => {
                let path = Path::new(&pipeline.data.path);
                if path.exists() { Some(data::open(path)?) } else { None }
            }
        };
        // Whoever only looks trains nothing on these images, with this seed.
        if let Images::Needed = need {
            record.seed = pipeline.seed;
            if let Some(dataset) = &dataset {
                record.dataset = dataset.checksum("rgb").map_err(data_failure)?;
            }
        }
        version.clone_into(&mut record.version);
        let roster = pipeline.roster(&pipeline.dictionary(&builtin));
        let labels = match need {
            Images::Needed if args.dry_run => own::Update::Compare,
            Images::Needed => own::Update::Convert,
            Images::IfThere => own::Update::Trust,
        };
        let (dataset, own) = own::update(&pipeline, &roster, dataset, &run, labels, output)?;
        Ok(Self { pipeline, roster, run, record, dataset, own, leader: None, labels, lock })
    }

    /// The repetitions of the run's trainings, from the second on: runs of their own below `repeats/`,
    /// with the next seeds, the same images and the same transfers.
    pub fn repeats(&self, output: Output) -> Result<Vec<Self>, Failure> {
        (2..=self.pipeline.repeats).map(|number| self.repeat(number, output)).collect()
    }

    fn repeat(&self, number: usize, output: Output) -> Result<Self, Failure> {
        let mut pipeline = self.pipeline.clone();
        pipeline.seed = pipeline.seed.wrapping_add(number as u64 - 1);
        pipeline.repeats = 1;
        pipeline.transfers.keep_weights = KeepWeights::None; // pictures are of the first
        let run = self.run.repeat(number);
        let lock = match self.lock {
            Some(_) => Some(run.lock().map_err(run_failure)?),
            None => None,
        };
        let known = run.record().map_err(run_failure)?;
        let mut record =
            known.unwrap_or_else(|| RunRecord::new(&self.record.version, pipeline.seed, ""));
        record.dataset.clone_from(&self.record.dataset);
        let path = Path::new(&pipeline.data.path);
        let dataset = if path.exists() { Some(data::open(path)?) } else { None };
        let (roster, labels) = (self.roster.clone(), self.labels);
        let (dataset, own) = own::update(&pipeline, &roster, dataset, &run, labels, output)?;
        let leader = Some(self.run.clone());
        Ok(Self { pipeline, roster, run, record, dataset, own, leader, labels, lock })
    }

    /// Whether the images are there.
    pub fn has_images(&self) -> bool {
        self.dataset.is_some()
    }

    /// The jobs of these stages and how far they are.
    pub fn plan(&self, stages: Stages, force: bool) -> Result<Plan, Failure> {
        let graph = self.graph()?;
        let selection = Selection { stages, targets: None };
        let leader = self.leader.as_ref().unwrap_or(&self.run);
        Plan::following(graph, &self.run, leader, selection, force).map_err(plan_failure)
    }

    /// The same of the run and of each of its repetitions.
    pub fn plans(&self, stages: Stages, force: bool, output: Output) -> Result<Vec<Plan>, Failure> {
        let repeats = self.repeats(output)?;
        std::iter::once(self).chain(&repeats).map(|run| run.plan(stages, force)).collect()
    }

    /// The job graph without the orders that a beam must choose first.
    pub fn graph(&self) -> Result<Graph, Failure> {
        let inputs = Inputs {
            roster: self.roster.clone(),
            pipeline: self.pipeline.clone(),
            domains: self.domain_checksums()?,
            weights: own::weights(&self.pipeline)?,
            formats: Formats::default(),
        };
        Graph::build(inputs).map_err(plan_failure)
    }

    fn domain_checksums(&self) -> Result<BTreeMap<String, String>, Failure> {
        let Some(dataset) = &self.dataset else {
            // A dry run before the images are made: every checksum is as new as the images.
            let size = self.pipeline.data.size;
            let domains = match self.pipeline.data.make {
                Some(Maker::Photos) => Some(photo_domains(size)),
                Some(Maker::Rooms) => Some(data::room_domains(size)),
                None => None,
            };
            // Whether a dataset from elsewhere has what is needed shows when it is there.
            let names: Vec<String> = match domains {
                Some(domains) => domains.into_iter().map(|d| d.name).collect(),
                None => needed_domains(&self.roster).into_iter().collect(),
            };
            let made = names.into_iter().map(|name| (name, "not made yet".into()));
            return Ok(made.chain(self.own.clone()).collect());
        };
        let names = dataset.manifest().domains.iter().map(|domain| domain.name.clone());
        names
            .map(|name| Ok((name.clone(), dataset.checksum(&name).map_err(data_failure)?)))
            .chain(self.own.iter().map(|(name, sum)| Ok((name.clone(), sum.clone()))))
            .collect()
    }

    /// What a target is predicted of in a split, in the order of its loss table's rows: ids of samples,
    /// or of tuples of them.
    pub fn ids(&self, target: &TaskId, split: Split) -> Vec<String> {
        let domain = self.domain(target);
        let tuples = |d: &Dataset| Some(d.tuples(split, domain?).ok()?.ids());
        self.dataset.as_ref().and_then(tuples).unwrap_or_default()
    }

    /// About how much a target is predicted of in a split; exactly, where the images are there.
    pub fn items(&self, target: &TaskId, split: Split) -> usize {
        let domain = self.domain(target);
        let tuples = |d: &Dataset| Some(d.tuples(split, domain?).ok()?.len());
        self.dataset.as_ref().and_then(tuples).unwrap_or_else(|| self.images(split))
    }

    /// About how many images a split has; exactly, where they are there.
    pub fn images(&self, split: Split) -> usize {
        let told = || self.pipeline.data.samples(split);
        self.dataset.as_ref().map_or_else(told, |dataset| dataset.len(split))
    }

    /// Images of each item of a target.
    pub fn views(&self, target: &TaskId) -> usize {
        let made = data::room_domains(self.pipeline.data.size);
        let domains = self.dataset.as_ref().map_or(&made, |d| &d.manifest().domains);
        let name = self.domain(target);
        domains.iter().find(|domain| Some(&domain.name) == name).map_or(1, |domain| domain.views)
    }

    fn domain(&self, target: &TaskId) -> Option<&String> {
        let task = self.roster.iter().find(|task| task.id == *target);
        task.and_then(|task| task.target.as_ref()).map(|target| &target.domain)
    }

    /// Writes config.toml.
    pub fn write_config(&self) -> Result<(), Failure> {
        self.run.write_config(&self.pipeline.to_toml()).map_err(run_failure)
    }

    /// Whether run.json says that the run goes on.
    pub fn is_running(&self) -> bool {
        matches!(self.run.record(), Ok(Some(record)) if record.state == RunState::Running)
    }

    /// Writes run.json.
    pub fn save(&mut self, state: RunState) -> Result<(), Failure> {
        self.record.state = state;
        self.run.write_record(&self.record).map_err(run_failure)
    }

    /// What the run took, its repetitions included.
    pub fn total(&self) -> Result<RunRecord, Failure> {
        runs::total(&self.run, &self.record, self.pipeline.repeats)
    }

    /// Adds a stage that this program did itself to the record.
    pub fn add_stage(&mut self, stage: u8, begun: Instant) {
        add_stage(&mut self.record, stage, begun);
    }
}

fn add_stage(record: &mut RunRecord, stage: u8, begun: Instant) {
    let times = StageRecord {
        seconds: begun.elapsed().as_secs_f64(),
        done: 1,
        peak_memory: machine::peak_memory(),
        ..StageRecord::default()
    };
    record.add(&BTreeMap::from([(stage, times)]));
}

/// A run is not written between files that are none of a run's.
fn refuse_foreign(run: &RunDir) -> Result<(), Failure> {
    let mut entries = std::fs::read_dir(run.root()).into_iter().flatten();
    let is_run = [".lock", "config.toml", "run.json"].iter().any(|name| run.path(name).exists());
    if is_run || entries.next().is_none() {
        return Ok(());
    }
    let message = format!("{} has other files and is no run", run.root().display());
    Err(Failure::new(Exit::Input, message).hint("name a new folder with --run DIR"))
}

/// A failure of the run directory, with its own hint.
pub fn run_failure(error: RunError) -> Failure {
    let (hint, exit) = match &error {
        RunError::Io { source, .. } => (full_disk(source).map(str::to_owned), Exit::Environment),
        error => (error.hint(), Exit::Input),
    };
    Failure { error: error.into(), hint, exit }
}

/// A failure of the plan, with its own hint.
pub fn plan_failure(error: PlanError) -> Failure {
    let error = match error {
        PlanError::Run(error) => return run_failure(error),
        error => error,
    };
    let hint = error.hint();
    let exit = if error.is_environment() {
        Exit::Environment
    } else if error.is_incomplete() {
        Exit::Incomplete
    } else {
        Exit::Input
    };
    Failure { error: error.into(), hint, exit }
}
