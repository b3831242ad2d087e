//! Models of others: OBJ with MTL, and glTF, read into meshes.
//!
//! What is wrong in one face, material or texture is left out, counted and named ([`Faults`]); only
//! what leaves nothing of a file is an error.

mod archive;
mod faults;
mod files;
mod gltf;
mod mtl;
mod names;
mod obj;
mod polygon;

use std::collections::BTreeMap;
use std::sync::Arc;

use glam::{Mat3A, Vec3A};

pub use archive::Archive;
#[cfg(test)]
pub(crate) use archive::tests::zip as archive_of;
pub use faults::Faults;
pub use files::{Files, Folder};
pub(crate) use names::thing_of;

use crate::bounds::Bounds;
use crate::mesh::{Corner, Draft, MOST_TRIANGLES, Material, Mesh, Unfit};
use crate::texture::Image;
use crate::thing::Thing;

/// Which way is up in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Up {
    /// +y, as glTF demands and most OBJ files have it.
    Y,
    /// +z.
    Z,
}

/// How a file is read.
pub struct Reading<'a> {
    /// Which way is up in it.
    pub up: Up,
    /// Metres per unit.
    pub scale: f32,
    /// How it is turned before that: the identity but for models that lie or look aside.
    pub turn: Mat3A,
    /// Whether the whole file is one object.
    pub whole: bool,
    /// Whether glass stays, as things of glass need; else it is left out: windows are openings then.
    pub glass: bool,
    /// From the bytes of a picture to its pixels; why not, for people.
    pub decode: &'a (dyn Fn(&[u8]) -> Result<Image, String> + Sync),
}

/// A model: its objects, in the order of the file, z up, in metres.
#[derive(Debug, Clone)]
pub struct Model {
    /// The file.
    pub file: String,
    /// What it consists of; there is at least one.
    pub objects: Vec<Object>,
    /// What was left out.
    pub faults: Faults,
}

/// An object of a model.
#[derive(Debug, Clone)]
pub struct Object {
    /// Its name in the file.
    pub name: String,
    /// What it is, if its name or those of all of its materials tell.
    pub thing: Option<Thing>,
    /// Its triangles.
    pub mesh: Arc<Mesh>,
}

/// What is wrong with a model, or with a folder of them.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ModelError {
    /// A file that cannot be read.
    #[error("{file}: {why}")]
    Read {
        /// The file.
        file: String,
        /// What the system says.
        why: String,
    },
    /// Neither OBJ nor glTF.
    #[error("{file}: not a model; files that end in .obj, .gltf or .glb are read")]
    Kind {
        /// The file.
        file: String,
    },
    /// A file that is not what its name says.
    #[error("{file}: {why}")]
    Format {
        /// The file.
        file: String,
        /// What is wrong, and where.
        why: String,
    },
    /// A file without a triangle that can be seen.
    #[error("{file}: it has no faces{left_out}")]
    Empty {
        /// The file.
        file: String,
        /// What was left out.
        left_out: String,
    },
    /// More objects than instances have numbers.
    #[error("{file}: {found} objects, at most {MOST_OBJECTS} can be told apart")]
    Objects {
        /// The file.
        file: String,
        /// How many there are.
        found: usize,
    },
    /// Nowhere in the model one can stand.
    #[error(
        "{file}: there is no floor to stand on: 1 m² of level surface with 1.9 m of room above it and walls around it; the model is {} m long, {} m wide and {} m high", size[0], size[1], size[2]
    )]
    NoFloor {
        /// The file.
        file: String,
        /// Length, width and height as read.
        size: [f32; 3],
    },
    /// A folder without a catalogue of furniture.
    #[error("{folder}: no catalogue of furniture (*FurnitureCatalog.properties, or .sh3f files)")]
    NoCatalogue {
        /// The folder.
        folder: String,
    },
    /// A catalogue none of whose models can take a place in a room.
    #[error("{folder}: none of the {entries} models of the catalogue can be used{left_out}")]
    NoFurniture {
        /// The folder.
        folder: String,
        /// How many there are.
        entries: usize,
        /// What was left out.
        left_out: String,
    },
}

/// The most objects of a model.
pub const MOST_OBJECTS: usize = 50_000;

/// A model while its file is read.
#[derive(Default)]
struct Parts {
    objects: Vec<(String, Option<Thing>, Draft)>,
    materials: Vec<Material>,
    triangles: usize,
    /// Textures by path, those that cannot be read, too: materials share them.
    images: BTreeMap<String, Option<Arc<Image>>>,
    faults: Faults,
}

impl Model {
    /// Reads an OBJ, glTF or GLB file and what it names: materials, buffers, textures.
    pub fn read(files: &dyn Files, file: &str, how: &Reading) -> Result<Self, ModelError> {
        let kind = extension(file);
        if !matches!(kind.as_str(), "obj" | "gltf" | "glb") {
            return Err(ModelError::Kind { file: file.to_owned() });
        }
        let bytes = files.read(file);
        let bytes = bytes.map_err(|why| ModelError::Read { file: file.to_owned(), why })?;
        let Parts { mut objects, materials, faults, .. } = match kind.as_str() {
            "obj" => obj::read(files, file, &bytes, how),
            _ => gltf::read(files, file, &bytes, how)?,
        };
        if how.whole {
            let whole = objects.drain(..).fold(Draft::default(), |whole, one| whole.and(one.2));
            objects.push((file.to_owned(), None, whole));
        }
        let things: Vec<_> = materials.iter().map(|material| material.thing).collect();
        let materials: Arc<[Material]> = materials.into();
        let mut made = Vec::new();
        for (name, thing, draft) in objects {
            let thing = thing.or_else(|| draft.common(|material| things[material as usize]));
            if let Some(mesh) = draft.finish(Arc::clone(&materials)) {
                made.push(Object { name, thing, mesh: Arc::new(mesh) });
            }
        }
        if made.is_empty() {
            let left_out = faults.to_string();
            return Err(ModelError::Empty { file: file.to_owned(), left_out });
        }
        if made.len() > MOST_OBJECTS {
            return Err(ModelError::Objects { file: file.to_owned(), found: made.len() });
        }
        Ok(Self { file: file.to_owned(), objects: made, faults })
    }

    /// The smallest box around it.
    pub fn bounds(&self) -> Bounds {
        let all = self.objects.iter().map(|object| object.mesh.bounds());
        all.fold(Bounds::EMPTY, Bounds::union)
    }

    /// The objects with faces of which neither the object's name nor the material's tells what they
    /// are, and the share of all surfaces that these faces are.
    pub fn unknown(&self) -> (Vec<&Object>, f32) {
        let (mut objects, mut unknown, mut whole) = (Vec::new(), 0.0, 0.0);
        for object in &self.objects {
            let before = unknown;
            for (face, (area, _)) in object.mesh.areas().enumerate() {
                let thing = object.thing.or(object.mesh.material(face).thing);
                whole += f64::from(area);
                unknown += if thing.is_none() { f64::from(area) } else { 0.0 };
            }
            if unknown > before {
                objects.push(object);
            }
        }
        (objects, (unknown / f64::max(whole, f64::MIN_POSITIVE)) as f32)
    }

    /// How many triangles it has.
    pub fn triangles(&self) -> usize {
        self.objects.iter().map(|object| object.mesh.triangles()).sum()
    }
}

impl Reading<'_> {
    /// The turn of models that stand upright.
    pub const UPRIGHT: Mat3A = Mat3A::IDENTITY;

    /// A point of the file in metres, z up.
    fn point(&self, v: [f32; 3]) -> Vec3A {
        self.scale * self.turned(v)
    }

    /// A direction of the file, z up.
    fn turned(&self, v: [f32; 3]) -> Vec3A {
        let [x, y, z] = (self.turn * Vec3A::from(v)).to_array();
        match self.up {
            Up::Y => Vec3A::new(x, -z, y),
            Up::Z => Vec3A::new(x, y, z),
        }
    }
}

impl Parts {
    /// Adds a triangle of an object, or counts why not; `place` says where it is in the file.
    fn add(
        &mut self,
        object: usize,
        corners: [Corner; 3],
        material: u32,
        glass: bool,
        place: impl FnOnce() -> String,
    ) {
        if !glass && self.materials[material as usize].opacity < 0.5 {
            self.faults.add("faces of glass, left open", place);
            return;
        }
        if self.triangles >= MOST_TRIANGLES {
            self.faults.add("faces beyond the most that are read, 4,194,304", place);
            return;
        }
        match self.objects[object].2.add(corners, material) {
            Ok(()) => self.triangles += 1,
            Err(Unfit::NoPlace) => {
                self.faults.add("faces with a corner that is no number or 100 km away", place);
            }
            Err(Unfit::NoArea) => self.faults.add("faces without area", place),
        }
    }

    /// A texture that is beside a file, read when it is first asked for; a fault where it cannot be
    /// read.
    fn image(
        &mut self,
        files: &dyn Files,
        path: &str,
        how: &Reading,
        place: impl FnOnce() -> String,
    ) -> Option<Arc<Image>> {
        if let Some(known) = self.images.get(path) {
            return known.clone();
        }
        let image = files.read(path).and_then(|bytes| (how.decode)(&bytes));
        if let Err(why) = &image {
            self.faults
                .add("textures that cannot be read", || format!("{} ({path}: {why})", place()));
        }
        let image = image.ok().map(Arc::new);
        self.images.insert(path.to_owned(), image.clone());
        image
    }
}

/// The end of a file's name, in small letters.
fn extension(file: &str) -> String {
    file.rsplit_once('.').map_or_else(String::new, |(_, end)| end.to_ascii_lowercase())
}

/// The path of a file that another one names: relative to its folder, with slashes.
fn beside(file: &str, name: &str) -> String {
    let name = name.replace('\\', "/");
    match file.rsplit_once('/') {
        Some((folder, _)) if !name.starts_with('/') => format!("{folder}/{name}"),
        _ => name,
    }
}

#[cfg(test)]
mod tests;
