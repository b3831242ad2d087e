//! `init`: a commented pipeline to start from.

use std::path::PathBuf;

use serde_json::json;
use taskonomy_core::{Dictionary, Pipeline};
use taskonomy_run::write_atomic;

use crate::args::Init;
use crate::failure::{Exit, Explain, Fail, Failure};
use crate::output::Output;

const TEMPLATE: &str = include_str!("../pipeline.toml");

/// Writes the template under the chosen name; never over another file.
pub fn init(args: &Init, output: Output) -> Result<(), Failure> {
    let text = TEMPLATE.replace("{name}", &args.name);
    Pipeline::parse(&text, &[], &Dictionary::builtin()).input()?;
    let file =
        args.file.clone().unwrap_or_else(|| PathBuf::from(format!("pipelines/{}.toml", args.name)));
    if file.exists() {
        let message = format!("{} is there already", file.display());
        return Err(Failure::new(Exit::Input, message)
            .hint("name another file, or another pipeline with --name"));
    }
    write_atomic(&file, text.as_bytes()).environment().at(file.display())?;
    output.result(
        || format!("{0}: look it over, then: taskonomy run {0}", file.display()),
        || json!({ "pipeline": file }),
    )
}
