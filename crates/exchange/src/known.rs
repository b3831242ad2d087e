//! The domains of the folders: how their files are called, and what becomes of the values.

/// What a domain's files hold, and how they are brought to another size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    /// 8-bit colours; the mean over the area of each new pixel.
    Colour,
    /// 8-bit shades of grey, also as colours; one pixel is picked.
    Grey,
    /// 8-bit, three coordinates; one pixel is picked.
    Normal,
    /// 8-bit, two of three channels; one pixel is picked.
    Curvature,
    /// 16-bit distances, 65535 unknown; one pixel is picked.
    Depth,
    /// 16-bit responses of a filter; the mean.
    Response,
    /// 8-bit classes from 1, 0 unknown; one pixel is picked.
    Semantic,
    /// 8- or 16-bit numbers of segments; one pixel is picked.
    Segments,
    /// 8- or 16-bit numbers of classes from 0, also as a palette of colours; one pixel is picked. What
    /// users label themselves, not a domain of the folders.
    Indices,
    /// A `.npy` file: a score for each class, or the number of one.
    Class,
    /// A JSON file about the camera.
    Pose,
}

impl Coding {
    /// The ending of the files.
    pub(crate) fn ending(self) -> &'static str {
        match self {
            Self::Class => "npy",
            Self::Pose => "json",
            _ => "png",
        }
    }
}

/// A domain that the folders hold.
#[derive(Debug)]
pub(crate) struct Known {
    /// Our name.
    pub(crate) name: &'static str,
    /// How the folders are called; the first is written.
    pub(crate) folders: &'static [&'static str],
    /// What stands behind `domain_` in the names of files; the first is written.
    pub(crate) suffixes: &'static [&'static str],
    /// What the files hold.
    pub(crate) coding: Coding,
}

macro_rules! same {
    ($name:literal, $coding:ident) => {
        Known { name: $name, folders: &[$name], suffixes: &[$name], coding: Coding::$coding }
    };
}

/// The image's place in [`KNOWN`].
pub(crate) const RGB: usize = 0;

/// The camera's place in [`KNOWN`].
pub(crate) const POSE: usize = KNOWN.len() - 1;

/// All of them: the image first, the camera last.
pub(crate) const KNOWN: [Known; 16] = [
    same!("rgb", Colour),
    same!("depth_zbuffer", Depth),
    same!("depth_euclidean", Depth),
    same!("normal", Normal),
    same!("principal_curvature", Curvature),
    same!("reshading", Grey),
    same!("edge_texture", Response),
    same!("edge_occlusion", Response),
    same!("keypoints2d", Response),
    same!("keypoints3d", Response),
    Known {
        name: "segment_semantic",
        folders: &["segment_semantic", "segmentsemantic"],
        suffixes: &["segment_semantic", "segmentsemantic"],
        coding: Coding::Semantic,
    },
    same!("segment_unsup2d", Segments),
    same!("segment_unsup25d", Segments),
    same!("class_object", Class),
    same!("class_scene", Class),
    // The release of 2018 and Omnidata's name the camera's files differently.
    Known {
        name: "point_info",
        folders: &["point_info", "points"],
        suffixes: &["point_info", "fixatedpose"],
        coding: Coding::Pose,
    },
];

/// Which of [`KNOWN`] a folder of this name holds.
pub(crate) fn by_folder(name: &str) -> Option<usize> {
    KNOWN.iter().position(|known| known.folders.contains(&name))
}

/// Which of [`KNOWN`] has this name.
pub(crate) fn by_name(name: &str) -> Option<usize> {
    KNOWN.iter().position(|known| known.name == name)
}

/// The classes of `segment_semantic` in the published dataset, from value 1 on.
pub(crate) const SEMANTIC: [&str; 17] = [
    "background",
    "bottle",
    "chair",
    "couch",
    "potted_plant",
    "bed",
    "dining_table",
    "toilet",
    "tv",
    "microwave",
    "oven",
    "toaster",
    "sink",
    "refrigerator",
    "book",
    "clock",
    "vase",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_the_places_right() {
        assert_eq!((KNOWN[RGB].name, KNOWN[POSE].coding), ("rgb", Coding::Pose));
        for (place, known) in KNOWN.iter().enumerate() {
            assert_eq!(by_name(known.name), Some(place));
            assert!(known.folders.iter().all(|folder| by_folder(folder) == Some(place)));
        }
    }
}
