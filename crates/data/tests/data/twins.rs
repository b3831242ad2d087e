//! What else is shown of a sample: its mirrored twin, and the whole image of a jigsaw.

use taskonomy_core::{Split, Values};
use taskonomy_data::TaskView;

use crate::views::{close, inputs, on, on_small, targets};
use crate::{SIZE, domains, task, values};

const PLANE: usize = SIZE * SIZE;

#[test]
fn a_mirrored_sample_is_the_sample_of_the_mirrored_maps() {
    let flip = |v: &[u8]| v.chunks(SIZE).flat_map(|r| r.iter().rev().copied()).collect::<Vec<_>>();
    let (row, mut twin) = (values(3), values(3));
    for (name, values) in &mut twin {
        match values {
            Values::U8(v) if v.len() > 1 => *v = flip(v),
            Values::U16(v) => *v = v.chunks(SIZE).flat_map(|r| r.iter().rev().copied()).collect(),
            _ => assert!(["class_scene", "vanishing_points"].contains(&name.as_str())),
        }
    }
    // A normal's x, which is 127.5 per unit, and four of nine numbers change their signs.
    let Some(Values::U8(normal)) = twin.get_mut("normal") else { unreachable!() };
    normal[..PLANE].iter_mut().for_each(|x| *x = 255 - *x);
    let Some(Values::F32(nine)) = twin.get_mut("vanishing_points") else { unreachable!() };
    for k in [0, 4, 5, 6] {
        nine[k] = -nine[k];
    }
    on(domains(), &[row, twin], |dataset| {
        for id in [
            "autoencoding",
            "depth_zbuffer",
            "normals",
            "semantic_segmentation",
            "vanishing_points",
        ] {
            let view = TaskView::new(dataset, &task(id)).unwrap();
            assert!(view.mirrors());
            let (mut target, mut weight) = (vec![], vec![]);
            view.mirrored_target(Split::Networks, &[0], &mut target, &mut weight);
            let (expected, expected_weight) = targets(&view, Split::Networks, &[1]);
            assert!(close(&target, &expected) && weight == expected_weight, "{id}: {target:?}");
            let mut input = vec![];
            view.mirrored_input(Split::Networks, &[0], 0, &mut input);
            assert_eq!(input, inputs(&view, Split::Networks, &[1], 0));
        }
        let mut beyond = task("normals");
        beyond.mirror.as_mut().unwrap().negate = vec![3];
        let error = TaskView::new(dataset, &beyond).unwrap_err().to_string();
        assert!(error.contains("negates channel 3: there are 3"), "{error}");
        assert!(!TaskView::new(dataset, &task("keypoints_2d")).is_ok_and(|view| view.mirrors()));
    });
}

#[test]
fn a_jigsaw_is_shuffled_for_its_own_encoder_and_whole_for_others() {
    on_small(|dataset| {
        let image = TaskView::new(dataset, &task("autoencoding")).unwrap();
        let jigsaw = TaskView::new(dataset, &task("jigsaw")).unwrap();
        let rows = [0, 1, 2, 3];
        let mut whole = vec![9.0];
        jigsaw.source_input(Split::Networks, &rows, 0, &mut whole);
        assert_eq!(whole, inputs(&image, Split::Networks, &rows, 0));
        assert_ne!(whole, inputs(&jigsaw, Split::Networks, &rows, 0));
        let (labels, weight) = targets(&jigsaw, Split::Networks, &rows);
        assert!(labels.iter().all(|&l| (0.0..100.0).contains(&l) && l.fract() == 0.0));
        assert!(labels.windows(2).any(|pair| pair[0] != pair[1]), "{labels:?}");
        assert_eq!((weight, jigsaw.width()), (vec![1.0; 4], 100));
        assert!(!jigsaw.mirrors());
    });
}
