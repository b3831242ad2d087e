//! A small run: three tasks that are both source and target, a source-only one, a target-only
//! one, and `random`.

use taskonomy_core::{Dictionary, Pipeline};
use taskonomy_plan::Inputs;
use taskonomy_run::Formats;

const PIPELINE: &str = r#"
name = "toy"
[data]
path = "data/toy"
scenes = { networks = 4, transfers = 2, validation = 1, test = 1 }
views = 5
[tasks]
both = ["normals", "depth_zbuffer", "edges_texture"]
source_only = ["colorization", "random"]
target_only = ["reshading"]
[transfers]
order = 2
beam = 2
"#;

/// The run with some settings changed.
pub fn inputs(settings: &[&str]) -> Inputs {
    let dictionary = Dictionary::builtin();
    let settings: Vec<_> = settings.iter().map(|&s| s.to_owned()).collect();
    let pipeline = Pipeline::parse(PIPELINE, &settings, &dictionary).expect("it is tested");
    let roster = pipeline.roster(&dictionary);
    let targets = roster.iter().filter_map(|task| task.target.as_ref());
    let read = targets.flat_map(|target| std::iter::once(&target.domain).chain(&target.mask));
    let names = read.map(String::as_str).chain(["rgb"]);
    let domains = names.map(|name| (name.to_owned(), format!("checksum of {name}"))).collect();
    Inputs { roster, pipeline, domains, weights: None, formats: Formats::default() }
}
