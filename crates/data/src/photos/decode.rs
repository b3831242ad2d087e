//! From the bytes of a file to its pixels, 8 bits a channel.

use std::io::Cursor;

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use crate::picture::{MOST_PIXELS, Pixels, limit, orientation, read_png};

/// Decodes JPEG, PNG and WebP, whatever the file's name says; why not, for people.
///
/// 16 bits lose the lower 8, palettes and CMYK become colours. Of an animation the first picture is
/// taken.
pub fn decode(bytes: &[u8]) -> Result<Pixels, String> {
    let pixels = match bytes {
        [] => Err("the file is empty".into()),
        [0xff, 0xd8, 0xff, ..] => jpeg(bytes),
        [0x89, b'P', b'N', b'G', ..] => read_png(bytes),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => webp(bytes),
        _ => Err("the file is no JPEG, PNG or WebP, whatever its name says".into()),
    }?;
    let expected = pixels.width * pixels.height * pixels.channels;
    if expected == 0 || pixels.bytes.len() != expected {
        return Err(format!("{} bytes of pixels where {expected} belong", pixels.bytes.len()));
    }
    Ok(pixels)
}

fn jpeg(bytes: &[u8]) -> Result<Pixels, String> {
    let wrong = |e: zune_jpeg::errors::DecodeErrors| format!("no readable JPEG: {e}");
    if !ends(bytes) {
        return Err("the JPEG is cut off".into());
    }
    let options = DecoderOptions::default()
        .set_max_width(1 << 16)
        .set_max_height(1 << 16)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(wrong)?;
    let (width, height) = decoder.dimensions().ok_or("no readable JPEG: it has no size")?;
    limit(width, height)?;
    let orientation = decoder.exif().map_or(1, |exif| orientation(exif));
    if decoder.input_colorspace() == Some(ColorSpace::Luma) {
        let options = decoder.options().jpeg_set_out_colorspace(ColorSpace::Luma);
        decoder.set_options(options);
    }
    let channels = decoder.output_colorspace().map_or(3, |c| c.num_components());
    let bytes = decoder.decode().map_err(wrong)?;
    Ok(Pixels { width, height, channels, bytes, orientation })
}

/// Whether a JPEG goes on to its end: decoders fill what is missing with grey and say nothing.
///
/// Walks the markers. Between them, within a scan, 0xff is followed by 0 or by a restart.
fn ends(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some(&[marker, code]) = bytes.get(at..at + 2).and_then(|b| b.first_chunk()) {
        match (marker, code) {
            (0xff, 0xd9) => return true,
            (0xff, 0x01 | 0xd0..=0xd8) => at += 2,
            (0xff, 0x00 | 0xff) => at += 1,
            (0xff, _) => match bytes.get(at + 2..at + 4) {
                Some(&[high, low]) => at += 2 + usize::from(u16::from_be_bytes([high, low])),
                _ => return false,
            },
            // The data of a scan, or rubbish that decoders step over, too.
            _ => match bytes[at..].iter().position(|&b| b == 0xff) {
                Some(distance) => at += distance,
                None => return false,
            },
        }
    }
    false
}

fn webp(bytes: &[u8]) -> Result<Pixels, String> {
    let wrong = |e: image_webp::DecodingError| format!("no readable WebP: {e}");
    let mut decoder = image_webp::WebPDecoder::new(Cursor::new(bytes)).map_err(wrong)?;
    decoder.set_memory_limit(8 * MOST_PIXELS);
    let (width, height) = decoder.dimensions();
    let (width, height) = (width as usize, height as usize);
    limit(width, height)?;
    let exif = decoder.exif_metadata().map_err(wrong)?;
    let orientation = exif.as_deref().map_or(1, orientation);
    let channels = if decoder.has_alpha() { 4 } else { 3 };
    let mut bytes = vec![0; width * height * channels];
    decoder.read_image(&mut bytes).map_err(wrong)?;
    Ok(Pixels { width, height, channels, bytes, orientation })
}

#[cfg(test)]
mod tests;
