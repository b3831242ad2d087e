//! The format of `NumPy` files, that of `numpy.lib.format`, versions 1 to 3: a magic word, the length
//! of a header, a Python dictionary as the header, the values.

use half::f16;

use super::MAGIC;
use crate::fault::{Defect, Fault};

/// A file whose header is understood.
#[derive(Debug)]
pub(super) struct NpyFile<'b> {
    header: Header<'b>,
    data: &'b [u8],
}

impl<'b> NpyFile<'b> {
    pub(super) fn open(bytes: &'b [u8]) -> Result<Self, Fault> {
        let (header, data) = split(bytes).map_err(|why| Fault::new(Defect::Damaged, why))?;
        let header = Header::parse(header)
            .ok_or_else(|| Fault::new(Defect::Damaged, "its header is no NumPy header"))?;
        Ok(Self { header, data })
    }

    pub(super) fn shape(&self) -> &[usize] {
        &self.header.shape
    }

    /// Whether the first dimension is the fastest.
    pub(super) fn is_fortran(&self) -> bool {
        self.header.is_fortran
    }

    /// Whether the values are 16-bit floating-point numbers.
    pub(super) fn is_half(&self) -> bool {
        Number::of(self.header.descr).is_some_and(|number| (number.kind, number.size) == (b'f', 2))
    }

    /// Number of values, if it is a number at all.
    pub(super) fn count(&self) -> Option<usize> {
        self.shape().iter().try_fold(1_usize, |n, &side| n.checked_mul(side))
    }

    /// So many values, in the order of the file.
    pub(super) fn values(&self, count: usize) -> Result<Vec<f64>, Fault> {
        let Self { header, data } = self;
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
        Ok(data.chunks_exact(number.size).map(|v| number.value(v)).collect())
    }
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
    is_fortran: bool,
}

impl<'h> Header<'h> {
    fn parse(text: &'h str) -> Option<Self> {
        let mut rest = text.trim().strip_prefix('{')?.strip_suffix('}')?.trim_start();
        let (mut descr, mut shape, mut order) = (None, None, None);
        while !rest.is_empty() {
            let (key, after) = quoted(rest)?;
            rest = after.trim_start().strip_prefix(':')?.trim_start();
            match key {
                "descr" => {
                    let (text, after) = quoted(rest)?;
                    (descr, rest) = (Some(text), after);
                }
                "fortran_order" => {
                    let no = rest.strip_prefix("False");
                    order = Some(no.is_none());
                    rest = no.or(rest.strip_prefix("True"))?;
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
        Some(Self { descr: descr?, shape: shape?, is_fortran: order? })
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
            (b'f', 2) => f16::from_bits(bits as u16).to_f64(),
            (b'f', 4) => f64::from(f32::from_bits(bits as u32)),
            (b'f', _) => f64::from_bits(bits),
            (b'i', _) => ((bits << unused) as i64 >> unused) as f64,
            _ => bits as f64,
        }
    }
}
