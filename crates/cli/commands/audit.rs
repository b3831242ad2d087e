//! `audit`: what a run found, beside everything that it should be measured by.

mod found;
mod published;
mod told;

use taskonomy_run::write_atomic;

use crate::args::Audit;
use crate::failure::{Explain, Fail, Failure};
use crate::output::{Output, is_coloured};
use crate::runs;
use found::Found;

/// Looks at a run, prints what it found and keeps it where that is asked for.
pub fn audit(args: &Audit, output: Output) -> Result<(), Failure> {
    let run = runs::find(args.run.as_ref(), output)?;
    let mut found = Found::of(&run, output)?;
    if let Some(place) = &args.published {
        found.agreement =
            Some(published::agreement_with(place, args.set, &found.affinities, output)?);
    }
    if let Some(out) = &args.out {
        for (name, text) in told::files(&found) {
            let file = out.join(name);
            write_atomic(&file, text.as_bytes()).environment().at(file.display())?;
            output.note(file.display());
        }
    }
    output.result(|| told::text(&found, is_coloured(&std::io::stdout())), || told::json(&found))
}
