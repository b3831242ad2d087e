//! `data rooms --model`: models of buildings as a dataset.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde_json::json;
use taskonomy_core::{Split, SplitCounts};
use taskonomy_scenes::{Building, Faults, Folder, Image, Model, ModelError, Reading, Up};

use super::rooms::room_domains;
use super::scenes::{Place, Scenes, check_size, make_scenes};
use super::summary;
use crate::args::{Rooms, UpArg};
use crate::failure::{Exit, Failure};
use crate::output::Output;

/// Labels that only rooms of a known purpose and shape have.
const NOT_OF_MODELS: [&str; 2] = ["room_layout", "class_scene"];

/// Makes a dataset of the models that are named.
pub(super) fn models(args: &Rooms, output: Output) -> Result<(), Failure> {
    check_size(args.size)?;
    let read = |(number, file): (u64, &String)| read(file, args.seed.wrapping_add(number), args);
    let numbered: Vec<_> = (0..).zip(&args.model).collect();
    let read: Vec<_> = numbered.into_par_iter().map(read).collect();
    let mut buildings = Vec::new();
    for (file, read) in args.model.iter().zip(read) {
        let (model, building) = read.map_err(model_failure)?;
        tell(file, &model, &building, output);
        buildings.push(building);
    }
    let splits = divide(&mut buildings, &args.scenes, output)?;
    let names = names(&args.model);
    let mut places = Vec::new();
    let mut of_index = Vec::new();
    for split in Split::ALL {
        for (building, parts) in splits.iter().enumerate() {
            for part in (0..parts.len()).filter(|&part| parts[part] == split) {
                let (index, name) =
                    (of_index.len() as u64, format!("{}_part{part:02}", names[building]));
                places.push(Place { split, index, name });
                of_index.push((building, part));
            }
        }
    }
    let scene = |index: u64| {
        let (building, part) = of_index[index as usize];
        buildings[building].scene(part, index)
    };
    let domains = room_domains(args.size);
    let domains = domains.into_iter().filter(|d| !NOT_OF_MODELS.contains(&d.name.as_str()));
    output.note(format_args!(
        "without {}: a building is no box, and nobody says what its rooms are for",
        NOT_OF_MODELS.join(" and ")
    ));
    let scenes = Scenes {
        generator: "models 1",
        seed: args.seed,
        size: args.size,
        views: usize::from(args.views),
        domains: domains.collect(),
        places,
        scene: &scene,
    };
    let manifest = make_scenes(&args.dir, &scenes, output)?;
    output.result(|| summary(&manifest, &args.dir), || json!(manifest))
}

fn read(file: &str, seed: u64, args: &Rooms) -> Result<(Model, Building), ModelError> {
    let how = Reading {
        up: if args.up == UpArg::Z { Up::Z } else { Up::Y },
        turn: Reading::UPRIGHT,
        scale: args.scale,
        glass: false,
        whole: false,
        decode: &texture,
    };
    let model = Model::read(&Folder(PathBuf::new()), file, &how)?;
    let building = Building::new(&model, seed)?;
    Ok((model, building))
}

/// Says what was found in a model and what was left out.
fn tell(file: &str, model: &Model, building: &Building, output: Output) {
    let bounds = model.bounds();
    let [x, y, z] = (bounds.max - bounds.min).to_array();
    output.note(format_args!(
        "{file}: {} objects, {} triangles, {x:.1} × {y:.1} × {z:.1} m; floor to stand on: {:.0} m² in {} parts",
        model.objects.len(),
        model.triangles(),
        building.area(),
        building.parts(),
    ));
    if !building.is_roofed() {
        output.warn(format_args!("{file}: no ceiling was found; cameras stand below the sky"));
    }
    let (unknown, share) = model.unknown();
    if let Some(first) = unknown.first() {
        output.warn(format_args!(
            "{file}: no name of an object or material tells what {:.1} % of its surfaces are, which get no class: in {} of {} objects, the first: {:?}",
            100.0 * share,
            unknown.len(),
            model.objects.len(),
            first.name,
        ));
    }
    tell_faults(file, &model.faults, output);
}

/// Names what was left out of a file or folder.
pub(super) fn tell_faults(file: &str, faults: &Faults, output: Output) {
    if !faults.is_empty() {
        output.warn(format_args!("{file}: left out or replaced:{faults}"));
    }
}

/// The split of every part of every building: of whole buildings if there are enough, else of parts,
/// the largest ones halved if even they are too few.
fn divide(
    buildings: &mut [Building],
    shares: &SplitCounts,
    output: Output,
) -> Result<Vec<Vec<Split>>, Failure> {
    let needed = Split::ALL.into_iter().filter(|&split| shares.of(split) > 0).count();
    if buildings.len() >= needed {
        let splits = spread(buildings.len(), shares);
        let whole = |(building, split): (&Building, Split)| vec![split; building.parts()];
        return Ok(buildings.iter().zip(splits).map(whole).collect());
    }
    let found: usize = buildings.iter().map(Building::parts).sum();
    if found < needed {
        for building in buildings.iter_mut() {
            building.divide(building.parts() + needed - found);
        }
    }
    let parts: usize = buildings.iter().map(Building::parts).sum();
    if parts < needed {
        let message = format!(
            "{parts} parts of floor are too few for {needed} splits, and too small to be divided"
        );
        let hint = "give more models, or 0 for some of --scenes";
        return Err(Failure::new(Exit::Input, message).hint(hint));
    }
    let halved = if parts > found { ", of which the largest were halved" } else { "" };
    output.note(format_args!(
        "{} for {needed} splits: {parts} parts of the floor are divided among them{halved}; neighbouring parts may see each other",
        if buildings.len() == 1 { "one building".to_owned() } else { format!("{} buildings", buildings.len()) },
    ));
    let mut splits = spread(parts, shares).into_iter();
    Ok(buildings.iter().map(|building| splits.by_ref().take(building.parts()).collect()).collect())
}

/// The splits of `count` things in these proportions, evenly mixed, at least one of each split that
/// has a share.
fn spread(count: usize, shares: &SplitCounts) -> Vec<Split> {
    let whole: usize = Split::ALL.iter().map(|&split| shares.of(split)).sum();
    let mut given = [0_usize; 4];
    let mut splits = Vec::with_capacity(count);
    for i in 0..count {
        let left = count - i;
        let missing = |s: usize| given[s] == 0 && shares.of(Split::ALL[s]) > 0;
        let urgent = (0..4).filter(|&s| missing(s)).count() >= left;
        // What is farthest behind its share, in whole numbers.
        let behind =
            |s: usize| (shares.of(Split::ALL[s]) * (i + 1)) as i128 - (given[s] * whole) as i128;
        let open = (0..4).filter(|&s| shares.of(Split::ALL[s]) > 0 && (!urgent || missing(s)));
        let next = open.min_by_key(|&s| std::cmp::Reverse(behind(s))).unwrap_or(0);
        given[next] += 1;
        splits.push(Split::ALL[next]);
    }
    splits
}

/// Names for models: those of their files, with numbers where they are not different.
fn names(files: &[String]) -> Vec<String> {
    let stem = |file: &String| {
        let stem = Path::new(file).file_stem().unwrap_or_default().to_string_lossy();
        let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
        stem.chars().map(plain).collect::<String>()
    };
    let stems: Vec<_> = files.iter().map(stem).collect();
    let twice = |stem: &String| stems.iter().filter(|other| *other == stem).count() > 1;
    let numbered = |(number, stem): (usize, &String)| {
        if twice(stem) { format!("{stem}_{number}") } else { stem.clone() }
    };
    stems.iter().enumerate().map(numbered).collect()
}

/// A picture of a texture's file.
pub(super) fn texture(bytes: &[u8]) -> Result<Image, String> {
    let pixels = taskonomy_data::photos::decode(bytes)?;
    let image = Image::new(pixels.width, pixels.height, pixels.channels, &pixels.bytes);
    image.ok_or_else(|| "a picture without pixels".to_owned())
}

/// A failure of a model, with what to do about it.
pub(super) fn model_failure(error: ModelError) -> Failure {
    let hint = match &error {
        ModelError::NoFloor { .. } => {
            "if that is not its size, say --scale METRES per unit (0.01 for centimetres); if it lies on its side, --up z"
        }
        ModelError::Read { .. } => "name a file or folder that can be read",
        ModelError::NoCatalogue { .. } => {
            "Debian's package sweethome3d-furniture puts one into /usr/share/sweethome3d/furniture"
        }
        _ => "open it in a program for models and export it again as .glb or .obj",
    };
    Failure::new(Exit::Input, error).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_spread_by_their_shares_and_every_split_gets_one() {
        let shares = SplitCounts { networks: 240, transfers: 60, validation: 24, test: 100 };
        for count in 4..60 {
            let splits = spread(count, &shares);
            let of = |split| splits.iter().filter(|&&s| s == split).count();
            assert!(Split::ALL.iter().all(|&split| of(split) > 0), "{count}: {splits:?}");
            assert!(of(Split::Networks) >= of(Split::Test) && splits.len() == count);
        }
        let some = SplitCounts { networks: 1, transfers: 0, validation: 0, test: 1 };
        let [a, b] = [Split::Networks, Split::Test];
        assert_eq!(spread(4, &some), [a, b, a, b]);
    }

    #[test]
    fn names_are_plain_and_different() {
        let files = ["a/my house.obj", "b/my house.glb", "c/x-1.obj"].map(str::to_owned);
        assert_eq!(names(&files), ["my_house_0", "my_house_1", "x-1"]);
    }
}
