//! `report`: the page of a run, made again from its files, and its tables.

use crate::args::OneRun;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::session::run_failure;
use crate::{pages, runs};

/// Writes `report/index.html` and prints the tables.
pub fn report(args: &OneRun, output: Output) -> Result<(), Failure> {
    let run = runs::find(args.run.as_ref(), output)?;
    let record = run.record().map_err(run_failure)?.ok_or_else(|| {
        Failure::new(Exit::Input, format!("{}: there is no run.json", run.root().display()))
    })?;
    pages::again(&run, &record, output)
}
