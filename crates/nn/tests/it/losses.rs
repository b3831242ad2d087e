//! Losses against values computed by hand and against finite differences.

use taskonomy_core::Loss;
use taskonomy_nn::{Labels, mean, per_sample};
use tch::{Device, Kind, Tensor};

fn vec(t: &Tensor) -> Vec<f32> {
    Vec::try_from(&t.to_kind(Kind::Float).reshape(-1)).expect("f32")
}

#[test]
fn per_sample_losses_by_hand() {
    // Two samples of one channel, 1×2 pixels; the second pixel of the second sample is unknown.
    let values = Tensor::from_slice(&[1.0_f32, 2.0, 3.0, 0.0]).view([2, 1, 1, 2]);
    let weight = Tensor::from_slice(&[1.0_f32, 1.0, 1.0, 0.0]).view([2, 1, 1, 2]);
    let labels = Labels { values, weight };
    let prediction = Tensor::from_slice(&[0.0_f32, 4.0, 0.0, 100.0]).view([2, 1, 1, 2]);
    assert_eq!(vec(&per_sample(Loss::L1, &prediction, &labels)), [1.5, 3.0]);
    assert_eq!(vec(&per_sample(Loss::L2, &prediction, &labels)), [2.5, 9.0]);
    let (value, valid) = mean(Loss::L1, &prediction, &labels).unwrap();
    assert_eq!((value.double_value(&[]), valid), (2.25, 2));
}

#[test]
fn the_weight_of_a_pixel_counts_for_all_its_channels() {
    let values = Tensor::zeros([1, 2, 1, 2], (Kind::Float, Device::Cpu));
    let weight = Tensor::from_slice(&[1.0_f32, 0.0]).view([1, 1, 1, 2]);
    let prediction = Tensor::from_slice(&[1.0_f32, 50.0, 2.0, 50.0]).view([1, 2, 1, 2]);
    let loss = per_sample(Loss::L1, &prediction, &Labels { values, weight });
    assert_eq!(vec(&loss), [1.5]);
}

#[test]
fn lengths_of_differences_by_hand() {
    // Differences (3, 4) and (5, 12) at the two places of a sample, of which only the first counts in
    // the second sample.
    let values = Tensor::zeros([2, 2, 1, 2], (Kind::Float, Device::Cpu));
    let weight = Tensor::from_slice(&[1.0_f32, 1.0, 1.0, 0.0]).view([2, 1, 1, 2]);
    let prediction = Tensor::from_slice(&[3.0_f32, 5.0, 4.0, 12.0]).view([1, 2, 1, 2]);
    let labels = Labels { values, weight };
    let prediction = prediction.repeat([2, 1, 1, 1]);
    assert_eq!(vec(&per_sample(Loss::Length, &prediction, &labels)), [9.0, 5.0]);
    let (value, valid) = mean(Loss::Length, &prediction, &labels).unwrap();
    assert_eq!((value.double_value(&[]), valid), (7.0, 2));
}

#[test]
fn cross_entropy_by_hand() {
    // Scores ln 1 and ln 3: probabilities 1/4 and 3/4.
    let scores =
        Tensor::from_slice(&[0.0_f32, 3.0_f32.ln()]).view([1, 2, 1, 1]).repeat([2, 1, 1, 1]);
    let values = Tensor::from_slice(&[0.0_f32, 1.0]).view([2, 1, 1, 1]);
    let labels = Labels { weight: values.ones_like(), values };
    let loss = vec(&per_sample(Loss::CrossEntropy, &scores, &labels));
    assert!((loss[0] - 4.0_f32.ln()).abs() < 1e-6);
    assert!((loss[1] - (4.0_f32 / 3.0).ln()).abs() < 1e-6);
}

#[test]
fn metric_by_hand() {
    // Three places, the fourth does not count: embeddings (0, 0), (1, 0), (0, 2), segments 5 5 9.
    let embedding = Tensor::from_slice(&[0.0_f32, 1.0, 0.0, 7.0, 0.0, 0.0, 2.0, 7.0]);
    let embedding = embedding.view([1, 2, 2, 2]).repeat([2, 1, 1, 1]);
    let values = Tensor::from_slice(&[5.0_f32, 5.0, 9.0, 9.0]).view([1, 1, 2, 2]);
    let weight = Tensor::from_slice(&[1.0_f32, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
    let labels = Labels { values: values.repeat([2, 1, 1, 1]), weight: weight.view([2, 1, 2, 2]) };
    let one = |square: f32| 2.0 / (1.0 + square.exp());
    let expected = -(one(1.0).ln() + (1.0 - one(4.0)).ln() + (1.0 - one(5.0)).ln()) / 3.0;
    let losses = vec(&per_sample(Loss::Metric, &embedding, &labels));
    assert!((losses[0] - expected).abs() < 1e-5, "{losses:?} {expected}");
    assert!(losses[1].is_nan(), "a single place has no pair");
    let (value, samples) = mean(Loss::Metric, &embedding, &labels).unwrap();
    assert!((value.double_value(&[]) - f64::from(expected)).abs() < 1e-5 && samples == 1);
    // Equal embeddings of two segments: the likelihood of being of one counts as 0.98.
    let equal = vec(&per_sample(Loss::Metric, &(embedding * 0.0), &labels));
    assert!((equal[0] + 2.0 / 3.0 * 0.02_f32.ln()).abs() < 1e-4, "{equal:?}");
}

#[test]
fn a_sample_without_a_valid_value_has_no_loss_and_no_say() {
    let values = Tensor::zeros([2, 1, 1, 1], (Kind::Float, Device::Cpu));
    let weight = Tensor::from_slice(&[1.0_f32, 0.0]).view([2, 1, 1, 1]);
    let prediction = Tensor::from_slice(&[2.0_f32, 1000.0]).view([2, 1, 1, 1]);
    let labels = Labels { values, weight };
    let losses = vec(&per_sample(Loss::L1, &prediction, &labels));
    assert!(losses[0] == 2.0 && losses[1].is_nan());
    let (value, valid) = mean(Loss::L1, &prediction, &labels).unwrap();
    assert_eq!((value.double_value(&[]), valid), (2.0, 1));
    let nothing = Labels { weight: labels.weight.zeros_like(), ..labels };
    assert!(mean(Loss::L1, &prediction, &nothing).is_none());
}

#[test]
fn gradients_agree_with_finite_differences() {
    let (n, c, h, w) = (3, 4, 2, 3);
    let numbers = (Kind::Double, Device::Cpu);
    let grid = |len: i64, scale: f64| {
        ((Tensor::arange(len, numbers) * 1.7).sin() * scale).view([n, len / (n * h * w), h, w])
    };
    // The last sample has no valid value at all.
    let weight = Tensor::arange(n * h * w, numbers).fmod(3.0).clamp_max(1.0).view([n, 1, h, w]);
    let _ = weight.narrow(0, n - 1, 1).zero_();
    let classes = Tensor::arange(n * h * w, numbers).fmod(4.0).view([n, 1, h, w]);
    for loss in [Loss::L1, Loss::L2, Loss::Length, Loss::CrossEntropy, Loss::Metric] {
        let values = if matches!(loss, Loss::CrossEntropy | Loss::Metric) {
            classes.shallow_clone()
        } else {
            grid(n * c * h * w, 0.9).flip([0_i64])
        };
        let labels = Labels { values: values * &weight, weight: weight.shallow_clone() };
        let at = |p: &Tensor| mean(loss, p, &labels).unwrap().0;
        let prediction = grid(n * c * h * w, 1.3).set_requires_grad(true);
        let gradient = &Tensor::run_backward(&[at(&prediction)], &[&prediction], false, false)[0];
        let (mut largest, step) = (0.0_f64, 1e-6);
        for i in 0..n * c * h * w {
            let moved = |by: f64| {
                let p = prediction.detach().copy();
                let _ = p.view(-1).narrow(0, i, 1).g_add_scalar_(by);
                at(&p).double_value(&[])
            };
            let expected = (moved(step) - moved(-step)) / (2.0 * step);
            largest = largest.max((gradient.reshape(-1).double_value(&[i]) - expected).abs());
        }
        assert!(largest < 1e-7, "{loss:?}: {largest}");
        let unknown = gradient.narrow(0, n - 1, 1).abs().sum(None).double_value(&[]);
        assert_eq!(unknown, 0.0, "{loss:?}: the invalid sample has a gradient");
    }
}

#[test]
fn folding_changes_no_loss() {
    let numbers = (Kind::Float, Device::Cpu);
    let (n, c, side) = (2, 3, 8);
    let grid = |channels: i64, speed: f64| {
        let len = n * channels * side * side;
        (Tensor::arange(len, numbers) * speed).sin().view([n, channels, side, side])
    };
    let weight = grid(1, 2.3).gt(0.0).to_kind(Kind::Float);
    let classes = (grid(1, 0.7) * 1.4 + 1.5).floor();
    for (loss, values) in [
        (Loss::L1, grid(c, 0.3)),
        (Loss::L2, grid(c, 0.3)),
        (Loss::Length, grid(c, 0.3)),
        (Loss::CrossEntropy, classes.shallow_clone()),
        (Loss::Metric, classes),
    ] {
        let labels = || Labels { values: &values * &weight, weight: weight.shallow_clone() };
        let prediction = grid(c, 1.1);
        let plain = vec(&per_sample(loss, &prediction, &labels()));
        for fold in [2, 4] {
            let folded = labels().folded(fold);
            assert_eq!(folded.values.size()[1], values.size()[1] * fold * fold);
            let again = per_sample(loss, &prediction.pixel_unshuffle(fold), &folded.folded(fold));
            for (a, b) in plain.iter().zip(vec(&again)) {
                assert!((a - b).abs() < 1e-6, "{loss:?} {fold}: {a} {b}");
            }
        }
    }
}

#[test]
fn gradients_in_bf16_are_those_in_f32_rounded() {
    let grid = |speed: f64| {
        let numbers = Tensor::arange(2 * 3 * 16, (Kind::Float, Device::Cpu));
        (numbers * speed).sin().view([2, 3, 4, 4])
    };
    let weight = grid(2.3).narrow(1, 0, 1).gt(0.0).to_kind(Kind::Float);
    let labels = Labels { values: grid(0.3) * &weight, weight };
    for loss in [Loss::L1, Loss::L2] {
        let gradient = |kind| {
            let rounded = grid(1.1).to_kind(Kind::BFloat16).to_kind(kind);
            let prediction = rounded.set_requires_grad(true);
            let value = mean(loss, &prediction, &labels).unwrap().0;
            Tensor::run_backward(&[value], &[prediction], false, false).remove(0)
        };
        assert_eq!(gradient(Kind::BFloat16), gradient(Kind::Float).to_kind(Kind::BFloat16));
    }
}

#[test]
fn shares_of_candidates_weigh_their_likelihoods() {
    // Two places of probabilities 1/4 and 3/4; three quarters of class 1, a quarter of class 0.
    let scores = Tensor::from_slice(&[0.0_f32, 0.0, 3.0_f32.ln(), 3.0_f32.ln()]).view([1, 2, 1, 2]);
    let values = Tensor::from_slice(&[1.0_f32, 1.0, 0.0, 0.0, 0.75, 0.0, 0.25, 0.0]);
    let weight = Tensor::from_slice(&[1.0_f32, 0.0]).view([1, 1, 1, 2]);
    let labels = Labels { values: values.view([1, 4, 1, 2]), weight };
    let loss = vec(&per_sample(Loss::CrossEntropy, &scores, &labels));
    let expected = -(0.75 * 0.75_f32.ln() + 0.25 * 0.25_f32.ln());
    assert!((loss[0] - expected).abs() < 1e-6, "{loss:?} {expected}");
    // The same where two neighbours are folded into channels, as no prediction of bins is.
    let folded = |t: Tensor, channels: i64| t.reshape([1, 2 * channels, 1, 1]);
    let labels = Labels { values: folded(labels.values, 4), weight: folded(labels.weight, 1) };
    let loss = vec(&per_sample(Loss::CrossEntropy, &folded(scores, 2), &labels));
    assert!((loss[0] - expected).abs() < 1e-6, "{loss:?}");
}
