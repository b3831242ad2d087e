//! The feature cache: what frozen encoders make of the images, computed once.

use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensors, serialize};
use taskonomy_core::{Split, TaskId};
use taskonomy_nn::{Activity, Encoder, Model, Times, Watch};
use taskonomy_run::JobKind;
use tch::{Kind, Tensor};

use crate::error::TransferError;
use crate::workshop::Workshop;

/// The splits on which readouts are trained and judged.
pub(crate) const SPLITS: [Split; 3] = [Split::Transfers, Split::Validation, Split::Test];

/// Images that are encoded at a time.
const ROWS: usize = 64;

/// Batches that set the statistics of the untrained encoder, and their size.
const CALIBRATION: (usize, usize) = (8, 32);

/// The name of the one tensor in a file of representations.
const TENSOR: &str = "features";

impl Workshop<'_> {
    /// Encodes the splits transfers, validation and test with a source's frozen encoder, each image
    /// as the source's own input shows it (or takes what the user gave instead), and writes
    /// `<split>.safetensors`: one tensor `features`, f16, N×C×H/s×W/s by the kind of the encoder
    /// (normalised activations lie well inside its range, and it has more digits
    /// than bf16).
    ///
    /// # Errors
    /// The encoder's weights are missing or do not fit, the stop flag, I/O.
    pub fn encode(&self, source: &TaskId, watch: &mut Watch) -> Result<(), TransferError> {
        let kind = JobKind::Features { source: source.clone() };
        if let Some(domain) = &self.task(source)?.features {
            return self.take_given(source, domain, watch);
        }
        let seed = kind.seed(self.pipeline.seed);
        let encoder = self.encoder(source, seed, &mut watch.times)?;
        let view = self.view(source)?;
        let mut files = Vec::new();
        for split in SPLITS {
            let rows: Vec<usize> = (0..self.dataset.len(split)).collect();
            let mut parts = Vec::new();
            for rows in rows.chunks(ROWS) {
                watch.check()?;
                let times = &mut watch.times;
                let input = times.spend(Activity::Data, || self.source_input(&view, split, rows));
                let features = times.spend(Activity::Forward, || encoder.predict(&input));
                parts.push(features.to_kind(Kind::Half).contiguous());
            }
            files.push((split, to_bytes(&self.gather(&parts))));
        }
        let folder = self.run.job(&kind);
        watch.times.spend(Activity::Files, || {
            for (split, bytes) in files {
                folder.write(&format!("{split}.safetensors"), &bytes)?;
            }
            Ok(())
        })
    }

    /// All parts as one tensor, also where there are none.
    fn gather(&self, parts: &[Tensor]) -> Tensor {
        let [channels, side] = self.representation().map(|n| n as i64);
        let shape = [0, channels, side, side];
        let none = Tensor::zeros(shape, (Kind::Half, tch::Device::Cpu));
        if parts.is_empty() { none } else { Tensor::cat(parts, 0) }
    }

    /// The source's trained encoder, or the untrained one with its statistics set on images.
    fn encoder(
        &self,
        source: &TaskId,
        seed: u64,
        times: &mut Times,
    ) -> Result<Model<Encoder>, TransferError> {
        let kind = self.pipeline.networks.encoder;
        let mut encoder = Model::new(seed, self.compute, |b| Encoder::new(b, kind));
        if self.task(source)?.is_trained() {
            let network = self.run.job(&JobKind::Network { task: source.clone() });
            let bytes = times.spend(Activity::Files, || network.read("weights.safetensors"))?;
            encoder.load(&bytes)?;
            return Ok(encoder);
        }
        let view = self.view(source)?;
        let samples = self.dataset.len(Split::Networks);
        let (batches, size) = CALIBRATION;
        let wanted = (batches * size).min(samples);
        let rows: Vec<usize> = (0..wanted).map(|i| i * samples / wanted).collect();
        // Spread over the scenes: batch i takes every eighth row from i on.
        let batch = |i| rows.iter().copied().skip(i).step_by(batches).collect::<Vec<_>>();
        let inputs = (0..batches)
            .map(batch)
            .filter(|rows| !rows.is_empty())
            .map(|rows| self.images(&view, Split::Networks, &rows));
        times.spend(Activity::Forward, || encoder.calibrate(inputs));
        Ok(encoder)
    }

    /// Reads what [`Workshop::encode`] wrote.
    pub(crate) fn read_features(
        &self,
        source: &TaskId,
        split: Split,
    ) -> Result<Tensor, TransferError> {
        let folder = self.run.job(&JobKind::Features { source: source.clone() });
        let name = format!("{split}.safetensors");
        let bytes = folder.read(&name)?;
        let wrong = |why: String| TransferError::Features { file: folder.path(&name), why };
        let file = SafeTensors::deserialize(&bytes).map_err(|e| wrong(e.to_string()))?;
        let view = file.tensor(TENSOR).map_err(|e| wrong(e.to_string()))?;
        let [own, side] = self.representation();
        let channels = match (&self.task(source)?.features, view.shape()) {
            (Some(_), &[_, channels, _, _]) => channels,
            _ => own,
        };
        let expected = [self.dataset.len(split), channels, side, side];
        if view.dtype() != Dtype::F16 || view.shape() != expected {
            let found = format!("{:?} {:?}", view.dtype(), view.shape());
            return Err(wrong(format!("holds {found}, expected F16 {expected:?}")));
        }
        let shape = expected.map(|n| n as i64);
        Ok(Tensor::from_data_size(view.data(), &shape, Kind::Half))
    }
}

pub(crate) fn to_bytes(features: &Tensor) -> Vec<u8> {
    let shape = features.size().iter().map(|&n| n as usize).collect();
    let mut data = vec![0; features.numel() * 2];
    features.copy_data_u8(&mut data, features.numel());
    let view = TensorView::new(Dtype::F16, shape, &data).expect("two bytes per number");
    serialize([(TENSOR, view)], None).expect("the view is sound")
}
