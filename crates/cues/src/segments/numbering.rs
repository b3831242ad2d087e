//! Numbers of segments that depend on nothing but the segments.

use ndarray::Array2;

/// Segments that labels have numbers for.
const MOST: usize = 255;

/// Numbers segments from 0 on in the order of their first pixels, row after row.
pub(crate) fn by_first_pixel<T: Copy + Into<usize>>(segments: &Array2<T>) -> Array2<usize> {
    let last = segments.iter().map(|&segment| segment.into()).max().unwrap_or(0);
    let (mut numbers, mut count) = (vec![usize::MAX; last + 1], 0);
    segments.map(|&segment| {
        let number = &mut numbers[segment.into()];
        if *number == usize::MAX {
            *number = count;
            count += 1;
        }
        *number
    })
}

/// Segments numbered in the order of their first pixels. While there are more than [`MOST`], the
/// smallest (of several the last) is joined with the one that it touches most.
pub(super) fn numbered(segments: Array2<usize>) -> Array2<u8> {
    let mut segments = by_first_pixel(&segments);
    let mut count = segments.iter().max().map_or(0, |&last| last + 1);
    while count > MOST {
        let mut sizes = vec![0_usize; count];
        segments.iter().for_each(|&segment| sizes[segment] += 1);
        let smallest = (0..count).rev().min_by_key(|&segment| sizes[segment]);
        let smallest = smallest.expect("there are many segments");
        let host = touched_most(&segments, smallest, count);
        segments.mapv_inplace(|segment| if segment == smallest { host } else { segment });
        segments = by_first_pixel(&segments);
        count -= 1;
    }
    segments.mapv(|segment| segment as u8)
}

/// The segment that shares the most sides of pixels with one; of several the first.
fn touched_most(segments: &Array2<usize>, segment: usize, count: usize) -> usize {
    let mut sides = vec![0_usize; count];
    for pair in segments.windows([1, 2]).into_iter().chain(segments.windows([2, 1])) {
        let mut ends = pair.iter().copied();
        if let (Some(a), Some(b)) = (ends.next(), ends.next())
            && a != b
        {
            sides[a] += usize::from(b == segment);
            sides[b] += usize::from(a == segment);
        }
    }
    (0..count).rev().max_by_key(|&other| sides[other]).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn first_pixels_come_first() {
        let segments = array![[7_usize, 7, 3], [9, 3, 3]];
        assert_eq!(by_first_pixel(&segments), array![[0, 0, 1], [2, 1, 1]]);
    }

    #[test]
    fn more_segments_than_numbers_are_joined() {
        // 300 pixels: a row of 200 and below it one that is 10 segments of 10 and 100 of 1.
        let segments =
            Array2::from_shape_fn((2, 300), |(y, x)| if y == 0 { x } else { 1000 + x / 2 });
        let labels = numbered(segments.clone());
        assert_eq!(labels.iter().max(), Some(&254));
        // What had one label still has.
        for pair in segments.windows([1, 2]).into_iter().zip(labels.windows([1, 2])) {
            assert!(pair.0[[0, 0]] != pair.0[[0, 1]] || pair.1[[0, 0]] == pair.1[[0, 1]]);
        }
    }
}
