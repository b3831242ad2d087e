//! The domains that need nothing but an image: what a photograph can be labelled with.

use std::collections::BTreeMap;

use ndarray::{Array2, ArrayView2, ArrayView3, s};
use taskonomy_core::{Domain, Dtype, Values};

use crate::segments::by_first_pixel;
use crate::{box_sizes, edges_texture, edges_texture_sigma, keypoints_2d, luma, segment_unsup2d};

/// A domain of maps of this many channels and this side, each value of which is valid and a number;
/// without a note.
pub fn map_domain(name: &str, dtype: Dtype, channels: usize, size: usize, unit: &str) -> Domain {
    Domain {
        name: name.into(),
        dtype,
        shape: [channels, size, size],
        unit: unit.into(),
        invalid: None,
        classes: Vec::new(),
        views: 1,
        note: String::new(),
    }
}

/// The domains `rgb`, `edge_texture`, `keypoints2d` and `segment_unsup2d` for images of this side.
pub fn image_domains(size: usize) -> [Domain; 4] {
    let side = 2 * size;
    let sigma = edges_texture_sigma(side);
    let boxes = box_sizes(side);
    let left_out: Vec<_> = boxes.left_out.iter().map(|scale| format!("{scale:.2}")).collect();
    let share = "65535 = 1";
    [
        Domain {
            note: format!("drawn at {side}x{side}, mean of 2x2"),
            ..map_domain("rgb", Dtype::U8, 3, size, "255 = white")
        },
        Domain {
            note: format!(
                "Gaussian of 3 pixels of 512, here {sigma} at {side}x{side}; mean of 2x2"
            ),
            ..map_domain("edge_texture", Dtype::U16, 1, size, share)
        },
        Domain {
            note: format!(
                "box filters of {:?} pixels at {side}x{side}; scales under 3 pixels left out: [{}]; mean of 2x2",
                boxes.used,
                left_out.join(", ")
            ),
            ..map_domain("keypoints2d", Dtype::U16, 1, size, share)
        },
        Domain {
            note: format!(
                "regions of colour, cut by normalised cuts at {side}x{side}; numbers are no classes; one sample of 2x2"
            ),
            ..map_domain("segment_unsup2d", Dtype::U8, 1, size, "segment")
        },
    ]
}

/// One sample of every domain of [`image_domains`] that is wanted, by the domain's name, of a colour
/// image 3×S×S with S = 2·size: cues are computed on it, then they and the colours shrink to the means
/// of 2×2; of segments one of the four samples is kept.
pub fn label_image(rgb: ArrayView3<u8>, wanted: &dyn Fn(&str) -> bool) -> BTreeMap<String, Values> {
    let grey = luma(rgb);
    let side = grey.ncols();
    let colours = || {
        let means = rgb.outer_iter().flat_map(|channel| mean_2x2(channel));
        means.map(|v| v as u8).collect()
    };
    let texture = || edges_texture(grey.view(), edges_texture_sigma(side));
    let keypoints = || keypoints_2d(grey.view(), &box_sizes(side).used);
    let makers: [(&str, &dyn Fn() -> Values); 4] = [
        ("rgb", &|| Values::U8(colours())),
        ("edge_texture", &|| Values::U16(mean_2x2(texture().view()))),
        ("keypoints2d", &|| Values::U16(mean_2x2(keypoints().view()))),
        ("segment_unsup2d", &|| Values::U8(picked_segments(&segment_unsup2d(rgb)))),
    ];
    let asked = makers.into_iter().filter(|(name, _)| wanted(name));
    asked.map(|(name, make)| (name.to_owned(), make())).collect()
}

/// The rounded mean of every 2×2 values, row after row; an odd row or column at the end is left
/// out.
pub fn mean_2x2<T: Copy + Into<u32>>(samples: ArrayView2<T>) -> Vec<u16> {
    let (height, width) = samples.dim();
    let mut means = Vec::with_capacity((height / 2) * (width / 2));
    for y in 0..height / 2 {
        let [upper, lower] = [2 * y, 2 * y + 1].map(|y| samples.row(y).to_vec());
        let pairs = upper.as_chunks::<2>().0.iter().zip(lower.as_chunks::<2>().0);
        means.extend(pairs.map(|(&[a, b], &[c, d])| {
            ((a.into() + b.into() + c.into() + d.into() + 2) / 4) as u16
        }));
    }
    means
}

/// The upper left of every 2×2 samples, row after row: a mean across an edge is the value of no
/// surface.
pub fn picked_2x2<T: Copy>(samples: &Array2<T>) -> Vec<T> {
    samples.slice(s![..;2, ..;2]).iter().copied().collect()
}

/// Labels of segments of which one sample of 2×2 is kept, numbered again in the order of first
/// pixels.
pub fn picked_segments(labels: &Array2<u8>) -> Vec<u8> {
    let picked = labels.slice(s![..;2, ..;2]).to_owned();
    by_first_pixel(&picked).into_iter().map(|number| number as u8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array3;

    #[test]
    fn picking_by_hand() {
        let samples = Array2::from_shape_vec((2, 4), vec![1_u8, 2, 10, 10, 3, 5, 10, 12]).unwrap();
        assert_eq!(picked_2x2(&samples), [1, 10]);
        assert_eq!(picked_segments(&samples), [0, 1]);
    }

    #[test]
    fn means_by_hand() {
        let samples = Array2::from_shape_vec((2, 4), vec![1_u16, 2, 10, 10, 3, 5, 10, 12]).unwrap();
        assert_eq!(mean_2x2(samples.view()), [3, 11]); // (11+2)/4, (42+2)/4
        let odd = Array2::from_elem((3, 5), u16::MAX);
        assert_eq!(mean_2x2(odd.view()), [u16::MAX; 2]);
    }

    #[test]
    fn labels_fit_their_domains() {
        let checks =
            |(_, y, x): (usize, usize, usize)| if (y / 4 + x / 4) % 2 == 0 { 0 } else { 9 };
        let labels = label_image(Array3::from_shape_fn((3, 32, 32), checks).view(), &|_| true);
        assert_eq!(labels.len(), 4);
        for domain in image_domains(16) {
            let values = &labels[&domain.name];
            assert_eq!((values.dtype(), values.len()), (domain.dtype, domain.len()));
        }
        let Values::U8(rgb) = &labels["rgb"] else { panic!() };
        assert_eq!(rgb[..6], [0, 0, 9, 9, 0, 0]);
    }

    #[test]
    fn notes_name_the_scales_left_out() {
        let [_, _, keypoints, _] = image_domains(64);
        assert!(keypoints.note.contains("[3, 9, 15, 21] pixels at 128x128"), "{}", keypoints.note);
        assert!(keypoints.note.contains("left out: [1.00]"), "{}", keypoints.note);
    }
}
