//! How far a training is, and that as bytes, so that another process can take it up.

use std::cell::RefCell;
use std::collections::HashMap;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensors, serialize};
use serde::{Deserialize, Serialize};
use taskonomy_core::Descent;
use tch::{Device, Kind, Tensor};

use crate::error::NnError;
use crate::fit::Epoch;
use crate::optimizer::Optimizer;
use crate::parameters::{Parameters, Snapshot};

/// Raised by hand when the bytes change their meaning.
const FORMAT: u32 = 2;

/// Keys of the file's metadata: a [`State`] as JSON, and the hash of it and all tensors.
const STATE: &str = "state";
const HASH: &str = "blake3";

/// Names of tensors.
const ORDER: &str = "order";
const BEST: [&str; 3] = ["best.weights", "best.statistics", "best.losses"];

/// The epoch with the lowest validation loss so far.
#[derive(Debug)]
pub(crate) struct Best {
    /// The mean loss.
    pub(crate) loss: f64,
    /// The loss of every sample of the validation split.
    pub(crate) losses: Vec<f32>,
    /// The numbers that had it.
    pub(crate) snapshot: Snapshot,
}

/// How far a training is: with the numbers of the model, all that the rest of it depends on.
#[derive(Debug)]
pub(crate) struct Progress {
    /// From 1; beyond the last when all are done.
    pub(crate) epoch: usize,
    /// Steps of it that are done; at 0 the samples are not shuffled yet.
    pub(crate) step: usize,
    /// Sum of the losses of this epoch, and the number of samples that had one.
    pub(crate) sum: f64,
    pub(crate) samples: usize,
    /// Learning rate of the last step.
    pub(crate) lr: f64,
    /// The samples as this epoch meets them.
    pub(crate) order: Vec<usize>,
    /// Draws the order of samples.
    pub(crate) shuffling: ChaCha8Rng,
    /// Draws dropout.
    pub(crate) dropping: RefCell<ChaCha8Rng>,
    pub(crate) optimizer: Optimizer,
    pub(crate) history: Vec<Epoch>,
    pub(crate) best: Option<Best>,
}

/// What of it is no tensor.
#[derive(Serialize, Deserialize)]
struct State {
    format: u32,
    identity: String,
    epoch: usize,
    step: usize,
    sum: Exact,
    samples: usize,
    lr: Exact,
    /// Words that the generators have given.
    shuffling: u128,
    dropping: u128,
    optimizer_steps: i32,
    /// Learning rate, training and validation loss of every epoch.
    history: Vec<[Exact; 3]>,
    best: Option<Exact>,
}

/// A number as its bits: decimals could lose the last.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(from = "u64", into = "u64")]
struct Exact(f64);

impl From<u64> for Exact {
    fn from(bits: u64) -> Self {
        Self(f64::from_bits(bits))
    }
}

impl From<Exact> for u64 {
    fn from(number: Exact) -> Self {
        number.0.to_bits()
    }
}

impl Progress {
    /// Before the first step of a training on so many samples.
    ///
    /// Order and dropout have generators of their own; initialisation draws from the first stream
    /// of the same seed.
    pub(crate) fn new(
        parameters: &Parameters,
        samples: usize,
        descent: Descent,
        seed: u64,
    ) -> Self {
        let stream = |n| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            rng.set_stream(n);
            rng
        };
        Self {
            epoch: 1,
            step: 0,
            sum: 0.0,
            samples: 0,
            lr: 0.0,
            order: (0..samples).collect(),
            shuffling: stream(1),
            dropping: RefCell::new(stream(2)),
            optimizer: Optimizer::new(parameters, descent),
            history: Vec::new(),
            best: None,
        }
    }

    /// As a safetensors file that knows its own hash.
    pub(crate) fn to_bytes(&self, parameters: &Parameters, identity: &str) -> Vec<u8> {
        let state = State {
            format: FORMAT,
            identity: identity.to_owned(),
            epoch: self.epoch,
            step: self.step,
            sum: Exact(self.sum),
            samples: self.samples,
            lr: Exact(self.lr),
            shuffling: self.shuffling.get_word_pos(),
            dropping: self.dropping.borrow().get_word_pos(),
            optimizer_steps: self.optimizer.steps(),
            history: self
                .history
                .iter()
                .map(|e| [e.lr, e.train, e.validation].map(Exact))
                .collect(),
            best: self.best.as_ref().map(|best| Exact(best.loss)),
        };
        let state = serde_json::to_string(&state).expect("keys are texts");
        let order: Vec<i64> = self.order.iter().map(|&row| row as i64).collect();
        let mut tensors = self.living(parameters);
        tensors.push((ORDER, Tensor::from_slice(&order)));
        if let Some(Best { losses, snapshot: Snapshot { weights, statistics }, .. }) = &self.best {
            let best = [weights.shallow_clone(), statistics.shallow_clone()];
            tensors
                .extend(BEST.into_iter().zip(best.into_iter().chain([Tensor::from_slice(losses)])));
        }
        let bytes: Vec<_> = tensors.iter().map(|(name, tensor)| (*name, bytes(tensor))).collect();
        let views = tensors.iter().zip(&bytes).map(|((name, tensor), (_, bytes))| {
            let dtype = if tensor.kind() == Kind::Int64 { Dtype::I64 } else { Dtype::F32 };
            let view = TensorView::new(dtype, vec![tensor.numel()], bytes);
            (*name, view.expect("as many bytes as the numbers take"))
        });
        let hash = hash(&state, bytes.iter().map(|(name, bytes)| (*name, bytes.as_slice())));
        let metadata = [(STATE, state), (HASH, hash)].map(|(key, text)| (key.to_owned(), text));
        serialize(views, Some(HashMap::from(metadata))).expect("the views are sound")
    }

    /// Takes up what [`Progress::to_bytes`] wrote; nothing is changed when that fails.
    pub(crate) fn restore(
        &mut self,
        parameters: &Parameters,
        bytes: &[u8],
        identity: &str,
    ) -> Result<(), NnError> {
        let unusable = |why: &str| NnError::Checkpoint(why.to_owned());
        let file = SafeTensors::deserialize(bytes).map_err(|_| unusable("it is damaged"))?;
        let (_, header) = SafeTensors::read_metadata(bytes)?;
        let metadata = header.metadata().clone().unwrap_or_default();
        let [text, expected] =
            [STATE, HASH].map(|key| metadata.get(key).map_or("", String::as_str));
        let views = file.iter().map(|(name, view)| (name, view.data()));
        if hash(text, views) != expected {
            return Err(unusable("it is damaged"));
        }
        let state: State =
            serde_json::from_str(text).map_err(|error| NnError::Checkpoint(error.to_string()))?;
        if state.format != FORMAT || state.identity != identity {
            return Err(unusable("it is of another training, libtorch or processor"));
        }
        let floats = |name: &str, like: &Tensor| {
            let view = file.tensor(name)?;
            if view.dtype() != Dtype::F32 || view.shape() != [like.numel()] {
                return Err(unusable("it is of another architecture"));
            }
            Ok(Tensor::from_data_size(view.data(), &[like.numel() as i64], Kind::Float))
        };
        let living = self.living(parameters);
        let kept: Result<Vec<_>, _> = living.iter().map(|(name, now)| floats(name, now)).collect();
        let order = rows(file.tensor(ORDER)?.data());
        let mut sorted = order.clone();
        sorted.sort_unstable();
        if !sorted.into_iter().eq(0..self.order.len()) {
            return Err(unusable("it is of other samples"));
        }
        let numbers = parameters.numbers();
        let best = state.best.map(|Exact(lowest)| -> Result<_, NnError> {
            let weights = floats(BEST[0], &numbers.weights)?;
            let snapshot = Snapshot { weights, statistics: floats(BEST[1], &numbers.statistics)? };
            let (losses, _) = file.tensor(BEST[2])?.data().as_chunks::<4>();
            let losses = losses.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
            Ok(Best { loss: lowest, losses, snapshot })
        });
        let (kept, best) = (kept?, best.transpose()?);

        for ((_, mut now), kept) in living.into_iter().zip(kept) {
            now.copy_(&kept);
        }
        let lines = state.history.into_iter().enumerate();
        let history = lines.map(|(done, [Exact(lr), Exact(train), Exact(validation)])| Epoch {
            epoch: done + 1,
            lr,
            train,
            validation,
        });
        self.history = history.collect();
        (self.epoch, self.step) = (state.epoch, state.step);
        (self.sum, self.samples, self.lr) = (state.sum.0, state.samples, state.lr.0);
        (self.order, self.best) = (order, best);
        self.shuffling.set_word_pos(state.shuffling);
        self.dropping.borrow_mut().set_word_pos(state.dropping);
        self.optimizer.set_steps(state.optimizer_steps);
        Ok(())
    }

    /// The tensors that every step changes, not copies of them.
    fn living(&self, parameters: &Parameters) -> Vec<(&'static str, Tensor)> {
        let Snapshot { weights, statistics } = parameters.numbers();
        let mut tensors = vec![("weights", weights), ("statistics", statistics)];
        tensors.extend(self.optimizer.memory());
        tensors
    }
}

/// The numbers of a flat tensor in little-endian bytes.
fn bytes(tensor: &Tensor) -> Vec<u8> {
    let tensor = tensor.to_device(Device::Cpu);
    let mut bytes = vec![0; tensor.numel() * tensor.kind().elt_size_in_bytes()];
    tensor.copy_data_u8(&mut bytes, tensor.numel());
    bytes
}

fn rows(bytes: &[u8]) -> Vec<usize> {
    let (words, _) = bytes.as_chunks::<8>();
    words.iter().map(|&word| u64::from_le_bytes(word) as usize).collect()
}

/// Of the state and the tensors, in the order of their names.
fn hash<'a>(state: &str, tensors: impl Iterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut tensors: Vec<_> = tensors.collect();
    tensors.sort_unstable();
    let mut hasher = blake3::Hasher::new();
    for (name, bytes) in [("", state.as_bytes())].into_iter().chain(tensors) {
        hasher.update(name.as_bytes()).update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
    }
    hasher.finalize().to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::{Conv, Shape};
    use crate::parameters::Builder;

    fn parameters() -> Parameters {
        let mut builder = Builder::new(3);
        Conv::with_bias(&mut builder, "conv", 2, 2, Shape { kernel: 1, stride: 1 });
        let _ = builder.statistic("mean".into(), 2, 0.5);
        builder.finish(Device::Cpu, Kind::Float)
    }

    /// In the middle of the second epoch of four samples.
    fn progress(parameters: &Parameters) -> Progress {
        let mut at = Progress::new(parameters, 4, Descent::default(), 9);
        (at.epoch, at.step, at.samples) = (2, 1, 3);
        (at.sum, at.lr, at.order) = (0.1 + 0.2, f64::MIN_POSITIVE, vec![2, 0, 3, 1]);
        at.shuffling.set_word_pos(1 << 65);
        at.optimizer.step(&Tensor::ones([6], (Kind::Float, Device::Cpu)), 0.1);
        at.history = vec![Epoch { epoch: 1, lr: 1e-3 / 3.0, train: 0.7, validation: -0.0 }];
        let losses = vec![0.1, f32::NAN];
        at.best = Some(Best { loss: -0.0, losses, snapshot: parameters.snapshot() });
        at
    }

    #[test]
    fn it_reads_what_it_writes_to_the_last_bit() {
        let before = parameters();
        let at = progress(&before);
        let state = at.to_bytes(&before, "me");
        let after = parameters();
        let mut read = Progress::new(&after, 4, Descent::default(), 9);
        read.restore(&after, &state, "me").unwrap();
        assert_eq!((read.epoch, read.step, read.samples), (2, 1, 3));
        assert_eq!((read.sum, read.lr, &read.order), (at.sum, at.lr, &at.order));
        assert_eq!(read.history, at.history);
        assert!(read.history[0].validation.is_sign_negative());
        assert_eq!((&read.shuffling, &read.dropping), (&at.shuffling, &at.dropping));
        assert_eq!(read.optimizer.steps(), 1);
        let all = |at: &Progress, parameters: &Parameters| {
            let mut tensors: Vec<_> = at.living(parameters).into_iter().map(|(_, t)| t).collect();
            let Best { losses, snapshot, .. } = at.best.as_ref().unwrap();
            let Snapshot { weights, statistics } = snapshot;
            tensors.extend([weights.shallow_clone(), statistics.shallow_clone()]);
            tensors.push(Tensor::from_slice(losses));
            tensors.iter().map(bytes).collect::<Vec<_>>()
        };
        assert_eq!(all(&read, &after), all(&at, &before));
    }

    #[test]
    fn no_damage_goes_unnoticed() {
        let parameters = parameters();
        let state = progress(&parameters).to_bytes(&parameters, "me");
        for at in 0..state.len() {
            let mut damaged = state.clone();
            damaged[at] ^= 1 << (at % 8);
            let mut read = Progress::new(&parameters, 4, Descent::default(), 9);
            assert!(read.restore(&parameters, &damaged, "me").is_err(), "byte {at}");
            assert!(read.restore(&parameters, &state[..at], "me").is_err(), "cut at {at}");
            assert_eq!((read.epoch, read.history.len()), (1, 0));
        }
    }

    #[test]
    fn others_are_refused() {
        let parameters = parameters();
        let state = progress(&parameters).to_bytes(&parameters, "me");
        let why = |samples, identity| {
            let mut read = Progress::new(&parameters, samples, Descent::default(), 9);
            read.restore(&parameters, &state, identity).unwrap_err().to_string()
        };
        assert!(why(4, "you").contains("of another training"));
        assert!(why(5, "me").contains("of other samples"));
    }
}
