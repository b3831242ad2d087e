//! Arguments of the solver and of the published results that it can start from.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::args::Format;
use crate::span::Span;

/// The policy solver.
#[derive(Debug, Args)]
pub struct Solve {
    /// The run [default: the newest below results/]
    #[arg(long, value_name = "DIR")]
    pub run: Option<PathBuf>,
    /// A table with the columns target,sources,affinity, instead of a run
    #[arg(long, value_name = "FILE", conflicts_with = "run")]
    pub affinities: Option<PathBuf>,
    /// Largest total label cost, or all from A to B, as in 1..26 [default: the pipeline's, or 4]
    #[arg(long, value_name = "N|A..B", allow_negative_numbers = true)]
    pub budget: Option<Span>,
    /// Most sources of one transfer, or all from A to B [default: as many as the table has]
    #[arg(long, value_name = "N|A..B", allow_negative_numbers = true)]
    pub order: Option<Span>,
    /// Say why: what targets gave up, what is lost without a source, what one more unit buys; takes
    /// no limits
    #[arg(long, conflicts_with_all = ["node_limit", "time_limit"])]
    pub explain: bool,
    /// What is asked of the programme.
    #[command(flatten)]
    pub wishes: Wishes,
    /// Most nodes of the branch and bound; beyond them the gap is said (repeatable); not for `milp`
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub node_limit: Option<u64>,
    /// Most seconds; beyond them the gap is said (a second run may get further); not for `milp`
    #[arg(long, value_name = "S", value_parser = seconds)]
    pub time_limit: Option<f64>,
    /// What to print
    #[arg(long, default_value = "table")]
    pub format: Format,
}

/// What every command that solves can be asked to heed.
#[derive(Debug, Args)]
pub struct Wishes {
    /// What is maximised [default: the pipeline's, or raw]
    #[arg(long)]
    pub objective: Option<ObjectiveArg>,
    /// Label cost of a task, as in --cost normals=2
    #[arg(long, value_name = "TASK=COST")]
    pub cost: Vec<String>,
    /// Importance of a target, as in --importance normals=3
    #[arg(long, value_name = "TASK=IMPORTANCE")]
    pub importance: Vec<String>,
    /// Buy this task in any case
    #[arg(long, value_name = "TASK")]
    pub require: Vec<String>,
    /// Never buy this task
    #[arg(long, value_name = "TASK")]
    pub forbid: Vec<String>,
    /// This task is not wanted in itself
    #[arg(long, value_name = "TASK")]
    pub source_only: Vec<String>,
    /// This task cannot be bought
    #[arg(long, value_name = "TASK")]
    pub target_only: Vec<String>,
    /// Take the first optimum found: skips the pass that makes ties repeatable
    #[arg(long)]
    pub any_optimum: bool,
    /// Who solves: `auto` takes a general solver (`milp`) only for constraints
    #[arg(long, default_value = "auto")]
    pub solver: SolverArg,
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if (0.0..1e9).contains(&seconds) => Ok(seconds),
        _ => Err("write a number of seconds, 0 or more".to_owned()),
    }
}

/// Who solves the programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SolverArg {
    /// The Lagrangian one, unless constraints ask for the general one
    Auto,
    /// Lagrangian relaxation with branch and bound, in whole numbers
    Lagrange,
    #[value(help = "A general solver of mixed-integer programmes (microlp), up to 300 tasks")]
    Milp,
    #[value(help = "The same with HiGHS, where the build has it (feature `highs`)")]
    Highs,
}

/// What the programme maximises.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ObjectiveArg {
    /// Importance × affinity
    Raw,
    /// Importance × log affinity
    Log,
    /// Raw, where a bought target's own network counts 0
    NoSelf,
}

/// The published results.
#[derive(Debug, Args)]
pub struct ImportOfficial {
    /// A clone of the authors' repository, or a folder of its .pkl files
    pub dir: PathBuf,
    /// Which of the published sets [default: the only one there is]
    #[arg(long)]
    pub set: Option<OfficialSet>,
    /// A file to write [default: stdout]
    #[arg(short, long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// The published sets of results, by the images that a transfer was trained on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OfficialSet {
    /// The files without a suffix: 2,163 test images, orders 1 and 2
    Base,
    #[value(name = "16k", help = "That of the paper")]
    Sixteen,
    #[value(name = "1k", help = "That of the supplement, with little data")]
    One,
}

impl OfficialSet {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Base, Self::One, Self::Sixteen];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Sixteen => "16k",
            Self::One => "1k",
        }
    }

    /// How the names of its files end, before `.pkl`.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Base => "",
            Self::Sixteen => "_16k",
            Self::One => "_1k",
        }
    }
}
