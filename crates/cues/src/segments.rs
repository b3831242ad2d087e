//! 2-D and 2.5-D segments: regions of alike pixels; those of colour go on to normalised cuts of their
//! graph.

mod elimination;
mod felzenszwalb;
mod lanczos;
mod normalised_cut;
mod numbering;
mod region_graph;

use ndarray::{Array2, Array3, ArrayView2, ArrayView3, Axis, s};

use crate::blur::{blur, masked_blur};
use crate::depth::UNITS_PER_METRE;
use crate::error::{CueError, demand};
use crate::sobel::sobel;
use felzenszwalb::felzenszwalb;
use normalised_cut::normalised_cut;
use numbering::numbered;
use region_graph::region_graph;

pub(crate) use numbering::by_first_pixel;

/// The width of the images that the constants are given for.
const NATIVE: f32 = 512.0;

/// k of the region growing, in units of features times pixels.
const SCALE: f32 = 200.0 / 255.0;

/// Segments of colour of an image C×H×W, C being 3 or any other number: labels from 0 in the order of first pixels, at most 255 of
/// them.
///
/// Felzenszwalb–Huttenlocher regions of the RGB values in [0, 1], blurred by σ = 3 pixels, with
/// k = 200/255 and at least 20 pixels; the graph of their mean colours (0–255), with edges of 2 from
/// each to itself, is cut while Ncut < 0.005, at the best of 10 trial cuts. These are the numbers for
/// images 512 pixels wide: σ is multiplied by W/512 and the size by its square. k is neither, but a
/// step times a number of pixels: on a slope steps grow as a row of pixels shrinks, so that it stays
/// (scaled by either, it would leave slopes in stripes).
///
/// Other than in scikit-image, from which the authors had theirs, two last regions are cut by the
/// same rule (there, they always stay together), and thresholds go over the values of Shi and Malik's
/// eigenvector (there, those are multiplied by the roots of degrees). Should there be more than 255
/// segments, the smallest are joined with those that they share the longest border with.
pub fn segment_unsup2d(rgb: ArrayView3<u8>) -> Array2<u8> {
    let (_, height, width) = rgb.dim();
    let share = width as f32 / NATIVE;
    let blurred = |channel: ArrayView2<u8>| {
        blur(channel.mapv(|value| f32::from(value) / 255.0).view(), 3.0 * share)
    };
    let features = stacked(rgb.outer_iter().map(blurred), height, width);
    let regions = felzenszwalb(&features, SCALE, area(20.0, share));
    let colours = rgb.mapv(f32::from);
    let parts = normalised_cut(&region_graph(&colours, &regions, 2.0), 0.005, 10);
    labels(&regions, &parts, height, width)
}

/// Segments of geometry: labels from 0 in the order of first pixels, at most 255 of them.
///
/// The same as [`segment_unsup2d`], of five features: 2·ln(512·depth)/16 (blurred by σ = 1 pixel), the
/// normals as they are coded, over 255 (σ = 2), and ten times the 3-D edges; what hits nothing does not
/// take part in blurs and becomes 0. k = 200/255, at least 200 pixels. Numbers are for images 512 pixels
/// wide, as there.
///
/// The authors go on to cut the graph of the means of those features, with edges of 1 from each to
/// itself, while Ncut < 1. That ends with single regions: features differ so little that no edge weighs
/// more than 1, and from a graph of at most that, regions of the least degree d can be cut off with
/// Ncut = 1 − 1/d + (d − 1)/(sum of degrees − d) < 1. So no cuts are computed here.
///
/// The authors have depth and edges of 16 bits, whose steps can split a slanted wall; here neither is
/// rounded. Edges are continued to where they are not defined (the outermost pixels, and those beside
/// what hits nothing), which would be segments of their own.
///
/// `metres` is the z-distance (H×W, infinite where nothing was hit), `normals` are unit vectors of the
/// camera's frame (3×H×W). An error if their sizes differ.
pub fn segment_unsup25d(
    metres: ArrayView2<f32>,
    normals: ArrayView3<f32>,
) -> Result<Array2<u8>, CueError> {
    let (height, width) = metres.dim();
    demand("normals", normals.shape(), &[3, height, width])?;
    let share = width as f32 / NATIVE;
    let hit = metres.mapv(|z| if z.is_finite() && z > 0.0 { 1.0 } else { 0.0 });
    let depth = metres.mapv(|z| if z.is_finite() && z > 0.0 { UNITS_PER_METRE * z } else { 1.0 });
    let logarithm = depth.mapv(|depth| 2.0 * depth.max(1.0).ln() / 16.0);
    let logarithm = masked_blur(logarithm.view(), hit.view(), share);
    let normal = |(channel, sign): (ArrayView2<f32>, f32)| {
        let coded = channel.mapv(|n| 0.5 * (1.0 + sign * n));
        masked_blur(coded.view(), hit.view(), 2.0 * share)
    };
    let edges = continued(&sobel(&depth.mapv(|depth| (depth / 65536.0).sqrt())), &hit);
    let channels = [logarithm]
        .into_iter()
        .chain(normals.outer_iter().zip([1.0, -1.0, -1.0]).map(normal))
        .chain([10.0 * edges]);
    let features = stacked(channels, height, width);
    let regions = felzenszwalb(&features, SCALE, area(200.0, share));
    let regions = Array2::from_shape_vec((height, width), regions);
    Ok(numbered(regions.expect("a region for every pixel")))
}

/// 3-D edges where all of 3×3 pixels are hit; beside what hits nothing and in the outermost pixels the
/// mean of those around that have a value.
fn continued(edges: &Array2<f32>, hit: &Array2<f32>) -> Array2<f32> {
    let (height, width) = edges.dim();
    let near = |y: usize, x: usize| {
        let around = |at: usize, size: usize| at.saturating_sub(1)..(at + 2).min(size);
        s![around(y, height), around(x, width)]
    };
    let mut known = Array2::from_elem((height, width), false);
    if height > 2 && width > 2 {
        known.slice_mut(s![1..height - 1, 1..width - 1]).fill(true);
    }
    for ((y, x), _) in hit.indexed_iter().filter(|&(_, &hit)| hit == 0.0) {
        known.slice_mut(near(y, x)).fill(false);
    }
    Array2::from_shape_fn((height, width), |(y, x)| {
        if known[[y, x]] {
            return edges[[y, x]];
        }
        let values = edges.slice(near(y, x)).into_iter().zip(known.slice(near(y, x)));
        let values = values.filter(|&(_, &known)| known && hit[[y, x]] == 1.0);
        let (sum, count) = values.fold((0.0, 0.0), |(sum, count), (e, _)| (sum + e, count + 1.0));
        if count > 0.0 { sum / count } else { 0.0 }
    })
}

/// An area in pixels of an image of this share of the native width, rounded up.
fn area(native: f32, share: f32) -> u32 {
    (native * share * share).ceil() as u32
}

/// Maps of one size as the channels of one.
fn stacked(
    channels: impl Iterator<Item = Array2<f32>>,
    height: usize,
    width: usize,
) -> Array3<f32> {
    let mut stacked = Array3::zeros((0, height, width));
    for channel in channels {
        stacked.push(Axis(0), channel.view()).expect("all channels have the image's size");
    }
    stacked
}

/// The label of every pixel's region's part.
fn labels(regions: &[usize], parts: &[usize], height: usize, width: usize) -> Array2<u8> {
    let segments = regions.iter().map(|&region| parts[region]).collect();
    numbered(Array2::from_shape_vec((height, width), segments).expect("a region for every pixel"))
}

#[cfg(test)]
mod tests;
