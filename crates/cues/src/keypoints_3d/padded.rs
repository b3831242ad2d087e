//! Maps that go on beyond their ends, read four pixels of a row at a time.

use glam::Vec4;

/// Pixels that maps go on beyond each end.
pub(super) const MARGIN: usize = 3;

/// Pixels of a row that are computed at once.
pub(super) const LANES: usize = 4;

/// C maps of one size.
pub(super) struct Padded<const C: usize> {
    stride: usize,
    maps: [Vec<f32>; C],
}

impl<const C: usize> Padded<C> {
    /// Maps that hold one value everywhere.
    pub fn new(width: usize, height: usize, value: f32) -> Self {
        let stride = width + 2 * MARGIN;
        // The last row may be read in whole lanes, too.
        let length = stride * (height + 2 * MARGIN) + LANES;
        Self { stride, maps: std::array::from_fn(|_| vec![value; length]) }
    }

    pub fn set(&mut self, x: usize, y: usize, values: [f32; C]) {
        let at = (y + MARGIN) * self.stride + MARGIN + x;
        for (map, value) in self.maps.iter_mut().zip(values) {
            map[at] = value;
        }
    }

    /// The rows of all maps from `columns` columns beside the first pixel on, in lanes; rows and
    /// columns go from −[`MARGIN`] on.
    pub fn row(&self, y: isize, columns: isize) -> [&[[f32; LANES]]; C] {
        let margin = MARGIN as isize;
        let start = ((y + margin) * self.stride as isize + margin + columns) as usize;
        self.maps.each_ref().map(|map| map[start..].as_chunks().0)
    }
}

/// One block of lanes of every row.
pub(super) fn block<const C: usize>(rows: &[&[[f32; LANES]]; C], number: usize) -> [Vec4; C] {
    rows.map(|row| Vec4::from_array(row[number]))
}

/// The lanes of a list from a place on; 0 beyond its end.
pub(super) fn lanes(values: &[f32], first: usize) -> Vec4 {
    if let Some(values) = values.get(first..first + LANES) {
        return Vec4::from_slice(values);
    }
    let value = |lane: usize| values.get(first + lane).copied().unwrap_or(0.0);
    Vec4::new(value(0), value(1), value(2), value(3))
}

/// Puts lanes into a list from a place on, as far as it goes.
pub(super) fn put(values: &mut [f32], first: usize, lanes: Vec4) {
    match values.get_mut(first..first + LANES) {
        Some(values) => values.copy_from_slice(&lanes.to_array()),
        None => {
            values[first..].iter_mut().zip(lanes.to_array()).for_each(|(to, from)| *to = from);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_go_on_beyond_the_image() {
        let mut maps = Padded::<2>::new(2, 2, -1.0);
        maps.set(0, 0, [1.0, 2.0]);
        maps.set(1, 1, [3.0, 4.0]);
        assert_eq!(
            maps.row(0, -2).map(|map| map[0]),
            [[-1.0, -1.0, 1.0, -1.0], [-1.0, -1.0, 2.0, -1.0]]
        );
        assert_eq!(maps.row(1, 1)[1][0], [4.0, -1.0, -1.0, -1.0]);
        assert!(maps.row(-3, -3)[0].len() > 3 && !maps.row(4, 3)[0].is_empty());
        assert_eq!(block(&maps.row(1, 0), 0)[0], Vec4::new(-1.0, 3.0, -1.0, -1.0));
    }

    #[test]
    fn lists_end_within_lanes() {
        let mut values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        assert_eq!(lanes(&values, 1).to_array(), [2.0, 3.0, 4.0, 5.0]);
        assert_eq!(lanes(&values, 4).to_array(), [5.0, 6.0, 0.0, 0.0]);
        put(&mut values, 4, Vec4::splat(7.0));
        put(&mut values, 0, Vec4::splat(8.0));
        assert_eq!(values, [8.0, 8.0, 8.0, 8.0, 7.0, 7.0]);
    }
}
