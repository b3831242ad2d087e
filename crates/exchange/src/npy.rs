//! `NumPy` files of one array: scores of classes, or the number of a class.
//!
//! The format is that of `numpy.lib.format`, versions 1 to 3: a magic word, the length of a header,
//! a Python dictionary as the header, the values.

use crate::fault::{Defect, Fault};

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
        let (header, data) = split(bytes).map_err(|why| Fault::new(Defect::Damaged, why))?;
        let header = Header::parse(header)
            .ok_or_else(|| Fault::new(Defect::Damaged, "its header is no NumPy header"))?;
        let long = header.shape.iter().filter(|&&side| side != 1).count();
        let count = header.shape.iter().try_fold(1_usize, |n, &side| n.checked_mul(side));
        let count = count.filter(|&n| long <= 1 && (1..=MOST_VALUES).contains(&n));
        let Some(count) = count else {
            let why = format!(
                "an array of shape {:?}: one dimension of 1 to {MOST_VALUES} values is needed",
                header.shape
            );
            return Err(Fault::new(Defect::Format, why));
        };
        let number = Number::of(header.descr).ok_or_else(|| {
            let found: String =
                header.descr.chars().take(20).flat_map(char::escape_debug).collect();
            let why = format!("numbers of type `{found}`: whole or floating-point ones are needed");
            Fault::new(Defect::Format, why)
        })?;
        let expected = count * number.size;
        if data.len() != expected {
            let why = format!("{} bytes of values: its header says {expected}", data.len());
            return Err(Fault::new(Defect::Damaged, why));
        }
        let values: Vec<f64> = data.chunks_exact(number.size).map(|v| number.value(v)).collect();
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

/// The header and the values.
fn split(bytes: &[u8]) -> Result<(&str, &[u8]), &'static str> {
    const CUT: &str = "it ends within its header";
    let rest = bytes.strip_prefix(MAGIC).ok_or("it does not begin as a NumPy file does")?;
    let (version, rest) = rest.split_first_chunk::<2>().ok_or(CUT)?;
    let (length, rest) = match version[0] {
        1 => {
            let (length, rest) = rest.split_first_chunk().ok_or(CUT)?;
            (usize::from(u16::from_le_bytes(*length)), rest)
        }
        2 | 3 => {
            let (length, rest) = rest.split_first_chunk().ok_or(CUT)?;
            (u32::from_le_bytes(*length) as usize, rest)
        }
        _ => return Err("its version is none of 1, 2 and 3"),
    };
    let (header, data) = rest.split_at_checked(length).ok_or(CUT)?;
    let header = std::str::from_utf8(header).map_err(|_| "its header is no text")?;
    Ok((header, data))
}

/// `{'descr': '<f4', 'fortran_order': False, 'shape': (365,), }`, keys in any order.
#[derive(Debug, PartialEq)]
struct Header<'h> {
    descr: &'h str,
    shape: Vec<usize>,
}

impl<'h> Header<'h> {
    fn parse(text: &'h str) -> Option<Self> {
        let mut rest = text.trim().strip_prefix('{')?.strip_suffix('}')?.trim_start();
        let (mut descr, mut shape, mut order) = (None, None, false);
        while !rest.is_empty() {
            let (key, after) = quoted(rest)?;
            rest = after.trim_start().strip_prefix(':')?.trim_start();
            match key {
                "descr" => {
                    let (text, after) = quoted(rest)?;
                    (descr, rest) = (Some(text), after);
                }
                // With one dimension there is but one order.
                "fortran_order" => {
                    rest = rest.strip_prefix("False").or(rest.strip_prefix("True"))?;
                    order = true;
                }
                "shape" => {
                    let (inside, after) = rest.strip_prefix('(')?.split_once(')')?;
                    let sides = inside.split(',').map(str::trim).filter(|side| !side.is_empty());
                    shape = Some(sides.map(|side| side.parse().ok()).collect::<Option<_>>()?);
                    rest = after;
                }
                _ => return None,
            }
            rest = rest.trim_start();
            rest = match rest.strip_prefix(',') {
                Some(after) => after.trim_start(),
                None if rest.is_empty() => rest,
                None => return None,
            };
        }
        order.then_some(Self { descr: descr?, shape: shape? })
    }
}

/// A text in quotes at the front, and what follows it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    text[1..].split_once(quote)
}

/// A number type: `<f4` and the like.
#[derive(Debug, Clone, Copy)]
struct Number {
    is_big_endian: bool,
    kind: u8,
    size: usize,
}

impl Number {
    fn of(descr: &str) -> Option<Self> {
        let &[order, kind, digit] = descr.as_bytes() else { return None };
        let size = usize::from(digit.checked_sub(b'0')?);
        let fits = match kind {
            b'f' => matches!(size, 2 | 4 | 8),
            b'i' | b'u' => matches!(size, 1 | 2 | 4 | 8),
            b'b' => size == 1,
            _ => false,
        };
        let is_big_endian = order == b'>';
        let known = matches!(order, b'<' | b'>' | b'=') || order == b'|' && size == 1;
        (fits && known).then_some(Self { is_big_endian, kind, size })
    }

    fn value(self, bytes: &[u8]) -> f64 {
        // The bytes of the number, the least first, in the front of eight.
        let mut eight = [0; 8];
        for (at, byte) in eight.iter_mut().zip(bytes) {
            *at = *byte;
        }
        if self.is_big_endian {
            eight[..self.size].reverse();
        }
        let bits = u64::from_le_bytes(eight);
        let unused = 64 - 8 * self.size as u32;
        match (self.kind, self.size) {
            (b'f', 2) => half(bits as u16),
            (b'f', 4) => f64::from(f32::from_bits(bits as u32)),
            (b'f', _) => f64::from_bits(bits),
            (b'i', _) => ((bits << unused) as i64 >> unused) as f64,
            _ => bits as f64,
        }
    }
}

/// A 16-bit floating-point number.
fn half(bits: u16) -> f64 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023) / 1024.0);
    let size = match exponent {
        0 => fraction * 2_f64.powi(-14),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction) * 2_f64.powi(exponent - 15),
    };
    if bits >> 15 == 1 { -size } else { size }
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
        assert_eq!((half(1), half(0x8000)), (2_f64.powi(-24), 0.0));
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
