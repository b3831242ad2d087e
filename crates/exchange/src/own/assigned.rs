//! Which file or row belongs to which image.

use std::collections::BTreeSet;

use taskonomy_core::{Split, nearest};
use taskonomy_data::Dataset;

/// A file's or row's name for an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Name<'n> {
    pub(super) text: &'n str,
    /// Whether it names the photo that the image was cut from.
    pub(super) is_photo: bool,
}

/// The names of an image, the closest first: its id; where it is a crop of a photo, the photo with and
/// without its ending.
pub(super) fn names(id: &str) -> impl Iterator<Item = Name<'_>> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let photo = id.rsplit_once('#').filter(|(_, crop)| is_number(crop)).map(|(photo, _)| photo);
    let stem = photo.and_then(|photo| {
        let (stem, ending) = photo.rsplit_once('.')?;
        (!ending.contains('/') && !stem.is_empty() && !stem.ends_with('/')).then_some(stem)
    });
    let of_photo = photo.into_iter().chain(stem).map(|text| Name { text, is_photo: true });
    std::iter::once(Name { text: id, is_photo: false }).chain(of_photo)
}

/// What every image found among some keys.
#[derive(Debug)]
pub(super) struct Assigned<'n> {
    /// For each split that was asked for, in the order of its rows.
    pub(super) splits: Vec<(Split, Vec<Option<Name<'n>>>)>,
    /// Keys that no image found, not even in a split that was not asked for.
    pub(super) unused: Vec<String>,
}

impl<'n> Assigned<'n> {
    /// Looks for the closest name of every image.
    pub(super) fn new(images: &'n Dataset, splits: &[Split], keys: &BTreeSet<&str>) -> Self {
        let mut unused = keys.clone();
        let mut found = Vec::new();
        for split in Split::ALL {
            let rows = images.samples(split).iter().map(|sample| {
                names(&sample.id).for_each(|name| _ = unused.remove(name.text));
                names(&sample.id).find(|name| keys.contains(name.text))
            });
            found.push((split, rows.collect()));
        }
        found.retain(|(split, _)| splits.contains(split));
        Self { splits: found, unused: unused.into_iter().map(str::to_owned).collect() }
    }

    /// The keys that are used.
    pub(super) fn used(&self) -> BTreeSet<&'n str> {
        self.splits.iter().flat_map(|(_, rows)| rows).flatten().map(|name| name.text).collect()
    }
}

/// Whether the dataset was made of photos, some of which it may not hold.
pub(super) fn is_of_photos(images: &Dataset) -> bool {
    images.manifest().generator.starts_with("photos")
}

/// The name of an image that is most like a text.
pub(super) fn most_like(text: &str, images: &Dataset) -> Option<String> {
    let samples = Split::ALL.into_iter().flat_map(|split| images.samples(split));
    nearest(text, samples.map(|sample| sample.id.as_str())).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crops_have_the_names_of_their_photos() {
        let texts = |id| names(id).map(|n| (n.text, n.is_photo)).collect::<Vec<_>>();
        assert_eq!(texts("room00001_view02"), [("room00001_view02", false)]);
        assert_eq!(
            texts("a.b/7.jpg#02"),
            [("a.b/7.jpg#02", false), ("a.b/7.jpg", true), ("a.b/7", true)]
        );
        assert_eq!(texts("a.b/7#02"), [("a.b/7#02", false), ("a.b/7", true)]);
        assert_eq!(texts("7#x"), [("7#x", false)]);
        assert_eq!(texts(".jpg#1"), [(".jpg#1", false), (".jpg", true)]);
    }
}
