//! From a view to the samples of a dataset's domains.

use std::collections::BTreeMap;

use ndarray::{Array2, Array3};
use taskonomy_core::{Domain, Dtype, Values};
use taskonomy_cues::{
    NO_DEPTH, box_sizes, depth_zbuffer, edges_occlusion, edges_texture, edges_texture_sigma,
    keypoints_2d, luma, normals, reshading,
};

use crate::class::{Class, RoomKind};
use crate::view::View;

/// The domains that [`annotate`] fills, for images of this side.
pub fn domains(size: usize) -> Vec<Domain> {
    let domain = |name: &str, dtype, channels, unit: &str| Domain {
        name: name.into(),
        dtype,
        shape: [channels, size, size],
        unit: unit.into(),
        invalid: None,
        classes: Vec::new(),
        note: String::new(),
    };
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    let side = 2 * size;
    let boxes = box_sizes(side);
    let left_out: Vec<_> = boxes.left_out.iter().map(|scale| format!("{scale:.2}")).collect();
    let share = "65535 = 1";
    vec![
        Domain {
            note: format!("drawn at {side}x{side}, mean of 2x2"),
            ..domain("rgb", Dtype::U8, 3, "255 = white")
        },
        Domain {
            invalid: Some(u32::from(NO_DEPTH)),
            note: "distance along the view axis; one sample of 2x2".into(),
            ..domain("depth_zbuffer", Dtype::U16, 1, "512 per metre")
        },
        Domain {
            note: "camera's frame: R right, G down, B away; one sample of 2x2".into(),
            ..domain("normal", Dtype::U8, 3, "127.5 per unit, 127 = 0")
        },
        Domain {
            note: "grey Lambert shading by a lamp at the camera; one sample of 2x2".into(),
            ..domain("reshading", Dtype::U8, 1, "255 = white")
        },
        Domain {
            note: format!(
                "Gaussian of 3 pixels of 512, here {} at {side}x{side}; mean of 2x2",
                edges_texture_sigma(side)
            ),
            ..domain("edge_texture", Dtype::U16, 1, share)
        },
        Domain {
            note: format!("gradient of the root of depth at {side}x{side}; mean of 2x2"),
            ..domain("edge_occlusion", Dtype::U16, 1, share)
        },
        Domain {
            note: format!(
                "box filters of {:?} pixels at {side}x{side}; scales under 3 pixels left out: [{}]; mean of 2x2",
                boxes.used,
                left_out.join(", ")
            ),
            ..domain("keypoints2d", Dtype::U16, 1, share)
        },
        Domain {
            invalid: Some(255),
            classes: names(&Class::ALL.map(Class::name)),
            note: "one sample of 2x2; what is seen through a window or door counts as it".into(),
            ..domain("segment_semantic", Dtype::U8, 1, "class")
        },
        Domain {
            shape: [9, 1, 1],
            note: "the world's axes in the camera's frame, the world turned by the multiple of 90 degrees that brings the view nearest to +x".into(),
            ..domain("vanishing_points", Dtype::F32, 9, "unit vectors")
        },
        Domain {
            shape: [1, 1, 1],
            classes: names(&RoomKind::ALL.map(RoomKind::name)),
            ..domain("class_scene", Dtype::U8, 1, "class")
        },
    ]
}

/// One sample of every domain of [`domains`], by the domain's name.
///
/// Colour, edges and keypoints are means of 2×2 samples; of depth, normals, reshading and classes
/// one of the four is kept, for a mean across an edge is the value of no surface.
pub fn annotate(view: &View) -> BTreeMap<String, Values> {
    let grey = luma(view.rgb.view());
    let depth = depth_zbuffer(view.depth.view());
    let side = 2 * view.size;
    let shading = reshading(view.depth.view(), view.normal.view(), view.camera.fov)
        .expect("depth and normals of a view have one size");
    let normal = normals(view.normal.view()).expect("the normals of a view have three channels");
    let texture = edges_texture(grey.view(), edges_texture_sigma(side));
    let keypoints = keypoints_2d(grey.view(), &box_sizes(side).used);
    let samples = [
        ("rgb", Values::U8(mean_of_channels(&view.rgb))),
        ("depth_zbuffer", Values::U16(picked(&depth))),
        ("normal", Values::U8(normal.outer_iter().flat_map(|c| picked(&c.to_owned())).collect())),
        ("reshading", Values::U8(picked(&shading))),
        ("edge_texture", Values::U16(mean(&texture))),
        ("edge_occlusion", Values::U16(mean(&edges_occlusion(depth.view())))),
        ("keypoints2d", Values::U16(mean(&keypoints))),
        ("segment_semantic", Values::U8(picked(&view.class))),
        ("vanishing_points", Values::F32(view.camera.vanishing_points().to_vec())),
        ("class_scene", Values::U8(vec![view.kind as u8])),
    ];
    samples.into_iter().map(|(name, values)| (name.to_owned(), values)).collect()
}

/// The rounded mean of every 2×2 samples.
fn mean(samples: &Array2<u16>) -> Vec<u16> {
    let (height, width) = samples.dim();
    let at = |y, x| u32::from(samples[[y, x]]);
    (0..height / 2)
        .flat_map(|y| (0..width / 2).map(move |x| (2 * y, 2 * x)))
        .map(|(y, x)| ((at(y, x) + at(y, x + 1) + at(y + 1, x) + at(y + 1, x + 1) + 2) / 4) as u16)
        .collect()
}

fn mean_of_channels(rgb: &Array3<u8>) -> Vec<u8> {
    rgb.outer_iter()
        .flat_map(|channel| mean(&channel.mapv(u16::from)))
        .map(|value| value as u8)
        .collect()
}

/// The upper left of every 2×2 samples.
fn picked<T: Copy>(samples: &Array2<T>) -> Vec<T> {
    samples.slice(ndarray::s![..;2, ..;2]).iter().copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shrinking_by_hand() {
        let samples = Array2::from_shape_vec((2, 4), vec![1_u16, 2, 10, 10, 3, 5, 10, 12]).unwrap();
        assert_eq!(mean(&samples), [3, 11]); // (11+2)/4, (42+2)/4
        assert_eq!(picked(&samples), [1, 10]);
    }

    #[test]
    fn notes_name_the_scales_left_out() {
        let domains = domains(64);
        let keypoints = domains.iter().find(|d| d.name == "keypoints2d").unwrap();
        assert!(keypoints.note.contains("[3, 9, 15, 21] pixels at 128x128"), "{}", keypoints.note);
        assert!(keypoints.note.contains("left out: [1.00]"), "{}", keypoints.note);
    }
}
