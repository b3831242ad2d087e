//! What a task is trained to predict: stored values, encoded, with weights.

mod sampled;
mod shape;
mod stored;

use taskonomy_core::{Domain, Dtype, Encoding, Loss, Output, Split, Target, Task};

use crate::colours::{BINS, NEAREST};
use crate::dataset::Dataset;
use crate::error::DataError;
use crate::jigsaw::{Jigsaw, PERMUTATIONS};
use crate::manifest::RGB;
use crate::tuples::Tuples;
use crate::values::ValuesRef;
use sampled::keep_some;
use shape::{shape, stride};
use stored::{clear, encode, encode_ab};

/// Mean and deviation of one channel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Moments {
    pub(crate) mean: f32,
    pub(crate) deviation: f32,
}

/// Targets and weights of one task.
#[derive(Debug)]
pub(crate) struct Supervision {
    pub(crate) loss: Loss,
    pub(crate) encoding: Encoding,
    /// Number of classes; 0 for other losses than cross-entropy.
    pub(crate) classes: usize,
    /// Channels, height and width before the stride.
    full: [usize; 3],
    pub(crate) stride: usize,
    /// One per channel.
    pub(crate) whitening: Vec<Moments>,
    /// The encoded value of every stored one; empty for f32.
    codes: Vec<f32>,
    domain: usize,
    rgb: usize,
    /// Numbers of an embedding; 0 for other outputs.
    pub(crate) embedding: usize,
    task: String,
    jigsaw: Jigsaw,
    masks: Vec<Mask>,
    /// Channels that change their sign in a mirror; none where there is no mirrored answer.
    pub(crate) negate: Option<Vec<usize>>,
}

/// A domain whose absence or invalid value takes a place out of the loss.
#[derive(Debug, PartialEq)]
struct Mask {
    domain: usize,
    channels: usize,
    invalid: Option<u32>,
}

impl Supervision {
    /// Checks that the dataset's domains fit the task; nothing is whitened yet.
    pub(crate) fn new(dataset: &Dataset, task: &Task, target: &Target) -> Result<Self, DataError> {
        let wrong = |why| DataError::Task { task: task.id.clone(), why };
        let find = |name: &str, role: &str| {
            dataset.position(name).map_err(|e| wrong(format!("its {role} is not there: {e}")))
        };
        let domain_at = find(&target.domain, "domain")?;
        let domain = &dataset.manifest().domains[domain_at];
        let full = shape(task, target, domain, dataset.manifest().size).map_err(wrong)?;
        let stride = stride(task.output);

        let mut masks = Vec::new();
        for name in target.mask.iter().chain(domain.invalid.is_some().then_some(&domain.name)) {
            let at = find(name, "mask")?;
            let Domain { shape: [channels, h, w], invalid, views, .. } =
                dataset.manifest().domains[at];
            if views != domain.views {
                return Err(wrong(format!(
                    "its mask `{name}` belongs to tuples of {views}: `{}` to tuples of {}",
                    domain.name, domain.views
                )));
            }
            if [h, w] != full[1..] && at != domain_at {
                return Err(wrong(format!(
                    "its mask `{name}` is of {h}×{w} places: it must have the {}×{} of `{}`",
                    full[1], full[2], domain.name
                )));
            }
            let mask =
                Mask { domain: at, channels: channels * h * w / (full[1] * full[2]), invalid };
            if !masks.contains(&mask) {
                masks.push(mask);
            }
        }
        let negate = task.mirror.as_ref().map(|mirror| mirror.negate.clone());
        if let Some(&channel) = negate.iter().flatten().find(|&&channel| channel >= full[0]) {
            return Err(wrong(format!(
                "its mirror negates channel {channel}: there are {}, counted from 0",
                full[0]
            )));
        }
        let stored = match domain.dtype {
            Dtype::U8 => 1 << 8,
            Dtype::U16 => 1 << 16,
            Dtype::F32 => 0,
        };
        Ok(Self {
            loss: task.loss,
            encoding: target.encoding,
            classes: match target.encoding {
                Encoding::Labels => domain.classes.len(),
                Encoding::Permutation => PERMUTATIONS.len(),
                Encoding::AbBins => BINS.len(),
                _ => 0,
            },
            full,
            stride,
            whitening: vec![Moments { mean: 0.0, deviation: 1.0 }; full[0]],
            codes: (0..stored).map(|v| target.encoding.encode(v as f32)).collect(),
            domain: domain_at,
            rgb: find(RGB, "input")?,
            embedding: match task.output {
                Output::Embedding { length, .. } => length,
                _ => 0,
            },
            task: task.id.to_string(),
            jigsaw: Jigsaw::new(task.id.as_str(), dataset.manifest().size),
            masks,
            negate,
        })
    }

    /// Channels, height and width of the targets handed out.
    pub(crate) fn shape(&self) -> [usize; 3] {
        let [c, h, w] = self.full;
        let c = if self.encoding == Encoding::AbBins { 2 * NEAREST } else { c };
        [c, h / self.stride, w / self.stride]
    }

    /// Channels of a prediction: one per class for cross-entropy, the numbers of an embedding.
    pub(crate) fn width(&self) -> usize {
        match (self.classes, self.embedding) {
            (0, 0) => self.full[0],
            (0, length) => length,
            (classes, _) => classes,
        }
    }

    /// What is predicted of: tuples of rows, which have one row each for most tasks.
    pub(crate) fn items<'d>(&self, dataset: &'d Dataset, split: Split) -> Tuples<'d> {
        dataset.tuples_at(split, self.domain)
    }

    /// Whether an item's values are stored, and with them its images and masks; some of the values
    /// may still be unknown.
    pub(crate) fn is_labelled(&self, dataset: &Dataset, split: Split, item: usize) -> bool {
        let is_there = |domain, row| dataset.sample(split, domain, row).is_some();
        let seen = |rows: Vec<usize>| rows.into_iter().all(|row| is_there(self.rgb, row));
        is_there(self.domain, item)
            && self.items(dataset, split).rows(item).is_some_and(seen)
            && self.masks.iter().all(|mask| is_there(mask.domain, item))
    }

    /// Appends the targets and the weights of one item, or of its mirrored twin.
    pub(crate) fn append(
        &self,
        dataset: &Dataset,
        split: Split,
        item: usize,
        mirrored: bool,
        out: &mut Vec<f32>,
        weight: &mut Vec<f32>,
    ) {
        let (from, start) = (weight.len(), out.len());
        self.append_reduced(dataset, split, item, mirrored, out, weight);
        if self.encoding == Encoding::AbBins {
            let ab = out.split_off(start);
            BINS.append(&ab, &weight[from..], out);
        }
        if self.loss == Loss::Metric
            && let Some(id) = self.items(dataset, split).id(item)
        {
            keep_some(&id, &self.task, &mut weight[from..]);
        }
    }

    fn append_reduced(
        &self,
        dataset: &Dataset,
        split: Split,
        item: usize,
        mirrored: bool,
        out: &mut Vec<f32>,
        weight: &mut Vec<f32>,
    ) {
        if self.stride == 1 {
            self.append_full(dataset, split, item, mirrored, out, weight);
            return;
        }
        let (mut values, mut valid) = (Vec::new(), Vec::new());
        self.append_full(dataset, split, item, mirrored, &mut values, &mut valid);
        let ([_, height, width], stride) = (self.full, self.stride);
        let lines = || (0..height / stride).map(move |y| y * stride * width);
        let corners =
            || lines().flat_map(move |line| (0..width / stride).map(move |x| line + x * stride));
        if self.encoding.is_index() {
            // Names have no mean: the top left one stands for all.
            out.extend(corners().map(|at| values[at]));
            weight.extend(corners().map(|at| valid[at]));
            return;
        }
        let block =
            |at: usize| (0..stride).flat_map(move |y| (0..stride).map(move |x| at + y * width + x));
        // A mean that something unknown went into is unknown.
        let known = |at: usize| block(at).all(|at| valid[at] != 0.0);
        let count = (stride * stride) as f32;
        for plane in values.chunks(height * width) {
            out.extend(corners().map(|at| {
                if known(at) { block(at).map(|at| plane[at]).sum::<f32>() / count } else { 0.0 }
            }));
        }
        weight.extend(corners().map(|at| f32::from(u8::from(known(at)))));
    }

    fn append_full(
        &self,
        dataset: &Dataset,
        split: Split,
        item: usize,
        mirrored: bool,
        out: &mut Vec<f32>,
        weight: &mut Vec<f32>,
    ) {
        let [channels, height, width] = self.full;
        let plane = height * width;
        let (values_from, weight_from) = (out.len(), weight.len());
        out.resize(values_from + channels * plane, 0.0);
        weight.resize(weight_from + plane, 0.0);
        let (out, weight) = (&mut out[values_from..], &mut weight[weight_from..]);

        let Some(values) = dataset.sample(split, self.domain, item) else { return };
        if !self.is_labelled(dataset, split, item) {
            return;
        }
        weight.fill(1.0);
        for mask in &self.masks {
            if let (Some(values), Some(invalid)) =
                (dataset.sample(split, mask.domain, item), mask.invalid)
            {
                clear(values, mask.channels, invalid, weight);
            }
        }
        match values {
            _ if self.encoding == Encoding::AbBins => encode_ab(values, out),
            _ if self.encoding == Encoding::Permutation => {
                let id = self.items(dataset, split).id(item).expect("its rows were found");
                out[0] = self.jigsaw.permutation(&id) as f32;
            }
            ValuesRef::U8(v) => encode(out, v, |&x| self.codes[usize::from(x)]),
            ValuesRef::U16(v) => {
                encode(out, v, |&x| self.codes[usize::from(u16::from_le_bytes(x))]);
            }
            ValuesRef::F32(v) => encode(out, v, |&x| f32::from_le_bytes(x)),
        }
        if self.classes > 0 && self.encoding.is_index() {
            let classes = self.classes as f32;
            let unknown = |label: f32| label >= classes;
            weight.iter_mut().zip(&*out).filter(|(_, v)| unknown(**v)).for_each(|(w, _)| *w = 0.0);
        }
        if matches!(values, ValuesRef::F32(_)) {
            for plane in out.chunks(plane) {
                weight
                    .iter_mut()
                    .zip(plane)
                    .filter(|(_, v)| !v.is_finite())
                    .for_each(|(w, _)| *w = 0.0);
            }
        }
        if mirrored {
            out.chunks_mut(width).chain(weight.chunks_mut(width)).for_each(<[f32]>::reverse);
            for &channel in self.negate.iter().flatten() {
                out[channel * plane..][..plane].iter_mut().for_each(|v| *v = -*v);
            }
        }
        for (plane, moments) in out.chunks_mut(plane).zip(&self.whitening) {
            let scale = 1.0 / moments.deviation;
            for (value, &w) in plane.iter_mut().zip(&*weight) {
                let whitened = (*value - moments.mean) * scale;
                *value = if w == 0.0 { 0.0 } else { whitened };
            }
        }
    }

    /// Takes the whitening back.
    pub(crate) fn decode(&self, values: &[f32]) -> Vec<f32> {
        let [_, h, w] = self.shape();
        let planes = values.chunks(h * w).zip(self.whitening.iter().cycle());
        planes.flat_map(|(plane, m)| plane.iter().map(|v| v * m.deviation + m.mean)).collect()
    }
}
