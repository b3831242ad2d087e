//! `[[source]]`.

use std::path::Path;

use taskonomy_core::{Split, Values};
use taskonomy_data::{Dataset, ValuesRef};
use taskonomy_exchange::{ExchangeError, OwnFeatures};

use crate::{npy, photos, pipeline, plain, put};

const SOURCE: &str = "[[source]]\nid = 'own'\nfeatures = './f'";

fn convert(folder: &Path, images: &Dataset, entry: &str) -> Result<Dataset, ExchangeError> {
    let pipeline = pipeline(folder, entry);
    let features = OwnFeatures::open(&pipeline.own_sources[0], images, 8)?;
    let to = folder.join("own");
    _ = std::fs::remove_dir_all(&to);
    features.convert(&to, &|_| true)?;
    Ok(Dataset::open(&to).unwrap())
}

fn refused(folder: &Path, images: &Dataset) -> String {
    let error = convert(folder, images, SOURCE).unwrap_err().to_string();
    error.replace(&format!("{}/", folder.display()), "")
}

/// The files of the splits that readouts meet.
fn put_all(folder: &Path, bytes: impl Fn(usize) -> Vec<u8>) {
    let splits = [Split::Transfers, Split::Validation, Split::Test];
    for (at, split) in splits.into_iter().enumerate() {
        for number in 0..2 {
            put(folder, &format!("f/{split}_{number}.npy"), bytes(2 * at + number));
        }
    }
}

fn values(own: &Dataset, split: Split, row: usize) -> Vec<f32> {
    match own.raw(split, "own_own", row).map(ValuesRef::to_values) {
        Some(Values::F32(values)) => values,
        other => panic!("{other:?}"),
    }
}

#[test]
fn vectors_stay_and_maps_come_to_the_grid() {
    let (folder, images) = plain();
    put_all(folder.path(), |i| npy(&[1, 2], &[i as f32, -1.0]));
    let own = convert(folder.path(), &images, SOURCE).unwrap();
    assert_eq!(own.domain("own_own").unwrap().shape, [2, 1, 1]);
    assert_eq!(values(&own, Split::Test, 1), [5.0, -1.0]);
    assert_eq!((own.len(Split::Networks), own.len(Split::Test)), (0, 2));

    // 8 pixels are a grid of one place: the mean of all.
    put_all(folder.path(), |_| npy(&[1, 2, 1, 2], &[1.0, 3.0, 5.0, 6.0]));
    let own = convert(folder.path(), &images, SOURCE).unwrap();
    assert_eq!(values(&own, Split::Transfers, 0), [2.0, 5.5]);
}

#[test]
fn a_safetensors_file_holds_many_images_and_vectors_hold_for_photos() {
    let (folder, images) = photos();
    let data: Vec<u8> = [1.5_f32, 2.5].iter().flat_map(|v| v.to_le_bytes()).collect();
    let view = |at: usize| {
        let values = &data[4 * at..4 * at + 4];
        safetensors::tensor::TensorView::new(safetensors::Dtype::F32, vec![1], values).unwrap()
    };
    let tensors =
        [("transfers/a", 0), ("validation/a.jpg", 1), ("test/a", 0), ("test/a.jpg#01", 1)];
    let tensors = tensors.map(|(name, at)| (name, view(at)));
    put(folder.path(), "f.safetensors", safetensors::serialize(tensors, None).unwrap());
    let own = convert(folder.path(), &images, &SOURCE.replace("./f", "./f.safetensors")).unwrap();
    let found = |split| [0, 1].map(|row| values(&own, split, row)[0]);
    assert_eq!(found(Split::Transfers), [1.5, 1.5]);
    assert_eq!(found(Split::Test), [1.5, 2.5]);
}

#[test]
fn what_is_missing_or_of_another_form_is_named() {
    let (folder, images) = plain();
    assert_eq!(refused(folder.path(), &images), "[[source]] own: f: there is no such folder");
    put_all(folder.path(), |_| npy(&[2], &[1.0, 2.0]));
    put(folder.path(), "f/someone.npy", b"");
    for name in ["validation_1", "test_0"] {
        std::fs::remove_file(folder.path().join(format!("f/{name}.npy"))).unwrap();
    }
    assert_eq!(
        refused(folder.path(), &images),
        "[[source]] own: 2 of the 6 images of the splits transfers, validation and test have no \
         representation in f: there is nothing for `validation_1`, `test_0`; there is something for \
         `someone`"
    );
    put(folder.path(), "f/validation_1.npy", npy(&[3], &[1.0; 3]));
    put(folder.path(), "f/test_0.npy", npy(&[2], &[1.0, f32::NAN]));
    assert_eq!(
        refused(folder.path(), &images),
        "[[source]] own: 2 files or rows cannot be used\n  \
         validation_1: a vector of 3 channels: the first image has a vector of 2 channels\n  \
         f/test_0.npy: value 1 is NaN: it must be finite"
    );
    put(folder.path(), "f/transfers_0.npy", npy(&[4, 3], &[1.0; 12]));
    let error = refused(folder.path(), &images);
    assert!(error.contains("an array of shape [4, 3]: a vector, or channels"), "{error}");
}

#[test]
fn what_made_a_dataset_tells_other_representations() {
    let (folder, images) = plain();
    let generator = || {
        let pipeline = pipeline(folder.path(), SOURCE);
        OwnFeatures::open(&pipeline.own_sources[0], &images, 8).unwrap().generator()
    };
    put_all(folder.path(), |_| npy(&[2], &[1.0, 2.0]));
    let before = generator();
    put(folder.path(), "f/networks_0.npy", npy(&[2], &[1.0, 2.0]));
    assert_eq!(generator(), before, "networks read none");
    put(folder.path(), "f/test_0.npy", npy(&[2], &[1.0, 3.0]));
    assert_ne!(generator(), before);
}
