//! Pictures side by side under captions.

use taskonomy_core::Split;

use super::font::{ADVANCE, LINE, wrap, write};
use super::{RgbImage, paint_domain};
use crate::dataset::Dataset;
use crate::manifest::RGB;

const GUTTER: usize = 3;
const PAPER: [u8; 3] = [250; 3];
const INK: [u8; 3] = [40; 3];

/// Rows of pictures under captions, one column each, with thin gutters.
///
/// A column is as wide as its widest picture (at least one character), a row as high as its
/// highest; long captions go over several lines. Rows may be of different lengths.
pub fn grid(captions: &[&str], rows: &[Vec<RgbImage>]) -> RgbImage {
    let columns = rows.iter().map(Vec::len).chain([captions.len()]).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|c| {
            let pictures = rows.iter().filter_map(|row| row.get(c)).map(RgbImage::width);
            pictures.max().unwrap_or(0).max(ADVANCE)
        })
        .collect();
    let heights: Vec<usize> =
        rows.iter().map(|row| row.iter().map(RgbImage::height).max().unwrap_or(0)).collect();
    let captions: Vec<Vec<String>> = captions
        .iter()
        .zip(&widths)
        .map(|(caption, &width)| wrap(caption, (width + 1) / ADVANCE))
        .collect();
    let lines = captions.iter().map(Vec::len).max().unwrap_or(0);

    let head = GUTTER + lines * LINE;
    let width = GUTTER + widths.iter().map(|w| w + GUTTER).sum::<usize>();
    let height = head + heights.iter().map(|h| h + GUTTER).sum::<usize>();
    let mut sheet = RgbImage::new(width, height);
    sheet.fill(0, 0, width, height, PAPER);
    let mut left = GUTTER;
    for (c, width) in widths.iter().enumerate() {
        for (k, line) in captions.get(c).into_iter().flatten().enumerate() {
            write(&mut sheet, line, left, GUTTER + k * LINE, INK);
        }
        let mut top = head;
        for (row, height) in rows.iter().zip(&heights) {
            if let Some(picture) = row.get(c) {
                sheet.place(picture, left, top);
            }
            top += height + GUTTER;
        }
        left += width + GUTTER;
    }
    sheet
}

/// `n` of `len` rows (all where there are fewer): one of each of `n` equal parts, not the same
/// place of every part, since scenes of one kind come at regular distances.
pub fn spread(n: usize, len: usize) -> Vec<usize> {
    let share = |k: usize| (k as f64 * std::f64::consts::SQRT_2).fract();
    let shown = n.min(len);
    let row = |k: usize| {
        let (from, to) = (k * len / shown, (k + 1) * len / shown);
        from + (share(k) * (to - from) as f64) as usize
    };
    (0..shown).map(row).collect()
}

/// `n` samples spread over a split (all where it has fewer), one row each: the image and
/// every other domain, pixels enlarged `scale` times. What is absent is left out. Below, as many
/// tuples of every domain of tuples: their images side by side, then the label.
pub fn contact_sheet(dataset: &Dataset, split: Split, n: usize, scale: usize) -> RgbImage {
    let of_tuples = |domain: &&taskonomy_core::Domain| domain.is_of_tuples();
    let all = &dataset.manifest().domains;
    let mut domains: Vec<_> = all.iter().filter(|domain| !of_tuples(domain)).collect();
    domains.sort_by_key(|domain| domain.name != RGB); // the image first, the others as they are
    let captions: Vec<&str> = domains.iter().map(|d| d.name.as_str()).collect();
    let row = |at: usize| {
        let picture = |domain: &&taskonomy_core::Domain| {
            let values = dataset.raw(split, &domain.name, at);
            let absent = || {
                let mut blank = RgbImage::new(1, 1);
                blank.set(0, 0, PAPER);
                blank
            };
            values.map_or_else(absent, |values| paint_domain(domain, values).scaled(scale))
        };
        domains.iter().map(picture).collect()
    };
    let rows = spread(n, dataset.len(split));
    let views = grid(&captions, &rows.into_iter().map(row).collect::<Vec<Vec<_>>>());
    let domains: Vec<_> = all.iter().filter(of_tuples).collect();
    if domains.is_empty() {
        views
    } else {
        below(&views, &tuples(dataset, split, &domains, n, scale))
    }
}

/// A column for each of some domains of tuples.
fn tuples(
    dataset: &Dataset,
    split: Split,
    domains: &[&taskonomy_core::Domain],
    n: usize,
    scale: usize,
) -> RgbImage {
    let column = |domain: &&taskonomy_core::Domain| -> Vec<RgbImage> {
        let Ok(tuples) = dataset.tuples(split, &domain.name) else { return vec![] };
        let pictures = |tuple: usize| {
            let images = tuples.rows(tuple)?.into_iter().filter_map(|row| {
                let values = dataset.raw(split, RGB, row)?;
                Some(paint_domain(dataset.domain(RGB).ok()?, values))
            });
            let label = dataset.raw(split, &domain.name, tuple);
            let label = label.map(|values| paint_domain(domain, values));
            let pictures: Vec<_> = images.chain(label).map(|image| image.scaled(scale)).collect();
            Some(beside(&pictures))
        };
        spread(n, tuples.len()).into_iter().filter_map(pictures).collect()
    };
    let columns: Vec<_> = domains.iter().map(column).collect();
    let captions: Vec<&str> = domains.iter().map(|domain| domain.name.as_str()).collect();
    let height = columns.iter().map(Vec::len).max().unwrap_or(0);
    let blank = || RgbImage::new(1, 1);
    let row =
        |at: usize| columns.iter().map(|c| c.get(at).cloned().unwrap_or_else(blank)).collect();
    grid(&captions, &(0..height).map(row).collect::<Vec<Vec<_>>>())
}

/// Pictures in a row.
fn beside(pictures: &[RgbImage]) -> RgbImage {
    let width = pictures.iter().map(|picture| picture.width() + 1).sum::<usize>().max(2) - 1;
    let height = pictures.iter().map(RgbImage::height).max().unwrap_or(1);
    let mut row = RgbImage::new(width, height);
    row.fill(0, 0, width, height, PAPER);
    let mut left = 0;
    for picture in pictures {
        row.place(picture, left, 0);
        left += picture.width() + 1;
    }
    row
}

/// One sheet above another.
fn below(first: &RgbImage, second: &RgbImage) -> RgbImage {
    let width = first.width().max(second.width());
    let mut both = RgbImage::new(width, first.height() + second.height());
    both.fill(0, 0, width, both.height(), PAPER);
    both.place(first, 0, 0);
    both.place(second, 0, first.height());
    both
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_spread_over_all_kinds_of_scenes() {
        assert_eq!(spread(4, 3), [0, 1, 2]);
        assert!(spread(4, 0).is_empty());
        // Parts of 10: 0, 0.414, 0.828, 0.243 of each.
        assert_eq!(spread(4, 40), [0, 14, 28, 32]);
        for len in [288, 576, 1152] {
            let rows = spread(8, len);
            assert!(rows.is_sorted_by(|a, b| a < b) && rows[7] < len, "{rows:?}");
            // Eight kinds in turn, two views each.
            let kinds: std::collections::BTreeSet<_> = rows.iter().map(|r| r / 2 % 8).collect();
            assert!(kinds.len() >= 6, "{len}: {kinds:?}");
        }
    }

    #[test]
    fn columns_are_as_wide_as_their_pictures() {
        let picture = |w, h, v| {
            let mut image = RgbImage::new(w, h);
            image.fill(0, 0, w, h, [v; 3]);
            image
        };
        let rows = [vec![picture(8, 4, 1), picture(20, 2, 2)], vec![picture(2, 6, 3)]];
        let sheet = grid(&["a", "b_c_d"], &rows);
        let head = GUTTER + 2 * LINE; // `b_c` and `_d`: three characters fit in 20 pixels
        assert_eq!(sheet.width(), 3 * GUTTER + 28);
        assert_eq!(sheet.height(), head + 2 * GUTTER + 10);
        assert_eq!(sheet.get(GUTTER, head), [1; 3]);
        assert_eq!(sheet.get(2 * GUTTER + 8, head), [2; 3]);
        assert_eq!(sheet.get(GUTTER, head + 4 + GUTTER), [3; 3]);
        assert_eq!(sheet.get(2 * GUTTER + 8, head + 4 + GUTTER), PAPER);
        assert_eq!(grid(&[], &[]).width(), GUTTER);
    }
}
