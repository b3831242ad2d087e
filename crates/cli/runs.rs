//! Which run a command is about.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use taskonomy_core::{Dictionary, Pipeline};
use taskonomy_run::{RunDir, RunRecord};

use crate::failure::{Exit, Explain, Fail, Failure};
use crate::output::Output;
use crate::session::run_failure;

/// The run that was named, or the newest below `results/` (its path is said on stderr).
pub fn find(named: Option<&PathBuf>, output: Output) -> Result<RunDir, Failure> {
    if let Some(dir) = named {
        if !dir.join("run.json").is_file() {
            let message = format!("{} is no run: there is no run.json in it", dir.display());
            return Err(Failure::new(Exit::Input, message)
                .hint("a run is made by `taskonomy run PIPELINE.toml`, below results/"));
        }
        return Ok(RunDir::new(dir));
    }
    let newest = newest(Path::new("results")).ok_or_else(|| {
        Failure::new(Exit::Input, "there is no run below results/")
            .hint("name one with --run DIR, or make one with `taskonomy run PIPELINE.toml`")
    })?;
    output.note(format_args!("run: {}", newest.display()));
    Ok(RunDir::new(newest))
}

/// The text of a run's config.toml.
pub fn config(run: &RunDir) -> Result<String, Failure> {
    run.config().map_err(run_failure)?.ok_or_else(|| {
        let file = run.path("config.toml");
        let message = format!("{}: there is no such file", file.display());
        Failure::new(Exit::Input, message).hint("run its pipeline again: it writes the file anew")
    })
}

/// How often everything is trained, as the run's config.toml says; once, where there is none.
pub fn asked(run: &RunDir) -> Result<usize, Failure> {
    let Some(config) = run.config().map_err(run_failure)? else { return Ok(1) };
    let place = run.path("config.toml");
    let pipeline = Pipeline::parse(&config, &[], &Dictionary::builtin());
    Ok(pipeline.input().at(place.display())?.repeats)
}

/// Time and memory of a run that is trained so often, all repetitions together.
pub fn total(run: &RunDir, record: &RunRecord, repeats: usize) -> Result<RunRecord, Failure> {
    let mut total = record.clone();
    for repeat in self::repeats(run, repeats) {
        if let Some(repeat) = repeat.record().map_err(run_failure)? {
            total.add(&repeat.stages);
        }
    }
    Ok(total)
}

/// The repetitions that have begun, of a run that is trained so often; there may be others, of a time
/// when it was trained more often.
pub fn repeats(run: &RunDir, repeats: usize) -> impl Iterator<Item = RunDir> {
    (2..=repeats).map(|number| run.repeat(number)).filter(|repeat| repeat.root().exists())
}

/// The folder whose run.json was written last.
fn newest(results: &Path) -> Option<PathBuf> {
    let runs = std::fs::read_dir(results).ok()?.flatten().filter_map(|entry| {
        let written = entry.path().join("run.json").metadata().ok()?.modified().ok()?;
        Some((written, entry.path()))
    });
    runs.max_by_key(|(written, path): &(SystemTime, PathBuf)| (*written, path.clone()))
        .map(|(_, path)| path)
}
