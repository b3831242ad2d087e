//! The connected points around one point: region growing on rows of bits.

use glam::Vec4;

use super::padded::{LANES, MARGIN, block};
use super::range_image::RangeImage;

/// A patch ends so many columns and rows beside its middle: a row of it is a u64.
///
/// Scales are chosen so that radii are about ten pixels. Only at the corners of images with fields
/// of view far over 90°, whose pixels see less than those in the middle, could more be needed.
pub(super) const REACH: usize = 31;

const ROWS: usize = 2 * REACH + 1;

/// Pixels up to this many away belong to a patch at any distance.
const ALWAYS: usize = 2;

/// Marks of pixels, a bit each.
pub(super) struct BitRows {
    words: usize,
    bits: Vec<u64>,
}

impl BitRows {
    pub fn new(width: usize, height: usize, marked: impl Fn(usize) -> bool) -> Self {
        // One word more on either side, so that every window is inside.
        let words = width.div_ceil(64) + 2;
        let mut bits = vec![0; words * height];
        for (y, row) in bits.chunks_exact_mut(words).enumerate() {
            for x in 0..width {
                row[x / 64 + 1] |= u64::from(marked(y * width + x)) << (x % 64);
            }
        }
        Self { words, bits }
    }

    /// The marks in rows from `top` on, each from [`REACH`] columns left of x on.
    fn around(&self, x: usize, top: usize) -> impl Iterator<Item = u64> {
        let first = x + 64 - REACH;
        let (word, shift) = (first / 64, first % 64);
        // In two steps: 64 bits cannot be shifted by 64.
        let join = move |row: &[u64]| row[word] >> shift | row[word + 1] << 1 << (63 - shift);
        self.bits[top * self.words..].chunks_exact(self.words).map(join)
    }
}

/// A rectangle of pixels: first ones, and those after the last ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Window {
    pub columns: [usize; 2],
    pub rows: [usize; 2],
}

/// The pixels around one, moved from pixel to pixel.
pub(super) struct Patch<'a> {
    image: &'a RangeImage,
    radius: f32,
    /// x/z of the rays of columns, and y/z of those of rows, with √(1 + that²).
    tangents: [Vec<(f32, f32)>; 2],
    x: usize,
    y: usize,
    window: Window,
    /// Of the rows of the window: pixels that a path may lead through, those among them that are
    /// looked for, and those that a path leads to.
    passable: [u64; ROWS],
    sought: [u64; ROWS],
    reached: [u64; ROWS],
}

impl<'a> Patch<'a> {
    pub fn new(image: &'a RangeImage, radius: f32) -> Self {
        let tangent = |t: f32| (t, (1.0 + t * t).sqrt());
        let columns = (0..image.width).map(|x| tangent(image.ray(x, (0, 0)).x));
        let rows = (0..image.height).map(|y| tangent(image.ray(y * image.width, (0, 0)).y));
        Self {
            image,
            radius,
            tangents: [columns.collect(), rows.collect()],
            x: 0,
            y: 0,
            window: Window { columns: [0, 0], rows: [0, 0] },
            passable: [0; ROWS],
            sought: [0; ROWS],
            reached: [0; ROWS],
        }
    }

    /// Puts the patch around another pixel. The window holds all pixels that may be near enough:
    /// a column's points lie on a plane through the eye, whose distance is known.
    pub fn move_to(&mut self, x: usize, y: usize) -> Window {
        let point = self.image.points[y * self.image.width + x];
        let along = |tangents: &[(f32, f32)], middle: usize, offset: f32| {
            let near = |&at: &usize| {
                let (tangent, length) = tangents[at];
                at.abs_diff(middle) <= ALWAYS
                    || (offset + point.z * tangent).abs() <= self.radius * length
            };
            let before = (middle.saturating_sub(REACH)..middle).rev().take_while(near).count()
                + self.image.slack;
            let last = (middle + REACH + 1).min(tangents.len());
            let after = (middle + 1..last).take_while(near).count() + self.image.slack;
            [middle.saturating_sub(before.min(REACH)), (middle + after + 1).min(last)]
        };
        (self.x, self.y) = (x, y);
        self.window = Window {
            columns: along(&self.tangents[0], x, point.x),
            rows: along(&self.tangents[1], y, point.y),
        };
        self.window
    }

    /// Goes through the marked pixels among those that a path of open ones near enough leads to, if
    /// there may be two or more: numbers of rows, with marks as bits from [`REACH`] columns left of
    /// the middle on.
    pub fn grow(&mut self, open: &BitRows, marked: &BitRows, mut each: impl FnMut(usize, u64)) {
        let [top, bottom] = self.window.rows;
        let (rows, middle) = (bottom - top, self.y - top);
        let (mut any, mut several) = (false, false);
        for (i, (open, marked)) in
            open.around(self.x, top).zip(marked.around(self.x, top)).take(rows).enumerate()
        {
            let passable = if open == 0 { 0 } else { open & self.near(top + i) };
            let sought = passable & marked;
            several |= sought & sought.wrapping_sub(1) != 0 || any && sought != 0;
            any |= sought != 0;
            (self.passable[i], self.sought[i], self.reached[i]) = (passable, sought, 0);
        }
        if !several {
            return;
        }
        let (passable, reached) = (&self.passable[..rows], &mut self.reached[..rows]);
        reached[middle] = spread(1 << REACH, passable[middle]);
        let mut whole = reached[middle] == passable[middle];
        let mut grow = |row: usize, from: usize| {
            let before = reached[row];
            reached[row] = spread(before | wider(reached[from]), passable[row]);
            (reached[row] != before, reached[row] == passable[row])
        };
        // Away from the middle, which reaches all of most patches.
        (0..middle).rev().for_each(|row| whole &= grow(row, row + 1).1);
        (middle + 1..rows).for_each(|row| whole &= grow(row, row - 1).1);
        // Then down and up until nothing is added.
        let mut growing = !whole;
        while growing {
            growing = (1..rows).fold(false, |any, row| any | grow(row, row - 1).0);
            growing |= (0..rows - 1).rev().fold(false, |any, row| any | grow(row, row + 1).0);
        }
        for (i, (reached, sought)) in reached.iter().zip(&self.sought).enumerate() {
            if reached & sought != 0 {
                each(top + i, reached & sought);
            }
        }
    }

    /// Pixels of a row within the radius, or very near in the image.
    fn near(&self, row: usize) -> u64 {
        let [left, right] = self.window.columns;
        let point = self.image.points[self.y * self.image.width + self.x];
        let [x0, y0, z0] = point.to_array().map(Vec4::splat);
        let square = Vec4::splat(self.radius * self.radius);
        // Rows go on beyond the window.
        let rows = self.image.coordinates.row(row as isize, left as isize);
        let mut bits = 0;
        for number in 0..(right - left).div_ceil(LANES) {
            let [x, y, z, _] = block(&rows, number);
            let (x, y, z) = (x - x0, y - y0, z - z0);
            let near = (x * x + y * y + z * z).cmple(square);
            bits |= u64::from(near.bitmask()) << (LANES * number);
        }
        let bits = (bits & ((1 << (right - left)) - 1)) << (left + REACH - self.x);
        let always = ((1 << (2 * ALWAYS + 1)) - 1) << (REACH - ALWAYS);
        if row.abs_diff(self.y) <= ALWAYS { bits | always } else { bits }
    }
}

const _: () = assert!(ALWAYS <= MARGIN);

/// The bits and those beside them.
fn wider(bits: u64) -> u64 {
    bits | bits << 1 | bits >> 1
}

/// As far as the passable bits are, the runs of them in which there are bits.
fn spread(bits: u64, passable: u64) -> u64 {
    let mut bits = bits & passable;
    if bits == 0 || bits == passable {
        return bits;
    }
    // A carry that runs through all passable bits tells that they are one run.
    if passable & passable.wrapping_add(passable & passable.wrapping_neg()) == 0 {
        return passable;
    }
    loop {
        let more = wider(bits) & passable;
        if more == bits {
            return bits;
        }
        bits = more;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// The same by a queue of pixels.
    fn by_queue(
        image: &RangeImage,
        open: &[bool],
        x: usize,
        y: usize,
        radius: f32,
    ) -> BTreeSet<usize> {
        let middle = y * image.width + x;
        let mut found = BTreeSet::new();
        let mut queue = vec![middle];
        while let Some(at) = queue.pop() {
            let (u, v) = (at % image.width, at / image.width);
            let beside = u.abs_diff(x).max(v.abs_diff(y)) <= ALWAYS;
            let far = image.points[at].distance(image.points[middle]) > radius && !beside;
            if !open[at] || far || !found.insert(at) {
                continue;
            }
            for step in (-1..=1).flat_map(|dy| (-1..=1).map(move |dx| (dx, dy))) {
                queue.extend(image.beside(at, step));
            }
        }
        found
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn patches_are_those_of_a_queue(
            holes in prop::collection::vec(0_u8..4, 26 * 20),
            slopes in (-0.02_f32..0.02, -0.02_f32..0.02),
            radius in 0.05_f32..0.8, half: bool,
        ) {
            let metres = Array2::from_shape_fn((40, 52), |(y, x)| {
                4.0 + slopes.0 * x as f32 + slopes.1 * y as f32 + (x / 20) as f32 / 10.0
            });
            let image = RangeImage::new(metres.view(), 1.1);
            let image = if half { image.half() } else { image };
            let (width, height) = (image.width, image.height);
            let open: Vec<_> = (0..width * height)
                .map(|at| image.is_hit(at) && holes[at % holes.len()] > 0)
                .collect();
            let bits = BitRows::new(width, height, |at| open[at]);
            let all = BitRows::new(width, height, |_| true);
            let mut patch = Patch::new(&image, radius);
            for (x, y) in [(0, 0), (width - 1, 7), (12, height - 1), (width / 2, height / 2)] {
                let mut found = BTreeSet::new();
                patch.move_to(x, y);
                patch.grow(&bits, &all, |row, bits| {
                    let set = (0..64).filter(|k| bits & 1 << k != 0);
                    found.extend(set.map(|k| row * width + x + k - REACH));
                });
                let expected = by_queue(&image, &open, x, y, radius);
                // Of a single one nothing need be said.
                prop_assert!(found == expected || expected.len() < 2 && found.is_empty());
            }
        }
    }
}
