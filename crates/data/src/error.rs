//! What can be wrong with a dataset, or with what is asked of it.

use std::path::PathBuf;

use taskonomy_core::{Split, TaskId};

use crate::photos::Skipped;

/// What can be wrong with a dataset, or with what is asked of it.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A file or folder cannot be read or written.
    #[error("{}: {source}", file.display())]
    Io {
        /// Which.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// There is no such folder.
    #[error("{}: there is no such folder", folder.display())]
    NoFolder {
        /// The folder that was asked for.
        folder: PathBuf,
    },
    /// The folder holds no manifest.
    #[error("{}: this folder is no dataset: it has no manifest.json", folder.display())]
    NoManifest {
        /// The folder.
        folder: PathBuf,
    },
    /// The folder that should be written is there already.
    #[error("{}: exists already; a dataset is only written into a new folder", folder.display())]
    Exists {
        /// The folder.
        folder: PathBuf,
    },
    /// The manifest is of another version of the format.
    #[error("{}: schema is {found}, this version reads 1 to {allowed}", file.display())]
    Schema {
        /// The manifest.
        file: PathBuf,
        /// Its version.
        found: u64,
        /// The newest version that is understood.
        allowed: u32,
    },
    /// The manifest is no JSON, or has missing, unknown or ill-typed keys.
    #[error("{}: {}", file.display(), in_words(.error))]
    Json {
        /// The manifest.
        file: PathBuf,
        /// With line and column.
        error: serde_json::Error,
    },
    /// The manifest contradicts itself or asks for what cannot be.
    #[error("{}: {why}", file.display())]
    Manifest {
        /// The manifest.
        file: PathBuf,
        /// What is wrong and what is allowed.
        why: String,
    },
    /// A shard that the manifest lists is not there.
    #[error("{}: the manifest lists this file, but it is missing", file.display())]
    MissingShard {
        /// The shard.
        file: PathBuf,
    },
    /// A shard is shorter or longer than the manifest says.
    #[error("{}: has {found} bytes, the manifest says {expected}", file.display())]
    Length {
        /// The shard.
        file: PathBuf,
        /// Bytes on disk.
        found: u64,
        /// Bytes according to the manifest.
        expected: u64,
    },
    /// A shard is not what it should be: no safetensors file, or of another type or shape.
    #[error("{}: {why}", file.display())]
    Shard {
        /// The shard.
        file: PathBuf,
        /// What was found and what was expected.
        why: String,
    },
    /// The bytes of a shard are not those that were written.
    #[error("{}: its BLAKE3 checksum is {found}, the manifest says {expected}", file.display())]
    Checksum {
        /// The shard.
        file: PathBuf,
        /// Of the bytes on disk.
        found: String,
        /// According to the manifest.
        expected: String,
    },
    /// A domain that the dataset does not hold.
    #[error("there is no domain `{name}`{}; the dataset holds {known}", suggestion(.nearest.as_deref()))]
    NoDomain {
        /// What was asked for.
        name: String,
        /// The known one that is most like it.
        nearest: Option<String>,
        /// All of them, for people.
        known: String,
    },
    /// Two datasets that cannot be one.
    #[error("the two datasets do not go together: {why}")]
    Join {
        /// What keeps them apart.
        why: String,
    },
    /// A tuple that cannot be written.
    #[error("tuple {rows:?} of `{domain}`, split {split}: {why}")]
    Tuple {
        /// Its domain.
        domain: String,
        /// Where it should go.
        split: Split,
        /// Its rows.
        rows: Vec<usize>,
        /// What is wrong and what is allowed.
        why: String,
    },
    /// A task that cannot be learned from this dataset.
    #[error("task `{task}`: {why}")]
    Task {
        /// The task.
        task: TaskId,
        /// What does not fit, and what would.
        why: String,
    },
    /// A sample that cannot be written.
    #[error("sample `{id}` of split {split}: {why}")]
    Sample {
        /// Its id.
        id: String,
        /// Where it should go.
        split: Split,
        /// What is wrong and what is allowed.
        why: String,
    },
    /// A picture that cannot be read or put together.
    #[error("picture: {0}")]
    Picture(String),
    /// A folder without a photo in it.
    #[error("{}: no photo to be read is in it or below{}", folder.display(), left_out(*.others, .skipped))]
    NoPhotos {
        /// The folder.
        folder: PathBuf,
        /// Number of files that are no images.
        others: usize,
        /// Images that cannot be read.
        skipped: Vec<Skipped>,
    },
    /// A folder with too few photos for the splits.
    #[error("{}: {photos} readable photo{} of {distinct} different view{}: at least 4 are needed, one for each split{}", folder.display(), plural(*.photos), plural(*.distinct), left_out(0, .skipped))]
    FewPhotos {
        /// The folder.
        folder: PathBuf,
        /// Number of readable photos.
        photos: usize,
        /// Number of groups of photos that do not resemble one another.
        distinct: usize,
        /// Images that cannot be read.
        skipped: Vec<Skipped>,
    },
    /// A photo that was readable a moment ago.
    #[error("{}: it changed while the dataset was made: {why}", file.display())]
    Photo {
        /// The photo.
        file: PathBuf,
        /// What is wrong with it now.
        why: String,
    },
    /// A setting of a dataset that is to be made is out of its range.
    #[error("`{key}` is {found}: it must be {allowed}")]
    Setting {
        /// Which.
        key: &'static str,
        /// The value.
        found: String,
        /// What is allowed.
        allowed: &'static str,
    },
    /// Whoever watches the making of a dataset asked for its end.
    #[error("stopped: no dataset was written")]
    Stopped,
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!(": did you mean `{name}`?"))
}

/// What is wrong with a manifest, without the names of types that programs give to numbers.
fn in_words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    ["usize", "u64", "u32"].iter().fold(text, |text, kind| {
        text.replace(&format!("expected {kind}"), "expected a whole number of 0 or more")
    })
}

/// The ending of a noun after a number.
fn plural(number: usize) -> &'static str {
    if number == 1 { "" } else { "s" }
}

/// What a folder of photos holds instead of photos; a few of the files by name.
fn left_out(others: usize, skipped: &[Skipped]) -> String {
    const NAMED: usize = 5;
    let mut text = match others {
        0 => String::new(),
        1 => " (1 file is no image)".to_owned(),
        _ => format!(" ({others} files are no images)"),
    };
    for Skipped { file, why } in skipped.iter().take(NAMED) {
        text += &format!("\n  {file}: {why}");
    }
    if skipped.len() > NAMED {
        text += &format!("\n  and {} more", skipped.len() - NAMED);
    }
    text
}

impl DataError {
    /// Ties an error of the operating system to its file; used as `.map_err(DataError::io(path))`.
    pub(crate) fn io(file: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let file = file.into();
        move |source| Self::Io { file, source }
    }
}
