//! From a view to the samples of a dataset's domains.

use std::cell::LazyCell;
use std::collections::BTreeMap;

use ndarray::{Array3, s};
use taskonomy_core::{Domain, Dtype, Values};
use taskonomy_cues::{
    CREASE_RADIUS, NO_DEPTH, depth_euclidean, depth_zbuffer, edges_occlusion, image_domains,
    keypoints_3d_picked, label_image, map_domain, mean_2x2, normals, picked_2x2 as picked,
    picked_segments, principal_curvature, reshading, segment_unsup25d,
};

use crate::class::{Class, RoomKind};
use crate::object::{NO_OBJECT, dominant};
use crate::thing::Thing;
use crate::view::{NO_CLASS, View};

/// The domains that [`annotate`] fills, for images of this side.
pub fn domains(size: usize) -> Vec<Domain> {
    let domain =
        |name: &str, dtype, channels, unit: &str| map_domain(name, dtype, channels, size, unit);
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    let side = 2 * size;
    let [rgb, edge_texture, keypoints2d, segment_unsup2d] = image_domains(size);
    vec![
        rgb,
        Domain {
            invalid: Some(u32::from(NO_DEPTH)),
            note: "distance along the view axis; one sample of 2x2".into(),
            ..domain("depth_zbuffer", Dtype::U16, 1, "512 per metre")
        },
        Domain {
            invalid: Some(u32::from(NO_DEPTH)),
            note: "distance from the eye; one sample of 2x2".into(),
            ..domain("depth_euclidean", Dtype::U16, 1, "512 per metre")
        },
        Domain {
            note: "camera's frame: R right, G down, B away; one sample of 2x2".into(),
            ..domain("normal", Dtype::U8, 3, "127.5 per unit, 127 = 0")
        },
        Domain {
            note: "grey Lambert shading by a lamp at the camera; one sample of 2x2".into(),
            ..domain("reshading", Dtype::U8, 1, "255 = white")
        },
        Domain {
            invalid: Some(0),
            note: format!(
                "larger magnitude first, positive = bulging; creases rounded by {CREASE_RADIUS} m or a sample; one sample of 2x2"
            ),
            ..domain("principal_curvature", Dtype::U8, 2, "round(127 + 3.81 k), k in 1/m")
        },
        edge_texture,
        Domain {
            note: format!("gradient of the root of depth at {side}x{side}; mean of 2x2"),
            ..domain("edge_occlusion", Dtype::U16, 1, "65535 = 1")
        },
        keypoints2d,
        Domain {
            note: format!("NARF interest from balls of 0.3 m at {side}x{side}; one sample of 2x2"),
            ..domain("keypoints3d", Dtype::U16, 1, "65535 = 1")
        },
        segment_unsup2d,
        Domain {
            note: format!(
                "regions of depth, normals and 3-D edges at {side}x{side}; numbers are no classes; one sample of 2x2"
            ),
            ..domain("segment_unsup25d", Dtype::U8, 1, "segment")
        },
        Domain {
            invalid: Some(u32::from(NO_CLASS)),
            classes: names(&Class::ALL.map(Class::name)),
            note: "one sample of 2x2; what is seen through a window or door counts as it".into(),
            ..domain("segment_semantic", Dtype::U8, 1, "class")
        },
        Domain {
            note: "sides of the room 0-5, its openings, then its things; one sample of 2x2".into(),
            ..domain("instance", Dtype::U16, 1, "number within the scene")
        },
        Domain {
            shape: [11, 1, 1],
            note: "location xyz, camera-to-world quaternion wxyz (x right, y up, z back), horizontal field of view, fixation xyz; z up".into(),
            ..domain("camera", Dtype::F32, 11, "metres, radians")
        },
        Domain {
            shape: [9, 1, 1],
            note: "the world's axes in the camera's frame, the world turned by the multiple of 90 degrees that brings the view nearest to +x".into(),
            ..domain("vanishing_points", Dtype::F32, 9, "unit vectors")
        },
        Domain {
            shape: [9, 1, 1],
            note: "the room's box: centre in the camera's frame, Euler angles sxyz (roll is 0) and extents in the world turned as for vanishing_points".into(),
            ..domain("room_layout", Dtype::F32, 9, "metres, radians")
        },
        Domain {
            shape: [1, 1, 1],
            classes: names(&RoomKind::ALL.map(RoomKind::name)),
            ..domain("class_scene", Dtype::U8, 1, "class")
        },
        Domain {
            shape: [1, 1, 1],
            invalid: Some(u32::from(NO_OBJECT)),
            classes: Thing::objects().map(|thing| thing.name().to_owned()).collect(),
            note: "what covers most of the image, its middle counting twice; invalid under 1 %"
                .into(),
            ..domain("class_object", Dtype::U8, 1, "class")
        },
        Domain {
            shape: [1, 1, 1],
            invalid: Some(u32::from(NO_OBJECT)),
            classes: Class::objects().map(|class| class.name().to_owned()).collect(),
            note: "as class_object, of the classes of segment_semantic".into(),
            ..domain("class_object_100", Dtype::U8, 1, "class")
        },
    ]
}

/// One sample of every domain of [`domains`] that is wanted, by the domain's name: what is not wanted
/// is not computed. A view of a model has neither `room_layout` nor `class_scene`: a building is no
/// box, and its rooms have no known purpose.
///
/// Colour, edges and 2-D keypoints are means of 2×2 samples; of depth, normals, reshading, curvature,
/// segments, classes and instances one of the four is kept, for a mean across an edge is the value of
/// no surface, and of 3-D keypoints, where the other three would cost as much as all other labels.
pub fn annotate(view: &View, wanted: &dyn Fn(&str) -> bool) -> BTreeMap<String, Values> {
    const SAME_SIZE: &str = "all maps of a view have one size";
    let (depth, normal, camera) = (view.depth.view(), view.normal.view(), &view.camera);
    let zbuffer = depth_zbuffer(depth);
    let coarse =
        |maps: &Array3<u8>| maps.outer_iter().flat_map(|c| picked(&c.to_owned())).collect();
    // Codes of normals know nothing of their neighbours, so that the others need none.
    let kept = normal.slice(s![.., ..;2, ..;2]);
    let codes = || normals(kept).expect("normals have three channels").into_iter().collect();
    let curvature = || {
        let (curvature, surface) = (view.curvature.view(), view.surface.view());
        principal_curvature(depth, normal, curvature, surface, camera.fov).expect(SAME_SIZE)
    };
    let objects = LazyCell::new(|| dominant(view.thing.view()));
    let makers: [(&str, &dyn Fn() -> Values); 14] = [
        ("depth_zbuffer", &|| Values::U16(picked(&zbuffer))),
        ("depth_euclidean", &|| Values::U16(picked(&depth_euclidean(depth, camera.fov)))),
        ("normal", &|| Values::U8(codes())),
        ("principal_curvature", &|| Values::U8(coarse(&curvature()))),
        ("reshading", &|| {
            Values::U8(picked(&reshading(depth, normal, camera.fov).expect(SAME_SIZE)))
        }),
        ("edge_occlusion", &|| Values::U16(mean_2x2(edges_occlusion(zbuffer.view()).view()))),
        ("keypoints3d", &|| {
            Values::U16(keypoints_3d_picked(depth, camera.fov).into_iter().collect())
        }),
        ("segment_unsup25d", &|| {
            Values::U8(picked_segments(&segment_unsup25d(depth, normal).expect(SAME_SIZE)))
        }),
        ("segment_semantic", &|| Values::U8(picked(&view.class))),
        ("instance", &|| Values::U16(picked(&view.instance))),
        ("camera", &|| Values::F32(camera.numbers().to_vec())),
        ("vanishing_points", &|| Values::F32(camera.vanishing_points().to_vec())),
        ("class_object", &|| Values::U8(vec![objects[0]])),
        ("class_object_100", &|| Values::U8(vec![objects[1]])),
    ];
    let mut labels = label_image(view.rgb.view(), wanted);
    let room: [(&str, &dyn Fn() -> Option<Values>); 2] = [
        ("room_layout", &|| Some(Values::F32(camera.room_layout(view.room?).to_vec()))),
        ("class_scene", &|| Some(Values::U8(vec![view.kind? as u8]))),
    ];
    for (name, make) in room.into_iter().filter(|(name, _)| wanted(name)) {
        labels.extend(make().map(|values| (name.to_owned(), values)));
    }
    let asked = makers.into_iter().filter(|(name, _)| wanted(name));
    labels.extend(asked.map(|(name, make)| (name.to_owned(), make())));
    labels
}
