//! Wavefront OBJ. Read line by line here: a bad line costs one face, not the file, and is named.

use std::collections::BTreeMap;

use glam::{Vec2, Vec3A};

use super::{Parts, Reading, beside, mtl, polygon, thing_of};
use crate::mesh::{Corner, Draft, Material};
use crate::model::Files;

/// What is read of a file so far.
struct Obj<'a> {
    files: &'a dyn Files,
    file: &'a str,
    how: &'a Reading<'a>,
    parts: Parts,
    points: Vec<Vec3A>,
    uvs: Vec<Vec2>,
    normals: Vec<Vec3A>,
    /// Numbers of materials and of objects by name.
    materials: BTreeMap<String, u32>,
    objects: BTreeMap<String, usize>,
    material: u32,
    object: Option<usize>,
    /// The name of the object and of the group that faces belong to.
    names: [String; 2],
    line: usize,
}

/// A corner of a face as the file has it: numbers of the point, of its place on the texture and of
/// its normal.
type Index = (usize, Option<usize>, Option<usize>);

pub(super) fn read(files: &dyn Files, file: &str, bytes: &[u8], how: &Reading) -> Parts {
    let mut obj = Obj {
        files,
        file,
        how,
        parts: Parts { materials: vec![Material::grey("")], ..Parts::default() },
        points: Vec::new(),
        uvs: Vec::new(),
        normals: Vec::new(),
        materials: BTreeMap::new(),
        objects: BTreeMap::new(),
        material: 0,
        object: None,
        names: [String::new(), String::new()],
        line: 0,
    };
    let mut before = String::new();
    for line in bytes.split(|&b| b == b'\n') {
        obj.line += 1;
        let line = String::from_utf8_lossy(line);
        let line = line.trim();
        // A line that ends so goes on in the next one.
        if let Some(part) = line.strip_suffix('\\') {
            before.push_str(part);
            before.push(' ');
            continue;
        }
        if before.is_empty() {
            obj.take(line);
        } else {
            before.push_str(line);
            obj.take(&std::mem::take(&mut before));
        }
    }
    obj.take(&before);
    obj.parts
}

impl Obj<'_> {
    /// Takes one line in.
    fn take(&mut self, line: &str) {
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        match word {
            "v" => {
                let point = self.how.point(self.numbers(rest));
                self.points.push(point);
            }
            "vt" => {
                let [u, v] = self.numbers(rest);
                self.uvs.push(Vec2::new(u, 1.0 - v));
            }
            "vn" => {
                let normal = self.how.turned(self.numbers(rest));
                self.normals.push(normal);
            }
            "f" => self.face(rest),
            "o" | "g" => {
                if word == "o" {
                    self.names[1].clear();
                }
                rest.clone_into(&mut self.names[usize::from(word == "g")]);
                self.object = None;
            }
            "usemtl" => self.material = self.named_material(rest),
            "mtllib" => self.read_materials(rest),
            _ => {}
        }
    }

    /// Where in the file this is.
    fn place(&self) -> impl FnOnce() -> String + use<> {
        let (file, line) = (self.file.to_owned(), self.line);
        move || format!("line {line} of {file}")
    }

    /// The numbers of a line; a fault if there are not as many, and then no numbers, so that the
    /// numbers of the lines after it stay right.
    fn numbers<const N: usize>(&mut self, text: &str) -> [f32; N] {
        let mut found = [f32::NAN; N];
        let mut words = text.split_whitespace().map(str::parse::<f32>);
        for value in &mut found {
            if let Some(Ok(number)) = words.next() {
                *value = number;
            } else {
                let place = self.place();
                self.parts.faults.add("lines without the numbers that belong there", place);
                return [f32::NAN; N];
            }
        }
        found
    }

    fn face(&mut self, text: &str) {
        let counts = [self.points.len(), self.uvs.len(), self.normals.len()];
        let indices: Option<Vec<Index>> =
            text.split_whitespace().map(|word| index(word, counts)).collect();
        let Some(indices) = indices else {
            let place = self.place();
            self.parts.faults.add("faces with a corner that is not there", place);
            return;
        };
        if indices.len() < 3 {
            let place = self.place();
            self.parts.faults.add("faces with less than three corners", place);
            return;
        }
        let object = self.object();
        let points: Vec<_> = indices.iter().map(|index| self.points[index.0]).collect();
        for triangle in polygon::triangles(&points) {
            let corners = triangle.map(|k| {
                let (point, uv, normal) = indices[k];
                Corner {
                    point: self.points[point],
                    normal: normal.map(|n| self.normals[n]),
                    uv: uv.map_or(Vec2::ZERO, |uv| self.uvs[uv]),
                }
            });
            let (place, glass) = (self.place(), self.how.glass);
            self.parts.add(object, corners, self.material, glass, place);
        }
    }

    /// The number of the object that faces belong to now.
    fn object(&mut self) -> usize {
        if let Some(object) = self.object {
            return object;
        }
        let [object, group] = &self.names;
        let name = match (object.as_str(), group.as_str()) {
            (name, "") | ("", name) => name.to_owned(),
            (object, group) => format!("{object}/{group}"),
        };
        let thing = thing_of(group).or_else(|| thing_of(object));
        let number = *self.objects.entry(name.clone()).or_insert_with(|| {
            self.parts.objects.push((name, thing, Draft::default()));
            self.parts.objects.len() - 1
        });
        self.object = Some(number);
        number
    }

    /// The number of a material; grey, but with its name, if no library has it.
    fn named_material(&mut self, name: &str) -> u32 {
        if let Some(&number) = self.materials.get(name) {
            return number;
        }
        let place = self.place();
        self.parts
            .faults
            .add("materials that no MTL file defines", || format!("{name:?}, {}", place()));
        let thing = thing_of(name);
        self.define(Material { thing, ..Material::grey(name) })
    }

    fn define(&mut self, material: Material) -> u32 {
        let number = self.parts.materials.len() as u32;
        self.materials.insert(material.name.clone(), number);
        self.parts.materials.push(material);
        number
    }

    /// Reads the file of materials, or the files if there is none of the whole name.
    fn read_materials(&mut self, names: &str) {
        let whole = self.files.read(&beside(self.file, names));
        let libraries = match whole {
            Ok(bytes) => vec![(names, Ok(bytes))],
            Err(why) if names.split_whitespace().count() < 2 => vec![(names, Err(why))],
            Err(_) => {
                let each = names.split_whitespace();
                each.map(|name| (name, self.files.read(&beside(self.file, name)))).collect()
            }
        };
        for (name, read) in libraries {
            let path = beside(self.file, name);
            match read {
                Ok(bytes) => {
                    let made = mtl::read(self.files, &path, &bytes, self.how, &mut self.parts);
                    for material in made {
                        self.define(material);
                    }
                }
                Err(why) => {
                    let place = self.place();
                    self.parts.faults.add("MTL files that cannot be read", || {
                        format!("{path}: {why}, {}", place())
                    });
                }
            }
        }
    }
}

/// A corner as v, v/vt, v//vn or v/vt/vn, numbers from 1 or, negative, from the end; none if a
/// number is not one of those so far.
fn index(word: &str, counts: [usize; 3]) -> Option<Index> {
    let mut found = [None; 3];
    let mut parts = word.split('/');
    for (slot, count) in found.iter_mut().zip(counts) {
        let Some(part) = parts.next() else { break };
        if part.is_empty() {
            continue;
        }
        let number: i64 = part.parse().ok()?;
        let at = if number < 0 { (count as i64).checked_add(number)? } else { number - 1 };
        *slot = Some(usize::try_from(at).ok().filter(|&at| at < count)?);
    }
    let [point, uv, normal] = found;
    parts.next().is_none().then_some((point?, uv, normal))
}
