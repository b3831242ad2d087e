//! `export`: a taxonomy in another format.

use serde_json::json;
use taskonomy_core::Taxonomy;
use taskonomy_run::write_atomic;

use crate::args::Export;
use crate::failure::{Explain, Fail, Failure};
use crate::output::Output;
use crate::{runs, taxonomies};

/// Reads a taxonomy.json, the run's or another, and writes it in the chosen format.
pub fn export(args: &Export, output: Output) -> Result<(), Failure> {
    let file = match &args.taxonomy {
        Some(file) => file.clone(),
        None => runs::find(args.run.as_ref(), output)?.path("stage4/taxonomy.json"),
    };
    let bytes = std::fs::read(&file).input().at(file.display());
    let bytes = bytes.hint("`taskonomy run` and `taskonomy solve --format json` make one")?;
    let taxonomy = Taxonomy::read(&bytes[..]).input().at(file.display())?;
    match &args.output {
        None => taxonomies::print(&taxonomy, args.format, output),
        Some(to) => {
            let bytes = taxonomies::encode(&taxonomy, args.format)?;
            write_atomic(to, &bytes).environment().at(to.display())?;
            if output.is_json() {
                return output.result(String::new, || json!({ "taxonomy": to }));
            }
            Ok(())
        }
    }
}
