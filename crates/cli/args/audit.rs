//! Arguments of `audit`.

use std::path::PathBuf;

use clap::Args;

use crate::args::OfficialSet;

/// What a run found, beside everything that it should be measured by.
#[derive(Debug, Args)]
pub struct Audit {
    /// The run [default: the newest below results/]
    #[arg(long, value_name = "DIR")]
    pub run: Option<PathBuf>,
    /// Published affinities to compare with: a table that `import-official` wrote, or a folder that
    /// it reads
    #[arg(long, value_name = "FILE|DIR")]
    pub published: Option<PathBuf>,
    /// Which of the published sets, where --published is a folder [default: the only one there is]
    #[arg(long, requires = "published")]
    pub set: Option<OfficialSet>,
    /// A folder where it is kept too, as audit.txt and a CSV file per table
    #[arg(short, long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}
