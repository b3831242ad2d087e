//! Folders that are made up: every value says where it stands.

use png::{BitDepth, ColorType};
use taskonomy_exchange::Layout;

use crate::memory::MemoryTree;

pub const SIDE: usize = 16;

/// What the value at a place of a view's map is, as a number of 16 bits.
pub fn value(seed: usize, x: usize, y: usize, channel: usize) -> u16 {
    let mut v = (seed * 31 + channel * 7 + x * 3 + y * 1009) as u32;
    v = v.wrapping_mul(2_654_435_761);
    (v >> 16) as u16
}

pub fn png(
    width: usize,
    height: usize,
    colour: ColorType,
    depth: BitDepth,
    data: &[u8],
) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width as u32, height as u32);
    encoder.set_color(colour);
    encoder.set_depth(depth);
    encoder.write_header().unwrap().write_image_data(data).unwrap();
    file
}

pub fn rgb(seed: usize, width: usize, height: usize) -> Vec<u8> {
    let pixel = |at: usize| {
        let (x, y) = (at % width, at / width);
        (0..3).map(move |c| value(seed, x, y, c) as u8)
    };
    let data: Vec<u8> = (0..width * height).flat_map(pixel).collect();
    png(width, height, ColorType::Rgb, BitDepth::Eight, &data)
}

pub fn grey16(seed: usize, side: usize) -> Vec<u8> {
    let data: Vec<u8> = (0..side * side)
        .flat_map(|at| value(seed, at % side, at / side, 0).to_be_bytes())
        .collect();
    png(side, side, ColorType::Grayscale, BitDepth::Sixteen, &data)
}

pub fn grey8(seed: usize, side: usize, below: u16) -> Vec<u8> {
    let data: Vec<u8> =
        (0..side * side).map(|at| (value(seed, at % side, at / side, 0) % below) as u8).collect();
    png(side, side, ColorType::Grayscale, BitDepth::Eight, &data)
}

/// A `.npy` file of 32-bit numbers, as `numpy.save` writes it but for the padding.
pub fn npy(values: &[f32]) -> Vec<u8> {
    let header =
        format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({},), }}\n", values.len());
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.bytes());
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}

pub fn camera(seed: usize) -> Vec<u8> {
    let turn = seed as f64 * 0.7;
    format!(
        r#"{{"camera_location": [{turn}, 2.0, 1.5], "camera_rotation_final": [1.4, 0.0, {turn}],
        "field_of_view_rads": 1.1, "point_location": [3.0, {turn}, 1.0], "view_id": {seed},
        "bounding_box_ranges": {{"x": [-5, 5], "y": [-4, 4], "z": [0, 3]}}}}"#
    )
    .into_bytes()
}

/// The path of a file.
pub fn path(layout: Layout, building: &str, domain: &str, point: u32, view: u32) -> String {
    let (suffix, ending) = match domain {
        "points" => ("fixatedpose", "json"),
        "point_info" => (domain, "json"),
        "class_object" | "class_scene" => (domain, "npy"),
        _ => (domain, "png"),
    };
    let name = format!("point_{point}_view_{view}_domain_{suffix}.{ending}");
    match layout {
        Layout::Taskonomy => format!("{domain}/{building}/{name}"),
        Layout::Omnidata => format!("{domain}/taskonomy/{building}/{name}"),
        Layout::Buildings => format!("{building}/{domain}/{name}"),
        Layout::Single => format!("{domain}/{name}"),
    }
}

/// The file of a domain with the values of a seed.
pub fn file(domain: &str, seed: usize) -> Vec<u8> {
    match domain {
        "rgb" | "normal" | "principal_curvature" => rgb(seed, SIDE, SIDE),
        "reshading" => grey8(seed, SIDE, 256),
        "segment_semantic" => grey8(seed, SIDE, 18),
        "segment_unsup2d" | "segment_unsup25d" => grey8(seed, SIDE, 9),
        "class_scene" => {
            let scores: Vec<f32> =
                (0..5).map(|class| f32::from(u8::from(class == seed % 5))).collect();
            npy(&scores)
        }
        "class_object" => {
            let scores: Vec<f32> =
                (0..300).map(|class| -((class as f32) - seed as f32).abs()).collect();
            npy(&scores)
        }
        "points" | "point_info" => camera(seed),
        _ => grey16(seed, SIDE),
    }
}

pub const DOMAINS: [&str; 16] = [
    "rgb",
    "depth_zbuffer",
    "depth_euclidean",
    "normal",
    "principal_curvature",
    "reshading",
    "edge_texture",
    "edge_occlusion",
    "keypoints2d",
    "keypoints3d",
    "segment_semantic",
    "segment_unsup2d",
    "segment_unsup25d",
    "class_object",
    "class_scene",
    "point_info",
];

/// A folder of these buildings, with two views of point 2 and one of point 10 each.
pub fn folder(layout: Layout, buildings: &[&str], domains: &[&str]) -> MemoryTree {
    let mut tree = MemoryTree::default();
    for (number, building) in buildings.iter().enumerate() {
        for (k, (point, view)) in [(2, 0), (2, 11), (10, 0)].into_iter().enumerate() {
            for domain in domains {
                let path = path(layout, building, domain, point, view);
                tree.0.insert(path, file(domain, 3 * number + k));
            }
        }
    }
    tree
}
