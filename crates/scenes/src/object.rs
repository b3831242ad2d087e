//! The object that a view shows most of.

use ndarray::ArrayView2;

use crate::class::Class;
use crate::thing::Thing;

/// The value where no object is large enough.
pub(crate) const NO_OBJECT: u8 = u8::MAX;

/// An object of less than this share of the image does not count.
const LEAST: f32 = 0.01;

/// What an image with these things ([`Thing`] values, S×S) is a picture of: the place among
/// [`Thing::objects`] of the one that covers most, and the place among [`Class::objects`] of the
/// class that covers most; [`NO_OBJECT`] where none covers 1 % of the image. What no name tells is no
/// object of any class.
///
/// Things of one kind count together, as four chairs around a table do. The middle half of the
/// image counts twice: cameras look at what they are there for.
pub(crate) fn dominant(things: ArrayView2<u8>) -> [u8; 2] {
    let mut areas = [0_u32; Thing::ALL.len()];
    let mut weights = [0_u32; Thing::ALL.len()];
    let (height, width) = things.dim();
    let inner = |at: usize, side: usize| 4 * at >= side && 4 * at < 3 * side;
    for ((y, x), &thing) in things.indexed_iter() {
        areas[usize::from(thing)] += 1;
        weights[usize::from(thing)] += 1 + u32::from(inner(x, width) && inner(y, height));
    }
    let least = LEAST * things.len() as f32;
    let largest = |groups: &mut dyn Iterator<Item = [u32; 2]>| {
        let large = groups.enumerate().filter(|(_, [area, _])| *area as f32 >= least);
        // Of equal ones the first.
        let best = large.min_by_key(|&(_, [_, weight])| std::cmp::Reverse(weight));
        best.map_or(NO_OBJECT, |(place, _)| place as u8)
    };
    let of = |thing: Thing| [areas[thing as usize], weights[thing as usize]];
    let of_class = |class: Class| {
        let things = Thing::objects().filter(|thing| thing.class() == class);
        things.fold([0; 2], |[area, weight], thing| {
            let [a, w] = of(thing);
            [area + a, weight + w]
        })
    };
    [largest(&mut Thing::objects().map(of)), largest(&mut Class::objects().map(of_class))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, s};

    fn names(things: &Array2<u8>) -> [Option<&'static str>; 2] {
        let [thing, class] = dominant(things.view()).map(usize::from);
        let thing = Thing::objects().nth(thing).map(Thing::name);
        [thing, Class::objects().nth(class).map(Class::name)]
    }

    #[test]
    fn the_largest_object_wins_and_the_building_does_not_count() {
        let mut things = Array2::from_elem((20, 20), Thing::Wall as u8);
        assert_eq!(names(&things), [None, None]);
        things.slice_mut(s![0, ..3]).fill(Thing::Bottle as u8);
        assert_eq!(names(&things), [None, None], "3 of 400 are too few");
        things[[0, 3]] = Thing::Bottle as u8;
        assert_eq!(names(&things), [Some("bottle"), Some("object")]);
        things.slice_mut(s![19, ..10]).fill(Thing::Desk as u8);
        assert_eq!(names(&things), [Some("desk"), Some("table")]);
    }

    #[test]
    fn what_no_name_tells_is_no_object() {
        let mut things = Array2::from_elem((20, 20), Thing::Unknown as u8);
        assert_eq!(names(&things), [None, None]);
        things.slice_mut(s![0, ..4]).fill(Thing::Chair as u8);
        assert_eq!(names(&things), [Some("chair"); 2]);
        things.slice_mut(s![1, ..5]).fill(Thing::Vase as u8);
        assert_eq!(names(&things), [Some("vase"), Some("object")]);
    }

    #[test]
    fn the_middle_counts_twice() {
        let mut things = Array2::from_elem((20, 20), Thing::Floor as u8);
        things.slice_mut(s![..3, ..5]).fill(Thing::Sofa as u8);
        things.slice_mut(s![8..10, 8..12]).fill(Thing::Stool as u8);
        assert_eq!(names(&things), [Some("stool"), Some("chair")]); // 16 for 15
        things.slice_mut(s![8, 8]).fill(Thing::Floor as u8);
        assert_eq!(names(&things), [Some("sofa"), Some("sofa")]); // 14 for 15
    }

    #[test]
    fn things_of_one_class_count_together() {
        let mut things = Array2::from_elem((20, 20), Thing::Wall as u8);
        things.slice_mut(s![0, ..]).fill(Thing::Sofa as u8);
        things.slice_mut(s![1, ..15]).fill(Thing::Chair as u8);
        things.slice_mut(s![2, ..15]).fill(Thing::Stool as u8);
        assert_eq!(names(&things), [Some("sofa"), Some("chair")]);
    }
}
