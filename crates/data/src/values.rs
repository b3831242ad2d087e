//! Stored values of one sample, borrowed from the mapped shard.

/// One sample of a domain, C×H×W, as it stands on disk (little-endian, not aligned).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValuesRef<'d> {
    /// For `u8` domains.
    U8(&'d [u8]),
    /// For `u16` domains.
    U16(&'d [[u8; 2]]),
    /// For `f32` domains.
    F32(&'d [[u8; 4]]),
}
