//! The files of one sample.

use std::collections::BTreeMap;

use taskonomy_core::{Domain, Dtype, Values};
use taskonomy_data::Dataset;

use super::names::Place;
use crate::known::{Coding, KNOWN, POSE};
use crate::npy;
use crate::point_info::{MADE, PointInfo};

/// The logit of an object's class, where the others are 0: with a thousand classes its share is
/// above 0.99999.
const LOGIT: f32 = 20.0;

/// Whether a domain's values can be written in files of this coding.
pub(super) fn fits(coding: Coding, domain: &Domain) -> bool {
    let Domain { dtype, shape: [channels, height, width], classes, .. } = domain;
    let is_map = height * width > 1;
    match coding {
        Coding::Colour | Coding::Normal => (*dtype, *channels) == (Dtype::U8, 3) && is_map,
        Coding::Curvature => (*dtype, *channels) == (Dtype::U8, 2) && is_map,
        Coding::Grey => (*dtype, *channels) == (Dtype::U8, 1) && is_map,
        Coding::Depth | Coding::Response => (*dtype, *channels) == (Dtype::U16, 1) && is_map,
        Coding::Segments | Coding::Indices => *dtype != Dtype::F32 && *channels == 1 && is_map,
        Coding::Semantic => *dtype == Dtype::U8 && (1..=255).contains(&classes.len()) && is_map,
        Coding::Class => !classes.is_empty() && !is_map,
        Coding::Pose => *dtype == Dtype::F32,
    }
}

/// The bytes of each file of a sample, by the domain's place in [`KNOWN`]; absent domains have none.
pub(super) fn encode(
    dataset: &Dataset,
    place: &Place,
    written: &[(usize, &Domain)],
) -> BTreeMap<usize, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut pose = [None, None, None];
    for &(known, domain) in written {
        let Some(values) = dataset.raw(place.split, &domain.name, place.row) else { continue };
        match (KNOWN[known].coding, values.to_values()) {
            (Coding::Pose, Values::F32(numbers)) => {
                if let Some(at) = MADE.iter().position(|made| *made == domain.name) {
                    pose[at] = Some(numbers);
                }
            }
            (Coding::Class, values) => {
                let class = match values {
                    Values::U8(v) => v.first().map(|&class| usize::from(class)),
                    Values::U16(v) => v.first().map(|&class| usize::from(class)),
                    Values::F32(_) => None,
                };
                // An unknown class has no scores.
                if let Some(class) = class.filter(|&class| class < domain.classes.len()) {
                    let score = if domain.name == "class_object" { LOGIT } else { 1.0 };
                    let mut scores = vec![0.0; domain.classes.len()];
                    scores[class] = score;
                    files.insert(known, npy::write(&scores));
                }
            }
            (coding, Values::U8(values)) => {
                let values = match coding {
                    // 0 is unknown, classes begin with 1.
                    Coding::Semantic => values.iter().map(|label| label.wrapping_add(1)).collect(),
                    _ => values,
                };
                files.insert(known, png(domain, png::BitDepth::Eight, &values));
            }
            (_, Values::U16(values)) => {
                let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_be_bytes()).collect();
                files.insert(known, png(domain, png::BitDepth::Sixteen, &bytes));
            }
            (_, Values::F32(_)) => {}
        }
    }
    if pose.iter().any(Option::is_some) {
        files.insert(POSE, PointInfo::write(place.id, dataset.manifest().size, pose));
    }
    files
}

/// A PNG file of C×H×W values: grey with one channel, RGB with two (blue is then 0) or three.
fn png(domain: &Domain, depth: png::BitDepth, bytes: &[u8]) -> Vec<u8> {
    let [channels, height, width] = domain.shape;
    let interleaved: Vec<u8> = if channels == 1 {
        bytes.to_vec()
    } else {
        let plane = height * width;
        let value =
            |pixel: usize, c: usize| if c < channels { bytes[c * plane + pixel] } else { 0 };
        (0..plane)
            .flat_map(|pixel| (0..3).map(move |c| (pixel, c)))
            .map(|(p, c)| value(p, c))
            .collect()
    };
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width as u32, height as u32);
    let colour = if channels == 1 { png::ColorType::Grayscale } else { png::ColorType::Rgb };
    encoder.set_color(colour);
    encoder.set_depth(depth);
    encoder
        .write_header()
        .and_then(|mut writer| writer.write_image_data(&interleaved))
        .expect("memory takes it, and the sides are right");
    file
}
