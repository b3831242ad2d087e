//! `losses.safetensors`: per-sample losses of one trained network on the judged splits.

use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensors, serialize};

use crate::dir::RunError;

/// Losses per sample, in the order of the split; NaN where a sample has no valid label.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Losses {
    /// On the validation split.
    pub validation: Vec<f32>,
    /// On the test split.
    pub test: Vec<f32>,
    /// Of the constant prediction ("average guess") on the test split; only networks have it.
    pub constant: Option<Vec<f32>>,
}

impl Losses {
    /// As a safetensors file: one f32 tensor per field.
    pub fn to_bytes(&self) -> Vec<u8> {
        let fields = [
            Some(("validation", &self.validation)),
            Some(("test", &self.test)),
            self.constant.as_ref().map(|losses| ("constant", losses)),
        ];
        let bytes: Vec<_> = fields
            .into_iter()
            .flatten()
            .map(|(name, losses)| {
                let bytes: Vec<u8> = losses.iter().flat_map(|x| x.to_le_bytes()).collect();
                (name, losses.len(), bytes)
            })
            .collect();
        let views = bytes.iter().map(|(name, len, bytes)| {
            let view = TensorView::new(Dtype::F32, vec![*len], bytes);
            (*name, view.expect("four bytes per number"))
        });
        serialize(views, None).expect("the views are sound")
    }

    /// Reads what [`Losses::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RunError> {
        let file =
            SafeTensors::deserialize(bytes).map_err(|error| RunError::Losses(error.to_string()))?;
        let read = |name: &str| -> Result<Vec<f32>, RunError> {
            let tensor = file.tensor(name).map_err(|error| RunError::Losses(error.to_string()))?;
            if tensor.dtype() != Dtype::F32 {
                return Err(RunError::Losses(format!("tensor `{name}` is not F32")));
            }
            let numbers = tensor.data().chunks_exact(4);
            Ok(numbers.map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect())
        };
        let constant = file.names().contains(&"constant").then(|| read("constant")).transpose()?;
        Ok(Self { validation: read("validation")?, test: read("test")?, constant })
    }
}
