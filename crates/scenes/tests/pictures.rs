//! Properties of the pictures themselves: exposure, noise, smoothness.

use taskonomy_core::Values;
use taskonomy_scenes::{Pattern, Scene, Texture, View, annotate, render};

fn views(scenes: std::ops::Range<u64>, size: usize) -> Vec<View> {
    scenes
        .flat_map(|index| {
            let room = Scene::room(9, index);
            room.cameras(2)
                .into_iter()
                .map(move |camera| render(&room, &camera, size).expect("cameras of a scene can be"))
        })
        .collect()
}

/// Luminance of the samples that show the room, undeveloped: the square of the picture's value.
fn lights(view: &View) -> Vec<f32> {
    let [r, g, b] = [0, 1, 2].map(|c| view.rgb.index_axis(ndarray::Axis(0), c));
    let square = |v: u8| (f32::from(v) / 255.0).powi(2);
    let seen = view.depth.indexed_iter().filter(|(_, depth)| depth.is_finite());
    seen.map(|(at, _)| 0.2126 * square(r[at]) + 0.7152 * square(g[at]) + 0.0722 * square(b[at]))
        .collect()
}

#[test]
fn exposure_brings_every_median_into_one_range() {
    let at = |lights: &[f32], tenth: usize| lights[lights.len() * tenth / 10];
    let mut medians = Vec::new();
    for (number, view) in views(0..24, 24).iter().enumerate() {
        let mut lights = lights(view);
        lights.sort_unstable_by(f32::total_cmp);
        // Development turns 0.9 into 0.81; noise and strong colours move it a little.
        assert!(at(&lights, 9) < 0.85, "{number}: a tenth is brighter than {}", at(&lights, 9));
        medians.push(at(&lights, 5));
    }
    medians.sort_unstable_by(f32::total_cmp);
    // Keys are 0.18 to 0.36, less where much of the view is far brighter than the rest.
    assert!(medians[0] > 0.05 && at(&medians, 2) > 0.14, "{medians:?}");
    assert!(medians[47] < 0.38 && medians[47] - medians[0] > 0.1, "{medians:?}");
}

#[test]
fn the_same_view_has_the_same_bytes_and_another_camera_other_noise() {
    let room = Scene::room(9, 5);
    let cameras = room.cameras(2);
    let [a, b] = [0, 0].map(|i| annotate(&render(&room, &cameras[i], 32).unwrap(), &|_| true));
    assert_eq!(a, b);
    let mut moved = cameras[0];
    moved.fov += 1e-6;
    assert_ne!(a["rgb"], annotate(&render(&room, &moved, 32).unwrap(), &|_| true)["rgb"]);
}

#[test]
fn geometry_has_no_noise() {
    let mut room = Scene::room(9, 2);
    let camera = room.cameras(1)[0];
    let before = render(&room, &camera, 32).unwrap();
    room.seed += 1; // other noise and exposure, the same room
    let after = render(&room, &camera, 32).unwrap();
    assert_ne!(before.rgb, after.rgb);
    assert_eq!(
        (before.depth, before.normal, before.class),
        (after.depth, after.normal, after.class)
    );
}

#[test]
fn a_plain_white_room_is_shaded_smoothly() {
    const SIZE: usize = 64;
    for index in [3, 4, 8] {
        let mut room = Scene::room(9, index);
        let white = Texture::plain(glam::Vec3::splat(0.7));
        assert_eq!(white.pattern, Pattern::Plain);
        (room.groups, room.openings, room.sun) = Default::default();
        (room.walls, room.skirting, room.floor, room.ceiling) = ([white; 4], white, white, white);
        let camera = room.cameras(1)[0];
        let labels = annotate(&render(&room, &camera, SIZE).unwrap(), &|_| true);
        let (Values::U8(rgb), Values::U8(normal)) = (&labels["rgb"], &labels["normal"]) else {
            panic!("colours and normals are bytes");
        };
        let (mut sum, mut pairs, mut shades) = (0.0, 0, Vec::new());
        for i in (0..SIZE * SIZE).filter(|i| i % SIZE > 1 && i % SIZE < SIZE - 2) {
            shades.push(rgb[i]);
            let same =
                |c: usize| normal[c * SIZE * SIZE + i - 1] == normal[c * SIZE * SIZE + i + 1];
            if (0..3).all(same) {
                // The second difference has no slope, and √6 of the noise's deviation.
                let bend = f32::from(rgb[i - 1]) - 2.0 * f32::from(rgb[i]) + f32::from(rgb[i + 1]);
                sum += bend * bend;
                pairs += 1;
            }
        }
        let grain = (sum / (6 * pairs) as f32).sqrt();
        // The sensor alone: up to 0.014·255/2 and the rounding.
        assert!(grain < 2.1, "{index}: {grain}");
        shades.sort_unstable();
        let (dark, bright) = (shades[shades.len() / 50], shades[49 * shades.len() / 50]);
        assert!(bright - dark > 25, "{index}: shading from {dark} to {bright} carries the shape");
    }
}
