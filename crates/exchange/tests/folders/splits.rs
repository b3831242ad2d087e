//! Which buildings go where.

use std::collections::BTreeMap;

use proptest::prelude::*;
use taskonomy_core::{BuildingSplits, Split, SplitCounts};
use taskonomy_exchange::{ImportSpec, Layout, Unit};

use crate::made::folder;
use crate::{imported, spec};

fn table(text: &str) -> BuildingSplits {
    BuildingSplits::read(text.as_bytes()).unwrap()
}

#[test]
fn a_published_table_decides_and_training_is_divided() {
    let buildings = ["a", "b", "c", "d", "e", "f", "g"];
    let tree = folder(Layout::Taskonomy, &buildings, &["rgb"]);
    let text = "id,train,val,test\ra,1,0,0\rb,1,0,0\rc,1,0,0\rd,0,1,0\rE,0,0,1\rf,0,0,0\rz,0,0,1\r";
    let spec = ImportSpec { splits: Some(table(text)), ..spec(8) };
    let (_place, dataset, made) = imported(&tree, &spec).unwrap();
    let scenes = |split| {
        let mut scenes: Vec<_> = dataset.samples(split).iter().map(|s| s.scene.as_str()).collect();
        scenes.dedup();
        scenes.len()
    };
    // Three buildings in the proportions 5 to 2.
    assert_eq!(Split::ALL.map(scenes), [2, 1, 1, 1]);
    assert_eq!(dataset.samples(Split::Validation)[0].scene, "d");
    assert_eq!(dataset.samples(Split::Test)[0].scene, "e");
    assert_eq!((made.left_out.join(" ").as_str(), made.unit), ("f g", Unit::Building));
}

#[test]
fn a_table_may_name_the_buildings_of_readouts_or_leave_points_to_be_divided() {
    let tree = folder(Layout::Taskonomy, &["a", "b", "c", "d"], &["rgb"]);
    let text = "id,train,val,test,transfers\na,1,0,0,1\nb,1,0,0,0\nc,0,1,0,0\nd,0,0,1,0\n";
    let named = ImportSpec { splits: Some(table(text)), ..spec(8) };
    let (_place, dataset, _) = imported(&tree, &named).unwrap();
    assert_eq!(dataset.samples(Split::Transfers)[0].scene, "a");
    assert_eq!(dataset.samples(Split::Networks)[0].scene, "b");
    let text = "id,train,val,test\na,1,0,0\nc,0,1,0\nd,0,0,1\n";
    let single = ImportSpec { splits: Some(table(text)), ..spec(8) };
    let (_place, dataset, made) = imported(&tree, &single).unwrap();
    assert_eq!(made.unit, Unit::Point);
    assert_eq!(dataset.samples(Split::Networks)[0].scene, "a/point_2");
    assert_eq!(dataset.samples(Split::Transfers)[0].scene, "a/point_10");
    assert_eq!(dataset.samples(Split::Test)[0].scene, "d");
}

#[test]
fn a_table_that_fits_nothing_is_refused() {
    let tree = folder(Layout::Taskonomy, &["a", "b", "c", "d"], &["rgb"]);
    let error = |text: &str| {
        let spec = ImportSpec { splits: Some(table(text)), ..spec(8) };
        imported(&tree, &spec).unwrap_err().to_string()
    };
    assert_eq!(
        error("id,train,val,test\nx,1,0,0\n"),
        "by the table of splits, no view of this folder is for networks: none of its buildings stands there"
    );
    assert_eq!(
        error("id,train,val,test\na,1,0,0\nb,1,0,0\nc,0,1,0\n"),
        "by the table of splits, no view of this folder is for test: of its buildings a, b, c stand there"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn every_building_is_in_one_split_and_every_split_has_one(
        count in 4_usize..9,
        shares in prop::array::uniform4(1_usize..9),
        seed: u64,
    ) {
        let names: Vec<String> = (0..count).map(|i| format!("b{i}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let tree = folder(Layout::Buildings, &names, &["rgb"]);
        let [networks, transfers, validation, test] = shares;
        let shares = SplitCounts { networks, transfers, validation, test };
        let (_place, dataset, made) =
            imported(&tree, &ImportSpec { shares, seed, ..spec(8) }).unwrap();
        prop_assert_eq!(made.unit, Unit::Building);
        let mut splits: BTreeMap<String, Split> = BTreeMap::new();
        let mut views = 0;
        for split in Split::ALL {
            prop_assert!(!dataset.is_empty(split));
            for sample in dataset.samples(split) {
                prop_assert_eq!(*splits.entry(sample.scene.clone()).or_insert(split), split);
                views += 1;
            }
        }
        prop_assert_eq!((splits.len(), views), (count, 3 * count));
    }
}
