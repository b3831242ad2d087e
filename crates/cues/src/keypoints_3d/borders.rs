//! Where one surface hides another: border extraction on a range image (Steder et al., ICRA 2011).

use glam::{Vec3, Vec4};

use super::padded::{LANES, MARGIN, block, lanes, put};
use super::range_image::{FAR, RangeImage};
use super::surface::Surfaces;

/// Left, right, up, down; the opposite of direction k is k ^ 1.
const DIRECTIONS: [(isize, isize); 4] = [(-1, 0), (1, 0), (0, -1), (0, 1)];

/// Pixels beside a point whose mean tells whether there is a border.
const RADIUS: isize = 3;

const _: () = assert!(RADIUS as usize <= MARGIN);

/// Scores from here on are borders.
const BORDER: f32 = 0.8;

/// How much of what a score lacks of 1 its neighbours can add.
const BONUS: f32 = 0.5;

/// Directions of borders are averaged over pixels up to so many away.
const SMOOTH: isize = 2;

/// The borders of a range image.
pub(super) struct Borders {
    /// The unit direction across the border at every pixel, within its surface and away from it; 0
    /// where there is none.
    pub directions: Vec<Vec3>,
    /// Pixels on the far side of a border, or between its sides.
    pub hidden: Vec<bool>,
}

/// For every pixel, the scores of the four directions.
type Scores = [Vec<f32>; 4];

/// A pixel that may be a border in a direction, and the pixel that starts the far side.
struct Candidate {
    at: usize,
    direction: usize,
    shadow: usize,
}

/// Finds borders: pixels beyond which the next points are much farther from it than its surface's
/// are from each other, while from over there the way back is a jump towards the eye.
pub(super) fn borders(image: &RangeImage, surfaces: &Surfaces) -> Borders {
    let mut scores = raised(image, &scores(image, surfaces));
    let candidates = with_shadows(image, &mut scores);
    let mut ahead = vec![[false; 4]; image.points.len()];
    let mut hidden = vec![false; image.points.len()];
    for Candidate { at, direction, shadow } in candidates {
        if !is_greatest(image, &scores[direction], at, direction, shadow) {
            continue;
        }
        ahead[at][direction] = true;
        let mut between = at;
        while between != shadow {
            between = image.beside(between, DIRECTIONS[direction]).unwrap_or(shadow);
            hidden[between] = true;
        }
    }
    let mut directions = vec![Vec3::ZERO; image.points.len()];
    for (at, ahead) in ahead.into_iter().enumerate().filter(|(_, ahead)| *ahead != [false; 4]) {
        directions[at] = across(image, surfaces, at, ahead).unwrap_or_default();
    }
    Borders { directions: smoothed(image, surfaces, &directions), hidden }
}

/// How far away a point is from a pixel's, compared with the pixel's surface: 0 if it may belong to
/// it, up to 1; negative if it is nearer to the eye.
fn change(image: &RangeImage, surfaces: &Surfaces, at: usize, point: Vec3, range: f32) -> f32 {
    let (reach, distance) = (surfaces.reaches[at], image.points[at].distance_squared(point));
    if distance <= reach {
        return 0.0;
    }
    let score = 1.0 - (reach / distance).sqrt();
    if range < image.ranges[at] { -score } else { score }
}

/// The change from every pixel to the mean of the next three in each direction; 1 if the next one
/// hits nothing, 0 if the image ends.
fn scores(image: &RangeImage, surfaces: &Surfaces) -> Scores {
    let (width, height) = (image.width, image.height);
    DIRECTIONS.map(|(columns, rows)| {
        let mut scores = vec![0.0; width * height];
        for (y, row) in scores.chunks_exact_mut(width.max(1)).enumerate() {
            let reaches = &surfaces.reaches[y * width..(y + 1) * width];
            let y = y as isize;
            let (here, normals) = (image.coordinates.row(y, 0), surfaces.padded.row(y, 0));
            let ahead: [_; RADIUS as usize] = std::array::from_fn(|i| {
                let step = i as isize + 1;
                image.coordinates.row(y + step * rows, step * columns)
            });
            for (number, first) in (0..width).step_by(LANES).enumerate() {
                let ahead = ahead.each_ref().map(|rows| block(rows, number));
                let hits = ahead.map(|[.., range]| range.cmplt(Vec4::splat(FAR)));
                let mut sums = [Vec4::ZERO; 4];
                let mut count = Vec4::ZERO;
                for (hit, point) in hits.into_iter().zip(ahead) {
                    for (sum, value) in sums.iter_mut().zip(point) {
                        *sum += Vec4::select(hit, value, Vec4::ZERO);
                    }
                    count += Vec4::select(hit, Vec4::ONE, Vec4::ZERO);
                }
                let [x, y, z, range] = block(&here, number);
                let [dx, dy, dz] = [x - sums[0] / count, y - sums[1] / count, z - sums[2] / count];
                let (distance, reach) = (dx * dx + dy * dy + dz * dz, lanes(reaches, first));
                let score = Vec4::ONE - (reach / distance).sqrt();
                let nearer = (sums[3] / count).cmplt(range);
                let score = Vec4::select(nearer, -score, score);
                let score = Vec4::select(distance.cmpgt(reach), score, Vec4::ZERO);
                let score = Vec4::select(hits[0], score, Vec4::ONE);
                let [nx, ny, nz] = block(&normals, number);
                let known = (nx * nx + ny * ny + nz * nz).cmpgt(Vec4::ZERO);
                put(row, first, Vec4::select(known, score, Vec4::ZERO));
            }
            let ends = match (columns, rows) {
                (-1, _) => 0..width.min(1),
                (1, _) => width.saturating_sub(1)..width,
                (_, rows) if (0..height as isize).contains(&(y + rows)) => 0..0,
                _ => 0..width,
            };
            row[ends].fill(0.0);
        }
        scores
    })
}

/// Scores that their neighbours' mean could make a border are raised by it.
fn raised(image: &RangeImage, scores: &Scores) -> Scores {
    scores.each_ref().map(|scores| {
        let mut raised = scores.clone();
        let could_be = |score: f32| score + BONUS * (1.0 - score) >= BORDER;
        for (at, raised) in raised.iter_mut().enumerate().filter(|(_, score)| could_be(**score)) {
            let around = square(1).filter_map(|step| image.beside(at, step));
            let (sum, count) =
                around.fold((0.0, 0.0), |(sum, count), near| (sum + scores[near], count + 1.0));
            let mean: f32 = sum / count;
            if count > 0.0 && mean >= 0.0 {
                *raised += BONUS * mean * (1.0 - *raised);
            }
        }
        raised
    })
}

/// All steps of a square around a pixel, without the pixel.
fn square(radius: isize) -> impl Iterator<Item = (isize, isize)> {
    let steps = move |rows| (-radius..=radius).map(move |columns| (columns, rows));
    (-radius..=radius).flat_map(steps).filter(|&step| step != (0, 0))
}

/// The borders for which there is a far side: what hits nothing, or the pixel among the next three
/// with the most negative score back. The better that score, the less the border's score is
/// lowered; where there is no far side it becomes 0.
fn with_shadows(image: &RangeImage, scores: &mut Scores) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for (direction, (columns, rows)) in DIRECTIONS.into_iter().enumerate() {
        for at in 0..image.points.len() {
            let score = scores[direction][at];
            if score < BORDER {
                continue;
            }
            let next = |step| image.beside(at, (step * columns, step * rows));
            if let Some(shadow) = next(1).filter(|&next| score == 1.0 && !image.is_hit(next)) {
                candidates.push(Candidate { at, direction, shadow });
                continue;
            }
            let back = &scores[direction ^ 1];
            let far_side = (1..=RADIUS)
                .filter_map(next)
                .filter(|&next| back[next] < 0.0)
                .min_by(|&a, &b| back[a].total_cmp(&back[b]));
            let kept =
                far_side.map_or(0.0, |far| score * (1.0 - (1.0 + back[far]).powi(3)).max(0.9));
            scores[direction][at] = if kept < BORDER { 0.0 } else { kept };
            if let Some(shadow) = far_side.filter(|_| kept >= BORDER) {
                candidates.push(Candidate { at, direction, shadow });
            }
        }
    }
    candidates
}

/// Whether no pixel just before the border, or from there to its far side, has a greater score.
fn is_greatest(
    image: &RangeImage,
    scores: &[f32],
    at: usize,
    direction: usize,
    shadow: usize,
) -> bool {
    let next = |from| image.beside(from, DIRECTIONS[direction]);
    let before = image.beside(at, DIRECTIONS[direction ^ 1]);
    let between = std::iter::successors(next(at), |&from| next(from));
    between
        .take(RADIUS as usize)
        .take_while(|&near| near != shadow)
        .chain(before)
        .all(|near| scores[near] <= scores[at])
}

/// The direction in space across a border that lies in the given directions of the image: to the
/// point of the pixel's plane that a ray one pixel further meets.
fn across(image: &RangeImage, surfaces: &Surfaces, at: usize, ahead: [bool; 4]) -> Option<Vec3> {
    let step = DIRECTIONS.iter().zip(ahead).filter(|&(_, ahead)| ahead);
    let step = step.fold((0, 0), |sum, (step, _)| (sum.0 + step.0, sum.1 + step.1));
    if step == (0, 0) {
        return None;
    }
    let ray = image.ray(at, step);
    let beyond = ray * (surfaces.offsets[at] / surfaces.normals[at].dot(ray));
    (beyond - image.points[at]).try_normalize()
}

/// Every direction averaged with those around it that are on the same side of the same border; 0
/// if there are fewer than two.
fn smoothed(image: &RangeImage, surfaces: &Surfaces, directions: &[Vec3]) -> Vec<Vec3> {
    let mean = |at: usize| {
        let direction = directions[at];
        if direction == Vec3::ZERO {
            return Vec3::ZERO;
        }
        let alike = |&near: &usize| {
            directions[near] != Vec3::ZERO
                && directions[near].dot(direction) >= -0.5
                && change(image, surfaces, at, image.points[near], image.ranges[near]).abs()
                    < 0.95 * BORDER
        };
        let near = square(SMOOTH).filter_map(|step| image.beside(at, step)).filter(alike);
        let (sum, count) =
            near.fold((direction, 1), |(sum, count), near| (sum + directions[near], count + 1));
        if count > SMOOTH { sum.normalize_or_zero() } else { Vec3::ZERO }
    };
    (0..directions.len()).map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::super::surface::surfaces;
    use super::*;
    use ndarray::Array2;

    fn borders_of(metres: &Array2<f32>) -> (RangeImage, Borders) {
        let image = RangeImage::new(metres.view(), 1.0);
        let borders = borders(&image, &surfaces(&image));
        (image, borders)
    }

    #[test]
    fn a_board_before_a_wall_has_a_border_and_the_wall_its_far_side() {
        let metres =
            Array2::from_shape_fn((12, 20), |(_, x)| if (6..13).contains(&x) { 1.0 } else { 3.0 });
        let (_, borders) = borders_of(&metres);
        // The mean of three pixels ahead blurs the border by a pixel.
        for y in 2..10 {
            let row = &borders.directions[20 * y..20 * (y + 1)];
            let found: Vec<_> = (0..20).filter(|&x| row[x] != Vec3::ZERO).collect();
            let &[left, right] = &found[..] else { panic!("borders at {found:?}") };
            assert!((6..=7).contains(&left) && (11..=12).contains(&right), "{found:?}");
            assert!((row[left] - Vec3::NEG_X).length() < 1e-3, "{}", row[left]);
            assert!((row[right] - Vec3::X).length() < 1e-3, "{}", row[right]);
            for x in 0..20 {
                let hidden = (5..left).contains(&x) || (right + 1..=13).contains(&x);
                assert_eq!(borders.hidden[20 * y + x], hidden, "({x}, {y})");
            }
        }
    }

    #[test]
    fn the_edge_of_what_is_hit_is_a_border() {
        let metres =
            Array2::from_shape_fn((12, 16), |(y, _)| if y < 5 { f32::INFINITY } else { 2.0 });
        let (_, borders) = borders_of(&metres);
        assert!((borders.directions[5 * 16 + 8] - Vec3::Y).length() < 1e-3);
        assert_eq!(borders.directions[6 * 16 + 8], Vec3::ZERO);
        assert!(borders.hidden[4 * 16 + 8] && !borders.hidden[5 * 16 + 8]);
    }

    #[test]
    fn a_slanted_wall_and_the_corner_of_a_room_have_none() {
        let wall = Array2::from_shape_fn((16, 16), |(_, x)| 30.0 / (10.0 + x as f32));
        let corner =
            Array2::from_shape_fn((16, 16), |(_, x)| 30.0 / (10.0 + (x as f32 - 7.5).abs()));
        for metres in [wall, corner] {
            let (_, borders) = borders_of(&metres);
            assert!(borders.directions.iter().all(|&direction| direction == Vec3::ZERO));
            assert!(borders.hidden.iter().all(|&hidden| !hidden));
        }
    }
}
