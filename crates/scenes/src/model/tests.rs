use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// Files in memory.
#[derive(Default)]
pub(crate) struct Memory(pub BTreeMap<String, Vec<u8>>);

impl Files for Memory {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        self.0.get(path).cloned().ok_or_else(|| "there is no such file".to_owned())
    }

    fn ending(&self, end: &str) -> Result<Vec<String>, String> {
        Ok(self.0.keys().filter(|path| path.ends_with(end)).cloned().collect())
    }
}

fn files<const N: usize>(all: [(&str, &[u8]); N]) -> Memory {
    Memory(all.into_iter().map(|(name, bytes)| (name.to_owned(), bytes.to_vec())).collect())
}

const HOW: Reading<'static> = Reading {
    up: Up::Y,
    turn: Reading::UPRIGHT,
    scale: 1.0,
    glass: false,
    whole: false,
    decode: &|bytes| Image::new(1, 1, 3, bytes).ok_or_else(|| "no picture".to_owned()),
};

fn obj(text: &str) -> Result<Model, ModelError> {
    Model::read(&files([("a.obj", text.as_bytes())]), "a.obj", &HOW)
}

const TRIANGLE: &str = "v 0 0 0\nv 1 0 0\nv 0 2 0\n";

#[test]
fn an_obj_becomes_objects_with_what_their_names_say() {
    let text = "v 0 0 0\nv 2 0 0\nv 2 1 0\nv 0 1 0\nvt 0 0\nvn 0 0 1\n\
        o Wall.001\nf 1/1/1 2/1/1 3/1/1 4/1/1\no Chairs\ng left\nf 1 2 3\ng table lamp\nf -4//1 -3//1 \\\n -2//1\n\
        o Wall.001\nf 1 2 4\n";
    let model = obj(text).unwrap();
    let found: Vec<_> =
        model.objects.iter().map(|o| (o.name.as_str(), o.thing, o.mesh.triangles())).collect();
    let expected = [
        ("Wall.001", Some(Thing::Wall), 3),
        ("Chairs/left", Some(Thing::Chair), 1),
        ("Chairs/table lamp", Some(Thing::TableLamp), 1),
    ];
    assert_eq!(found, expected);
    assert!(model.faults.is_empty(), "{}", model.faults);
    // y was up: 2 m long, 1 m high.
    let bounds = model.bounds();
    assert_eq!((bounds.min, bounds.max), (Vec3A::ZERO, Vec3A::new(2.0, 0.0, 1.0)));
    let how = Reading { up: Up::Z, scale: 0.5, ..HOW };
    let lying = Model::read(&files([("a.obj", text.as_bytes())]), "a.obj", &how).unwrap();
    assert_eq!(lying.bounds().max, Vec3A::new(1.0, 0.5, 0.0));
    let whole =
        Model::read(&files([("a.obj", text.as_bytes())]), "a.obj", &Reading { whole: true, ..HOW });
    assert_eq!(whole.unwrap().objects.len(), 1);
}

#[test]
fn materials_and_textures_are_read_from_where_the_file_says() {
    let text = format!(
        "mtllib sub/my lib.mtl\n{TRIANGLE}usemtl red carpet\nf 1 2 3\nusemtl pane\nf 1 2 3\nusemtl b\nf 3 2 1\n"
    );
    let mtl = b"newmtl red carpet\nKd 1 0 0\nmap_Kd -s 1 1 1 pic.png\nnewmtl pane\nd 0.1\nnewmtl b\nKd 0.5 0.5 0.5\nKs 1 1 1\nKe 0 1 0\n";
    let all = files([
        ("m/a.obj", text.as_bytes()),
        ("m/sub/my lib.mtl", mtl),
        ("m/sub/pic.png", &[255, 255, 255]),
    ]);
    let model = Model::read(&all, "m/a.obj", &HOW).unwrap();
    assert_eq!(model.triangles(), 2);
    assert_eq!(model.faults.count("faces of glass, left open"), 1);
    let mesh = &model.objects[0].mesh;
    let mut seen: Vec<_> = (0..2).map(|i| mesh.material(i)).collect();
    seen.sort_by(|a, b| b.name.cmp(&a.name));
    let [red, b] = seen[..] else { panic!("two materials") };
    assert_eq!((red.name.as_str(), red.thing), ("red carpet", Some(Thing::Rug)));
    assert!(red.image.is_some() && red.mean() == glam::Vec3::X && red.opacity == 1.0);
    assert_eq!((b.colour, b.glow), (glam::Vec3::splat(0.25), 1.0));
    assert!((b.gloss - 0.3).abs() < 1e-6);
    assert_eq!(model.objects[0].thing, None, "materials of different kinds");
    let solid = Model::read(&all, "m/a.obj", &Reading { glass: true, ..HOW }).unwrap();
    assert_eq!(solid.triangles(), 3);
}

#[test]
fn a_texture_of_several_materials_is_read_once() {
    let text = format!(
        "mtllib a.mtl\n{TRIANGLE}usemtl a\nf 1 2 3\nusemtl b\nf 3 2 1\nusemtl c\nf 2 1 3\nusemtl d\nf 1 3 2\n"
    );
    let mtl = b"newmtl a\nmap_Kd oak.png\nnewmtl b\nKd 1 0 0\nmap_Kd oak.png\nnewmtl c\nmap_Kd gone.png\nnewmtl d\nmap_Kd gone.png\n";
    let all = files([("a.obj", text.as_bytes()), ("a.mtl", mtl), ("oak.png", &[255, 255, 255])]);
    let decoded = AtomicUsize::new(0);
    let decode = |bytes: &[u8]| {
        decoded.fetch_add(1, Ordering::Relaxed);
        (HOW.decode)(bytes)
    };
    let model = Model::read(&all, "a.obj", &Reading { decode: &decode, ..HOW }).unwrap();
    let mesh = &model.objects[0].mesh;
    let images: Vec<_> = (0..4).filter_map(|i| mesh.material(i).image.as_ref()).collect();
    let [first, second] = images[..] else { panic!("two materials have a texture") };
    assert!(Arc::ptr_eq(first, second));
    assert_eq!(decoded.into_inner(), 1);
    assert_eq!(model.faults.count("textures that cannot be read"), 1);
}

#[test]
fn what_no_name_tells_is_named_with_its_share_of_the_surfaces() {
    // Triangles of 1, 1, 1 and 2 m², the last two of one object.
    let text = format!(
        "{TRIANGLE}v 0 4 0\nusemtl m\no Wall\nf 1 2 3\no Cube\nusemtl oak\nf 1 2 3\no Mesh\nusemtl wall paint\nf 1 2 3\nusemtl oak\nf 1 2 4\n"
    );
    let model = obj(&text).unwrap();
    let (objects, share) = model.unknown();
    let names: Vec<_> = objects.iter().map(|object| object.name.as_str()).collect();
    assert_eq!(names, ["Cube", "Mesh"]);
    assert!((share - 0.6).abs() < 1e-6, "{share}");
    let named = obj(&format!("{TRIANGLE}o Wall\nf 1 2 3\n")).unwrap();
    assert!(named.unknown().0.is_empty());
}

#[test]
fn what_is_wrong_in_an_obj_is_left_out_counted_and_named() {
    let bad = "mtllib gone.mtl\nusemtl floor wood\nf 1 2 3\n\
        f 1 2 2\nf 1 2 9\nf 0 1 2\nf 1 2\nf 1 2 x\nv 1 nan 1\nf 1 2 4\nv 1 1\nf 1 2 5\nvt a b\nf 1/1 2/1 3/2\nf 1/1/1/1 2 3\n\
        f -9 1 2\nf 99999999999999999999 1 2\n";
    let model = obj(&format!("{TRIANGLE}{bad}")).unwrap();
    assert_eq!(model.triangles(), 1);
    insta::assert_snapshot!(model.faults.to_string());
    // A material that is not there still has a name.
    assert_eq!(model.objects[0].thing, Some(Thing::Floor));
}

#[test]
fn bad_materials_cost_a_value_or_a_texture() {
    let text = format!("mtllib a.mtl\n{TRIANGLE}usemtl a\nf 1 2 3\n");
    let mtl = b"Kd 1 1 1\nnewmtl a\nKd 0.5\nKd x y z\nd\nKs 1 nan 1\nmap_Kd none.png\nmap_Kd bad.png\nmap_Kd\n";
    let all = files([("a.obj", text.as_bytes()), ("a.mtl", mtl), ("bad.png", &[1])]);
    let model = Model::read(&all, "a.obj", &HOW).unwrap();
    insta::assert_snapshot!(model.faults.to_string());
    assert_eq!(model.objects[0].mesh.material(0).colour, Material::grey("").colour);
}

#[test]
fn files_that_leave_nothing_are_errors() {
    let wrong = [
        obj(""),
        obj("v 1 2 3\nf 1 1 1\n"),
        obj("f 1 2 3\n"),
        Model::read(&files([]), "a.obj", &HOW),
        Model::read(&files([("a.stl", b"")]), "a.stl", &HOW),
        Model::read(&files([("a.glb", b"glTF\x02\0\0\0")]), "a.glb", &HOW),
        Model::read(&files([("a.gltf", b"{}")]), "a.gltf", &HOW),
        Model::read(&files([("a.gltf", b"{\"asset\":{\"version\":\"2.0\"}}")]), "a.gltf", &HOW),
    ];
    let said: Vec<_> = wrong.into_iter().map(|w| w.unwrap_err().to_string()).collect();
    insta::assert_snapshot!(said.join("\n"));
}

/// A glTF of two triangles, one of them of indices, below a node that doubles and turns; `edit` may
/// spoil its text.
fn gltf(edit: impl Fn(String) -> String) -> Result<Model, ModelError> {
    let text = r#"{
        "asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}],
        "nodes": [
            {"name": "Kitchen", "children": [1, 2], "scale": [2, 2, 2], "rotation": [0, 0.7071068, 0, 0.7071068]},
            {"name": "Table", "mesh": 0, "translation": [1, 0, 0]}, {"mesh": 1}
        ],
        "meshes": [
            {"primitives": [{"attributes": {"POSITION": 0, "NORMAL": 1, "TEXCOORD_0": 2}, "indices": 3, "material": 0}]},
            {"name": "sofa mesh", "primitives": [{"attributes": {"POSITION": 0}, "mode": 5}]}
        ],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3", "min": [0, 0, 0], "max": [1, 2, 0]},
            {"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3", "byteOffset": 36},
            {"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC2", "byteOffset": 72},
            {"bufferView": 1, "componentType": 5121, "count": 3, "type": "SCALAR"}
        ],
        "bufferViews": [
            {"buffer": 0, "byteLength": 96}, {"buffer": 1, "byteLength": 3}, {"buffer": 1, "byteOffset": 3, "byteLength": 3}
        ],
        "buffers": [{"uri": "num%20bers.bin", "byteLength": 96}, {"uri": "data:application/octet-stream;base64,AAECyGQy", "byteLength": 6}],
        "materials": [{"name": "oak", "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}, "roughnessFactor": 0.5, "baseColorFactor": [0.5, 1, 1, 1]}}],
        "textures": [{"source": 0}], "images": [{"bufferView": 2, "mimeType": "image/png"}]
    }"#;
    let points = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 2.0, 0.0]];
    let normals = [[0.0, 0.0, 1.0]; 3];
    let numbers = points.iter().chain(&normals).flatten().copied().chain([0.0_f32; 6]);
    let bytes: Vec<u8> = numbers.flat_map(f32::to_le_bytes).collect();
    let text = edit(text.to_owned());
    Model::read(
        &files([("m/a.gltf", text.as_bytes()), ("m/num bers.bin", &bytes)]),
        "m/a.gltf",
        &HOW,
    )
}

#[test]
fn a_gltf_becomes_objects_in_the_world() {
    let model = gltf(|text| text).unwrap();
    let found: Vec<_> = model.objects.iter().map(|o| (o.name.as_str(), o.thing)).collect();
    assert_eq!(found, [("Table", Some(Thing::Table)), ("sofa mesh", Some(Thing::Sofa))]);
    assert!(model.faults.is_empty(), "{}", model.faults);
    // (1, 0, 0) and the triangle's ends, turned by 90° about y and doubled: x becomes −z, and that
    // is +y here. From 2 to 4 m along it, 4 m high.
    let bounds = model.objects[0].mesh.bounds();
    assert!(bounds.min.distance(Vec3A::new(0.0, 2.0, 0.0)) < 1e-5, "{bounds:?}");
    assert!(bounds.max.distance(Vec3A::new(0.0, 4.0, 4.0)) < 1e-5, "{bounds:?}");
    let material = model.objects[0].mesh.material(0);
    assert!((material.gloss - 0.15).abs() < 1e-6 && material.image.is_some());
    // 200, 100 and 50 of 255, squared, the red one halved.
    let expected = glam::Vec3::new(0.5 * 0.6151, 0.1538, 0.0384);
    assert!(material.mean().distance(expected) < 1e-3, "{}", material.mean());
}

#[test]
fn a_material_glows_unless_a_texture_says_where() {
    let glow = |light: &str| {
        let model = gltf(|text| text.replace("\"name\": \"oak\"", light)).unwrap();
        model.objects[0].mesh.material(0).glow
    };
    assert_eq!(glow("\"emissiveFactor\": [0.25, 0.5, 0]"), 0.5);
    let texture = "\"emissiveFactor\": [1, 1, 1], \"emissiveTexture\": {\"index\": 0}";
    assert_eq!(glow(texture), 0.0);
}

#[test]
fn what_is_wrong_in_a_gltf_is_left_out_counted_and_named() {
    let cases: [(&str, &str, &str); 11] = [
        ("num%20bers", "gone", "a buffer"),
        ("base64,AAECyGQy", "base64,???", "data of a buffer"),
        (
            "\"componentType\": 5126, \"count\": 3, \"type\": \"VEC3\", \"min\"",
            "\"componentType\": 5126, \"count\": 900, \"type\": \"VEC3\", \"min\"",
            "too many points",
        ),
        ("\"componentType\": 5121", "\"componentType\": 5126", "indices that are fractions"),
        ("AAECyGQy", "AAEJyGQy", "an index beyond"),
        ("\"mode\": 5", "\"mode\": 1", "lines"),
        ("\"children\": [1, 2]", "\"children\": [1, 2, 2]", "a child twice"),
        (
            "\"byteOffset\": 3, \"byteLength\": 3",
            "\"byteOffset\": 4, \"byteLength\": 2",
            "a short picture",
        ),
        (
            "\"version\": \"2.0\"}",
            "\"version\": \"2.0\"}, \"extensionsRequired\": [\"KHR_draco_mesh_compression\"]",
            "an extension",
        ),
        ("\"mesh\": 1}", "\"mesh\": 7}", "a mesh that is not there"),
        (
            "\"version\": \"2.0\"}",
            "\"version\": \"2.0\"}, \"extensionsUsed\": [\"KHR_texture_transform\"]",
            "a texture that is placed elsewhere",
        ),
    ];
    let mut said = String::new();
    for (from, to, what) in cases {
        let read = gltf(|text| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        });
        said += &match read {
            Ok(model) => format!("{what}: {} triangles{}\n", model.triangles(), model.faults),
            Err(error) => format!("{what}: error: {error}\n"),
        };
    }
    insta::assert_snapshot!(said);
}
