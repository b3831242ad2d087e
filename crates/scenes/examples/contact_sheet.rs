//! Writes a sheet of rooms with their cues, and prints statistics of the labels.
//!
//! ```text
//! cargo run --release --example contact_sheet -p taskonomy-scenes -- SHEET.png [ROOMS] [FIRST]
//! ```
#![allow(clippy::print_stdout, reason = "an example that reports to the terminal")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::BufWriter;

use taskonomy_core::Values;
use taskonomy_scenes::{Class, Scene, SceneError, annotate, domains, render};

const SIDE: usize = 192;
const MAPS: [&str; 11] = [
    "rgb",
    "depth_zbuffer",
    "normal",
    "reshading",
    "edge_texture",
    "edge_occlusion",
    "keypoints2d",
    "keypoints3d",
    "segment_unsup2d",
    "segment_unsup25d",
    "segment_semantic",
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("which file shall the sheet be written to?")?;
    let rooms: usize = arguments.next().map_or(Ok(6), |n| n.parse())?;
    let first: u64 = arguments.next().map_or(Ok(0), |n| n.parse())?;

    let width = SIDE * MAPS.len();
    let mut sheet = vec![0_u8; width * SIDE * rooms * 3];
    for row in 0..rooms {
        let room = Scene::room(1, first + row as u64);
        let labels = annotate(&render(&room, &room.cameras(1)[0], SIDE)?, &|_| true);
        for (column, name) in MAPS.iter().enumerate() {
            for (pixel, colour) in picture(name, &labels[*name]).into_iter().enumerate() {
                let (x, y) = (column * SIDE + pixel % SIDE, row * SIDE + pixel / SIDE);
                sheet[3 * (y * width + x)..][..3].copy_from_slice(&colour);
            }
        }
    }
    let file = BufWriter::new(File::create(path)?);
    let mut encoder = png::Encoder::new(file, width as u32, (SIDE * rooms) as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header()?.write_image_data(&sheet)?;
    Ok(statistics()?)
}

/// A map as colours that one can look at.
fn picture(name: &str, values: &Values) -> Vec<[u8; 3]> {
    let grey = |v: f32| [(255.0 * v.clamp(0.0, 1.0)) as u8; 3];
    match values {
        Values::U8(v) if v.len() == 3 * SIDE * SIDE => {
            (0..SIDE * SIDE).map(|i| [0, 1, 2].map(|c| v[c * SIDE * SIDE + i])).collect()
        }
        Values::U8(v) if name.starts_with("segment") => v
            .iter()
            .map(|&class| [67_u8, 151, 211].map(|step| class.wrapping_mul(step).wrapping_add(40)))
            .collect(),
        Values::U8(v) => v.iter().map(|&v| [v; 3]).collect(),
        Values::U16(v) => {
            let scale = match name {
                "depth_zbuffer" => 8.0 * 512.0,
                "edge_texture" => 0.12 * 65535.0,
                "edge_occlusion" => 0.02 * 65535.0,
                "keypoints3d" => 0.6 * 65535.0,
                _ => 0.004 * 65535.0,
            };
            v.iter().map(|&v| grey(f32::from(v) / scale)).collect()
        }
        Values::F32(v) => v.iter().map(|&v| grey(v)).collect(),
    }
}

/// Means, deviations and shares over 64×64 views of many rooms.
fn statistics() -> Result<(), SceneError> {
    let mut all: BTreeMap<String, Vec<f32>> = BTreeMap::new();
    for index in 0..60 {
        let room = Scene::room(1, index);
        for camera in room.cameras(5) {
            for (name, values) in annotate(&render(&room, &camera, 64)?, &|_| true) {
                let column = all.entry(name).or_default();
                match values {
                    Values::U8(v) => column.extend(v.into_iter().map(f32::from)),
                    Values::U16(v) => column.extend(v.into_iter().map(f32::from)),
                    Values::F32(v) => column.extend(v),
                }
            }
        }
    }
    for domain in domains(64) {
        let mut column = all.remove(&domain.name).unwrap_or_default();
        let (count, before) = (column.len() as f32, column.len());
        column.retain(|&v| Some(v) != domain.invalid.map(|v| v as f32));
        let invalid = (before - column.len()) as f32 / count;
        let mean = column.iter().sum::<f32>() / column.len() as f32;
        let square = column.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / column.len() as f32;
        column.sort_unstable_by(f32::total_cmp);
        let at = |share: f32| column[(share * (column.len() - 1) as f32) as usize];
        println!(
            "{:18} mean {mean:9.2}  deviation {:9.2}  5% {:8.1}  50% {:8.1}  95% {:8.1}  99% {:8.1}  invalid {invalid:.4}",
            domain.name,
            square.sqrt(),
            at(0.05),
            at(0.5),
            at(0.95),
            at(0.99),
        );
        if domain.name == "segment_semantic" {
            for class in Class::ALL {
                let n = column.iter().filter(|&&v| v == f32::from(class as u8)).count();
                println!("    {:10} {:.4}", class.name(), n as f32 / column.len() as f32);
            }
        }
    }
    Ok(())
}
