//! Representations that the user gave: into the feature cache without a network.

use taskonomy_core::{Split, TaskId};
use taskonomy_data::{Dataset, ValuesRef};
use taskonomy_nn::{Activity, Watch};
use taskonomy_run::JobKind;
use tch::{Kind, Tensor};

use crate::error::TransferError;
use crate::features::{SPLITS, to_bytes};
use crate::workshop::Workshop;

/// The largest number of 16 bits.
const MOST: f32 = 65504.0;

impl Workshop<'_> {
    /// Writes what the user gave for a source as [`Workshop::encode`] writes what encoders make:
    /// every channel with the mean 0 and the deviation 1 on the transfers split (models of others
    /// count in units of their own, and f16 ends at 65,504), a vector at every place of the grid.
    pub(crate) fn take_given(
        &self,
        source: &TaskId,
        domain: &str,
        watch: &mut Watch,
    ) -> Result<(), TransferError> {
        let path = self.run.own(source);
        let given = Dataset::open(&path)?;
        let [channels, height, width] = given.domain(domain)?.shape;
        let [_, side] = self.representation();
        let wrong = |why: &str| {
            let (file, why) = (path.clone(), why.to_owned());
            TransferError::Features { file, why }
        };
        if ![[1, 1], [side, side]].contains(&[height, width]) {
            return Err(wrong("is for images of another size"));
        }
        let read = |split: Split| {
            if given.samples(split) != self.dataset.samples(split) {
                return Err(wrong("is of other images"));
            }
            let rows = 0..self.dataset.len(split);
            let values = rows.map(|row| match given.raw(split, domain, row) {
                Some(ValuesRef::F32(values)) => Ok(values),
                _ => Err(wrong("lacks an image")),
            });
            let values: Vec<_> = values.collect::<Result<_, _>>()?;
            Ok(values.into_iter().flatten().map(|&v| f32::from_le_bytes(v)).collect::<Vec<f32>>())
        };
        let plane = height * width;
        let scales = scales(&read(Split::Transfers)?, channels, plane);
        let folder = self.run.job(&JobKind::Features { source: source.clone() });
        for split in SPLITS {
            watch.check()?;
            let mut values = read(split)?;
            for (plane, (mean, deviation)) in values.chunks_mut(plane).zip(scales.iter().cycle()) {
                for v in plane {
                    *v = ((*v - mean) / deviation).clamp(-MOST, MOST);
                }
            }
            let samples = self.dataset.len(split) as i64;
            let shape = |h, w| [samples, channels as i64, h as i64, w as i64];
            let features = Tensor::from_slice(&values).reshape(shape(height, width));
            let features = features.expand(shape(side, side), false).to_kind(Kind::Half);
            let bytes = to_bytes(&features.contiguous());
            let name = format!("{split}.safetensors");
            watch.times.spend(Activity::Files, || folder.write(&name, &bytes))?;
        }
        Ok(())
    }
}

/// Mean and deviation of every channel of N×channels×plane values; a channel that does not vary has
/// the deviation 1.
fn scales(values: &[f32], channels: usize, plane: usize) -> Vec<(f32, f32)> {
    let mut sums = vec![(0.0_f64, 0.0_f64); channels];
    let count = (values.len() / channels).max(1) as f64;
    for (at, plane) in values.chunks(plane).enumerate() {
        let sum: f64 = plane.iter().map(|&v| f64::from(v)).sum();
        sums[at % channels].0 += sum / count;
    }
    for (at, plane) in values.chunks(plane).enumerate() {
        let (mean, variance) = &mut sums[at % channels];
        let squares: f64 = plane.iter().map(|&v| (f64::from(v) - *mean).powi(2)).sum();
        *variance += squares / count;
    }
    let scale = |(mean, variance): (f64, f64)| {
        let deviation = variance.sqrt();
        let varies = deviation > 1e-6 * mean.abs().max(1e-6);
        (mean as f32, if varies { deviation as f32 } else { 1.0 })
    };
    sums.into_iter().map(scale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_of_channels_and_a_constant_one_stays_as_wide() {
        // Two samples of two channels of two places: 1, 3 and 5, 7; always 4.
        let found = scales(&[1.0, 3.0, 4.0, 4.0, 5.0, 7.0, 4.0, 4.0], 2, 2);
        assert_eq!(found, [(4.0, 5.0_f32.sqrt()), (4.0, 1.0)]);
    }
}
