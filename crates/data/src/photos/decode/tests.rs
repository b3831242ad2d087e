use image_webp::WebPEncoder;
use jpeg_encoder::{ColorType, Encoder};
use png::BitDepth;

use super::*;

const SIDE: usize = 16;

/// A JPEG of one colour.
fn jpeg_of(pixel: &[u8], kind: ColorType, exif: Option<&[u8]>) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, 95);
    if let Some(exif) = exif {
        encoder.add_app_segment(1, exif.to_vec()).unwrap();
    }
    let side = SIDE as u16;
    encoder.encode(&pixel.repeat(SIDE * SIDE), side, side, kind).unwrap();
    file
}

/// A PNG of one row of data, again and again.
fn png_of(kind: png::ColorType, depth: BitDepth, row: &[u8], exif: bool) -> Vec<u8> {
    let mut info = png::Info::with_size(SIDE as u32, SIDE as u32);
    (info.color_type, info.bit_depth) = (kind, depth);
    if exif {
        info.exif_metadata = Some(TURNED.to_vec().into());
    }
    if kind == png::ColorType::Indexed {
        info.palette = Some(vec![1, 2, 3, 40, 50, 60].into());
        info.trns = Some(vec![255, 100].into());
    }
    let mut file = Vec::new();
    let encoder = png::Encoder::with_info(&mut file, info).unwrap();
    encoder.write_header().unwrap().write_image_data(&row.repeat(SIDE)).unwrap();
    file
}

fn webp_of(pixel: &[u8], kind: image_webp::ColorType, exif: bool) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = WebPEncoder::new(&mut file);
    if exif {
        encoder.set_exif_metadata(TURNED.to_vec());
    }
    encoder.encode(&pixel.repeat(SIDE * SIDE), SIDE as u32, SIDE as u32, kind).unwrap();
    file
}

/// EXIF with one entry: tag 0x0112, the orientation, is the short 6.
const TURNED: &[u8] = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";

fn first(file: &[u8]) -> (usize, Vec<u8>) {
    let pixels = decode(file).unwrap();
    assert_eq!((pixels.width, pixels.height, pixels.orientation), (SIDE, SIDE, 1));
    (pixels.channels, pixels.bytes[..pixels.channels].to_vec())
}

#[test]
fn every_kind_of_png_and_webp_becomes_8_bits() {
    use png::ColorType::{Grayscale, GrayscaleAlpha, Indexed, Rgb, Rgba};
    let row = |pixel: &[u8]| pixel.repeat(SIDE);
    let cases = [
        (png_of(Grayscale, BitDepth::Eight, &row(&[7]), false), vec![7]),
        (png_of(Grayscale, BitDepth::One, &[0xff; 2], false), vec![255]),
        (png_of(Grayscale, BitDepth::Sixteen, &row(&[7, 99]), false), vec![7]),
        (png_of(GrayscaleAlpha, BitDepth::Eight, &row(&[7, 9]), false), vec![7, 9]),
        (png_of(Rgb, BitDepth::Eight, &row(&[1, 2, 3]), false), vec![1, 2, 3]),
        (png_of(Rgb, BitDepth::Sixteen, &row(&[1, 9, 2, 9, 3, 9]), false), vec![1, 2, 3]),
        (png_of(Rgba, BitDepth::Sixteen, &row(&[1, 9, 2, 9, 3, 9, 4, 9]), false), vec![1, 2, 3, 4]),
        (png_of(Indexed, BitDepth::Eight, &row(&[1]), false), vec![40, 50, 60, 100]),
        (webp_of(&[1, 2, 3], image_webp::ColorType::Rgb8, false), vec![1, 2, 3]),
        (webp_of(&[1, 2, 3, 4], image_webp::ColorType::Rgba8, false), vec![1, 2, 3, 4]),
        (webp_of(&[9], image_webp::ColorType::L8, false), vec![9, 9, 9]),
    ];
    for (file, expected) in cases {
        assert_eq!(first(&file), (expected.len(), expected));
    }
}

#[test]
fn every_kind_of_jpeg_becomes_colours() {
    // Of CMYK 255 is all the ink (in the file it is none, as Adobe has it): half black over yellow.
    let cases: [(ColorType, &[u8], &[u8]); 4] = [
        (ColorType::Rgb, &[200, 30, 60], &[200, 30, 60]),
        (ColorType::Luma, &[77], &[77]),
        (ColorType::Cmyk, &[0, 0, 255, 128], &[127, 127, 0]),
        (ColorType::CmykAsYcck, &[0, 0, 255, 128], &[127, 127, 0]),
    ];
    for (kind, pixel, expected) in cases {
        let (channels, found) = first(&jpeg_of(pixel, kind, None));
        assert_eq!(channels, expected.len());
        let is_near = |(a, b): (&u8, &u8)| a.abs_diff(*b) <= 4;
        assert!(found.iter().zip(expected).all(is_near), "{kind:?}: {found:?} for {expected:?}");
    }
}

#[test]
fn the_orientation_is_read_from_each_format() {
    let exif = [b"Exif\0\0", TURNED].concat();
    let row = [9; SIDE];
    for file in [
        jpeg_of(&[9, 9, 9], ColorType::Rgb, Some(&exif)),
        png_of(png::ColorType::Grayscale, BitDepth::Eight, &row, true),
        webp_of(&[9, 9, 9], image_webp::ColorType::Rgb8, true),
    ] {
        assert_eq!(decode(&file).unwrap().orientation, 6);
    }
    for nonsense in [&b""[..], b"MM\0*", &TURNED[..20], b"Exif\0\0xx"] {
        assert_eq!(orientation(nonsense), 1);
    }
    let mut ninth = TURNED.to_vec();
    ninth[19] = 9; // there are eight
    assert_eq!(orientation(&ninth), 1);
}

#[test]
fn what_is_cut_off_anywhere_is_refused() {
    let noise: Vec<u8> = (0..3 * 40 * 40).map(|i| (i * i * 7 % 251) as u8).collect();
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, 90);
    encoder.set_progressive(true);
    encoder.encode(&noise, 40, 40, ColorType::Rgb).unwrap();
    let mut webp = Vec::new();
    let encoder = WebPEncoder::new(&mut webp);
    encoder.encode(&noise, 40, 40, image_webp::ColorType::Rgb8).unwrap();
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, 40, 40);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header().unwrap().write_image_data(&noise).unwrap();
    for file in [jpeg, png, webp] {
        assert!(decode(&file).is_ok());
        // The last 16 bytes of a PNG are its end, and no pixel is missing without them.
        for end in [0, 1, 3, 12, 20, 60, file.len() / 2, file.len() - 40] {
            assert!(decode(&file[..end]).is_err(), "{:?}: {end} of {}", &file[..4], file.len());
        }
    }
}

#[test]
fn rubbish_is_refused_and_never_panics() {
    let good = jpeg_of(&[9, 99, 199], ColorType::Rgb, None);
    for at in 2..good.len() {
        let mut damaged = good.clone();
        damaged[at] ^= 0xa5;
        _ = decode(&damaged);
    }
    for file in [&b"GIF89a"[..], b"not an image at all", &[0xff, 0xd8, 0xff, 0xd9], &[0; 100]] {
        assert!(decode(file).is_err());
    }
}

#[test]
fn forty_megapixels_are_read_and_what_would_fill_the_memory_is_not() {
    let huge = |width: u32, height: u32, data: Option<&[u8]>| {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, width, height);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(BitDepth::One);
        let mut writer = encoder.write_header().unwrap();
        match data {
            Some(data) => writer.write_image_data(data).unwrap(),
            None => writer.write_chunk(png::chunk::IDAT, &[0]).unwrap(),
        }
        drop(writer);
        file
    };
    let rows = vec![0x55; 1000 * 5000];
    let pixels = decode(&huge(8000, 5000, Some(&rows))).unwrap();
    assert_eq!((pixels.width, pixels.height, &pixels.bytes[..3]), (8000, 5000, &[0, 255, 0][..]));
    let error = decode(&huge(20_000, 20_000, None)).unwrap_err();
    assert_eq!(error, "20000x20000 pixels: at most 134 megapixels are read");
}
