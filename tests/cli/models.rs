//! `data rooms --model` and `--furniture`: models of others as datasets.

use std::path::Path;

use serde_json::Value;

use crate::{done, failures, files, folder, run};

/// Faces of a box, whose first corner has this number.
fn cuboid(first: usize, [x0, x1]: [f32; 2], [y0, y1]: [f32; 2], [z0, z1]: [f32; 2]) -> String {
    let mut text = String::new();
    for x in [x0, x1] {
        for y in [y0, y1] {
            for z in [z0, z1] {
                text += &format!("v {x} {y} {z}\n");
            }
        }
    }
    for side in [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
    {
        let corners: Vec<_> = side.iter().map(|corner| (first + corner).to_string()).collect();
        text += &format!("f {}\n", corners.join(" "));
    }
    text
}

/// An OBJ file of boxes, each an object: name, x, y (up), z.
fn obj(boxes: &[(&str, [[f32; 2]; 3])]) -> String {
    let one = |(number, (name, [x, y, z])): (usize, &(&str, [[f32; 2]; 3]))| {
        format!("o {name}\nusemtl {name}\n{}", cuboid(1 + 8 * number, *x, *y, *z))
    };
    "mtllib house.mtl\n".to_owned() + &boxes.iter().enumerate().map(one).collect::<String>()
}

/// Two rooms with a door of 1 m between them.
fn house() -> String {
    let (w, h) = ([-0.2, 8.2], [0.0, 2.6]);
    obj(&[
        ("Floor", [w, [-0.1, 0.0], [-0.2, 4.2]]),
        ("Ceiling", [w, [2.6, 2.7], [-0.2, 4.2]]),
        ("Wall_1", [w, h, [-0.2, 0.0]]),
        ("Wall_2", [w, h, [4.0, 4.2]]),
        ("Wall_3", [[-0.2, 0.0], h, [0.0, 4.0]]),
        ("Wall_4", [[8.0, 8.2], h, [0.0, 4.0]]),
        ("Wall_5", [[3.9, 4.1], h, [0.0, 1.5]]),
        ("Wall_6", [[3.9, 4.1], h, [2.5, 4.0]]),
        ("Table", [[1.0, 2.4], [0.7, 0.75], [1.2, 2.0]]),
        ("Bed", [[6.0, 7.9], [0.1, 0.5], [0.2, 1.8]]),
        ("Box", [[5.0, 5.5], [0.0, 0.5], [3.2, 3.7]]),
    ])
}

const MTL: &str = "newmtl Table\nKd 0.5 0.3 0.1\nmap_Kd oak.png\nnewmtl Bed\nKd 0.2 0.3 0.7\n";

fn made() -> tempfile::TempDir {
    folder(&[("house.obj", &house()), ("house.mtl", MTL)])
}

const SMALL: [&str; 6] = ["--size", "32", "--views", "4", "--seed", "5"];

fn command<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [&["data", "rooms"], args, &SMALL].concat()
}

#[test]
fn a_building_becomes_a_dataset_of_its_own() {
    let place = made();
    let (code, stdout, stderr) = run(place.path(), &command(&["d", "--model", "house.obj"]));
    assert_eq!(code, 0, "{stderr}");
    insta::assert_snapshot!(format!("{stderr}\n{stdout}"));
    let checked = done(place.path(), &["data", "check", "d", "--json"]);
    let checked: Value = serde_json::from_str(&checked).unwrap();
    let names: Vec<_> =
        checked["domains"].as_array().unwrap().iter().map(|d| d["name"].clone()).collect();
    assert!(names.iter().any(|n| n == "principal_curvature"), "{names:?}");
    assert!(!names.iter().any(|n| n == "room_layout" || n == "class_scene"), "{names:?}");
    done(place.path(), &["data", "show", "d"]);

    // The same on one thread, and as metres made of centimetres with z up.
    let alone = crate::taskonomy(place.path())
        .args(command(&["one", "--model", "house.obj"]))
        .env("RAYON_NUM_THREADS", "1")
        .output()
        .unwrap();
    assert!(alone.status.success());
    let shards = |name: &str| {
        let mut all = files(&place.path().join(name));
        all.retain(|path, _| path.ends_with(".safetensors") || path.ends_with("manifest.json"));
        all
    };
    assert!(shards("d") == shards("one"), "the bytes depend on the number of threads");
    let turned: String = house()
        .lines()
        .map(|line| {
            let v: Vec<_> = line.split(' ').collect();
            let scaled = |v: &str| 100.0 * v.parse::<f32>().unwrap();
            match v[..] {
                ["v", x, y, z] => format!("v {} {} {}\n", scaled(x), -scaled(z), scaled(y)),
                _ => format!("{line}\n"),
            }
        })
        .collect();
    std::fs::write(place.path().join("z.obj"), turned).unwrap();
    let other = command(&["z", "--model", "z.obj", "--up", "z", "--scale", "0.01"]);
    let said = run(place.path(), &other).2;
    let first = stderr.lines().next().unwrap().strip_prefix("house.obj").unwrap();
    assert!(said.lines().next().unwrap().ends_with(first), "{said}");
}

#[test]
fn what_no_name_tells_is_counted_and_gets_no_class() {
    let house = house().replace("Wall_", "Part_");
    let place = folder(&[("house.obj", &house), ("house.mtl", MTL)]);
    let (code, _, stderr) = run(place.path(), &command(&["d", "--model", "house.obj"]));
    assert_eq!(code, 0, "{stderr}");
    let said = "of its surfaces are, which get no class: in 6 of 11 objects, the first: \"Part_1\"";
    assert!(stderr.contains(said), "{stderr}");
    let checked = done(place.path(), &["data", "check", "d", "--json"]);
    let checked: Value = serde_json::from_str(&checked).unwrap();
    let masked = |entry: &&Value| {
        entry["domain"] == "segment_semantic" && entry["invalid"].as_f64() > Some(0.0)
    };
    assert_eq!(checked["sheet"].as_array().unwrap().iter().filter(masked).count(), 4);
}

#[test]
fn four_buildings_are_divided_as_they_are() {
    let place = made();
    for copy in ["b.obj", "c.obj", "sub/house.obj"] {
        let path = place.path().join(copy);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, house()).unwrap();
    }
    let files =
        ["d", "--model", "house.obj", "--model", "b.obj", "--model=c.obj", "--model=sub/house.obj"];
    let (code, stdout, stderr) =
        run(place.path(), &[&["data", "rooms", "--json"], &files[..], &SMALL].concat());
    assert_eq!(code, 0, "{stderr}");
    let manifest: Value = serde_json::from_str(&stdout).unwrap();
    let mut buildings = std::collections::BTreeMap::new();
    for (split, samples) in manifest["splits"].as_object().unwrap() {
        for sample in samples.as_array().unwrap() {
            let scene = sample["scene"].as_str().unwrap();
            let building = scene.rsplit_once("_part").unwrap().0.to_owned();
            assert_eq!(buildings.entry(building).or_insert(split), &split);
        }
    }
    let names: Vec<_> = buildings.keys().map(String::as_str).collect();
    assert_eq!(names, ["b", "c", "house_0", "house_3"]);
    assert!(!stderr.contains("neighbouring"), "{stderr}");
}

#[test]
fn models_that_cannot_be_used() {
    let wall = obj(&[("Wall", [[0.0, 5.0], [0.0, 2.5], [0.0, 0.2]])]);
    let gltf = r#"{"asset":{"version":"2.0"},"scenes":[{"nodes":[0]}],"nodes":[{"mesh":0}],
        "meshes":[{"primitives":[{"attributes":{"POSITION":0}}]}],
        "accessors":[{"bufferView":0,"componentType":5126,"count":3,"type":"VEC3","min":[0,0,0],"max":[1,1,1]}],
        "bufferViews":[{"buffer":0,"byteLength":36}],"buffers":[{"uri":"gone.bin","byteLength":36}]}"#;
    let place = folder(&[
        ("wall.obj", &wall),
        ("empty.obj", "# nothing\n"),
        ("bad.obj", "v 0 0 0\nv 1 nan 0\nv 0 1 0\nf 1 2 3\nf 1 1 3\nf 1 2 4\n"),
        ("no-buffer.gltf", gltf),
        ("cut.glb", "glTF"),
        ("house.stl", ""),
        ("house.obj", &house()),
        ("none/readme.txt", ""),
        ("broken/FurnitureCatalog.properties", "name#1=Chair\nmodel#1=c.obj\nwidth#1=x\n"),
    ]);
    let commands = [
        &["data", "rooms", "d", "--model", "wall.obj"][..],
        &["data", "rooms", "d", "--model", "empty.obj"],
        &["data", "rooms", "d", "--model", "bad.obj"],
        &["data", "rooms", "d", "--model", "no-buffer.gltf"],
        &["data", "rooms", "d", "--model", "cut.glb"],
        &["data", "rooms", "d", "--model", "house.stl"],
        &["data", "rooms", "d", "--model", "gone.obj"],
        &["data", "rooms", "d", "--model", "house.obj", "--scale", "0.01"],
        &["data", "rooms", "d", "--model", "house.obj", "--scale", "0"],
        &["data", "rooms", "d", "--model", "house.obj", "--size", "33"],
        &["data", "rooms", "d", "--model", "house.obj", "--furniture", "none"],
        &["data", "rooms", "d", "--scale", "2"],
        &["data", "rooms", "d", "--furniture", "none"],
        &["data", "rooms", "d", "--furniture", "gone"],
        &["data", "rooms", "d", "--furniture", "broken"],
    ];
    insta::assert_snapshot!(failures(place.path(), &commands));
    assert!(!place.path().join("d").exists());
}

/// A catalogue with a chair of two boxes, as wide, deep and high as it is, in other units.
fn furniture(place: &Path) {
    let chair = obj(&[
        ("seat", [[0.0, 10.0], [0.0, 5.0], [0.0, 10.0]]),
        ("back", [[0.0, 10.0], [5.0, 11.0], [0.0, 1.0]]),
    ]);
    std::fs::create_dir_all(place.join("f/models")).unwrap();
    std::fs::write(place.join("f/models/chair.obj"), chair).unwrap();
    std::fs::write(
        place.join("f/PluginFurnitureCatalog.properties"),
        "id=A#Library\nname#1=Chair\ncategory#1=Kitchen\nmodel#1=models/chair.obj\n\
         width#1=43\ndepth#1=43\nheight#1=92\n\
         name#2=Bed\nmodel#2=models/gone.obj\nwidth#2=170\ndepth#2=210\nheight#2=80\n\
         name#3=Car\nmodel#3=car.obj\nwidth#3=1\ndepth#3=1\nheight#3=1\n",
    )
    .unwrap();
}

#[test]
fn rooms_are_furnished_with_models() {
    let place = folder(&[]);
    furniture(place.path());
    let scenes = ["--scenes", "7,0,0,0"];
    let plain = [&command(&["plain"])[..], &scenes].concat();
    let furnished = [&command(&["d", "--furniture", "f"])[..], &scenes].concat();
    done(place.path(), &plain);
    let (code, stdout, stderr) = run(place.path(), &furnished);
    assert_eq!(code, 0, "{stderr}");
    insta::assert_snapshot!(format!("{stderr}\n{}", stdout.lines().next().unwrap()));
    // The rooms are the same, but for what stands in them.
    let [a, b] = ["plain", "d"].map(|name| files(&place.path().join(name)));
    for (domain, same) in
        [("rgb", false), ("normal", false), ("room_layout", false), ("class_scene", true)]
    {
        let shard = format!("networks/{domain}-00000.safetensors");
        assert_eq!(a[&shard] == b[&shard], same, "{domain}");
    }
    done(place.path(), &["data", "check", "d"]);
}
