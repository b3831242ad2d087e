//! `import-official`: the published results of Zamir et al. as a table of affinities.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::json;
use taskonomy_core::{AffinityTable, Contender, Dictionary, OfficialScores, Published};
use taskonomy_run::write_atomic;

use crate::args::{ImportOfficial, OfficialSet};
use crate::failure::{Exit, Explain, Fail, Failure};
use crate::output::Output;

/// What the files are called before the suffix of their set, and where a clone of the authors'
/// repository has them.
const AFFINITIES: (&str, &str) = ("all_affinities", "affinities");
const GAIN: (&str, &str) = ("wins_vs_pixels", "winrates");
const QUALITY: (&str, &str) = ("wins_vs_task", "winrates");

const CLONE: &str = "give the folder of a clone of the authors' repository, StanfordVL/taskonomy";

/// Reads one set, says what is wrong with it and writes the table.
pub fn import_official(args: &ImportOfficial, output: Output) -> Result<(), Failure> {
    let set = choose(&args.dir, args.set)?;
    let published = read(&args.dir, set, output)?;
    for defect in &published.defects {
        output.warn(defect);
    }
    output.note(summary(set, &published));
    let mut csv = Vec::new();
    published.table.write(&mut csv).environment()?;
    if let Some(file) = &args.out {
        write_atomic(file, &csv).environment().at(file.display())?;
    }
    if output.is_json() {
        return output.result(String::new, || describe(set, &published, args.out.as_deref()));
    }
    match &args.out {
        Some(file) => output.result(|| file.display().to_string(), || json!(null)),
        None => output.bytes(&csv),
    }
}

/// The affinities of one set, for those who only compare with them.
pub fn table(
    dir: &Path,
    set: Option<OfficialSet>,
    output: Output,
) -> Result<AffinityTable, Failure> {
    Ok(read(dir, choose(dir, set)?, output)?.table)
}

/// The set that was asked for, or the only one there is.
fn choose(folder: &Path, set: Option<OfficialSet>) -> Result<OfficialSet, Failure> {
    let dir = folder.display();
    if !folder.is_dir() {
        let error = std::fs::read_dir(folder).map(drop).input();
        let failure = error.at(dir).expect_err("it is no folder that can be read");
        return Err(failure.hint(CLONE));
    }
    let there = |set: &OfficialSet| find(folder, AFFINITIES, *set).is_some();
    let found: Vec<_> = OfficialSet::ALL.into_iter().filter(there).collect();
    let names: Vec<_> = found.iter().map(|set| set.name()).collect();
    match (set, &found[..]) {
        (Some(set), _) if found.contains(&set) => Ok(set),
        (None, [set]) => Ok(*set),
        (_, []) => {
            let message = format!("{dir}: no all_affinities*.pkl here or in results/affinities");
            Err(Failure::new(Exit::Input, message).hint(CLONE))
        }
        (Some(set), _) => {
            let message = format!("{dir}: there is no set {}", set.name());
            Err(Failure::new(Exit::Input, message).hint(format!("there is {}", names.join(", "))))
        }
        (None, _) => {
            let message = format!("{dir}: there are several sets: {}", names.join(", "));
            Err(Failure::new(Exit::Usage, message)
                .hint("choose one with --set, as in --set 16k (that of the paper)"))
        }
    }
}

/// A file of a set: in the folder itself, or where a clone has it.
fn find(dir: &Path, (name, folder): (&str, &str), set: OfficialSet) -> Option<PathBuf> {
    let file = format!("{name}{}.pkl", set.suffix());
    let places = [dir.join("results").join(folder), dir.join(folder), dir.to_owned()];
    places.into_iter().map(|place| place.join(&file)).find(|path| path.is_file())
}

fn read(dir: &Path, set: OfficialSet, output: Output) -> Result<Published, Failure> {
    let tasks = Dictionary::builtin();
    let scores = |file| -> Result<Option<OfficialScores>, Failure> {
        let Some(path) = find(dir, file, set) else {
            output.warn(format_args!(
                "{}: there is no {}{}.pkl: its column stays empty",
                dir.display(),
                file.0,
                set.suffix()
            ));
            return Ok(None);
        };
        let place = path.display();
        let bytes = std::fs::read(&path).environment().at(&place)?;
        OfficialScores::read(&bytes, &tasks).input().at(&place).map(Some)
    };
    let affinities = scores(AFFINITIES)?.unwrap_or_default();
    let (gain, quality) = (scores(GAIN)?, scores(QUALITY)?);
    Ok(Published::join(&affinities, gain.as_ref(), quality.as_ref()))
}

fn summary(set: OfficialSet, published: &Published) -> String {
    let edges = &published.table.edges;
    let images = published.images.values().max();
    format!(
        "set {}: {} edges into {} targets, {}{} to look at",
        set.name(),
        edges.len(),
        published.table.targets().len(),
        images.map_or_else(String::new, |images| format!("{images} test images, ")),
        match published.defects.len() {
            0 => "nothing".to_owned(),
            1 => "1 warning".to_owned(),
            many => format!("{many} warnings"),
        }
    )
}

fn describe(set: OfficialSet, published: &Published, out: Option<&Path>) -> serde_json::Value {
    let table = &published.table;
    let mut orders: BTreeMap<usize, usize> = BTreeMap::new();
    for edge in &table.edges {
        let order = match &edge.contender {
            Contender::Transfer(sources) => sources.order(),
            _ => 1,
        };
        *orders.entry(order).or_default() += 1;
    }
    let edges = table.edges.iter().map(|edge| {
        json!({
            "target": edge.target,
            "sources": edge.contender,
            "affinity": edge.affinity,
            "win_vs_scratch": edge.gain,
            "win_vs_full": edge.quality,
        })
    });
    let warnings = published.defects.iter().map(|defect| {
        let mut value = json!(defect);
        value["text"] = json!(defect.to_string());
        value
    });
    let mut value = json!({
        "set": set.name(),
        "targets": table.targets(),
        "tasks": table.tasks(),
        "edges": table.edges.len(),
        "edges_by_order": orders,
        "test_images": published.images,
        "warnings": warnings.collect::<Vec<_>>(),
        "affinities": out,
    });
    if out.is_none() {
        value["rows"] = edges.collect();
    }
    value
}
