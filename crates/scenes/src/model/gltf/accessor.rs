//! Numbers in the buffers of a glTF file. Nothing that the file says of them is taken on trust.

use gltf::Accessor;
use gltf::accessor::DataType;

use super::buffers::Buffers;

/// The first N components of every element; none if they are not all within the buffer, or sparse.
pub(super) fn floats<const N: usize>(
    accessor: &Accessor,
    buffers: &Buffers,
) -> Option<Vec<[f32; N]>> {
    if accessor.dimensions().multiplicity() < N {
        return None;
    }
    let (kind, normalized) = (accessor.data_type(), accessor.normalized());
    elements(accessor, buffers, |bytes| {
        let size = kind.size();
        Some(std::array::from_fn(|i| number(kind, normalized, &bytes[i * size..(i + 1) * size])))
    })
}

/// All elements as indices; none if they are not all within the buffer, or no whole numbers.
pub(super) fn indices(accessor: &Accessor, buffers: &Buffers) -> Option<Vec<u32>> {
    let kind = accessor.data_type();
    elements(accessor, buffers, |bytes| match (kind, bytes) {
        (DataType::U8, &[a, ..]) => Some(u32::from(a)),
        (DataType::U16, &[a, b, ..]) => Some(u32::from(u16::from_le_bytes([a, b]))),
        (DataType::U32, &[a, b, c, d, ..]) => Some(u32::from_le_bytes([a, b, c, d])),
        _ => None,
    })
}

/// All elements, each from its bytes: as many as the accessor's type has.
fn elements<T>(
    accessor: &Accessor,
    buffers: &Buffers,
    read: impl Fn(&[u8]) -> Option<T>,
) -> Option<Vec<T>> {
    if accessor.sparse().is_some() {
        return None;
    }
    let view = buffers.view(&accessor.view()?)?;
    let size = accessor.data_type().size() * accessor.dimensions().multiplicity();
    let stride = accessor.view()?.stride().unwrap_or(size).max(1);
    let data = view.get(accessor.offset()..)?;
    let count = accessor.count();
    let needed = count.checked_sub(1)?.checked_mul(stride)?.checked_add(size)?;
    if needed > data.len() {
        return None;
    }
    (0..count).map(|i| read(&data[i * stride..i * stride + size])).collect()
}

/// A number of any kind; normalised ones stand for shares, as the standard says.
fn number(kind: DataType, normalized: bool, bytes: &[u8]) -> f32 {
    let share = |value: f32, most: f32| if normalized { (value / most).max(-1.0) } else { value };
    match (kind, bytes) {
        (DataType::I8, &[a]) => share(f32::from(a as i8), 127.0),
        (DataType::U8, &[a]) => share(f32::from(a), 255.0),
        (DataType::I16, &[a, b]) => share(f32::from(i16::from_le_bytes([a, b])), 32767.0),
        (DataType::U16, &[a, b]) => share(f32::from(u16::from_le_bytes([a, b])), 65535.0),
        (DataType::U32, &[a, b, c, d]) => u32::from_le_bytes([a, b, c, d]) as f32,
        (DataType::F32, &[a, b, c, d]) => f32::from_le_bytes([a, b, c, d]),
        _ => f32::NAN,
    }
}
