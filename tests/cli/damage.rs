//! Damaged datasets: every command that reads one says which file is to blame.

use std::fs;
use std::path::Path;

use crate::{data, failure, folder};

const SHARD: &str = "d/test/normal-00000.safetensors";

/// Damages a dataset and gives what `data check` says.
fn checked(damage: impl FnOnce(&Path)) -> String {
    let folder = folder(&[]);
    data::put(folder.path());
    damage(folder.path());
    failure(folder.path(), &["data", "check", "d"])
}

/// The same with the text of the manifest.
fn with_manifest(old: &str, new: &str) -> String {
    checked(|folder| {
        let file = folder.join("d/manifest.json");
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(old), "{old}");
        fs::write(&file, text.replacen(old, new, 1)).unwrap();
    })
}

/// The same with the value of the manifest.
fn with_json(edit: impl FnOnce(&mut serde_json::Value)) -> String {
    checked(|folder| {
        let file = folder.join("d/manifest.json");
        let mut json = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        edit(&mut json);
        fs::write(&file, serde_json::to_vec(&json).unwrap()).unwrap();
    })
}

/// The same with the bytes of a shard.
fn with_shard(edit: impl FnOnce(&mut Vec<u8>)) -> String {
    checked(|folder| {
        let file = folder.join(SHARD);
        let mut bytes = fs::read(&file).unwrap();
        edit(&mut bytes);
        fs::write(&file, bytes).unwrap();
    })
}

#[test]
fn shards() {
    let all = [
        ("truncated", with_shard(|bytes| bytes.truncate(1000))),
        ("empty", with_shard(Vec::clear)),
        ("header overwritten", with_shard(|bytes| bytes[..8].fill(0xff))),
        ("missing", checked(|folder| fs::remove_file(folder.join(SHARD)).unwrap())),
    ];
    let all = all.map(|(what, said)| format!("# {what}\n{said}\n"));
    insta::assert_snapshot!(all.concat());
}

#[test]
fn one_flipped_bit_is_found() {
    let said = with_shard(|bytes| {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
    });
    let (before, after) = said.split_once("checksum is ").unwrap();
    let (found, after) = after.split_once(", the manifest says ").unwrap();
    let (expected, after) = after.split_once('\n').unwrap();
    assert!(found.len() == 64 && expected.len() == 64 && found != expected, "{said}");
    insta::assert_snapshot!(format!("{before}checksum is …, the manifest says …\n{after}"));
}

#[test]
fn manifests() {
    let all = [
        ("another version", with_manifest("\"schema\": 2", "\"schema\": 7")),
        ("a text for a number", with_manifest("\"size\": 32", "\"size\": \"32\"")),
        ("another size", with_manifest("\"size\": 32", "\"size\": 64")),
        ("a key of nobody", with_manifest("\"schema\": 2", "\"schema\": 2, \"shape\": 2")),
        (
            "another shape",
            with_json(|json| {
                let domains = json["domains"].as_array_mut().unwrap();
                let normal = domains.iter_mut().find(|domain| domain["name"] == "normal").unwrap();
                normal["shape"][0] = 1.into();
            }),
        ),
        (
            "cut off",
            checked(|folder| {
                let file = folder.join("d/manifest.json");
                let text = fs::read_to_string(&file).unwrap();
                fs::write(&file, &text[..60]).unwrap();
            }),
        ),
        ("a domain without files", with_manifest("\"name\": \"normal\"", "\"name\": \"normals\"")),
        ("no manifest", checked(|folder| fs::remove_file(folder.join("d/manifest.json")).unwrap())),
    ];
    let all = all.map(|(what, said)| format!("# {what}\n{said}\n"));
    insta::assert_snapshot!(all.concat());
}

#[test]
fn a_run_does_not_start_on_damaged_images() {
    let pipeline = "name = \"p\"\n[data]\npath = \"d\"\nsize = 32\n[tasks]\nboth = [\"normals\", \"depth_zbuffer\"]\n";
    let folder = folder(&[("p.toml", pipeline)]);
    data::put(folder.path());
    let file = folder.path().join(SHARD);
    let mut bytes = fs::read(&file).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&file, bytes).unwrap();
    let said = failure(folder.path(), &["run", "p.toml"]);
    assert!(
        said.starts_with("exit 1\nerror: d/test/normal-00000.safetensors: its BLAKE3"),
        "{said}"
    );
    assert!(said.contains("\nhint: "), "{said}");
}
