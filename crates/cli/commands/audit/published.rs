//! Agreement with published affinities.

use std::path::Path;

use taskonomy_affinity::{Agreement, agreement};
use taskonomy_core::{AffinityTable, Contender, Dictionary, Sources, TaskId};

use crate::args::OfficialSet;
use crate::commands::{import_official, solve};
use crate::failure::{Exit, Explain, Fail, Failure};
use crate::output::Output;

/// Compares the run's first-order affinities with those of a table, or of a folder of the authors'
/// files.
pub fn agreement_with(
    place: &Path,
    set: Option<OfficialSet>,
    ours: &AffinityTable,
    output: Output,
) -> Result<Vec<Agreement>, Failure> {
    let published = if place.is_dir() {
        import_official::table(place, set, output)?
    } else if set.is_some() {
        let message = format!("--set: {} is a table, not a folder of sets", place.display());
        return Err(Failure::new(Exit::Usage, message));
    } else {
        let bytes = std::fs::File::open(place).input().at(place.display())?;
        with_our_ids(solve::read(bytes, place.display(), output)?)
    };
    let found = agreement(ours, &published);
    if found.is_empty() {
        let message = format!("{}: no target of it is one of the run's", place.display());
        let hint = "its ids must be ours or the authors': `taskonomy import-official` writes ours";
        return Err(Failure::new(Exit::Input, message).hint(hint));
    }
    Ok(found)
}

/// The authors' ids become ours; tasks that the dictionary does not know stay what they are.
fn with_our_ids(mut table: AffinityTable) -> AffinityTable {
    let tasks = Dictionary::builtin();
    let ours = |id: &TaskId| tasks.find(id.as_str()).map_or(id.clone(), |task| task.id.clone());
    for edge in &mut table.edges {
        edge.target = ours(&edge.target);
        if let Contender::Transfer(sources) = &edge.contender
            && let Some(sources) = Sources::new(sources.iter().map(ours))
        {
            edge.contender = Contender::Transfer(sources);
        }
    }
    table
}
