//! The command line.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

use crate::machine;

mod audit;
mod data;
mod evaluate;
mod solve;

pub use audit::Audit;
pub use data::{Data, ExportData, Import, Init, LayoutArg, Photos, Rooms, UpArg};
pub use evaluate::{Evaluate, EvaluateFormat};
pub use solve::{ImportOfficial, ObjectiveArg, OfficialSet, Solve, SolverArg, Wishes};

use crate::period::Period;

const EXIT_CODES: &str = "\
Exit codes: 0 done, 1 the input cannot be satisfied, 2 usage, 3 incomplete (jobs pending or
failed), 4 environment (files, libtorch, device), 75 interrupted (the same command goes on).";

/// Which tasks teach which, and what should we label?
#[derive(Debug, Parser)]
#[command(name = "taskonomy", version, after_help = EXIT_CODES, max_term_width = 100)]
pub struct Args {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, ClapArgs)]
pub struct Global {
    /// Print one JSON value on stdout
    #[arg(long, global = true)]
    pub json: bool,
    /// Say only what went wrong
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more (-vv: everything)
    #[arg(short, long, global = true, action = clap::ArgAction::Count, conflicts_with = "quiet")]
    pub verbose: u8,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// All four stages: images to task networks, transfers, affinities, policy
    Run(Stage),
    /// Train the task-specific networks
    Stage1(Stage),
    /// Train the transfers, first order and by beam
    Stage2(Stage),
    /// Tournaments and affinities, of a run or of a folder of loss tables
    Stage3(Stage3),
    /// The best policy under the pipeline's budget, with its pictures
    Stage4(Stage),
    /// Find the best policy for a budget, from a run or a table of affinities
    Solve(Solve),
    /// Is the policy better than chance, and does it survive a resampling of the test images?
    Evaluate(Evaluate),
    /// What did the run find, and what is it worth beside every baseline?
    Audit(Audit),
    /// Write a taxonomy in another format
    Export(Export),
    /// Read the published results of Zamir et al., CVPR 2018, as a table of affinities
    ImportOfficial(ImportOfficial),
    /// Write a pipeline to start from
    Init(Init),
    /// Make, check and look at datasets
    #[command(subcommand)]
    Data(Data),
    /// Paint what a task's network makes of images
    Predict(Predict),
    /// What is done, what is left, how long it will take
    Status(Status),
    /// Write the report of a run again
    Report(OneRun),
    /// Check that this machine has what is needed, with a fix for what it lacks
    Doctor,
    /// Print the completion script of a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write those of all commands into a folder
    Man {
        /// The folder
        dir: Option<PathBuf>,
    },
}

/// A run of (some of) the stages.
#[derive(Debug, ClapArgs)]
#[allow(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub struct Stage {
    /// The pipeline; without it, the one that --run was made with
    pub pipeline: Option<PathBuf>,
    /// The run directory [default: results/NAME, by the pipeline's name]
    #[arg(long, value_name = "DIR")]
    pub run: Option<PathBuf>,
    /// Change a setting of the pipeline, as in --set networks.epochs=3
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Trainings at once [default: one per core; on a GPU one]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,
    /// Where to train: auto, cpu, cuda:0
    #[arg(long, default_value = "auto")]
    pub device: String,
    /// Seed of the run, instead of the pipeline's
    #[arg(long, value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    pub seed: Option<u64>,
    /// Only say what would be done, why, and what it would cost
    #[arg(long)]
    pub dry_run: bool,
    /// With --dry-run: take no steps to estimate the time
    #[arg(long, requires = "dry_run")]
    pub no_measure: bool,
    /// Compute again what was made with other settings, and what depends on it
    #[arg(long)]
    pub force: bool,
    /// Go on to stage 3 although some transfers are missing
    #[arg(long)]
    pub partial: bool,
    /// Stop after that long, as in 90s, 25m, 3h; the same command goes on
    #[arg(long, value_name = "TIME")]
    pub max_time: Option<Period>,
    /// Keep the state of a training that often, for the case that it is killed; 0 is every step
    #[arg(long, value_name = "TIME", default_value = "30s")]
    pub checkpoint_every: Period,
}

impl Stage {
    /// Trainings at once; each of them takes its share of the memory of the one GPU there is.
    pub fn workers(&self) -> usize {
        let usual = || if self.device.starts_with("cuda") { 1 } else { machine::cores() };
        self.jobs.map_or_else(usual, usize::from)
    }
}

/// Stage 3.
#[derive(Debug, ClapArgs)]
pub struct Stage3 {
    /// The run, as for every stage.
    #[command(flatten)]
    pub stage: Stage,
    /// A folder of loss tables TARGET.csv of your own, instead of a run
    #[arg(
        long,
        value_name = "DIR",
        conflicts_with_all = [
            "pipeline", "run", "set", "seed", "jobs", "dry_run", "force", "partial", "max_time",
        ]
    )]
    pub losses: Option<PathBuf>,
    /// Where the results of --losses go [default: only print the affinities]
    #[arg(short, long, value_name = "DIR", requires = "losses")]
    pub out: Option<PathBuf>,
}

/// Formats of a taxonomy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table for people
    Table,
    /// JSON Graph Format 2, with directed hyperedges
    Json,
    #[value(help = "Hypergraph Interchange Format (XGI, HyperNetX)")]
    Hif,
    #[value(help = "Node-link JSON (NetworkX)")]
    NodeLink,
    /// Graphviz
    Dot,
    #[value(help = "GraphML (Gephi, yEd, NetworkX)")]
    Graphml,
    /// A picture
    Svg,
    /// One row per target
    Csv,
}

/// Another format of a run's taxonomy.
#[derive(Debug, ClapArgs)]
pub struct Export {
    /// The run [default: the newest below results/]
    #[arg(long, value_name = "DIR")]
    pub run: Option<PathBuf>,
    /// A taxonomy.json, instead of a run
    #[arg(long, value_name = "FILE", conflicts_with = "run")]
    pub taxonomy: Option<PathBuf>,
    /// The format
    #[arg(long, default_value = "json")]
    pub format: Format,
    /// A file to write [default: stdout]
    #[arg(short, long, alias = "out", value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Predictions of a stage-1 network.
#[derive(Debug, ClapArgs)]
pub struct Predict {
    /// The network, a folder RUN/stage1/TASK
    #[arg(long, value_name = "DIR")]
    pub model: PathBuf,
    /// PNG images
    #[arg(required = true)]
    pub images: Vec<PathBuf>,
    /// Where the pictures go
    #[arg(short, long, value_name = "DIR", default_value = "predictions")]
    pub out: PathBuf,
}

/// How far a run is.
#[derive(Debug, ClapArgs)]
pub struct Status {
    /// The run.
    #[command(flatten)]
    pub of: OneRun,
    /// Where the time of the workers went, by stage and kind of job
    #[arg(long)]
    pub times: bool,
}

/// A command about one run.
#[derive(Debug, ClapArgs)]
pub struct OneRun {
    /// The run [default: the newest below results/]
    #[arg(long, value_name = "DIR")]
    pub run: Option<PathBuf>,
}
