use super::*;
use taskonomy_core::{Dictionary, Pipeline};

fn task(text: &str) -> OwnTask {
    let text = format!(
        "name = 'x'\n[data]\npath = 'd'\n[tasks]\nsource_only = ['random']\n\
         [[task]]\nid = 'own'\nlabels = 'folder'\n{text}"
    );
    Pipeline::parse(&text, &[], &Dictionary::builtin()).unwrap().own_tasks[0].clone()
}

fn npy(shape: &str, values: &[f64]) -> Vec<u8> {
    let header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.bytes());
    bytes.extend(values.iter().flat_map(|v| v.to_le_bytes()));
    bytes
}

fn png(colour: png::ColorType, depth: png::BitDepth, side: u32, data: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(colour);
    encoder.set_depth(depth);
    if colour == png::ColorType::Indexed {
        encoder.set_palette(vec![0; 9]);
    }
    encoder.write_header().unwrap().write_image_data(data).unwrap();
    file
}

fn sample(task: &OwnTask, bytes: &[u8], size: usize) -> Result<Values, String> {
    let is_png = bytes.starts_with(b"\x89PNG");
    let label = read(bytes, is_png, task, &domain(task, size)).map_err(|fault| fault.why)?;
    label.ok_or_else(|| "unknown".to_owned())
}

#[test]
fn values_are_scaled_and_picked_and_unknown_ones_marked() {
    let height = task("kind = 'dense'\nscale = 0.5\ninvalid = 9");
    let unknown = UNKNOWN as f32;
    let file = npy("(2, 2)", &[1.0, 2.0, 9.0, 4.0]);
    assert_eq!(sample(&height, &file, 2), Ok(Values::F32(vec![0.5, 1.0, unknown, 2.0])));
    // One place: the value in the middle of the square in the middle.
    assert_eq!(
        sample(&height, &npy("(1, 1, 4)", &[7.0, 5.0, 6.0, 7.0]), 1),
        Ok(Values::F32(vec![2.5]))
    );
    let sixteen = png(png::ColorType::Grayscale, png::BitDepth::Sixteen, 1, &[1, 0]);
    assert_eq!(sample(&height, &sixteen, 1), Ok(Values::F32(vec![128.0])));

    // A place is unknown where one of its channels is.
    let flow = task("kind = 'dense'\nchannels = 2\ninvalid = nan");
    let file = npy("(2, 1, 1)", &[3.0, f64::NAN]);
    assert_eq!(sample(&flow, &file, 1), Ok(Values::F32(vec![unknown; 2])));
    let colours = task("kind = 'dense'\nchannels = 3");
    let rgba = png(png::ColorType::Rgba, png::BitDepth::Eight, 1, &[1, 2, 3, 4]);
    assert_eq!(sample(&colours, &rgba, 1), Ok(Values::F32(vec![1.0, 2.0, 3.0])));
}

#[test]
fn classes_are_indices_of_grey_or_palette() {
    let parts = task("kind = 'dense'\nclasses = 3\ninvalid = 200");
    let palette = png(png::ColorType::Indexed, png::BitDepth::Eight, 2, &[0, 1, 2, 2]);
    assert_eq!(sample(&parts, &palette, 2), Ok(Values::U8(vec![0, 1, 2, 2])));
    let grey = png(png::ColorType::Grayscale, png::BitDepth::Eight, 2, &[0, 200, 1, 1]);
    assert_eq!(sample(&parts, &grey, 2), Ok(Values::U8(vec![0, 255, 1, 1])));
    let many = task("kind = 'dense'\nclasses = 300\ninvalid = -1");
    let file = npy("(1, 2)", &[299.0, 1.0]);
    assert_eq!(sample(&many, &file, 1), Ok(Values::U16(vec![299])));
    let kind = task("kind = 'class'\nclasses = 3");
    assert_eq!(sample(&kind, &npy("(3,)", &[0.1, 0.7, 0.2]), 8), Ok(Values::U8(vec![1])));
}

#[test]
fn what_cannot_be_a_label_says_where_and_why() {
    let height = task("kind = 'dense'\nscale = 2");
    let parts = task("kind = 'dense'\nclasses = 3");
    let flow = task("kind = 'dense'\nchannels = 2");
    let pose = task("kind = 'vector'\nlength = 3");
    let eight = |colour, data: &[u8]| png(colour, png::BitDepth::Eight, 1, data);
    let cases = [
        (
            &height,
            npy("(2, 2)", &[1.0, 1.0, 1.0, f64::NAN]),
            "the value NaN at row 1, column 1: it must be finite, also times 2 (`invalid = nan`",
        ),
        (&height, npy("(1, 1)", &[1e300]), "at row 0, column 0: it must be finite"),
        (&height, npy("(1, 1)", &[2_147_483_648.0]), "2^32 means unknown"),
        (&height, npy("(3,)", &[1.0; 3]), "an array of shape [3]: channels (1), height and width"),
        (&flow, npy("(3, 1, 2)", &[1.0; 6]), "are needed, in this order"),
        (&flow, npy("(2, 1, 2)", &[0.0, 0.0, 0.0, f64::INFINITY]), "at channel 1, row 0, column 1"),
        (&flow, eight(png::ColorType::Grayscale, &[0]), "PNG has 1 or 3 channels: .npy"),
        (&height, eight(png::ColorType::Rgb, &[0; 3]), "8-bit RGB: 8- or 16-bit grey is needed"),
        (&parts, eight(png::ColorType::Grayscale, &[3]), "the value 3 at row 0, column 0: the cla"),
        (&parts, npy("(1, 1)", &[0.5]), "the classes are 0 to 2"),
        (&parts, b"\x89PNG".to_vec(), "no readable PNG"),
        (&pose, npy("(2,)", &[1.0; 2]), "an array of shape [2]: it must have 3 numbers"),
        (&pose, npy("(3,)", &[1.0, f64::NAN, 1.0]), "the value NaN: it must be finite"),
    ];
    for (task, file, expected) in cases {
        let error = sample(task, &file, 1).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn vectors_and_classes_that_are_unknown_are_no_labels() {
    let unknown = || Err::<Values, _>("unknown".to_owned());
    let pose = task("kind = 'vector'\nlength = 2\ninvalid = -1");
    assert_eq!(sample(&pose, &npy("(2,)", &[-1.0, -1.0]), 1), unknown());
    assert_eq!(sample(&pose, &npy("(2,)", &[1.0, -2.0]), 1), Ok(Values::F32(vec![1.0, -2.0])));
    let error = sample(&pose, &npy("(2,)", &[1.0, -1.0]), 1).unwrap_err();
    assert_eq!(error, "value 1 is unknown, though others are not");
    for invalid in ["2", "-1", "nan"] {
        let kind = task(&format!("kind = 'class'\nclasses = 3\ninvalid = {invalid}"));
        let value = invalid.parse().unwrap();
        assert_eq!(sample(&kind, &npy("()", &[value]), 1), unknown(), "{invalid}");
        assert_eq!(sample(&kind, &npy("()", &[1.0]), 1), Ok(Values::U8(vec![1])), "{invalid}");
    }
}

#[test]
fn unknown_is_known_in_the_precision_of_the_file() {
    let single = |value: f64| npy("(1, 1)", &[f64::from(value as f32)]);
    let unknown = Values::F32(vec![UNKNOWN as f32]);
    for invalid in ["3.4028235e38", "-9999.9", "1e20"] {
        let height = task(&format!("kind = 'dense'\ninvalid = {invalid}"));
        let file = single(invalid.parse().unwrap());
        assert_eq!(sample(&height, &file, 1), Ok(unknown.clone()), "{invalid}");
    }
    let height = task("kind = 'dense'\ninvalid = -9999.9");
    let half = |bits: u16| {
        let mut file = npy("(1, 1)", &[]);
        let descr = file.windows(3).position(|text| text == b"<f8").unwrap();
        file[descr + 2] = b'2';
        file.extend(bits.to_le_bytes());
        file
    };
    assert_eq!(sample(&height, &half(0xf0e2), 1), Ok(unknown), "-10000 of 16 bits");
    assert_eq!(sample(&height, &npy("(1, 1)", &[-1e4]), 1), Ok(Values::F32(vec![-1e4])));
}
