//! Shapes, sizes, files.

use taskonomy_core::{EncoderKind, Precision};
use taskonomy_nn::{
    Architecture, Compute, Encoder, Model, Network, NnError, Prediction, Read, Readout, Scratch,
    description, side_by_side,
};
use tch::{Device, Kind, Tensor};

const MAP: Prediction = Prediction::Map { channels: 3, stride: 1 };

fn compute() -> Compute {
    Compute::cpu(Precision::F32)
}

fn encoder(seed: u64) -> Model<Encoder> {
    Model::new(seed, compute(), |b| Encoder::new(b, EncoderKind::Small))
}

fn images(side: i64) -> Tensor {
    let values = Tensor::arange(2 * 3 * side * side, (Kind::Float, Device::Cpu));
    (values * 0.37).sin().view([2, 3, side, side])
}

fn out<A: Architecture>(model: &Model<A>, input: &Tensor) -> Vec<i64> {
    model.predict(input).size()
}

#[test]
fn outputs_have_the_promised_shapes_in_both_precisions() {
    let half = Prediction::Map { channels: 5, stride: 2 };
    let flat = Prediction::Flat { length: 9 };
    tch::set_num_threads(1);
    for precision in [Precision::F32, Precision::Bf16] {
        let compute = Compute::cpu(precision);
        for side in [32, 64, 72] {
            let x = images(side);
            let representation =
                Tensor::ones([2, 32, side / 8, side / 8], (Kind::Float, Device::Cpu));
            for (prediction, expected) in [
                (MAP, [2, 3, side, side]),
                (half, [2, 5, side / 2, side / 2]),
                (flat, [2, 9, 1, 1]),
            ] {
                let network =
                    Model::new(1, compute, |b| Network::new(b, EncoderKind::Small, 1, prediction));
                let readout = Model::new(1, compute, |b| {
                    Readout::new(b, Read { channels: 32, stride: 8 }, prediction)
                });
                let scratch = Model::new(1, compute, |b| Scratch::new(b, 8, 1, prediction));
                assert_eq!(out(&network, &x), expected);
                assert_eq!(out(&readout, &representation), expected);
                assert_eq!(out(&scratch, &x), expected);
            }
            assert_eq!(out(&encoder(1), &x), [2, 16, side / 8, side / 8]);
        }
    }
}

#[test]
fn views_of_an_item_share_the_encoder_and_meet_in_the_decoder() {
    let flat = Prediction::Flat { length: 4 };
    tch::set_num_threads(1);
    let x = images(32); // two images: one item of two views
    let network = Model::new(1, compute(), |b| Network::new(b, EncoderKind::Small, 2, flat));
    let scratch = Model::new(1, compute(), |b| Scratch::new(b, 8, 2, flat));
    assert_eq!([out(&network, &x), out(&scratch, &x)], [[1, 4, 1, 1]; 2]);
    assert_ne!(network.predict(&x), network.predict(&x.flip([0])), "their order matters");
    let one = Model::new(1, compute(), |b| Network::new(b, EncoderKind::Small, 1, flat));
    let count = |model: &Model<Network>| model.parameters().count();
    // Only the decoder's first kernel (24 of 3×3) is wider: by the 16 channels of the other view and 6
    // of comparing places.
    assert_eq!(count(&network) - count(&one), 24 * (16 + 6) * 9);
    // Channels of the first view, then those of the second.
    let values = Tensor::arange(4 * 3 * 2, (Kind::Float, Device::Cpu)).view([4, 3, 1, 2]);
    let joined = side_by_side(&values, 2);
    assert_eq!(joined, values.view([2, 6, 1, 2]));
}

#[test]
fn sizes_are_those_of_the_tried_recipe() {
    assert_eq!(encoder(1).parameters().count(), 126_256);
    let network = Model::new(1, compute(), |b| Network::new(b, EncoderKind::Small, 1, MAP));
    let count = network.parameters().count();
    assert!((200_000..215_000).contains(&count), "{count}");
    let readout =
        Model::new(1, compute(), |b| Readout::new(b, Read { channels: 16, stride: 8 }, MAP));
    let count = readout.parameters().count();
    assert!((40_000..60_000).contains(&count), "{count}");
}

fn resnet(kind: EncoderKind, seed: u64) -> Model<Encoder> {
    Model::new(seed, compute(), |b| Encoder::new(b, kind))
}

#[test]
fn resnets_are_those_of_torchvision_with_a_small_top() {
    tch::set_num_threads(1);
    // Its published counts, without the last linear map of 1,000 classes.
    for (kind, whole, out) in
        [(EncoderKind::Resnet18, 11_689_512, 512), (EncoderKind::Resnet50, 25_557_032, 2048)]
    {
        let body = whole - (out * 1000 + 1000);
        let top = 9 * out * 8 + 16;
        let encoder = resnet(kind, 1);
        assert_eq!(encoder.parameters().count(), body + top, "{kind:?}");
        assert_eq!(encoder.predict(&images(64)).size(), [2, 8, 4, 4]);
    }
    let flat = Prediction::Flat { length: 4 };
    for prediction in [MAP, flat] {
        let kind = EncoderKind::Resnet18;
        let network = Model::new(1, compute(), |b| Network::new(b, kind, 1, prediction));
        let read = Read { channels: 16, stride: 16 };
        let readout = Model::new(1, compute(), |b| Readout::new(b, read, prediction));
        let scratch = Model::new(1, compute(), |b| Scratch::new(b, 16, 1, prediction));
        let representation = Tensor::ones([2, 16, 4, 4], (Kind::Float, Device::Cpu));
        let size = network.predict(&images(64)).size();
        assert!(size == [2, 3, 64, 64] || size == [2, 4, 1, 1], "{size:?}");
        assert_eq!(out(&scratch, &images(64)), size);
        assert_eq!(out(&readout, &representation), size);
    }
}

#[test]
fn an_encoder_starts_from_weights_with_the_names_of_torchvision() {
    tch::set_num_threads(1);
    let foreign = resnet(EncoderKind::Resnet18, 5).to_bytes("");
    let file = safetensors::SafeTensors::deserialize(&foreign).unwrap();
    let named = |keep: &dyn Fn(&str) -> bool| {
        let tensors = file.iter().map(|(name, view)| (name.replace("encoder.", ""), view));
        let tensors: Vec<_> = tensors.filter(|(name, _)| keep(name)).collect();
        safetensors::serialize(tensors, None).unwrap()
    };
    let bytes = named(&|name| !name.starts_with("top."));
    let names = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    // 20 convolutions and their normalisations; torchvision counts batches beside them.
    assert_eq!(names.len(), 20 + 4 * 20);
    for name in ["bn1.running_var", "layer1.1.conv2.weight", "layer4.0.downsample.1.bias"] {
        assert!(names.tensor(name).is_ok(), "{name}");
    }
    let mut network = Model::new(6, compute(), |b| Network::new(b, EncoderKind::Resnet18, 1, MAP));
    let before = network.to_bytes("");
    network.start_from(&bytes).unwrap();
    let after = network.to_bytes("");
    let [before, after] =
        [&before, &after].map(|b| safetensors::SafeTensors::deserialize(b).unwrap());
    for (name, view) in after.iter() {
        let source = if name.starts_with("encoder.") && !name.contains(".top.") {
            file.tensor(name)
        } else {
            before.tensor(name)
        };
        assert!(source.unwrap().data() == view.data(), "{name}");
    }
    let error = network.start_from(&named(&|name| name != "layer2.0.conv1.weight")).unwrap_err();
    assert!(error.to_string().contains("layer2.0.conv1.weight"), "{error}");
    let error = encoder(1).start_from(&bytes).unwrap_err();
    assert!(matches!(error, NnError::Weights { .. } | NnError::Safetensors(_)), "{error}");
}

#[test]
fn a_model_is_a_function_of_its_seed() {
    assert_eq!(encoder(5).to_bytes(""), encoder(5).to_bytes(""));
    assert_ne!(encoder(5).to_bytes(""), encoder(6).to_bytes(""));
}

#[test]
fn weights_read_back_and_an_encoder_is_a_part_of_its_network() {
    let network = Model::new(3, compute(), |b| Network::new(b, EncoderKind::Small, 1, MAP));
    let bytes = network.to_bytes("{\"task\":\"normals\"}");
    assert_eq!(description(&bytes).unwrap().unwrap(), "{\"task\":\"normals\"}");
    let mut copy = Model::new(4, compute(), |b| Network::new(b, EncoderKind::Small, 1, MAP));
    assert_ne!(copy.predict(&images(32)), network.predict(&images(32)));
    copy.load(&bytes).unwrap();
    assert_eq!(copy.predict(&images(32)), network.predict(&images(32)));
    assert_eq!(copy.to_bytes("{\"task\":\"normals\"}"), bytes);
    let mut part = encoder(9);
    part.load(&bytes).unwrap();
    assert_eq!(encoder(3).predict(&images(32)), part.predict(&images(32)));
}

#[test]
fn files_that_do_not_fit_are_refused_by_name() {
    let bytes = encoder(1).to_bytes("");
    let mut network = Model::new(3, compute(), |b| Network::new(b, EncoderKind::Small, 1, MAP));
    let missing = network.load(&bytes).unwrap_err().to_string();
    assert!(missing.contains("decoder.conv1.conv.weight"), "{missing}");
    let mut other =
        Model::new(1, compute(), |b| Readout::new(b, Read { channels: 32, stride: 8 }, MAP));
    let one = Model::new(1, compute(), |b| Readout::new(b, Read { channels: 16, stride: 8 }, MAP))
        .to_bytes("");
    let error = other.load(&one).unwrap_err();
    assert!(matches!(&error, NnError::Weights { name, .. } if name == "tower1.first.conv.weight"));
    assert!(matches!(encoder(1).load(b"no weights"), Err(NnError::Safetensors(_))));
}

#[test]
fn calibration_normalises_the_untrained_encoder() {
    let x = images(64) * 3.0 + 1.0;
    let mut model = encoder(2);
    let raw = model.predict(&x);
    model.calibrate((0..8).map(|_| x.shallow_clone()));
    let normed = model.predict(&x);
    // The last layer is a ReLU of normalised values: its mean square per channel is about 1/2.
    let power = |t: &Tensor| t.square().mean(Kind::Float).double_value(&[]);
    assert!((power(&normed) - 0.5).abs() < 0.15, "{}", power(&normed));
    assert!(power(&raw) < 0.1 || power(&raw) > 2.0, "{}", power(&raw));
}
