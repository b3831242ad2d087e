//! 3-D keypoints: the interest image of the NARF detector (Steder et al., *Point Feature Extraction
//! on 3D Range Scans Taking into Account Object Boundaries*, ICRA 2011), before non-maximum
//! suppression.

mod borders;
mod change;
mod eigen;
mod interest;
mod padded;
mod patch;
mod range_image;
mod surface;

use ndarray::{Array2, ArrayView2, s};

use range_image::RangeImage;

/// Diameter in metres of the ball of points that interest is computed from.
pub const KEYPOINT_SUPPORT: f32 = 0.3;

/// The ball covers at least this many pixels where interest is computed from: nearer points take it
/// from an image of half the size.
const PATCH: f32 = 10.0;

/// Scales end where a pixel of the next one would see as much as this angle twice over.
const COARSEST: f32 = 2.0 * std::f32::consts::PI / 180.0;

/// The interest image of a map of z-distances in metres (H×W, infinite where nothing was hit, which
/// gives 0), for a horizontal field of view in radians; ⌊65536·interest⌋.
///
/// A point is interesting if, within 15 cm of it, its surface changes much in two directions, but
/// not just at it: corners of rooms, ends of edges, legs of chairs. Borders between surfaces count
/// as changes; what hits nothing is taken to be far away.
///
/// Radii of the border extraction are 2 and 3 pixels of whatever scale is used, so that nothing
/// depends on the width of the image. Other than in the Point Cloud Library, from which the authors
/// had theirs, directions are compared modulo 180° only (there, mirrored ones are the same too), bins
/// of directions are centred on multiples of 10°, and the angle that a pixel sees is the field of view
/// over the width.
pub fn keypoints_3d(metres: ArrayView2<f32>, fov: f32) -> Array2<u16> {
    every(metres, fov, 1)
}

/// [`keypoints_3d`] of the upper left of every 2×2 pixels, at less than half the cost: surfaces, borders
/// and changes are those of the whole image, interest is computed where it is kept.
pub fn keypoints_3d_picked(metres: ArrayView2<f32>, fov: f32) -> Array2<u16> {
    every(metres, fov, 2)
}

/// The interest at every so many pixels of every so many rows.
fn every(metres: ArrayView2<f32>, fov: f32, step: usize) -> Array2<u16> {
    let image = RangeImage::new(metres, fov);
    let angle = fov / image.width.max(1) as f32;
    let mut wanted = Array2::from_elem(metres.dim(), false);
    wanted.slice_mut(s![..;step, ..;step]).fill(true);
    let wanted = wanted.as_slice().expect("a new array is contiguous");
    let interest = interest_image(&image, angle, KEYPOINT_SUPPORT, wanted);
    interest.slice(s![..;step, ..;step]).mapv(|interest| (interest * 65536.0) as u16)
}

/// Interest of a range image whose pixels see this angle, from balls of this diameter, at the pixels
/// that are wanted.
fn interest_image(image: &RangeImage, angle: f32, support: f32, wanted: &[bool]) -> Array2<f32> {
    let has_half = angle < 2.0 * COARSEST && image.width >= 2 && image.height >= 2;
    let near = if has_half { support / (PATCH * 2.0 * angle).tan() } else { 0.0 };
    let is_near = |at: usize| image.ranges[at] < near;
    let surfaces = surface::surfaces(image);
    let borders = borders::borders(image, &surfaces);
    let changes = change::changes(image, &surfaces, &borders);
    let hidden = &borders.hidden;
    let here = |at: usize| wanted[at] && !is_near(at);
    let mut interest = interest::interest(image, &changes, hidden, support / 2.0, here);
    let elsewhere: Vec<usize> =
        (0..wanted.len()).filter(|&at| wanted[at] && is_near(at) && !hidden[at]).collect();
    if elsewhere.is_empty() {
        return interest;
    }
    let half = image.half();
    let sources = |at: usize| sources(at % image.width, at / image.width, half.width, half.height);
    let mut sought = vec![false; half.points.len()];
    for (source, _) in elsewhere.iter().flat_map(|&at| sources(at)) {
        sought[source] = true;
    }
    let coarse = interest_image(&half, 2.0 * angle, support, &sought);
    let coarse = coarse.as_slice().expect("a new array is contiguous");
    let fine = interest.as_slice_mut().expect("a new array is contiguous");
    for at in elsewhere {
        fine[at] = sources(at).iter().map(|&(source, share)| share * coarse[source]).sum();
    }
    interest
}

/// The pixels of an image of half the size between which a pixel lies, and their shares: bilinear. Its
/// centre is a quarter of a coarse pixel from the centre of the one that it lies in.
fn sources(x: usize, y: usize, width: usize, height: usize) -> [(usize, f32); 4] {
    let both = |at: usize, size: usize| {
        let own = at / 2;
        let other = if at.is_multiple_of(2) { own.saturating_sub(1) } else { own + 1 };
        [(own.min(size - 1), 0.75), (other.min(size - 1), 0.25)]
    };
    let ([top, bottom], [left, right]) = (both(y, height), both(x, width));
    [(top, left), (top, right), (bottom, left), (bottom, right)]
        .map(|((y, a), (x, b))| (y * width + x, a * b))
}

#[cfg(test)]
mod tests;
