//! What a pipeline says otherwise of images that are there already.

use std::collections::BTreeSet;
use std::path::Path;

use taskonomy_core::{DataConfig, Maker, Pipeline, Split};
use taskonomy_data::Manifest;

use crate::progress::counted;

/// Rounding and splits that would have none move this many crops of a split at most.
const MOVED: usize = 3;

/// How a dataset differs from what the pipeline would make, as far as its manifest tells: ends of
/// sentences that begin with its path. None where the pipeline makes no images.
pub(super) fn differences(pipeline: &Pipeline, manifest: &Manifest) -> Vec<String> {
    let config = &pipeline.data;
    let Some(maker) = config.make else { return Vec::new() };
    // Furnished rooms are rooms, too.
    if !manifest.generator.starts_with(&maker.to_string()) {
        let made = &manifest.generator;
        return vec![format!("was made by `{made}`, the pipeline says make = \"{maker}\"")];
    }
    let mut differences = Vec::new();
    let mut settings = match maker {
        Maker::Rooms => rooms(config, manifest),
        Maker::Photos => {
            let crops: usize = Split::ALL.map(|split| manifest.samples(split).len()).iter().sum();
            differences.extend(divided(config, manifest, crops));
            differences.extend(others(config, manifest));
            vec![("crops".to_owned(), crops as u64, config.crops.map(|crops| crops as u64))]
        }
    };
    settings.push(("seed".to_owned(), manifest.seed, Some(pipeline.seed)));
    settings.retain(|(_, made, said)| said.is_some_and(|said| said != *made));
    if !settings.is_empty() {
        let made: Vec<_> =
            settings.iter().map(|(key, made, _)| format!("{key} = {made}")).collect();
        let said: Vec<_> =
            settings.iter().filter_map(|(.., said)| *said).map(|said| said.to_string()).collect();
        let (made, said) = (made.join(" and "), said.join(" and "));
        differences.insert(0, format!("was made with {made}, the pipeline says {said}"));
    }
    differences
}

/// Settings of rooms: what they were made with, and what the pipeline says.
fn rooms(config: &DataConfig, manifest: &Manifest) -> Vec<(String, u64, Option<u64>)> {
    let (mut settings, mut views) = (Vec::new(), 0);
    for split in Split::ALL {
        let samples = manifest.samples(split);
        let scenes = samples.iter().map(|sample| &sample.scene).collect::<BTreeSet<_>>().len();
        views = samples.len().checked_div(scenes).unwrap_or(views);
        let said = config.scenes.map(|scenes| scenes.of(split) as u64);
        settings.push((format!("scenes.{split}"), scenes as u64, said));
    }
    settings.push(("views".to_owned(), views as u64, config.views.map(|views| views as u64)));
    settings
}

/// As many crops, but in other proportions.
fn divided(config: &DataConfig, manifest: &Manifest, crops: usize) -> Option<String> {
    let is_other =
        |split: &Split| manifest.samples(*split).len().abs_diff(config.samples(*split)) > MOVED;
    let split = Split::ALL.into_iter().find(is_other).filter(|_| config.crops == Some(crops))?;
    let (made, said) = (manifest.samples(split).len(), config.samples(split));
    Some(format!("has {made} crops for {split}, by `shares` of the pipeline it would be {said}"))
}

/// Photos of another folder; one that is gone may be that of the images.
fn others(config: &DataConfig, manifest: &Manifest) -> Option<String> {
    let folder = Path::new(config.photos.as_ref()?);
    if !folder.is_dir() {
        return None;
    }
    let scenes = Split::ALL.into_iter().flat_map(|split| manifest.samples(split));
    let scenes: BTreeSet<&str> = scenes.map(|sample| sample.scene.as_str()).collect();
    let others = scenes.into_iter().filter(|photo| !folder.join(photo).exists()).count();
    let photos = counted(others, "photo");
    (others > 0).then(|| format!("shows {photos} that data.photos = {} lacks", folder.display()))
}

#[cfg(test)]
mod tests {
    use taskonomy_core::Dictionary;
    use taskonomy_data::Sample;

    use super::*;

    fn pipeline(data: &str) -> Pipeline {
        let text = format!(
            "name = 'x'\nseed = 1\n[data]\npath = 'd'\n{data}\n[tasks]\n\
             both = ['denoising', 'autoencoding']\n"
        );
        Pipeline::parse(&text, &[], &Dictionary::builtin()).unwrap()
    }

    /// So many samples of each split, `views` of each scene.
    fn manifest(generator: &str, samples: [usize; 4], views: usize) -> Manifest {
        let of_split = |(split, count): (Split, usize)| {
            let sample = |i: usize| Sample {
                id: format!("{split}{i}"),
                scene: format!("{split}{}.jpg", i / views),
            };
            (split, (0..count).map(sample).collect())
        };
        Manifest {
            schema: 1,
            generator: generator.to_owned(),
            seed: 1,
            size: 64,
            domains: Vec::new(),
            splits: Split::ALL.into_iter().zip(samples).map(of_split).collect(),
            tuples: std::collections::BTreeMap::default(),
            files: std::collections::BTreeMap::default(),
        }
    }

    #[test]
    fn scenes_views_and_seeds_of_rooms_are_compared() {
        let scenes = "scenes = { networks = 3, transfers = 1, validation = 1, test = 1 }";
        let rooms = pipeline(&format!("make = 'rooms'\nviews = 5\n{scenes}"));
        let mut made = manifest("rooms 4 with furniture 1", [15, 5, 5, 5], 5);
        assert_eq!(differences(&rooms, &made), [""; 0]);
        made.seed = 9;
        assert_eq!(differences(&rooms, &made), ["was made with seed = 9, the pipeline says 1"]);
        assert_eq!(
            differences(&rooms, &manifest("rooms 4", [8, 4, 4, 4], 4)),
            ["was made with scenes.networks = 2 and views = 4, the pipeline says 3 and 5"]
        );
        assert_eq!(
            differences(&rooms, &manifest("models 1", [15, 5, 5, 5], 5)),
            ["was made by `models 1`, the pipeline says make = \"rooms\""]
        );
        assert_eq!(differences(&pipeline(""), &made), [""; 0], "images from elsewhere");
    }

    #[test]
    fn crops_shares_and_folders_of_photos_are_compared() {
        let folder = tempfile::tempdir().unwrap();
        let album = |of: &str, crops: usize| {
            let photos = folder.path().join(of).display().to_string();
            pipeline(&format!("make = 'photos'\nphotos = '{photos}'\ncrops = {crops}"))
        };
        let made = manifest("photos 1", [10, 4, 2, 4], 10);
        assert_eq!(differences(&album("gone", 20), &made), [""; 0]);
        assert_eq!(
            differences(&album("gone", 30), &made),
            ["was made with crops = 20, the pipeline says 30"]
        );
        assert_eq!(
            differences(&album("gone", 20), &manifest("photos 1", [4, 4, 6, 6], 10)),
            ["has 4 crops for networks, by `shares` of the pipeline it would be 10"]
        );
        for split in Split::ALL {
            std::fs::write(folder.path().join(format!("{split}0.jpg")), "").unwrap();
        }
        assert_eq!(differences(&album("", 20), &made), [""; 0]);
        std::fs::remove_file(folder.path().join("test0.jpg")).unwrap();
        let found = differences(&album("", 20), &made).concat();
        assert!(found.starts_with("shows 1 photo that data.photos = "), "{found}");
    }
}
