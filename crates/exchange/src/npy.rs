//! `NumPy` files of one array: scores of classes, the number of a class, maps and vectors.

mod array;
mod format;

pub(crate) use array::Array;

use crate::fault::{Defect, Fault};
use format::NpyFile;

const MAGIC: &[u8] = b"\x93NUMPY";

/// More values are no scores of classes.
const MOST_VALUES: usize = 1 << 16;

/// The values of a file, in order, all dimensions together.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores(Vec<f64>);

impl Scores {
    /// Reads a file of whole or floating-point numbers of 8 to 64 bits, in which all but one
    /// dimension are 1. Every value is finite.
    pub fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let file = NpyFile::open(bytes)?;
        let long = file.shape().iter().filter(|&&side| side != 1).count();
        let count = file.count().filter(|&n| long <= 1 && (1..=MOST_VALUES).contains(&n));
        let Some(count) = count else {
            let why = format!(
                "an array of shape {:?}: one dimension of 1 to {MOST_VALUES} values is needed",
                file.shape()
            );
            return Err(Fault::new(Defect::Format, why));
        };
        let values = file.values(count)?;
        if let Some(place) = values.iter().position(|value| !value.is_finite()) {
            let why = format!("value {place} is {}: scores are finite", values[place]);
            return Err(Fault::new(Defect::NotFinite, why));
        }
        Ok(Self(values))
    }

    /// Number of values: at least one.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Never: a file without values is refused.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The class, of so many: that of the highest score (the first of several), or a single value.
    pub fn class(&self, classes: usize) -> Result<usize, Fault> {
        if let [only] = self.0[..] {
            let is_class = only >= 0.0 && only.fract() == 0.0 && only < classes as f64;
            if is_class {
                return Ok(only as usize);
            }
            let why = format!("the class {only}: classes are 0 to {}", classes.saturating_sub(1));
            return Err(Fault::new(Defect::Class, why));
        }
        if self.0.len() != classes {
            let why = format!("{} scores: there are {classes} classes", self.0.len());
            return Err(Fault::new(Defect::Class, why));
        }
        let best = self.0.iter().enumerate().rev().max_by(|a, b| a.1.total_cmp(b.1));
        Ok(best.map_or(0, |(class, _)| class))
    }
}

/// A file of 32-bit numbers.
pub(crate) fn write(values: &[f32]) -> Vec<u8> {
    let mut header =
        format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({},), }}", values.len());
    // With the magic word, the version and the length: a multiple of 64, as NumPy does.
    while !(header.len() + 1 + MAGIC.len() + 4).is_multiple_of(64) {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = MAGIC.to_vec();
    bytes.extend([1, 0]);
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.into_bytes());
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
        let header =
            format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.bytes());
        bytes.extend(data);
        bytes
    }

    #[test]
    fn what_is_written_is_read_and_begins_as_numpy_does() {
        let bytes = write(&[0.25, 0.5, -1.0]);
        // Written by numpy.save of a float32 array of three values.
        let expected =
            b"\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }";
        assert!(bytes.starts_with(expected) && bytes.len() == 128 + 12 && bytes[127] == b'\n');
        let scores = Scores::read(&bytes).unwrap();
        assert_eq!(scores, Scores(vec![0.25, 0.5, -1.0]));
        assert_eq!(scores.class(3).unwrap(), 1);
    }

    #[test]
    fn number_types_and_shapes_by_hand() {
        let read = |descr, shape, data: &[u8]| Scores::read(&file(descr, shape, data)).unwrap().0;
        assert_eq!(read("<f2", "(2,)", &[0, 0x3c, 0, 0xc1]), [1.0, -2.5]);
        assert_eq!(read(">f4", "(1, 1)", &[0x3f, 0, 0, 0]), [0.5]);
        assert_eq!(read("<f8", "()", &1.5_f64.to_le_bytes()), [1.5]);
        assert_eq!(read("|i1", "(2,1)", &[255, 3]), [-1.0, 3.0]);
        assert_eq!(read(">i2", "(1,)", &[255, 254]), [-2.0]);
        assert_eq!(read("<u8", "()", &[7, 1, 0, 0, 0, 0, 0, 0]), [263.0]);
        assert_eq!(read("|b1", "(2,)", &[0, 1]), [0.0, 1.0]);
        assert_eq!(read("<f2", "(2,)", &[1, 0, 0, 0x80]), [2_f64.powi(-24), 0.0]);
    }

    #[test]
    fn classes_are_the_highest_score_or_a_number() {
        let of = |values: &[f64], classes| Scores(values.to_vec()).class(classes);
        assert_eq!(of(&[0.0, 3.0, 3.0], 3), Ok(1));
        assert_eq!(of(&[4.0], 5), Ok(4));
        assert_eq!(of(&[5.0], 5).unwrap_err().why, "the class 5: classes are 0 to 4");
        assert_eq!(of(&[-1.0], 5).unwrap_err().defect, Defect::Class);
        assert_eq!(of(&[0.5], 5).unwrap_err().defect, Defect::Class);
        assert_eq!(of(&[0.5, 1.0], 5).unwrap_err().why, "2 scores: there are 5 classes");
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let fault = |bytes: &[u8]| {
            let Fault { defect, why, .. } = Scores::read(bytes).unwrap_err();
            format!("{defect:?}: {why}")
        };
        let nan = f32::NAN.to_le_bytes();
        let cases = [
            (file("<f4", "(1,)", &nan), "NotFinite: value 0 is NaN: scores are finite"),
            (file("<f4", "(2,)", &nan), "Damaged: 4 bytes of values: its header says 8"),
            (
                file("<f4", "(2, 2)", &[0; 16]),
                "Format: an array of shape [2, 2]: one dimension of 1 to 65536 values is needed",
            ),
            (
                file("<f4", "(0,)", &[]),
                "Format: an array of shape [0]: one dimension of 1 to 65536 values is needed",
            ),
            (
                file("<c8", "(1,)", &[0; 8]),
                "Format: numbers of type `<c8`: whole or floating-point ones are needed",
            ),
            (file("<f4", "(x,)", &[]), "Damaged: its header is no NumPy header"),
            (b"\x93NUMPY\x01\x00\xff\xff{".to_vec(), "Damaged: it ends within its header"),
            (b"\x93NUMPY\x09\x00".to_vec(), "Damaged: its version is none of 1, 2 and 3"),
            (b"PK".to_vec(), "Damaged: it does not begin as a NumPy file does"),
        ];
        for (bytes, expected) in cases {
            assert_eq!(fault(&bytes), expected);
        }
        let huge = file("<f4", "(18446744073709551615, 1)", &[]);
        assert!(fault(&huge).starts_with("Format: an array of shape"));
    }
}
