//! glTF 2.0, with its buffers and textures in the file, beside it or as data in its text.

mod accessor;
mod buffers;
mod container;
mod materials;

use std::collections::BTreeSet;

use glam::{Mat3, Mat4, Vec2, Vec3};
use gltf::json::Root;
use gltf::mesh::Mode;
use gltf::{Document, Node, Primitive, Semantic};

use super::{Files, ModelError, Parts, Reading, thing_of};
use crate::mesh::{Corner, Draft, Material};
use crate::thing::Thing;
use buffers::Buffers;

/// A file while it is read.
struct Reader<'a> {
    file: &'a str,
    how: &'a Reading<'a>,
    buffers: Buffers,
    parts: Parts,
    /// Nodes that were seen: a graph with circles or shared nodes is no tree.
    seen: BTreeSet<usize>,
    /// The set of coordinates that each material's texture uses.
    sets: Vec<u32>,
}

/// A node that waits, with what its ancestors say.
struct Waiting<'a> {
    node: Node<'a>,
    to_world: Mat4,
    thing: Option<Thing>,
}

pub(super) fn read(
    files: &dyn Files,
    file: &str,
    bytes: &[u8],
    how: &Reading,
) -> Result<Parts, ModelError> {
    let wrong = |error: &dyn std::fmt::Display| ModelError::Format {
        file: file.to_owned(),
        why: format!("no readable glTF: {error}"),
    };
    let (text, blob) = container::split(bytes).map_err(|why| wrong(&why))?;
    let root: Root = gltf::json::deserialize::from_slice(text).map_err(|error| wrong(&error))?;
    // The crate's own validation panics here.
    let primitives = root.meshes.iter().flat_map(|mesh| &mesh.primitives);
    let mut accessors = primitives.flat_map(|primitive| primitive.attributes.values());
    if let Some(gone) = accessors.find(|index| index.value() >= root.accessors.len()) {
        return Err(wrong(&format!("accessor {} of a primitive is not there", gone.value())));
    }
    let document = Document::from_json(root).map_err(|error| wrong(&error))?;
    let mut parts = Parts { materials: vec![Material::grey("")], ..Parts::default() };
    let buffers = Buffers::read(files, file, &document, blob, &mut parts.faults);
    let sets = materials::read(files, file, &document, &buffers, how, &mut parts);
    let mut reader = Reader { file, how, buffers, parts, seen: BTreeSet::new(), sets };
    let scene = document.default_scene().or_else(|| document.scenes().next());
    let roots: Vec<Node> = match &scene {
        Some(scene) => scene.nodes().collect(),
        None => document.nodes().collect(),
    };
    let root = |node| Waiting { node, to_world: Mat4::IDENTITY, thing: None };
    let mut waiting: Vec<Waiting> = roots.into_iter().rev().map(root).collect();
    while let Some(Waiting { node, to_world, thing }) = waiting.pop() {
        if !reader.seen.insert(node.index()) {
            reader.parts.faults.add("nodes that hang in two places", || {
                format!("node {} of {file}", node.index())
            });
            continue;
        }
        let to_world = to_world * Mat4::from_cols_array_2d(&node.transform().matrix());
        let thing = node.name().and_then(thing_of).or(thing);
        reader.node(&node, &to_world, thing);
        let children = node.children().map(|node| Waiting { node, to_world, thing });
        let first = waiting.len();
        waiting.extend(children);
        waiting[first..].reverse();
    }
    Ok(reader.parts)
}

impl Reader<'_> {
    /// Adds the mesh of a node as an object.
    fn node(&mut self, node: &Node, to_world: &Mat4, thing: Option<Thing>) {
        let Some(mesh) = node.mesh() else { return };
        let own = node.name().or(mesh.name()).unwrap_or("");
        let thing = node.name().and_then(thing_of).or(mesh.name().and_then(thing_of)).or(thing);
        let object = self.parts.objects.len();
        self.parts.objects.push((own.to_owned(), thing, Draft::default()));
        for primitive in mesh.primitives() {
            let place = format!(
                "primitive {} of mesh {} ({own:?}) of {}",
                primitive.index(),
                mesh.index(),
                self.file
            );
            if let Err(fault) = self.primitive(&primitive, object, to_world, &place) {
                self.parts.faults.add(fault, || place);
            }
        }
    }

    /// Adds the triangles of a primitive; what is wrong if it is left out.
    fn primitive(
        &mut self,
        primitive: &Primitive,
        object: usize,
        to_world: &Mat4,
        place: &str,
    ) -> Result<(), &'static str> {
        const MISSING: &str = "primitives whose data are not there";
        let positions = primitive.get(&Semantic::Positions).ok_or(MISSING)?;
        let points = accessor::floats::<3>(&positions, &self.buffers).ok_or(MISSING)?;
        let normals = primitive.get(&Semantic::Normals);
        let normals = normals.and_then(|a| accessor::floats::<3>(&a, &self.buffers));
        let number = primitive.material().index().map_or(0, |index| index + 1);
        let set = self.sets.get(number).copied().unwrap_or(0);
        let uvs = primitive.get(&Semantic::TexCoords(set));
        let uvs = uvs.and_then(|a| accessor::floats::<2>(&a, &self.buffers));
        let indices: Vec<u32> = match primitive.indices() {
            Some(indices) => accessor::indices(&indices, &self.buffers).ok_or(MISSING)?,
            None => (0..points.len() as u32).collect(),
        };
        let corners = match primitive.mode() {
            Mode::Triangles => indices.chunks_exact(3).map(|c| [c[0], c[1], c[2]]).collect(),
            Mode::TriangleStrip => {
                let turned = |(i, c): (usize, &[u32])| {
                    if i % 2 == 0 { [c[0], c[1], c[2]] } else { [c[1], c[0], c[2]] }
                };
                indices.windows(3).enumerate().map(turned).collect::<Vec<_>>()
            }
            Mode::TriangleFan => {
                let (first, others) = indices.split_first().ok_or(MISSING)?;
                others.windows(2).map(|c| [*first, c[0], c[1]]).collect()
            }
            Mode::Points | Mode::Lines | Mode::LineLoop | Mode::LineStrip => {
                return Err("primitives of points or lines");
            }
        };
        // Normals stay upright on what a node squeezes.
        let turn = Mat3::from_mat4(*to_world).inverse().transpose();
        for triangle in corners {
            let corner = |index: u32| {
                let index = index as usize;
                let point = to_world.transform_point3(Vec3::from(*points.get(index)?));
                let normal = normals.as_ref().and_then(|normals| normals.get(index));
                Some(Corner {
                    point: self.how.point(point.to_array()),
                    normal: normal.map(|&n| self.how.turned((turn * Vec3::from(n)).to_array())),
                    uv: uvs
                        .as_ref()
                        .and_then(|uvs| uvs.get(index))
                        .map_or(Vec2::ZERO, |&uv| uv.into()),
                })
            };
            let [Some(a), Some(b), Some(c)] = triangle.map(corner) else {
                self.parts.faults.add("faces with a corner that is not there", || place.to_owned());
                continue;
            };
            self.parts.add(object, [a, b, c], number as u32, self.how.glass, || place.to_owned());
        }
        Ok(())
    }
}
