//! A folder of photos to a taxonomy in one command, with real trainings.

use std::fs;

use taskonomy_data::picture::RgbImage;

use crate::place::{Ended, taskonomy};

const PIPELINE: &str = r#"
name = "album"
[data]
path = "crops"
make = "photos"
photos = "album"
crops = 24
size = 32
shares = { networks = 2, transfers = 1, validation = 1, test = 1 }
[tasks]
both = ["denoising", "edges_texture"]
[networks]
epochs = 1
batch = 8
[transfers]
order = 1
epochs = 1
[policy]
budget = 1
"#;

/// Blocks of colours that differ from number to number.
fn photo(number: usize) -> RgbImage {
    let mut image = RgbImage::new(100, 80);
    for y in 0..80 {
        for x in 0..100 {
            let block = (number * 31 + x / 20 + 5 * (y / 20) + 1).wrapping_mul(0x9e37_79b9);
            let block = (block ^ (block >> 15)).wrapping_mul(0x85eb_ca6b);
            image.set(x, y, [16, 20, 24].map(|bits| (block >> bits) as u8));
        }
    }
    image
}

#[test]
fn photos_become_crops_networks_transfers_and_a_policy() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    fs::create_dir_all(file("album/below")).unwrap();
    fs::write(file("album.toml"), PIPELINE).unwrap();
    for number in 0..6 {
        let name = format!("album/{}{number}.png", if number % 2 == 0 { "below/" } else { "" });
        fs::write(file(&name), photo(number).to_png()).unwrap();
    }
    fs::write(file("album/broken.png"), "no image").unwrap();

    let mut run = taskonomy(folder.path());
    run.args(["run", "album.toml", "--jobs", "2", "--run", "run"]);
    let ended: Ended = run.output().unwrap().into();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stderr.contains("broken.png: the file is no JPEG"), "{ended:?}");
    assert!(ended.stdout.contains("bought"), "{ended:?}");
    let manifest = fs::read_to_string(file("crops/manifest.json")).unwrap();
    assert!(manifest.contains("\"below/0.png\"") && !manifest.contains("broken"), "{manifest}");
    for target in ["denoising", "edges_texture"] {
        let table = fs::read_to_string(file(&format!("run/stage2/losses/{target}.csv"))).unwrap();
        let rows: Vec<_> = table.lines().collect();
        for contender in ["denoising", "edges_texture", "self", "pixels#1"] {
            assert!(rows[0].split(',').any(|column| column == contender), "{}", rows[0]);
        }
        // A fifth of the 24 crops, named by their photos.
        assert_eq!(rows.len(), 1 + 5, "{table}");
        assert!(rows[1..].iter().all(|row| row.contains(".png#")), "{table}");
        assert!(file(&format!("run/stage1/{target}/examples.png")).is_file());
    }
    assert!(file("run/stage4/taxonomy.svg").is_file());
}
