//! Weights as safetensors bytes.

use std::collections::HashMap;

use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensors, serialize};
use tch::{Device, Kind, Tensor};

use crate::error::NnError;
use crate::model::{Architecture, Model};

/// The one key under which a description can stand in the file's metadata (one, because the
/// metadata of a file have no order and the bytes should).
const KEY: &str = "taskonomy";

impl<A: Architecture> Model<A> {
    /// All weights and statistics as a safetensors file, f32; `description` is kept as metadata.
    /// The same numbers give the same bytes.
    pub fn to_bytes(&self, description: &str) -> Vec<u8> {
        let tensors: Vec<_> = self
            .parameters
            .windows()
            .map(|window| {
                let flat = window.tensor.detach().to_device(Device::Cpu).reshape(-1);
                let values = Vec::<f32>::try_from(&flat).expect("weights are f32");
                let bytes: Vec<u8> = values.iter().flat_map(|x| x.to_le_bytes()).collect();
                (window.name.as_str(), shape(&window.tensor), bytes)
            })
            .collect();
        let views = tensors.iter().map(|(name, shape, bytes)| {
            let view = TensorView::new(Dtype::F32, shape.clone(), bytes);
            (*name, view.expect("four bytes per number"))
        });
        let metadata = HashMap::from([(KEY.to_owned(), description.to_owned())]);
        serialize(views, Some(metadata)).expect("the views are sound")
    }

    /// Takes the numbers of a file. The file may hold more (a network's file also holds the
    /// decoder when only its encoder is wanted), but everything of this model.
    ///
    /// # Errors
    /// No safetensors file; a tensor is missing or of another type or shape.
    pub fn load(&mut self, bytes: &[u8]) -> Result<(), NnError> {
        let file = SafeTensors::deserialize(bytes)?;
        for window in self.parameters.windows() {
            let expected = shape(&window.tensor);
            let view = file.tensor(&window.name)?;
            if view.dtype() != Dtype::F32 || view.shape() != expected {
                return Err(NnError::Weights {
                    name: window.name.clone(),
                    found: format!("{:?} {:?}", view.dtype(), view.shape()),
                    expected: format!("F32 {expected:?}"),
                });
            }
            let values = Tensor::from_data_size(view.data(), &window.tensor.size(), Kind::Float);
            window.tensor.detach().copy_(&values);
        }
        Ok(())
    }
}

impl<A: Architecture> Model<A> {
    /// Starts the encoder from anyone's file: f32, f16 or bf16 tensors named as ours, or as ours after
    /// `encoder.`, which is how torchvision names those of a `ResNet`. Everything but the topmost
    /// convolution (`top`, which torchvision's has not) must be there; the rest stays as it was drawn.
    ///
    /// # Errors
    /// No safetensors file; a tensor is missing or of another type or shape.
    pub fn start_from(&mut self, bytes: &[u8]) -> Result<(), NnError> {
        let file = SafeTensors::deserialize(bytes)?;
        for window in self.parameters.windows() {
            let Some(name) = window.name.strip_prefix("encoder.") else { continue };
            let view = match file.tensor(&window.name).or_else(|_| file.tensor(name)) {
                Err(_) if name.starts_with("top.") => continue,
                view => view?,
            };
            let kind = match view.dtype() {
                Dtype::F32 => Some(Kind::Float),
                Dtype::F16 => Some(Kind::Half),
                Dtype::BF16 => Some(Kind::BFloat16),
                _ => None,
            };
            let expected = shape(&window.tensor);
            let Some(kind) = kind.filter(|_| view.shape() == expected) else {
                return Err(NnError::Weights {
                    name: name.to_owned(),
                    found: format!("{:?} {:?}", view.dtype(), view.shape()),
                    expected: format!("F32, F16 or BF16 {expected:?}"),
                });
            };
            let values = Tensor::from_data_size(view.data(), &window.tensor.size(), kind);
            window.tensor.detach().copy_(&values);
        }
        Ok(())
    }
}

/// The description in a weights file's metadata; `None` where there is none.
///
/// # Errors
/// No safetensors file.
pub fn description(bytes: &[u8]) -> Result<Option<String>, NnError> {
    let (_, metadata) = SafeTensors::read_metadata(bytes)?;
    Ok(metadata.metadata().as_ref().and_then(|m| m.get(KEY).cloned()))
}

fn shape(tensor: &Tensor) -> Vec<usize> {
    tensor.size().iter().map(|&n| n as usize).collect()
}
