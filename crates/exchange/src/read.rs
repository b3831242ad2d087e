//! One view: its files as samples of the domains.

use std::collections::BTreeMap;

use taskonomy_core::{Domain, Dtype, Values};

use crate::fault::{Defect, Fault};
use crate::folder::{Building, View};
use crate::known::{Coding, KNOWN, POSE, RGB};
use crate::npy::Scores;
use crate::plan::Plan;
use crate::point_info::{MADE, PointInfo};
use crate::raster::{Raster, Samples};
use crate::resample::{Source, Square};
use crate::tree::Tree;

/// What a view's files come to.
#[derive(Debug, Default)]
pub(crate) struct Read {
    /// Width and height of the image, if there is one.
    pub(crate) sides: Option<[usize; 2]>,
    /// A sample of each domain that has one; nothing where there is no image.
    pub(crate) values: BTreeMap<String, Values>,
    /// What was left out.
    pub(crate) faults: Vec<Fault>,
}

/// Reads all files of a view. Without its image the view is nothing; another file that fails is left
/// out.
pub(crate) fn read(tree: &dyn Tree, building: &Building, view: View, plan: &Plan) -> Read {
    let mut read = Read::default();
    let bytes = |known: usize| {
        let file = building.path(known, view.id);
        tree.read(&file).map_err(|e| Fault::new(Defect::Unreadable, e.to_string()).at(file))
    };
    let image = bytes(RGB).and_then(|bytes| {
        Raster::decode(&bytes, Coding::Colour).map_err(|f| f.at(building.path(RGB, view.id)))
    });
    let image = match image {
        Ok(image) => image,
        Err(fault) => {
            read.faults.push(fault);
            return read;
        }
    };
    let sides = [image.width, image.height];
    read.sides = Some(sides);
    for (place, known) in KNOWN.iter().enumerate().filter(|(place, _)| view.has(*place)) {
        let Some(domain) = plan.find(known.name) else { continue };
        let values = match known.coding {
            _ if place == RGB => resample(&image, known.coding, domain, plan.size),
            coding => bytes(place).and_then(|bytes| {
                let values = if coding == Coding::Class {
                    class(&bytes, domain)
                } else {
                    map(&bytes, sides, coding, domain, plan.size)
                };
                values.map_err(|fault| fault.at(building.path(place, view.id)))
            }),
        };
        match values {
            Ok(values) => _ = read.values.insert(known.name.to_owned(), values),
            Err(fault) => read.faults.push(fault),
        }
    }
    if view.has(POSE) {
        let at = |fault: Fault| fault.at(building.path(POSE, view.id));
        match bytes(POSE).and_then(|bytes| PointInfo::read(&bytes).map_err(at)) {
            Ok(info) => {
                let share = sides[0].min(sides[1]) as f64 / sides[0] as f64;
                let made = MADE.iter().filter(|name| plan.find(name).is_some());
                for name in made {
                    match info.numbers(name, share) {
                        Ok(numbers) => {
                            read.values.insert((*name).to_owned(), Values::F32(numbers));
                        }
                        Err(fault) => read.faults.push(at(fault)),
                    }
                }
            }
            Err(fault) => read.faults.push(fault),
        }
    }
    read
}

/// A map of another domain than the image, which has these sides.
fn map(
    bytes: &[u8],
    sides: [usize; 2],
    coding: Coding,
    domain: &Domain,
    size: usize,
) -> Result<Values, Fault> {
    let raster = Raster::decode(bytes, coding)?;
    if [raster.width, raster.height] != sides {
        let why = format!(
            "{}x{} pixels: the image of the view has {}x{}",
            raster.width, raster.height, sides[0], sides[1]
        );
        return Err(Fault::new(Defect::Size, why));
    }
    resample(&raster, coding, domain, size)
}

fn resample(
    raster: &Raster,
    coding: Coding,
    domain: &Domain,
    size: usize,
) -> Result<Values, Fault> {
    let square = Square::centred(raster.width, raster.height);
    let (width, channels) = (raster.width, raster.channels);
    match &raster.samples {
        Samples::U8(samples) => {
            let source = Source { samples, width, channels, square };
            eight_bits(&source, coding, domain, size)
        }
        Samples::U16(samples) => {
            if domain.dtype != Dtype::U16 {
                let why = "16-bit grey: the first files of the domain have 8 bits";
                return Err(Fault::new(Defect::Format, why));
            }
            let source = Source { samples, width, channels, square };
            Ok(Values::U16(match coding {
                Coding::Response => source.mean(size, 1).into_iter().map(|v| v as u16).collect(),
                _ => source.pick(size, 1),
            }))
        }
    }
}

fn eight_bits(
    source: &Source<'_, u8>,
    coding: Coding,
    domain: &Domain,
    size: usize,
) -> Result<Values, Fault> {
    let values = match coding {
        Coding::Colour => {
            let colours = if source.channels < 3 { 1 } else { 3 };
            let mean: Vec<u8> = source.mean(size, colours).into_iter().map(|v| v as u8).collect();
            if colours == 1 { mean.repeat(3) } else { mean }
        }
        Coding::Grey if source.channels >= 3 => {
            let colours = source.pick(size, 3);
            let (red, rest) = colours.split_at(size * size);
            let (green, blue) = rest.split_at(size * size);
            let sum =
                |((r, g), b): ((&u8, &u8), &u8)| u16::from(*r) + u16::from(*g) + u16::from(*b);
            red.iter().zip(green).zip(blue).map(|rgb| ((sum(rgb) + 1) / 3) as u8).collect()
        }
        Coding::Semantic => {
            let labels = source.pick(size, 1);
            let classes = domain.classes.len();
            if let Some(&found) = source.samples.iter().find(|&&v| usize::from(v) > classes) {
                let why =
                    format!("the value {found}: 0 is unknown, the classes are 1 to {classes}");
                return Err(Fault::new(Defect::Class, why));
            }
            // From 0 on, as classes are counted; 0, unknown, becomes 255.
            labels.into_iter().map(|label| label.wrapping_sub(1)).collect()
        }
        _ => source.pick(size, domain.shape[0]),
    };
    if domain.dtype == Dtype::U16 {
        return Ok(Values::U16(values.into_iter().map(u16::from).collect()));
    }
    Ok(Values::U8(values))
}

fn class(bytes: &[u8], domain: &Domain) -> Result<Values, Fault> {
    let class = Scores::read(bytes)?.class(domain.classes.len())?;
    Ok(match domain.dtype {
        Dtype::U16 => Values::U16(vec![class as u16]),
        _ => Values::U8(vec![class as u8]),
    })
}
