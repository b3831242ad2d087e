//! What the built-in tasks see.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use taskonomy_core::{Domain, Encoding, Loss, Output, Split, Values};
use taskonomy_data::{Dataset, DatasetWriter, TaskView, ValuesRef, sample_loss};

use crate::{SIZE, domains, provenance, sample, small, task, values};

const PLANE: usize = SIZE * SIZE;

/// Runs a test on [`small`].
pub fn on_small(test: impl FnOnce(&Dataset)) {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("set");
    small(&path);
    test(&Dataset::open(&path).unwrap());
}

/// Runs a test on a networks split of these samples, and one of the test split.
pub fn on(domains: Vec<Domain>, rows: &[BTreeMap<String, Values>], test: impl FnOnce(&Dataset)) {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("set");
    let mut writer = DatasetWriter::create(&path, provenance(), domains, SIZE).unwrap();
    for (i, row) in rows.iter().enumerate() {
        writer.append(Split::Networks, sample(Split::Networks, i), row).unwrap();
    }
    writer.append(Split::Test, sample(Split::Test, 0), &rows[0]).unwrap();
    writer.finish().unwrap();
    test(&Dataset::open(&path).unwrap());
}

pub fn targets(view: &TaskView<'_>, split: Split, rows: &[usize]) -> (Vec<f32>, Vec<f32>) {
    let (mut target, mut weight) = (vec![9.0; 3], vec![9.0; 3]); // cleared by the view
    view.target(split, rows, &mut target, &mut weight);
    (target, weight)
}

pub fn inputs(view: &TaskView<'_>, split: Split, rows: &[usize], seed: u64) -> Vec<f32> {
    let mut input = vec![9.0; 3];
    view.input(split, rows, seed, &mut input);
    input
}

pub fn close(found: &[f32], expected: &[f32]) -> bool {
    found.len() == expected.len() && found.iter().zip(expected).all(|(f, e)| (f - e).abs() < 1e-5)
}

#[test]
fn widths_and_shapes_of_every_form_of_output() {
    on_small(|dataset| {
        for (id, width, shape) in [
            ("autoencoding", 3, [3, 4, 4]),
            ("colorization", 260, [20, 1, 1]),
            ("depth_zbuffer", 1, [1, 4, 4]),
            ("normals", 3, [3, 4, 4]),
            ("semantic_segmentation", 3, [1, 2, 2]),
            ("vanishing_points", 9, [9, 1, 1]),
            ("scene_class", 4, [1, 1, 1]),
            ("random", 0, [0, 0, 0]),
        ] {
            let view = TaskView::new(dataset, &task(id)).unwrap();
            assert_eq!((view.width(), view.target_shape()), (width, shape), "{id}");
            let (target, weight) = targets(&view, Split::Test, &[0, 1]);
            assert_eq!(target.len(), 2 * shape.iter().product::<usize>(), "{id}");
            assert_eq!(weight.len(), 2 * shape[1] * shape[2], "{id}");
            assert_eq!(inputs(&view, Split::Test, &[0, 1], 0).len(), 2 * 3 * PLANE, "{id}");
            let guess = view.constant();
            let length = if view.width() == shape[0] { target.len() / 2 } else { width };
            assert_eq!(guess.len(), length, "{id}");
            assert_eq!(view.constant_losses(Split::Test).len(), if width > 0 { 2 } else { 0 });
        }
    });
}

#[test]
fn whitened_targets_have_mean_0_and_deviation_1_and_come_back() {
    on_small(|dataset| {
        let view = TaskView::new(dataset, &task("depth_zbuffer")).unwrap();
        let (target, weight) = targets(&view, Split::Networks, &[0, 1, 2, 3, 4, 5]);
        // Sample i lacks pixel i, and nothing else.
        let missing: Vec<_> = (0..6 * PLANE).filter(|&k| weight[k] == 0.0).collect();
        assert_eq!(missing, [0, 1, 2, 3, 4, 5].map(|i| i * PLANE + i));
        assert!(missing.iter().all(|&k| target[k] == 0.0));
        let valid = (6 * PLANE - 6) as f32;
        let mean = target.iter().sum::<f32>() / valid;
        let square = target.iter().map(|t| t * t).sum::<f32>() / valid;
        assert!(mean.abs() < 1e-4 && (square - 1.0).abs() < 1e-4, "{mean} {square}");
        // Pixel 7 of sample 2 is 500 + 200 + 210.
        let decoded = view.decode(&target)[2 * PLANE + 7];
        assert!((decoded - Encoding::LogDepth.encode(910.0)).abs() < 1e-6, "{decoded}");
    });
}

#[test]
fn labels_are_picked_top_left_and_unlabelled_ones_have_no_weight() {
    let labels: Vec<u8> = vec![0, 9, 1, 9, 9, 9, 9, 9, 255, 0, 2, 0, 0, 0, 0, 0];
    let spoilt: Vec<u8> = labels.iter().map(|&l| if l == 9 { 1 } else { l }).collect();
    let row = BTreeMap::from([
        ("rgb".into(), Values::U8(vec![0; 3 * PLANE])),
        ("segment_semantic".into(), Values::U8(spoilt)),
    ]);
    on(domains(), &[row], |dataset| {
        let view = TaskView::new(dataset, &task("semantic_segmentation")).unwrap();
        let (target, weight) = targets(&view, Split::Test, &[0]);
        assert_eq!(target, [0.0, 1.0, 0.0, 2.0]);
        assert_eq!(weight, [1.0, 1.0, 0.0, 1.0]);
        // Every class once: ln 1/3, and the same for every labelled place.
        let expected = [-(3_f32.ln()); 3];
        assert!(close(&view.constant(), &expected));
        assert!(close(&view.constant_losses(Split::Test), &[3_f32.ln()]));
    });
}

#[test]
fn a_half_sized_map_is_the_mean_of_four_known_pixels() {
    let mut depth: Vec<u16> = vec![0, 0, 100, 100, 0, 0, 100, 300, 7, 7, 7, 7, 7, 65535, 7, 7];
    let row = |depth: Vec<u16>| {
        BTreeMap::from([
            ("rgb".into(), Values::U8(vec![0; 3 * PLANE])),
            ("depth_zbuffer".into(), Values::U16(depth)),
        ])
    };
    let first = row(depth.clone());
    depth.fill(5);
    on(domains(), &[first, row(depth)], |dataset| {
        let mut half = task("depth_zbuffer");
        half.output = Output::Dense { channels: Some(1), stride: 2 };
        half.target.as_mut().unwrap().encoding = Encoding::Clip { max: 1.0 };
        let view = TaskView::new(dataset, &half).unwrap();
        let (target, weight) = targets(&view, Split::Networks, &[0]);
        assert_eq!(weight, [1.0, 1.0, 0.0, 1.0]);
        let decoded: Vec<f32> = view.decode(&target).iter().map(|v| v * 65535.0).collect();
        for (k, expected) in [(0, 0.0), (1, 150.0), (3, 7.0)] {
            assert!((decoded[k] - expected).abs() < 1e-3, "{decoded:?}");
        }
        assert_eq!(target[2], 0.0);
    });
}

#[test]
fn a_pixel_is_invalid_when_all_its_channels_are() {
    let mut domains = domains();
    domains[2].invalid = Some(127); // normals, which are looked at without a mask here
    let mut normals = vec![127; 3 * PLANE];
    normals[1] = 0; // red of pixel 1
    normals[2 * PLANE + 3] = 255; // blue of pixel 3
    let mut row = values(0);
    row.insert("normal".into(), Values::U8(normals));
    row.remove("depth_zbuffer");
    on(domains, &[row], |dataset| {
        let mut unmasked = task("normals");
        unmasked.target.as_mut().unwrap().mask = None;
        let view = TaskView::new(dataset, &unmasked).unwrap();
        let (target, weight) = targets(&view, Split::Test, &[0]);
        let valid: Vec<_> = (0..PLANE).filter(|&k| weight[k] == 1.0).collect();
        assert_eq!(valid, [1, 3]);
        // Of the two valid pixels red is 0 and 127: one deviation below and above the mean.
        assert!(close(&target[..5], &[0.0, -1.0, 0.0, 1.0, 0.0]), "{target:?}");
    });
}

#[test]
fn absent_samples_weigh_nothing_and_have_no_loss() {
    let mut without_depth = values(1);
    without_depth.remove("depth_zbuffer");
    let mut without_image = values(2);
    without_image.remove("rgb");
    on(domains(), &[values(0), without_depth, without_image], |dataset| {
        let zero = |v: &[f32]| v.iter().all(|&x| x == 0.0);
        // Normals are masked by depth: without depth nothing is known to be valid.
        for id in ["depth_zbuffer", "normals"] {
            let view = TaskView::new(dataset, &task(id)).unwrap();
            let (target, weight) = targets(&view, Split::Networks, &[1, 2, 3, usize::MAX]);
            assert!(zero(&target) && zero(&weight), "{id}");
            let losses = view.constant_losses(Split::Networks);
            assert_eq!(losses.iter().map(|l| l.is_nan()).collect::<Vec<_>>(), [false, true, true]);
        }
        let view = TaskView::new(dataset, &task("inpainting")).unwrap();
        assert!(zero(&inputs(&view, Split::Networks, &[2, 7], 0)));
    });
}

#[test]
fn the_average_guess_is_a_median_or_a_mean() {
    let row = |grey: u8, x: f32| {
        let mut vector = vec![0.0; 9];
        vector[0] = x;
        BTreeMap::from([
            ("rgb".into(), Values::U8(vec![grey; 3 * PLANE])),
            ("vanishing_points".into(), Values::F32(vector)),
        ])
    };
    on(domains(), &[row(0, 1.0), row(51, 2.0), row(255, 6.0)], |dataset| {
        let images = TaskView::new(dataset, &task("autoencoding")).unwrap();
        assert!(close(&images.constant(), &[51.0 / 127.5 - 1.0; 3 * PLANE]));
        assert!(close(&images.constant_losses(Split::Networks), &[0.4, 0.0, 1.6]));
        // Mean 3 and variance 14/3 of the first number; the others do not vary: deviation 1.
        let vectors = TaskView::new(dataset, &task("vanishing_points")).unwrap();
        assert!(close(&vectors.constant(), &[0.0; 9]));
        let deviation = (14.0_f32 / 3.0).sqrt();
        let (target, weight) = targets(&vectors, Split::Networks, &[2]);
        assert!((target[0] - 3.0 / deviation).abs() < 1e-5 && target[1..] == [0.0; 8]);
        assert_eq!(weight, [1.0]);
        // (1 - 3)² / (14/3) / 9, …
        let expected = [4.0, 1.0, 9.0].map(|square: f32| square / (14.0 / 3.0) / 9.0);
        assert!(close(&vectors.constant_losses(Split::Networks), &expected));
        assert!(close(&vectors.decode(&target)[..1], &[6.0]));
        let shared = sample_loss(Loss::L2, &[0.0; 9], &target, &weight);
        assert_eq!(shared, vectors.constant_losses(Split::Networks)[2]);
    });
}

#[test]
fn statistics_are_of_labelled_samples_and_of_every_class() {
    // Twice as many samples as statistics are taken from: even steps meet only those of class 0, and
    // not the only vector.
    let row = |i: usize| {
        let mut row = BTreeMap::from([
            ("rgb".to_owned(), Values::U8(vec![0; 3 * PLANE])),
            ("class_scene".to_owned(), Values::U8(vec![(i % 2) as u8])),
        ]);
        if i == 1 {
            row.insert("vanishing_points".to_owned(), Values::F32(vec![2.0; 9]));
        }
        row
    };
    let rows: Vec<_> = (0..1024).map(row).collect();
    on(domains(), &rows, |dataset| {
        let vectors = TaskView::new(dataset, &task("vanishing_points")).unwrap();
        assert!(close(&vectors.decode(&[0.0; 9]), &[2.0; 9]), "whitened by the only vector");
        let classes = TaskView::new(dataset, &task("scene_class")).unwrap();
        // The two classes that do not occur count one.
        let expected = [512.0_f32, 512.0, 1.0, 1.0].map(|n| (n / 1026.0).ln());
        assert!(close(&classes.constant(), &expected), "{:?}", classes.constant());
    });
}

#[test]
fn inputs_are_what_the_task_says() {
    on_small(|dataset| {
        let see = |id: &str, seed| {
            inputs(&TaskView::new(dataset, &task(id)).unwrap(), Split::Test, &[1], seed)
        };
        let plain = see("autoencoding", 0);
        let Some(Values::U8(rgb)) = dataset.raw(Split::Test, "rgb", 1).map(ValuesRef::to_values)
        else {
            panic!("rgb is u8")
        };
        let expected: Vec<f32> = rgb.iter().map(|&v| f32::from(v) / 127.5 - 1.0).collect();
        assert!(close(&plain, &expected));

        let noisy = see("denoising", 7);
        assert_ne!(noisy, plain);
        assert_eq!(noisy, see("denoising", 7));
        assert_ne!(noisy, see("denoising", 8));
        assert!(noisy.iter().all(|v| v.abs() <= 1.0));
        let most = noisy.iter().zip(&plain).map(|(n, p)| (n - p).abs()).fold(0.0, f32::max);
        assert!(most < 4.0 * 0.2, "{most}");

        let grey = see("colorization", 0);
        assert!(grey[..PLANE] == grey[PLANE..2 * PLANE] && grey[..PLANE] == grey[2 * PLANE..]);
        assert!(grey.iter().all(|v| v.abs() <= 1.001));

        // A 2×2 hole in all three channels, wherever the seed is.
        let holed = see("inpainting", 7);
        assert_eq!(holed, see("inpainting", 8));
        let hole: Vec<usize> = (0..3 * PLANE).filter(|&k| holed[k] == 0.0).collect();
        let corner = hole[0];
        let square = [0, 1, SIZE, SIZE + 1].map(|k| corner + k);
        let expected: Vec<usize> = (0..3).flat_map(|c| square.map(|k| k + c * PLANE)).collect();
        assert_eq!(hole, expected);
        assert!(corner % SIZE < SIZE - 1 && corner / SIZE < SIZE - 1);
        assert!((0..3 * PLANE).filter(|k| !hole.contains(k)).all(|k| holed[k] == plain[k]));
    });
}

#[test]
fn labels_in_the_transfers_split_alone_are_enough() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("set");
    let mut writer = DatasetWriter::create(&path, provenance(), domains(), SIZE).unwrap();
    let mut bare = values(0);
    bare.remove("vanishing_points");
    writer.append(Split::Networks, sample(Split::Networks, 0), &bare).unwrap();
    for i in 0..3 {
        writer.append(Split::Transfers, sample(Split::Transfers, i), &values(i)).unwrap();
    }
    writer.finish().unwrap();
    let dataset = Dataset::open(&path).unwrap();
    let view = TaskView::new(&dataset, &task("vanishing_points")).unwrap();
    let (target, _) = targets(&view, Split::Transfers, &[0, 1, 2]);
    let second: Vec<f32> = (0..3).map(|i| target[9 * i + 1]).collect();
    assert!(close(&second, &[-1.224_744_9, 0.0, 1.224_744_9]), "{second:?}");
}

#[test]
fn targets_and_predictions_have_pictures() {
    on_small(|dataset| {
        let view = TaskView::new(dataset, &task("semantic_segmentation")).unwrap();
        // Scores that favour the class of the target look like the target.
        let (target, _) = targets(&view, Split::Test, &[0]);
        let scores: Vec<f32> =
            (0..12).map(|k| f32::from(u8::from(target[k % 4] as usize == k / 4))).collect();
        assert_eq!(view.paint(&target), view.paint(&scores));
        let view = TaskView::new(dataset, &task("normals")).unwrap();
        let (target, weight) = targets(&view, Split::Test, &[0]);
        let Some(stored) = dataset.raw(Split::Test, "normal", 0) else { panic!("present") };
        let picture = view.paint(&target);
        // Bins of colours: the place that stands for the whole image has its mean, give or take.
        let view = TaskView::new(dataset, &task("colorization")).unwrap();
        let (target, _) = targets(&view, Split::Test, &[0]);
        let shares: f32 = target[10..].iter().sum();
        assert!((shares - 1.0).abs() < 1e-5 && target[..10].iter().all(|&bin| bin < 260.0));
        let mut scores = vec![0.0; 260];
        scores[target[0] as usize] = 50.0;
        let [soft, sure] = [view.paint(&target), view.paint(&scores)].map(|p| p.get(0, 0));
        assert!(soft.iter().zip(sure).all(|(a, b)| a.abs_diff(b) < 40), "{soft:?} {sure:?}");
        for i in (0..PLANE).filter(|&i| weight[i] == 1.0) {
            let expected = [0, 1, 2].map(|c| stored.get(c * PLANE + i).unwrap() as u8);
            assert_eq!(picture.get(i % SIZE, i / SIZE), expected);
        }
    });
}

#[test]
fn a_sample_looks_the_same_in_any_batch() {
    on_small(|dataset| {
        let tasks = [
            "denoising",
            "inpainting",
            "colorization",
            "normals",
            "semantic_segmentation",
            "scene_class",
        ];
        let views = tasks.map(|id| TaskView::new(dataset, &task(id)).unwrap());
        let batches = (proptest::collection::vec(0..6_usize, 1..8), any::<u64>());
        let mut runner = TestRunner::new(ProptestConfig::with_cases(64));
        let outcome = runner.run(&batches, |(rows, seed)| {
            for view in &views {
                let (mut input, mut target, mut weight) = (vec![], vec![], vec![]);
                for &row in &rows {
                    input.extend(inputs(view, Split::Networks, &[row], seed));
                    let (t, w) = targets(view, Split::Networks, &[row]);
                    target.extend(t);
                    weight.extend(w);
                }
                prop_assert_eq!(inputs(view, Split::Networks, &rows, seed), input);
                prop_assert_eq!(targets(view, Split::Networks, &rows), (target, weight));
            }
            Ok(())
        });
        assert_eq!(outcome, Ok(()));
    });
}
