//! `losses.safetensors`: per-sample losses of one trained network on the judged splits.

use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensors, serialize};

use crate::error::RunError;

/// Losses per sample, in the order of the split; NaN where a sample has no valid label.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Losses {
    /// On the validation split.
    pub validation: Vec<f32>,
    /// On the test split.
    pub test: Vec<f32>,
    /// Of the constant prediction ("average guess") on the test split; only networks (of
    /// either size of data) have it.
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
            if tensor.dtype() != Dtype::F32 || tensor.shape().len() != 1 {
                let (dtype, shape) = (tensor.dtype(), tensor.shape());
                return Err(RunError::Losses(format!(
                    "tensor `{name}` is {dtype:?} of shape {shape:?}, it must be a list of F32"
                )));
            }
            let numbers = tensor.data().chunks_exact(4);
            Ok(numbers.map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect())
        };
        let constant = file.names().contains(&"constant").then(|| read("constant")).transpose()?;
        Ok(Self { validation: read("validation")?, test: read("test")?, constant })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bits(losses: &Losses) -> Vec<Vec<u32>> {
        let lists = [Some(&losses.validation), Some(&losses.test), losses.constant.as_ref()];
        lists.into_iter().flatten().map(|l| l.iter().map(|x| x.to_bits()).collect()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn reads_what_it_writes(
            validation in prop::collection::vec(any::<f32>(), 0..9),
            test in prop::collection::vec(any::<f32>(), 0..9),
            constant in prop::option::of(prop::collection::vec(any::<f32>(), 0..9)),
        ) {
            let losses = Losses { validation, test, constant };
            let read = Losses::from_bytes(&losses.to_bytes()).unwrap();
            prop_assert_eq!(bits(&read), bits(&losses));
        }

        #[test]
        fn damage_is_an_error_or_other_numbers_but_no_panic(at in 0_usize..200, to in any::<u8>()) {
            let losses = Losses { validation: vec![1.0; 3], test: vec![2.0; 5], constant: None };
            let mut bytes = losses.to_bytes();
            let at = at % bytes.len();
            bytes[at] = to;
            let _ = Losses::from_bytes(&bytes);
            prop_assert!(Losses::from_bytes(&bytes[..at]).is_err(), "cut at {}", at);
        }
    }

    #[test]
    fn nan_marks_a_sample_without_label() {
        let losses = Losses { validation: vec![f32::NAN, 1.0], test: vec![0.5], constant: None };
        let read = Losses::from_bytes(&losses.to_bytes()).unwrap();
        assert!(read.validation[0].is_nan());
        assert_eq!((read.validation[1], read.test, read.constant), (1.0, vec![0.5], None));
    }

    #[test]
    fn other_tensors_are_refused() {
        let one = |name, dtype, shape: Vec<usize>, bytes: &[u8]| {
            serialize([(name, TensorView::new(dtype, shape, bytes).unwrap())], None).unwrap()
        };
        let error = |bytes: Vec<u8>| Losses::from_bytes(&bytes).unwrap_err().to_string();
        let halves = error(one("validation", Dtype::F16, vec![2], &[0; 4]));
        assert!(halves.contains("`validation` is F16 of shape [2]"), "{halves}");
        let matrix = error(one("validation", Dtype::F32, vec![1, 1], &[0; 4]));
        assert!(matrix.contains("of shape [1, 1]"), "{matrix}");
        let lonely = error(one("validation", Dtype::F32, vec![1], &[0; 4]));
        assert!(lonely.contains("test"), "{lonely}");
    }
}
