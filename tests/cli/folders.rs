//! `data import`, `data export` and `data check` of folders of the Taskonomy dataset.

use std::path::Path;

use serde_json::Value;

use crate::{data, done, failures, files, folder, run};

/// Rooms as `d`, and the folder `t` that is written of them.
fn exported() -> tempfile::TempDir {
    let folder = folder(&[]);
    data::put(folder.path());
    done(folder.path(), &["data", "export", "d", "t", "--layout", "taskonomy"]);
    folder
}

fn remove(folder: &Path, file: &str) {
    std::fs::remove_file(folder.join(file)).unwrap();
}

#[test]
fn rooms_go_out_and_come_back() {
    let folder = folder(&[]);
    data::put(folder.path());
    let written = done(folder.path(), &["data", "export", "d", "t"]);
    assert!(written.starts_with("t: 25 views of 5 buildings\n"), "{written}");
    assert!(written.contains("\n  class_scene              25 files\n"), "{written}");
    let import = ["data", "import", "t", "--size", "32", "--splits", "t/splits.csv"];
    let (code, made, said) = run(folder.path(), &import);
    assert_eq!((code, said.as_str()), (0, ""));
    let head = "data/t: taskonomy folder 1 of 32 px\n  networks       10 views of    2 scenes\n";
    assert!(made.starts_with(head), "{made}");
    let checked = done(folder.path(), &["data", "check", "t"]);
    for line in [
        "t: DOMAIN/BUILDING/point_P_view_V_domain_D.png\n  25 views of 5 buildings, pixels: 32x32 (25)\n",
        "\n  depth_zbuffer            25 of 25 views\n",
        "\n  normals                 yes\n",
        "\nnothing is missing, and every file can be used\n",
    ] {
        assert!(checked.contains(line), "{line}\n{checked}");
    }
    // The shards that come back are the same bytes.
    let (before, after) = (files(&folder.path().join("d")), files(&folder.path().join("data/t")));
    for domain in
        ["rgb", "depth_zbuffer", "normal", "edge_texture", "segment_semantic", "class_scene"]
    {
        let shard = format!("test/{domain}-00000.safetensors");
        assert!(before.contains_key(&shard) && before.get(&shard) == after.get(&shard), "{shard}");
    }
    // As JSON, and in another layout.
    let export = ["data", "export", "d", "o", "--layout", "omnidata", "--json"];
    let json: Value = serde_json::from_str(&done(folder.path(), &export)).unwrap();
    assert_eq!((json["views"].as_u64(), json["files"]["rgb"].as_u64()), (Some(25), Some(25)));
    assert!(folder.path().join("o/rgb/taskonomy/room00000").is_dir());
    let import = ["data", "import", "o", "--size", "32", "--splits", "o/splits.csv", "--json"];
    let json: Value = serde_json::from_str(&done(folder.path(), &import)).unwrap();
    assert_eq!((json["layout"].as_str(), json["size"].as_i64()), (Some("omnidata"), Some(32)));
    assert!(files(&folder.path().join("data/t")) == files(&folder.path().join("data/o")));
}

#[test]
fn what_is_damaged_is_named_and_the_rest_imported() {
    let folder = exported();
    let at = |file: &str| folder.path().join("t").join(file);
    let depth = "depth_zbuffer/room00000/point_1_view_0_domain_depth_zbuffer.png";
    let bytes = std::fs::read(at(depth)).unwrap();
    std::fs::write(at(depth), &bytes[..bytes.len() / 2]).unwrap();
    let normal = "normal/room00001/point_0_view_0_domain_normal.png";
    std::fs::copy(at("edge_texture/room00001/point_0_view_0_domain_edge_texture.png"), at(normal))
        .unwrap();
    remove(&folder.path().join("t"), "reshading/room00002/point_0_view_0_domain_reshading.png");
    std::fs::remove_dir_all(at("class_scene/room00003")).unwrap();
    let (code, checked, said) = run(folder.path(), &["data", "check", "t"]);
    assert_eq!(code, 1);
    assert_eq!(
        said,
        "error: t: 2 files cannot be used\n\nhint: fetch these files again, or go on: `data import` leaves them out\n"
    );
    let lines = [
        "missing:\n",
        "  reshading: 1 file (reshading/room00002/point_0_view_0_domain_reshading.png)\n",
        "  class_scene: all of 1 building (room00003)\n",
        "files that cannot be used:\n  1 damaged\n  1 of the wrong type or bit depth\n",
        "  depth_zbuffer/room00000/point_1_view_0_domain_depth_zbuffer.png: no readable PNG: ",
        "  normal/room00001/point_0_view_0_domain_normal.png: 16-bit grey: 8-bit RGB is needed\n",
    ];
    assert!(lines.iter().all(|line| checked.contains(line)), "{checked}");
    let (code, made, said) = run(folder.path(), &["data", "import", "t", "--size=32", "--out=i"]);
    assert_eq!(code, 0);
    assert!(made.contains("\n  class_scene       in 20 of 25 views\n"), "{made}");
    assert!(said.starts_with("warning: 2 files were left out:\n  1 damaged\n"), "{said}");
    assert!(said.contains("\nmissing: class_scene: all of 1 building (room00003)\n"), "{said}");
    let (code, _, quiet) =
        run(folder.path(), &["data", "import", "t", "--size=32", "--out=q", "-q"]);
    assert_eq!((code, quiet.as_str()), (0, "warning: 2 files were left out:\n"));
    let json = done(folder.path(), &["data", "import", "t", "--size=32", "--out=j", "--json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["faults"]["counts"]["damaged"], 1);
    assert_eq!(json["faults"]["named"][0]["file"], depth);
    let (code, json, _) = run(folder.path(), &["data", "check", "t", "--json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, json["gaps"].as_array().map(Vec::len)), (1, Some(2)));
    done(folder.path(), &["data", "check", "i"]);
}

#[test]
fn what_cannot_be_imported_or_exported() {
    let folder = exported();
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    put("wrong.csv", "id,train,val,test\rroom00000,1,0,0\rroom00001,1,1,0\r");
    put("few.csv", "id,train,val,test\r\nroom00000,1,0,0\r\n");
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    let commands = [
        &["data", "import", "nowhere"][..],
        &["data", "import", "empty"],
        &["data", "import", "d"],
        &["data", "import", "t", "--out", "d"],
        &["data", "import", "t", "--size", "60"],
        &["data", "import", "t", "--splits", "none.csv"],
        &["data", "import", "t", "--splits", "wrong.csv"],
        &["data", "import", "t", "--splits", "few.csv"],
        &["data", "check", "empty"],
        &["data", "export", "empty", "x"],
        &["data", "export", "d", "t"],
        &["data", "export", "d", "x", "--layout", "single"],
    ];
    let before = files(folder.path());
    insta::assert_snapshot!("folders_refused", failures(folder.path(), &commands));
    assert!(files(folder.path()) == before, "nothing is left over");
}
