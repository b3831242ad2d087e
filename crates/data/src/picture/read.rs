//! From the bytes of a PNG file to its pixels; what all formats of pictures have in common.

use std::io::Cursor;

/// The most pixels of a picture. Decoding takes 3 to 8 bytes for each.
pub(crate) const MOST_PIXELS: usize = 1 << 27;

/// Decoded pixels: rows from the top, 1 (grey), 2 (grey, alpha), 3 (colour) or 4 (colour, alpha)
/// bytes each, not yet turned upright.
#[derive(Debug)]
pub struct Pixels {
    /// Pixels a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Bytes a pixel.
    pub channels: usize,
    /// All bytes, as many as these make.
    pub bytes: Vec<u8>,
    /// The orientation of the EXIF data, 1 to 8.
    pub orientation: u32,
}

/// Refuses what would take too much memory, before any is taken.
pub(crate) fn limit(width: usize, height: usize) -> Result<(), String> {
    match width.checked_mul(height) {
        Some(0) => Err("it has no pixels".into()),
        Some(pixels) if pixels <= MOST_PIXELS => Ok(()),
        _ => Err(format!(
            "{width}x{height} pixels: at most {} megapixels are read",
            MOST_PIXELS / 1_000_000
        )),
    }
}

/// Decodes a PNG of any colour type and depth; why not, for people. 16 bits lose the lower 8,
/// palettes become colours.
pub(crate) fn read_png(bytes: &[u8]) -> Result<Pixels, String> {
    let wrong = |e: png::DecodingError| format!("no readable PNG: {e}");
    let limits = png::Limits { bytes: 8 * MOST_PIXELS };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(wrong)?;
    let (width, height) = reader.info().size();
    limit(width as usize, height as usize)?;
    let orientation = reader.info().exif_metadata.as_deref().map_or(1, orientation);
    let length = reader.output_buffer_size().ok_or("no readable PNG: its size overflows")?;
    let mut bytes = vec![0; length];
    let frame = reader.next_frame(&mut bytes).map_err(wrong)?;
    bytes.truncate(frame.buffer_size());
    let (width, height) = (frame.width as usize, frame.height as usize);
    Ok(Pixels { width, height, channels: frame.color_type.samples(), bytes, orientation })
}

/// The orientation that EXIF data give, 1 to 8; 1, upright, where they are unreadable or silent.
pub(crate) fn orientation(exif: &[u8]) -> u32 {
    let tiff = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    let parsed = exif::Reader::new().read_raw(tiff.to_vec()).ok();
    parsed
        .as_ref()
        .and_then(|exif| exif.get_field(exif::Tag::Orientation, exif::In::PRIMARY))
        .and_then(|field| field.value.get_uint(0))
        .filter(|value| (1..=8).contains(value))
        .unwrap_or(1)
}
