//! `data import`, `data export` and `data check` of folders of the Taskonomy and Omnidata datasets.

mod told;

use std::fs::File;
use std::path::Path;
use std::sync::atomic::Ordering;

use serde_json::json;
use taskonomy_core::{BuildingSplits, Dictionary};
use taskonomy_data::DataError;
use taskonomy_exchange::{
    Checked, ExchangeError, ImportSpec, Imported, Layout, LocalTree, SPLITS, Step, Unit,
};

use super::photos::photo_folder_name;
use super::{data_failure, open, summary};
use crate::args::{ExportData, Import, LayoutArg};
use crate::failure::{Exit, Explain, Fail, Failure, full_disk};
use crate::output::Output;
use crate::progress::counted;
use crate::{interrupt, progress};

/// Carries out `data import`.
pub fn import(args: &Import, output: Output) -> Result<(), Failure> {
    let Import { dir, out, size, splits, shares, seed } = args;
    if !dir.is_dir() {
        let error = DataError::NoFolder { folder: dir.clone() };
        return Err(data_failure(error).hint("name the folder that the domains are in"));
    }
    if !size.is_multiple_of(8) || !(32..=1024).contains(size) {
        let message = format!("--size {size}: it must be a multiple of 8 from 32 to 1024");
        return Err(Failure::new(Exit::Usage, message));
    }
    let name = photo_folder_name(dir)?;
    let path = out.clone().unwrap_or_else(|| Path::new("data").join(&name));
    let spec = ImportSpec {
        name: name.to_string_lossy().into_owned(),
        size: *size,
        splits: splits.as_deref().map(read_splits).transpose()?,
        shares: *shares,
        seed: *seed,
    };
    let tree = LocalTree::new(dir);
    let made = watched(output, "reading views", |watch| {
        taskonomy_exchange::import(&path, &tree, &spec, watch)
    });
    let made = made?.map_err(|error| explain(error, dir))?;
    told::faults(&made.faults, output);
    told::gaps(&made.gaps, output);
    told::left_out(&made.left_out, output);
    if made.unit == Unit::Point {
        output.warn("too few buildings for the splits: they share buildings, though no points");
    }
    output.result(
        || imported(&made, &path),
        || {
            let mut value = json!(made.manifest);
            value["layout"] = json!(made.layout);
            value["unit"] = json!(made.unit);
            value["present"] = json!(made.present);
            value["left_out"] = json!(made.left_out);
            value["gaps"] = json!(made.gaps);
            value["faults"] = json!(made.faults);
            value
        },
    )
}

fn imported(made: &Imported, path: &Path) -> String {
    let views: usize = made.manifest.splits.values().map(Vec::len).sum();
    let mut text = summary(&made.manifest, path);
    for (domain, count) in made.present.iter().filter(|(_, count)| **count < views) {
        text += &format!("  {domain:<17} in {count} of {views} views\n");
    }
    text
}

/// Carries out `data export`.
pub fn export(args: &ExportData, output: Output) -> Result<(), Failure> {
    let ExportData { dataset: from, dir, layout } = args;
    let dataset = open(from)?;
    let layout = match layout {
        LayoutArg::Taskonomy => Layout::Taskonomy,
        LayoutArg::Omnidata => Layout::Omnidata,
        LayoutArg::Buildings => Layout::Buildings,
    };
    let written = watched(output, "writing views", |watch| {
        taskonomy_exchange::export(&dataset, dir, layout, watch)
    });
    let written = written?.map_err(|error| explain(error, dir))?;
    if !written.left_out.is_empty() {
        let names = written.left_out.join(", ");
        output.note(format_args!("domains that this layout has no place for: {names}"));
    }
    if !written.has_splits {
        output.note(format_args!("no {SPLITS}: views of one building are in several splits"));
    }
    output.result(
        || {
            let buildings = counted(written.buildings, "building");
            let views = counted(written.views, "view");
            let mut text = format!("{}: {views} of {buildings}\n", dir.display());
            for (domain, count) in &written.files {
                text += &format!("  {domain:<20}{count:>7} files\n");
            }
            text
        },
        || {
            json!({
                "folder": dir,
                "layout": layout,
                "buildings": written.buildings,
                "views": written.views,
                "files": written.files,
                "left_out": written.left_out,
                "splits": written.has_splits.then(|| dir.join(SPLITS)),
            })
        },
    )
}

/// Checks a folder that is no dataset of ours; the error says so where it is no other either.
pub fn check(dir: &Path, no_dataset: DataError, output: Output) -> Result<(), Failure> {
    let tree = LocalTree::new(dir);
    let name = photo_folder_name(dir)?.to_string_lossy().into_owned();
    let tasks = Dictionary::builtin();
    let checked = watched(output, "reading views", |watch| {
        taskonomy_exchange::check(&tree, &name, &tasks, watch)
    });
    let checked = match checked? {
        Err(ExchangeError::Layout { .. }) => return Err(data_failure(no_dataset)),
        other => other.map_err(|error| explain(error, dir))?,
    };
    output.result(|| told::folder(&checked, dir), || json!(checked))?;
    refuse_damaged(&checked, dir)
}

/// Gaps are common and harm nothing; files that cannot be used are a failure.
fn refuse_damaged(checked: &Checked, dir: &Path) -> Result<(), Failure> {
    let count = checked.faults.total();
    if count == 0 {
        return Ok(());
    }
    let message = format!("{}: {} cannot be used", dir.display(), counted(count, "file"));
    Err(Failure::new(Exit::Input, message)
        .hint("fetch these files again, or go on: `data import` leaves them out"))
}

fn read_splits(file: &Path) -> Result<BuildingSplits, Failure> {
    let input = File::open(file).environment().at(file.display())?;
    let hint = "a table has the columns id, train, val and test, and 0 or 1 in the last three";
    BuildingSplits::read(input).input().at(file.display()).hint(hint)
}

/// Work that a bar follows and that ends when the user interrupts it.
pub fn watched<T>(
    output: Output,
    message: &'static str,
    work: impl FnOnce(&(dyn Fn(Step) -> bool + Sync)) -> T,
) -> Result<T, Failure> {
    let stop = interrupt::stop_flag()?;
    let bar = progress::bar(output, 0, message);
    let watch = |step| {
        match step {
            Step::Found(views) => bar.set_length(views as u64),
            Step::Read => bar.inc(1),
        }
        !stop.load(Ordering::Relaxed)
    };
    let done = work(&watch);
    bar.finish_and_clear();
    Ok(done)
}

/// A failure with what to do about it.
fn explain(error: ExchangeError, dir: &Path) -> Failure {
    let error = match error {
        ExchangeError::Data(error) => return data_failure(error),
        error => error,
    };
    let (exit, hint) = match &error {
        ExchangeError::Io { source, .. } => (Exit::Environment, full_disk(source)),
        ExchangeError::Tree { .. } => (Exit::Environment, None),
        ExchangeError::Layout { .. } | ExchangeError::Layouts { .. } => (
            Exit::Input,
            Some("name the folder that `rgb`, `normal` and the like are in, or all buildings"),
        ),
        ExchangeError::NoImages { .. } => {
            (Exit::Input, Some("`taskonomy data check` says what is wrong with the folder's files"))
        }
        ExchangeError::FewPoints { .. } => (Exit::Input, Some("fetch more of the dataset")),
        ExchangeError::EmptySplit { .. } => (
            Exit::Input,
            Some("fetch buildings of every part, or leave --splits out: --shares then divides"),
        ),
        ExchangeError::Exists { .. } => (Exit::Input, Some("name another folder")),
        _ => (Exit::Input, None),
    };
    let names_its_file = matches!(error, ExchangeError::Io { .. } | ExchangeError::Exists { .. });
    let error =
        if names_its_file { error.into() } else { anyhow::anyhow!("{}: {error}", dir.display()) };
    Failure { error, hint: hint.map(str::to_owned), exit }
}
