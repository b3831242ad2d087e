//! `init`: a commented pipeline to start from.

use std::path::{Path, PathBuf};

use serde_json::json;
use taskonomy_core::{Dictionary, Pipeline};
use taskonomy_run::write_atomic;

use crate::args::Init;
use crate::commands::data::{FOLDER_HINT, photo_folder_name};
use crate::failure::{Exit, Explain, Fail, Failure};
use crate::output::Output;

const ROOMS: &str = include_str!("../pipeline.toml");
const PHOTOS: &str = include_str!("../photos.toml");

/// Writes a template under the chosen name; never over another file.
pub fn init(args: &Init, output: Output) -> Result<(), Failure> {
    let folder = args.photos.as_deref();
    let name = match (&args.name, folder) {
        (Some(name), _) => name.clone(),
        (None, Some(folder)) => name_of(folder)?,
        (None, None) => "first".to_owned(),
    };
    let text = match folder {
        None => ROOMS.replace("{name}", &name),
        Some(folder) => {
            if !folder.is_dir() {
                let message = format!("{}: there is no such folder", folder.display());
                return Err(Failure::new(Exit::Input, message).hint(FOLDER_HINT));
            }
            let folder = folder.to_str().ok_or_else(|| {
                let message = format!("{}: the path is no UTF-8 text", folder.display());
                Failure::new(Exit::Input, message).hint("rename the folder")
            })?;
            // Names last: a folder may be called `{name}`.
            let folder = toml::Value::from(folder).to_string();
            let text = PHOTOS.replace("{crops}", &args.crops.to_string());
            text.replace("{name}", &name).replace("{photos}", &folder)
        }
    };
    Pipeline::parse(&text, &[], &Dictionary::builtin()).input()?;
    let file = args.file.clone().unwrap_or_else(|| PathBuf::from(format!("pipelines/{name}.toml")));
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

/// A name for the run: that of the folder, with `-` for what may not be in the name of a run.
fn name_of(folder: &Path) -> Result<String, Failure> {
    let name = photo_folder_name(folder)?.to_string_lossy().into_owned();
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let name: String = name.chars().map(|c| if fits(c) { c } else { '-' }).collect();
    let name = name.trim_start_matches(['.', '-']);
    Ok(if name.is_empty() { "photos".to_owned() } else { name.to_owned() })
}
