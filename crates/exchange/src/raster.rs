//! From the bytes of a PNG file to its values, as they are.

use std::io::Cursor;

use png::{BitDepth, ColorType, Transformations};

use crate::fault::{Defect, Fault};
use crate::known::Coding;

/// The most pixels of an image: the datasets have 512×512, their large images 1024×1024.
const MOST_PIXELS: usize = 1 << 24;

/// Values of an image, row after row, the channels of a pixel side by side.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Raster {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) channels: usize,
    pub(crate) samples: Samples,
}

/// The number type of an image.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Samples {
    /// 8 bits.
    U8(Vec<u8>),
    /// 16 bits.
    U16(Vec<u16>),
}

impl Raster {
    /// Decodes a file of a domain.
    pub(crate) fn decode(bytes: &[u8], coding: Coding) -> Result<Self, Fault> {
        let damaged =
            |e: png::DecodingError| Fault::new(Defect::Damaged, format!("no readable PNG: {e}"));
        let limits = png::Limits { bytes: 8 * MOST_PIXELS };
        let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
        decoder.set_ignore_text_chunk(true);
        decoder.set_ignore_iccp_chunk(true);
        let info = decoder.read_header_info().map_err(damaged)?;
        let (width, height) = (info.width as usize, info.height as usize);
        let (colour, depth) = (info.color_type, info.bit_depth);
        let pixels = width.saturating_mul(height);
        if !(1..=MOST_PIXELS).contains(&pixels) {
            let why = format!("{width}x{height} pixels: at most {MOST_PIXELS} are read");
            return Err(Fault::new(Defect::Damaged, why));
        }
        if !fits(coding, colour, depth) {
            let found = format!("{}-bit {}", depth as u8, kind(colour));
            return Err(Fault::new(Defect::Format, format!("{found}: {}", needed(coding))));
        }
        // Only colours may come from a palette or from fewer bits: labels would change.
        let expands = coding == Coding::Colour;
        let change = if expands { Transformations::EXPAND } else { Transformations::IDENTITY };
        decoder.set_transformations(change);
        let mut reader = decoder.read_info().map_err(damaged)?;
        let length = reader.output_buffer_size().unwrap_or(usize::MAX);
        if length > 8 * MOST_PIXELS {
            return Err(Fault::new(Defect::Damaged, format!("{length} bytes of pixels")));
        }
        let mut bytes = vec![0; length];
        let frame = reader.next_frame(&mut bytes).map_err(damaged)?;
        if (frame.width as usize, frame.height as usize) != (width, height) {
            let why = "its first frame does not fill it";
            return Err(Fault::new(Defect::Damaged, why));
        }
        bytes.truncate(frame.buffer_size());
        let channels = frame.color_type.samples();
        let samples = if frame.bit_depth == BitDepth::Sixteen {
            let (pairs, _) = bytes.as_chunks();
            Samples::U16(pairs.iter().map(|&pair| u16::from_be_bytes(pair)).collect())
        } else {
            Samples::U8(bytes)
        };
        Ok(Self { width, height, channels, samples })
    }
}

/// Whether files of a domain may be of this kind.
fn fits(coding: Coding, colour: ColorType, depth: BitDepth) -> bool {
    let is_grey = colour == ColorType::Grayscale;
    let is_colour = matches!(colour, ColorType::Rgb | ColorType::Rgba);
    match coding {
        Coding::Colour => depth != BitDepth::Sixteen,
        Coding::Grey => depth == BitDepth::Eight && (is_grey || is_colour),
        Coding::Normal | Coding::Curvature => depth == BitDepth::Eight && is_colour,
        Coding::Depth | Coding::Response => depth == BitDepth::Sixteen && is_grey,
        Coding::Semantic => depth == BitDepth::Eight && is_grey,
        Coding::Segments => (depth == BitDepth::Eight || depth == BitDepth::Sixteen) && is_grey,
        Coding::Indices => {
            let is_palette = colour == ColorType::Indexed && depth == BitDepth::Eight;
            is_palette || fits(Coding::Segments, colour, depth)
        }
        Coding::Class | Coding::Pose => false,
    }
}

fn needed(coding: Coding) -> &'static str {
    match coding {
        Coding::Colour => "8 bits at most are needed",
        Coding::Grey => "8-bit grey or RGB is needed",
        Coding::Normal | Coding::Curvature => "8-bit RGB is needed",
        Coding::Depth | Coding::Response => "16-bit grey is needed",
        Coding::Semantic => "8-bit grey is needed",
        Coding::Segments => "8- or 16-bit grey is needed",
        Coding::Indices => "8- or 16-bit grey, or an 8-bit palette, is needed",
        Coding::Class | Coding::Pose => "no PNG is needed",
    }
}

fn kind(colour: ColorType) -> &'static str {
    match colour {
        ColorType::Grayscale => "grey",
        ColorType::Rgb => "RGB",
        ColorType::Indexed => "palette",
        ColorType::GrayscaleAlpha => "grey with alpha",
        ColorType::Rgba => "RGBA",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(colour: ColorType, depth: BitDepth, data: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, 2, 1);
        encoder.set_color(colour);
        encoder.set_depth(depth);
        if colour == ColorType::Indexed {
            encoder.set_palette(vec![1, 2, 3, 4, 5, 6]);
        }
        encoder.write_header().unwrap().write_image_data(data).unwrap();
        file
    }

    #[test]
    fn values_stay_what_they_are() {
        let depth = encode(ColorType::Grayscale, BitDepth::Sixteen, &[2, 0, 255, 255]);
        let raster = Raster::decode(&depth, Coding::Depth).unwrap();
        assert_eq!(raster.samples, Samples::U16(vec![512, 65535]));
        assert_eq!((raster.width, raster.height, raster.channels), (2, 1, 1));
        let palette = encode(ColorType::Indexed, BitDepth::Eight, &[1, 0]);
        let raster = Raster::decode(&palette, Coding::Colour).unwrap();
        assert_eq!(raster.samples, Samples::U8(vec![4, 5, 6, 1, 2, 3]));
    }

    #[test]
    fn the_wrong_kind_is_named() {
        let why = |file: &[u8], coding| Raster::decode(file, coding).unwrap_err();
        let eight = encode(ColorType::Grayscale, BitDepth::Eight, &[1, 2]);
        let fault = why(&eight, Coding::Depth);
        assert_eq!(fault.defect, Defect::Format);
        assert_eq!(fault.why, "8-bit grey: 16-bit grey is needed");
        let sixteen = encode(ColorType::Grayscale, BitDepth::Sixteen, &[1, 2, 3, 4]);
        assert_eq!(why(&sixteen, Coding::Colour).why, "16-bit grey: 8 bits at most are needed");
        let palette = encode(ColorType::Indexed, BitDepth::Eight, &[1, 0]);
        assert_eq!(why(&palette, Coding::Semantic).why, "8-bit palette: 8-bit grey is needed");
        let cut = &eight[..eight.len() - 16];
        for (file, coding) in
            [(cut, Coding::Grey), (&b"\x89PNG"[..], Coding::Grey), (b"", Coding::Colour)]
        {
            let fault = why(file, coding);
            assert_eq!(fault.defect, Defect::Damaged, "{fault:?}");
        }
    }
}
