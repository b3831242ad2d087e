//! Arrays of any number of dimensions.

use super::format::NpyFile;
use crate::fault::{Defect, Fault};

/// More values are no labels of one image.
pub(crate) const MOST_VALUES: usize = 1 << 26;

/// An array in row-major order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Array {
    /// From the slowest dimension to the fastest.
    pub(crate) shape: Vec<usize>,
    /// As many as the product of the shape; maybe not finite.
    pub(crate) values: Vec<f64>,
    /// Whether they were stored as 16-bit floating-point numbers.
    pub(crate) is_half: bool,
}

impl Array {
    /// Reads a file of at least one whole or floating-point number of 8 to 64 bits.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let file = NpyFile::open(bytes)?;
        let shape = file.shape().to_vec();
        let Some(count) = file.count().filter(|n| (1..=MOST_VALUES).contains(n)) else {
            let why = format!("an array of shape {shape:?}: 1 to {MOST_VALUES} values are read");
            return Err(Fault::new(Defect::Format, why));
        };
        let values = file.values(count)?;
        let values = if file.is_fortran() { row_major(&shape, &values) } else { values };
        Ok(Self { shape, values, is_half: file.is_half() })
    }
}

/// Values whose first dimension is the fastest, with the last one fastest.
fn row_major(shape: &[usize], values: &[f64]) -> Vec<f64> {
    let mut index = vec![0; shape.len()];
    let mut ordered = Vec::with_capacity(values.len());
    for _ in 0..values.len() {
        let place = shape.iter().zip(&index).rev().fold(0, |place, (side, i)| place * side + i);
        ordered.push(values[place]);
        for (i, side) in index.iter_mut().zip(shape).rev() {
            *i += 1;
            if *i < *side {
                break;
            }
            *i = 0;
        }
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(order: &str, shape: &str, values: &[f32]) -> Vec<u8> {
        let header = format!("{{'descr': '<f4', 'fortran_order': {order}, 'shape': {shape}, }}\n");
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.bytes());
        bytes.extend(values.iter().flat_map(|v| v.to_le_bytes()));
        bytes
    }

    #[test]
    fn both_orders_give_the_same_array() {
        // [[0, 1, 2], [3, 4, 5]] twice, the second time with 6 added.
        let rows: Vec<f64> = (0..12).map(f64::from).collect();
        let c = Array::read(&file(
            "False",
            "(2, 2, 3)",
            &rows.iter().map(|&v| v as f32).collect::<Vec<_>>(),
        ));
        let columns = [0.0, 6.0, 3.0, 9.0, 1.0, 7.0, 4.0, 10.0, 2.0, 8.0, 5.0, 11.0];
        let f = Array::read(&file("True", "(2, 2, 3)", &columns));
        assert_eq!(c, f);
        assert_eq!(c, Ok(Array { shape: vec![2, 2, 3], values: rows, is_half: false }));
    }

    #[test]
    fn single_values_are_arrays_and_none_are_not() {
        let read = |shape, values: &[f32]| Array::read(&file("False", shape, values));
        let single = Array { shape: vec![], values: vec![2.5], is_half: false };
        assert_eq!(read("()", &[2.5]), Ok(single));
        assert_eq!(read("(0, 3)", &[]).unwrap_err().defect, Defect::Format);
        let huge = read("(4294967295, 4294967295, 9)", &[]).unwrap_err();
        assert!(huge.why.contains("1 to 67108864 values"), "{huge:?}");
    }
}
