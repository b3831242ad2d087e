//! Arguments of `evaluate`.

use std::path::PathBuf;

use clap::{ArgGroup, Args, ValueEnum};

use crate::args::Wishes;
use crate::span::Span;

/// Significance and stability of the policy.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).args(["random", "bootstrap", "against"]))]
pub struct Evaluate {
    /// Compare the optimum with N random feasible taxonomies of each budget
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub random: Option<u32>,
    /// Resample the test images N times and solve again: what changes? Of repeated trainings the first
    /// is looked at, of transfers that raced those that came to the end
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub bootstrap: Option<u32>,
    /// What are the run's policies worth by the affinities of another run, as one whose transfers did
    /// not race?
    #[arg(long, value_name = "DIR", conflicts_with_all = ["affinities", "losses"])]
    pub against: Option<PathBuf>,
    /// The run [default: the newest below results/]
    #[arg(long, value_name = "DIR")]
    pub run: Option<PathBuf>,
    /// A table with the columns target,sources,affinity, instead of a run (--random)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["run", "bootstrap"])]
    pub affinities: Option<PathBuf>,
    /// A folder of loss tables TARGET.csv, instead of a run
    #[arg(long, value_name = "DIR", conflicts_with_all = ["run", "affinities"])]
    pub losses: Option<PathBuf>,
    /// Largest total label cost, or all from A to B [default: for --random every whole budget that
    /// buys something more, for --against every whole one, or a thousand of them, for --bootstrap the
    /// pipeline's, or 4]
    #[arg(long, value_name = "N|A..B", allow_negative_numbers = true)]
    pub budget: Option<Span>,
    /// Most sources of one transfer [default: as many as the table has; for --against every order]
    #[arg(long, value_name = "K")]
    pub order: Option<usize>,
    /// Seed of the draws
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// What is asked of the programme.
    #[command(flatten)]
    pub wishes: Wishes,
    /// What to print
    #[arg(long, default_value = "table")]
    pub format: EvaluateFormat,
}

/// Formats of an evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EvaluateFormat {
    /// Tables for people
    Table,
    #[value(help = "Numbers in full: a row per budget and measure, or per contender")]
    Csv,
    #[value(help = "Everything, as --json")]
    Json,
    #[value(help = "A picture: gain and quality against the budget (--random)")]
    Svg,
}
