//! How much the surface changes at every pixel, and in which direction.

use glam::{Vec3, Vec4};

use super::borders::Borders;
use super::eigen::Covariance;
use super::padded::{LANES, Padded, block};
use super::range_image::RangeImage;
use super::surface::Surfaces;

/// Changes below this are none.
pub(super) const LEAST: f32 = 0.2;

/// Pixels along each of the eight beams whose normals are compared.
const BEAM: isize = 2;

const BEAMS: [(isize, isize); 8] =
    [(-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1)];

/// A change of the surface.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Change {
    /// From 0 to 1, which is a border; 0 stands for anything under [`LEAST`].
    pub score: f32,
    /// Unit direction in space along which the surface changes most; its sign means nothing.
    pub direction: Vec3,
}

/// The change at every pixel: 1 across a border, elsewhere the standard deviation of the normals
/// around it along the direction in which they deviate most.
pub(super) fn changes(image: &RangeImage, surfaces: &Surfaces, borders: &Borders) -> Vec<Change> {
    let (width, mut changes) = (image.width, vec![Change::default(); image.points.len()]);
    let mut ends = Padded::new(width, image.height, 0.0);
    for (at, _) in
        borders.hidden.iter().enumerate().filter(|&(at, hidden)| *hidden && image.is_hit(at))
    {
        ends.set(at % width, at / width, [1.0]);
    }
    for (y, row) in changes.chunks_exact_mut(width.max(1)).enumerate() {
        let normals = |columns, rows| surfaces.padded.row(y as isize + rows, columns);
        let ends = |columns, rows| ends.row(y as isize + rows, columns);
        let beams = BEAMS.map(|(columns, rows)| {
            [1, 2].map(|k| (normals(k * columns, k * rows), ends(k * columns, k * rows)))
        });
        let middle = normals(0, 0);
        for (number, first) in (0..width).step_by(LANES).enumerate() {
            let around = beams.as_flattened().iter().map(|(normals, _)| block(normals, number));
            let mut curved = !alike(block(&middle, number), around);
            if curved & 0xf != 0 {
                curved &= spread(&beams, number);
            }
            for (lane, change) in row[first..].iter_mut().take(LANES).enumerate() {
                let at = y * width + first + lane;
                if borders.hidden[at] {
                    continue;
                }
                if borders.directions[at] != Vec3::ZERO {
                    *change = Change { score: 1.0, direction: borders.directions[at] };
                } else if curved & 1 << lane != 0 && image.is_hit(at) {
                    *change = curvature(image, surfaces, borders, at).unwrap_or_default();
                }
            }
        }
    }
    changes
}

/// Normals that have so much in common with the middle one of all do not change by [`LEAST`]: the
/// square of their mean is no less than this number's, with room for rounding.
const ALIKE: f32 = 0.981;

/// What rounding may add to the square of a mean of normals.
const ROUNDING: f32 = 1e-4;

const _: () = assert!(ALIKE * ALIKE > 1.0 - LEAST * LEAST + ROUNDING);

/// In which lanes the normals are known and so alike that there is no change, as bits.
fn alike([x, y, z]: [Vec4; 3], around: impl Iterator<Item = [Vec4; 3]>) -> u32 {
    let shares = around.map(|[u, v, w]| u * x + v * y + w * z);
    shares.fold(Vec4::ONE, Vec4::min).cmpge(Vec4::splat(ALIKE)).bitmask()
}

/// A row of normals, and of where beams end.
type Beside<'a> = ([&'a [[f32; LANES]]; 3], [&'a [[f32; LANES]]; 1]);

/// In which lanes of a block the mean of the normals along the beams is so short that there may be a
/// change, as bits.
fn spread(beams: &[[Beside; BEAM as usize]; BEAMS.len()], number: usize) -> u32 {
    let (mut sums, mut count) = ([Vec4::ZERO; 3], Vec4::ZERO);
    for beam in beams {
        let mut is_open = Vec4::ZERO.cmpeq(Vec4::ZERO);
        for (normals, ends) in beam {
            let normal = block(normals, number);
            let [end] = block(ends, number);
            is_open &= end.cmpeq(Vec4::ZERO);
            let [x, y, z] = normal;
            let is_known = (x * x + y * y + z * z).cmpgt(Vec4::ZERO) & is_open;
            for (sum, value) in sums.iter_mut().zip(normal) {
                *sum += Vec4::select(is_open, value, Vec4::ZERO);
            }
            count += Vec4::select(is_known, Vec4::ONE, Vec4::ZERO);
        }
    }
    let [x, y, z] = sums;
    let most = count * count * (1.0 - LEAST * LEAST + ROUNDING);
    (x * x + y * y + z * z).cmple(most).bitmask()
}

/// The main principal curvature: how the normals along eight beams differ. A beam ends where
/// another surface begins.
fn curvature(
    image: &RangeImage,
    surfaces: &Surfaces,
    borders: &Borders,
    at: usize,
) -> Option<Change> {
    if !surfaces.is_known(at) {
        return None;
    }
    let mut normals = [Vec3::ZERO; 8 * BEAM as usize];
    let mut count = 0;
    for (columns, rows) in BEAMS {
        for step in 1..=BEAM {
            let Some(near) = image.beside(at, (step * columns, step * rows)) else { break };
            if image.is_hit(near) && borders.hidden[near] {
                break;
            }
            if surfaces.is_known(near) {
                normals[count] = surfaces.normals[near];
                count += 1;
            }
        }
    }
    let normals = &normals[..count];
    // The sum of the three variances, which is no less than the greatest, settles most pixels.
    let mean = normals.iter().sum::<Vec3>() / count as f32;
    if count < 3 || 1.0 - mean.length_squared() < LEAST * LEAST {
        return None;
    }
    let mut covariance = Covariance::default();
    for &normal in normals {
        covariance.add(normal);
    }
    let (variance, direction) = covariance.most()?;
    let score = variance.sqrt();
    (score >= LEAST).then_some(Change { score, direction })
}

#[cfg(test)]
mod tests {
    use super::super::borders::borders;
    use super::super::surface::surfaces;
    use super::*;
    use ndarray::Array2;

    fn changes_of(metres: &Array2<f32>) -> Vec<Change> {
        let image = RangeImage::new(metres.view(), 1.0);
        let surfaces = surfaces(&image);
        changes(&image, &surfaces, &borders(&image, &surfaces))
    }

    #[test]
    fn two_walls_change_across_their_edge() {
        // Both at 45 degrees to the axis: their normals differ along x alone, by 2·sin 45°.
        let f = 8.0 / 0.5_f32.tan();
        let metres =
            Array2::from_shape_fn((12, 16), |(_, x)| 2.0 / (1.0 + ((x as f32 - 7.5) / f).abs()));
        let changes = changes_of(&metres);
        for x in 7..=8 {
            let Change { score, direction } = changes[6 * 16 + x];
            assert!(score > 0.5 && score < 0.71 && direction.x.abs() > 0.99, "{score} {direction}");
        }
        assert_eq!(changes[6 * 16 + 2], Change::default());
    }

    #[test]
    fn walls_do_not_change_and_borders_change_fully() {
        let wall = changes_of(&Array2::from_elem((8, 8), 2.0));
        assert!(wall.iter().all(|change| *change == Change::default()));
        let step = Array2::from_shape_fn((8, 16), |(_, x)| if x < 8 { 1.0 } else { 3.0 });
        let step = changes_of(&step);
        let row = &step[4 * 16..5 * 16];
        assert_eq!(row.iter().filter(|change| change.score == 1.0).count(), 1);
        assert!(row[6].score == 1.0 || row[7].score == 1.0);
    }
}
