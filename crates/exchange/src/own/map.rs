//! Maps of values or of classes: from a file to a sample of the domain.

use half::f16;
use taskonomy_core::{Classes, Domain, Dtype, Kind, OwnTask, Values};

use crate::fault::{Defect, Fault};
use crate::known::Coding;
use crate::npy::{Array, Scores};
use crate::raster::{Raster, Samples};
use crate::resample::{Source, Square};

/// What stands in a domain of values where nothing is known; as f32 it is 2³².
const UNKNOWN: u32 = u32::MAX;

/// The domain that a task's labels become.
///
/// Classes are u8 or u16, whose largest value means "unknown" in maps; values are f32.
pub(super) fn domain(task: &OwnTask, size: usize) -> Domain {
    let classes = task.classes.as_ref().map(Classes::names).unwrap_or_default();
    let dtype = match classes.len() {
        0 => Dtype::F32,
        1..=255 => Dtype::U8,
        _ => Dtype::U16,
    };
    let unknown = match dtype {
        Dtype::F32 => UNKNOWN,
        Dtype::U8 => 255,
        Dtype::U16 => 65535,
    };
    let is_map = task.kind == Kind::Dense;
    let side = if is_map { size } else { 1 };
    Domain {
        name: task.domain(),
        dtype,
        shape: [if classes.is_empty() { task.width() } else { 1 }, side, side],
        unit: if classes.is_empty() { "as given".to_owned() } else { "class".to_owned() },
        invalid: is_map.then_some(unknown),
        classes,
        views: 1,
        note: String::new(),
    }
}

/// C×H×W values as a file has them.
#[derive(Debug)]
struct Planes {
    channels: usize,
    height: usize,
    width: usize,
    values: Vec<f64>,
    /// Whether they were stored as 16-bit floating-point numbers.
    is_half: bool,
}

/// Tells the stored numbers that mean "unknown": the task's `invalid`, also as a file of 32-bit or,
/// where this one is of such, 16-bit numbers rounds it.
pub(super) fn is_unknown(task: &OwnTask, is_half: bool) -> impl Fn(f64) -> bool {
    let forms = task.invalid.map(|invalid| {
        let half = if is_half { f16::from_f64(invalid).to_f64() } else { invalid };
        [invalid, f64::from(invalid as f32), half]
    });
    move |value| {
        let is_form = |form: &f64| value == *form || value.is_nan() && form.is_nan();
        forms.is_some_and(|forms| forms.iter().any(is_form))
    }
}

/// Reads a label of a task from the bytes of a file, `.png` or `.npy`.
///
/// There is none where the task has vectors or classes and all numbers of the file mean "unknown".
/// Of maps the largest square in the middle is brought to the images' size by picking the value in the
/// middle of each new place: a mean of classes, or of depths across an edge, is the value of nothing.
pub(super) fn read(
    bytes: &[u8],
    is_png: bool,
    task: &OwnTask,
    domain: &Domain,
) -> Result<Option<Values>, Fault> {
    match (task.kind, &task.classes) {
        (Kind::Class, Some(classes)) => {
            if task.invalid.is_some() && Array::read(bytes).is_ok_and(|a| says_nothing(&a, task)) {
                return Ok(None);
            }
            let class = Scores::read(bytes)?.class(classes.len())?;
            Ok(Some(indices([class as u32].into_iter(), domain.dtype)))
        }
        (Kind::Vector | Kind::Class, _) => {
            let array = Array::read(bytes)?;
            let Array { shape, values, is_half } = &array;
            if values.len() != task.width() {
                let why = format!("an array of shape {shape:?}: it must have {}", numbers(task));
                return Err(Fault::new(Defect::Format, why));
            }
            if says_nothing(&array, task) {
                return Ok(None);
            }
            let is_unknown = is_unknown(task, *is_half);
            if let Some(place) = values.iter().position(|&v| is_unknown(v)) {
                let why = format!("value {place} is unknown, though others are not");
                return Err(Fault::new(Defect::Field, why));
            }
            vector(values, task).map(Some)
        }
        (Kind::Dense, _) => {
            let planes = if is_png { of_png(bytes, task)? } else { of_npy(bytes, task)? };
            planes.sample(task, domain).map(Some)
        }
    }
}

/// Whether every number means "unknown".
fn says_nothing(array: &Array, task: &OwnTask) -> bool {
    let is_unknown = is_unknown(task, array.is_half);
    array.values.iter().all(|&v| is_unknown(v))
}

fn numbers(task: &OwnTask) -> String {
    match task.width() {
        1 => "1 number".to_owned(),
        width => format!("{width} numbers"),
    }
}

/// Numbers as a vector, scaled.
pub(super) fn vector(values: &[f64], task: &OwnTask) -> Result<Values, Fault> {
    let scale = task.scale.unwrap_or(1.0);
    let value = |&v: &f64| {
        let scaled = (v * scale) as f32;
        let why = || format!("the value {v}: it must be finite{}", times(task));
        scaled.is_finite().then_some(scaled).ok_or_else(|| Fault::new(Defect::NotFinite, why()))
    };
    Ok(Values::F32(values.iter().map(value).collect::<Result<_, _>>()?))
}

fn times(task: &OwnTask) -> String {
    task.scale.map_or_else(String::new, |scale| format!(", also times {scale}"))
}

fn of_png(bytes: &[u8], task: &OwnTask) -> Result<Planes, Fault> {
    let wanted = task.width();
    let coding = match wanted {
        _ if task.classes.is_some() => Coding::Indices,
        1 => Coding::Segments,
        3 => Coding::Normal,
        _ => {
            let why = format!("PNG has 1 or 3 channels: .npy files hold maps of {wanted}");
            return Err(Fault::new(Defect::Format, why));
        }
    };
    let Raster { width, height, channels, samples } = Raster::decode(bytes, coding)?;
    let at = |i: usize| match &samples {
        Samples::U8(values) => f64::from(values[i]),
        Samples::U16(values) => f64::from(values[i]),
    };
    let plane = |c: usize| (0..width * height).map(move |i| i * channels + c);
    let values = (0..wanted).flat_map(plane).map(at).collect();
    Ok(Planes { channels: wanted, height, width, values, is_half: false })
}

fn of_npy(bytes: &[u8], task: &OwnTask) -> Result<Planes, Fault> {
    let Array { shape, values, is_half } = Array::read(bytes)?;
    let wanted = task.width();
    match shape[..] {
        [height, width] if wanted == 1 => {
            Ok(Planes { channels: 1, height, width, values, is_half })
        }
        [channels, height, width] if channels == wanted => {
            Ok(Planes { channels, height, width, values, is_half })
        }
        _ => {
            let last = if shape.len() == 3 && shape[2] == wanted { ", in this order" } else { "" };
            let why = format!(
                "an array of shape {shape:?}: channels ({wanted}), height and width are needed{last}"
            );
            Err(Fault::new(Defect::Format, why))
        }
    }
}

impl Planes {
    fn sample(&self, task: &OwnTask, domain: &Domain) -> Result<Values, Fault> {
        let Self { channels, height, width, is_half, .. } = *self;
        let plane = height * width;
        let is_unknown = is_unknown(task, is_half);
        let scale = task.scale.unwrap_or(1.0);
        for (i, &v) in self.values.iter().enumerate().filter(|(_, v)| !is_unknown(**v)) {
            let at = || {
                let (channel, row, column) = (i / plane, i % plane / width, i % width);
                let channel =
                    if channels > 1 { format!("channel {channel}, ") } else { String::new() };
                format!("the value {v} at {channel}row {row}, column {column}")
            };
            if let Some(classes) = &task.classes {
                if v.fract() != 0.0 || !(0.0..classes.len() as f64).contains(&v) {
                    let most = classes.len() - 1;
                    let why = format!("{}: the classes are 0 to {most}", at());
                    return Err(Fault::new(Defect::Class, why));
                }
            } else if !((v * scale) as f32).is_finite() {
                let hint = if v.is_nan() { " (`invalid = nan`, if it means unknown)" } else { "" };
                let why = format!("{}: it must be finite{}{hint}", at(), times(task));
                return Err(Fault::new(Defect::NotFinite, why));
            } else if (v * scale) as f32 == UNKNOWN as f32 {
                let why = format!("{}: 2^32 means unknown; choose another `scale`", at());
                return Err(Fault::new(Defect::Field, why));
            }
        }
        let square = Square::centred(width, height);
        let pick = |samples: &[f64]| {
            Source { samples, width, channels: 1, square }.pick(domain.shape[1], 1)
        };
        let picked: Vec<Vec<f64>> = self.values.chunks_exact(plane).map(pick).collect();
        // A place of which one channel is unknown is unknown.
        let places = domain.shape[1] * domain.shape[2];
        let unknown: Vec<bool> =
            (0..places).map(|i| picked.iter().any(|plane| is_unknown(plane[i]))).collect();
        if task.classes.is_some() {
            let classes = picked[0].iter().zip(&unknown);
            let classes = classes.map(|(v, unknown)| if *unknown { UNKNOWN } else { *v as u32 });
            return Ok(indices(classes, domain.dtype));
        }
        let of_plane = |plane: &Vec<f64>| {
            let places = plane.iter().zip(&unknown);
            let value = |(v, unknown): (&f64, &bool)| {
                if *unknown { UNKNOWN as f32 } else { (v * scale) as f32 }
            };
            places.map(value).collect::<Vec<_>>()
        };
        Ok(Values::F32(picked.iter().flat_map(of_plane).collect()))
    }
}

/// Numbers of classes; [`UNKNOWN`] is the largest number of the type.
pub(super) fn indices(classes: impl Iterator<Item = u32>, dtype: Dtype) -> Values {
    match dtype {
        Dtype::U8 => Values::U8(classes.map(|class| class as u8).collect()),
        _ => Values::U16(classes.map(|class| class as u16).collect()),
    }
}

#[cfg(test)]
mod tests;
