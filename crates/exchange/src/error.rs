//! What can be wrong with a folder as a whole, or with what is asked of it.

use std::path::PathBuf;

use taskonomy_core::{BuildingSplitsError, LabelTableError, Split, TaskId};
use taskonomy_data::DataError;

use crate::fault::{Fault, Faults};

/// So many faults stand in a message.
pub(crate) const NAMED_FAULTS: usize = 5;

/// What can be wrong with a folder as a whole, or with what is asked of it.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The dataset that is written or read.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A file or folder cannot be read or written.
    #[error("{}: {source}", file.display())]
    Io {
        /// Which.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A folder within the one that is read cannot be listed.
    #[error("folder `{folder}` of the dataset: {source}")]
    Tree {
        /// Its path below the folder that is read.
        folder: String,
        /// Why.
        source: std::io::Error,
    },
    /// Nothing of the known layouts.
    #[error(
        "no folder of a known layout: there is neither DOMAIN/BUILDING/ nor DOMAIN/taskonomy/BUILDING/ \
         nor BUILDING/DOMAIN/ with files of any domain{}", holds(.found)
    )]
    Layout {
        /// A few of the names in the folder.
        found: Vec<String>,
    },
    /// Several layouts at once.
    #[error("folders of several layouts at once: {}", .found.join(", "))]
    Layouts {
        /// A folder of each.
        found: Vec<String>,
    },
    /// No view of a split has an image that can be read.
    #[error("no view for {split} has an image (domain `rgb`) that can be read{}", named(.faults))]
    NoImages {
        /// The split.
        split: Split,
        /// What was left out.
        faults: Faults,
    },
    /// Too few views for the splits.
    #[error("{views} views of {points} points: at least 4 points are needed, one for each split")]
    FewPoints {
        /// Views with an image.
        views: usize,
        /// Their points.
        points: usize,
    },
    /// A table of splits that is none.
    #[error("{}: {error}", file.display())]
    Splits {
        /// The table.
        file: PathBuf,
        /// With its line.
        error: BuildingSplitsError,
    },
    /// A table of splits that gives a split nothing of this folder.
    #[error("by the table of splits, no view of this folder is for {split}: {}", in_table(.listed))]
    EmptySplit {
        /// The split.
        split: Split,
        /// The buildings that the table gives a purpose.
        listed: Vec<String>,
    },
    /// The names of classes cannot be had.
    #[error("{file}: {why}")]
    Classes {
        /// The file that should tell.
        file: String,
        /// What is wrong and what is needed.
        why: String,
    },
    /// A file that was written as another.
    #[error("{}: exists already; a folder is only written where there is nothing", folder.display())]
    Exists {
        /// The folder.
        folder: PathBuf,
    },
    /// What the user names for a task or a source of their own is not there.
    #[error("{entry} {id}: {}: there is no such {wanted}", path.display())]
    OwnAbsent {
        /// `[[task]]` or `[[source]]`.
        entry: &'static str,
        /// Whose.
        id: TaskId,
        /// The path.
        path: PathBuf,
        /// What should be there: a folder or a file.
        wanted: &'static str,
    },
    /// A table of the user's own labels that is none.
    #[error("[[task]] {id}: {}: {error}", file.display())]
    OwnTable {
        /// The task.
        id: TaskId,
        /// The table.
        file: PathBuf,
        /// With its line.
        error: LabelTableError,
    },
    /// Labels or representations of the user's own that cannot be used.
    #[error("{entry} {id}: {}{}", unusable(.faults), named(.faults))]
    OwnFaults {
        /// `[[task]]` or `[[source]]`.
        entry: &'static str,
        /// Whose.
        id: TaskId,
        /// What is wrong, by file or line.
        faults: Faults,
    },
    /// Images without what every one of them needs, or splits in which none has it.
    #[error("{entry} {id}: {why}: {}", looked_for(.images))]
    OwnLacking {
        /// `[[task]]` or `[[source]]`.
        entry: &'static str,
        /// Whose.
        id: TaskId,
        /// What is lacking.
        why: String,
        /// The names of the first of them, and what the files or rows are called instead.
        images: Box<[Vec<String>; 2]>,
    },
    /// A sample of a dataset that the folder cannot hold.
    #[error("sample `{id}`: {why}")]
    Sample {
        /// Its id.
        id: String,
        /// What is wrong.
        why: String,
    },
}

fn holds(found: &[String]) -> String {
    match found {
        [] => "; the folder is empty".to_owned(),
        _ => format!("; it holds {}", found.join(", ")),
    }
}

fn in_table(listed: &[String]) -> String {
    const NAMED: usize = 5;
    let mut text = listed.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if listed.len() > NAMED {
        text += &format!(" and {} more", listed.len() - NAMED);
    }
    match listed.len() {
        0 => "none of its buildings stands there".to_owned(),
        1 => format!("of its buildings only {text} stands there"),
        _ => format!("of its buildings {text} stand there"),
    }
}

fn unusable(faults: &Faults) -> String {
    match faults.total() {
        1 => "1 file or row cannot be used".to_owned(),
        total => format!("{total} files or rows cannot be used"),
    }
}

fn looked_for([images, instead]: &[Vec<String>; 2]) -> String {
    let mut text = format!("there is nothing for {}", images.join(", "));
    if !instead.is_empty() {
        text += &format!("; there is something for {}", instead.join(", "));
    }
    text
}

fn named(faults: &Faults) -> String {
    let mut text = String::new();
    for Fault { file, why, .. } in faults.named.iter().take(NAMED_FAULTS) {
        text += &format!("\n  {file}: {why}");
    }
    if faults.total() > NAMED_FAULTS {
        text += &format!("\n  and {} more", faults.total() - NAMED_FAULTS);
    }
    text
}

impl ExchangeError {
    /// Ties an error of the operating system to its file.
    pub(crate) fn io(file: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let file = file.into();
        move |source| Self::Io { file, source }
    }
}
