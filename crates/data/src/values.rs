//! Stored values of one sample, borrowed from the mapped shard.

use taskonomy_core::{Dtype, Values};

/// One sample of a domain, C×H×W, as it stands on disk (little-endian, not aligned).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValuesRef<'d> {
    /// For [`Dtype::U8`].
    U8(&'d [u8]),
    /// For [`Dtype::U16`].
    U16(&'d [[u8; 2]]),
    /// For [`Dtype::F32`].
    F32(&'d [[u8; 4]]),
}

impl<'d> ValuesRef<'d> {
    /// Bytes as values of this type; a remainder that fills no value is left out.
    pub fn new(dtype: Dtype, bytes: &'d [u8]) -> Self {
        match dtype {
            Dtype::U8 => Self::U8(bytes),
            Dtype::U16 => Self::U16(bytes.as_chunks().0),
            Dtype::F32 => Self::F32(bytes.as_chunks().0),
        }
    }

    /// Number of values.
    pub fn len(&self) -> usize {
        match self {
            Self::U8(v) => v.len(),
            Self::U16(v) => v.len(),
            Self::F32(v) => v.len(),
        }
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One value as a number (exact for every type), if there is one at this index.
    pub fn get(&self, index: usize) -> Option<f32> {
        match self {
            Self::U8(v) => v.get(index).map(|&x| f32::from(x)),
            Self::U16(v) => v.get(index).map(|&x| f32::from(u16::from_le_bytes(x))),
            Self::F32(v) => v.get(index).map(|&x| f32::from_le_bytes(x)),
        }
    }

    /// A copy that owns its values.
    pub fn to_values(self) -> Values {
        match self {
            Self::U8(v) => Values::U8(v.to_vec()),
            Self::U16(v) => Values::U16(v.iter().map(|&x| u16::from_le_bytes(x)).collect()),
            Self::F32(v) => Values::F32(v.iter().map(|&x| f32::from_le_bytes(x)).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_little_endian_and_need_no_alignment() {
        let bytes = [9, 0x34, 0x12, 0xff, 0xff];
        let values = ValuesRef::new(Dtype::U16, &bytes[1..]);
        assert_eq!(values.to_values(), Values::U16(vec![0x1234, 0xffff]));
        assert_eq!((values.get(0), values.get(2), values.len()), (Some(4660.0), None, 2));
        let half = ValuesRef::new(Dtype::F32, &[0, 0, 0, 0x3f]);
        assert_eq!(half.get(0), Some(0.5));
    }
}
